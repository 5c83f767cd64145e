/*
# Who was a customer on which days. Shared by the metrics that name it in `uses`. It reads all accounts, whatever the filter:
# a metric joins it to its own. Contracts say it where there are any; else invoices do, each for the twelve months after it,
# as churn over a year has it. Won deals do not: no new deal is no churn.
[options.grace_days]
default = 30
minimum = 0
meaning = "Days after a contract's end within which the account's next contract is its renewal: no gap and no churn."
[options.early_days]
default = 90
minimum = 0
meaning = "Days before a contract's end within which the account's next contract, of the same product if both name any, may begin and be its renewal."
*/
-- section: customer_source
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM model.contracts WHERE account_id IS NOT NULL AND started_on IS NOT NULL) THEN 'contracts'
    WHEN EXISTS (SELECT 1 FROM model.invoices WHERE account_id IS NOT NULL AND invoiced_on IS NOT NULL) THEN 'invoices'
    ELSE 'none'
  END AS source
;
-- section: usable_contracts
SELECT contract_id, account_id, product, started_on, ended_on, renews_on, monthly_value, value_issue
FROM model.contracts
WHERE account_id IS NOT NULL AND started_on IS NOT NULL AND (ended_on IS NULL OR ended_on > started_on)
;
-- section: early_renewals
-- Contracts whose successor began before their end and runs on after it; where an end is not stated, about the day on which they renew.
SELECT DISTINCT k.contract_id
FROM (
  SELECT contract_id, account_id, product, started_on, coalesce(ended_on, renews_on) AS due_on,
    CASE WHEN ended_on IS NULL THEN CAST($grace_days AS INTEGER) ELSE -1 END AS days_after
  FROM usable_contracts
) k
JOIN usable_contracts n ON n.account_id = k.account_id AND n.started_on > k.started_on
  AND date_diff('day', n.started_on, k.due_on) <= CAST($early_days AS INTEGER)
  AND date_diff('day', k.due_on, n.started_on) <= k.days_after
WHERE (n.ended_on IS NULL OR n.ended_on > k.due_on) AND (n.product = k.product OR n.product IS NULL OR k.product IS NULL OR EXISTS (
  SELECT 1
  FROM model.contract_products p
  JOIN model.contract_products q ON q.product = p.product
  WHERE p.contract_id = k.contract_id AND q.contract_id = n.contract_id
))
;
-- section: contract_terms
-- In effect on every day from started_on to the day before until_on: its end, or the beginning of a renewal that comes later.
SELECT k.contract_id, k.account_id, k.product, k.started_on, k.ended_on, k.renews_on, k.monthly_value, k.value_issue,
  CASE WHEN e.contract_id IS NULL THEN coalesce(n.next_on, k.ended_on) ELSE k.ended_on END AS until_on,
  e.contract_id IS NOT NULL OR n.next_on IS NOT NULL AS is_renewed
