/*
# The months in which contracts are in effect, up to the as-of day, for revenue prorated by day: monthly_value × the days from
# starts_on to ends_before ÷ month_days. Shared by the metrics that name it in `uses`. It reads all contracts, whatever the
# filter: a metric joins it to its own accounts.
*/
-- section: contract_days
SELECT k.account_id, k.monthly_value, m.unit AS month, m.starts_on AS month_on,
  CASE WHEN k.started_on > m.starts_on THEN k.started_on ELSE m.starts_on END AS starts_on,
  CASE WHEN k.until_on < m.ends_before THEN k.until_on ELSE m.ends_before END AS ends_before,
  date_diff('day', m.starts_on, m.ends_before) AS month_days
FROM (
  SELECT account_id, monthly_value, started_on,
    CASE WHEN ended_on <= $as_of THEN ended_on ELSE CAST(CAST($as_of AS DATE) + INTERVAL '1' DAY AS DATE) END AS until_on
  FROM model.contracts
  WHERE account_id IS NOT NULL AND started_on <= $as_of AND (ended_on IS NULL OR ended_on > started_on)
) k
JOIN model.calendar m ON m.grain = 'month' AND k.started_on < m.ends_before AND k.until_on > m.starts_on
