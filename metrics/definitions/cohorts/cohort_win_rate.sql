/*
title = "Win rate by cohort"
definition = "Of all deals opened in the cohort, the share won by the end of the age-th unit after it; open, lost and no-decision deals stay in the denominator. A cell exists once its unit has ended. A deal closed before it was opened counts from age 0."
formula = "{numerator} won by age {age} ÷ {denominator} deals opened"
unit = "deal"
clock = "opened_on"
format = "percent"
better = "higher"
keys = ["cohort", "age"]
needs = ["opportunities"]
uses = ["cohorts", "reached_by_age", "deal_dates"]
interval = "wilson"
compare = "newcombe"
[change]
kind = "none"
because = "cohort"
*/
-- section: opened
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.outcome, o.opened_on, o.closed_on, o.opening_known,
  o.outcome = 'won' AND o.closed_on IS NULL AS is_undated
FROM periods p
JOIN opportunities o ON o.opened_on >= p.starts_on AND o.opened_on < p.ends_before
;
-- section: usable
SELECT count(*) FILTER (WHERE opening_known AND NOT is_undated) AS deals,
  count(*) FILTER (WHERE opened_on IS NOT NULL AND NOT opening_known) AS bulk
FROM opened
;
-- section: rows
SELECT d.segment, d.period, c.label AS cohort, c.unit AS cohort_unit, d.opportunity_id, d.account_id, d.outcome, d.opened_on,
  d.closed_on, CASE WHEN w.unit < c.unit THEN 0 ELSE w.unit - c.unit END AS reached_age,
  CASE WHEN w.unit IS NULL THEN 0.0 ELSE 1.0 END AS measure
FROM opened d
JOIN months c ON c.month = extract(year FROM d.opened_on) * 12 + extract(month FROM d.opened_on) - 1
LEFT JOIN months w ON w.month = CASE WHEN d.outcome = 'won' THEN extract(year FROM d.closed_on) * 12 + extract(month FROM d.closed_on) - 1 END
WHERE d.opening_known AND NOT d.is_undated AND (SELECT u.deals >= l.deals FROM usable u CROSS JOIN least l)
;
-- section: left_out
SELECT 'no opening date' AS reason, count(*) AS n
FROM opportunities
WHERE opened_on IS NULL
UNION ALL
SELECT reason, sum(n)
FROM opening_left_out
WHERE reason = 'opened after as-of'
GROUP BY reason
UNION ALL
SELECT 'bulk load', bulk
FROM usable
UNION ALL
SELECT 'no closing date', count(*)
FROM opened
WHERE is_undated AND opening_known
ORDER BY reason
