/*
title = "Account funnel"
definition = "Accounts in scope → engaged → (qualified) → (in market) → with an opportunity → won: accounts with a qualifying touch, with a touch that brings their points of 90 days to qualified_points, with a day in market by intent_topics topics of at least intent_min within intent_days, with a deal open, with a deal won, each in the period. Qualified and in market are steps only where steps names them. Reached: at this step or a later one. Strict: all steps before, in order (the same day is in order), with at most window_days from the engagement to the step. Skipped: accounts that reached a later step without this one. Amount: all deals of the accounts at the step. Median days: from the step before, where both are dated and in order. Where no activities are loaded at all, engaged and qualified are not known: these steps are n/a (with order=strict also the later ones); so are in market where no intent signals are, and the last steps where no deals are. The step rate of the step after is that of the accounts at the last known one. The interval and numerator ÷ denominator are those of the step rate."
formula = "{value} accounts, {denominator} at the step before"
unit = "account"
clock = "event"
format = "count"
better = "higher"
keys = ["step"]
needs = ["accounts"]
uses = ["touches", "points", "qualified", "in_market", "engagement", "open_deals", "deal_dates"]
interval = "wilson"
compare = "newcombe"
compare_column = "step_rate"
touches = true
[change]
kind = "sum"
[options.order]
default = "reached"
choices = ["reached", "strict"]
meaning = "Count an account at a step if it reached the step or a later one, or only if it took all steps in order."
[options.window_days]
default = 0
minimum = 0
meaning = "With order=strict: the most days from the engagement to the step; 0 is without limit."
[options.steps]
default = "in_scope, engaged, with_opportunity, won"
parts = ["in_scope", "engaged", "qualified", "in_market", "with_opportunity", "won"]
meaning = "The steps shown, separated by commas. qualified and in_market are taken only where they are named; the others are taken even where they are not shown."
*/
-- section: asked
SELECT strpos(', ' || $steps || ',', ', qualified,') > 0 AS has_qualified, strpos(', ' || $steps || ',', ', in_market,') > 0 AS has_in_market,
  $order = 'strict' AND $window_days > 0 AS has_window,
  EXISTS (SELECT 1 FROM model.activities) AS has_touches,
  EXISTS (SELECT 1 FROM model.activities) AND (SELECT is_known FROM preset_known) AS has_engagement,
  EXISTS (SELECT 1 FROM model.intent WHERE observed_on IS NOT NULL) AS has_signals,
  EXISTS (SELECT 1 FROM model.opportunities) AS has_deals
