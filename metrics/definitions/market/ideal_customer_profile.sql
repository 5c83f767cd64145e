/*
title = "Ideal customer profile"
definition = "By property of an account and its value: the won rate of accounts with it ÷ that of all (lift). Good accounts are those won with lifetime value in the top half of customers (icp_goal=won: any win); the others are those that lost and won nothing, or had no deal within 12 months of their creation; customers of less value and accounts still open are neither. Properties: industry, size, region, technology, the accounts' own columns, and behaviour in the twelve months before the first deal (touches, researched topics); tier, uploaded fit and columns like them only with circular_attributes. Values of under 10 accounts are pooled as (other), a missing one is unknown. The fit adds the log-odds of an account's values, each count plus ½, learnt from what was known by the day by which 70 % of the outcomes were (fitted_on); its AUC on the accounts whose outcome came later says how well it sorts them, 0.5 being chance, and stands beside that of the uploaded score. Under 30 good accounts nothing is fitted."
formula = "({numerator} good ÷ {denominator} known) against {overall} of all"
unit = "account"
clock = "as_of"
format = "ratio"
better = "higher"
keys = ["attribute", "attribute_value"]
needs = ["accounts", "opportunities"]
uses = ["touches", "in_market", "contract_days", "fit"]
interval = "wilson"
compare = "newcombe"
compare_column = "won_rate"
*/
-- section: valued
SELECT p.account_id, p.attribute, CASE WHEN b.n >= 10 THEN p.attribute_value ELSE '(other)' END AS attribute_value
FROM profiles p
JOIN (
  SELECT attribute, attribute_value, count(is_positive) AS n FROM profiles WHERE use = 'all' GROUP BY attribute, attribute_value
) b ON b.attribute = p.attribute AND b.attribute_value = p.attribute_value
WHERE p.use = 'all'
;
-- section: judged
SELECT DISTINCT a.segment, v.attribute, v.attribute_value, a.account_id, o.is_positive, o.is_customer, o.lifetime_value, o.outcome_on
FROM valued v
JOIN accounts a ON a.account_id = v.account_id
JOIN fit_outcomes o ON o.account_id = v.account_id
WHERE o.is_positive IS NOT NULL OR o.is_customer
;
-- section: rows
SELECT segment, CAST(NULL AS VARCHAR) AS period, attribute, attribute_value, account_id, is_positive, is_customer, lifetime_value, outcome_on,
  CASE WHEN is_positive THEN 1.0 ELSE 0.0 END AS measure
FROM judged
WHERE is_positive IS NOT NULL
;
-- section: overall
SELECT a.segment, CAST(count(*) FILTER (WHERE o.is_positive) AS DOUBLE) / nullif(count(*), 0) AS won_rate
FROM fit_outcomes o
JOIN accounts a ON a.account_id = o.account_id
WHERE o.is_positive IS NOT NULL
GROUP BY a.segment
;
-- section: unvalued
-- Customers none of whom has a known value: by value nobody can be told to be good, and the won rate is not 0.
SELECT CASE WHEN $icp_goal = 'value' AND count(lifetime_value) = 0 THEN count(*) ELSE 0 END AS customers
FROM fit_outcomes
WHERE is_customer
;
-- section: later_ranks
SELECT s.is_positive, a.fit_score,
  rank() OVER (ORDER BY s.log_odds) + (count(*) OVER (PARTITION BY s.log_odds) - 1) / 2.0 AS place
FROM fit_sums s
JOIN model.accounts a ON a.account_id = s.account_id
WHERE s.use = 'test'
;
-- section: uploaded_ranks
SELECT s.is_positive, rank() OVER (ORDER BY a.fit_score) + (count(*) OVER (PARTITION BY a.fit_score) - 1) / 2.0 AS place
FROM looked_at s
JOIN model.accounts a ON a.account_id = s.account_id
WHERE s.use = 'test' AND a.fit_score IS NOT NULL
;
-- section: sorting
-- The area under the curve is the share of pairs, of a good account and another, that the score puts in the right order.
SELECT max(CASE WHEN score = 'own' THEN auc END) AS auc, max(CASE WHEN score = 'own' THEN n END) AS auc_n,
  max(CASE WHEN score = 'uploaded' THEN auc END) AS uploaded_auc
FROM (
  SELECT score, n, (places - good * (good + 1) / 2.0) / nullif(good * (n - good), 0) AS auc
  FROM (
    SELECT 'own' AS score, count(*) AS n, CAST(count(*) FILTER (WHERE is_positive) AS DOUBLE) AS good, sum(place) FILTER (WHERE is_positive) AS places
    FROM later_ranks
    UNION ALL
    SELECT 'uploaded', count(*), CAST(count(*) FILTER (WHERE is_positive) AS DOUBLE), sum(place) FILTER (WHERE is_positive)
    FROM uploaded_ranks
  ) summed
) scored
;
-- section: answer
SELECT c.segment, c.period, c.attribute, c.attribute_value, c.won_rate / nullif(o.won_rate, 0) AS value, c.n, c.customers,
  CASE WHEN v.customers = 0 THEN c.won_rate END AS won_rate, c.average_value, w.log_odds,
  CASE WHEN v.customers = 0 THEN o.won_rate END AS overall, s.auc, s.auc_n, s.uploaded_auc, z.positives, k.known_on AS fitted_on,
  CASE WHEN v.customers = 0 THEN c.numerator END AS numerator, c.n AS denominator
FROM (
  SELECT segment, CAST(NULL AS VARCHAR) AS period, attribute, attribute_value, count(is_positive) AS n,
    count(*) FILTER (WHERE is_positive) AS numerator, count(*) FILTER (WHERE is_customer) AS customers,
    CAST(count(*) FILTER (WHERE is_positive) AS DOUBLE) / nullif(count(is_positive), 0) AS won_rate,
    avg(lifetime_value) FILTER (WHERE is_customer) AS average_value
  FROM judged
  GROUP BY segment, attribute, attribute_value
) c
JOIN overall o ON o.segment = c.segment
LEFT JOIN fit_weights w ON w.attribute = c.attribute AND w.bucket = c.attribute_value
CROSS JOIN unvalued v
CROSS JOIN sorting s
CROSS JOIN fit_size z
CROSS JOIN fit_day k
WHERE c.n > 0
ORDER BY c.segment, c.period, c.attribute, value DESC NULLS LAST, c.attribute_value
;
-- section: left_out
SELECT 'customer of less value' AS reason, count(*) AS n
FROM accounts a
JOIN fit_outcomes o ON o.account_id = a.account_id
WHERE o.is_customer AND o.is_positive IS NULL AND o.lifetime_value IS NOT NULL
UNION ALL
SELECT 'customer without a known value', count(*)
FROM accounts a
JOIN fit_outcomes o ON o.account_id = a.account_id
WHERE o.is_customer AND o.is_positive IS NULL AND o.lifetime_value IS NULL
UNION ALL
SELECT 'no outcome yet', count(*)
FROM accounts a
JOIN fit_outcomes o ON o.account_id = a.account_id
WHERE NOT o.is_customer AND o.is_positive IS NULL
ORDER BY reason
;
-- section: warnings
SELECT '{n} customers, but none with a known lifetime value: who is good by value is not known. Choose icp_goal = won, or load amounts.'
  AS warning, customers AS n
FROM unvalued
UNION ALL
SELECT 'Too few good accounts to fit a profile: {n} by the day by which 70 % of the outcomes were known, 30 are needed.' AS warning, positives AS n
FROM fit_size
WHERE positives < 30
