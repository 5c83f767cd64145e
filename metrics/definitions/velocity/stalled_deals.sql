/*
title = "Stalled deals"
definition = "Open deals that are in their stage longer than 90 % of all completed visits to that pipeline and stage were (limit_days; under 20 visits the service level counts, else the stage is not judged). Value: days in the stage. Beside it the touches of each side since the deal entered the stage, with the median of won deals in the same stage and the median of the days that these stayed there (days_won). Stalled deals have stayed longer, so that more touches had time to come: touches_early are those of the first days_won days in the stage alone, to be held against won deals that stayed at least as long. Further the people in touch, and the buying roles that are missing: the required ones, or else those that at least half of the won deals of the pipeline had. A deal has the roles that it names and those of its people's own records. A touch is anything done on the deal, or on its account and no other deal, except impressions and marketing's own sends."
formula = "{value} days in {stage}, {limit_days} being usual at most"
unit = "deal"
clock = "as_of"
format = "days"
better = "lower"
keys = ["opportunity_id"]
needs = ["opportunities", "stage_visits"]
list_of = "opportunity_id"
uses = ["stages_now", "deal_touches", "positions", "required_roles"]
[lists]
won_there = "Won deals in the stages where deals stall: their touches there, and whether they lack roles."
*/
-- section: stalled
SELECT n.*, o.name, o.value
FROM present n
JOIN model.opportunities o ON o.opportunity_id = n.opportunity_id
WHERE n.is_stalled
;
-- section: stages_judged
SELECT pipeline, stage FROM stalled GROUP BY pipeline, stage
;
-- section: won_stays
-- A deal may have been there several times: longest is 1 for the longest of its stays.
SELECT opportunity_id, account_id, pipeline, stage, since, until, days,
  row_number() OVER (PARTITION BY opportunity_id, pipeline, stage ORDER BY days DESC NULLS LAST, since) AS longest
FROM (
  SELECT v.opportunity_id, o.account_id, j.pipeline, j.stage, v.entered_at AS since,
    coalesce(v.exited_at, CAST(o.closed_on AS TIMESTAMP)) AS until,
    (epoch(coalesce(v.exited_at, CAST(o.closed_on AS TIMESTAMP))) - epoch(v.entered_at)) / 86400 AS days
  FROM model.stage_visits v
  JOIN stages_judged j ON j.pipeline = coalesce(v.pipeline, '(none)') AND j.stage = v.stage
  JOIN model.opportunities o ON o.opportunity_id = v.opportunity_id
  WHERE o.outcome = 'won' AND v.entered_on <= $as_of
) stays
;
-- section: usual_stays
SELECT pipeline, stage, quantile_cont(days, 0.5) AS days_won
FROM won_stays
WHERE longest = 1 AND days >= 0
GROUP BY pipeline, stage
;
-- section: watched
-- is_followed: the deal was in the stage for as many days as half of the won deals were, and its first ones are compared.
SELECT s.opportunity_id, s.account_id, s.pipeline, s.stage, s.entered_at AS since, CAST(NULL AS TIMESTAMP) AS until, FALSE AS is_won,
  u.days_won, coalesce(max(s.age) >= u.days_won, FALSE) AS is_followed
FROM stalled s
LEFT JOIN usual_stays u ON u.pipeline = s.pipeline AND u.stage = s.stage
GROUP BY s.opportunity_id, s.account_id, s.pipeline, s.stage, s.entered_at, u.days_won
UNION ALL
SELECT w.opportunity_id, w.account_id, w.pipeline, w.stage, w.since, w.until, TRUE, u.days_won,
  w.longest = 1 AND coalesce(w.days >= u.days_won, FALSE)
