/*
title = "Marketing influence"
definition = "Share of the amount of open deals (pipeline) and of deals won in the period (won) whose account had a marketing touch. Anchored at the opening: touched before (in the window_days before it) and touched during (not before, but between opening and closing, for open deals the as-of day); their sum is the value, uninfluenced is the rest. Anchored at the closing: any touch in the window_days up to the closing, for open deals the as-of day. Touches after the closing never count. A response is a visit or response of marketing or inbound; touch=any adds sends, direct mail, campaign members who did not respond and impressions. Sourced: the deal's source is one of marketing_sources, or it has a primary campaign that not_marketing_campaigns does not name."
formula = "amounts of the influenced among {n} deals ÷ amounts of all of them"
unit = "deal"
clock = "closed_on"
format = "percent"
better = "higher"
keys = ["of"]
needs = ["opportunities"]
uses = ["touches", "deal_dates", "sourced", "influencing"]
compare = "ratio"
touches = true
[change]
kind = "rate"
under = "amount"
[change.of.pipeline]
kind = "none"
because = "today"
[options.anchor]
default = "opened"
choices = ["opened", "closed"]
meaning = "Count the window back from the deal's opening, or from its closing."
[lists]
coverage = "Open deals by channel: touches within the window and the last of them (with touch=any also sends and the like)."
*/
-- section: deals
SELECT 'won' AS of, o.segment, p.period, o.opportunity_id, o.account_id, o.source, o.campaign, o.value, o.value_issue,
  o.opened_on, o.closed_on, CASE WHEN o.closed_on < $as_of THEN o.closed_on ELSE $as_of END AS until_on
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'won'
UNION ALL
SELECT 'pipeline', o.segment, p.period, o.opportunity_id, o.account_id, o.source, o.campaign, o.value, o.value_issue,
  o.opened_on, o.closed_on, $as_of
FROM periods p
JOIN opportunities o ON p.period IS NULL
WHERE o.outcome = 'open' AND (o.opened_on IS NULL OR o.opened_on <= $as_of)
;
-- section: anchored
SELECT of, segment, period, opportunity_id, account_id, source, campaign, value, opened_on, closed_on, until_on,
  CASE WHEN $anchor = 'opened' AND opened_on <= until_on THEN opened_on ELSE CAST(until_on + INTERVAL '1' DAY AS DATE) END AS anchor_on,
  CASE WHEN $anchor = 'opened' THEN opened_on ELSE until_on END AS counted_from
FROM deals
WHERE ($anchor = 'closed' OR opened_on IS NOT NULL) AND (of = 'pipeline' OR closed_on IS NOT NULL)
;
-- section: anchors
SELECT DISTINCT account_id, anchor_on
FROM anchored
WHERE account_id IS NOT NULL
;
-- section: spells
SELECT account_id, anchor_on AS starts_on,
  coalesce(lead(anchor_on) OVER (PARTITION BY account_id ORDER BY anchor_on), DATE '9999-12-31') AS ends_before
