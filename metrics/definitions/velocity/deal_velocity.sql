/*
title = "Deal velocity"
definition = "Mean calendar days from opened to won, of deals won in the period. Beside it, for the deals opened in the period and followed to the as-of day: the Kaplan–Meier median to any closing, open deals censored, and the share won by 30, 60, 90 and 180 days, other closings competing."
formula = "days of {n} won deals, added ÷ {n}; the median is {median}"
unit = "deal"
clock = "closed_on"
format = "days"
better = "lower"
needs = ["opportunities"]
uses = ["deal_dates"]
interval = "median_column"
compare = "mean"
steps = ["kaplan_meier", "won_by"]
[change]
kind = "mean"
under = "n"
beyond = "Segments of too few deals"
[columns.median]
formula = "middle of the days of {n} won deals"
change = {kind = "none", because = "median"}
[lists]
followed = "All deals opened in the period, followed to their closing or to the as-of day."
*/
-- section: dated
SELECT o.segment, o.opportunity_id, o.account_id, o.outcome, o.opened_on, o.closed_on,
  CASE
    WHEN o.opened_on IS NULL THEN 'no opening date'
    WHEN NOT o.opening_known THEN 'bulk load'
    WHEN o.outcome = 'open' THEN CASE WHEN o.opened_on > $as_of THEN 'opened after as-of' END
    WHEN o.closed_on IS NULL THEN 'no closing date'
    WHEN o.closed_on < o.opened_on THEN 'negative duration'
    WHEN o.closed_on > $as_of THEN 'closed after as-of'
  END AS problem
FROM opportunities o
;
-- section: rows
SELECT d.segment, p.period, d.opportunity_id, d.account_id, d.opened_on, d.closed_on,
  CAST(date_diff('day', d.opened_on, d.closed_on) AS DOUBLE) AS measure
FROM periods p
JOIN dated d ON p.is_whole OR (d.closed_on >= p.starts_on AND d.closed_on < p.ends_before)
WHERE d.outcome = 'won' AND d.problem IS NULL
;
-- section: answer
SELECT segment, period,
  CASE WHEN n >= deals THEN value END AS value, n,
  CASE WHEN n >= deals THEN median END AS median, CASE WHEN n >= deals THEN p25 END AS p25,
  CASE WHEN n >= deals THEN p75 END AS p75, CASE WHEN n >= deals THEN p90 END AS p90
FROM (
  SELECT segment, period, count(*) AS n, avg(measure) AS value, quantile_cont(measure, 0.5) AS median,
    quantile_cont(measure, 0.25) AS p25, quantile_cont(measure, 0.75) AS p75, quantile_cont(measure, 0.9) AS p90
  FROM rows
  GROUP BY segment, period
) summed
CROSS JOIN least
ORDER BY segment, period
;
-- section: followed
SELECT d.segment, p.period, d.opportunity_id, d.account_id, d.outcome, d.opened_on, d.closed_on,
  CAST(date_diff('day', d.opened_on, CASE WHEN d.outcome = 'open' THEN $as_of ELSE d.closed_on END) AS DOUBLE) AS measure
FROM periods p
JOIN dated d ON p.is_whole OR (d.opened_on >= p.starts_on AND d.opened_on < p.ends_before)
WHERE d.problem IS NULL
;
-- section: life
SELECT segment, period, t, closed, won, censored
FROM (
  SELECT segment, period, measure AS t, count(*) FILTER (WHERE outcome <> 'open') AS closed,
    count(*) FILTER (WHERE outcome = 'won') AS won, count(*) FILTER (WHERE outcome = 'open') AS censored,
    sum(count(*)) OVER (PARTITION BY segment, period) AS deals_followed
  FROM followed
  GROUP BY segment, period, measure
) counted
CROSS JOIN least
WHERE deals_followed >= least.deals
ORDER BY segment, period, t
;
-- section: left_out
SELECT CASE WHEN d.outcome = 'won' THEN d.problem ELSE 'not won, not followed: ' || d.problem END AS reason,
  count(DISTINCT d.opportunity_id) AS n
FROM dated d
JOIN periods p ON p.is_whole
  OR (d.outcome = 'won' AND (d.closed_on IS NULL OR (d.closed_on >= p.starts_on AND d.closed_on < p.ends_before)
    OR (d.closed_on > $as_of AND p.ends_before > $as_of)))
  OR (d.outcome <> 'won' AND (d.opened_on IS NULL OR (d.opened_on >= p.starts_on AND d.opened_on < p.ends_before)))
WHERE d.problem IS NOT NULL
GROUP BY reason
ORDER BY reason
