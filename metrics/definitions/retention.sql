/*
# The customers of a period and their revenue at both of its ends. Shared by the metrics that name it in `uses`, with
# customers in front of it: ["customers", "retention"]. It reads all accounts, whatever the filter.
[options.first_day_leavers]
default = false
meaning = "What is at the start is what was in effect on the day before the period, so that it is what the period before ended with: what ends, begins or changes on the first day is in the period. Without, it is what was in effect on the first day, and what moved on that day is in no period."
*/
-- section: spans
-- The periods of the question; without a beginning, the twelve months to its end. Before each, one of equal length: of as many
-- calendar months where it is whole ones, else of as many days.
SELECT period, starts_on, ends_before, CAST(ends_before - INTERVAL '1' DAY AS DATE) AS last_on,
  CASE WHEN months > 0 THEN CAST(starts_on - CAST(months AS INTEGER) * INTERVAL '1' MONTH AS DATE)
    ELSE CAST(starts_on - CAST(date_diff('day', starts_on, ends_before) AS INTEGER) * INTERVAL '1' DAY AS DATE) END AS before_on,
  CASE WHEN months > 0 THEN 31 * months ELSE date_diff('day', starts_on, ends_before) END AS days
FROM (
  SELECT period, ends_before,
    CASE WHEN starts_on = DATE '0001-01-01' THEN CAST(ends_before - INTERVAL '12' MONTH AS DATE) ELSE starts_on END AS starts_on,
    CASE WHEN starts_on = DATE '0001-01-01' THEN 12
      WHEN extract(day FROM starts_on) = 1 AND extract(day FROM ends_before) = 1 THEN date_diff('month', starts_on, ends_before)
      ELSE 0 END AS months
  FROM periods
) measured
;
-- section: both_ends
-- What counts at each end of a span: contracts in effect on its first day (or the day before it) and on its last, or invoices
-- before it and in it.
SELECT s.period, k.contract_id, k.account_id, k.product, k.monthly_value AS value, k.monthly_value AS amount, k.value_issue,
  CASE WHEN $first_day_leavers THEN k.started_on < s.starts_on
    ELSE k.started_on <= s.starts_on AND (k.until_on IS NULL OR k.until_on > s.starts_on) END AS is_before,
  k.started_on <= s.last_on AND (k.until_on IS NULL OR k.until_on > s.last_on) AS is_now, TRUE AS is_active
FROM spans s
JOIN contract_terms k ON k.started_on < s.ends_before AND (k.until_on IS NULL OR k.until_on >= s.starts_on)
CROSS JOIN customer_source c
WHERE c.source = 'contracts'
UNION ALL
SELECT s.period, NULL, i.account_id, i.product, i.value, i.amount, i.value_issue, i.invoiced_on < s.starts_on, i.invoiced_on >= s.starts_on, FALSE
FROM spans s
JOIN all_invoices i ON i.invoiced_on >= s.before_on AND i.invoiced_on < s.ends_before
CROSS JOIN customer_source c
WHERE c.source = 'invoices' AND i.account_id IS NOT NULL
;
-- section: summed
SELECT period, account_id,
  coalesce(bool_or(is_active) FILTER (WHERE is_before), FALSE) OR coalesce(sum(value) FILTER (WHERE is_before), 0) > 0
    OR coalesce(bool_or(value IS NULL AND amount > 0) FILTER (WHERE is_before), FALSE) AS was_customer,
  coalesce(bool_or(is_active) FILTER (WHERE is_now), FALSE) OR coalesce(sum(value) FILTER (WHERE is_now), 0) > 0
    OR coalesce(bool_or(value IS NULL AND amount > 0) FILTER (WHERE is_now), FALSE) AS is_customer,
  coalesce(sum(value) FILTER (WHERE is_before), 0) AS revenue_before, coalesce(sum(value) FILTER (WHERE is_now), 0) AS revenue_now,
  count(value) FILTER (WHERE is_before) AS known_before, count(value) FILTER (WHERE is_now) AS known_now,
  count(*) FILTER (WHERE is_before AND value IS NULL) AS unknown_before,
  count(*) FILTER (WHERE is_now AND value IS NULL) AS unknown_now
FROM both_ends
WHERE is_before OR is_now
GROUP BY period, account_id
;
-- section: balances
-- is_known: the revenue of both ends can be held against each other. Where amounts lack at one end only, the change is unknown.
SELECT period, account_id, was_customer, is_customer, was_customer AND NOT is_customer AS is_gone, revenue_before, revenue_now,
  CASE WHEN was_customer
    THEN known_before > 0 AND (NOT is_customer OR (unknown_before > 0) = (unknown_now > 0))
    ELSE known_now > 0 END AS is_known
