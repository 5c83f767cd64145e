/*
[options.service_levels]
default = ""
meaning = "Days that a stage should take, where fewer than 20 visits are completed: Proposal=14, Negotiation=30."
*/
-- section: timed
SELECT v.segment, v.opportunity_id, coalesce(v.pipeline, '(none)') AS pipeline, v.stage, v.stage_order,
  v.entered_at, v.exited_at, v.entered_on, v.exited_on, v.days, v.backward,
  coalesce(v.exited_on <= $as_of AND v.days >= 0, FALSE) AS is_complete,
  v.is_open OR coalesce(v.exited_on > $as_of, FALSE) AS is_present,
  CASE WHEN v.enters_dates_only THEN CAST(date_diff('day', v.entered_on, $as_of) AS DOUBLE)
    ELSE (epoch($as_of_end) - epoch(v.entered_at)) / 86400 END AS age
FROM stage_visits v
WHERE NOT v.is_closing AND v.entered_on <= $as_of
;
-- section: limits
SELECT completed.pipeline, completed.stage, CASE WHEN completed.n >= 20 THEN completed.p90 ELSE l.days END AS limit_days
FROM (
  SELECT coalesce(pipeline, '(none)') AS pipeline, stage, count(*) FILTER (WHERE exited_on <= $as_of AND days >= 0) AS n,
    quantile_cont(CAST(days AS DOUBLE), 0.9) FILTER (WHERE exited_on <= $as_of AND days >= 0) AS p90
  FROM model.stage_visits
  WHERE NOT is_closing AND entered_on <= $as_of AND opportunity_id IN (SELECT opportunity_id FROM model.opportunities)
  GROUP BY coalesce(pipeline, '(none)'), stage
) completed
LEFT JOIN service_levels l ON l.stage = completed.stage
;
-- section: present
SELECT t.segment, t.opportunity_id, o.account_id, o.owner, t.pipeline, t.stage, t.stage_order, t.entered_at, t.age,
  l.limit_days, t.age > l.limit_days AS is_stalled
FROM timed t
JOIN model.opportunities o ON o.opportunity_id = t.opportunity_id
LEFT JOIN limits l ON l.pipeline = t.pipeline AND l.stage = t.stage
WHERE t.is_present AND o.outcome = 'open'
;
-- section: strange_visits
SELECT 'history of a deal that is not loaded' AS reason, count(*) AS n
FROM model.stage_visits v
JOIN periods p ON p.is_whole OR (v.exited_on >= p.starts_on AND v.exited_on < p.ends_before)
WHERE NOT v.is_closing AND v.opportunity_id NOT IN (SELECT opportunity_id FROM model.opportunities)
UNION ALL
SELECT 'negative duration', count(*)
FROM stage_visits v
JOIN periods p ON p.is_whole OR (v.exited_on >= p.starts_on AND v.exited_on < p.ends_before)
WHERE v.days < 0
UNION ALL
SELECT 'closed, end of the last visit unknown', count(*)
FROM stage_visits v
WHERE NOT v.is_closing AND NOT v.is_open AND v.exited_at IS NULL AND v.entered_on < (SELECT max(ends_before) FROM periods)
UNION ALL
SELECT 'left after as-of', count(*)
FROM stage_visits v
WHERE v.exited_on > $as_of AND NOT v.is_closing AND (SELECT max(ends_before) FROM periods) > $as_of
