/*
*/
-- section: touches
SELECT activity_id, opportunity_id, account_id, contact_id, side, occurred_at, occurred_on
FROM model.activities
WHERE coalesce(is_done, TRUE) AND occurred_on <= $as_of
  AND kind NOT IN ('ad_impression', 'campaign_sent')
  AND NOT (kind IN ('email_sent', 'direct_mail') AND coalesce(side, 'sales') = 'marketing')