FROM won_stays w
LEFT JOIN usual_stays u ON u.pipeline = w.pipeline AND u.stage = w.stage
;
-- section: followed
SELECT opportunity_id, pipeline, stage, is_won FROM watched WHERE is_followed GROUP BY opportunity_id, pipeline, stage, is_won
;
-- section: stage_touches
SELECT opportunity_id, pipeline, stage, is_won,
  count(*) FILTER (WHERE side = 'marketing') AS marketing, count(*) FILTER (WHERE side = 'sales') AS sales,
  count(*) FILTER (WHERE side = 'marketing' AND is_early) AS marketing_early,
  count(*) FILTER (WHERE side = 'sales' AND is_early) AS sales_early
FROM (
  SELECT w.opportunity_id, w.pipeline, w.stage, w.is_won, t.side,
    w.is_followed AND (epoch(t.occurred_at) - epoch(w.since)) / 86400 < w.days_won AS is_early
  FROM watched w
  JOIN touches t ON t.opportunity_id = w.opportunity_id AND t.occurred_at >= w.since
    AND (w.until IS NULL OR t.occurred_at < w.until)
  UNION ALL
  SELECT w.opportunity_id, w.pipeline, w.stage, w.is_won, t.side,
    w.is_followed AND (epoch(t.occurred_at) - epoch(w.since)) / 86400 < w.days_won
  FROM watched w
  JOIN touches t ON t.account_id = w.account_id AND t.opportunity_id IS NULL AND t.occurred_at >= w.since
    AND (w.until IS NULL OR t.occurred_at < w.until)
) in_stage
GROUP BY opportunity_id, pipeline, stage, is_won
;
-- section: usual
SELECT d.pipeline, d.stage, quantile_cont(CAST(coalesce(s.marketing, 0) AS DOUBLE), 0.5) AS marketing,
  quantile_cont(CAST(coalesce(s.sales, 0) AS DOUBLE), 0.5) AS sales
FROM (SELECT DISTINCT opportunity_id, pipeline, stage FROM watched WHERE is_won) d
LEFT JOIN stage_touches s ON s.opportunity_id = d.opportunity_id AND s.pipeline = d.pipeline AND s.stage = d.stage AND s.is_won
GROUP BY d.pipeline, d.stage
;
-- section: stalled_touches
SELECT s.opportunity_id, t.contact_id, t.occurred_on
FROM stalled s
JOIN touches t ON t.opportunity_id = s.opportunity_id
UNION ALL
SELECT s.opportunity_id, t.contact_id, t.occurred_on
FROM stalled s
JOIN touches t ON t.account_id = s.account_id AND t.opportunity_id IS NULL
;
-- section: roles
SELECT DISTINCT opportunity_id, lower(trim(role)) AS role_key FROM model.deal_roles
;
-- section: missing
SELECT s.opportunity_id, string_agg(n.role, ', ' ORDER BY n.role) AS missing_roles
FROM (SELECT DISTINCT opportunity_id, pipeline FROM watched) s
JOIN needed_roles n ON n.pipeline = s.pipeline
LEFT JOIN roles r ON r.opportunity_id = s.opportunity_id AND r.role_key = n.role_key
WHERE r.role_key IS NULL
GROUP BY s.opportunity_id
;
-- section: won_there
SELECT 'All' AS segment, CAST(NULL AS VARCHAR) AS period, d.opportunity_id, d.pipeline, d.stage,
  CASE WHEN h.has_touches THEN coalesce(s.marketing, 0) END AS marketing_touches,
  CASE WHEN h.has_touches THEN coalesce(s.sales, 0) END AS sales_touches,
  CASE WHEN h.has_touches AND f.opportunity_id IS NOT NULL THEN coalesce(s.marketing_early, 0) END AS marketing_touches_early,
  CASE WHEN h.has_touches AND f.opportunity_id IS NOT NULL THEN coalesce(s.sales_early, 0) END AS sales_touches_early,
  CASE WHEN h.has_roles THEN m.missing_roles IS NOT NULL END AS lacks_roles
