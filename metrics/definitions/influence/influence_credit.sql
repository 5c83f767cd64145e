/*
title = "Influence credit"
definition = "Amounts of the deals won in the period, credited to the channels of the touches on their way: all touches of the account from window_days before the opening to the closing, in order, repeats counted. First and last give the whole amount to one touch, linear shares it equally, position gives 40 % each to the first and the last and shares 20 % among those between (two touches 50 % each, one 100 %). Each model adds up to the influenced amount: a deal without a touch earns nobody anything. Where ready-made journeys are loaded, these are credited instead: the value (or weight) of a conversion goes to the touches up to it, and a journey without a conversion earns nothing."
formula = "parts of the amounts of {n} won deals, added"
unit = "deal"
clock = "closed_on"
format = "money"
better = "higher"
keys = ["model", "channel"]
needs = []
uses = ["touches", "ways", "deal_dates", "influencing"]
[change]
kind = "sum"
[options.journeys]
default = "loaded"
choices = ["loaded", "touches"]
meaning = "Where the way to a deal comes from: ready-made journeys, where a file of them is loaded (loaded), or always the accounts' touches (touches)."
*/
-- section: source
SELECT $journeys = 'loaded' AND EXISTS (SELECT 1 FROM model.journeys) AS is_ready
;
-- section: won
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.value, o.value_issue, o.opened_on, o.closed_on,
  CASE WHEN o.closed_on < $as_of THEN o.closed_on ELSE $as_of END AS until_on
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
JOIN source s ON NOT s.is_ready
WHERE o.outcome = 'won'
;
-- section: deal_steps
SELECT w.segment, w.period, w.opportunity_id, w.account_id, CAST(NULL AS VARCHAR) AS journey_id,
  CAST(NULL AS BIGINT) AS conversion, w.value, y.channel, y.position, y.touches
FROM won w
JOIN ways y ON y.opportunity_id = w.opportunity_id
;
-- section: ordered
SELECT j.journey_id, j.channel, j.is_conversion, j.value, CAST(j.touched_at AS DATE) AS touched_on,
  row_number() OVER (
    PARTITION BY j.journey_id ORDER BY j.position NULLS LAST, j.touched_at NULLS LAST, j.channel NULLS LAST) AS position
FROM model.journeys j
JOIN source s ON s.is_ready
;
-- section: conversions
SELECT p.period, c.journey_id, c.position, c.value
FROM periods p
JOIN ordered c ON p.is_whole OR (c.touched_on >= p.starts_on AND c.touched_on < p.ends_before)
WHERE c.is_conversion
;
-- section: ready_steps
SELECT 'All' AS segment, c.period, CAST(NULL AS VARCHAR) AS opportunity_id, CAST(NULL AS VARCHAR) AS account_id,
  c.journey_id, c.position AS conversion, c.value, t.channel,
  row_number() OVER (PARTITION BY c.period, c.journey_id, c.position ORDER BY t.position) AS position,
  count(*) OVER (PARTITION BY c.period, c.journey_id, c.position) AS touches
FROM conversions c
JOIN ordered t ON t.journey_id = c.journey_id AND t.position <= c.position
WHERE t.channel IS NOT NULL OR NOT coalesce(t.is_conversion, FALSE)
;
-- section: steps
SELECT segment, period, opportunity_id, account_id, journey_id, conversion, value, channel, position, touches FROM deal_steps
UNION ALL
SELECT segment, period, opportunity_id, account_id, journey_id, conversion, value, channel, position, touches FROM ready_steps
;
-- section: models
SELECT 'first' AS model, 1 AS model_order
UNION ALL
SELECT 'last', 2
UNION ALL
SELECT 'linear', 3
UNION ALL
SELECT 'position', 4
;
-- section: credited
SELECT s.segment, s.period, m.model, m.model_order, coalesce(s.channel, '(none)') AS channel, s.opportunity_id, s.account_id,
  s.journey_id, s.conversion, s.value, s.touches,
  CASE m.model
    WHEN 'first' THEN CASE WHEN s.position = 1 THEN 1.0 ELSE 0.0 END
    WHEN 'last' THEN CASE WHEN s.position = s.touches THEN 1.0 ELSE 0.0 END
    WHEN 'linear' THEN CAST(1 AS DOUBLE) / s.touches
    ELSE CASE
      WHEN s.touches <= 2 THEN CAST(1 AS DOUBLE) / s.touches
      WHEN s.position = 1 OR s.position = s.touches THEN 0.4
      ELSE CAST(0.2 AS DOUBLE) / (s.touches - 2)
    END
  END AS credit
