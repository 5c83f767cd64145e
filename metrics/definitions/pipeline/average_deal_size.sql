/*
title = "Average deal size"
definition = "Mean amount of the won deals that have one, closed in the period. A missing amount is not 0."
formula = "amounts of {n} won deals ÷ {n}; the median is {median}"
unit = "deal"
clock = "closed_on"
format = "money"
better = "higher"
needs = ["opportunities"]
interval = "median_column"
compare = "mean"
uses = ["deal_dates", "won_deals"]
[change]
kind = "mean"
under = "n"
*/
-- section: answer
SELECT segment, period, avg(value) AS value, count(value) AS n, quantile_cont(value, 0.5) AS median, count(*) AS deals
FROM won
GROUP BY segment, period
ORDER BY segment, period
