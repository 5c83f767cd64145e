/*
# How far apart a customer's invoices are. Shared by the metrics that name it in `uses`.
*/
-- section: usual_gap
-- Days between one invoice day of a customer and its next, over all of them.
SELECT quantile_cont(CAST(date_diff('day', previous_on, invoiced_on) AS DOUBLE), 0.5) AS days
FROM (
  SELECT invoiced_on, lag(invoiced_on) OVER (PARTITION BY account_id ORDER BY invoiced_on) AS previous_on
  FROM (SELECT DISTINCT account_id, invoiced_on FROM model.invoices WHERE account_id IS NOT NULL AND invoiced_on <= $as_of) days
) ordered
WHERE previous_on IS NOT NULL
