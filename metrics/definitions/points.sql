/*
# What a touch is worth. Shared by the metrics that name it in `uses`, with touches in front of it: ["touches", "points"].
# Only visits, responses, meetings held and calls connected earn points, and only once they have happened on a known day.
[options.page_points]
default = 1.0
minimum = 0
meaning = "Engagement points of a web visit."
[options.click_points]
default = 1.0
minimum = 0
meaning = "Engagement points of an e-mail click."
[options.reply_points]
default = 2.0
minimum = 0
meaning = "Engagement points of a reply: to an e-mail or a campaign, in a chat, on a call."
[options.download_points]
default = 10.0
minimum = 0
meaning = "Engagement points of a download: content taken or a form filled in."
[options.webinar_points]
default = 30.0
minimum = 0
meaning = "Engagement points of a webinar or event attended."
[options.meeting_points]
default = 30.0
minimum = 0
meaning = "Engagement points of a meeting held."
*/
-- section: scored_touches
SELECT activity_id, account_id, contact_id, opportunity_id, kind, side, direction, channel, campaign, is_personal, minutes,
  occurred_at, occurred_on,
  CASE
    WHEN kind = 'web_visit' THEN CAST($page_points AS DOUBLE)
    WHEN kind = 'email_click' THEN CAST($click_points AS DOUBLE)
    WHEN kind IN ('email_reply', 'campaign_response', 'chat', 'call') THEN CAST($reply_points AS DOUBLE)
    WHEN kind IN ('content', 'form') THEN CAST($download_points AS DOUBLE)
    WHEN kind IN ('webinar', 'event') THEN CAST($webinar_points AS DOUBLE)
    WHEN kind = 'meeting' THEN CAST($meeting_points AS DOUBLE)
  END AS points
FROM touches
WHERE (is_response OR is_conversation) AND occurred_at IS NOT NULL
;
-- section: points_left_out
-- Points of the 90 days before a period still count in it.
SELECT 'touch without an account' AS reason, count(*) AS n
FROM scored_touches t
JOIN days_asked d ON d.is_whole
  OR (t.occurred_on >= CAST(d.starts_on - INTERVAL '90' DAY AS DATE) AND t.occurred_on < d.ends_before)
WHERE t.account_id IS NULL
UNION ALL
SELECT 'touch without a date', count(*)
FROM touches
WHERE (is_response OR is_conversation) AND occurred_at IS NULL
