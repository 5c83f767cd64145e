/*
title = "Renewals at risk"
definition = "Contracts in effect on the as-of day that renew (on the day that their source names, or every so many months) or end within renewal_days after it, and of whose account one of these holds: falling engagement (its points of the last trend_days at least least_fall below those of as many days before, which were least_points or more), competitor intent (a strong signal about a competitor within intent_days), negative sentiment (the mean of the scores of its touches and mentions of the last trend_days below 0). Value: yearly revenue, twelve times the monthly one. A contract whose renewal has been signed is not at risk: the account's next contract, with a product in common or, where one names none, at least early_share of the revenue, that begins up to early_days before that day, or any up to grace_days after it."
formula = "12 × {monthly_revenue} a month, renews on {renews_on}: {reasons}"
unit = "contract"
clock = "as_of"
format = "money"
better = "lower"
keys = ["contract_id"]
needs = ["contracts"]
list_of = "contract_id"
uses = ["contract_days", "customers", "touches", "points", "renewals", "in_market", "positions", "competitors"]
[options.renewal_days]
default = 90
minimum = 0
meaning = "Days from the as-of day within which a contract renews or ends, to be looked at."
[options.least_fall]
default = 0.25
minimum = 0
meaning = "The share by which engagement points must have fallen, at the least, to be falling: 0.25 is a quarter."
[options.least_points]
default = 10.0
minimum = 0
meaning = "Engagement points of the days before, at the least, of which a fall is told: as many as a download has, or ten visits. A fall from fewer is chance."
[lists]
renewing = "All contracts that come up in these days, at risk or not."
contracts_held = "All contracts of the account of a contract at risk, ended and coming ones too."
last_touches = "The newest touches of its account, fifty at most."
open_deals = "The open deals of its account."
*/
-- section: running
SELECT k.segment, k.contract_id, k.account_id, k.product, k.monthly_value, k.value_issue, k.ended_on,
  CASE WHEN k.renews_on >= $as_of AND (k.ended_on IS NULL OR k.renews_on < k.ended_on) THEN k.renews_on
    ELSE coalesce(d.renews_on, k.ended_on) END AS renews_on
FROM contracts k
LEFT JOIN (SELECT contract_id, min(renews_on) AS renews_on FROM model.renewal_days WHERE renews_on >= $as_of GROUP BY contract_id) d
  ON d.contract_id = k.contract_id
WHERE k.started_on <= $as_of AND (k.ended_on IS NULL OR k.ended_on > $as_of)
;
-- section: renewing
-- All contracts that come up in these days, at risk or not.
SELECT r.segment, CAST(NULL AS VARCHAR) AS period, r.contract_id, r.account_id, r.product, r.monthly_value, r.value_issue, r.renews_on,
  date_diff('day', $as_of, r.renews_on) AS days_left, 
  coalesce(t.is_renewed AND r.renews_on = coalesce(r.ended_on, t.renews_on), FALSE) AS is_renewed
FROM running r
LEFT JOIN contract_terms t ON t.contract_id = r.contract_id
WHERE date_diff('day', $as_of, r.renews_on) <= CAST($renewal_days AS INTEGER)
;
-- section: trends
SELECT account_id, coalesce(sum(points) FILTER (WHERE days_ago < CAST($trend_days AS INTEGER)), 0) AS points,
  coalesce(sum(points) FILTER (WHERE days_ago >= CAST($trend_days AS INTEGER)), 0) AS points_before
FROM (SELECT account_id, points, date_diff('day', occurred_on, $as_of) AS days_ago FROM scored_touches WHERE account_id IS NOT NULL) dated
WHERE days_ago < 2 * CAST($trend_days AS INTEGER)
GROUP BY account_id
;
-- section: moods
SELECT account_id, avg(sentiment) AS sentiment, count(*) AS sentiment_n
FROM (
  SELECT account_id, CAST(sentiment AS DOUBLE) AS sentiment, occurred_on AS said_on
  FROM model.activities
  WHERE coalesce(is_done, TRUE)
  UNION ALL
  SELECT account_id, CAST(sentiment AS DOUBLE), published_on
  FROM model.mentions
  WHERE NOT coalesce(is_competitor, FALSE)
) said
WHERE account_id IS NOT NULL AND sentiment >= -1 AND sentiment <= 1 AND said_on <= $as_of
  AND date_diff('day', said_on, $as_of) < CAST($trend_days AS INTEGER)
GROUP BY account_id
;
-- section: rivals
SELECT account_id, string_agg(competitor, ', ' ORDER BY competitor) AS competitors
FROM (SELECT DISTINCT account_id, competitor FROM competitor_signals) named
GROUP BY account_id
;
-- section: signs
SELECT r.segment, r.period, r.contract_id, r.account_id, r.product, r.monthly_value, r.value_issue, r.renews_on, r.days_left,
  t.points, t.points_before, v.competitors, m.sentiment, m.sentiment_n,
  coalesce(t.points < t.points_before AND t.points <= t.points_before * (1 - $least_fall) AND t.points_before >= $least_points, FALSE) AS is_falling,
  v.account_id IS NOT NULL AS has_rival, coalesce(m.sentiment < 0, FALSE) AS is_negative
