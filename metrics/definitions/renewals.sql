/*
# When contracts were due, whether they were renewed, and how engaged their accounts were before. Shared by the metrics that
# name it in `uses`: ["customers", "touches", "points", "renewals"]. It reads all accounts, whatever the filter.
[options.trend_days]
default = 90
minimum = 1
meaning = "Days of engagement that are looked at: before a renewal, or up to the as-of day against as many days before."
*/
-- section: activities
-- In front of the filtered table of this name: an account's engagement is all of its touches.
SELECT * FROM model.activities
;
-- section: years
SELECT DISTINCT CAST(extract(year FROM starts_on) AS INTEGER) AS year FROM model.calendar WHERE grain = 'month'
;
-- section: renewals
-- A contract is due when it ends, and renewed if another of its account follows within grace_days. One that runs on without an
-- end is renewed each year, on the day of its next renewal or else of its start.
SELECT contract_id, account_id, product, ended_on AS due_on, is_renewed
FROM contract_terms
WHERE ended_on <= $as_of
UNION ALL
SELECT contract_id, account_id, product, due_on, TRUE
FROM (
  SELECT k.contract_id, k.account_id, k.product, k.started_on,
    CAST(coalesce(k.renews_on, k.started_on)
      + CAST(12 * (y.year - extract(year FROM coalesce(k.renews_on, k.started_on))) AS INTEGER) * INTERVAL '1' MONTH AS DATE) AS due_on
  FROM contract_terms k
  CROSS JOIN years y
  WHERE k.ended_on IS NULL OR k.ended_on > $as_of
) running
WHERE due_on > started_on AND due_on <= $as_of
