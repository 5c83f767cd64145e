/*
title = "Qualified accounts"
definition = "Accounts whose engagement points of some 90 days reach qualified_points: the period holds a touch that, with those of the 90 days before it, brings the account to the threshold. Points come from visits, responses, meetings held and calls connected (page_points, click_points, reply_points, download_points, webinar_points, meeting_points); sends, opens, impressions and anything planned or not done earn none. Share: of the accounts in scope."
formula = "{numerator} qualified accounts of {denominator} in scope"
unit = "account"
clock = "occurred_at"
format = "count"
better = "higher"
needs = ["accounts", "activities"]
uses = ["touches", "points", "qualified"]
interval = "wilson"
compare = "newcombe"
compare_column = "share"
touches = true
[change]
kind = "sum"
*/
-- section: qualified
SELECT p.period, q.account_id, min(q.occurred_on) AS qualified_on, max(q.points_of_90_days) AS peak
FROM periods p
JOIN qualifying_moments q ON p.is_whole OR (q.occurred_on >= p.starts_on AND q.occurred_on < p.ends_before)
GROUP BY p.period, q.account_id
;
-- section: judged
SELECT a.segment, p.period, a.account_id, q.account_id IS NOT NULL AS is_qualified, q.qualified_on, q.peak
FROM accounts a
CROSS JOIN periods p
LEFT JOIN qualified q ON q.account_id = a.account_id AND coalesce(q.period, '') = coalesce(p.period, '')
;
-- section: rows
SELECT segment, period, account_id, qualified_on, peak AS most_points, 1.0 AS measure
FROM judged
WHERE is_qualified
;
-- section: answer
SELECT segment, period, CASE WHEN is_known THEN qualified END AS value, accounts AS n,
  CASE WHEN is_known THEN CAST(qualified AS DOUBLE) / nullif(accounts, 0) END AS share,
  CASE WHEN is_known THEN qualified END AS numerator, accounts AS denominator
FROM (
  SELECT segment, period, count(*) AS accounts, count(*) FILTER (WHERE is_qualified) AS qualified
  FROM judged
  GROUP BY segment, period
) counted
CROSS JOIN (SELECT EXISTS (SELECT 1 FROM model.activities WHERE occurred_on IS NOT NULL) AS is_known) k
ORDER BY segment, period
;
-- section: left_out
SELECT reason, n
FROM points_left_out
ORDER BY reason
