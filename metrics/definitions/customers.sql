/*
# Who was a customer on which days. Shared by the metrics that name it in `uses`. It reads all accounts, whatever the filter:
# a metric joins it to its own, and uses contract_days as well. Contracts say it where there are any; else invoices do, each for
# the twelve months after it, as churn over a year has it. Won deals do not: no new deal is no churn.
*/
-- section: customer_source
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM model.contracts WHERE account_id IS NOT NULL AND started_on IS NOT NULL) THEN 'contracts'
    WHEN EXISTS (SELECT 1 FROM model.invoices WHERE account_id IS NOT NULL AND invoiced_on IS NOT NULL) THEN 'invoices'
    ELSE 'none'
  END AS source
;
-- section: unsigned_invoices
-- Paid by accounts that have no contract while others do: by contracts they are no customers.
SELECT i.account_id, i.invoiced_on
FROM all_invoices i
LEFT JOIN (SELECT DISTINCT account_id FROM usable_contracts) k ON k.account_id = i.account_id
CROSS JOIN customer_source c
WHERE c.source = 'contracts' AND i.account_id IS NOT NULL AND k.account_id IS NULL AND i.invoiced_on <= $as_of AND i.amount > 0
;
-- section: paid_days
SELECT DISTINCT account_id, invoiced_on
FROM all_invoices
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
  SELECT account_id, CAST(NULL AS DATE), invoiced_on FROM all_invoices WHERE invoiced_on <= $as_of
  UNION ALL
  SELECT account_id, CAST(NULL AS DATE), started_on FROM usable_contracts WHERE started_on <= $as_of
) began
WHERE account_id IS NOT NULL
GROUP BY account_id
