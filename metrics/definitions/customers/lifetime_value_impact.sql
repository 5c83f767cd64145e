/*
title = "Lifetime value at equal age"
definition = "Revenue of an account from its first win, or its first revenue where that is earlier, until 3, 6, 12 and 24 months later, added up, the first win included: the mean over the accounts that were followed that long by the as-of day, so that an old customer is not held against a new one. The period is that of the first win. Revenue is invoices, else contracts prorated by day (the days of grace before a renewal with them, and of a contract and its early renewal only the renewal), else won amounts, before margin; a contract has one exchange rate for all of its time, that of its end or of the as-of day; an account that has left stays in with what it brought. Target accounts and the rest are compared at the same age, by a bootstrap of accounts; that the target ones bring more does not say that being one made them."
formula = "revenue of {n} accounts in their first {age_months} months, added ÷ {n}"
unit = "account"
clock = "first win"
format = "money"
better = "higher"
keys = ["age_months"]
needs = []
by_product = true
uses = ["contract_days", "revenue"]
compare = "mean"
[change]
kind = "mean"
under = "n"
*/
-- section: beginnings
-- The first win counts where it is before the first revenue; a won deal that was never paid for makes no customer.
SELECT f.account_id, CASE WHEN w.won_on < f.first_on THEN w.won_on ELSE f.first_on END AS first_on
FROM first_revenues f
LEFT JOIN (
  SELECT account_id, min(closed_on) AS won_on
  FROM opportunities
  WHERE outcome = 'won' AND closed_on <= $as_of
  GROUP BY account_id
) w ON w.account_id = f.account_id
;
-- section: members_of_ages
SELECT account_id, first_on, 3 AS age_months, CAST(first_on + INTERVAL '3' MONTH AS DATE) AS until_on FROM beginnings
UNION ALL
SELECT account_id, first_on, 6, CAST(first_on + INTERVAL '6' MONTH AS DATE) FROM beginnings
UNION ALL
SELECT account_id, first_on, 12, CAST(first_on + INTERVAL '12' MONTH AS DATE) FROM beginnings
UNION ALL
SELECT account_id, first_on, 24, CAST(first_on + INTERVAL '24' MONTH AS DATE) FROM beginnings
;
-- section: followed
SELECT account_id, first_on, age_months, until_on
FROM members_of_ages
WHERE date_diff('day', until_on, CAST($as_of AS DATE)) >= -1
;
-- section: earned
SELECT w.account_id, w.age_months, p.value
FROM followed w
JOIN payments p ON p.account_id = w.account_id AND p.paid_on >= w.first_on AND p.paid_on < w.until_on
UNION ALL
SELECT w.account_id, w.age_months,
  k.monthly_value * date_diff('day', k.starts_on, CASE WHEN k.ends_before < w.until_on THEN k.ends_before ELSE w.until_on END) / k.month_days
FROM followed w
JOIN contract_days k ON k.account_id = w.account_id AND k.starts_on < w.until_on
WHERE $revenue_source = 'contracts'
;
-- section: earned_by_age
SELECT account_id, age_months, sum(value) AS revenue
FROM earned
GROUP BY account_id, age_months
;
-- section: known
SELECT a.segment, p.period, w.age_months, w.account_id, w.first_on, w.until_on,
  CASE WHEN e.account_id IS NULL THEN 0 ELSE e.revenue END AS revenue
FROM periods p
JOIN followed w ON p.is_whole OR (w.first_on >= p.starts_on AND w.first_on < p.ends_before)
JOIN accounts a ON a.account_id = w.account_id
LEFT JOIN earned_by_age e ON e.account_id = w.account_id AND e.age_months = w.age_months
;
-- section: rows
SELECT segment, period, age_months, account_id, first_on, CAST(revenue AS DOUBLE) AS measure
FROM known
WHERE revenue IS NOT NULL
;
-- section: answer
SELECT segment, period, age_months, avg(measure) AS value, count(*) AS n, quantile_cont(measure, 0.5) AS median, sum(measure) AS revenue
FROM rows
GROUP BY segment, period, age_months
ORDER BY segment, period, age_months
;
-- section: left_out
SELECT reason, n
FROM revenue_left_out
UNION ALL
SELECT 'not followed for 3 months yet', count(*)
FROM periods p
JOIN beginnings b ON p.is_whole OR (b.first_on >= p.starts_on AND b.first_on < p.ends_before)
JOIN accounts a ON a.account_id = b.account_id
WHERE NOT EXISTS (SELECT 1 FROM followed w WHERE w.account_id = b.account_id)
UNION ALL
SELECT reason, n
FROM amounts_left_out
UNION ALL
SELECT 'customer without a known amount', count(DISTINCT account_id)
FROM known
WHERE revenue IS NULL
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM no_revenue
UNION ALL
SELECT 'Revenue is ' || CAST($revenue_source AS VARCHAR) || ', before margin.', count(*)
FROM rows
