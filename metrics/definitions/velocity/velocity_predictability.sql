/*
title = "Velocity predictability"
definition = "How much durations vary: the middle half of the days (p75 − p25) ÷ their median. All: calendar days from opened to won, of deals won in the period. By stage: days of the completed visits left in the period; stages of the same name are taken together. Beside it the coefficient of variation (standard deviation ÷ mean), and the share that kept to the stage's service level, a level named All standing for opened to won. Undefined under 8 durations, and where the median is 0. Two sides are compared by a bootstrap of accounts that takes the quartiles of every draw anew."
formula = "({p75_days} − {p25_days}) ÷ {median_days} days, of {n} durations"
unit = "deal"
clock = "closed_on"
format = "ratio"
better = "lower"
keys = ["stage"]
compare = "iqr_ratio"
needs = ["opportunities"]
uses = ["stages_now", "deal_dates"]
[change]
kind = "none"
because = "spread"
*/
-- section: won
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.opened_on, o.closed_on,
  CASE
    WHEN o.opened_on IS NULL THEN 'no opening date'
    WHEN NOT o.opening_known THEN 'bulk load'
    WHEN o.closed_on IS NULL THEN 'no closing date'
    WHEN o.closed_on < o.opened_on THEN 'negative duration'
    WHEN o.closed_on > $as_of THEN 'closed after as-of'
  END AS problem
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'won'
;
-- section: rows
SELECT segment, period, 'All' AS stage, 0 AS stage_order, opportunity_id, CAST(NULL AS TIMESTAMP) AS entered_at,
  CAST(date_diff('day', opened_on, closed_on) AS DOUBLE) AS measure
FROM won
WHERE problem IS NULL
UNION ALL
SELECT t.segment, p.period, t.stage, t.stage_order, t.opportunity_id, t.entered_at, t.days
FROM periods p
JOIN timed t ON p.is_whole OR (t.exited_on >= p.starts_on AND t.exited_on < p.ends_before)
WHERE t.is_complete
;
-- section: answer
SELECT segment, period, stage, CASE WHEN n >= 8 THEN (p75_days - p25_days) / nullif(median_days, 0) END AS value, n,
  CASE WHEN n >= 8 THEN spread / nullif(mean, 0) END AS cv,
  CASE WHEN n >= 8 AND service_level IS NOT NULL THEN CAST(kept AS DOUBLE) / nullif(n, 0) END AS within_service_level,
  service_level, median_days, p25_days, p75_days
FROM (
  SELECT r.segment, r.period, r.stage, min(r.stage_order) AS stage_order, count(*) AS n, avg(r.measure) AS mean,
    stddev_samp(r.measure) AS spread, quantile_cont(r.measure, 0.25) AS p25_days, quantile_cont(r.measure, 0.5) AS median_days,
    quantile_cont(r.measure, 0.75) AS p75_days, count(*) FILTER (WHERE r.measure <= l.days) AS kept,
    max(l.days) AS service_level
  FROM rows r
  LEFT JOIN service_levels l ON l.stage = r.stage
  GROUP BY r.segment, r.period, r.stage
) summed
ORDER BY segment, period, stage_order NULLS LAST, stage
;
-- section: left_out
SELECT problem AS reason, count(*) AS n
FROM won
WHERE problem IS NOT NULL
GROUP BY problem
UNION ALL
SELECT reason, n
FROM closing_left_out
WHERE outcome = 'won'
UNION ALL
SELECT CASE reason
    WHEN 'negative duration' THEN 'visit of a negative duration'
    WHEN 'closed, end of the last visit unknown' THEN 'visit whose end is unknown'
    WHEN 'left after as-of' THEN 'left its stage after as-of'
    ELSE reason
  END, n
FROM strange_visits
ORDER BY reason
;
-- section: warnings
SELECT 'No stage history is loaded: only the days from opened to won are known.' AS warning, 1 AS n
WHERE NOT EXISTS (SELECT 1 FROM model.stage_visits)
UNION ALL
SELECT '{n} stages are in several pipelines, and their visits are taken together: filter by a pipeline to part them.', count(*)
FROM (SELECT stage FROM timed GROUP BY stage HAVING count(DISTINCT pipeline) > 1) shared
ORDER BY warning