FROM summed
WHERE was_customer OR is_customer
;
-- section: seen
-- Of a metric's own section `counted`: a segment without customers in one of the periods has a row there too, from its first customers on.
SELECT c.segment, s.period
FROM spans s
JOIN (
  SELECT n.segment, min(s.starts_on) AS starts_on
  FROM counted n
  JOIN spans s ON coalesce(s.period, '') = coalesce(n.period, '')
  GROUP BY n.segment
) c ON s.starts_on >= c.starts_on
;
-- section: beginnings
-- The first days of all periods of the answer, a row each; there is one period where the answer has no grain.
SELECT starts_on FROM each_period WHERE starts_on > DATE '0001-01-01'
UNION
SELECT starts_on FROM spans WHERE NOT EXISTS (SELECT 1 FROM each_period WHERE starts_on > DATE '0001-01-01')
;
-- section: first_days
-- What moved between the day before a period and its first day: of a customer by contract, its revenue on both, and how many of
-- its contracts have none that is known.
SELECT s.starts_on, k.account_id, bool_or(k.started_on < s.starts_on) AS was_customer,
  bool_or(k.until_on IS NULL OR k.until_on > s.starts_on) AS is_customer,
  coalesce(sum(k.monthly_value) FILTER (WHERE k.started_on < s.starts_on), 0) AS value_before,
  coalesce(sum(k.monthly_value) FILTER (WHERE k.until_on IS NULL OR k.until_on > s.starts_on), 0) AS value_then,
  count(*) FILTER (WHERE k.monthly_value IS NULL AND k.started_on < s.starts_on) AS unknown_before,
  count(*) FILTER (WHERE k.monthly_value IS NULL AND (k.until_on IS NULL OR k.until_on > s.starts_on)) AS unknown_then
FROM beginnings s
JOIN contract_terms k ON k.started_on <= s.starts_on AND (k.until_on IS NULL OR k.until_on >= s.starts_on)
JOIN accounts a ON a.account_id = k.account_id
CROSS JOIN customer_source c
WHERE c.source = 'contracts' AND NOT $first_day_leavers
GROUP BY s.starts_on, k.account_id
;
-- section: first_days_moved
-- days: first days of periods on which revenue fell or rose. Where a revenue is unknown on one day only, the change is.
SELECT count(DISTINCT starts_on) FILTER (WHERE kind IN ('fell', 'rose')) AS days, count(*) FILTER (WHERE kind = 'left') AS leavers,
  count(*) FILTER (WHERE kind = 'left' AND unknown_before = 0) AS known_leavers,
  coalesce(sum(value_before) FILTER (WHERE kind = 'left'), 0) AS left_with,
  count(*) FILTER (WHERE kind = 'fell') AS fallers, coalesce(sum(value_before - value_then) FILTER (WHERE kind = 'fell'), 0) AS fallen,
  count(*) FILTER (WHERE kind = 'rose') AS risers, coalesce(sum(value_then - value_before) FILTER (WHERE kind = 'rose'), 0) AS risen,
  count(*) FILTER (WHERE kind = 'unknown') AS unknown
FROM (
  SELECT starts_on, value_before, value_then, unknown_before,
    CASE
      WHEN was_customer AND NOT is_customer THEN 'left'
      WHEN unknown_before <> unknown_then THEN 'unknown'
      WHEN value_then < value_before THEN 'fell'
      WHEN value_then > value_before THEN 'rose'
    END AS kind
  FROM first_days
) told
WHERE kind IS NOT NULL
;
-- section: ends_left_out
SELECT 'contract without an account' AS reason, count(DISTINCT k.contract_id) AS n
FROM contracts k
JOIN spans s ON k.started_on < s.ends_before AND (k.ended_on IS NULL OR k.ended_on > s.starts_on)
CROSS JOIN customer_source c
WHERE k.account_id IS NULL AND c.source = 'contracts'
UNION ALL
SELECT 'contract without a start', count(*)
FROM contracts
WHERE account_id IS NOT NULL AND started_on IS NULL
UNION ALL
SELECT 'contract ends on or before the day it starts', count(DISTINCT k.contract_id)
FROM contracts k
JOIN spans s ON k.started_on >= s.starts_on AND k.started_on < s.ends_before
WHERE k.account_id IS NOT NULL AND k.ended_on <= k.started_on
UNION ALL
SELECT 'customer gone on the first day of the period: not one at its start', count(*)
FROM customer_stays t
JOIN spans s ON s.starts_on = t.until_on
JOIN accounts a ON a.account_id = t.account_id
CROSS JOIN customer_source c
WHERE c.source = 'contracts' AND NOT $first_day_leavers
UNION ALL
SELECT 'account with invoices and no contract', count(DISTINCT u.account_id)
FROM unsigned_invoices u
JOIN spans s ON u.invoiced_on >= s.before_on AND u.invoiced_on < s.ends_before
JOIN accounts a ON a.account_id = u.account_id
UNION ALL
SELECT 'invoice without an account', count(DISTINCT i.invoice_id)
FROM invoices i
JOIN spans s ON i.invoiced_on >= s.before_on AND i.invoiced_on < s.ends_before
CROSS JOIN customer_source c
WHERE i.account_id IS NULL AND c.source = 'invoices'
UNION ALL
SELECT 'invoice without a date', count(*)
FROM invoices
CROSS JOIN customer_source c
WHERE account_id IS NOT NULL AND invoiced_on IS NULL AND c.source <> 'contracts'
UNION ALL
SELECT 'invoiced after as-of', count(*)
FROM invoices
CROSS JOIN customer_source c
WHERE account_id IS NOT NULL AND invoiced_on > $as_of AND c.source = 'invoices' AND (SELECT max(ends_before) FROM spans) > $as_of
;
-- section: money_left_out
SELECT value_issue AS reason, count(DISTINCT id) AS n
FROM (
  SELECT k.value_issue, k.contract_id AS id
  FROM contracts k
  JOIN both_ends e ON e.contract_id = k.contract_id
  WHERE k.monthly_value IS NULL AND (e.is_before OR e.is_now)
  UNION ALL
  SELECT i.value_issue, i.invoice_id
  FROM invoices i
  JOIN spans s ON i.invoiced_on >= s.before_on AND i.invoiced_on < s.ends_before
  CROSS JOIN customer_source c
  WHERE i.value IS NULL AND i.account_id IS NOT NULL AND c.source = 'invoices'
) unknown
GROUP BY value_issue
UNION ALL
SELECT 'customer whose amounts are known at one end only', count(DISTINCT b.account_id)
FROM balances b
JOIN accounts a ON a.account_id = b.account_id
JOIN summed u ON u.account_id = b.account_id AND coalesce(u.period, '') = coalesce(b.period, '')
WHERE b.was_customer AND NOT b.is_known AND u.known_before > 0
;
-- section: retention_said
SELECT CASE source
    WHEN 'contracts' THEN 'Customers and their revenue are those of the contracts.'
    WHEN 'invoices' THEN 'There are no contracts: customers and their revenue are those of the invoices.'
    ELSE 'Customers are known by contracts or invoices only: that no new deal was won is no churn. Load one of them.'
  END AS warning, 1 AS n
