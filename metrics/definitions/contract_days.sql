/*
# In effect from when to when: contracts, those that carry earlier ones on, and the months in which each brings its revenue.
# Shared by the metrics that name it in `uses`. It reads all contracts, whatever the filter, of by_product metrics those of the
# product asked for: a metric joins it to its own accounts.
[options.grace_days]
default = 30
minimum = 0
meaning = "Days after a contract's end within which the account's next contract leaves no gap and no churn; it is the renewal where it is of the same product or brings early_share of the revenue."
[options.early_days]
default = 90
minimum = 0
meaning = "Days before a contract's end within which the account's next contract may begin and be its renewal: of the same product or, where one of them names none, of at least early_share of its revenue. From that day it alone counts."
[options.early_share]
default = 0.5
minimum = 0
meaning = "The least share of a contract's monthly revenue that the next one brings to be its renewal where they have no product in common: an early one only where one of them names none. After its end, all that begin within grace_days count together. What brings less is an addition."
*/
-- section: usable_contracts
SELECT contract_id, account_id, product, started_on, ended_on, renews_on, monthly_value, value_issue
FROM all_contracts
WHERE account_id IS NOT NULL AND started_on IS NOT NULL AND (ended_on IS NULL OR ended_on > started_on)
;
-- section: later_contracts
SELECT k.contract_id, k.ended_on, k.renews_on, k.product, k.monthly_value, n.contract_id AS next_id, n.product AS next_product,
  n.monthly_value AS next_value, n.started_on AS next_on, n.ended_on AS next_ended_on
FROM usable_contracts k
JOIN usable_contracts n ON n.account_id = k.account_id AND n.started_on > k.started_on
;
-- section: successions
-- Contracts of an account of which the later one may carry the earlier one on: they have a product in common, or one of them
-- names none and the later one brings enough to be more than an addition. Where no end is stated, it is due on its renewal day.
SELECT l.contract_id, l.ended_on, coalesce(l.ended_on, l.renews_on) AS due_on, l.next_on, l.next_ended_on
FROM later_contracts l
LEFT JOIN (
  SELECT DISTINCT l.contract_id, l.next_id
  FROM later_contracts l
  JOIN model.contract_products p ON p.contract_id = l.contract_id
  JOIN model.contract_products q ON q.contract_id = l.next_id AND q.product = p.product
) s ON s.contract_id = l.contract_id AND s.next_id = l.next_id
WHERE l.next_product = l.product
  OR ((l.next_product IS NULL OR l.product IS NULL) AND coalesce(l.next_value >= $early_share * l.monthly_value, TRUE))
  OR s.contract_id IS NOT NULL
;
-- section: early_renewals
-- Contracts whose successor began before their end and runs on after it; where an end is not stated, about the day on which they renew.
SELECT contract_id, min(next_on) AS next_on
FROM successions
WHERE date_diff('day', next_on, due_on) <= CAST($early_days AS INTEGER)
  AND date_diff('day', due_on, next_on) <= CASE WHEN ended_on IS NULL THEN CAST($grace_days AS INTEGER) ELSE -1 END
  AND (next_ended_on IS NULL OR next_ended_on > due_on)
GROUP BY contract_id
;
-- section: following
-- When the account's next contract begins, on the end or within the grace: no gap, whatever it is of. is_alike: one of them may
-- carry this one on; brings_enough: together they are worth enough to replace it, under other products too.
SELECT k.contract_id, min(n.started_on) AS next_on,
  count(n.monthly_value) < count(*) OR coalesce(sum(n.monthly_value) >= $early_share * k.monthly_value, TRUE) AS brings_enough,
  max(s.contract_id) IS NOT NULL AS is_alike
FROM usable_contracts k
LEFT JOIN (
  SELECT DISTINCT contract_id
  FROM successions
  WHERE next_on >= ended_on AND date_diff('day', ended_on, next_on) <= CAST($grace_days AS INTEGER)
) s ON s.contract_id = k.contract_id
JOIN usable_contracts n ON n.account_id = k.account_id AND n.started_on >= k.ended_on
  AND date_diff('day', k.ended_on, n.started_on) <= CAST($grace_days AS INTEGER)
GROUP BY k.contract_id, k.monthly_value
;
-- section: contract_terms
-- In effect on every day from started_on to the day before until_on: its end, or the beginning of its renewal. What began
-- before the end is the renewal only where nothing alike begins on the end or after it: else it is one contract more.
SELECT k.contract_id, k.account_id, k.product, k.started_on, k.ended_on, k.renews_on, k.monthly_value, k.value_issue,
  CASE
    WHEN k.ended_on IS NULL THEN NULL
    WHEN e.contract_id IS NOT NULL AND NOT coalesce(f.is_alike, FALSE) THEN e.next_on
    ELSE coalesce(f.next_on, k.ended_on)
  END AS until_on,
  e.contract_id IS NOT NULL OR coalesce(f.is_alike OR f.brings_enough, FALSE) AS is_renewed
FROM usable_contracts k
LEFT JOIN early_renewals e ON e.contract_id = k.contract_id
LEFT JOIN following f ON f.contract_id = k.contract_id
;
-- section: taken_over
-- Contracts that count no more, up to the as-of day, though they have not ended: their renewal runs.
SELECT contract_id, account_id, monthly_value, until_on, ended_on
FROM contract_terms
WHERE until_on < ended_on AND until_on <= $as_of
;
-- section: contract_days
-- The months in which contracts are in effect, up to the as-of day, for revenue prorated by day: monthly_value × the days from
-- starts_on to ends_before ÷ month_days. The days between a contract and its renewal within the grace are of the contract.
SELECT k.account_id, k.monthly_value, m.unit AS month, m.starts_on AS month_on,
  CASE WHEN k.started_on > m.starts_on THEN k.started_on ELSE m.starts_on END AS starts_on,
  CASE WHEN k.until_on < m.ends_before THEN k.until_on ELSE m.ends_before END AS ends_before,
  date_diff('day', m.starts_on, m.ends_before) AS month_days
FROM (
  SELECT account_id, monthly_value, started_on,
    CASE WHEN until_on <= $as_of THEN until_on ELSE CAST(CAST($as_of AS DATE) + INTERVAL '1' DAY AS DATE) END AS until_on
  FROM contract_terms
  WHERE started_on <= $as_of
) k
JOIN model.calendar m ON m.grain = 'month' AND k.started_on < m.ends_before AND k.until_on > m.starts_on
