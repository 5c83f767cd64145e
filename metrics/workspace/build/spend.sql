-- What things cost: reports of advertising platforms, other costs, campaigns' own.

-- A newer report of an advertising platform restates all days that it covers (those that it names above its rows or beside them,
-- else from its first to its last), however its rows divide them. What older reports on the same campaign say of these days is
-- superseded; a cost over more days than that keeps its even share of the others.
CREATE TEMP TABLE platform_spans AS
SELECT i.stands_as AS _import, s.channel, s.campaign, s.currency, min(s._row) AS _row,
       min(least(s.spent_on, s._covers_from)) AS since, max(greatest(s.spent_on, s.spent_until, s._covers_until)) AS until
FROM merged_spend s JOIN imports i ON i._import = s._import
WHERE s._is_platform AND s.campaign IS NOT NULL
GROUP BY i.stands_as, s.channel, s.campaign, s.currency;

CREATE TEMP TABLE superseded AS
SELECT s._import, s._row, s.spent_on, coalesce(s.spent_until, s.spent_on) AS spent_until, p._import AS newer, p._row AS newer_row,
       greatest(p.since, s.spent_on) AS since, least(p.until, coalesce(s.spent_until, s.spent_on)) AS until
FROM merged_spend s
JOIN imports i ON i._import = s._import
JOIN platform_spans p ON p.channel = s.channel AND p.campaign = s.campaign AND p.currency IS NOT DISTINCT FROM s.currency
WHERE s._is_platform AND p._import > i.stands_as AND p.since <= coalesce(s.spent_until, s.spent_on) AND p.until >= s.spent_on;

-- The days of a superseded cost that no newer report covers: before, between and after those that are.
CREATE TEMP TABLE remaining_spans AS
SELECT _import, _row, since, until, (until - since + 1) / days AS share
FROM (
    SELECT _import, _row, spent_until - spent_on + 1 AS days, since - 1 AS until,
           coalesce(max(until) OVER (PARTITION BY _import, _row ORDER BY since, newer ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) + 1,
                    spent_on) AS since
    FROM superseded
    UNION ALL BY NAME
    SELECT _import, _row, spent_until - spent_on + 1 AS days, max(until) + 1 AS since, spent_until AS until
    FROM superseded GROUP BY _import, _row, spent_on, spent_until
)
WHERE since <= until;

CREATE TEMP TABLE standing_spend AS
SELECT s.* EXCLUDE (_covers_from, _covers_until)
FROM merged_spend s ANTI JOIN superseded x ON x._import = s._import AND x._row = s._row
UNION ALL BY NAME
SELECT s.* EXCLUDE (_covers_from, _covers_until) REPLACE (
           r.since AS spent_on, CASE WHEN r.until > r.since THEN r.until END AS spent_until,
           CAST(s.amount * r.share AS DECIMAL(18, 4)) AS amount,
           CAST(round(s.impressions * r.share) AS BIGINT) AS impressions, CAST(round(s.clicks * r.share) AS BIGINT) AS clicks)
FROM merged_spend s JOIN remaining_spans r ON r._import = s._import AND r._row = s._row;

CREATE TEMP TABLE campaign_spend AS
SELECT s.* REPLACE (
           coalesce(k.campaign, s.campaign) AS campaign,
           CASE WHEN s._is_platform THEN coalesce(k.channel, s.channel) ELSE coalesce(s.channel, k.channel) END AS channel,
           coalesce(s.program, k.program) AS program, coalesce(s.uses_intent, k.uses_intent) AS uses_intent)
FROM standing_spend s
LEFT JOIN campaign_links k ON k.said = s.campaign;

-- A campaign's actual cost is spend unless spend was loaded for it. What it has cost so far was spent until the export's day, or
-- the as-of day: no part of it lies in the future.
CREATE TABLE model.spend AS
WITH every AS (
    SELECT * EXCLUDE (_is_platform) FROM campaign_spend
    UNION ALL BY NAME
    SELECT coalesce(c.starts_on, c.ends_on) AS spent_on,
           CASE WHEN c.ends_on > c.starts_on THEN greatest(least(c.ends_on, i.export_day, (SELECT as_of FROM facts)), c.starts_on) END AS spent_until,
           'marketing' AS side, c.program, c.uses_intent,
           c.channel, n.campaign, c.actual_cost AS amount, c.currency, c._names_currency, c._import, c._row
    FROM merged_campaigns c
    JOIN named_campaigns n ON n._import = c._import AND n._row = c._row
    JOIN imports i ON i._import = c._import
    WHERE c.actual_cost > 0 AND coalesce(c.starts_on, c.ends_on) IS NOT NULL
      AND NOT EXISTS (
          SELECT 1 FROM campaign_spend s WHERE s.campaign = n.campaign OR lower(s.campaign) IN (lower(c.campaign), lower(c.campaign_id))
      )
)
SELECT s.* EXCLUDE (_names_currency),
       in_reporting_currency(s.amount, s.currency, r.rate, s._names_currency) AS value,
       money_issue(s.amount, s.currency, r.rate, s._names_currency) AS value_issue
FROM every s
LEFT JOIN rates r ON r.currency = upper(s.currency) AND r.day = s.spent_on
ORDER BY s.spent_on, s._import, s._row;