FROM customer_source
UNION ALL
SELECT 'The period before begins on ' || CAST(s.before_on AS VARCHAR) || ', before the first invoice, on ' || CAST(f.first_on AS VARCHAR)
    || ': what customers brought then is known in part only.', count(*)
FROM spans s
CROSS JOIN (SELECT min(invoiced_on) AS first_on FROM model.invoices WHERE account_id IS NOT NULL) f
CROSS JOIN customer_source c
WHERE c.source = 'invoices' AND s.period IS NULL
  AND 10 * date_diff('day', s.before_on, f.first_on) > date_diff('day', s.before_on, s.starts_on)
GROUP BY s.before_on, f.first_on
UNION ALL
SELECT 'Accounts with invoices and no contract: {n}. They are no customers while customers are known by contracts, and nobody can tell if they left.',
  count(DISTINCT u.account_id)
FROM unsigned_invoices u
JOIN spans s ON u.invoiced_on >= s.before_on AND u.invoiced_on < s.ends_before
JOIN accounts a ON a.account_id = u.account_id
UNION ALL
SELECT 'Customers who left on the first day of a period: {n}, with '
    || CASE WHEN known_leavers = 0 THEN 'unknown monthly revenue'
      WHEN known_leavers < leavers THEN CAST(CAST(round(left_with) AS BIGINT) AS VARCHAR) || ' of monthly revenue, as far as it is known'
      ELSE CAST(CAST(round(left_with) AS BIGINT) AS VARCHAR) || ' of monthly revenue' END
    || '. They are in no period; first_day_leavers=true counts them.', leavers
FROM first_days_moved
UNION ALL
SELECT 'Between the end of one period and the start of the next, on the first day, monthly revenue fell by '
    || CAST(CAST(round(fallen) AS BIGINT) AS VARCHAR) || ' (customers: ' || CAST(fallers AS VARCHAR) || ') and rose by '
    || CAST(CAST(round(risen) AS BIGINT) AS VARCHAR) || ' (' || CAST(risers AS VARCHAR) || ', new ones included)'
    || CASE WHEN days > 1 THEN ', all ' || CAST(days AS VARCHAR) || ' first days together' ELSE '' END
    || '. That is in no period; first_day_leavers=true counts it.', fallers + risers
FROM first_days_moved
UNION ALL
SELECT 'Customers whose revenue changed on the first day of a period, by how much is not known: {n}.', unknown
FROM first_days_moved
UNION ALL
SELECT 'Contracts whose renewal began before their end: {n}. From that day the renewal alone counts; early_days=0 counts both.',
  count(DISTINCT t.contract_id)
FROM taken_over t
JOIN spans s ON t.until_on < s.ends_before AND t.ended_on > s.starts_on
JOIN accounts a ON a.account_id = t.account_id
UNION ALL
SELECT warning, n
FROM endings_said
WHERE EXISTS (SELECT 1 FROM spans WHERE days > 31 OR ends_before <= $as_of)
