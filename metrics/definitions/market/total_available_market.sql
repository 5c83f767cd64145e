/*
title = "Total available market"
definition = "The uploaded market, of companies or of segments with a number of companies: what they could spend a year, as uploaded, else companies × the average won deal of their segment (of all, where the segment has won none: those are counted in at_overall_average). Without an uploaded market it is n/a: an export of a CRM is not the market. Accounts: its companies. Customers: those among them. Market share: customers ÷ companies; by value: their revenue of the last 12 months ÷ the market's value. In data: the share of its companies already among the accounts. A company is found among the accounts by domain or name; an account is in a segment by the industry, region and country that the segment names, else by a property that is the segment's name. It can be split by what the market knows: industry, region, country, size, market_segment."
formula = "{accounts} companies worth {value}; {customers} customers"
unit = "account"
clock = "as_of"
format = "money"
better = "none"
needs = ["market"]
uses = ["year_revenue"]
splits = false
own_splits = ["industry", "region", "country", "size", "market_segment"]
*/
-- section: market_rows
-- A row with a name or a domain is a company; any other is a segment.
SELECT _import AS import, _row AS row_number, coalesce(segment, industry, region, country, size, '(none)') AS label,
  segment, industry, region, country, size, name IS NULL AND domain IS NULL AS is_segment,
  coalesce(companies, 1) AS companies, value, value_issue, account_id,
  CASE CAST($by AS VARCHAR) WHEN 'industry' THEN coalesce(industry, '(none)') WHEN 'region' THEN coalesce(region, '(none)')
    WHEN 'country' THEN coalesce(country, '(none)') WHEN 'size' THEN coalesce(size, '(none)')
    WHEN 'market_segment' THEN coalesce(segment, '(none)') ELSE 'All' END AS part
FROM model.market
;
-- section: members
-- The accounts of each row: the company itself, or all that a segment describes.
SELECT m.import, m.row_number, m.part, m.label, m.account_id
FROM market_rows m
WHERE m.account_id IS NOT NULL
UNION ALL
SELECT m.import, m.row_number, m.part, m.label, a.account_id
FROM market_rows m
JOIN model.accounts a
  ON (m.industry IS NULL OR lower(m.industry) = lower(a.industry)) AND (m.region IS NULL OR lower(m.region) = lower(a.region))
  AND (m.country IS NULL OR lower(m.country) = lower(a.country)) AND (m.size IS NULL OR m.size = a.size)
WHERE m.is_segment AND (m.industry IS NOT NULL OR m.region IS NOT NULL OR m.country IS NOT NULL OR m.size IS NOT NULL
  OR lower(m.segment) IN (coalesce(lower(a.industry), ''), coalesce(lower(a.region), ''), coalesce(lower(a.country), ''),
    coalesce(lower(a.tier), ''), coalesce(a.size, ''), coalesce(replace(a.size, '–', '-'), '')))
;
-- section: label_sizes
SELECT m.label, avg(o.value) AS average
FROM (SELECT DISTINCT label, account_id FROM members) m
JOIN model.opportunities o ON o.account_id = m.account_id
WHERE o.outcome = 'won' AND o.value IS NOT NULL
GROUP BY m.label
;
-- section: valued
SELECT m.import, m.row_number, m.part, m.companies, m.value_issue, m.value IS NULL AND s.average IS NULL AND o.average IS NOT NULL AS is_overall,
  coalesce(m.value, m.companies * coalesce(s.average, o.average)) AS value
FROM market_rows m
LEFT JOIN label_sizes s ON s.label = m.label
CROSS JOIN (SELECT avg(value) AS average FROM model.opportunities WHERE outcome = 'won') o
;
-- section: rows
SELECT DISTINCT m.part AS segment, CAST(NULL AS VARCHAR) AS period, m.account_id, b.account_id IS NOT NULL AS is_customer,
  CASE WHEN k.is_known THEN coalesce(r.revenue, 0) END AS revenue, 1.0 AS measure
FROM members m
CROSS JOIN revenue_known k
LEFT JOIN buyers b ON b.account_id = m.account_id
LEFT JOIN year_revenue r ON r.account_id = m.account_id
;
-- section: answer
SELECT v.part AS segment, CAST(NULL AS VARCHAR) AS period, v.value, v.accounts AS n, v.accounts, coalesce(k.customers, 0) AS customers,
  CAST(coalesce(k.customers, 0) AS DOUBLE) / nullif(v.accounts, 0) AS market_share,
  CASE WHEN y.is_known THEN CAST(coalesce(k.revenue, 0) AS DOUBLE) / nullif(v.value, 0) END AS market_share_value,
  CAST(coalesce(k.known, 0) AS DOUBLE) / nullif(v.accounts, 0) AS in_data, v.at_overall_average
FROM (
  SELECT part, sum(value) AS value, CAST(sum(companies) AS BIGINT) AS accounts,
    CAST(coalesce(sum(companies) FILTER (WHERE is_overall), 0) AS BIGINT) AS at_overall_average
  FROM valued
  GROUP BY part
) v
LEFT JOIN (
  SELECT segment, count(*) AS known, count(*) FILTER (WHERE is_customer) AS customers, sum(revenue) FILTER (WHERE is_customer) AS revenue
  FROM rows
  GROUP BY segment
) k ON k.segment = v.part
CROSS JOIN revenue_known y
ORDER BY segment, period
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM valued
WHERE value_issue IS NOT NULL AND value IS NULL
GROUP BY value_issue
UNION ALL
SELECT 'no estimate and no won deal', count(*)
FROM valued
WHERE value_issue IS NULL AND value IS NULL
ORDER BY reason
;
-- section: warnings
SELECT 'No segment average: {n} companies are valued at the average won deal of all.' AS warning, CAST(coalesce(sum(companies), 0) AS BIGINT) AS n
FROM valued
WHERE is_overall
