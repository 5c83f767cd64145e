/*
title = "Brand perception"
definition = "What people answer and what is said in public, by measure and wave. nps: share of answers of 9 or 10 less share of 0 to 6, times 100. authority, trust: mean share of the answers' scale, from 0 for its lowest to 1 for its highest score. net_sentiment: (positive − negative) ÷ mentions of the own brand with a sentiment, positive from neutral_within up and negative from minus it down. share_of_voice: mentions of the own brand ÷ mentions of it and its competitors; n/a without any of a competitor. A wave is the survey's own or the calendar quarter; of one person's answers to a question in a wave the newest counts. by_reach: the same with each mention as heavy as its reach. sentiment: mean of the scored comments beside the answers, over sentiment_n. change: against the wave before."
formula = "mean share of scale of {n} answers"
unit = "answer"
clock = "answered_on"
format = "score"
better = "higher"
keys = ["measure", "wave"]
shares = ["authority", "trust", "net_sentiment", "share_of_voice"]
needs = []
uses = ["answers"]
compare = "mean"
steps = ["opinion_intervals"]
[change]
kind = "none"
because = "wave"
[formulas]
nps = "100 × ({promoters} of 9 or 10 − {detractors} of 0 to 6) ÷ {n} answers"
net_sentiment = "({positive} positive − {negative} negative) ÷ {n} scored mentions"
share_of_voice = "{numerator} mentions of the own brand ÷ {denominator} of it and its competitors"
[options.own_brands]
default = ""
meaning = "The company's own brands as mentions name them, separated by semicolons, for mentions that do not say which brands compete; every other brand is a competitor's."
[options.neutral_within]
default = 0.05
minimum = 0
meaning = "Sentiment, from -1 to 1, below which a mention is neither positive nor negative."
[lists]
brands = "Mentions, reach and sentiment of each brand, wave by wave."
*/
-- section: answers_in
SELECT s.segment, p.period, s.question AS measure, coalesce(s.wave, '(none)') AS wave, s.answer_id, s.account_id, s.contact_id,
  s.survey, s.subject, s.answered_on AS said_on, s.score, s.share_of_scale, s.sentiment, s.place
FROM periods p
JOIN ranked_answers s ON p.is_whole OR (s.answered_on >= p.starts_on AND s.answered_on < p.ends_before)
WHERE s.question IN ('nps', 'authority', 'trust')
;
-- section: told
SELECT EXISTS (SELECT 1 FROM model.mentions WHERE is_competitor IS NOT NULL OR (brand IS NOT NULL AND CAST($own_brands AS VARCHAR) <> ''))
  AS tells_brands
;
-- section: owned
SELECT m.segment, m.mention_id, m.account_id, m.brand, m.source, m.sentiment, m.reach, m.published_on, m.wave,
  CASE
    WHEN m.is_competitor IS NOT NULL THEN NOT m.is_competitor
    WHEN m.brand IS NOT NULL AND CAST($own_brands AS VARCHAR) <> ''
      THEN strpos(';' || replace(lower(CAST($own_brands AS VARCHAR)), '; ', ';') || ';', ';' || lower(trim(m.brand)) || ';') > 0
    WHEN NOT t.tells_brands THEN TRUE
  END AS is_own
FROM mentions m
CROSS JOIN told t
WHERE m.published_on IS NULL OR m.published_on <= $as_of
;
-- section: mentions_in
SELECT o.segment, p.period, coalesce(o.wave, '(none)') AS wave, o.mention_id, o.account_id, coalesce(o.brand, '(none)') AS brand,
  o.source, o.sentiment, o.reach, o.published_on, o.is_own,
  CASE
    WHEN o.sentiment IS NULL THEN NULL
    WHEN o.sentiment > 0 AND o.sentiment >= $neutral_within THEN 1.0
    WHEN o.sentiment < 0 AND o.sentiment <= -$neutral_within THEN -1.0
    ELSE 0.0
  END AS mood
