/*
title = "Relationship strength"
definition = "Median score 0–100 of the accounts ever touched: 30 recency + 25 frequency + 15 two-way + 15 depth + 15 seniority, each 0–1. Touches are visits, responses, meetings held and calls connected. Recency: 1 − days since the last one ÷ window_days, not below 0. Frequency: weeks with one, of the last 13, ÷ 13. The other three look at the last window_days: two-way = the smaller ÷ the larger of what came in and what went out (impressions and marketing's own sends apart); depth = share of points, fading linearly to 0, from touches worth deep_points or more; seniority = the highest contact touched (C-level 1, vice president 0.8, director 0.6, manager 0.4, else 0.2), by the words of its seniority, else of its title, in English, German, French, Spanish, Italian, Russian or Chinese. A part that is not known is left away, the others taken for the whole, and the account counted in partial_n. recency, frequency, two_way, depth, seniority: medians of the parts. Over the whole history, medians: stages_moved (moves of the account's deals to a later stage), longest_gap_days between two days with a touch, regularity (1 − coefficient of variation of these gaps, not below 0, from two gaps on). sentiment: mean of all scores of touches, −1 to 1, sentiment_n of them; what is not scored is not neutral."
formula = "middle of the scores of {n} accounts"
unit = "account"
clock = "as_of"
format = "score"
better = "higher"
needs = ["accounts", "activities"]
uses = ["touches", "points"]
interval = "median"
compare = "median"
touches = true
[options.window_days]
default = 90
minimum = 1
meaning = "Days after which a touch is no longer recent: recency and points fade to nothing over them."
[options.deep_points]
default = 10.0
minimum = 0
meaning = "Engagement points from which a touch counts as deep."
*/
-- section: met
SELECT account_id, contact_id, occurred_on, points AS worth,
  CAST(date_diff('day', occurred_on, $as_of) AS DOUBLE) AS age
FROM scored_touches
WHERE account_id IS NOT NULL
;
-- section: fading
SELECT account_id, contact_id, occurred_on, worth, age, floor(age / 7) AS week,
  CASE WHEN age < $window_days THEN worth * (1 - age / $window_days) ELSE 0 END AS points
FROM met
;
-- section: rhythm
SELECT account_id, max(occurred_on) AS last_touch_on, count(*) AS touches, min(age) AS days_since,
  count(DISTINCT CASE WHEN week < 13 THEN week END) AS active_weeks,
  sum(CASE WHEN worth >= $deep_points THEN points ELSE 0 END) / nullif(sum(points), 0) AS depth
FROM fading
GROUP BY account_id
;
-- section: exchange
SELECT account_id, count(*) FILTER (WHERE direction = 'in') AS came_in, count(*) FILTER (WHERE direction = 'out') AS went_out
FROM touches
WHERE account_id IS NOT NULL AND occurred_on IS NOT NULL AND date_diff('day', occurred_on, $as_of) < $window_days
  AND kind NOT IN ('ad_impression', 'campaign_sent', 'email_open', 'task', 'note')
  AND NOT (kind IN ('email_sent', 'direct_mail') AND coalesce(side, 'sales') = 'marketing')
GROUP BY account_id
;
-- section: best_contacts
SELECT m.account_id, count(DISTINCT m.contact_id) AS people,
  max(CASE c.level WHEN 'c_level' THEN 1.0 WHEN 'vice_president' THEN 0.8 WHEN 'director' THEN 0.6 WHEN 'manager' THEN 0.4
    WHEN 'other' THEN 0.2 END) AS seniority
FROM met m
JOIN contacts c ON c.contact_id = m.contact_id
WHERE m.age < $window_days
GROUP BY m.account_id
;
-- section: gaps
SELECT account_id, max(gap) AS longest_gap_days, count(gap) AS gaps, avg(gap) AS usual, stddev_samp(gap) AS spread
FROM (
  SELECT account_id, CAST(date_diff('day', before_on, occurred_on) AS DOUBLE) AS gap
  FROM (
    SELECT account_id, occurred_on, lag(occurred_on) OVER (PARTITION BY account_id ORDER BY occurred_on) AS before_on
    FROM (SELECT DISTINCT account_id, occurred_on FROM met) days
  ) pairs
) between_days
GROUP BY account_id
;
-- section: moves
SELECT account_id, count(*) FILTER (WHERE stage_order > order_before) AS stages_moved
FROM (
  SELECT o.account_id, v.stage_order,
    lag(v.stage_order) OVER (PARTITION BY v.opportunity_id ORDER BY v.entered_at, v.stage_order NULLS LAST, v.stage) AS order_before
  FROM stage_visits v
  JOIN opportunities o ON o.opportunity_id = v.opportunity_id
  WHERE v.entered_on <= $as_of AND o.account_id IS NOT NULL
) visits
GROUP BY account_id
;
-- section: felt
SELECT account_id, sum(CAST(sentiment AS DOUBLE)) AS sentiment, count(*) AS scores
FROM activities
WHERE coalesce(is_done, TRUE) AND occurred_on <= $as_of AND sentiment >= -1 AND sentiment <= 1 AND account_id IS NOT NULL
GROUP BY account_id
;
-- section: parts
SELECT a.segment, a.account_id, r.touches, r.last_touch_on, r.days_since,
  CASE WHEN r.days_since < $window_days THEN 1 - r.days_since / $window_days ELSE 0 END AS recency,
  r.active_weeks / 13.0 AS frequency,
  CASE WHEN e.came_in < e.went_out THEN CAST(e.came_in AS DOUBLE) / nullif(e.went_out, 0)
    ELSE CAST(e.went_out AS DOUBLE) / nullif(e.came_in, 0) END AS two_way,
  r.depth, CAST(b.seniority AS DOUBLE) AS seniority, coalesce(b.people, 0) AS people, m.stages_moved, g.longest_gap_days,
  CASE WHEN g.gaps < 2 THEN NULL WHEN g.spread >= g.usual THEN 0 ELSE 1 - g.spread / nullif(g.usual, 0) END AS regularity,
  f.sentiment, f.scores
