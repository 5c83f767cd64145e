/*
title = "Sales velocity"
definition = "Money a day that the open deals bring at the present pace: open deals × win rate × average deal size ÷ mean days to won. Win rate (won ÷ won and lost), average size (mean amount of won deals that have one) and days (calendar days from opened to won) are of the deals closed in the period, else in the 365 days to the as-of day; the open deals are those of the as-of day. Two sides are compared as totals, so that more accounts bring more, by a bootstrap of accounts that works out all four figures of every draw anew; too few to say where any of the four rests on fewer than five deals."
formula = "{deals} open deals × {win_rate} × {deal_size} ÷ {days} days"
unit = "deal"
clock = "as_of"
format = "money"
better = "higher"
needs = ["opportunities"]
uses = ["deal_dates"]
compare = "product"
*/
-- section: span
SELECT CASE WHEN is_whole THEN CAST($as_of - INTERVAL '365' DAY AS DATE) ELSE CAST(starts_on - INTERVAL '1' DAY AS DATE) END AS after_on,
  CASE WHEN is_whole THEN $as_of ELSE CAST(ends_before - INTERVAL '1' DAY AS DATE) END AS until_on
FROM periods
;
-- section: closed
SELECT o.segment, o.opportunity_id, o.account_id, o.outcome, o.value, o.value_issue, o.opened_on, o.closed_on,
  CASE
    WHEN o.opened_on IS NULL THEN 'no opening date'
    WHEN NOT o.opening_known THEN 'bulk load'
    WHEN o.closed_on < o.opened_on THEN 'negative duration'
  END AS problem
FROM span s
JOIN opportunities o ON o.closed_on > s.after_on AND o.closed_on <= s.until_on
WHERE o.outcome IN ('won', 'lost')
;
-- section: rows
SELECT segment, CAST(NULL AS VARCHAR) AS period, opportunity_id, account_id, 'open' AS part, value AS measure,
  CAST(NULL AS DOUBLE) AS days
FROM opportunities
WHERE outcome = 'open' AND (opened_on IS NULL OR opened_on <= $as_of)
;
-- section: closed_rows
SELECT segment, CAST(NULL AS VARCHAR) AS period, opportunity_id, account_id, outcome AS part,
  CASE WHEN outcome = 'won' THEN value END AS measure,
  CASE WHEN outcome = 'won' AND problem IS NULL THEN CAST(date_diff('day', opened_on, closed_on) AS DOUBLE) END AS days
FROM closed
;
-- section: factors
SELECT segment, CAST(NULL AS VARCHAR) AS period, opportunity_id, account_id, 'open deals' AS factor, 1 AS power,
  CAST(1 AS DOUBLE) AS measure
FROM rows
UNION ALL
SELECT segment, NULL, opportunity_id, account_id, 'won', 1, 1 FROM closed_rows WHERE part = 'won'
UNION ALL
SELECT segment, NULL, opportunity_id, account_id, 'won or lost', -1, 1 FROM closed_rows
UNION ALL
SELECT segment, NULL, opportunity_id, account_id, 'amount', 1, measure FROM closed_rows WHERE measure IS NOT NULL
UNION ALL
SELECT segment, NULL, opportunity_id, account_id, 'amounts', -1, 1 FROM closed_rows WHERE measure IS NOT NULL
UNION ALL
SELECT segment, NULL, opportunity_id, account_id, 'days', -1, days FROM closed_rows WHERE days IS NOT NULL
UNION ALL
SELECT segment, NULL, opportunity_id, account_id, 'timed', 1, 1 FROM closed_rows WHERE days IS NOT NULL
;
-- section: pace
SELECT segment, count(*) FILTER (WHERE part = 'open') AS deals, count(*) FILTER (WHERE part = 'won') AS won,
  count(*) FILTER (WHERE part = 'lost') AS lost, avg(measure) FILTER (WHERE part = 'won') AS deal_size,
  CASE WHEN count(days) >= max(least_deals) THEN avg(days) END AS days
FROM (
  SELECT r.segment, r.part, r.measure, r.days, l.deals AS least_deals FROM rows r CROSS JOIN least l
  UNION ALL
  SELECT c.segment, c.part, c.measure, c.days, l.deals FROM closed_rows c CROSS JOIN least l
) parts
GROUP BY segment
;
-- section: answer
SELECT segment, CAST(NULL AS VARCHAR) AS period, deals * win_rate * deal_size / nullif(days, 0) AS value, deals AS n, deals,
  win_rate, deal_size, days, won AS numerator, won + lost AS denominator
FROM (
  SELECT segment, deals, won, lost, CAST(won AS DOUBLE) / nullif(won + lost, 0) AS win_rate, deal_size, days
  FROM pace
) paced
ORDER BY segment
;
-- section: left_out
SELECT 'won, ' || value_issue AS reason, count(*) AS n
FROM closed
WHERE outcome = 'won' AND value IS NULL
GROUP BY value_issue
UNION ALL
SELECT 'won, ' || problem, count(*)
FROM closed
WHERE outcome = 'won' AND problem IS NOT NULL
GROUP BY problem
UNION ALL
SELECT 'no closing date', count(*)
FROM opportunities
WHERE outcome IN ('won', 'lost') AND closed_on IS NULL
UNION ALL
SELECT 'closed after as-of', count(*)
FROM opportunities
WHERE outcome IN ('won', 'lost') AND closed_on > $as_of
UNION ALL
SELECT 'opened after as-of', count(*)
FROM opportunities
WHERE outcome = 'open' AND opened_on > $as_of
ORDER BY reason
