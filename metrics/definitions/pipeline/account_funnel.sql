/*
title = "Account funnel"
definition = "Accounts in scope → engaged → with an opportunity → won: accounts with a qualifying touch, a deal open, a deal won in the period. Reached: at this step or a later one. Strict: all steps before, in order (the same day is in order), with at most window_days from the engagement to the step. Skipped: accounts that reached a later step without this one. Amount: all deals of the accounts at the step. Median days: from the step before, where both are dated and in order. Where no activities are loaded at all, engaged is not known: that step is n/a (with order=strict also the later ones), and the step rate of with_opportunity is that of the accounts in scope. The interval and numerator ÷ denominator are those of the step rate."
formula = "{value} accounts, {denominator} at the step before"
unit = "account"
clock = "event"
format = "count"
better = "higher"
keys = ["step"]
needs = ["accounts", "opportunities"]
uses = ["touches", "engagement", "open_deals"]
interval = "wilson"
compare = "newcombe"
compare_column = "step_rate"
touches = true
[options.order]
default = "reached"
choices = ["reached", "strict"]
meaning = "Count an account at a step if it reached the step or a later one, or only if it took all steps in order."
[options.window_days]
default = 0
minimum = 0
meaning = "With order=strict: the most days from the engagement to the step; 0 is without limit."
*/
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
WHERE value IS NOT NULL
GROUP BY account_id
;
-- section: opened_in_order
SELECT d.period, d.account_id, min(d.opened_on) AS opened_on
FROM deals d
JOIN engaged e ON e.account_id = d.account_id AND coalesce(e.period, '') = coalesce(d.period, '') AND d.opened_on >= e.engaged_on
WHERE d.opening_known
GROUP BY d.period, d.account_id
;
-- section: won_in_order
SELECT d.period, d.account_id, min(d.won_on) AS won_on
FROM deals d
JOIN opened_in_order f ON f.account_id = d.account_id AND coalesce(f.period, '') = coalesce(d.period, '') AND d.won_on >= f.opened_on
GROUP BY d.period, d.account_id
;
-- section: happenings
SELECT DISTINCT t.period, t.account_id, t.occurred_on AS happened_on, 1 AS kind
FROM touched t
JOIN engaged e ON e.account_id = t.account_id AND coalesce(e.period, '') = coalesce(t.period, '') AND t.occurred_on >= e.engaged_on
WHERE $order = 'strict' AND $window_days > 0
UNION ALL
SELECT period, account_id, opened_on, 2
FROM deals
WHERE $order = 'strict' AND $window_days > 0 AND opening_known
UNION ALL
SELECT period, account_id, won_on, 3
FROM deals
WHERE $order = 'strict' AND $window_days > 0 AND won_on IS NOT NULL
;
-- section: in_window
SELECT period, account_id,
  max(CASE WHEN kind = 2 AND date_diff('day', opening_began_on, happened_on) <= $window_days THEN 1 ELSE 0 END) AS has_deal,
  max(CASE WHEN kind = 3 AND date_diff('day', deal_began_on, happened_on) <= $window_days THEN 1 ELSE 0 END) AS has_won