;
-- section: touched
SELECT p.period, t.account_id, t.occurred_at, t.occurred_on
FROM periods p
JOIN qualifying_touches t ON p.is_whole OR (t.occurred_on >= p.starts_on AND t.occurred_on < p.ends_before)
WHERE t.account_id IS NOT NULL
;
-- section: engaged
SELECT period, account_id, min(occurred_on) AS engaged_on
FROM touched
WHERE $engaged_min = 1
GROUP BY period, account_id
UNION ALL
SELECT period, account_id, occurred_on
FROM (
  SELECT period, account_id, occurred_on, row_number() OVER (PARTITION BY period, account_id ORDER BY occurred_at NULLS LAST) AS position
  FROM touched
  WHERE $engaged_min > 1
) counted
WHERE position = $engaged_min
;
-- section: qualified_days
SELECT DISTINCT p.period, q.account_id, q.occurred_on AS qualified_on
FROM periods p
JOIN qualifying_moments q ON p.is_whole OR (q.occurred_on >= p.starts_on AND q.occurred_on < p.ends_before)
WHERE (SELECT has_qualified FROM asked)
;
-- section: qualified
SELECT q.period, q.account_id, min(q.qualified_on) FILTER (WHERE q.qualified_on >= e.engaged_on) AS qualified_on
FROM qualified_days q
LEFT JOIN engaged e ON e.account_id = q.account_id AND e.period IS NOT DISTINCT FROM q.period
GROUP BY q.period, q.account_id
;
-- section: warmed
SELECT e.period, e.account_id, CASE WHEN x.has_qualified THEN q.qualified_on ELSE e.engaged_on END AS warm_on
FROM engaged e
CROSS JOIN asked x
LEFT JOIN qualified q ON q.account_id = e.account_id AND q.period IS NOT DISTINCT FROM e.period
;
-- section: market_spans
SELECT DISTINCT p.period, s.account_id, greatest(s.since_on, p.starts_on) AS since_on, least(s.until_on, p.ends_before) AS until_on
FROM periods p
JOIN in_market_spans s ON s.since_on < p.ends_before AND s.until_on > p.starts_on
WHERE (SELECT has_in_market FROM asked)
;
-- section: in_market
SELECT s.period, s.account_id, min(greatest(s.since_on, b.warm_on)) FILTER (WHERE s.until_on > b.warm_on) AS in_market_on
FROM market_spans s
LEFT JOIN warmed b ON b.account_id = s.account_id AND b.period IS NOT DISTINCT FROM s.period
GROUP BY s.period, s.account_id
;
-- section: before_deals
SELECT b.period, b.account_id, CASE WHEN x.has_in_market THEN m.in_market_on ELSE b.warm_on END AS ready_on
FROM warmed b
CROSS JOIN asked x
LEFT JOIN in_market m ON m.account_id = b.account_id AND m.period IS NOT DISTINCT FROM b.period
;
-- section: deals
SELECT period, account_id, opened_on, opening_known,
  outcome = 'won' AND (is_whole OR (closed_on >= starts_on AND closed_on < ends_before)) AS is_won,
  CASE WHEN outcome = 'won' AND closed_on >= starts_on AND closed_on < ends_before THEN closed_on END AS won_on
FROM open_deals
;
-- section: with_deal
SELECT period, account_id, bool_or(is_won) AS is_won
FROM deals
GROUP BY period, account_id
;
-- section: amounts
SELECT account_id, sum(value) AS amount
FROM opportunities
WHERE value IS NOT NULL AND (opened_on IS NULL OR opened_on <= $as_of)
GROUP BY account_id
;
-- section: opened_in_order
SELECT d.period, d.account_id, min(d.opened_on) AS opened_on
FROM deals d
JOIN before_deals b ON b.account_id = d.account_id AND b.period IS NOT DISTINCT FROM d.period AND d.opened_on >= b.ready_on
WHERE d.opening_known
GROUP BY d.period, d.account_id
;
-- section: won_in_order
SELECT d.period, d.account_id, min(d.won_on) AS won_on
FROM deals d
JOIN opened_in_order f ON f.account_id = d.account_id AND f.period IS NOT DISTINCT FROM d.period AND d.won_on >= f.opened_on
GROUP BY d.period, d.account_id
;
-- section: happenings
SELECT DISTINCT t.period, t.account_id, t.occurred_on AS happened_on, 1 AS kind
FROM touched t
JOIN engaged e ON e.account_id = t.account_id AND e.period IS NOT DISTINCT FROM t.period AND t.occurred_on >= e.engaged_on
WHERE (SELECT has_window FROM asked)
UNION ALL
SELECT period, account_id, qualified_on, 2
FROM qualified_days
WHERE (SELECT has_window FROM asked)
UNION ALL
SELECT period, account_id, since_on, 3
FROM market_spans
WHERE (SELECT has_window FROM asked)
UNION ALL
SELECT DISTINCT s.period, s.account_id, t.occurred_on, 3
FROM market_spans s
JOIN touched t ON t.account_id = s.account_id AND t.period IS NOT DISTINCT FROM s.period
  AND t.occurred_on >= s.since_on AND t.occurred_on < s.until_on
