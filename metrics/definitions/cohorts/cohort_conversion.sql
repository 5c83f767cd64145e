/*
title = "Conversion by cohort"
definition = "Of the accounts first engaged in the cohort, the share that has an opportunity (to=won: a won deal) by the end of the age-th unit after it. An opportunity older than the engagement counts from age 0. A cell exists once its unit has ended. Accounts whose deals came by a bulk load are left out, and so are the others beside them where fewer than 5 remain."
formula = "{numerator} converted by age {age} ÷ {denominator} accounts first engaged"
unit = "account"
clock = "first engagement"
format = "percent"
better = "higher"
keys = ["cohort", "age"]
needs = ["activities", "opportunities"]
uses = ["touches", "engagement", "cohorts", "reached_by_age"]
interval = "wilson"
compare = "newcombe"
touches = true
[change]
kind = "none"
because = "cohort"
[options.to]
default = "opportunity"
choices = ["opportunity", "won"]
meaning = "What an account converts to: its first opportunity, or its first won deal."
*/
-- section: milestones
SELECT account_id, min(happened_on) AS reached_on, bool_or(is_bulk) AS has_bulk
FROM (
  SELECT account_id, CASE WHEN opening_known THEN opened_on END AS happened_on, opened_on IS NOT NULL AND NOT opening_known AS is_bulk
  FROM opportunities
  WHERE $to = 'opportunity' AND account_id IS NOT NULL
  UNION ALL
  SELECT account_id, closed_on, FALSE
  FROM opportunities
  WHERE $to = 'won' AND outcome = 'won' AND account_id IS NOT NULL
) dated
GROUP BY account_id
;
-- section: engaged
SELECT a.segment, p.period, a.account_id, e.engaged_on, m.reached_on, m.account_id IS NOT NULL AND m.reached_on IS NULL AS is_undated,
  m.reached_on IS NULL AND coalesce(m.has_bulk, FALSE) AS is_bulk
FROM periods p
JOIN first_engagements e ON p.is_whole OR (e.engaged_on >= p.starts_on AND e.engaged_on < p.ends_before)
JOIN accounts a ON a.account_id = e.account_id
LEFT JOIN milestones m ON m.account_id = e.account_id
;
-- section: usable
SELECT segment, period, count(*) FILTER (WHERE NOT is_undated) AS accounts, count(*) FILTER (WHERE is_bulk) AS bulk
FROM engaged
GROUP BY segment, period
;
-- section: rows
SELECT e.segment, e.period, c.label AS cohort, c.unit AS cohort_unit, e.account_id, e.engaged_on, e.reached_on,
  CASE WHEN r.unit < c.unit THEN 0 ELSE r.unit - c.unit END AS reached_age, CASE WHEN r.unit IS NULL THEN 0.0 ELSE 1.0 END AS measure
FROM engaged e
JOIN usable u ON u.segment = e.segment AND coalesce(u.period, '') = coalesce(e.period, '')
JOIN months c ON c.month = extract(year FROM e.engaged_on) * 12 + extract(month FROM e.engaged_on) - 1
LEFT JOIN months r ON r.month = extract(year FROM e.reached_on) * 12 + extract(month FROM e.reached_on) - 1
WHERE NOT e.is_undated AND (u.bulk = 0 OR u.accounts >= 5)
;
-- section: left_out
SELECT 'bulk load' AS reason, count(*) AS n
FROM engaged
WHERE is_bulk
UNION ALL
SELECT CASE WHEN $to = 'won' THEN 'no closing date' ELSE 'no opening date' END, count(*)
FROM engaged
WHERE is_undated AND NOT is_bulk
UNION ALL
SELECT 'deal without an account', count(*)
FROM opportunities
WHERE account_id IS NULL AND ($to = 'opportunity' OR outcome = 'won')
UNION ALL
SELECT 'touch without an account', count(*)
FROM qualifying_touches
WHERE account_id IS NULL
UNION ALL
SELECT 'touch without a date', count(*)
FROM qualifying_touches
WHERE account_id IS NOT NULL AND occurred_on IS NULL
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM preset_unknown
