/*
title = "Engagement quality"
definition = "Median depth of the engaged accounts: the share of an account's engagement points in the period that come from touches worth deep_points or more (downloads, webinars, meetings). Points come from visits, responses, meetings held and calls connected, and fade linearly to 0 over the window_days before the period's end; an account whose points have all faded is left out. Medians over the same accounts: points; minutes, minutes_per_touch (of touches that say how long); frequency (weeks with a touch ÷ weeks of the period, counted back from its end and no further than the data); duration_weeks (first to last touch); people; personal (share of the touches marked one-to-one). not_worked: accounts among them that sales have not touched within the same window_days."
formula = "middle of the depth of {n} engaged accounts"
unit = "account"
clock = "occurred_at"
format = "percent"
better = "higher"
needs = ["accounts", "activities"]
uses = ["touches", "engagement", "points", "working"]
interval = "median"
compare = "median"
touches = true
[change]
kind = "none"
because = "median"
[options.window_days]
default = 90
minimum = 1
meaning = "Days over which engagement points fade to nothing, and within which a sales touch counts as working the account."
[options.deep_points]
default = 10.0
minimum = 0
meaning = "Engagement points from which a touch counts as deep."
[lists]
not_worked = "Engaged accounts that sales have not touched within the window."
*/
-- section: spans
SELECT period, starts_on, ends_before, is_whole, CAST(ends_before - INTERVAL '1' DAY AS DATE) AS last_on
FROM periods
;
-- section: engaged
SELECT s.period, t.account_id
FROM spans s
JOIN qualifying_touches t ON s.is_whole OR (t.occurred_on >= s.starts_on AND t.occurred_on < s.ends_before)
WHERE t.account_id IS NOT NULL
GROUP BY s.period, t.account_id
HAVING count(*) >= $engaged_min
;
-- section: aged
SELECT s.period, t.account_id, t.contact_id, t.kind, t.is_personal, t.minutes, t.occurred_on, t.points AS worth,
  CAST(date_diff('day', t.occurred_on, s.last_on) AS DOUBLE) AS age
FROM spans s
JOIN scored_touches t ON s.is_whole OR (t.occurred_on >= s.starts_on AND t.occurred_on < s.ends_before)
JOIN engaged e ON e.account_id = t.account_id AND e.period IS NOT DISTINCT FROM s.period
;
-- section: earned
SELECT period, account_id, contact_id, kind, is_personal, minutes, occurred_on, worth, age, floor(age / 7) AS week,
  CASE WHEN age < $window_days THEN worth * (1 - age / $window_days) ELSE 0 END AS points
FROM aged
;
-- section: weeks
SELECT period, ceil((date_diff('day', CAST(CASE WHEN starts_on > first_on THEN starts_on ELSE first_on END AS DATE), last_on) + 1) / 7.0)
  AS weeks
FROM spans
CROSS JOIN (
  SELECT min(occurred_on) AS first_on
  FROM model.activities
  WHERE coalesce(is_done, TRUE)
) data
;
-- section: summed
SELECT period, account_id, sum(points) AS points, sum(CASE WHEN worth >= $deep_points THEN points ELSE 0 END) AS deep,
  count(*) AS touches, sum(minutes) AS minutes, sum(minutes) / nullif(count(minutes), 0) AS minutes_per_touch,
  count(DISTINCT week) AS active_weeks, min(occurred_on) AS first_touch_on, max(occurred_on) AS last_touch_on,
  count(DISTINCT contact_id) AS people, count(*) FILTER (WHERE is_personal) AS personal
FROM earned
GROUP BY period, account_id
;
-- section: judged
SELECT a.segment, e.period, a.account_id, s.deep / nullif(s.points, 0) AS depth, s.points, s.touches, s.minutes,
  s.minutes_per_touch, CAST(s.active_weeks AS DOUBLE) / nullif(w.weeks, 0) AS frequency,
  date_diff('day', s.first_touch_on, s.last_touch_on) / 7.0 AS duration_weeks,
  CASE WHEN h.names_people THEN s.people END AS people,
  CASE WHEN h.marks_personal THEN CAST(s.personal AS DOUBLE) / s.touches END AS personal, s.last_touch_on,
  date_diff('day', s.last_touch_on, n.last_on) AS days_since
