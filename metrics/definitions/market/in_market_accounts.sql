/*
title = "Accounts in market"
definition = "Accounts with at least intent_topics topics scoring at least intent_min of 100 at one vendor within intent_days up to the as-of day. Without any intent data, as a proxy: accounts whose engagement points of these days reach the median that won accounts had in as many days before their first won deal opened. Of ICP: the share of ideal customer accounts that are in market. New this week: in market now and not seven days before; not known where the data begin later than that. By in_market: deals whose account was in market in the intent_days before they opened, against the others (win rate, median days to won, amount opened and its mean a deal), the same for leads before their creation (share that reached SQL), and campaign cost per customer of the accounts in market before their first deal, against the others with a deal: a campaign's cost is spread over its touches. Beside yes stands the 95 % interval of each difference but that of the amounts opened, which are sums of unlike many deals: rates after Newcombe, days, amount a deal and cost by a bootstrap of accounts, from five on each side."
formula = "{value} of {denominator} accounts in scope are in market"
unit = "account"
clock = "as_of"
format = "count"
better = "higher"
needs = ["accounts"]
uses = ["touches", "points", "in_market", "market_now", "positions", "competitors", "contract_days", "fit"]
interval = "wilson"
compare = "newcombe"
compare_column = "share"
own_splits = ["in_market", "competitor"]
steps = ["in_market_columns", "in_market_differences"]
[columns.share]
formula = "{numerator} accounts in market ÷ {denominator} in scope"
[lists]
sided_deals = "The deals behind by=in_market: whether their account was in market before."
*/
-- section: intent_start
SELECT min(observed_on) AS first_on FROM model.intent
;
-- section: a_week_known
-- Whether anything is known of seven days before: without it every account would be new.
SELECT coalesce(CASE WHEN h.has_intent THEN i.first_on ELSE t.first_on END <= CAST(CAST($as_of AS DATE) - INTERVAL '7' DAY AS DATE), FALSE)
  AS is_known
FROM has_intent h
CROSS JOIN intent_start i
CROSS JOIN (SELECT min(occurred_on) AS first_on FROM scored_touches) t
;
-- section: judged
SELECT a.segment, a.account_id, a.owner, coalesce(m.is_now, 0) = 1 AS is_in_market, coalesce(m.was_before, 0) = 1 AS was_before,
  g.is_ideal, g.grade, c.account_id IS NOT NULL AS is_researching_competitor
FROM accounts a
LEFT JOIN now_in_market m ON m.account_id = a.account_id
LEFT JOIN graded g ON g.account_id = a.account_id
LEFT JOIN (SELECT DISTINCT account_id FROM competitor_signals) c ON c.account_id = a.account_id
;
-- section: researching
SELECT j.segment, CAST(NULL AS VARCHAR) AS period, s.competitor, j.account_id, s.topic, s.vendor, max(s.score) AS score,
  max(s.observed_on) AS last_on, j.owner, j.is_ideal, j.grade, 1.0 AS measure
FROM judged j
JOIN competitor_signals s ON s.account_id = j.account_id
WHERE coalesce(j.is_ideal, TRUE)
GROUP BY j.segment, s.competitor, j.account_id, s.topic, s.vendor, j.owner, j.is_ideal, j.grade
;
-- section: current_topics
SELECT account_id, count(DISTINCT topic_key) AS topics, max(score) AS score, max(observed_on) AS last_on
FROM strong_signals
WHERE date_diff('day', observed_on, $as_of) < CAST($intent_days AS INTEGER)
GROUP BY account_id
;
-- section: rows
SELECT j.segment, CAST(NULL AS VARCHAR) AS period, CASE WHEN $by = 'in_market' THEN CASE WHEN j.is_in_market THEN 'yes' ELSE 'no' END END AS in_market,
  CAST(NULL AS VARCHAR) AS competitor, j.account_id, CAST(NULL AS VARCHAR) AS topic, CAST(NULL AS VARCHAR) AS vendor, t.topics, t.score, t.last_on,
  p.points, j.owner, j.grade, j.is_ideal, CASE WHEN w.is_known THEN NOT j.was_before END AS is_new, j.is_researching_competitor, 1.0 AS measure
