/*
title = "Open pipeline"
definition = "Amount of the deals open on the as-of day, by pipeline and stage. Weighted: each amount by its probability, the deal's own or else its stage's; without any it is n/a. Median age: days since opening."
formula = "amounts of {n} of {deals} open deals, added"
unit = "deal"
clock = "as_of"
format = "money"
better = "higher"
keys = ["pipeline", "stage"]
needs = ["opportunities"]
uses = ["deal_dates"]
compare = "sum"
*/
-- section: rows
SELECT o.segment, CAST(NULL AS VARCHAR) AS period,
  coalesce(o.pipeline, '(none)') AS pipeline, coalesce(o.stage, '(none)') AS stage, o.stage_order,
  o.opportunity_id, o.account_id, o.value AS measure, coalesce(o.probability, s.probability) AS probability, o.value_issue,
  CASE WHEN o.opening_known THEN date_diff('day', o.opened_on, $as_of) END AS age_days,
  CASE WHEN o.opened_on IS NULL THEN 'no opening date' WHEN NOT o.opening_known THEN 'bulk load' END AS age_issue
FROM opportunities o
LEFT JOIN model.stages s ON s.stage = o.stage AND coalesce(s.pipeline, '(none)') = coalesce(o.pipeline, '(none)')
WHERE o.outcome = 'open' AND (o.opened_on IS NULL OR o.opened_on <= $as_of)
;
-- section: answer
SELECT segment, period, pipeline, stage, sum(measure) AS value, count(measure) AS n,
  sum(measure * probability) AS weighted, count(*) AS deals,
  CASE WHEN count(age_days) >= min(l.deals) THEN quantile_cont(CAST(age_days AS DOUBLE), 0.5) END AS median_age,
  min(stage_order) AS stage_order
FROM rows r
CROSS JOIN least l
GROUP BY segment, period, pipeline, stage
ORDER BY segment, pipeline, min(stage_order) NULLS LAST, stage
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM rows
WHERE measure IS NULL
GROUP BY value_issue
UNION ALL
SELECT 'no probability (weighted only)', count(*)
FROM rows
WHERE measure IS NOT NULL AND probability IS NULL
UNION ALL
SELECT age_issue || ' (median age only)', count(*)
FROM rows
WHERE age_issue IS NOT NULL
GROUP BY age_issue
UNION ALL
SELECT reason, n
FROM opening_left_out
WHERE outcome = 'open' AND reason = 'opened after as-of'
ORDER BY reason
