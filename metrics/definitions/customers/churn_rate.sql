/*
title = "Churn rate"
definition = "Customers at the start of the period who are gone by its end ÷ customers at the start; without a period, the 12 months to the as-of day. By contracts: in effect on the first day and not on the last, a contract that follows within grace_days being no gap, and one that carries on another before its end taking over from its first day. By invoices, where there are no contracts: revenue above 0 in the period before, of equal length, and none in this one; n/a where the median time between a customer's invoices is longer than the period (a whole month counting 31 days). That no new deal was won is no churn. Revenue churn: what was lost with them, and contracted by those who stayed, ÷ the customers' revenue at the start. A contract has one exchange rate for all of its time, that of its end or of the as-of day."
formula = "{gone} gone ÷ {customers} customers at the start"
unit = "account"
clock = "period"
format = "percent"
better = "lower"
needs = []
by_product = true
uses = ["contract_days", "customers", "endings", "retention", "billing"]
interval = "wilson"
compare = "newcombe"
[change]
kind = "rate"
over = "numerator"
under = "denominator"
*/
-- section: judged
-- Where customers are billed less often than the period is long, nobody can be told to be gone.
SELECT s.period, CASE WHEN c.source = 'invoices' THEN coalesce(g.days > s.days, FALSE) ELSE FALSE END AS is_unbilled
FROM spans s
CROSS JOIN customer_source c
CROSS JOIN usual_gap g
;
-- section: rows
SELECT a.segment, b.period, b.account_id, b.is_gone, b.revenue_before, b.revenue_now, b.is_known,
  CASE WHEN j.is_unbilled THEN NULL WHEN b.is_gone THEN 1.0 ELSE 0.0 END AS measure
FROM balances b
JOIN accounts a ON a.account_id = b.account_id
JOIN judged j ON coalesce(j.period, '') = coalesce(b.period, '')
WHERE b.was_customer
;
-- section: counted
SELECT segment, period, count(*) AS customers, CAST(sum(measure) AS BIGINT) AS gone,
  sum(CASE WHEN revenue_now < revenue_before THEN revenue_before - revenue_now ELSE 0 END) FILTER (WHERE is_known AND measure IS NOT NULL)
    AS missing,
  sum(revenue_before) FILTER (WHERE is_known) AS revenue
FROM rows
GROUP BY segment, period
;
-- section: answer
SELECT s.segment, s.period, CAST(n.gone AS DOUBLE) / nullif(n.customers, 0) AS value, coalesce(n.customers, 0) AS n,
  CASE WHEN n.customers IS NULL THEN 0 ELSE n.gone END AS numerator,
  coalesce(n.customers, 0) AS denominator, coalesce(n.customers, 0) AS customers, CASE WHEN n.customers IS NULL THEN 0 ELSE n.gone END AS gone,
  n.missing / nullif(n.revenue, 0) AS revenue_churn
FROM seen s
LEFT JOIN counted n ON n.segment = s.segment AND coalesce(n.period, '') = coalesce(s.period, '')
ORDER BY s.segment, s.period
;
-- section: left_out
SELECT reason, n
FROM ends_left_out
UNION ALL
SELECT reason || ' (revenue churn only)', n
FROM money_left_out
UNION ALL
SELECT 'invoices further apart than the period is long', count(DISTINCT account_id)
FROM rows
WHERE measure IS NULL
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM retention_said
