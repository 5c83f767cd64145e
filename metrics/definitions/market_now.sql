/*
# Which accounts are in market on the as-of day, and which were a week before: by their signals, or by their points where no
# intent is loaded. Shared by the metrics that name it in `uses`, with touches, points and in_market in front of it. It reads
# all accounts, whatever the filter: a metric joins it to its own.
*/
-- section: has_intent
SELECT EXISTS (SELECT 1 FROM model.intent WHERE observed_on IS NOT NULL) AS has_intent
;
-- section: won_openings
-- Only where no intent is loaded, as all that the points stand in for.
SELECT account_id, min(opened_on) AS opened_on
FROM model.opportunities
WHERE outcome = 'won' AND opening_known AND account_id IS NOT NULL AND opened_on <= $as_of AND NOT (SELECT has_intent FROM has_intent)
GROUP BY account_id
;
-- section: usual_points
SELECT quantile_cont(points, 0.5) AS points
FROM (
  SELECT w.account_id, coalesce(sum(t.points), 0) AS points
  FROM won_openings w
  LEFT JOIN scored_touches t ON t.account_id = w.account_id AND t.occurred_on < w.opened_on
    AND date_diff('day', t.occurred_on, w.opened_on) <= CAST($intent_days AS INTEGER)
  GROUP BY w.account_id
) before_opening
;
-- section: recent_points
SELECT account_id, sum(points) FILTER (WHERE days_ago < CAST($intent_days AS INTEGER)) AS points,
  sum(points) FILTER (WHERE days_ago >= 7 AND days_ago < CAST($intent_days AS INTEGER) + 7) AS points_before
FROM (
  SELECT t.account_id, t.points, date_diff('day', t.occurred_on, $as_of) AS days_ago
  FROM scored_touches t
  JOIN has_intent h ON NOT h.has_intent
  WHERE t.account_id IS NOT NULL
) dated
GROUP BY account_id
;
-- section: now_in_market
SELECT account_id, max(is_now) AS is_now, max(was_before) AS was_before
FROM (
  SELECT account_id, CASE WHEN since_on <= $as_of AND until_on > $as_of THEN 1 ELSE 0 END AS is_now,
    CASE WHEN date_diff('day', since_on, $as_of) >= 7 AND date_diff('day', until_on, $as_of) < 7 THEN 1 ELSE 0 END AS was_before
  FROM in_market_spans
  UNION ALL
  SELECT r.account_id, CASE WHEN r.points > 0 AND r.points >= u.points THEN 1 ELSE 0 END,
    CASE WHEN r.points_before > 0 AND r.points_before >= u.points THEN 1 ELSE 0 END
  FROM recent_points r
  CROSS JOIN usual_points u
  WHERE NOT (SELECT has_intent FROM has_intent)
) judged
GROUP BY account_id
