/*
title = "Open pipeline"
definition = "Amount of the deals open on the as-of day, by pipeline and stage. Weighted: each amount by its probability, the deal's own or else its stage's. Median age: days since opening."
formula = "amounts of {n} of {deals} open deals, added"
unit = "deal"
clock = "as_of"
format = "money"
better = "higher"
keys = ["pipeline", "stage"]
needs = ["opportunities"]
compare = "sum"
*/
-- section: rows
SELECT o.segment, CAST(NULL AS VARCHAR) AS period,
  coalesce(o.pipeline, '(none)') AS pipeline, coalesce(o.stage, '(none)') AS stage, o.stage_order,
  o.opportunity_id, o.account_id, o.value AS measure, coalesce(o.probability, s.probability) AS probability, o.value_issue,
  CASE WHEN o.opening_known AND o.opened_on <= $as_of THEN date_diff('day', o.opened_on, $as_of) END AS age_days,
  o.opened_on IS NOT NULL AND NOT o.opening_known AS is_bulk
FROM opportunities o
LEFT JOIN model.stages s ON s.stage = o.stage AND coalesce(s.pipeline, '(none)') = coalesce(o.pipeline, '(none)')
WHERE o.outcome = 'open'
;
-- section: answer
SELECT segment, period, pipeline, stage, sum(measure) AS value, count(measure) AS n,
  sum(measure * probability) AS weighted, count(*) AS deals,
  CASE WHEN count(age_days) >= 5 OR NOT bool_or(is_bulk)
    THEN quantile_cont(CAST(age_days AS DOUBLE), 0.5) END AS median_age,
  min(stage_order) AS stage_order
FROM rows
GROUP BY segment, period, pipeline, stage
ORDER BY segment, pipeline, min(stage_order) NULLS LAST, stage
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM rows
WHERE measure IS NULL
GROUP BY value_issue
ORDER BY reason
