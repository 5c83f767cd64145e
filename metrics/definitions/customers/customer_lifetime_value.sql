/*
title = "Customer lifetime value"
definition = "Observed: revenue to the as-of day × margin, the mean over customers. A customer has an invoice of any amount, a contract, or, where neither is loaded, a won deal; revenue is invoices, else contracts prorated by day (the days of grace before a renewal with them, and of a contract and its early renewal only the renewal), else won amounts. A contract has one exchange rate for all of its time, that of its end or of the as-of day. Predicted: revenue per customer and month × margin × the months that a customer stays, 1 ÷ monthly churn, at most cap_months; both are of the 12 months to the as-of day, churn being customers lost ÷ customer-months at risk. By invoices a customer is one for the 12 months after each invoice, so that one who buys again later was lost before; churn_rate, which asks whether a year has any invoice, does not count that one. A segment that lost fewer than five customers has the churn of all customers, marked in few_losses; without any loss, or without contracts and invoices, nothing is predicted. Net and ratio hold the predicted value (lifetime=observed: the observed one) against the cost of acquiring a customer, in the period if one is set; where a segment's own cost is not known it is that of all customers, marked in company_cost. Repeat rate: the share of customers with revenue on two days or more; contracts bring revenue every day, so that they have none."
formula = "revenue × margin of {n} customers, added ÷ {n}"
unit = "account"
clock = "as_of"
format = "money"
better = "higher"
needs = []
by_product = true
uses = ["contract_days", "customers", "revenue", "year_revenue", "spend_days", "acquisition", "endings"]
compare = "mean"
steps = ["cost_reach"]
[columns.predicted]
formula = "{revenue_per_month} revenue per customer and month × margin ÷ {monthly_churn} monthly churn, cap_months of it at most"
[columns.ratio]
formula = "lifetime value ÷ {acquisition_cost} cost of acquiring a customer"
[options.cap_months]
default = 60
minimum = 1
meaning = "Months that a customer is expected to stay at most, however low churn is."
[options.lifetime]
default = "predicted"
choices = ["predicted", "observed"]
meaning = "The lifetime value that is held against the cost of a customer in net and ratio."
*/
-- section: earnings
SELECT account_id, paid_on, value
FROM payments
UNION ALL
SELECT account_id, CAST(NULL AS DATE), value
FROM contract_months
WHERE $revenue_source = 'contracts'
;
-- section: earned
SELECT account_id, sum(value) AS revenue, count(*) AS parts,
  CASE WHEN $revenue_source <> 'contracts' THEN count(DISTINCT CASE WHEN value IS NULL OR value > 0 THEN paid_on END) END AS paid_days
FROM earnings
GROUP BY account_id
;
-- section: valued
-- A customer by contract alone, where invoices are the revenue, has brought none so far.
SELECT a.segment, a.account_id, f.first_on, coalesce(e.paid_days, CASE WHEN $revenue_source <> 'contracts' THEN 0 END) AS paid_days,
  CASE WHEN e.parts > 0 THEN e.revenue ELSE 0 END AS revenue
FROM accounts a
JOIN first_revenues f ON f.account_id = a.account_id
LEFT JOIN earned e ON e.account_id = a.account_id
;
-- section: rows
SELECT segment, CAST(NULL AS VARCHAR) AS period, account_id, first_on, revenue, paid_days, revenue * $margin AS measure
FROM valued
WHERE revenue IS NOT NULL
;
-- section: year_of_accounts
SELECT r.account_id, r.months, r.lost, CASE WHEN y.account_id IS NULL THEN 0 ELSE y.revenue END AS revenue
FROM customers_at_risk r
LEFT JOIN year_revenue y ON y.account_id = r.account_id
;
-- section: overall_churn
SELECT CAST(sum(lost) AS DOUBLE) / nullif(sum(months), 0) AS churn
FROM year_of_accounts
;
-- section: segment_years
SELECT a.segment, sum(y.months) AS months, sum(y.lost) AS lost, CAST(sum(y.lost) AS DOUBLE) / nullif(sum(y.months), 0) AS churn,
  sum(y.revenue) / nullif(sum(y.months) FILTER (WHERE y.revenue IS NOT NULL), 0) AS monthly
FROM accounts a
JOIN year_of_accounts y ON y.account_id = a.account_id
GROUP BY a.segment
;
-- section: outlook
SELECT segment, monthly, months, lost, few_losses, churn,
  monthly * $margin * CASE WHEN churn > 0 THEN CASE WHEN 1 / churn < $cap_months THEN 1 / churn ELSE $cap_months END END AS predicted
