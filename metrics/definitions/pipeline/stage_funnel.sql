/*
title = "Stage funnel"
definition = "Deals opened in the period that reached the stage or a later one, by the later of their history and their present stage. Only open stages, then won, are in order; of several won stages each has the deals won in it, against the last open stage. Lost deals and reopened ones count up to their furthest open stage, lost ones in the first only where no history tells. Skipped: deals that reached a later stage without this one, of those with a history; backward: moves into this stage from a later one. The interval and numerator ÷ denominator are those of the step rate."
formula = "{value} deals of {denominator} in the stage before"
unit = "deal"
clock = "opened_on"
format = "count"
better = "higher"
keys = ["pipeline", "stage"]
needs = ["opportunities"]
uses = ["deal_dates"]
interval = "wilson"
compare = "newcombe"
compare_column = "step_rate"
[change]
kind = "sum"
*/
-- section: won_stages
SELECT coalesce(pipeline, '(none)') AS pipeline, stage, min(stage) OVER (PARTITION BY coalesce(pipeline, '(none)')) AS first_stage
FROM model.stages
WHERE outcome = 'won' AND stage_order IS NOT NULL
;
-- section: deals
SELECT o.segment, p.period, o.opportunity_id, o.account_id, coalesce(o.pipeline, '(none)') AS pipeline,
  coalesce(o.furthest_order, 0) AS furthest_order, o.furthest_known, w.stage AS won_stage, o.value
FROM periods p
JOIN opportunities o ON (p.is_whole AND o.opened_on IS NULL) OR (o.opened_on >= p.starts_on AND o.opened_on < p.ends_before)
LEFT JOIN won_stages w ON w.pipeline = coalesce(o.pipeline, '(none)') AND w.stage = o.stage
;
-- section: steps
SELECT pipeline, stage, stage_order, stage_order = min(stage_order) OVER (PARTITION BY pipeline) AS is_first
FROM (
  SELECT coalesce(s.pipeline, '(none)') AS pipeline, s.stage, s.stage_order
  FROM model.stages s
  WHERE s.outcome IN ('open', 'won') AND s.stage_order IS NOT NULL
  UNION ALL
  SELECT DISTINCT d.pipeline, '(none)', 1
  FROM deals d
  LEFT JOIN model.stages s ON coalesce(s.pipeline, '(none)') = d.pipeline AND s.outcome IN ('open', 'won')
  WHERE s.stage IS NULL
) in_order
;
-- section: groups
SELECT segment, period, pipeline, furthest_order, won_stage, count(*) AS deals, sum(value) AS amount
FROM deals
GROUP BY segment, period, pipeline, furthest_order, won_stage
;
-- section: reached
SELECT g.pipeline, g.furthest_order, g.won_stage, s.stage
FROM (SELECT DISTINCT pipeline, furthest_order, won_stage FROM groups) g
JOIN steps s ON s.pipeline = g.pipeline
LEFT JOIN won_stages w ON w.pipeline = s.pipeline AND w.stage = s.stage
WHERE (s.is_first OR g.furthest_order >= s.stage_order) AND (w.stage IS NULL OR w.stage = coalesce(g.won_stage, w.first_stage))
;
-- section: rows
SELECT d.segment, d.period, d.pipeline, r.stage, d.opportunity_id, d.account_id, d.value AS amount, 1.0 AS measure
FROM deals d
JOIN reached r ON r.pipeline = d.pipeline AND r.furthest_order = d.furthest_order AND r.won_stage IS NOT DISTINCT FROM d.won_stage
;
-- section: skips
SELECT d.segment, d.period, d.pipeline, k.stage, count(*) AS deals
FROM model.skipped_stages k
JOIN deals d ON d.opportunity_id = k.opportunity_id AND d.pipeline = k.pipeline
GROUP BY d.segment, d.period, d.pipeline, k.stage
;
-- section: moves_back
SELECT d.segment, d.period, d.pipeline, v.stage, count(*) AS moves
FROM model.stage_visits v
JOIN deals d ON d.opportunity_id = v.opportunity_id AND d.pipeline = v.pipeline
WHERE v.backward
GROUP BY d.segment, d.period, d.pipeline, v.stage
;
-- section: histories
SELECT coalesce(pipeline, '(none)') AS pipeline
FROM model.stage_visits
GROUP BY coalesce(pipeline, '(none)')
;
-- section: answer
SELECT segment, period, pipeline, stage, value, value AS n,
  CAST(value AS DOUBLE) / nullif(before, 0) AS step_rate, CAST(value AS DOUBLE) / nullif(entered, 0) AS overall_rate,
  amount, skipped, backward, value AS numerator, before AS denominator, stage_order
FROM (
  SELECT c.segment, c.period, c.pipeline, c.stage, c.stage_order, c.value, c.amount,
    last_value(c.value) OVER (PARTITION BY c.segment, c.period, c.pipeline ORDER BY c.stage_order
      RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
    sum(c.value) FILTER (WHERE c.is_first) OVER (PARTITION BY c.segment, c.period, c.pipeline) AS entered,
    CASE WHEN h.pipeline IS NOT NULL THEN coalesce(k.deals, 0) END AS skipped,
    CASE WHEN h.pipeline IS NOT NULL THEN coalesce(b.moves, 0) END AS backward
  FROM (
    SELECT g.segment, g.period, g.pipeline, s.stage, s.stage_order, s.is_first,
      CAST(coalesce(sum(g.deals) FILTER (WHERE r.stage IS NOT NULL), 0) AS BIGINT) AS value,
      sum(g.amount) FILTER (WHERE r.stage IS NOT NULL) AS amount
    FROM groups g
    JOIN steps s ON s.pipeline = g.pipeline
    LEFT JOIN reached r ON r.pipeline = g.pipeline AND r.stage = s.stage AND r.furthest_order = g.furthest_order
      AND r.won_stage IS NOT DISTINCT FROM g.won_stage
    GROUP BY g.segment, g.period, g.pipeline, s.stage, s.stage_order, s.is_first
  ) c
  LEFT JOIN histories h ON h.pipeline = c.pipeline
  LEFT JOIN skips k ON k.segment = c.segment AND k.period IS NOT DISTINCT FROM c.period
    AND k.pipeline = c.pipeline AND k.stage = c.stage
  LEFT JOIN moves_back b ON b.segment = c.segment AND b.period IS NOT DISTINCT FROM c.period
    AND b.pipeline = c.pipeline AND b.stage = c.stage
) stepped
ORDER BY segment, period, pipeline, stage_order, stage
;
-- section: left_out
SELECT reason, sum(n) AS n
FROM opening_left_out
GROUP BY reason
UNION ALL
SELECT 'furthest stage unknown', count(*)
FROM deals
WHERE NOT furthest_known
UNION ALL
SELECT 'no stage history (skipped and backward only)', count(*)
FROM deals d
JOIN histories h ON h.pipeline = d.pipeline
WHERE d.opportunity_id NOT IN (SELECT opportunity_id FROM model.stage_visits)
ORDER BY reason
