/*
# How far apart a customer's invoices are. Shared by the metrics that name it in `uses`.
*/
-- section: billing_gaps
SELECT account_id, amount, CAST(date_diff('day', invoiced_on, next_on) AS DOUBLE) AS days
FROM (
  SELECT account_id, invoiced_on, amount, lead(invoiced_on) OVER (PARTITION BY account_id ORDER BY invoiced_on) AS next_on
  FROM (
    SELECT account_id, invoiced_on, sum(value) AS amount
    FROM all_invoices
    WHERE account_id IS NOT NULL AND invoiced_on <= $as_of
    GROUP BY account_id, invoiced_on
  ) days
) ordered
WHERE next_on IS NOT NULL
;
-- section: usual_gap
-- Days between one invoice day of a customer and its next, over all of them.
SELECT quantile_cont(days, 0.5) AS days
FROM billing_gaps
;
-- section: customers_gap
-- Half of the customers are usually billed so far apart, or further.
SELECT quantile_cont(days, 0.5) AS days
FROM (SELECT account_id, quantile_cont(days, 0.5) AS days FROM billing_gaps GROUP BY account_id) customers
;
-- section: revenue_gap
-- Half of the revenue is billed so far apart, or further.
SELECT min(days) AS days
FROM (
  SELECT days, sum(amount) OVER (ORDER BY days) AS upto, sum(amount) OVER () AS whole
  FROM billing_gaps
  WHERE amount > 0
) weighed
WHERE 2 * upto >= whole
