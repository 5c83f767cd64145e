/*
# Which intent signals are strong, and on which days an account was in market by them. Shared by the metrics that name it in
# `uses`. It reads all signals, whatever the filter: a metric joins it to its own accounts.
[options.intent_min]
default = 60.0
minimum = 0
meaning = "The least score, of 100, at which a topic counts as researched."
[options.intent_topics]
default = 1
minimum = 1
meaning = "Topics of one vendor that make an account in market."
[options.intent_days]
default = 30
minimum = 1
meaning = "Days for which a signal counts, its own day included."
*/
-- section: strong_signals
SELECT account_id, coalesce(vendor, '(none)') AS vendor, lower(coalesce(topic, '(none)')) AS topic_key, topic, is_competitor,
  CAST(score AS DOUBLE) * 100 / coalesce(nullif(CAST(scale AS DOUBLE), 0), 100) AS score, observed_on
FROM model.intent
WHERE account_id IS NOT NULL AND observed_on <= $as_of
  AND CAST(score AS DOUBLE) * 100 / coalesce(nullif(CAST(scale AS DOUBLE), 0), 100) >= $intent_min
;
-- section: in_market_spans
-- In market on every day from since_on until the day before until_on; spans of an account may overlap.
SELECT account_id, observed_on AS since_on,
  CAST(observed_on + CAST($intent_days AS INTEGER) * INTERVAL '1' DAY AS DATE) AS until_on
FROM strong_signals
WHERE $intent_topics = 1
UNION ALL
SELECT account_id, since_on, CAST(latest_on + CAST($intent_days AS INTEGER) * INTERVAL '1' DAY AS DATE)
FROM (
  SELECT account_id, since_on, latest_on,
    row_number() OVER (PARTITION BY account_id, vendor, since_on ORDER BY latest_on DESC, topic_key) AS position
  FROM (
    SELECT d.account_id, d.vendor, d.observed_on AS since_on, s.topic_key, max(s.observed_on) AS latest_on
    FROM (SELECT DISTINCT account_id, vendor, observed_on FROM strong_signals WHERE $intent_topics > 1) d
    JOIN strong_signals s ON s.account_id = d.account_id AND s.vendor = d.vendor AND s.observed_on <= d.observed_on
      AND date_diff('day', s.observed_on, d.observed_on) < CAST($intent_days AS INTEGER)
    GROUP BY d.account_id, d.vendor, d.observed_on, s.topic_key
  ) latest
) ranked
WHERE position = $intent_topics