FROM (
  SELECT s.segment, s.monthly, s.months, s.lost, s.lost < 5 AS few_losses, CASE WHEN s.lost < 5 THEN o.churn ELSE s.churn END AS churn
  FROM segment_years s
  CROSS JOIN overall_churn o
) churned
;
-- section: company_acquired
SELECT t.cost / nullif(n.customers, 0) AS cost
FROM cost_totals t
CROSS JOIN (
  SELECT count(*) AS customers
  FROM periods p
  JOIN first_wins f ON p.is_whole OR (f.first_on >= p.starts_on AND f.first_on < p.ends_before)
) n
;
-- section: costs_of_customers
SELECT q.segment, q.cost / nullif(q.customers, 0) AS cost, (SELECT max(cost) FROM company_acquired) AS company_cost
FROM acquired q
WHERE NOT $of_product
;
-- section: answer
SELECT segment, CAST(NULL AS VARCHAR) AS period, value, n, predicted, lifetime - cost AS net, lifetime / nullif(cost, 0) AS ratio,
  repeat_rate, revenue, monthly AS revenue_per_month, churn AS monthly_churn, lost AS customers_lost, months AS customer_months, few_losses,
  cost AS acquisition_cost, company_cost
FROM (
  SELECT v.segment, v.value, v.n, v.repeat_rate, v.revenue, o.monthly, o.churn, o.lost, o.months, o.few_losses,
    o.predicted,
    CASE $lifetime WHEN 'observed' THEN v.value ELSE o.predicted END AS lifetime,
    coalesce(c.cost, c.company_cost) AS cost, c.cost IS NULL AND c.company_cost IS NOT NULL AS company_cost
  FROM (
    SELECT segment, avg(measure) AS value, count(*) AS n, sum(revenue) AS revenue,
      CAST(count(*) FILTER (WHERE paid_days >= 2) AS DOUBLE) / nullif(count(paid_days), 0) AS repeat_rate
    FROM rows
    GROUP BY segment
  ) v
  LEFT JOIN outlook o ON o.segment = v.segment
  LEFT JOIN costs_of_customers c ON c.segment = v.segment
) held
ORDER BY segment
;
-- section: left_out
SELECT reason, n
FROM revenue_left_out
UNION ALL
SELECT reason, n
FROM amounts_left_out
UNION ALL
SELECT 'customer without a known amount', count(*)
FROM valued
WHERE revenue IS NULL
UNION ALL
SELECT reason, n
FROM costs_left_out
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM no_revenue
UNION ALL
SELECT warning, n
FROM endings_said
UNION ALL
SELECT 'Revenue is ' || CAST($revenue_source AS VARCHAR) || CASE WHEN $margin = 1 THEN ', before margin.' ELSE ', × margin.' END, count(*)
FROM rows
UNION ALL
SELECT '{n} customers have a contract and no invoice: their revenue to date is 0.', count(*)
FROM rows r
WHERE $revenue_source = 'invoices' AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.account_id = r.account_id)
UNION ALL
SELECT 'Accounts with invoices and no contract: {n}. Their revenue counts, but nobody can tell if they left: churn is that of the contracts.',
  count(DISTINCT u.account_id)
FROM unsigned_invoices u
JOIN rows r ON r.account_id = u.account_id
UNION ALL
SELECT 'Lost here, 12 months after an invoice without another, but back by the as-of day: {n} customers. A yearly churn_rate does not count them as gone, so that twelve times the monthly churn here is more.',
  count(DISTINCT t.account_id)
FROM customer_stays t
JOIN year y ON t.until_on > y.starts_on AND t.until_on < y.ends_before
JOIN customer_stays b ON b.account_id = t.account_id AND b.since_on > t.until_on
JOIN rows r ON r.account_id = t.account_id
CROSS JOIN customer_source s
WHERE s.source = 'invoices'
UNION ALL
SELECT 'Without contracts and invoices it is not known who has left: no lifetime value is predicted.', count(*)
FROM rows
WHERE (SELECT source FROM customer_source) = 'none'
UNION ALL
SELECT 'No customer was lost in the last 12 months: no lifetime value is predicted.', count(*)
FROM rows
WHERE (SELECT churn FROM overall_churn) = 0 AND (SELECT source FROM customer_source) <> 'none'
UNION ALL
SELECT 'Costs have no product: what a customer of one product cost is not known.', count(*)
FROM rows
WHERE $of_product AND EXISTS (SELECT 1 FROM costs)
UNION ALL
SELECT 'No spend is loaded: what a customer cost is not known.', count(*)
FROM rows
WHERE NOT EXISTS (SELECT 1 FROM costs)
UNION ALL
SELECT warning, n
FROM costs_said
