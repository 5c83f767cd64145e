/*
title = "Total available market"
definition = "The uploaded market, of companies or of segments with a number of companies: what they could spend a year, as uploaded, else companies × the average won deal of their segment (of all, where the segment has won none: those are counted in at_overall_average). Without an uploaded market it is n/a: an export of a CRM is not the market. Accounts: its companies. Customers: those among them. Market share: customers ÷ companies; by value: their revenue of the last 12 months ÷ the market's value. In data: the share of its companies already among the accounts. A company listed several times counts once, with its newest estimate, and is counted as listed again; a segment without a number of companies is left out and counted. A company is found among the accounts by domain or name; an account is in a segment by the industry, region and country that the segment names, else by a property that is the segment's name. It can be split by what the market knows: industry, region, country, size, market_segment."
formula = "{accounts} companies worth {value}; {customers} customers"
unit = "account"
clock = "as_of"
format = "money"
better = "none"
needs = ["market"]
uses = ["buyers", "contract_days", "year_revenue", "universe"]
splits = false
own_splits = ["industry", "region", "country", "size", "market_segment"]
[columns.market_share]
formula = "{customers} customers ÷ {accounts} companies"
*/
-- section: label_sizes
SELECT m.label, avg(o.value) AS average
FROM (SELECT DISTINCT label, account_id FROM market_members) m
JOIN model.opportunities o ON o.account_id = m.account_id
WHERE o.outcome = 'won' AND o.value IS NOT NULL
GROUP BY m.label
;
-- section: overall_size
SELECT avg(value) AS average FROM model.opportunities WHERE outcome = 'won'
;
-- section: valued
SELECT m.part, m.is_segment, m.companies, m.listed, m.value_issue,
  m.value IS NULL AND s.average IS NULL AND o.average IS NOT NULL AND m.companies IS NOT NULL AS is_overall,
  coalesce(m.value, m.companies * coalesce(s.average, o.average)) AS value
FROM market_rows m
LEFT JOIN label_sizes s ON s.label = m.label
CROSS JOIN overall_size o
;
-- section: rows
-- is_counted: among companies whose number is known; is_valued: among those whose worth is.
SELECT m.part AS segment, CAST(NULL AS VARCHAR) AS period, m.account_id, bool_or(m.companies IS NOT NULL) AS is_counted,
  bool_or(m.value IS NOT NULL OR (m.companies IS NOT NULL AND o.average IS NOT NULL)) AS is_valued,
  b.account_id IS NOT NULL AS is_customer, CASE WHEN k.is_known THEN coalesce(r.revenue, 0) END AS revenue, 1.0 AS measure
FROM market_members m
CROSS JOIN overall_size o
CROSS JOIN revenue_known k
LEFT JOIN buyers b ON b.account_id = m.account_id
LEFT JOIN year_revenue r ON r.account_id = m.account_id
WHERE m.companies IS NOT NULL OR m.value IS NOT NULL
GROUP BY m.part, m.account_id, b.account_id, k.is_known, r.revenue
;
-- section: answer
SELECT v.part AS segment, CAST(NULL AS VARCHAR) AS period, v.value, coalesce(v.accounts, 0) AS n, v.accounts,
  CASE WHEN v.accounts IS NOT NULL AND f.is_found THEN coalesce(k.customers, 0) END AS customers,
  CASE WHEN f.is_found THEN CAST(coalesce(k.customers, 0) AS DOUBLE) / nullif(v.accounts, 0) END AS market_share,
  CASE WHEN y.is_known AND f.is_found THEN CAST(coalesce(k.revenue, 0) AS DOUBLE) / nullif(v.value, 0) END AS market_share_value,
  CASE WHEN f.is_found THEN CAST(coalesce(k.known, 0) AS DOUBLE) / nullif(v.accounts, 0) END AS in_data, v.at_overall_average
FROM (
  SELECT part, sum(value) AS value, CAST(sum(companies) AS BIGINT) AS accounts,
    CAST(coalesce(sum(companies) FILTER (WHERE is_overall), 0) AS BIGINT) AS at_overall_average
  FROM valued
  GROUP BY part
) v
LEFT JOIN (
  SELECT segment, count(*) FILTER (WHERE is_counted) AS known, count(*) FILTER (WHERE is_counted AND is_customer) AS customers,
    sum(revenue) FILTER (WHERE is_valued AND is_customer) AS revenue
  FROM rows
  GROUP BY segment
) k ON k.segment = v.part
CROSS JOIN revenue_known y
CROSS JOIN market_found f
ORDER BY segment, period
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM valued
WHERE value_issue IS NOT NULL AND value IS NULL AND companies IS NOT NULL
GROUP BY value_issue
UNION ALL
SELECT 'no estimate and no won deal', count(*)
FROM valued
WHERE value_issue IS NULL AND value IS NULL AND companies IS NOT NULL
UNION ALL
SELECT 'segment without a number of companies', count(*)
FROM valued
WHERE companies IS NULL
UNION ALL
SELECT 'company listed again', CAST(coalesce(sum(listed - 1), 0) AS BIGINT)
FROM valued
WHERE listed > 1
ORDER BY reason
;
-- section: warnings
SELECT 'No segment average: {n} companies are valued at the average won deal of all.' AS warning, CAST(coalesce(sum(companies), 0) AS BIGINT) AS n
FROM valued
WHERE is_overall
UNION ALL
SELECT warning, n
FROM market_not_found
