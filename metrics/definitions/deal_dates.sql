/*
# Deals that a clock leaves out. Shared by the metrics that name it in `uses`.
*/
-- section: closing_left_out
SELECT 'no closing date' AS reason, outcome, count(*) AS n
FROM opportunities
WHERE outcome <> 'open' AND closed_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
GROUP BY outcome
UNION ALL
SELECT 'closed after as-of', outcome, count(*)
FROM opportunities
WHERE outcome <> 'open' AND closed_on > $as_of AND (SELECT max(ends_before) FROM periods WHERE NOT is_whole) > $as_of
GROUP BY outcome
;
-- section: opening_left_out
SELECT 'no opening date' AS reason, outcome, count(*) AS n
FROM opportunities
WHERE opened_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
GROUP BY outcome
UNION ALL
SELECT 'opened after as-of', outcome, count(*)
FROM opportunities
WHERE opened_on > $as_of AND (SELECT max(ends_before) FROM periods) > $as_of
GROUP BY outcome
;
-- section: least
SELECT CASE WHEN count(*) > 0 THEN 5 ELSE 1 END AS deals
FROM model.opportunities
WHERE opened_on IS NOT NULL AND NOT opening_known
