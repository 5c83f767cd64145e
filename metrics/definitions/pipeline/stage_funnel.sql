/*
title = "Stage funnel"
definition = "Deals opened in the period that reached the stage or a later one, by the later of their history and their present stage. Only open stages, then won, are in order; lost deals and reopened ones count up to their furthest open stage, lost ones in the first only where no history tells. Skipped: deals that reached a later stage without this one, of those with a history; backward: moves into this stage from a later one. The interval and numerator ÷ denominator are those of the step rate."
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
*/
-- section: deals
SELECT o.segment, p.period, o.opportunity_id, o.account_id, coalesce(o.pipeline, '(none)') AS pipeline, o.stage, o.stage_order,
  coalesce(o.furthest_order, 0) AS furthest_order, o.furthest_known, o.value
FROM periods p
JOIN opportunities o ON (p.is_whole AND o.opened_on IS NULL) OR (o.opened_on >= p.starts_on AND o.opened_on < p.ends_before)
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
-- section: rows
SELECT d.segment, d.period, d.pipeline, s.stage, d.opportunity_id, d.account_id, d.value AS amount, 1.0 AS measure
FROM deals d
JOIN steps s ON s.pipeline = d.pipeline AND (s.is_first OR d.furthest_order >= s.stage_order)
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
-- section: answer
SELECT segment, period, pipeline, stage, value, value AS n,
  CAST(value AS DOUBLE) / nullif(before, 0) AS step_rate, CAST(value AS DOUBLE) / nullif(entered, 0) AS overall_rate,
  amount, skipped, backward, value AS numerator, before AS denominator, stage_order
FROM (
  SELECT r.segment, r.period, r.pipeline, r.stage, r.stage_order, r.value, r.amount,
    lag(r.value) OVER (PARTITION BY r.segment, r.period, r.pipeline ORDER BY r.stage_order, r.stage) AS before,
    first_value(r.value) OVER (PARTITION BY r.segment, r.period, r.pipeline ORDER BY r.stage_order, r.stage) AS entered,
    CASE WHEN has_history THEN coalesce(k.deals, 0) END AS skipped,
    CASE WHEN has_history THEN coalesce(b.moves, 0) END AS backward
  FROM (
    SELECT f.segment, f.period, f.pipeline, s.stage, s.stage_order,
      CAST(coalesce(sum(f.deals) FILTER (WHERE s.is_first OR f.furthest_order >= s.stage_order), 0) AS BIGINT) AS value,
      sum(f.amount) FILTER (WHERE s.is_first OR f.furthest_order >= s.stage_order) AS amount
    FROM (
      SELECT segment, period, pipeline, furthest_order, count(*) AS deals, sum(value) AS amount
      FROM deals
      GROUP BY segment, period, pipeline, furthest_order
    ) f
    JOIN steps s ON s.pipeline = f.pipeline
    GROUP BY f.segment, f.period, f.pipeline, s.stage, s.stage_order
  ) r
  CROSS JOIN (SELECT count(*) > 0 AS has_history FROM model.stage_visits) h
  LEFT JOIN skips k ON k.segment = r.segment AND k.period IS NOT DISTINCT FROM r.period
    AND k.pipeline = r.pipeline AND k.stage = r.stage
  LEFT JOIN moves_back b ON b.segment = r.segment AND b.period IS NOT DISTINCT FROM r.period
    AND b.pipeline = r.pipeline AND b.stage = r.stage
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
ORDER BY reason
