/*
title = "Owner performance"
definition = "By owner of the deal: won revenue of the deals closed in the period. Beside it the win rate by count with its interval, closed deals, median days from opened to won, sales touches done in the period (on the owner's deals, or on the account of one of them and on no deal), and the deals that are stalled on the as-of day, whatever the period; n/a where no stage can be judged."
formula = "amounts of {n} won deals, added; {numerator} won of {denominator} won or lost"
unit = "deal"
clock = "closed_on"
format = "money"
better = "higher"
keys = ["owner"]
needs = ["opportunities"]
interval = "wilson"
compare = "sum"
uses = ["stages_now", "deal_touches", "deal_dates"]
[change]
kind = "sum"
*/
-- section: rows
SELECT o.segment, p.period, coalesce(o.owner, '(none)') AS owner, o.opportunity_id, o.account_id, o.outcome, o.closed_on,
  CASE WHEN o.outcome = 'won' THEN o.value END AS measure,
  CASE WHEN o.outcome = 'won' AND o.opening_known AND o.closed_on >= o.opened_on AND o.closed_on <= $as_of
    THEN CAST(date_diff('day', o.opened_on, o.closed_on) AS DOUBLE) END AS days
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome <> 'open'
;
-- section: owners
SELECT segment, coalesce(owner, '(none)') AS owner
FROM opportunities
GROUP BY segment, coalesce(owner, '(none)')
;
-- section: stalled
SELECT segment, coalesce(owner, '(none)') AS owner, count(*) AS deals
FROM present
WHERE is_stalled
GROUP BY segment, coalesce(owner, '(none)')
;
-- section: worked
SELECT segment, period, owner, count(*) AS touches
FROM (
  SELECT o.segment, p.period, coalesce(o.owner, '(none)') AS owner
  FROM touches t
  JOIN periods p ON p.is_whole OR (t.occurred_on >= p.starts_on AND t.occurred_on < p.ends_before)
  JOIN opportunities o ON o.opportunity_id = t.opportunity_id
  WHERE t.side = 'sales'
  UNION ALL
  SELECT d.segment, p.period, d.owner
  FROM touches t
  JOIN periods p ON p.is_whole OR (t.occurred_on >= p.starts_on AND t.occurred_on < p.ends_before)
  JOIN (
    SELECT segment, coalesce(owner, '(none)') AS owner, account_id
    FROM opportunities
    GROUP BY segment, coalesce(owner, '(none)'), account_id
  ) d ON d.account_id = t.account_id
  WHERE t.side = 'sales' AND t.opportunity_id IS NULL
) done
GROUP BY segment, period, owner
;
-- section: answer
SELECT w.segment, p.period, w.owner, c.value, coalesce(c.n, 0) AS n, s.team,
  CAST(c.won AS DOUBLE) / nullif(c.won + c.lost, 0) AS win_rate, coalesce(c.deals, 0) AS deals,
  CASE WHEN h.has_touches THEN coalesce(t.touches, 0) END AS activities,
  CASE WHEN c.timed >= l.deals THEN c.median_days END AS median_days,
  CASE WHEN h.judges_stages THEN coalesce(x.deals, 0) END AS stalled_n,
  coalesce(c.won, 0) AS numerator, coalesce(c.won + c.lost, 0) AS denominator
FROM owners w
CROSS JOIN periods p
CROSS JOIN (
  SELECT EXISTS (SELECT 1 FROM model.activities WHERE occurred_on IS NOT NULL) AS has_touches,
    EXISTS (SELECT 1 FROM limits WHERE limit_days IS NOT NULL) AS judges_stages
) h
CROSS JOIN least l
LEFT JOIN (
  SELECT segment, period, owner, sum(measure) AS value, count(measure) AS n, count(*) AS deals,
    count(*) FILTER (WHERE outcome = 'won') AS won, count(*) FILTER (WHERE outcome = 'lost') AS lost,
    count(days) AS timed, quantile_cont(days, 0.5) AS median_days
  FROM rows
  GROUP BY segment, period, owner
) c ON c.segment = w.segment AND c.period IS NOT DISTINCT FROM p.period AND c.owner = w.owner
LEFT JOIN worked t ON t.segment = w.segment AND t.period IS NOT DISTINCT FROM p.period AND t.owner = w.owner
LEFT JOIN stalled x ON x.segment = w.segment AND x.owner = w.owner
LEFT JOIN model.owners s ON s.owner = w.owner
WHERE c.deals > 0 OR t.touches > 0 OR x.deals > 0
ORDER BY w.segment, p.period, c.value DESC NULLS LAST, w.owner
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM rows r
JOIN model.opportunities o ON o.opportunity_id = r.opportunity_id
WHERE r.outcome = 'won' AND r.measure IS NULL
GROUP BY value_issue
UNION ALL
SELECT reason, sum(n)
FROM closing_left_out
GROUP BY reason
UNION ALL
SELECT reason || ' (median days only)', count(*)
FROM (
  SELECT CASE WHEN o.opened_on IS NULL THEN 'no opening date' WHEN NOT o.opening_known THEN 'bulk load'
    WHEN r.closed_on < o.opened_on THEN 'negative duration' END AS reason
  FROM rows r
  JOIN model.opportunities o ON o.opportunity_id = r.opportunity_id
  WHERE r.outcome = 'won' AND r.closed_on <= $as_of
) undated
WHERE reason IS NOT NULL
GROUP BY reason
ORDER BY reason