FROM periods p
JOIN owned o ON p.is_whole OR (o.published_on >= p.starts_on AND o.published_on < p.ends_before)
;
-- section: competing
SELECT EXISTS (SELECT 1 FROM owned WHERE NOT is_own) AS has_competitors
;
-- section: rows
SELECT segment, period, measure, wave, answer_id, account_id, contact_id, said_on, score, subject AS said, sentiment,
  CAST(NULL AS DOUBLE) AS reach,
  CASE WHEN measure <> 'nps' THEN share_of_scale WHEN score >= 9 THEN 100.0 WHEN score <= 6 THEN -100.0 ELSE 0.0 END AS measured
FROM answers_in
WHERE place = 1 AND segment IS NOT NULL
UNION ALL
SELECT segment, period, 'net_sentiment', wave, mention_id, account_id, NULL, published_on, NULL, source, sentiment, reach, mood
FROM mentions_in
WHERE is_own AND mood IS NOT NULL AND segment IS NOT NULL
UNION ALL
SELECT m.segment, m.period, 'share_of_voice', m.wave, m.mention_id, m.account_id, NULL, m.published_on, NULL, m.brand, NULL,
  m.reach, CASE WHEN m.is_own THEN 1.0 ELSE 0.0 END
FROM mentions_in m
CROSS JOIN competing c
WHERE c.has_competitors AND m.is_own IS NOT NULL AND m.segment IS NOT NULL
;
-- section: brands
SELECT segment, period, wave, brand, is_own, min(mention_id) AS answer_id, CAST(NULL AS VARCHAR) AS account_id, count(*) AS mentions, sum(reach) AS reach,
  count(*) FILTER (WHERE mood > 0) AS positive, count(*) FILTER (WHERE mood < 0) AS negative, count(mood) AS scored,
  min(published_on) AS first_on, CAST(count(*) AS DOUBLE) / sum(count(*)) OVER (PARTITION BY segment, period, wave) AS measured
FROM mentions_in
WHERE is_own IS NOT NULL AND segment IS NOT NULL
GROUP BY segment, period, wave, brand, is_own
;
-- section: counted
SELECT segment, period, measure, wave, avg(measured) AS value, count(*) AS n, min(said_on) AS first_on,
  stddev_samp(measured) AS spread,
  CASE WHEN measure = 'share_of_voice' THEN count(*) FILTER (WHERE measured = 1) END AS numerator,
  CASE WHEN measure = 'share_of_voice' THEN count(*) END AS denominator,
  CASE WHEN measure = 'nps' THEN count(*) FILTER (WHERE measured > 0) END AS promoters,
  CASE WHEN measure = 'nps' THEN count(*) FILTER (WHERE measured = 0) END AS passives,
  CASE WHEN measure = 'nps' THEN count(*) FILTER (WHERE measured < 0) END AS detractors,
  CASE WHEN measure = 'net_sentiment' THEN count(*) FILTER (WHERE measured > 0) END AS positive,
  CASE WHEN measure = 'net_sentiment' THEN count(*) FILTER (WHERE measured = 0) END AS neutral,
  CASE WHEN measure = 'net_sentiment' THEN count(*) FILTER (WHERE measured < 0) END AS negative,
  sum(measured * reach) / nullif(sum(reach), 0) AS by_reach,
  CASE WHEN measure IN ('nps', 'authority', 'trust') THEN avg(sentiment) END AS sentiment,
  CASE WHEN measure IN ('nps', 'authority', 'trust') THEN count(sentiment) END AS sentiment_n
FROM rows
GROUP BY segment, period, measure, wave
;
-- section: answer
SELECT segment, period, measure, wave, value, n, numerator, denominator, promoters, passives, detractors, positive, neutral,
  negative, by_reach, sentiment, sentiment_n, first_on,
  value - lag(value) OVER (PARTITION BY segment, period, measure ORDER BY first_on NULLS LAST, wave) AS change, spread
FROM counted
ORDER BY segment, period,
  CASE measure WHEN 'nps' THEN 1 WHEN 'authority' THEN 2 WHEN 'trust' THEN 3 WHEN 'net_sentiment' THEN 4 ELSE 5 END,
  first_on NULLS LAST, wave
