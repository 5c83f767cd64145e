/*
# When an account's engagement points of the last 90 days reach the threshold. Shared by the metrics that name it in
# `uses`, with touches and points in front of it.
[options.qualified_points]
default = 100.0
minimum = 0
meaning = "Engagement points within 90 days that qualify an account."
*/
-- section: qualifying_moments
SELECT account_id, occurred_at, occurred_on, points_of_90_days
FROM (
  SELECT account_id, occurred_at, occurred_on,
    sum(points) OVER (
      PARTITION BY account_id ORDER BY occurred_at RANGE BETWEEN INTERVAL '90' DAY PRECEDING AND CURRENT ROW) AS points_of_90_days
  FROM scored_touches
  WHERE account_id IS NOT NULL
) added
WHERE points_of_90_days >= $qualified_points
