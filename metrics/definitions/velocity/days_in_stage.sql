/*
title = "Days in stage"
definition = "Median days of completed visits to the stage, left in the period; a visit is one unbroken stay. On the as-of day, whatever the period: the deals in the stage now, their median age there, and how many are stalled (older than the p90 of all completed visits to that pipeline and stage; under 20 visits, than the service level). Kaplan–Meier median of the visits entered in the period, open ones censored. Backward: visits entered in the period from a later stage. Skipped: deals moving in the period that are past this stage and never were in it; a skipped stage is no visit of 0 days."
formula = "middle of the days of {n} completed visits"
unit = "visit"
clock = "exited_at"
format = "days"
better = "lower"
keys = ["pipeline", "stage"]
needs = ["opportunities"]
interval = "median"
compare = "median"
steps = ["kaplan_meier"]
uses = ["stages_now"]
[change]
kind = "none"
because = "median"
[options.visits]
default = "each"
choices = ["each", "cumulative"]
meaning = "Measure each visit, or all of a deal's visits to a stage added up (a deal now in the stage is censored)."
[lists]
present = "The open deals in a stage now."
*/
-- section: stays
SELECT segment, opportunity_id, pipeline, stage, stage_order, entered_at, exited_at, entered_on, exited_on,
  is_complete, is_present, CASE WHEN is_complete THEN days WHEN is_present THEN age END AS days
FROM timed
WHERE $visits = 'each'
UNION ALL
SELECT segment, opportunity_id, pipeline, stage, min(stage_order), min(entered_at), max(exited_at), min(entered_on),
  max(exited_on), bool_and(is_complete), bool_or(is_present) AND bool_and(is_complete OR is_present),
  sum(CASE WHEN is_complete THEN days WHEN is_present THEN age END)
FROM timed
WHERE $visits = 'cumulative'
GROUP BY segment, opportunity_id, pipeline, stage
;
-- section: rows
SELECT s.segment, p.period, s.pipeline, s.stage, s.stage_order, s.opportunity_id, s.entered_at, s.exited_at, s.days AS measure
FROM periods p
JOIN stays s ON p.is_whole OR (s.exited_on >= p.starts_on AND s.exited_on < p.ends_before)
WHERE s.is_complete
;
-- section: completed
SELECT segment, period, pipeline, stage, min(stage_order) AS stage_order, count(*) AS n, avg(measure) AS mean,
  quantile_cont(measure, 0.5) AS value, quantile_cont(measure, 0.25) AS p25, quantile_cont(measure, 0.75) AS p75,
  quantile_cont(measure, 0.9) AS p90
FROM rows
GROUP BY segment, period, pipeline, stage
;
-- section: in_stage_now
SELECT segment, pipeline, stage, stage_order, age, is_stalled
FROM present
UNION ALL
SELECT o.segment, coalesce(o.pipeline, '(none)'), coalesce(o.stage, '(none)'), o.stage_order,
  CASE WHEN o.opening_known THEN CAST(date_diff('day', o.opened_on, $as_of) AS DOUBLE) END, NULL
FROM opportunities o
WHERE o.outcome = 'open' AND (o.opened_on IS NULL OR o.opened_on <= $as_of) AND NOT EXISTS (SELECT 1 FROM model.stage_visits)
;
-- section: now
SELECT segment, pipeline, stage, min(stage_order) AS stage_order, count(*) AS open_n, quantile_cont(age, 0.5) AS open_median_age,
  count(*) FILTER (WHERE is_stalled) AS stalled_n
FROM in_stage_now
GROUP BY segment, pipeline, stage
;
-- section: skips
SELECT segment, period, pipeline, stage, count(*) AS deals
FROM (
  SELECT v.segment, p.period, k.pipeline, k.stage, k.opportunity_id
  FROM periods p
  JOIN stage_visits v ON p.is_whole OR (v.entered_on >= p.starts_on AND v.entered_on < p.ends_before)
  JOIN model.skipped_stages k ON k.opportunity_id = v.opportunity_id AND k.pipeline = v.pipeline
  GROUP BY v.segment, p.period, k.pipeline, k.stage, k.opportunity_id
) moving
GROUP BY segment, period, pipeline, stage
;
-- section: entered
SELECT t.segment, p.period, t.pipeline, t.stage, min(t.stage_order) AS stage_order,
  count(*) FILTER (WHERE t.backward) AS backward
