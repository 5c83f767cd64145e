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
-- A contract is due on its end, and renewed if the account's next one follows it; and on a renewal day that it has run past.
-- Nothing is due of one that says neither: nobody knows when it might have ended.
SELECT contract_id, account_id, product, ended_on AS due_on, is_renewed
FROM contract_terms
WHERE ended_on <= $as_of
UNION ALL
SELECT contract_id, account_id, product, renews_on, TRUE
FROM contract_terms
WHERE (ended_on IS NULL OR ended_on > $as_of) AND renews_on <= $as_of AND renews_on > started_on
;
-- section: terms_known
-- Where no contract has ever gone on, in a next one or past its renewal day, an end may as well be a notice given at any time.
SELECT EXISTS (SELECT 1 FROM renewals WHERE is_renewed) AS are_known