FROM judged j
CROSS JOIN a_week_known w
LEFT JOIN current_topics t ON t.account_id = j.account_id
LEFT JOIN recent_points p ON p.account_id = j.account_id AND NOT (SELECT has_intent FROM has_intent)
WHERE $by = 'in_market' OR ($by = '' AND j.is_in_market)
UNION ALL
SELECT segment, period, NULL, competitor, account_id, topic, vendor, NULL, score, last_on, NULL, owner, grade, is_ideal, NULL, TRUE, measure
FROM researching
WHERE $by = 'competitor'
;
-- section: sided_deals
-- Deals opened since intent is observed, by whether the account was in market on the day before: its signals of the days before count.
SELECT o.segment, o.opportunity_id, o.account_id, o.outcome, o.opened_on, o.closed_on, o.value,
  CASE WHEN i.opportunity_id IS NULL THEN 'no' ELSE 'yes' END AS in_market
FROM (
  SELECT a.segment, d.opportunity_id, d.account_id, d.outcome, d.opened_on, d.closed_on, d.value
  FROM opportunities d
  JOIN accounts a ON a.account_id = d.account_id
  JOIN intent_start s ON d.opened_on > s.first_on
  WHERE d.opening_known AND d.opened_on <= $as_of
) o
LEFT JOIN (
  SELECT DISTINCT d.opportunity_id
  FROM model.opportunities d
  JOIN in_market_spans s ON s.account_id = d.account_id AND s.since_on < d.opened_on AND s.until_on >= d.opened_on
) i ON i.opportunity_id = o.opportunity_id
;
-- section: deal_sides
SELECT segment, in_market, count(*) AS deals,
  CAST(count(*) FILTER (WHERE outcome = 'won') AS DOUBLE) / nullif(count(*) FILTER (WHERE outcome IN ('won', 'lost')), 0) AS win_rate,
  quantile_cont(CAST(date_diff('day', opened_on, closed_on) AS DOUBLE), 0.5)
    FILTER (WHERE outcome = 'won' AND closed_on >= opened_on AND closed_on <= $as_of) AS median_days,
  sum(value) AS amount, avg(value) AS amount_per_deal
FROM sided_deals
GROUP BY segment, in_market
;
-- section: leads
SELECT a.segment, c.contact_id, c.account_id, c.created_on,
  c.sql_on IS NOT NULL OR c.converted_on IS NOT NULL OR c.customer_on IS NOT NULL OR coalesce(c.is_converted, FALSE)
    OR coalesce(lower(replace(c.lifecycle_stage, ' ', '')) IN ('salesqualifiedlead', 'sql', 'opportunity', 'customer', 'evangelist'), FALSE)
    OR d.contact_id IS NOT NULL AS is_sql
