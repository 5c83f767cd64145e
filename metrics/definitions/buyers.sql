/*
# Which accounts are customers: an invoice, a contract that has begun, or where there is neither kind a won deal. Shared by
# the metrics that name it in `uses`. It reads all accounts, whatever the filter: a metric joins it to its own.
*/
-- section: buyers
SELECT DISTINCT account_id
FROM (
  SELECT account_id FROM model.invoices WHERE invoiced_on IS NULL OR invoiced_on <= $as_of
  UNION ALL
  SELECT account_id FROM model.contracts WHERE started_on IS NULL OR started_on <= $as_of
  UNION ALL
  SELECT account_id FROM model.opportunities WHERE outcome = 'won' AND $revenue_source = 'won amounts'
) paying
WHERE account_id IS NOT NULL
