/*
title = "Customer retention by cohort"
definition = "Of the accounts whose first revenue was in the cohort, the share with an invoice of any amount dated in the age-th unit after it, or an active contract (without both: a deal won in it). A cell exists once its unit has begun; the last, unfinished one is partial."
formula = "{customers} customers at age {age} ÷ {size} customers of the cohort"
unit = "account"
clock = "first revenue"
format = "percent"
better = "higher"
keys = ["cohort", "age"]
needs = []
by_product = true
uses = ["cohorts", "contract_days", "revenue", "billing", "endings"]
interval = "wilson"
compare = "newcombe"
[change]
kind = "none"
because = "cohort"
*/
-- section: rows
SELECT m.segment, m.period, m.cohort, r.unit - m.cohort_unit AS age, m.account_id, m.first_on, r.revenue, 1.0 AS measure
FROM members m
JOIN revenue_units r ON r.account_id = m.account_id
;
-- section: answer
SELECT c.segment, c.period, c.cohort, c.age, CAST(coalesce(r.customers, 0) AS DOUBLE) / nullif(c.size, 0) AS value, c.size AS n,
  coalesce(r.customers, 0) AS numerator, c.size AS denominator, c.size, coalesce(r.customers, 0) AS customers, c.partial
FROM cells c
LEFT JOIN (SELECT segment, period, cohort, age, count(*) AS customers FROM rows GROUP BY segment, period, cohort, age) r
  ON r.segment = c.segment AND coalesce(r.period, '') = coalesce(c.period, '') AND r.cohort = c.cohort AND r.age = c.age
ORDER BY c.segment, c.period, c.cohort, c.age
;
-- section: least_terms
-- 19 of 20 contracts that have ended ran at least so long, where twenty have.
SELECT quantile_disc(CAST(date_diff('day', started_on, ended_on) AS DOUBLE), 0.05) AS days
FROM usable_contracts
WHERE ended_on <= $as_of
HAVING count(*) >= 20
;
-- section: left_out
SELECT reason, n
FROM revenue_left_out
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM no_revenue
UNION ALL
SELECT warning, n
FROM endings_said
UNION ALL
SELECT 'Of the contracts that have ended, 19 of 20 ran for {n} days or more: until then a customer is kept by contract, whatever it thinks.',
  CAST(floor(days) AS BIGINT)
FROM least_terms
WHERE days > CASE $cohort_grain WHEN 'month' THEN 62 WHEN 'quarter' THEN 184 ELSE 731 END
UNION ALL
SELECT 'Invoices of half of the customers are {n} days apart or more: a unit shorter than that shows when bills were written rather than what customers pay.',
  CAST(ceil(days) AS BIGINT)
FROM customers_gap
WHERE $revenue_source = 'invoices' AND NOT EXISTS (SELECT 1 FROM model.contracts)
  AND days > CASE $cohort_grain WHEN 'month' THEN 31 WHEN 'quarter' THEN 92 ELSE 366 END
