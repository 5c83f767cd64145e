/*
# Deals won in the period, and their amounts. Shared by the metrics that name it in `uses`, with deal_dates.
*/
-- section: won
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.closed_on, o.value, o.value_issue
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'won'
;
-- section: rows
SELECT segment, period, opportunity_id, account_id, closed_on, value AS measure
FROM won
WHERE value IS NOT NULL
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM won
WHERE value IS NULL
GROUP BY value_issue
UNION ALL
SELECT reason, n
FROM closing_left_out
WHERE outcome = 'won'
ORDER BY reason
