/*
*/
-- section: won
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.closed_on, o.value, o.value_issue
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'won'
;
-- section: rows
SELECT segment, period, opportunity_id, account_id, closed_on, value AS measure
FROM won
WHERE value IS NOT NULL
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM won
WHERE value IS NULL
GROUP BY value_issue
UNION ALL
SELECT 'no closing date', count(*)
FROM opportunities o
WHERE o.outcome = 'won' AND o.closed_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
UNION ALL
SELECT 'closed after as-of', count(*)
FROM opportunities o
WHERE o.outcome = 'won' AND o.closed_on > $as_of
  AND (SELECT max(ends_before) FROM periods WHERE NOT is_whole) > $as_of
ORDER BY reason