FROM (SELECT DISTINCT opportunity_id, pipeline, stage FROM watched WHERE is_won) d
CROSS JOIN (
  SELECT EXISTS (SELECT 1 FROM model.activities) AS has_touches, EXISTS (SELECT 1 FROM needed_roles WHERE pipeline IS NOT NULL) AS has_roles
) h
LEFT JOIN stage_touches s ON s.opportunity_id = d.opportunity_id AND s.pipeline = d.pipeline AND s.stage = d.stage AND s.is_won
LEFT JOIN followed f ON f.opportunity_id = d.opportunity_id AND f.pipeline = d.pipeline AND f.stage = d.stage AND f.is_won
LEFT JOIN missing m ON m.opportunity_id = d.opportunity_id
;
-- section: people
SELECT opportunity_id, count(DISTINCT contact_id) AS people
FROM (
  SELECT opportunity_id, contact_id FROM stalled_touches
  UNION ALL
  SELECT opportunity_id, contact_id FROM model.opportunity_contacts
) in_touch
GROUP BY opportunity_id
;
-- section: rows
SELECT s.segment, CAST(NULL AS VARCHAR) AS period, s.opportunity_id, s.account_id, s.age AS measure,
  s.name, a.name AS account_name, s.owner, s.value AS amount, s.pipeline, s.stage, s.limit_days,
  l.last_touch, CASE WHEN h.has_people THEN coalesce(p.people, 0) END AS people,
  CASE WHEN h.has_touches THEN coalesce(t.marketing, 0) END AS marketing_touches,
  CASE WHEN h.has_touches THEN u.marketing END AS marketing_touches_won,
  CASE WHEN h.has_touches THEN coalesce(t.sales, 0) END AS sales_touches,
  CASE WHEN h.has_touches THEN u.sales END AS sales_touches_won, d.days_won,
  CASE WHEN h.has_touches AND f.opportunity_id IS NOT NULL THEN coalesce(t.marketing_early, 0) END AS marketing_touches_early,
  CASE WHEN h.has_touches AND f.opportunity_id IS NOT NULL THEN coalesce(t.sales_early, 0) END AS sales_touches_early, m.missing_roles
FROM stalled s
CROSS JOIN (
  SELECT EXISTS (SELECT 1 FROM model.activities) AS has_touches,
    EXISTS (SELECT 1 FROM model.opportunity_contacts)
      OR EXISTS (SELECT 1 FROM model.activities WHERE contact_id IS NOT NULL) AS has_people
) h
LEFT JOIN model.accounts a ON a.account_id = s.account_id
LEFT JOIN (SELECT opportunity_id, max(occurred_on) AS last_touch FROM stalled_touches GROUP BY opportunity_id) l
  ON l.opportunity_id = s.opportunity_id
LEFT JOIN people p ON p.opportunity_id = s.opportunity_id
LEFT JOIN stage_touches t ON t.opportunity_id = s.opportunity_id AND t.pipeline = s.pipeline AND t.stage = s.stage AND NOT t.is_won
LEFT JOIN usual u ON u.pipeline = s.pipeline AND u.stage = s.stage
LEFT JOIN usual_stays d ON d.pipeline = s.pipeline AND d.stage = s.stage
LEFT JOIN followed f ON f.opportunity_id = s.opportunity_id AND f.pipeline = s.pipeline AND f.stage = s.stage AND NOT f.is_won
LEFT JOIN missing m ON m.opportunity_id = s.opportunity_id
;
-- section: answer
SELECT segment, period, opportunity_id, measure AS value, 1 AS n, account_id, name, account_name, owner, amount, pipeline, stage, limit_days,
  last_touch, people, marketing_touches, marketing_touches_won, sales_touches, sales_touches_won, days_won,
  marketing_touches_early, sales_touches_early, missing_roles
FROM rows
ORDER BY segment, amount DESC NULLS LAST, measure DESC, opportunity_id
;
-- section: left_out
SELECT 'stage not judged: under 20 completed visits, no service level' AS reason, count(*) AS n
FROM present
WHERE limit_days IS NULL
UNION ALL
SELECT 'no stage history', count(*)
FROM opportunities o
LEFT JOIN present n ON n.opportunity_id = o.opportunity_id
WHERE o.outcome = 'open' AND n.opportunity_id IS NULL
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM unknown_roles