;
-- section: nameless
SELECT count(*) AS n
FROM (
  SELECT answer_id FROM answers_in WHERE place = 1 AND segment IS NULL
  UNION ALL
  SELECT mention_id FROM mentions_in WHERE is_own IS NOT NULL AND segment IS NULL
) unnamed
;
-- section: left_out
-- measure: of which one; mentions are of both of theirs, and what no measure asks of none.
SELECT reason, measure, sum(n) AS n
FROM (
  SELECT j.answer_issue AS reason, j.question AS measure, 1 AS n
  FROM periods p
  JOIN judged_answers j ON p.is_whole OR (j.answered_on >= p.starts_on AND j.answered_on < p.ends_before)
  WHERE j.answer_issue IS NOT NULL AND j.question IN ('nps', 'authority', 'trust')
  UNION ALL
  SELECT 'answered again in the same wave', measure, 1 FROM answers_in WHERE place > 1
  UNION ALL
  SELECT 'no date', s.question, 1
  FROM survey_answers s
  CROSS JOIN (SELECT DISTINCT is_whole FROM periods) p
  WHERE NOT p.is_whole AND s.answered_on IS NULL AND s.question IN ('nps', 'authority', 'trust')
  UNION ALL
  SELECT 'answered after as-of', question, 1
  FROM survey_answers
  WHERE answered_on > $as_of AND question IN ('nps', 'authority', 'trust')
  UNION ALL
  SELECT CASE WHEN s.question IS NULL THEN 'not known what was asked' ELSE 'another question' END, NULL, 1
  FROM periods p
  JOIN survey_answers s ON p.is_whole OR (s.answered_on >= p.starts_on AND s.answered_on < p.ends_before)
  WHERE s.question IS NULL OR s.question = 'other'
  UNION ALL
  SELECT 'answer of no account, which no split holds', measure, 1 FROM answers_in WHERE place = 1 AND segment IS NULL
  UNION ALL
  SELECT 'mention of no account, which no split holds', 'mentions', 1 FROM mentions_in WHERE is_own IS NOT NULL AND segment IS NULL
  UNION ALL
  SELECT 'mention without a sentiment (net sentiment only)', 'net_sentiment', 1
  FROM mentions_in
  WHERE is_own AND mood IS NULL AND segment IS NOT NULL
  UNION ALL
  SELECT 'mention not known to be of the own brand or a competitor''s', 'mentions', 1 FROM mentions_in WHERE is_own IS NULL
  UNION ALL
  SELECT 'mention without a date', 'mentions', 1
  FROM mentions m
  CROSS JOIN (SELECT DISTINCT is_whole FROM periods) p
  WHERE NOT p.is_whole AND m.published_on IS NULL
  UNION ALL
  SELECT 'mention after as-of', 'mentions', 1 FROM mentions WHERE published_on > $as_of
) left_over
GROUP BY reason, measure
ORDER BY reason, measure
;
-- section: warnings
SELECT 'No survey that asks for recommendation, authority or trust is loaded: what people think is not known.' AS warning, 1 AS n
WHERE NOT EXISTS (SELECT 1 FROM model.survey_answers WHERE question IN ('nps', 'authority', 'trust'))
UNION ALL
SELECT 'No mention is loaded: sentiment and share of voice in public are not known.', 1
WHERE NOT EXISTS (SELECT 1 FROM model.mentions)
UNION ALL
SELECT 'No mention says whose brand it is of: all {n} are taken to be of the own one. Name your brands in own_brands, or load mentions with a brand and whether it is a competitor.',
  count(*)
FROM mentions_in
CROSS JOIN told t
WHERE NOT t.tells_brands
UNION ALL
SELECT 'No mention of a competitor is loaded: share of voice is not known.', 1
FROM competing
WHERE NOT has_competitors AND EXISTS (SELECT 1 FROM model.mentions)
UNION ALL
SELECT 'Under 30 answers or mentions in {n} of the figures by measure and wave: read them with their intervals.', count(*)
FROM counted
WHERE n < 30
