/*
# The uploaded market, and which accounts are in it. Shared by the metrics that name it in `uses`. It reads all accounts,
# whatever the filter: a metric joins it to its own.
*/
-- section: market_rows
-- A row with a name or a domain is a company; any other is a segment, of an unknown number of companies where it has none.
SELECT _import AS import, _row AS row_number, coalesce(segment, industry, region, country, size, '(none)') AS label,
  segment, industry, region, country, size, is_segment, companies, value, value_issue, listed, account_id,
  CASE CAST($by AS VARCHAR) WHEN 'industry' THEN coalesce(industry, '(none)') WHEN 'region' THEN coalesce(region, '(none)')
    WHEN 'country' THEN coalesce(country, '(none)') WHEN 'size' THEN coalesce(size, '(none)')
    WHEN 'market_segment' THEN coalesce(segment, '(none)') ELSE 'All' END AS part
FROM model.market
;
-- section: market_members
-- The accounts of each row: the company itself, or all that a segment describes.
SELECT m.part, m.label, m.companies, m.value, m.account_id
FROM market_rows m
WHERE m.account_id IS NOT NULL
UNION ALL
SELECT m.part, m.label, m.companies, m.value, a.account_id
FROM market_rows m
JOIN model.accounts a
  ON (m.industry IS NULL OR lower(m.industry) = lower(a.industry)) AND (m.region IS NULL OR lower(m.region) = lower(a.region))
  AND (m.country IS NULL OR lower(m.country) = lower(a.country)) AND (m.size IS NULL OR m.size = a.size)
WHERE m.is_segment AND (m.industry IS NOT NULL OR m.region IS NOT NULL OR m.country IS NOT NULL OR m.size IS NOT NULL
  OR lower(m.segment) IN (coalesce(lower(a.industry), ''), coalesce(lower(a.region), ''), coalesce(lower(a.country), ''),
    coalesce(lower(a.tier), ''), coalesce(a.size, ''), coalesce(replace(a.size, '–', '-'), '')))
;
-- section: market_found
-- Whether accounts can be looked for in it: segments by names that nothing of an account has do not say which are theirs.
SELECT EXISTS (
    SELECT 1 FROM market_rows
    WHERE NOT is_segment OR industry IS NOT NULL OR region IS NOT NULL OR country IS NOT NULL OR size IS NOT NULL
  ) OR EXISTS (SELECT 1 FROM market_members) AS is_found
;
-- section: market_not_found
SELECT 'The segments of the market name no industry, region, country or size that an account has: which accounts are in it is not known.'
  AS warning, CASE WHEN f.is_found OR m.n = 0 THEN 0 ELSE 1 END AS n
FROM market_found f
CROSS JOIN (SELECT count(*) AS n FROM market_rows) m
