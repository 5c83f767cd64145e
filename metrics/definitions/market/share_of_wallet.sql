/*
title = "Share of wallet"
definition = "Revenue of the last 12 months ÷ the account's estimated yearly budget, from the uploaded market (the newest, where a company is listed several times): the median over customers with an estimate. Total share: the same of their sums. An account without an estimate, or that is no customer, is left out and counted."
formula = "median of {n} customers; {revenue} revenue ÷ {estimated} estimated in all"
unit = "account"
clock = "as_of"
format = "percent"
better = "higher"
needs = ["accounts", "market"]
uses = ["buyers", "contract_days", "year_revenue"]
interval = "median"
compare = "median"
[lists]
wallets = "Every account with its estimate and its revenue, customer or not."
*/
-- section: wallets
SELECT a.segment, a.account_id, b.account_id IS NOT NULL AS is_customer, m.value AS estimated,
  CASE WHEN k.is_known THEN coalesce(r.revenue, 0) END AS revenue
FROM accounts a
CROSS JOIN revenue_known k
LEFT JOIN buyers b ON b.account_id = a.account_id
LEFT JOIN model.market m ON m.account_id = a.account_id
LEFT JOIN year_revenue r ON r.account_id = a.account_id
;
-- section: rows
SELECT segment, CAST(NULL AS VARCHAR) AS period, account_id, revenue, estimated, CAST(revenue AS DOUBLE) / nullif(estimated, 0) AS measure
FROM wallets
WHERE is_customer AND estimated > 0 AND revenue IS NOT NULL
;
-- section: answer
SELECT segment, period, quantile_cont(measure, 0.5) AS value, count(*) AS n, CAST(sum(revenue) AS DOUBLE) / nullif(sum(estimated), 0) AS total_share,
  sum(revenue) AS revenue, sum(estimated) AS estimated
FROM rows
GROUP BY segment, period
ORDER BY segment, period
;
-- section: left_out
SELECT 'no customer' AS reason, count(*) AS n
FROM wallets
WHERE NOT is_customer AND estimated > 0
UNION ALL
SELECT 'revenue without a date or an amount', count(*)
FROM wallets
WHERE is_customer AND estimated > 0 AND revenue IS NULL
UNION ALL
SELECT 'customer without an estimate', count(*)
FROM wallets
WHERE is_customer AND coalesce(estimated, 0) <= 0
ORDER BY reason
