-- Products by their names: of ids and codes that a list of products knows, and of deals from their lines.

CREATE TEMP TABLE product_names AS
SELECT product_key, min(product) AS product
FROM (
    SELECT id_key(product_id) AS product_key, product FROM merged_products
    UNION ALL SELECT id_key(_other_id), product FROM merged_products
    UNION ALL SELECT id_key(_code), product FROM merged_products
)
WHERE product_key IS NOT NULL AND product IS NOT NULL
GROUP BY product_key;

-- A contract of several products is one text for people and a list of each.
CREATE TEMP TABLE contract_parts AS
SELECT s.said, list(DISTINCT coalesce(n.product, s.part) ORDER BY coalesce(n.product, s.part)) AS each, count(n.product) > 0 AS is_named
FROM (SELECT said, unnest(said) AS part FROM (SELECT DISTINCT coalesce(_products, [product]) AS said FROM merged_contracts)) s
LEFT JOIN product_names n ON n.product_key = id_key(s.part)
WHERE s.part IS NOT NULL
GROUP BY s.said;

CREATE TABLE model.contract_products AS
SELECT DISTINCT t.contract_id, unnest(p.each) AS product
FROM merged_contracts t
JOIN contract_parts p ON p.said = coalesce(t._products, [t.product])
ORDER BY t.contract_id, product;

CREATE TEMP TABLE deal_lines AS
SELECT k.opportunity_id, coalesce(t.product, n.product, t.product_id) AS product, sum(t.amount) AS amount, max(t._import) AS _import
FROM merged_line_items t
JOIN deal_keys k ON k.deal_key = id_key(t.opportunity_id)
LEFT JOIN product_names n ON n.product_key = id_key(t.product_id)
GROUP BY 1, 2 HAVING coalesce(t.product, n.product, t.product_id) IS NOT NULL;

-- A deal counts under one product: that of its lines with the largest amount in all, of equal ones the first by name.
CREATE TEMP TABLE deal_products AS
SELECT opportunity_id, first(product ORDER BY amount DESC NULLS LAST, product) AS product, count(*) AS products, max(_import) AS _import
FROM deal_lines
GROUP BY opportunity_id;
