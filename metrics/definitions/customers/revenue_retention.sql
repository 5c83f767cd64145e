/*
title = "Net revenue retention"
definition = "Revenue now of the customers at the start of the period ÷ their revenue then; without a period, the 12 months to the as-of day. By contracts: monthly revenue on the last and on the first day, a contract that follows within grace_days being no gap, and a renewal that begins before the end taking over from its first day, so that the two are not added up. By invoices, where there are no contracts: those of this period and of the one before, of equal length, of customers with revenue above 0 in it. grr: each customer counted up to what it brought at the start. expansion, contraction, lost (customers gone) and new (customers who were none at the start) are money: at the start + expansion − contraction − lost + new = at the end. products_per_account: products of a customer at the end. renewal_rate: contracts due in the period, on their end or on a renewal day that they ran past, that were renewed: that ran on, or whose account's next contract began up to early_days before it or contracts up to grace_days after it, one with a product in common or together with at least early_share of the revenue; one that says no such day is never due, one that renews several times in a period counts once, and where no contract in the data was ever renewed the rate is n/a. upsell_rate: customers at the start who bring more at the end. By account: yearly_change of its spend, products_added, and renewal_likelihood: how many of the contracts due before were renewed (of likelihood_n), of accounts in the same third by engagement in the trend_days before. A contract has one exchange rate for all of its time, that of its end or of the as-of day."
formula = "({revenue_start} at the start + {expansion} expansion − {contraction} contraction − {lost} lost) ÷ {revenue_start}"
unit = "account"
clock = "period"
format = "percent"
better = "higher"
needs = []
by_product = true
uses = ["contract_days", "customers", "endings", "retention", "touches", "points", "renewals"]
compare = "ratio"
steps = ["outlook_of_accounts"]
[change]
kind = "rate"
over = "revenue_start + expansion - contraction - lost"
under = "revenue_start"
[columns.grr]
formula = "({revenue_start} at the start − {contraction} contraction − {lost} lost) ÷ {revenue_start}"
change = {kind = "rate", over = "revenue_start - contraction - lost", under = "revenue_start"}
[lists]
newcomers = "Accounts without revenue at the start that have some now."
*/
-- section: moved
SELECT a.segment, b.period, b.account_id, b.was_customer, b.is_customer, b.is_gone, b.revenue_before, b.revenue_now,
  b.revenue_now - b.revenue_before AS change
FROM balances b
JOIN accounts a ON a.account_id = b.account_id
WHERE b.is_known
;
-- section: rows
SELECT segment, period, account_id,
  CASE WHEN is_gone THEN 'lost' WHEN change > 0 THEN 'expansion' WHEN change < 0 THEN 'contraction' ELSE 'unchanged' END AS movement,
  revenue_before, revenue_now, change, CAST(revenue_now AS DOUBLE) AS measure, CAST(revenue_before AS DOUBLE) AS weight
FROM moved
WHERE was_customer
;
-- section: newcomers
SELECT segment, period, account_id, 'new' AS movement, revenue_before, revenue_now, change, CAST(revenue_now AS DOUBLE) AS measure
FROM moved
WHERE NOT was_customer
;
-- section: named_products
-- A contract may be of several products, each of which is held.
SELECT e.period, e.account_id, coalesce(c.product, e.product) AS product, e.is_before, e.is_now
FROM both_ends e
LEFT JOIN model.contract_products c ON c.contract_id = e.contract_id
WHERE e.product IS NOT NULL AND (e.is_before OR e.is_now) AND (e.is_active OR e.amount > 0)
;
-- section: held_products
SELECT a.segment, e.period, e.account_id, e.product, max(CASE WHEN e.is_before THEN 1 ELSE 0 END) AS was_held,
  max(CASE WHEN e.is_now THEN 1 ELSE 0 END) AS is_held
FROM named_products e
JOIN accounts a ON a.account_id = e.account_id
GROUP BY a.segment, e.period, e.account_id, e.product
;
-- section: products
SELECT segment, period, CAST(count(*) AS DOUBLE) / nullif(count(DISTINCT account_id), 0) AS products_per_account
FROM held_products
WHERE is_held = 1
GROUP BY segment, period
;
-- section: due
-- A contract counts once in a period, however often it renews in it: it was renewed if it was every time.
SELECT segment, period, avg(renewed) AS renewal_rate, count(*) AS renewals_due
FROM (
  SELECT a.segment, s.period, r.contract_id, min(CASE WHEN r.is_renewed THEN 1.0 ELSE 0.0 END) AS renewed
  FROM spans s
  JOIN renewals r ON r.due_on >= s.starts_on AND r.due_on < s.ends_before
  JOIN accounts a ON a.account_id = r.account_id
  JOIN terms_known k ON k.are_known
  GROUP BY a.segment, s.period, r.contract_id
) once
GROUP BY segment, period
;
-- section: counted
SELECT segment, period, count(*) FILTER (WHERE was_customer) AS customers,
  coalesce(sum(revenue_before) FILTER (WHERE was_customer), 0) AS revenue_start,
  coalesce(sum(revenue_now) FILTER (WHERE was_customer), 0) AS kept,
  coalesce(sum(CASE WHEN change < 0 THEN revenue_now ELSE revenue_before END) FILTER (WHERE was_customer), 0) AS capped,
  coalesce(sum(change) FILTER (WHERE was_customer AND change > 0), 0) AS expansion,
  coalesce(-sum(change) FILTER (WHERE was_customer AND change < 0 AND NOT is_gone), 0) AS contraction,
  coalesce(-sum(change) FILTER (WHERE is_gone), 0) AS lost,
  coalesce(sum(revenue_now) FILTER (WHERE NOT was_customer), 0) AS new,
  CAST(count(*) FILTER (WHERE was_customer AND change > 0) AS DOUBLE) / nullif(count(*) FILTER (WHERE was_customer), 0) AS upsell_rate