FROM renewing r
LEFT JOIN trends t ON t.account_id = r.account_id
LEFT JOIN rivals v ON v.account_id = r.account_id
LEFT JOIN moods m ON m.account_id = r.account_id
WHERE NOT r.is_renewed AND r.account_id IS NOT NULL
;
-- section: rows
SELECT s.segment, s.period, s.contract_id, s.account_id, a.name AS account_name, s.product, s.renews_on, s.days_left, a.owner,
  concat_ws(', ', CASE WHEN s.is_falling THEN 'falling engagement' END, CASE WHEN s.has_rival THEN 'competitor intent' END,
    CASE WHEN s.is_negative THEN 'negative sentiment' END) AS reasons,
  s.monthly_value AS monthly_revenue, CAST(12 * s.monthly_value AS DOUBLE) AS measure, s.points, s.points_before, s.competitors,
  s.sentiment, s.sentiment_n
FROM signs s
LEFT JOIN model.accounts a ON a.account_id = s.account_id
WHERE s.is_falling OR s.has_rival OR s.is_negative
;
-- section: contracts_held
-- All contracts of the account of a contract at risk, ended and coming ones too.
SELECT r.segment, r.contract_id, k.contract_id AS held_id, k.contract_id = r.contract_id AS is_this, k.product, k.started_on,
  k.ended_on, k.renews_on, CAST(12 * k.monthly_value AS DOUBLE) AS yearly_value, k.status, k.end_reason
FROM rows r
JOIN model.contracts k ON k.account_id = r.account_id
;
-- section: last_touches
-- The newest touches of its account, fifty at most.
SELECT segment, contract_id, activity_id, occurred_on, kind, side, channel, campaign, contact_title, sentiment, place
FROM (
  SELECT r.segment, r.contract_id, t.activity_id, t.occurred_on, t.kind, t.side, t.channel, t.campaign, c.title AS contact_title,
    CAST(m.sentiment AS DOUBLE) AS sentiment,
    row_number() OVER (PARTITION BY r.contract_id ORDER BY t.occurred_on DESC, t.occurred_at DESC NULLS LAST, t.activity_id) AS place
  FROM rows r
  JOIN touches t ON t.account_id = r.account_id AND t.occurred_on IS NOT NULL
  LEFT JOIN model.activities m ON m.activity_id = t.activity_id
  LEFT JOIN model.contacts c ON c.contact_id = t.contact_id
) placed
WHERE place <= 50
;
-- section: open_deals
-- The open deals of its account.
SELECT r.segment, r.contract_id, o.opportunity_id, o.name AS deal, o.stage, o.value AS deal_amount, o.opened_on, o.expected_close_on,
  o.owner AS deal_owner
FROM rows r
JOIN model.opportunities o ON o.account_id = r.account_id
WHERE o.outcome = 'open'
;
-- section: answer
SELECT segment, period, contract_id, measure AS value, 1 AS n, account_id, account_name, product, reasons, renews_on, days_left, owner,
  monthly_revenue, points, points_before, competitors, sentiment
FROM rows
ORDER BY segment, renews_on, measure DESC NULLS LAST, contract_id
;
-- section: left_out
SELECT 'contract without an account' AS reason, count(*) AS n
FROM renewing
WHERE account_id IS NULL
UNION ALL
SELECT 'contract without a renewal to come', count(*)
FROM running
WHERE renews_on IS NULL
UNION ALL
SELECT 'renewed already', count(*)
FROM renewing
WHERE is_renewed
UNION ALL
SELECT s.value_issue || ' (listed without its revenue)', count(*)
FROM signs s
WHERE s.value_issue IS NOT NULL AND (s.is_falling OR s.has_rival OR s.is_negative)
GROUP BY s.value_issue
ORDER BY reason
;
-- section: warnings
SELECT 'No activities are loaded: whether engagement falls is not known.' AS warning, count(*) AS n
FROM renewing
WHERE NOT EXISTS (SELECT 1 FROM model.activities)
UNION ALL
SELECT 'No intent signals are loaded: who researches a competitor is not known.', count(*)
FROM renewing
WHERE NOT EXISTS (SELECT 1 FROM model.intent WHERE observed_on IS NOT NULL)
UNION ALL
SELECT 'No sentiment is known of touches or mentions.', count(*)
FROM renewing
WHERE NOT EXISTS (SELECT 1 FROM model.activities WHERE sentiment IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM model.mentions WHERE account_id IS NOT NULL AND sentiment IS NOT NULL)
