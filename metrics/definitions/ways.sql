/*
# The touches on the way to each deal that was won in the period, in their order, repeats counted. Shared by the metrics that
# name it in `uses`, with touches.
*/
-- section: won_deals
SELECT DISTINCT o.opportunity_id, o.account_id, o.opened_on, CASE WHEN o.closed_on < $as_of THEN o.closed_on ELSE $as_of END AS until_on
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'won' AND o.opened_on IS NOT NULL AND o.closed_on IS NOT NULL
;
-- section: ways
SELECT w.opportunity_id, t.channel, t.campaign, t.occurred_on,
  row_number() OVER (PARTITION BY w.opportunity_id ORDER BY t.occurred_at, t.activity_id) AS position,
  count(*) OVER (PARTITION BY w.opportunity_id) AS touches
FROM won_deals w
JOIN touches t ON t.account_id = w.account_id AND t.occurred_on <= w.until_on
  AND ($window_days = 0 OR date_diff('day', t.occurred_on, w.opened_on) <= $window_days)
WHERE t.is_response OR ($touch = 'any' AND t.is_coverage)
