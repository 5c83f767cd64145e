/*
# Which accounts research a competitor. Shared by the metrics that name it in `uses`, with positions and in_market in front of it. It
# reads all deals and signals, whatever the filter: a metric joins it to its own.
[options.competitors]
default = ""
meaning = "Names of competitors, separated by commas, beside those that signals and deals name: a topic with that name as words of its own is about a competitor."
*/
-- section: known_competitors
SELECT min(competitor) AS competitor
FROM (
  SELECT trim(competitor) AS competitor FROM model.opportunities
  UNION ALL
  SELECT trim(topic) FROM model.intent WHERE is_competitor
  UNION ALL
  SELECT trim(split_part($competitors, ',', position))
  FROM positions
  WHERE position <= 1 + length($competitors) - length(replace($competitors, ',', ''))
) named
WHERE competitor <> ''
GROUP BY lower(competitor)
;
-- section: competitor_signals
-- The strong topics of the last days that a signal marks, or that hold a competitor's name as words of their own.
SELECT s.account_id, s.vendor, s.topic, s.score, s.observed_on, coalesce(c.competitor, s.topic) AS competitor
FROM strong_signals s
LEFT JOIN known_competitors c ON strpos(' ' || s.topic_key || ' ', ' ' || lower(c.competitor) || ' ') > 0
WHERE date_diff('day', s.observed_on, $as_of) < CAST($intent_days AS INTEGER)
  AND (s.is_competitor OR c.competitor IS NOT NULL)
