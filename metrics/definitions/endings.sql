/*
# Whether the file knows who left before its own day. Shared by the metrics that name it in `uses`.
*/
-- section: endings_said
SELECT 'All {n} endings of contracts that are known lie on the as-of day: who left before is not in the data. Over more than the last month churn is too low and retention too high, and so is a lifetime value predicted from them.'
    AS warning, count(*) AS n
FROM model.contracts
WHERE account_id IS NOT NULL AND started_on IS NOT NULL AND ended_on > started_on AND ended_on <= $as_of
HAVING count(*) > 1 AND min(ended_on) = $as_of
