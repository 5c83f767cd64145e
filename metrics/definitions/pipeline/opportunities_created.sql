/*
title = "Opportunities created"
definition = "Deals opened in the period, whatever became of them. Amount adds up what those with an amount are worth now."
formula = "{value} deals opened"
unit = "deal"
clock = "opened_on"
format = "count"
better = "higher"
needs = ["opportunities"]
compare = "sum"
*/
-- section: rows
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.opened_on, o.value AS amount, 1.0 AS measure
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.opened_on >= p.starts_on AND o.opened_on < p.ends_before)
;
-- section: answer
SELECT segment, period, count(*) AS value, count(*) AS n, sum(amount) AS amount
FROM rows
GROUP BY segment, period
ORDER BY segment, period
;
-- section: left_out
SELECT 'no opening date' AS reason, count(*) AS n
FROM opportunities o
WHERE o.opened_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
;
-- section: warnings
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): their opening date is not when they began.' AS warning,
  count(*) AS n
FROM rows r
JOIN opportunities o ON o.opportunity_id = r.opportunity_id
WHERE o.opened_on IS NOT NULL AND NOT o.opening_known
