-- What rows call a campaign becomes the campaign's name and channel: found by its id, else by a name that is only one's.
-- Campaigns of the same name carry their ids behind it, so that nothing counts them as one.

CREATE TEMP TABLE named_campaigns AS
SELECT _import, _row, id_key(campaign_id) AS id_key, lower(campaign) AS name_key, count(*) OVER (PARTITION BY lower(campaign)) AS namesakes,
       CASE WHEN campaign IS NULL THEN campaign_id
            WHEN count(*) OVER (PARTITION BY lower(campaign)) > 1 THEN campaign || ' (' || campaign_id || ')'
            ELSE campaign END AS campaign,
       channel, program, uses_intent
FROM merged_campaigns;

CREATE TEMP TABLE campaign_links AS
SELECT w.said, i.campaign IS NULL AND n.campaign IS NULL AS is_lost,
       i.campaign IS NULL AND lower(w.said) IN (SELECT name_key FROM named_campaigns WHERE namesakes > 1) AS is_shared,
       coalesce(i.campaign, n.campaign, w.said) AS campaign, coalesce(i.channel, n.channel) AS channel,
       coalesce(i.program, n.program) AS program, coalesce(i.uses_intent, n.uses_intent) AS uses_intent
FROM (
    SELECT campaign AS said FROM merged_activities WHERE campaign IS NOT NULL
    UNION SELECT campaign FROM merged_opportunities WHERE campaign IS NOT NULL
    UNION SELECT campaign FROM merged_spend WHERE campaign IS NOT NULL
) w
LEFT JOIN (
    SELECT id_key, min(campaign) AS campaign, min(channel) AS channel, min(program) AS program, min(uses_intent) AS uses_intent
    FROM named_campaigns GROUP BY id_key
) i
  ON i.id_key = id_key(w.said)
LEFT JOIN named_campaigns n ON n.name_key = lower(w.said) AND n.namesakes = 1;
