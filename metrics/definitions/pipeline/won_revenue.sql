/*
title = "Won revenue"
definition = "Sum of the amounts of won deals, closed in the period, in the reporting currency. Deals counts all of them, n those with an amount."
formula = "amounts of {n} of {deals} won deals, added"
unit = "deal"
clock = "closed_on"
format = "money"
better = "higher"
needs = ["opportunities"]
compare = "sum"
uses = ["deal_dates", "won_deals"]
[change]
kind = "sum"
*/
-- section: answer
SELECT segment, period, sum(value) AS value, count(value) AS n, count(*) AS deals
FROM won
GROUP BY segment, period
ORDER BY segment, period
