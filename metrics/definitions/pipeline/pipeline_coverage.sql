/*
title = "Pipeline coverage"
definition = "Open amount expected to close in the period ÷ what is left of its won-revenue goal: the goal less what was won in the period so far. n: open deals expected in it that have an amount. Deals past their expected closing count in the period that they were expected in. Without a goal for the period (of this segment), and once the goal is reached, it is n/a. Of a whole period in which nothing is expected it is 0."
formula = "{expected} expected ÷ ({goal} goal − {won} won)"
unit = "deal"
clock = "expected_close_on"
format = "ratio"
better = "higher"
needs = ["opportunities"]
steps = ["goal_left"]
[change]
kind = "ratio"
over = "expected"
under = "goal - won"
undivided = ["goal"]
beyond = "The goal"
*/
-- section: segments
SELECT o.segment, p.period, p.starts_on, p.ends_before, p.is_whole
FROM (SELECT DISTINCT segment FROM opportunities) o
CROSS JOIN periods p
;
-- section: rows
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.value AS measure, o.expected_close_on, o.value_issue
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.expected_close_on >= p.starts_on AND o.expected_close_on < p.ends_before)
WHERE o.outcome = 'open' AND (o.opened_on IS NULL OR o.opened_on <= $as_of)
;
-- section: won
SELECT o.segment, p.period, sum(o.value) AS won
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'won' AND (p.is_whole OR o.closed_on <= $as_of)
GROUP BY o.segment, p.period
;
-- section: answer
SELECT s.segment, s.period, CAST(NULL AS DOUBLE) AS value, coalesce(e.n, 0) AS n, e.expected, CAST(NULL AS DOUBLE) AS goal,
  w.won, coalesce(e.deals, 0) AS deals
FROM segments s
LEFT JOIN (
  SELECT segment, period, sum(measure) AS expected, count(measure) AS n, count(*) AS deals
  FROM rows
  GROUP BY segment, period
) e ON e.segment = s.segment AND e.period IS NOT DISTINCT FROM s.period
LEFT JOIN won w ON w.segment = s.segment AND w.period IS NOT DISTINCT FROM s.period
ORDER BY s.segment, s.period
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM rows
WHERE measure IS NULL
GROUP BY value_issue
UNION ALL
SELECT 'no expected closing', count(*)
FROM opportunities
WHERE outcome = 'open' AND expected_close_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
ORDER BY reason