FROM accounts a
JOIN engaged e ON e.account_id = a.account_id
JOIN spans n ON n.period IS NOT DISTINCT FROM e.period
JOIN weeks w ON w.period IS NOT DISTINCT FROM e.period
LEFT JOIN summed s ON s.account_id = e.account_id AND s.period IS NOT DISTINCT FROM e.period
CROSS JOIN (
  SELECT EXISTS (SELECT 1 FROM model.activities WHERE contact_id IS NOT NULL) AS names_people,
    EXISTS (SELECT 1 FROM model.activities WHERE is_personal IS NOT NULL) AS marks_personal
) h
;
-- section: rows
SELECT segment, period, account_id, depth AS measure, points, touches, minutes, minutes_per_touch, frequency, duration_weeks,
  people, personal, last_touch_on, days_since,
  CASE WHEN depth = 0 THEN 'none' WHEN depth < 0.5 THEN 'some' WHEN depth < 0.9 THEN 'most' ELSE 'nearly all' END AS depth_band,
  CASE WHEN days_since < 7 THEN '0-6' WHEN days_since < 30 THEN '7-29' WHEN days_since < 60 THEN '30-59' ELSE '60+' END
    AS recency_band
FROM judged
WHERE depth IS NOT NULL
;
-- section: by_touch
SELECT segment, period, account_id, touch, count(*) AS touches, sum(points) AS measure, max(occurred_on) AS last_touch_on
FROM (
  SELECT r.segment, r.period, r.account_id, e.points, e.occurred_on,
    CASE WHEN e.kind = 'meeting' THEN 'meeting' WHEN e.kind IN ('webinar', 'event') THEN 'webinar'
      WHEN e.kind IN ('content', 'form') THEN 'download' ELSE 'light' END AS touch
  FROM rows r
  JOIN earned e ON e.account_id = r.account_id AND e.period IS NOT DISTINCT FROM r.period
  WHERE e.points > 0
) counting
GROUP BY segment, period, account_id, touch
;
-- section: worked
SELECT s.period, t.account_id, max(t.occurred_on) AS last_sales_on
FROM spans s
JOIN working_touches t ON t.occurred_on < s.ends_before
WHERE t.worked_by = 'sales' AND t.account_id IS NOT NULL
GROUP BY s.period, t.account_id
;
-- section: not_worked
SELECT r.segment, r.period, r.account_id, r.points AS measure, r.measure AS depth, r.touches, r.people, r.last_touch_on,
  w.last_sales_on
FROM rows r
JOIN spans s ON s.period IS NOT DISTINCT FROM r.period
LEFT JOIN worked w ON w.account_id = r.account_id AND w.period IS NOT DISTINCT FROM r.period
WHERE w.last_sales_on IS NULL OR date_diff('day', w.last_sales_on, s.last_on) >= $window_days
;
-- section: answer
SELECT r.segment, r.period, quantile_cont(r.measure, 0.5) AS value, count(*) AS n,
  quantile_cont(r.points, 0.5) AS points, quantile_cont(r.minutes, 0.5) AS minutes,
  quantile_cont(r.minutes_per_touch, 0.5) AS minutes_per_touch, quantile_cont(r.frequency, 0.5) AS frequency,
  quantile_cont(CAST(r.duration_weeks AS DOUBLE), 0.5) AS duration_weeks, quantile_cont(CAST(r.people AS DOUBLE), 0.5) AS people,
  quantile_cont(r.personal, 0.5) AS personal,
  CASE WHEN EXISTS (SELECT 1 FROM worked) THEN count(u.account_id) END AS not_worked
FROM rows r
LEFT JOIN not_worked u ON u.account_id = r.account_id AND u.period IS NOT DISTINCT FROM r.period AND u.segment = r.segment
GROUP BY r.segment, r.period
ORDER BY r.segment, r.period
;
-- section: left_out
SELECT reason, n
FROM points_left_out
UNION ALL
SELECT 'all points faded', count(DISTINCT account_id)
FROM judged
WHERE depth IS NULL AND last_touch_on IS NOT NULL
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM preset_unknown
