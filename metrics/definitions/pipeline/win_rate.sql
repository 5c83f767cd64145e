/*
title = "Win rate"
definition = "Won ÷ (won + lost), by count, of deals closed in the period. Open and no-decision deals are never in. By value: the same of their amounts; broad: no-decision deals in the denominator."
formula = "{numerator} won ÷ {denominator} won or lost"
unit = "deal"
clock = "closed_on"
format = "percent"
better = "higher"
needs = ["opportunities"]
uses = ["deal_dates"]
interval = "wilson"
compare = "newcombe"
[change]
kind = "rate"
over = "numerator"
under = "denominator"
[columns.by_value]
formula = "{won_amount} of the won ÷ {decided_amount} of the won or lost"
[columns.broad]
formula = "{numerator} won ÷ (won + lost + no decision)"
*/
-- section: closed
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.outcome, o.value
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome <> 'open'
;
-- section: rows
SELECT segment, period, opportunity_id, account_id, outcome, value,
  CASE WHEN outcome = 'won' THEN 1.0 ELSE 0.0 END AS measure
FROM closed
WHERE outcome IN ('won', 'lost')
;
-- section: answer
SELECT segment, period,
  CAST(won AS DOUBLE) / nullif(won + lost, 0) AS value, won + lost AS n, won AS numerator, won + lost AS denominator,
  won_value / nullif(won_value + lost_value, 0) AS by_value,
  CAST(won AS DOUBLE) / nullif(won + lost + no_decision, 0) AS broad,
  won_value AS won_amount, won_value + lost_value AS decided_amount
FROM (
  SELECT segment, period,
    count(*) FILTER (WHERE outcome = 'won') AS won,
    count(*) FILTER (WHERE outcome = 'lost') AS lost,
    count(*) FILTER (WHERE outcome = 'no_decision') AS no_decision,
    coalesce(sum(value) FILTER (WHERE outcome = 'won'), 0) AS won_value,
    coalesce(sum(value) FILTER (WHERE outcome = 'lost'), 0) AS lost_value
  FROM closed
  GROUP BY segment, period
) counted
WHERE won + lost > 0
ORDER BY segment, period
;
-- section: left_out
SELECT reason, sum(n) AS n
FROM (
  SELECT reason || CASE WHEN outcome = 'no_decision' THEN ' (broad only)' ELSE '' END AS reason, n
  FROM closing_left_out
  UNION ALL
  SELECT o.value_issue || ' (by value only)', 1
  FROM rows r
  JOIN opportunities o ON o.opportunity_id = r.opportunity_id
  WHERE r.value IS NULL
) judged
GROUP BY reason
ORDER BY reason
