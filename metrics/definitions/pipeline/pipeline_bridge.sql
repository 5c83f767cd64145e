/*
title = "Pipeline bridge"
definition = "Deals open at the period's start + created − won − lost − no decision = deals open at its end, by count and by amount. A deal closed on the first day was open at the start."
formula = "{value} deals"
unit = "deal"
clock = "event"
format = "count"
keys = ["step"]
needs = ["opportunities"]
[change]
kind = "sum"
*/
-- section: placed
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.value,
  NOT p.is_whole AND o.opened_on < p.starts_on AS at_start,
  p.is_whole OR o.opened_on >= p.starts_on AS is_created,
  CASE WHEN p.is_whole OR o.closed_on < p.ends_before THEN o.outcome ELSE 'open' END AS became
FROM periods p
JOIN opportunities o ON (p.is_whole AND (o.opened_on IS NULL OR o.opened_on <= $as_of)) OR (
  o.opened_on < p.ends_before AND (o.outcome = 'open' OR (
    o.closed_on >= p.starts_on AND o.closed_on >= o.opened_on AND o.closed_on <= $as_of)))
;
-- section: steps
SELECT 1 AS position, 'open_at_start' AS step UNION ALL
SELECT 2, 'created' UNION ALL
SELECT 3, 'won' UNION ALL
SELECT 4, 'lost' UNION ALL
SELECT 5, 'no_decision' UNION ALL
SELECT 6, 'open_at_end'
;
-- section: rows
SELECT d.segment, d.period, s.step, d.opportunity_id, d.account_id, d.value AS amount, 1.0 AS measure
FROM placed d
JOIN steps s ON (s.step = 'open_at_start' AND d.at_start)
  OR (s.step = 'created' AND d.is_created)
  OR s.step = CASE WHEN d.became = 'open' THEN 'open_at_end' ELSE d.became END
;
-- section: answer
SELECT t.segment, t.period, s.step,
  CASE s.step WHEN 'open_at_start' THEN at_start WHEN 'created' THEN created WHEN 'won' THEN won WHEN 'lost' THEN lost
    WHEN 'no_decision' THEN no_decision ELSE at_end END AS value,
  CASE s.step WHEN 'open_at_start' THEN at_start WHEN 'created' THEN created WHEN 'won' THEN won WHEN 'lost' THEN lost
    WHEN 'no_decision' THEN no_decision ELSE at_end END AS n,
  CASE s.step WHEN 'open_at_start' THEN at_start_amount WHEN 'created' THEN created_amount WHEN 'won' THEN won_amount
    WHEN 'lost' THEN lost_amount WHEN 'no_decision' THEN no_decision_amount ELSE at_end_amount END AS amount
FROM (
  SELECT segment, period,
    count(*) FILTER (WHERE at_start) AS at_start, sum(value) FILTER (WHERE at_start) AS at_start_amount,
    count(*) FILTER (WHERE is_created) AS created, sum(value) FILTER (WHERE is_created) AS created_amount,
    count(*) FILTER (WHERE became = 'won') AS won, sum(value) FILTER (WHERE became = 'won') AS won_amount,
    count(*) FILTER (WHERE became = 'lost') AS lost, sum(value) FILTER (WHERE became = 'lost') AS lost_amount,
    count(*) FILTER (WHERE became = 'no_decision') AS no_decision,
    sum(value) FILTER (WHERE became = 'no_decision') AS no_decision_amount,
    count(*) FILTER (WHERE became = 'open') AS at_end, sum(value) FILTER (WHERE became = 'open') AS at_end_amount
  FROM placed
  GROUP BY segment, period
) t
CROSS JOIN steps s
ORDER BY t.segment, t.period, s.position
;
-- section: left_out
SELECT reason, count(*) AS n
FROM (
  SELECT CASE
    WHEN o.opened_on > $as_of THEN CASE WHEN (SELECT max(ends_before) FROM periods) > $as_of THEN 'opened after as-of' END
    WHEN (SELECT bool_and(is_whole) FROM periods) THEN NULL
    WHEN o.opened_on IS NULL THEN 'no opening date'
    WHEN o.outcome = 'open' THEN NULL
    WHEN o.closed_on IS NULL THEN 'no closing date'
    WHEN o.closed_on < o.opened_on THEN 'negative duration'
    WHEN o.closed_on > $as_of THEN 'closed after as-of' END AS reason
  FROM opportunities o
) judged
WHERE reason IS NOT NULL
GROUP BY reason
ORDER BY reason
