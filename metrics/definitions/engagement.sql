/*
# Which touches qualify, and when an account became engaged. Shared by the metrics that name it in `uses`, with touches.
[options.preset]
default = "visit_or_response"
choices = ["visit_or_response", "any_touch", "page_views", "minutes"]
meaning = "What a qualifying touch is: a visit or response; these, meetings held and calls connected (any_touch); a page view that is the third within 30 days (page_views); a visit or response that brings the last 90 days to ten minutes (minutes)."
[options.engaged_min]
default = 1
minimum = 1
meaning = "Qualifying touches that make an account engaged."
*/
-- section: qualifying_touches
SELECT account_id, occurred_at, occurred_on
FROM touches
WHERE $preset = 'visit_or_response' AND is_response
UNION ALL
SELECT account_id, occurred_at, occurred_on
FROM touches
WHERE $preset = 'any_touch' AND (is_response OR is_conversation)
UNION ALL
SELECT account_id, occurred_at, occurred_on
FROM (
  SELECT account_id, occurred_at, occurred_on,
    lag(occurred_at, 2) OVER (PARTITION BY account_id ORDER BY occurred_at, activity_id) AS two_before_at
  FROM touches
  WHERE $preset = 'page_views' AND kind = 'web_visit' AND is_response AND occurred_at IS NOT NULL
) views
WHERE occurred_at <= two_before_at + INTERVAL '30' DAY
UNION ALL
SELECT account_id, occurred_at, occurred_on
FROM (
  SELECT account_id, occurred_at, occurred_on,
    sum(minutes) OVER (
      PARTITION BY account_id ORDER BY occurred_at RANGE BETWEEN INTERVAL '90' DAY PRECEDING AND CURRENT ROW) AS minutes
  FROM touches
  WHERE $preset = 'minutes' AND is_response AND occurred_at IS NOT NULL
) timed
WHERE minutes >= 10
;
-- section: first_engagements
SELECT account_id, min(occurred_on) AS engaged_on, min(occurred_at) AS engaged_at
FROM qualifying_touches
WHERE $engaged_min = 1 AND account_id IS NOT NULL AND occurred_on IS NOT NULL
GROUP BY account_id
UNION ALL
SELECT account_id, occurred_on, occurred_at
FROM (
  SELECT account_id, occurred_on, occurred_at, row_number() OVER (PARTITION BY account_id ORDER BY occurred_at) AS position
  FROM qualifying_touches
  WHERE $engaged_min > 1 AND account_id IS NOT NULL AND occurred_on IS NOT NULL
) counted
WHERE position = $engaged_min
;
-- section: preset_known
-- A preset that asks for what no export tells of any touch finds nobody engaged, which is not the same as nobody being so.
SELECT CASE $preset
    WHEN 'page_views' THEN EXISTS (SELECT 1 FROM model.activities WHERE kind = 'web_visit')
    WHEN 'minutes' THEN EXISTS (SELECT 1 FROM model.activities WHERE minutes IS NOT NULL AND kind NOT IN ('meeting', 'call'))
    ELSE TRUE
  END AS is_known
;
-- section: preset_unknown
SELECT CASE $preset WHEN 'page_views' THEN 'No web visits are loaded: who is engaged by page views is not known.'
    ELSE 'No visit or response has minutes: who is engaged by minutes is not known.' END AS warning,
  count(*) AS n
FROM preset_known
WHERE NOT is_known AND EXISTS (SELECT 1 FROM model.activities)
;
-- section: touches_left_out
SELECT 'touch without an account' AS reason, count(*) AS n
FROM qualifying_touches t
JOIN days_asked d ON (d.is_whole AND $by <> 'standing') OR (t.occurred_on < d.ends_before
  AND t.occurred_on >= CASE WHEN $by = 'standing' THEN CAST(d.ends_before - INTERVAL '30' DAY AS DATE) ELSE d.starts_on END)
WHERE t.account_id IS NULL
UNION ALL
SELECT 'touch without a date', count(*)
FROM qualifying_touches t
JOIN days_asked d ON $by = 'standing' OR NOT d.is_whole
WHERE t.occurred_on IS NULL