FROM contacts c
JOIN accounts a ON a.account_id = c.account_id
JOIN intent_start s ON c.created_on > s.first_on
LEFT JOIN (SELECT DISTINCT contact_id FROM opportunity_contacts) d ON d.contact_id = c.contact_id
WHERE c.created_known AND c.created_on <= $as_of
;
-- section: sided_leads
SELECT l.segment, l.contact_id, l.account_id, l.in_market, CASE WHEN k.tells_sql = 1 THEN CASE WHEN l.is_sql THEN 1.0 ELSE 0.0 END END AS is_sql
FROM (
  SELECT l.segment, l.contact_id, l.account_id, l.is_sql, CASE WHEN i.contact_id IS NULL THEN 'no' ELSE 'yes' END AS in_market
  FROM leads l
  LEFT JOIN (
    SELECT DISTINCT l.contact_id
    FROM leads l
    JOIN in_market_spans s ON s.account_id = l.account_id AND s.since_on < l.created_on AND s.until_on >= l.created_on
  ) i ON i.contact_id = l.contact_id
) l
CROSS JOIN (
  SELECT max(CASE WHEN sql_on IS NOT NULL OR lower(replace(lifecycle_stage, ' ', '')) IN ('salesqualifiedlead', 'sql') THEN 1 ELSE 0 END) AS tells_sql
  FROM model.contacts
) k
;
-- section: lead_sides
SELECT segment, in_market, avg(is_sql) AS sql_rate
FROM sided_leads
GROUP BY segment, in_market
;
-- section: campaign_touches
-- Each touch of a campaign bears an equal part of what the campaign cost so far.
SELECT t.account_id, sum(c.cost / n.touches) AS cost
FROM (SELECT account_id, campaign FROM touches WHERE campaign IS NOT NULL) t
JOIN (SELECT campaign, count(*) AS touches FROM touches WHERE campaign IS NOT NULL GROUP BY campaign) n ON n.campaign = t.campaign
JOIN (
  SELECT campaign, sum(value) AS cost FROM model.spend WHERE campaign IS NOT NULL AND value IS NOT NULL AND spent_on <= $as_of GROUP BY campaign
) c ON c.campaign = t.campaign
WHERE t.account_id IS NOT NULL
GROUP BY t.account_id
;
-- section: sided_costs
SELECT f.segment, f.account_id, f.in_market, f.has_won, c.cost
FROM (
  SELECT d.segment, d.account_id, max(CASE WHEN d.position = 1 THEN d.in_market END) AS in_market,
    max(CASE WHEN d.outcome = 'won' THEN 1 ELSE 0 END) AS has_won
  FROM (
    SELECT segment, account_id, in_market, outcome, row_number() OVER (PARTITION BY segment, account_id ORDER BY opened_on, opportunity_id) AS position
    FROM sided_deals
  ) d
  GROUP BY d.segment, d.account_id
) f
LEFT JOIN campaign_touches c ON c.account_id = f.account_id
;
-- section: cost_sides
SELECT segment, in_market, sum(cost) / nullif(count(*) FILTER (WHERE has_won = 1), 0) AS cost_per_customer
FROM sided_costs
GROUP BY segment, in_market
;
-- section: counted
SELECT j.segment, j.in_market, j.accounts, j.of_state, k.is_known,
  j.ideal, j.of_state_ideal, j.new_this_week, j.competitor_n
FROM (
  SELECT j.segment, s.in_market, count(*) AS accounts,
    count(*) FILTER (WHERE j.is_in_market = s.is_yes) AS of_state,
    count(*) FILTER (WHERE j.is_ideal) AS ideal, count(*) FILTER (WHERE j.is_ideal AND j.is_in_market = s.is_yes) AS of_state_ideal,
    count(*) FILTER (WHERE s.is_yes AND j.is_in_market AND NOT j.was_before) AS new_this_week,
    count(*) FILTER (WHERE j.is_researching_competitor AND ($by = '' OR j.is_in_market = s.is_yes)) AS competitor_n
  FROM judged j
  CROSS JOIN (SELECT 'yes' AS in_market, TRUE AS is_yes UNION ALL SELECT 'no', FALSE) s
  WHERE s.is_yes OR $by = 'in_market'
  GROUP BY j.segment, s.in_market
) j
CROSS JOIN (
  SELECT h.has_intent OR u.points IS NOT NULL AND EXISTS (SELECT 1 FROM model.activities) AS is_known FROM has_intent h CROSS JOIN usual_points u
) k
;
-- section: answer
SELECT c.segment, CAST(NULL AS VARCHAR) AS period, CASE WHEN $by = 'in_market' THEN c.in_market END AS in_market,
  CAST(NULL AS VARCHAR) AS competitor, CASE WHEN c.is_known THEN c.of_state END AS value, c.accounts AS n,
  CASE WHEN c.is_known THEN CAST(c.of_state AS DOUBLE) / nullif(c.accounts, 0) END AS share,
  CASE WHEN c.is_known THEN CAST(c.of_state_ideal AS DOUBLE) / nullif(c.ideal, 0) END AS of_icp,
  CASE WHEN c.is_known AND w.is_known THEN c.new_this_week END AS new_this_week,
  CASE WHEN h.has_intent THEN c.competitor_n END AS competitor_n, NOT h.has_intent AS proxy,
  d.deals, d.win_rate, d.median_days, d.amount, d.amount_per_deal, l.sql_rate, x.cost_per_customer,
  CASE WHEN c.is_known THEN c.of_state END AS numerator, c.accounts AS denominator