FROM steps s
CROSS JOIN models m
;
-- section: rows
SELECT segment, period, model, channel, model_order, opportunity_id, account_id, journey_id, conversion, sum(credit) AS credit,
  count(*) AS channel_touches, max(touches) AS journey_touches, max(value) AS journey_value,
  CAST(sum(credit) AS DOUBLE) * max(value) AS measure
FROM credited
WHERE credit > 0
GROUP BY segment, period, model, channel, model_order, opportunity_id, account_id, journey_id, conversion
;
-- section: answer
SELECT segment, period, model, channel, value, n,
  value / nullif(sum(value) OVER (PARTITION BY segment, period, model), 0) AS share, deals
FROM (
  SELECT segment, period, model, channel, model_order, sum(measure) AS value, count(measure) AS n, count(*) AS deals
  FROM rows
  GROUP BY segment, period, model, channel, model_order
) summed
ORDER BY segment, period, model_order, value DESC NULLS LAST, channel
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM won
WHERE value IS NULL
GROUP BY value_issue
UNION ALL
SELECT 'no opening date', count(*)
FROM won
WHERE opened_on IS NULL
UNION ALL
SELECT 'no closing date', count(*)
FROM won
WHERE closed_on IS NULL AND opened_on IS NOT NULL
UNION ALL
SELECT reason, n
FROM closing_left_out
WHERE outcome = 'won' AND NOT (SELECT is_ready FROM source)
UNION ALL
SELECT 'no touch on the way', count(*)
FROM won w
WHERE w.opened_on IS NOT NULL AND w.closed_on IS NOT NULL
  AND EXISTS (SELECT 1 FROM model.activities)
  AND NOT EXISTS (SELECT 1 FROM deal_steps s WHERE s.opportunity_id = w.opportunity_id)
UNION ALL
SELECT 'touch without an account', count(*)
FROM touches
WHERE account_id IS NULL AND (is_response OR ($touch = 'any' AND is_coverage)) AND NOT (SELECT is_ready FROM source)
UNION ALL
SELECT 'touch without a date', count(*)
FROM touches
WHERE account_id IS NOT NULL AND occurred_on IS NULL AND (is_response OR ($touch = 'any' AND is_coverage))
  AND NOT (SELECT is_ready FROM source)
UNION ALL
SELECT 'conversion without a date', count(*)
FROM ordered
WHERE is_conversion AND touched_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
UNION ALL
SELECT 'conversion without a value', count(*)
FROM conversions
WHERE value IS NULL
UNION ALL
SELECT 'journey without a conversion', count(*)
FROM (SELECT journey_id FROM ordered GROUP BY journey_id HAVING NOT bool_or(coalesce(is_conversion, FALSE))) unconverted
ORDER BY reason
;
-- section: warnings
SELECT 'The credit is that of {n} ready-made journeys, which know no accounts and no deals: filters and splits do not reach them.' AS warning,
  count(DISTINCT journey_id) AS n
FROM ordered
UNION ALL
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): what touched them before their opening cannot be told.',
  count(*)
FROM won w
JOIN model.opportunities o ON o.opportunity_id = w.opportunity_id
WHERE o.opened_on IS NOT NULL AND NOT o.opening_known
UNION ALL
SELECT 'Influence credit needs deals and activities, or ready-made journeys: nothing of it is loaded.', 1
WHERE NOT EXISTS (SELECT 1 FROM model.journeys)
  AND NOT (EXISTS (SELECT 1 FROM model.opportunities) AND EXISTS (SELECT 1 FROM model.activities))
ORDER BY warning
