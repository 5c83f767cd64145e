/*
# What each account brought in the twelve months to the as-of day. Shared by the metrics that name it in `uses`, with
# contract_days. It reads all accounts, whatever the filter: a metric joins it to its own.
*/
-- section: revenue_known
-- Amounts without any date are nobody's revenue of the last twelve months, but no 0 either.
SELECT CASE $revenue_source
    WHEN 'invoices' THEN EXISTS (SELECT 1 FROM model.invoices WHERE invoiced_on IS NOT NULL AND value IS NOT NULL)
    WHEN 'contracts' THEN EXISTS (SELECT 1 FROM model.contracts WHERE started_on IS NOT NULL AND monthly_value IS NOT NULL)
    ELSE EXISTS (SELECT 1 FROM model.opportunities WHERE outcome = 'won' AND closed_on IS NOT NULL AND value IS NOT NULL)
  END AS is_known
;
-- section: year
SELECT CAST(ends_before - INTERVAL '12' MONTH AS DATE) AS starts_on, ends_before
FROM (SELECT CAST(CAST($as_of AS DATE) + INTERVAL '1' DAY AS DATE) AS ends_before) today
;
-- section: year_revenue
SELECT account_id, sum(value) AS revenue
FROM (
  SELECT i.account_id, i.value
  FROM all_invoices i
  JOIN year y ON i.invoiced_on >= y.starts_on AND i.invoiced_on < y.ends_before
  WHERE $revenue_source = 'invoices'
  UNION ALL
  SELECT o.account_id, o.value
  FROM model.opportunities o
  JOIN year y ON o.closed_on >= y.starts_on AND o.closed_on < y.ends_before
  WHERE o.outcome = 'won' AND $revenue_source = 'won amounts'
  UNION ALL
  SELECT k.account_id, k.monthly_value
    * date_diff('day', CASE WHEN k.starts_on > y.starts_on THEN k.starts_on ELSE y.starts_on END, k.ends_before) / k.month_days
  FROM contract_days k
  JOIN year y ON k.ends_before > y.starts_on
  WHERE $revenue_source = 'contracts'
) paid
WHERE account_id IS NOT NULL
GROUP BY account_id