WHERE (SELECT has_window FROM asked)
UNION ALL
SELECT period, account_id, opened_on, 4
FROM deals
WHERE (SELECT has_window FROM asked) AND opening_known
UNION ALL
SELECT period, account_id, won_on, 5
FROM deals
WHERE (SELECT has_window FROM asked) AND won_on IS NOT NULL
;
-- section: engaged_before
SELECT h.period, h.account_id, h.happened_on, h.kind, x.has_qualified, x.has_in_market,
  max(CASE WHEN h.kind = 1 THEN h.happened_on END) OVER (
    PARTITION BY h.period, h.account_id ORDER BY h.happened_on, h.kind ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS began_on
FROM happenings h
CROSS JOIN asked x
;
-- section: warm_before
SELECT period, account_id, happened_on, kind, has_in_market, began_on AS engaged_began_on,
  max(CASE WHEN kind = 2 OR NOT has_qualified THEN began_on END) OVER (
    PARTITION BY period, account_id ORDER BY happened_on, kind ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS warm_began_on
FROM engaged_before
;
-- section: ready_before
SELECT period, account_id, happened_on, kind, engaged_began_on, warm_began_on,
  max(CASE WHEN kind = 3 OR NOT has_in_market THEN warm_began_on END) OVER (
    PARTITION BY period, account_id ORDER BY happened_on, kind ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS ready_began_on
FROM warm_before
;
-- section: in_window
SELECT period, account_id,
  max(CASE WHEN kind = 2 AND date_diff('day', engaged_began_on, happened_on) <= $window_days THEN 1 ELSE 0 END) AS has_qualified,
  max(CASE WHEN kind = 3 AND date_diff('day', warm_began_on, happened_on) <= $window_days THEN 1 ELSE 0 END) AS has_market,
  max(CASE WHEN kind = 4 AND date_diff('day', ready_began_on, happened_on) <= $window_days THEN 1 ELSE 0 END) AS has_deal,
  max(CASE WHEN kind = 5 AND date_diff('day', deal_began_on, happened_on) <= $window_days THEN 1 ELSE 0 END) AS has_won
FROM (
  SELECT period, account_id, happened_on, kind, engaged_began_on, warm_began_on, ready_began_on,
    max(CASE WHEN kind = 4 THEN ready_began_on END) OVER (
      PARTITION BY period, account_id ORDER BY happened_on, kind ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS deal_began_on
  FROM ready_before
) chained
GROUP BY period, account_id
;
-- section: facts
SELECT a.segment, p.period, a.account_id, e.engaged_on, q.qualified_on, v.warm_on, i.in_market_on, b.ready_on, f.opened_on, w.won_on, m.amount,
  e.account_id IS NOT NULL AS was_engaged, q.account_id IS NOT NULL AS was_qualified, i.account_id IS NOT NULL AS was_in_market,
  d.account_id IS NOT NULL AS had_deal, coalesce(d.is_won, FALSE) AS has_won,
  CASE
    WHEN $order = 'reached' AND d.is_won THEN 6
    WHEN $order = 'reached' AND d.account_id IS NOT NULL THEN 5
    WHEN $order = 'reached' AND i.account_id IS NOT NULL THEN 4
    WHEN $order = 'reached' AND q.account_id IS NOT NULL THEN 3
    WHEN $order = 'strict' AND ($window_days = 0 AND w.account_id IS NOT NULL OR x.has_won = 1) THEN 6
    WHEN $order = 'strict' AND ($window_days = 0 AND f.account_id IS NOT NULL OR x.has_deal = 1) THEN 5
    WHEN $order = 'strict' AND ($window_days = 0 AND i.in_market_on IS NOT NULL OR x.has_market = 1) THEN 4
    WHEN $order = 'strict' AND ($window_days = 0 AND q.qualified_on IS NOT NULL OR x.has_qualified = 1) THEN 3
    WHEN e.account_id IS NOT NULL THEN 2
    ELSE 1
  END AS furthest
FROM accounts a
CROSS JOIN periods p
LEFT JOIN engaged e ON e.account_id = a.account_id AND e.period IS NOT DISTINCT FROM p.period
LEFT JOIN qualified q ON q.account_id = a.account_id AND q.period IS NOT DISTINCT FROM p.period
LEFT JOIN warmed v ON v.account_id = a.account_id AND v.period IS NOT DISTINCT FROM p.period
LEFT JOIN in_market i ON i.account_id = a.account_id AND i.period IS NOT DISTINCT FROM p.period
LEFT JOIN before_deals b ON b.account_id = a.account_id AND b.period IS NOT DISTINCT FROM p.period
LEFT JOIN with_deal d ON d.account_id = a.account_id AND d.period IS NOT DISTINCT FROM p.period
LEFT JOIN opened_in_order f ON f.account_id = a.account_id AND f.period IS NOT DISTINCT FROM p.period
LEFT JOIN won_in_order w ON w.account_id = a.account_id AND w.period IS NOT DISTINCT FROM p.period
LEFT JOIN in_window x ON x.account_id = a.account_id AND x.period IS NOT DISTINCT FROM p.period
LEFT JOIN amounts m ON m.account_id = a.account_id
;
-- section: known
-- Engaged and qualified rest on touches, in market on signals, the rest on deals; in strict order also on all before.
SELECT s.position, s.step,
  CASE WHEN s.position = 1 THEN TRUE WHEN s.position = 2 THEN x.has_engagement WHEN s.position = 3 THEN x.has_touches
    WHEN $order = 'strict' AND NOT (x.has_engagement AND (x.has_signals OR NOT x.has_in_market)) THEN FALSE
    WHEN s.position = 4 THEN x.has_signals ELSE x.has_deals END AS is_known
FROM (
  SELECT 1 AS position, 'in_scope' AS step
  UNION ALL SELECT 2, 'engaged'
  UNION ALL SELECT 3, 'qualified'
  UNION ALL SELECT 4, 'in_market'
  UNION ALL SELECT 5, 'with_opportunity'
  UNION ALL SELECT 6, 'won'
) s
CROSS JOIN asked x
WHERE strpos(', ' || $steps || ',', ', ' || s.step || ',') > 0
;
-- section: rows
SELECT f.segment, f.period, s.step, f.account_id, f.was_engaged, f.had_deal, f.has_won, f.engaged_on,
  f.opened_on, f.won_on, f.amount, 1.0 AS measure
FROM facts f
JOIN known s ON s.is_known AND s.position <= f.furthest
;
-- section: counted
SELECT segment, period, count(*) AS in_scope, count(*) FILTER (WHERE furthest >= 2) AS engaged,
  count(*) FILTER (WHERE furthest >= 3) AS qualified, count(*) FILTER (WHERE furthest >= 4) AS in_market,
  count(*) FILTER (WHERE furthest >= 5) AS with_opportunity, count(*) FILTER (WHERE furthest >= 6) AS won,
  sum(amount) AS amount_1, sum(amount) FILTER (WHERE furthest >= 2) AS amount_2, sum(amount) FILTER (WHERE furthest >= 3) AS amount_3,
  sum(amount) FILTER (WHERE furthest >= 4) AS amount_4, sum(amount) FILTER (WHERE furthest >= 5) AS amount_5,
  sum(amount) FILTER (WHERE furthest >= 6) AS amount_6,
  count(*) FILTER (WHERE (had_deal OR was_in_market OR was_qualified) AND NOT was_engaged) AS not_engaged,
  count(*) FILTER (WHERE (had_deal OR was_in_market) AND NOT was_qualified) AS not_qualified,
  count(*) FILTER (WHERE had_deal AND NOT was_in_market) AS not_in_market,
  quantile_cont(CAST(date_diff('day', engaged_on, qualified_on) AS DOUBLE), 0.5) AS days_to_qualified,
  quantile_cont(CAST(date_diff('day', warm_on, in_market_on) AS DOUBLE), 0.5) AS days_to_market,
  quantile_cont(CAST(date_diff('day', ready_on, opened_on) AS DOUBLE), 0.5) AS days_to_deal, count(opened_on) AS timed_deals,
  quantile_cont(CAST(date_diff('day', opened_on, won_on) AS DOUBLE), 0.5) AS days_to_won, count(won_on) AS timed_wins
FROM facts
GROUP BY segment, period
;
-- section: stepped
SELECT c.segment, c.period, s.position, s.step, c.in_scope,
  CASE WHEN s.is_known THEN CASE s.position WHEN 1 THEN c.in_scope WHEN 2 THEN c.engaged WHEN 3 THEN c.qualified
    WHEN 4 THEN c.in_market WHEN 5 THEN c.with_opportunity ELSE c.won END END AS value,
  CASE WHEN s.is_known THEN CASE s.position WHEN 1 THEN c.amount_1 WHEN 2 THEN c.amount_2 WHEN 3 THEN c.amount_3
    WHEN 4 THEN c.amount_4 WHEN 5 THEN c.amount_5 ELSE c.amount_6 END END AS amount,
  CASE WHEN s.is_known THEN CASE s.position WHEN 2 THEN c.not_engaged WHEN 3 THEN c.not_qualified WHEN 4 THEN c.not_in_market
    ELSE 0 END END AS skipped,
  CASE WHEN s.position = 3 THEN c.days_to_qualified WHEN s.position = 4 THEN c.days_to_market
    WHEN s.position = 5 AND c.timed_deals >= l.deals THEN c.days_to_deal
    WHEN s.position = 6 AND c.timed_wins >= l.deals THEN c.days_to_won END AS median_days
FROM counted c
CROSS JOIN known s
CROSS JOIN least l
;
-- section: answer
SELECT segment, period, step, value, in_scope AS n, CAST(value AS DOUBLE) / nullif(before, 0) AS step_rate,
  CAST(value AS DOUBLE) / nullif(in_scope, 0) AS overall_rate,
  amount, skipped, median_days, value AS numerator, before AS denominator
FROM (
  SELECT segment, period, position, step, in_scope, value, amount, skipped, median_days,
    min(value) OVER (PARTITION BY segment, period ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM stepped
) followed
ORDER BY segment, period, position
;
-- section: left_out
SELECT reason, n
FROM deals_left_out
UNION ALL
SELECT reason, n
FROM touches_left_out
UNION ALL
SELECT 'signal without an account', count(*)
FROM model.intent
WHERE account_id IS NULL AND (SELECT has_in_market FROM asked)
UNION ALL
SELECT 'signal without a date', count(*)
FROM model.intent
WHERE account_id IS NOT NULL AND observed_on IS NULL AND (SELECT has_in_market FROM asked)
UNION ALL
SELECT 'signal without a score', count(*)
FROM model.intent
WHERE account_id IS NOT NULL AND observed_on IS NOT NULL AND score IS NULL AND (SELECT has_in_market FROM asked)
UNION ALL
SELECT 'signal after as-of', count(*)
FROM model.intent
WHERE account_id IS NOT NULL AND score IS NOT NULL AND observed_on > $as_of AND (SELECT has_in_market FROM asked)
ORDER BY reason
;
-- section: warnings
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): median_days and order=strict leave them out.' AS warning,
  count(*) AS n
FROM opportunities
WHERE opened_on IS NOT NULL AND NOT opening_known
UNION ALL
SELECT 'No activities are loaded: which accounts are engaged is not known, and accounts with an opportunity are held against all in scope.', 1
FROM asked
WHERE has_deals AND NOT has_touches
UNION ALL
SELECT 'No activities are loaded: which accounts are engaged is not known.', 1
FROM asked
WHERE NOT has_deals AND NOT has_touches
UNION ALL
SELECT 'No deals are loaded: which accounts had an opportunity, or won, is not known.', 1
FROM asked
WHERE NOT has_deals
UNION ALL
SELECT 'No intent signals are loaded: which accounts are in market is not known.', 1
FROM asked
WHERE has_in_market AND NOT has_signals
UNION ALL
SELECT warning, n
FROM preset_unknown
