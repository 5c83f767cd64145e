/*
# Which activities are touches, and of what sort. Shared by the metrics that name it in `uses`.
*/
-- section: touches
SELECT t.activity_id, t.account_id, t.contact_id, t.opportunity_id, t.kind, t.side, t.direction, t.channel, t.campaign,
  t.is_personal, t.minutes, t.occurred_at, t.occurred_on,
  t.kind IN ('web_visit', 'form', 'content', 'chat', 'email_click', 'email_reply', 'campaign_response', 'webinar', 'event')
    AND (t.side = 'marketing' OR t.direction = 'in' OR (t.side IS NULL AND t.direction IS NULL)) AS is_response,
  t.kind IN ('meeting', 'call') AS is_conversation,
  t.kind IN ('email_sent', 'direct_mail', 'campaign_sent', 'ad_impression')
    AND (t.side = 'marketing' OR t.side IS NULL) AS is_coverage
FROM activities t
WHERE coalesce(t.is_done, TRUE) AND (t.occurred_on IS NULL OR t.occurred_on <= $as_of)
;
-- section: days_asked
SELECT min(starts_on) AS starts_on, max(ends_before) AS ends_before, bool_and(is_whole) AS is_whole
FROM periods
