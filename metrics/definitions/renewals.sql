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
-- section: renewals
-- A contract is due on its end, and renewed if the account's next one follows it; and on each renewal day that it has run past:
-- the one that is stated, or every so many months. Nothing is due of one that says neither: nobody knows when it might have ended.
SELECT contract_id, account_id, product, ended_on AS due_on, is_renewed
FROM contract_terms
WHERE ended_on <= $as_of
UNION ALL
SELECT contract_id, account_id, product, renews_on, TRUE
FROM (
  SELECT contract_id, account_id, product, renews_on
  FROM contract_terms
  WHERE (ended_on IS NULL OR ended_on > $as_of) AND renews_on <= $as_of AND renews_on > started_on
  UNION
  SELECT t.contract_id, t.account_id, t.product, d.renews_on
  FROM contract_terms t
  JOIN model.renewal_days d ON d.contract_id = t.contract_id
  WHERE d.renews_on <= $as_of AND d.renews_on > t.started_on
) passed
;
-- section: terms_known
-- Where no contract has ever gone on, in a next one or past its renewal day, an end may as well be a notice given at any time.
SELECT EXISTS (SELECT 1 FROM renewals WHERE is_renewed) AS are_known