FROM usable_contracts k
LEFT JOIN early_renewals e ON e.contract_id = k.contract_id
LEFT JOIN (
  SELECT k.contract_id, min(n.started_on) AS next_on
  FROM usable_contracts k
  JOIN usable_contracts n ON n.account_id = k.account_id AND n.started_on >= k.ended_on
    AND date_diff('day', k.ended_on, n.started_on) <= CAST($grace_days AS INTEGER)
  GROUP BY k.contract_id
) n ON n.contract_id = k.contract_id
;
-- section: unsigned_invoices
-- Paid by accounts that have no contract while others do: by contracts they are no customers.
SELECT i.account_id, i.invoiced_on
FROM model.invoices i
LEFT JOIN (SELECT DISTINCT account_id FROM usable_contracts) k ON k.account_id = i.account_id
CROSS JOIN customer_source c
WHERE c.source = 'contracts' AND i.account_id IS NOT NULL AND k.account_id IS NULL AND i.invoiced_on <= $as_of AND i.amount > 0
;
-- section: paid_days
SELECT DISTINCT account_id, invoiced_on
FROM model.invoices
WHERE account_id IS NOT NULL AND invoiced_on <= $as_of AND amount > 0
;
-- section: customer_spans
SELECT account_id, started_on AS since_on, coalesce(until_on, DATE '9999-12-31') AS until_on
FROM contract_terms
UNION ALL
SELECT p.account_id, p.invoiced_on, CAST(p.invoiced_on + INTERVAL '12' MONTH AS DATE)
FROM paid_days p
JOIN customer_source s ON s.source = 'invoices'
;
-- section: customer_stays
-- A customer on every day from since_on to the day before until_on; the stays of an account have days between them.
SELECT account_id, min(since_on) AS since_on, max(until_on) AS until_on
FROM (
  SELECT account_id, since_on, until_on,
    sum(begins) OVER (PARTITION BY account_id ORDER BY since_on, until_on ROWS UNBOUNDED PRECEDING) AS stay
  FROM (
    SELECT account_id, since_on, until_on,
      CASE WHEN since_on <= max(until_on) OVER (
        PARTITION BY account_id ORDER BY since_on, until_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
      ) THEN 0 ELSE 1 END AS begins
    FROM customer_spans
  ) begun
) numbered
GROUP BY account_id, stay
;
-- section: customers_at_risk
-- Of the twelve months to the as-of day: months as a customer, each month's days being parts of it, and how often one was lost.
SELECT account_id, sum(until_month - since_month) AS months, sum(is_lost) AS lost
FROM (
  SELECT account_id, is_lost,
    extract(year FROM until_on) * 12 + extract(month FROM until_on) + CAST(extract(day FROM until_on) - 1 AS DOUBLE)
      / date_diff('day', CAST(date_trunc('month', until_on) AS DATE), CAST(date_trunc('month', until_on) + INTERVAL '1' MONTH AS DATE))
      AS until_month,
    extract(year FROM since_on) * 12 + extract(month FROM since_on) + CAST(extract(day FROM since_on) - 1 AS DOUBLE)
      / date_diff('day', CAST(date_trunc('month', since_on) AS DATE), CAST(date_trunc('month', since_on) + INTERVAL '1' MONTH AS DATE))
      AS since_month
  FROM (
    SELECT c.account_id, CASE WHEN c.until_on < y.ends_before THEN 1 ELSE 0 END AS is_lost,
      CASE WHEN c.since_on > y.starts_on THEN c.since_on ELSE y.starts_on END AS since_on,
      CASE WHEN c.until_on < y.ends_before THEN c.until_on ELSE y.ends_before END AS until_on
    FROM customer_stays c
    JOIN (
      SELECT CAST(ends_before - INTERVAL '12' MONTH AS DATE) AS starts_on, ends_before
      FROM (SELECT CAST(CAST($as_of AS DATE) + INTERVAL '1' DAY AS DATE) AS ends_before) today
    ) y ON c.since_on < y.ends_before AND c.until_on > y.starts_on
  ) clipped
) counted
GROUP BY account_id
;
-- section: customer_beginnings
-- First win and first revenue: an invoice of any amount or a contract, without both kinds a won deal.
SELECT account_id, min(won_on) AS won_on, min(revenue_on) AS revenue_on
FROM (
  SELECT account_id, closed_on AS won_on, CASE WHEN $revenue_source = 'won amounts' THEN closed_on END AS revenue_on
  FROM model.opportunities
  WHERE outcome = 'won' AND closed_on <= $as_of
  UNION ALL
  SELECT account_id, CAST(NULL AS DATE), invoiced_on FROM model.invoices WHERE invoiced_on <= $as_of
  UNION ALL
  SELECT account_id, CAST(NULL AS DATE), started_on FROM usable_contracts WHERE started_on <= $as_of
) began
WHERE account_id IS NOT NULL
GROUP BY account_id