FROM moved
GROUP BY segment, period
;
-- section: answer
SELECT s.segment, s.period, CAST(n.kept AS DOUBLE) / nullif(n.revenue_start, 0) AS value, coalesce(n.customers, 0) AS n,
  CAST(n.capped AS DOUBLE) / nullif(n.revenue_start, 0) AS grr, n.expansion, n.contraction, n.lost, n.new,
  p.products_per_account, d.renewal_rate, n.upsell_rate, coalesce(n.customers, 0) AS customers, n.revenue_start,
  n.kept + n.new AS revenue_end, coalesce(d.renewals_due, 0) AS renewals_due
FROM seen s
LEFT JOIN counted n ON n.segment = s.segment AND coalesce(n.period, '') = coalesce(s.period, '')
LEFT JOIN products p ON p.segment = s.segment AND coalesce(p.period, '') = coalesce(s.period, '')
LEFT JOIN due d ON d.segment = s.segment AND coalesce(d.period, '') = coalesce(s.period, '')
ORDER BY s.segment, s.period
;
-- section: spending
-- What an account spends in a year: by contracts at the rate of the day, by invoices those of the twelve months to it.
SELECT s.period, b.account_id, 12 * (b.revenue_now - b.revenue_before) AS yearly_change
FROM spans s
JOIN balances b ON coalesce(b.period, '') = coalesce(s.period, '')
CROSS JOIN customer_source c
WHERE c.source = 'contracts' AND b.is_known
UNION ALL
SELECT s.period, i.account_id,
  coalesce(sum(i.value) FILTER (WHERE i.invoiced_on >= s.ends_before - INTERVAL '12' MONTH), 0)
    - coalesce(sum(i.value) FILTER (WHERE i.invoiced_on < s.ends_before - INTERVAL '12' MONTH), 0)
FROM spans s
JOIN all_invoices i ON i.invoiced_on >= s.ends_before - INTERVAL '24' MONTH AND i.invoiced_on < s.ends_before
CROSS JOIN customer_source c
WHERE c.source = 'invoices'
GROUP BY s.period, i.account_id
;
-- section: engaged
SELECT s.period, t.account_id, sum(t.points) AS points
FROM spans s
JOIN scored_touches t ON t.occurred_on < s.ends_before
  AND date_diff('day', t.occurred_on, s.last_on) < CAST($trend_days AS INTEGER)
GROUP BY s.period, t.account_id
;
-- section: outlook
SELECT m.segment, m.period, y.yearly_change, coalesce(h.products_added, 0) AS products_added, m.is_customer,
  coalesce(e.points, 0) AS points, s.ends_before
FROM moved m
JOIN spans s ON coalesce(s.period, '') = coalesce(m.period, '')
LEFT JOIN spending y ON y.account_id = m.account_id AND coalesce(y.period, '') = coalesce(m.period, '')
LEFT JOIN engaged e ON e.account_id = m.account_id AND coalesce(e.period, '') = coalesce(m.period, '')
LEFT JOIN (SELECT account_id, period, sum(is_held * (1 - was_held)) AS products_added FROM held_products GROUP BY account_id, period) h
  ON h.account_id = m.account_id AND coalesce(h.period, '') = coalesce(m.period, '')
;
-- section: renewed_before
SELECT r.contract_id, r.due_on, r.is_renewed, coalesce(sum(t.points), 0) AS points
FROM renewals r
JOIN terms_known k ON k.are_known
LEFT JOIN scored_touches t ON t.account_id = r.account_id AND t.occurred_on < r.due_on
  AND date_diff('day', t.occurred_on, r.due_on) <= CAST($trend_days AS INTEGER)
GROUP BY r.contract_id, r.due_on, r.is_renewed
;
-- section: left_out
SELECT reason, n
FROM ends_left_out
UNION ALL
SELECT reason, n
FROM money_left_out
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM retention_said
UNION ALL
SELECT 'No contract in the data was ever renewed, by a next one or on a renewal day that is past: whether an end was one is not known, and the renewal rate is n/a.'
    AS warning, count(*) AS n
FROM contract_terms t
JOIN accounts a ON a.account_id = t.account_id
CROSS JOIN customer_source c
JOIN terms_known k ON NOT k.are_known
WHERE c.source = 'contracts'
UNION ALL
SELECT 'Contracts that run for over a year without a known renewal: {n}. When they were due is not in the data, and the renewal rate leaves them out.', count(*)
FROM contract_terms t
JOIN accounts a ON a.account_id = t.account_id
CROSS JOIN customer_source c
JOIN terms_known k ON k.are_known
WHERE c.source = 'contracts' AND (t.ended_on IS NULL OR t.ended_on > $as_of)
  AND CAST(t.started_on + INTERVAL '12' MONTH AS DATE) < $as_of AND (t.renews_on IS NULL OR t.renews_on > $as_of)
  AND NOT EXISTS (SELECT 1 FROM model.renewal_days d WHERE d.contract_id = t.contract_id AND d.renews_on <= $as_of)
