/*
title = "Opportunities created"
definition = "Deals opened in the period, whatever became of them. Amount adds up what those with an amount are worth now."
formula = "{value} deals opened"
unit = "deal"
clock = "opened_on"
format = "count"
better = "higher"
needs = ["opportunities"]
uses = ["deal_dates"]
compare = "sum"
[change]
kind = "sum"
*/
-- section: rows
SELECT o.segment, p.period, o.opportunity_id, o.account_id, o.opened_on, o.value AS amount, 1.0 AS measure
FROM periods p
JOIN opportunities o ON (p.is_whole AND o.opened_on IS NULL) OR (o.opened_on >= p.starts_on AND o.opened_on < p.ends_before)
;
-- section: answer
SELECT segment, period, count(*) AS value, count(*) AS n, sum(amount) AS amount
FROM rows
GROUP BY segment, period
ORDER BY segment, period
;
-- section: left_out
SELECT reason, sum(n) AS n
FROM opening_left_out
GROUP BY reason
ORDER BY reason
;
-- section: warnings
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): their opening date is not when they began.' AS warning,
  count(*) AS n
FROM rows r
JOIN opportunities o ON o.opportunity_id = r.opportunity_id
WHERE o.opened_on IS NOT NULL AND NOT o.opening_known