FROM counted c
CROSS JOIN has_intent h
CROSS JOIN a_week_known w
LEFT JOIN deal_sides d ON d.segment = c.segment AND d.in_market = c.in_market AND $by = 'in_market' AND h.has_intent
LEFT JOIN lead_sides l ON l.segment = c.segment AND l.in_market = c.in_market AND $by = 'in_market' AND h.has_intent
LEFT JOIN cost_sides x ON x.segment = c.segment AND x.in_market = c.in_market AND $by = 'in_market' AND h.has_intent
WHERE $by <> 'competitor'
UNION ALL
SELECT segment, period, NULL, competitor, count(DISTINCT account_id), count(DISTINCT account_id), NULL, NULL, NULL, count(DISTINCT account_id), FALSE,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM researching
WHERE $by = 'competitor'
GROUP BY segment, period, competitor
ORDER BY segment, period, in_market DESC, competitor
;
-- section: left_out
SELECT 'signal without an account' AS reason, count(*) AS n
FROM model.intent
WHERE account_id IS NULL
UNION ALL
SELECT 'signal without a date', count(*)
FROM model.intent
WHERE account_id IS NOT NULL AND observed_on IS NULL
UNION ALL
SELECT 'signal without a score', count(*)
FROM model.intent
WHERE account_id IS NOT NULL AND observed_on IS NOT NULL AND score IS NULL
UNION ALL
SELECT 'signal after as-of', count(*)
FROM model.intent
WHERE account_id IS NOT NULL AND observed_on > $as_of
UNION ALL
SELECT 'deal opened before the first signal', count(*)
FROM opportunities o
CROSS JOIN intent_start s
WHERE $by = 'in_market' AND o.account_id IS NOT NULL AND o.opening_known AND o.opened_on <= s.first_on
UNION ALL
SELECT 'no usable opening date', count(*)
FROM opportunities o
WHERE $by = 'in_market' AND o.account_id IS NOT NULL AND NOT o.opening_known
UNION ALL
SELECT 'deal without an account', count(*)
FROM opportunities o
WHERE $by = 'in_market' AND o.account_id IS NULL
ORDER BY reason
;
-- section: warnings
SELECT 'No intent data are loaded: in market is a proxy, engagement points as high as those that won accounts had before their deals.' AS warning, 1 AS n
FROM has_intent
WHERE NOT has_intent AND EXISTS (SELECT 1 FROM model.activities WHERE occurred_on IS NOT NULL)
UNION ALL
SELECT 'Neither intent signals nor activities are loaded: which accounts are in market is not known.', 1
FROM has_intent
WHERE NOT has_intent AND NOT EXISTS (SELECT 1 FROM model.activities WHERE occurred_on IS NOT NULL)
UNION ALL
SELECT 'The newest intent signal is {n} days older than the as-of day: none counts any more.', date_diff('day', newest_on, $as_of)
FROM (SELECT max(observed_on) AS newest_on FROM model.intent WHERE observed_on <= $as_of) dated
WHERE date_diff('day', newest_on, $as_of) >= CAST($intent_days AS INTEGER)
UNION ALL
SELECT 'Without intent data what being in market changes is not known.', 1
FROM has_intent
WHERE $by = 'in_market' AND NOT has_intent