FROM accounts a
JOIN rhythm r ON r.account_id = a.account_id
LEFT JOIN exchange e ON e.account_id = a.account_id
LEFT JOIN best_contacts b ON b.account_id = a.account_id
LEFT JOIN gaps g ON g.account_id = a.account_id
LEFT JOIN moves m ON m.account_id = a.account_id
LEFT JOIN felt f ON f.account_id = a.account_id
;
-- section: scored
SELECT segment, CAST(NULL AS VARCHAR) AS period, account_id,
  100 * (30 * recency + 25 * frequency + 15 * coalesce(two_way, 0) + 15 * coalesce(depth, 0) + 15 * coalesce(seniority, 0))
    / (55 + CASE WHEN two_way IS NULL THEN 0 ELSE 15 END + CASE WHEN depth IS NULL THEN 0 ELSE 15 END
      + CASE WHEN seniority IS NULL THEN 0 ELSE 15 END) AS measure,
  recency, frequency, two_way, depth, seniority,
  nullif(substr(CASE WHEN two_way IS NULL THEN ', two-way' ELSE '' END || CASE WHEN depth IS NULL THEN ', depth' ELSE '' END
    || CASE WHEN seniority IS NULL THEN ', seniority' ELSE '' END, 3), '') AS missing,
  stages_moved, longest_gap_days, regularity, sentiment / nullif(scores, 0) AS sentiment, sentiment AS sentiment_sum,
  coalesce(scores, 0) AS sentiment_n, people, touches, days_since, last_touch_on
FROM parts
;
-- section: rows
SELECT segment, period, account_id, measure, recency, frequency, two_way, depth, seniority, missing, stages_moved,
  longest_gap_days, regularity, sentiment, sentiment_n, people, touches, days_since, last_touch_on,
  CASE WHEN measure < 20 THEN '0-19' WHEN measure < 40 THEN '20-39' WHEN measure < 60 THEN '40-59' WHEN measure < 80 THEN '60-79'
    ELSE '80-100' END AS band
FROM scored
;
-- section: answer
SELECT segment, period, quantile_cont(measure, 0.5) AS value, count(*) AS n, quantile_cont(recency, 0.5) AS recency,
  quantile_cont(CAST(frequency AS DOUBLE), 0.5) AS frequency, quantile_cont(two_way, 0.5) AS two_way,
  quantile_cont(depth, 0.5) AS depth, quantile_cont(seniority, 0.5) AS seniority,
  count(missing) AS partial_n, quantile_cont(CAST(stages_moved AS DOUBLE), 0.5) AS stages_moved,
  quantile_cont(longest_gap_days, 0.5) AS longest_gap_days, quantile_cont(CAST(regularity AS DOUBLE), 0.5) AS regularity,
  sum(sentiment_sum) / nullif(sum(sentiment_n), 0) AS sentiment, CAST(sum(sentiment_n) AS BIGINT) AS sentiment_n
FROM scored
GROUP BY segment, period
ORDER BY segment, period
;
-- section: left_out
SELECT CASE WHEN t.account_id IS NULL THEN 'account without a touch' ELSE 'account without a dated touch' END AS reason, count(*) AS n
FROM accounts a
LEFT JOIN rhythm r ON r.account_id = a.account_id
LEFT JOIN (
  SELECT DISTINCT account_id FROM touches WHERE (is_response OR is_conversation) AND occurred_at IS NULL
) t ON t.account_id = a.account_id
WHERE r.account_id IS NULL
GROUP BY reason
UNION ALL
SELECT reason, n
FROM points_left_out
UNION ALL
SELECT 'sentiment beyond −1 to 1', count(*)
FROM activities
WHERE sentiment < -1 OR sentiment > 1
ORDER BY reason
