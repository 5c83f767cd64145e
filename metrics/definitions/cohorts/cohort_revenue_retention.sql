/*
title = "Revenue retention by cohort"
definition = "Revenue in the age-th unit of the accounts whose first revenue was in the cohort ÷ their revenue in the cohort's own unit. Revenue is invoices, else contracts prorated by day, else won amounts. A cell exists once its unit has begun; the last, unfinished one is partial; one of whose revenue no amount is known is n/a. A contract has one exchange rate for all of its months, that of its end or of the as-of day."
formula = "{revenue} at age {age} ÷ revenue at age 0"
unit = "account"
clock = "first revenue"
format = "percent"
better = "higher"
keys = ["cohort", "age"]
needs = []
by_product = true
uses = ["cohorts", "contract_days", "revenue", "billing", "endings"]
compare = "ratio"
[change]
kind = "none"
because = "cohort"
*/
-- section: rows
SELECT m.segment, m.period, m.cohort, u.unit - m.cohort_unit AS age, m.account_id, m.first_on, f.revenue AS first_revenue,
  coalesce(r.revenue, 0) AS measure, coalesce(f.revenue, 0) AS weight
FROM members m
JOIN units u ON u.unit >= m.cohort_unit
LEFT JOIN revenue_units f ON f.account_id = m.account_id AND f.unit = m.cohort_unit
LEFT JOIN revenue_units r ON r.account_id = m.account_id AND r.unit = u.unit
;
-- section: answer
SELECT c.segment, c.period, c.cohort, c.age, CASE WHEN r.unknown > 0 THEN r.revenue ELSE coalesce(r.revenue, 0) END / nullif(f.revenue, 0) AS value,
  c.size AS n, c.size, coalesce(r.customers, 0) AS customers, CASE WHEN r.unknown > 0 THEN r.revenue ELSE coalesce(r.revenue, 0) END AS revenue,
  c.partial
FROM cells c
LEFT JOIN cohort_revenues r
  ON r.segment = c.segment AND coalesce(r.period, '') = coalesce(c.period, '') AND r.cohort = c.cohort AND r.age = c.age
LEFT JOIN cohort_revenues f
  ON f.segment = c.segment AND coalesce(f.period, '') = coalesce(c.period, '') AND f.cohort = c.cohort AND f.age = 0
ORDER BY c.segment, c.period, c.cohort, c.age
;
-- section: cohort_revenues
SELECT m.segment, m.period, m.cohort, r.unit - m.cohort_unit AS age, sum(r.revenue) AS revenue, sum(r.unknown) AS unknown, count(*) AS customers
FROM members m
JOIN revenue_units r ON r.account_id = m.account_id
GROUP BY m.segment, m.period, m.cohort, r.unit - m.cohort_unit
;
-- section: left_out
SELECT reason, n
FROM revenue_left_out
UNION ALL
SELECT reason, n
FROM amounts_left_out
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM no_revenue
UNION ALL
SELECT warning, n
FROM endings_said
UNION ALL
SELECT 'Invoices of half of the revenue are {n} days apart or more: a unit shorter than that shows when bills were written rather than what customers pay.',
  CAST(ceil(days) AS BIGINT)
FROM revenue_gap
WHERE $revenue_source = 'invoices'
  AND days > CASE $cohort_grain WHEN 'month' THEN 31 WHEN 'quarter' THEN 92 ELSE 366 END
