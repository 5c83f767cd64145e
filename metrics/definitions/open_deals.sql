/*
# Which deals of an account were open at any time in a period. Shared by the metrics that name it in `uses`.
*/
-- section: deals_open
SELECT p.period, p.is_whole, p.starts_on, p.ends_before, o.account_id, o.opportunity_id, o.outcome, o.opened_on, o.closed_on,
  o.opening_known
FROM periods p
JOIN opportunities o ON (p.is_whole AND (o.opened_on IS NULL OR o.opened_on <= $as_of))
  OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
  OR (o.opened_on < p.ends_before AND (o.closed_on >= p.starts_on OR o.outcome = 'open'))
;
-- section: open_deals
SELECT period, is_whole, starts_on, ends_before, account_id, opportunity_id, outcome, opened_on, closed_on, opening_known
FROM deals_open
WHERE account_id IS NOT NULL
;
-- section: deals_left_out
SELECT 'deal without an account' AS reason, count(DISTINCT opportunity_id) AS n
FROM deals_open
WHERE account_id IS NULL
UNION ALL
SELECT 'no opening date', count(*)
FROM opportunities
WHERE opened_on IS NULL AND closed_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
UNION ALL
SELECT 'no closing date', count(*)
FROM opportunities
WHERE opened_on < (SELECT max(ends_before) FROM periods) AND closed_on IS NULL AND outcome <> 'open'
  AND NOT (SELECT bool_and(is_whole) FROM periods)
UNION ALL
SELECT 'opened after as-of', count(*)
FROM opportunities
WHERE opened_on > $as_of AND NOT coalesce(closed_on <= $as_of, FALSE) AND (SELECT max(ends_before) FROM periods) > $as_of
