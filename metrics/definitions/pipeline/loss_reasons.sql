/*
title = "Loss reasons"
definition = "Share of the lost deals closed in the period that have this reason; (none) where none is given. By competitor, or by last_stage: the last open stage in the deal's history."
formula = "{numerator} of {denominator} lost deals"
unit = "deal"
clock = "closed_on"
format = "percent"
keys = ["reason"]
needs = ["opportunities"]
uses = ["deal_dates"]
interval = "wilson"
compare = "newcombe"
parts_of_whole = true
own_splits = ["competitor", "last_stage"]
[change]
kind = "rate"
over = "numerator"
under = "denominator"
*/
-- section: lost
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.loss_reason, o.competitor, o.closed_on, o.value
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'lost'
;
-- section: last_stages
SELECT opportunity_id, stage
FROM (
  SELECT v.opportunity_id, v.stage,
    row_number() OVER (
      PARTITION BY v.opportunity_id
      ORDER BY v.entered_at DESC, v.exited_at DESC NULLS FIRST, v.stage_order DESC NULLS LAST, v.stage) AS from_last
  FROM model.stage_visits v
  JOIN model.opportunities o ON o.opportunity_id = v.opportunity_id
  WHERE CAST($by AS VARCHAR) = 'last_stage' AND o.outcome = 'lost' AND NOT v.is_closing
) counted_back
WHERE from_last = 1
;
-- section: rows
SELECT d.segment, d.period,
  coalesce(CASE CAST($by AS VARCHAR) WHEN 'competitor' THEN d.competitor WHEN 'last_stage' THEN l.stage ELSE d.loss_reason END,
    '(none)') AS reason,
  d.opportunity_id, d.account_id, d.closed_on, d.value AS amount, 1.0 AS measure
FROM lost d
LEFT JOIN last_stages l ON l.opportunity_id = d.opportunity_id
;
-- section: answer
SELECT segment, period, reason, CAST(deals AS DOUBLE) / nullif(lost, 0) AS value, lost AS n,
  deals AS numerator, lost AS denominator, deals, amount
FROM (
  SELECT segment, period, reason, count(*) AS deals, sum(amount) AS amount,
    sum(count(*)) OVER (PARTITION BY segment, period) AS lost
  FROM rows
  GROUP BY segment, period, reason
) counted
ORDER BY segment, period, deals DESC, reason
;
-- section: left_out
SELECT reason, n
FROM closing_left_out
WHERE outcome = 'lost'
ORDER BY reason
;
-- section: warnings
SELECT 'No stage history is loaded: the last stage of lost deals is not known.' AS warning, 1 AS n
WHERE CAST($by AS VARCHAR) = 'last_stage' AND NOT EXISTS (SELECT 1 FROM model.stage_visits)
