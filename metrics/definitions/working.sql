/*
# Which side works an account by a touch. Shared by the metrics that name it in `uses`. It reads all touches, whatever filter
# there is on them: a metric joins it to its own accounts.
*/
-- section: working_touches
SELECT activity_id, account_id, kind, direction, occurred_at, occurred_on, occurred_at = CAST(occurred_on AS TIMESTAMP) AS is_dated,
  CASE
    WHEN side IS NOT NULL THEN side
    WHEN kind IN ('meeting', 'call') THEN 'sales'
    WHEN kind NOT IN ('task', 'note', 'email_open') THEN 'marketing'
  END AS worked_by
FROM model.activities
WHERE coalesce(is_done, TRUE) AND kind <> 'ad_impression' AND (occurred_on IS NULL OR occurred_on <= $as_of)
