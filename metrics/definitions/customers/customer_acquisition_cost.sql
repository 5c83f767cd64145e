/*
title = "Customer acquisition cost"
definition = "Sales and marketing spend ÷ new customers: the accounts whose first win or first revenue, whichever is earlier, is in the period; who won or paid before it is not new. The spend is that of the same period lag_days earlier (by default the median days from opened to won of all won deals, whatever the filters), a cost over a range of days spread evenly over them. ABM, other and shared or unallocated (no program, or a shared one) are its parts. A cost has no account: it is known of all accounts together; of the target accounts it is the ABM spend and of the rest the other spend, the shared spend standing apart; of any other part the cost is n/a. Payback is the months in which a new customer's monthly revenue × margin repays the cost: the contracts in force on its first day of revenue, without contracts the revenue of its first 12 months ÷ 12, of customers followed that long. Two sides are compared by a bootstrap of accounts."
formula = "{spend} spent ÷ {customers} new customers"
unit = "account"
clock = "first win"
format = "money"
better = "lower"
needs = ["spend"]
uses = ["contract_days", "customers", "spend_days", "acquisition"]
compare = "product"
steps = ["cost_reach"]
[change]
kind = "ratio"
over = "spend"
under = "customers"
undivided = ["spend"]
beyond = "Spend of no account"
[columns.payback_months]
formula = "{spend} spent ÷ {customers} new customers ÷ (their monthly revenue × margin)"
change = {kind = "none", because = "derived"}
*/
-- section: rows
SELECT segment, period, account_id, first_on, CAST(1 AS DOUBLE) AS measure
FROM newcomers
;
-- section: contract_starts
SELECT b.account_id, sum(k.monthly_value) AS monthly
FROM customer_beginnings b
JOIN contract_terms k ON k.account_id = b.account_id AND k.started_on <= b.revenue_on AND (k.until_on IS NULL OR k.until_on > b.revenue_on)
GROUP BY b.account_id
;
-- section: first_years
SELECT b.account_id, sum(paid.value) / 12 AS monthly
FROM customer_beginnings b
JOIN (
  SELECT account_id, invoiced_on AS paid_on, value FROM model.invoices WHERE $revenue_source = 'invoices'
  UNION ALL
  SELECT account_id, closed_on, value FROM model.opportunities WHERE outcome = 'won' AND $revenue_source = 'won amounts'
) paid ON paid.account_id = b.account_id AND paid.paid_on >= b.revenue_on
  AND paid.paid_on < CAST(b.revenue_on + INTERVAL '12' MONTH AS DATE)
WHERE CAST(b.revenue_on + INTERVAL '12' MONTH AS DATE) <= CAST(CAST($as_of AS DATE) + INTERVAL '1' DAY AS DATE)
GROUP BY b.account_id
;
-- section: monthly_revenue
SELECT n.segment, n.period, avg(CASE WHEN s.source = 'contracts' THEN k.monthly ELSE y.monthly END) AS monthly
FROM newcomers n
CROSS JOIN customer_source s
LEFT JOIN contract_starts k ON k.account_id = n.account_id
LEFT JOIN first_years y ON y.account_id = n.account_id
GROUP BY n.segment, n.period
;
-- section: factors
-- A draw of accounts has the whole spend, whoever is drawn, and as many new customers as it holds.
SELECT a.segment, q.period, a.account_id, 'spend' AS factor, 1 AS power, q.cost / q.accounts AS measure
FROM accounts a
JOIN acquired q ON q.segment = a.segment
WHERE q.cost IS NOT NULL
UNION ALL
SELECT segment, period, account_id, 'customers', -1, measure
FROM rows
;
-- section: told
-- A segment has a row where it has customers or a cost, and in each period of a grain that is asked for or later than the first such one.
SELECT segment, min(period) OVER () AS first_period
FROM acquired
WHERE customers > 0 OR cost IS NOT NULL
;
-- section: answer
SELECT q.segment, q.period, q.cost / nullif(q.customers, 0) AS value, q.customers AS n, q.cost AS spend, q.customers,
  CASE WHEN q.cost IS NOT NULL AND q.costs_of <> 'other' THEN coalesce(q.abm, 0) END AS abm,
  CASE WHEN q.cost IS NOT NULL AND q.costs_of <> 'abm' THEN coalesce(q.other, 0) END AS other,
  CASE WHEN q.cost IS NOT NULL THEN coalesce(q.shared, 0) END AS shared_unallocated,
  q.cost / nullif(q.customers, 0) / nullif(m.monthly * $margin, 0) AS payback_months, l.days AS lag_days
FROM acquired q
CROSS JOIN lag l
LEFT JOIN monthly_revenue m ON m.segment = q.segment AND coalesce(m.period, '') = coalesce(q.period, '')
JOIN (SELECT segment, min(first_period) AS first_period FROM told GROUP BY segment) t ON t.segment = q.segment
WHERE q.period IS NULL OR $from > DATE '1000-01-01' OR q.period >= t.first_period
ORDER BY q.segment, q.period
;
-- section: left_out
SELECT reason, n
FROM costs_left_out
UNION ALL
SELECT 'customer whose first win or revenue has no day', count(*)
FROM first_wins f
JOIN accounts a ON a.account_id = f.account_id
WHERE f.first_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM costs_said
UNION ALL
SELECT 'No customers are known: load deals, invoices or contracts.', 1
WHERE NOT EXISTS (SELECT 1 FROM first_wins)