FROM anchors
UNION ALL
SELECT account_id, DATE '0001-01-01', min(anchor_on)
FROM anchors
GROUP BY account_id
;
-- section: touched_spells
SELECT s.account_id, s.starts_on, min(t.occurred_on) AS first_touch_on, max(t.occurred_on) AS last_touch_on
FROM touches t
JOIN spells s ON s.account_id = t.account_id AND t.occurred_on >= s.starts_on AND t.occurred_on < s.ends_before
WHERE t.is_response OR ($touch = 'any' AND t.is_coverage)
GROUP BY s.account_id, s.starts_on
;
-- section: around
SELECT s.account_id, s.starts_on AS anchor_on,
  max(t.last_touch_on) OVER (
    PARTITION BY s.account_id ORDER BY s.starts_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last_touch_on,
  min(t.first_touch_on) OVER (
    PARTITION BY s.account_id ORDER BY s.starts_on ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next_touch_on
FROM spells s
LEFT JOIN touched_spells t ON t.account_id = s.account_id AND t.starts_on = s.starts_on
;
-- section: known
SELECT EXISTS (SELECT 1 FROM model.activities) AS has_touches
;
-- section: judged
SELECT d.of, d.segment, d.period, d.opportunity_id, d.account_id, d.source, d.campaign, d.value, d.opened_on, d.closed_on,
  CASE
    WHEN NOT k.has_touches THEN NULL
    WHEN a.last_touch_on IS NOT NULL AND ($window_days = 0 OR date_diff('day', a.last_touch_on, d.counted_from) <= $window_days)
      THEN 'touched before'
    WHEN $anchor = 'opened' AND a.next_touch_on <= d.until_on THEN 'touched during'
    ELSE 'uninfluenced'
  END AS influence,
  a.last_touch_on, CASE WHEN a.next_touch_on <= d.until_on THEN a.next_touch_on END AS next_touch_on,
  (d.campaign IS NOT NULL AND n.campaign IS NULL) OR (
    d.source IS NOT NULL
    AND strpos(';' || replace(replace(lower($marketing_sources), '_', ' '), '; ', ';') || ';', ';' || lower(replace(trim(d.source), '_', ' ')) || ';') > 0) AS is_sourced
FROM anchored d
CROSS JOIN known k
LEFT JOIN around a ON a.account_id = d.account_id AND a.anchor_on = d.anchor_on
LEFT JOIN other_campaigns n ON n.campaign = d.campaign
;
-- section: coverage
SELECT d.segment, d.period, d.of, d.opportunity_id, d.account_id, coalesce(t.channel, '(none)') AS channel,
  count(*) AS touches, max(t.occurred_on) AS last_touch_on
FROM anchored d
JOIN touches t ON t.account_id = d.account_id AND t.occurred_on <= d.until_on
  AND ($window_days = 0 OR date_diff('day', t.occurred_on, d.counted_from) <= $window_days)
WHERE d.of = 'pipeline' AND (t.is_response OR ($touch = 'any' AND t.is_coverage))
GROUP BY d.segment, d.period, d.of, d.opportunity_id, d.account_id, coalesce(t.channel, '(none)')
;
-- section: rows
SELECT segment, period, of, opportunity_id, account_id, influence, last_touch_on, next_touch_on, is_sourced AS sourced,
  CASE WHEN value IS NULL OR influence IS NULL THEN NULL WHEN influence = 'uninfluenced' THEN 0.0 ELSE value END AS measure, value AS weight
FROM judged
;
-- section: answer
SELECT segment, period, of, CASE WHEN has_touches THEN (before + during) / nullif(amount, 0) END AS value, n,
  CASE WHEN has_touches AND $anchor = 'opened' THEN before / nullif(amount, 0) END AS touched_before,
  CASE WHEN has_touches AND $anchor = 'opened' THEN during / nullif(amount, 0) END AS touched_during,
  CASE WHEN has_touches AND $anchor = 'opened' THEN uninfluenced / nullif(amount, 0) END AS uninfluenced,
  CASE WHEN has_touches THEN CAST(touched_deals AS DOUBLE) / nullif(deals, 0) END AS share_deals,
  CASE WHEN told_deals > 0 THEN sourced / nullif(amount, 0) END AS sourced, amount, deals
FROM (
  SELECT segment, period, of, count(*) AS deals, count(value) AS n, sum(value) AS amount,
    count(*) FILTER (WHERE influence <> 'uninfluenced') AS touched_deals,
    count(*) FILTER (WHERE source IS NOT NULL OR campaign IS NOT NULL) AS told_deals,
    coalesce(sum(value) FILTER (WHERE influence = 'touched before'), 0) AS before,
    coalesce(sum(value) FILTER (WHERE influence = 'touched during'), 0) AS during,
    coalesce(sum(value) FILTER (WHERE influence = 'uninfluenced'), 0) AS uninfluenced,
    coalesce(sum(value) FILTER (WHERE is_sourced), 0) AS sourced
  FROM judged
  GROUP BY segment, period, of
) counted
CROSS JOIN known
ORDER BY segment, period, of
;
-- section: touches_asked
-- Touches of these days could have influenced a deal; none is known where no deal has its dates.
SELECT min(counted_from) AS since_on, max(until_on) AS until_on
FROM anchored
;
-- section: left_out
SELECT d.value_issue AS reason, count(*) AS n
FROM deals d
WHERE d.value IS NULL AND ($anchor = 'closed' OR d.opened_on IS NOT NULL) AND (d.of = 'pipeline' OR d.closed_on IS NOT NULL)
GROUP BY d.value_issue
UNION ALL
SELECT 'no opening date', count(*)
FROM deals
WHERE $anchor = 'opened' AND opened_on IS NULL
UNION ALL
SELECT 'no closing date', count(*)
FROM deals
WHERE of = 'won' AND closed_on IS NULL AND ($anchor = 'closed' OR opened_on IS NOT NULL)
UNION ALL
SELECT reason, n
FROM closing_left_out
WHERE outcome = 'won'
UNION ALL
SELECT reason, n
FROM opening_left_out
WHERE outcome = 'open' AND reason = 'opened after as-of'
UNION ALL
SELECT 'touch without an account', count(*)
FROM touches t
CROSS JOIN touches_asked a
WHERE t.account_id IS NULL AND t.occurred_on IS NOT NULL AND (t.is_response OR ($touch = 'any' AND t.is_coverage))
  AND (a.until_on IS NULL OR (t.occurred_on <= a.until_on AND ($window_days = 0 OR date_diff('day', t.occurred_on, a.since_on) <= $window_days)))
UNION ALL
SELECT 'touch without a date', count(*)
FROM touches
WHERE occurred_on IS NULL AND (is_response OR ($touch = 'any' AND is_coverage))
ORDER BY reason
;
-- section: warnings
SELECT 'No activities are loaded: what touched the deals is not known, only which deals marketing sourced.' AS warning, 1 AS n
WHERE NOT EXISTS (SELECT 1 FROM model.activities)
UNION ALL
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): what touched them before their opening cannot be told.',
  count(*)
FROM deals d
JOIN opportunities o ON o.opportunity_id = d.opportunity_id
WHERE $anchor = 'opened' AND o.opened_on IS NOT NULL AND NOT o.opening_known
