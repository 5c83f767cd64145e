/*
title = "Engagement and speed"
definition = "Whether deals that engage more at first are won sooner: Spearman's rank correlation between a deal's engagement points a day in its first landmark_days and the days that it then still took to be won, over the deals opened in the period and won after that landmark; below 0 is sooner. Only touches before the landmark count, on the deal or on its account and no other deal, so that a long deal does not gain points by lasting. Interval: Fisher's z with the variance of Bonett and Wright. Beside it all deals still open at the landmark, won or not, in two halves by the median of their points a day: the Kaplan–Meier median of the days from the landmark to won (upper_days, lower_days; deals lost or open are followed until then) and the log-rank p that the halves do not differ. Undefined with fewer than four deals, or where points or days do not vary. Two sides are compared by the difference of their correlations, with a bootstrap of accounts that ranks every draw anew; a stronger link is neither better nor worse, and a lift of a correlation is not said. The halves' days and p are not compared."
formula = "rank correlation over {n} won deals"
unit = "deal"
clock = "opened_on"
format = "ratio"
better = "none"
compare = "correlation"
needs = ["opportunities", "activities"]
uses = ["touches", "points"]
steps = ["acceleration"]
[change]
kind = "none"
because = "correlation"
[options.landmark_days]
default = 30
minimum = 1
meaning = "First days of a deal in which its engagement is measured; deals closed within them are not compared."
[lists]
alive = "All deals alive at the landmark, won later or not."
*/
-- section: followed
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.outcome, o.opened_on,
  CASE WHEN o.outcome = 'open' THEN $as_of ELSE o.closed_on END AS until_on,
  CASE
    WHEN o.opened_on IS NULL THEN 'no opening date'
    WHEN NOT o.opening_known THEN 'bulk load'
    WHEN o.outcome <> 'open' AND o.closed_on IS NULL THEN 'no closing date'
    WHEN o.outcome <> 'open' AND o.closed_on < o.opened_on THEN 'negative duration'
    WHEN o.outcome <> 'open' AND o.closed_on > $as_of THEN 'closed after as-of'
    WHEN o.outcome <> 'open' AND date_diff('day', o.opened_on, o.closed_on) <= $landmark_days THEN 'closed by the landmark'
    WHEN o.outcome = 'open' AND date_diff('day', o.opened_on, $as_of) <= $landmark_days THEN 'not yet past the landmark'
  END AS problem
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.opened_on >= p.starts_on AND o.opened_on < p.ends_before)
;
-- section: first_deals
SELECT DISTINCT opportunity_id, account_id, opened_on
FROM followed
WHERE problem IS NULL
;
-- section: first_points
SELECT opportunity_id, sum(points) AS points, count(*) AS touches
FROM (
  SELECT d.opportunity_id, t.points
  FROM first_deals d
  JOIN scored_touches t ON t.opportunity_id = d.opportunity_id
  WHERE t.occurred_on >= d.opened_on AND date_diff('day', d.opened_on, t.occurred_on) < $landmark_days
  UNION ALL
  SELECT d.opportunity_id, t.points
  FROM first_deals d
  JOIN scored_touches t ON t.account_id = d.account_id AND t.opportunity_id IS NULL
  WHERE t.occurred_on >= d.opened_on AND date_diff('day', d.opened_on, t.occurred_on) < $landmark_days
) early
GROUP BY opportunity_id
;
-- section: measured
SELECT f.segment, f.period, f.opportunity_id, f.account_id, f.outcome = 'won' AS is_won, f.opened_on, f.until_on,
  coalesce(p.touches, 0) AS touches, coalesce(p.points, 0) / $landmark_days AS points_a_day,
  CAST(date_diff('day', f.opened_on, f.until_on) - $landmark_days AS DOUBLE) AS remaining_days
FROM followed f
LEFT JOIN first_points p ON p.opportunity_id = f.opportunity_id
WHERE f.problem IS NULL
;
-- section: alive
SELECT m.segment, m.period, m.opportunity_id, m.account_id, m.is_won, m.opened_on, m.until_on, m.touches, m.points_a_day,
  m.remaining_days, CASE WHEN m.points_a_day > h.middle THEN 'upper' ELSE 'lower' END AS half, m.remaining_days AS measure
FROM measured m
JOIN (
  SELECT segment, period, quantile_cont(points_a_day, 0.5) AS middle
  FROM measured
  GROUP BY segment, period
) h ON h.segment = m.segment AND h.period IS NOT DISTINCT FROM m.period
;
-- section: rows
SELECT segment, period, opportunity_id, account_id, opened_on, until_on AS won_on, half, touches, points_a_day,
  remaining_days AS measure, points_a_day AS weight
FROM alive
WHERE is_won
;
-- section: answer
SELECT segment, period, CAST(NULL AS DOUBLE) AS value, count(*) FILTER (WHERE is_won) AS n, count(*) AS alive_n,
  count(*) FILTER (WHERE half = 'upper') AS upper_n, count(*) FILTER (WHERE half = 'lower') AS lower_n
FROM alive
GROUP BY segment, period
ORDER BY segment, period
;
-- section: left_out
SELECT problem AS reason, count(*) AS n
FROM followed
WHERE problem IS NOT NULL
GROUP BY problem
UNION ALL
SELECT 'no opening date', count(*)
FROM opportunities
WHERE opened_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
ORDER BY reason