FROM (
  SELECT period, account_id, happened_on, kind, opening_began_on,
    max(CASE WHEN kind = 2 THEN opening_began_on END) OVER (
      PARTITION BY period, account_id ORDER BY happened_on, kind ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS deal_began_on
  FROM (
    SELECT period, account_id, happened_on, kind,
      max(CASE WHEN kind = 1 THEN happened_on END) OVER (
        PARTITION BY period, account_id ORDER BY happened_on, kind ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS opening_began_on
    FROM happenings
  ) touched
) chained
GROUP BY period, account_id
;
-- section: facts
SELECT a.segment, p.period, a.account_id, e.engaged_on, f.opened_on, w.won_on, m.amount,
  e.account_id IS NOT NULL AS was_engaged, d.account_id IS NOT NULL AS had_deal, coalesce(d.is_won, FALSE) AS has_won,
  CASE
    WHEN $order = 'reached' AND d.is_won THEN 4
    WHEN $order = 'reached' AND d.account_id IS NOT NULL THEN 3
    WHEN $order = 'strict' AND ($window_days = 0 AND w.account_id IS NOT NULL OR x.has_won = 1) THEN 4
    WHEN $order = 'strict' AND ($window_days = 0 AND f.account_id IS NOT NULL OR x.has_deal = 1) THEN 3
    WHEN e.account_id IS NOT NULL THEN 2
    ELSE 1
  END AS furthest
FROM accounts a
CROSS JOIN periods p
LEFT JOIN engaged e ON e.account_id = a.account_id AND coalesce(e.period, '') = coalesce(p.period, '')
LEFT JOIN with_deal d ON d.account_id = a.account_id AND coalesce(d.period, '') = coalesce(p.period, '')
LEFT JOIN opened_in_order f ON f.account_id = a.account_id AND coalesce(f.period, '') = coalesce(p.period, '')
LEFT JOIN won_in_order w ON w.account_id = a.account_id AND coalesce(w.period, '') = coalesce(p.period, '')
LEFT JOIN in_window x ON x.account_id = a.account_id AND coalesce(x.period, '') = coalesce(p.period, '')
LEFT JOIN amounts m ON m.account_id = a.account_id
;
-- section: steps
SELECT 1 AS position, 'in_scope' AS step
UNION ALL SELECT 2, 'engaged'
UNION ALL SELECT 3, 'with_opportunity'
UNION ALL SELECT 4, 'won'
;
-- section: known
SELECT position, step, position = 1 OR has_touches OR (position > 2 AND $order = 'reached') AS is_known, has_touches
FROM steps
CROSS JOIN (SELECT EXISTS (SELECT 1 FROM model.activities) AS has_touches) loaded
;
-- section: rows
SELECT f.segment, f.period, s.step, f.account_id, f.was_engaged, f.had_deal, f.has_won, f.engaged_on, f.opened_on, f.won_on,
  f.amount, 1.0 AS measure
FROM facts f
JOIN known s ON s.is_known AND s.position <= f.furthest
;
-- section: answer
SELECT segment, period, step, value, in_scope AS n, CAST(value AS DOUBLE) / nullif(before, 0) AS step_rate,
  CAST(value AS DOUBLE) / nullif(in_scope, 0) AS overall_rate,
  amount, skipped, median_days, value AS numerator, before AS denominator
FROM (
  SELECT f.segment, f.period, s.step, s.position, CASE WHEN s.is_known THEN f.value END AS value,
    CASE WHEN s.is_known THEN f.amount END AS amount, CASE WHEN s.is_known THEN f.skipped END AS skipped, f.median_days,
    lag(f.value, CASE WHEN s.position = 3 AND NOT s.has_touches THEN 2 ELSE 1 END) OVER (
      PARTITION BY f.segment, f.period ORDER BY s.position) AS before,
    first_value(f.value) OVER (PARTITION BY f.segment, f.period ORDER BY s.position) AS in_scope
  FROM known s
  JOIN (
    SELECT segment, period, 1 AS position, count(*) AS value, sum(amount) AS amount, CAST(0 AS BIGINT) AS skipped,
      CAST(NULL AS DOUBLE) AS median_days
    FROM facts
    GROUP BY segment, period
    UNION ALL
    SELECT segment, period, 2, count(*) FILTER (WHERE furthest >= 2), sum(amount) FILTER (WHERE furthest >= 2),
      count(*) FILTER (WHERE had_deal AND NOT was_engaged), NULL
    FROM facts
    GROUP BY segment, period
    UNION ALL
    SELECT segment, period, 3, count(*) FILTER (WHERE furthest >= 3), sum(amount) FILTER (WHERE furthest >= 3),
      count(*) FILTER (WHERE has_won AND NOT had_deal),
      quantile_cont(CAST(date_diff('day', engaged_on, opened_on) AS DOUBLE), 0.5)
    FROM facts
    GROUP BY segment, period
    UNION ALL
    SELECT segment, period, 4, count(*) FILTER (WHERE furthest >= 4), sum(amount) FILTER (WHERE furthest >= 4), 0,
      quantile_cont(CAST(date_diff('day', opened_on, won_on) AS DOUBLE), 0.5)
    FROM facts
    GROUP BY segment, period
  ) f ON f.position = s.position
) stepped
ORDER BY segment, period, position
;
-- section: left_out
SELECT reason, n
FROM deals_left_out
UNION ALL
SELECT reason, n
FROM touches_left_out
ORDER BY reason
;
-- section: warnings
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): median_days and order=strict leave them out.' AS warning,
  count(*) AS n
FROM opportunities
WHERE opened_on IS NOT NULL AND NOT opening_known
UNION ALL
SELECT 'No activities are loaded: which accounts are engaged is not known, and accounts with an opportunity are held against all in scope.', 1
WHERE NOT EXISTS (SELECT 1 FROM model.activities)