FROM periods p
JOIN timed t ON p.is_whole OR (t.entered_on >= p.starts_on AND t.entered_on < p.ends_before)
GROUP BY t.segment, p.period, t.pipeline, t.stage
;
-- section: marks
SELECT segment, period, pipeline, stage, min(stage_order) AS stage_order
FROM (
  SELECT segment, period, pipeline, stage, stage_order FROM completed
  UNION ALL
  SELECT segment, period, pipeline, stage, stage_order FROM entered
  UNION ALL
  SELECT n.segment, p.period, n.pipeline, n.stage, n.stage_order
  FROM now n
  CROSS JOIN periods p
  WHERE p.period IS NULL
) every_mark
GROUP BY segment, period, pipeline, stage
;
-- section: answer
SELECT k.segment, k.period, k.pipeline, k.stage, c.value, coalesce(c.n, 0) AS n, c.mean, c.p25, c.p75, c.p90,
  coalesce(c.n, 0) AS visits, coalesce(w.open_n, 0) AS open_n, w.open_median_age,
  CASE WHEN l.limit_days IS NOT NULL THEN coalesce(w.stalled_n, 0) END AS stalled_n,
  CASE WHEN h.has_history THEN coalesce(e.backward, 0) END AS backward,
  CASE WHEN h.has_history THEN coalesce(s.deals, 0) END AS skipped,
  l.limit_days, k.stage_order
FROM marks k
CROSS JOIN (SELECT count(*) > 0 AS has_history FROM model.stage_visits) h
LEFT JOIN completed c
  ON c.segment = k.segment AND c.period IS NOT DISTINCT FROM k.period AND c.pipeline = k.pipeline AND c.stage = k.stage
LEFT JOIN now w ON w.segment = k.segment AND w.pipeline = k.pipeline AND w.stage = k.stage
LEFT JOIN limits l ON l.pipeline = k.pipeline AND l.stage = k.stage
LEFT JOIN entered e
  ON e.segment = k.segment AND e.period IS NOT DISTINCT FROM k.period AND e.pipeline = k.pipeline AND e.stage = k.stage
LEFT JOIN skips s
  ON s.segment = k.segment AND s.period IS NOT DISTINCT FROM k.period AND s.pipeline = k.pipeline AND s.stage = k.stage
ORDER BY k.segment, k.period, k.pipeline, k.stage_order NULLS LAST, k.stage
;
-- section: life
SELECT s.segment, p.period, s.pipeline, s.stage, s.days AS t, count(*) FILTER (WHERE s.is_complete) AS closed,
  count(*) FILTER (WHERE NOT s.is_complete) AS censored
FROM periods p
JOIN stays s ON p.is_whole OR (s.entered_on >= p.starts_on AND s.entered_on < p.ends_before)
WHERE s.is_complete OR s.is_present
GROUP BY s.segment, p.period, s.pipeline, s.stage, s.days
ORDER BY s.segment, p.period, s.pipeline, s.stage, s.days
;
-- section: left_out
SELECT reason, n
FROM strange_visits
UNION ALL
SELECT 'no stage history (in the stage now only)', count(*)
FROM opportunities
WHERE outcome = 'open' AND (opened_on IS NULL OR opened_on <= $as_of) AND EXISTS (SELECT 1 FROM model.stage_visits)
  AND opportunity_id NOT IN (SELECT opportunity_id FROM model.stage_visits)
ORDER BY reason
;
-- section: warnings
SELECT 'No stage history is loaded: only the deals in each stage today are known, their age counted from their opening.' AS warning,
  1 AS n
WHERE NOT EXISTS (SELECT 1 FROM model.stage_visits)
UNION ALL
SELECT CASE WHEN count(*) = 1 THEN '1 visit was entered before its deal was opened; it is counted.'
    ELSE '{n} visits were entered before their deal was opened; they are counted.' END, count(*)
FROM rows r
JOIN model.opportunities o ON o.opportunity_id = r.opportunity_id
WHERE CAST(r.entered_at AS DATE) < o.opened_on
ORDER BY warning
