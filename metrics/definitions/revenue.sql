/*
# Revenue of an account by calendar unit, up to the as-of day: invoices, else contracts prorated by day, else won amounts.
# Shared by the metrics that name it in `uses`, with contract_days and, for its cohorts, cohorts.
*/
-- section: payments
SELECT account_id, invoiced_on AS paid_on, value
FROM invoices
WHERE account_id IS NOT NULL AND invoiced_on <= $as_of
UNION ALL
SELECT account_id, closed_on, value
FROM opportunities
WHERE $revenue_source = 'won amounts' AND outcome = 'won' AND account_id IS NOT NULL AND closed_on <= $as_of
;
-- section: active_contracts
SELECT account_id, monthly_value, value_issue, started_on,
  CASE WHEN ended_on <= $as_of THEN ended_on ELSE CAST(CAST($as_of AS DATE) + INTERVAL '1' DAY AS DATE) END AS ended_on
FROM contracts
WHERE account_id IS NOT NULL AND started_on <= $as_of AND (ended_on IS NULL OR ended_on > started_on)
;
-- section: first_revenues
SELECT account_id, min(first_on) AS first_on
FROM (
  SELECT account_id, min(paid_on) AS first_on FROM payments GROUP BY account_id
  UNION ALL
  SELECT account_id, min(started_on) FROM active_contracts GROUP BY account_id
) firsts
GROUP BY account_id
;
-- section: contract_months
SELECT account_id, month, monthly_value * date_diff('day', starts_on, ends_before) / month_days AS value
FROM contract_days
;
-- section: revenue_units
-- unknown: amounts of the unit that no currency, rate or amount is known of; they are no revenue of 0.
SELECT account_id, unit, sum(value) AS revenue, sum(unknown) AS unknown
FROM (
  SELECT p.account_id, u.unit, sum(p.value) AS value, count(*) FILTER (WHERE p.value IS NULL) AS unknown
  FROM payments p
  JOIN months u ON u.month = extract(year FROM p.paid_on) * 12 + extract(month FROM p.paid_on) - 1
  GROUP BY p.account_id, u.unit
  UNION ALL
  SELECT k.account_id, u.unit, CASE WHEN $revenue_source = 'contracts' THEN sum(k.value) END,
    CASE WHEN $revenue_source = 'contracts' THEN count(*) FILTER (WHERE k.value IS NULL) ELSE 0 END
  FROM contract_months k
  JOIN months u ON u.month = k.month
  GROUP BY k.account_id, u.unit
) both_sources
GROUP BY account_id, unit
;
-- section: members
SELECT a.segment, p.period, c.label AS cohort, c.unit AS cohort_unit, a.account_id, f.first_on
FROM periods p
JOIN first_revenues f ON p.is_whole OR (f.first_on >= p.starts_on AND f.first_on < p.ends_before)
JOIN accounts a ON a.account_id = f.account_id
JOIN months c ON c.month = extract(year FROM f.first_on) * 12 + extract(month FROM f.first_on) - 1
;
-- section: cells
SELECT c.segment, c.period, c.cohort, c.cohort_unit, u.unit - c.cohort_unit AS age, c.size, NOT u.is_over AS partial
FROM (SELECT segment, period, cohort, cohort_unit, count(*) AS size FROM members GROUP BY segment, period, cohort, cohort_unit) c
JOIN units u ON u.unit >= c.cohort_unit
;
-- section: revenue_left_out
SELECT 'invoice without an account' AS reason, count(*) AS n
FROM invoices
WHERE account_id IS NULL
UNION ALL
SELECT 'invoice without a date', count(*)
FROM invoices
WHERE account_id IS NOT NULL AND invoiced_on IS NULL
UNION ALL
SELECT 'contract without an account', count(*)
FROM contracts
WHERE account_id IS NULL
UNION ALL
SELECT 'contract without a start', count(*)
FROM contracts
WHERE account_id IS NOT NULL AND started_on IS NULL
UNION ALL
SELECT 'contract starts after as-of', count(*)
FROM contracts
WHERE account_id IS NOT NULL AND started_on > $as_of
UNION ALL
SELECT 'contract ends on or before the day it starts', count(*)
FROM contracts
WHERE account_id IS NOT NULL AND started_on <= $as_of AND ended_on <= started_on
UNION ALL
SELECT 'won deal without an account', count(*)
FROM opportunities
WHERE $revenue_source = 'won amounts' AND outcome = 'won' AND account_id IS NULL
UNION ALL
SELECT 'no closing date', count(*)
FROM opportunities
WHERE $revenue_source = 'won amounts' AND outcome = 'won' AND account_id IS NOT NULL AND closed_on IS NULL
UNION ALL
SELECT 'closed after as-of', count(*)
FROM opportunities
WHERE $revenue_source = 'won amounts' AND outcome = 'won' AND account_id IS NOT NULL AND closed_on > $as_of
UNION ALL
SELECT 'invoiced after as-of', count(*)
FROM invoices
WHERE account_id IS NOT NULL AND invoiced_on > $as_of
;
-- section: amounts_left_out
SELECT value_issue AS reason, count(*) AS n
FROM invoices
WHERE account_id IS NOT NULL AND value IS NULL AND invoiced_on <= $as_of
GROUP BY value_issue
UNION ALL
SELECT value_issue, count(*)
FROM opportunities
WHERE $revenue_source = 'won amounts' AND outcome = 'won' AND account_id IS NOT NULL AND closed_on <= $as_of AND value IS NULL
GROUP BY value_issue
UNION ALL
SELECT value_issue, count(*)
FROM active_contracts
WHERE $revenue_source = 'contracts' AND monthly_value IS NULL
GROUP BY value_issue
;
-- section: no_revenue
SELECT 'No revenue is known: load invoices, contracts or won deals.' AS warning, 1 AS n
WHERE $revenue_source = 'none'
