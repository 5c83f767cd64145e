/*
title = "Ideal customer accounts"
definition = "Accounts whose fit is of grade A or B (a score of at least 60 of 100, see the ideal customer profile); where nothing can be fitted, those whose uploaded tier is one of icp_tiers or whose uploaded score reaches icp_score_min. Share: of the accounts in scope; share of market: of the companies of the market, where it is uploaded."
formula = "{value} accounts that fit ÷ {denominator} accounts in scope"
unit = "account"
clock = "as_of"
format = "count"
better = "higher"
needs = ["accounts"]
uses = ["touches", "in_market", "fit"]
interval = "wilson"
compare = "newcombe"
compare_column = "share"
*/
-- section: judged
SELECT a.segment, CAST(NULL AS VARCHAR) AS period, a.account_id, g.is_ideal, g.score, g.grade, g.uploaded_score, g.uploaded_tier
FROM accounts a
JOIN graded g ON g.account_id = a.account_id
;
-- section: rows
SELECT segment, period, account_id, score, grade, uploaded_score, uploaded_tier, 1.0 AS measure
FROM judged
WHERE is_ideal
;
-- section: answer
SELECT segment, period, CASE WHEN known > 0 THEN ideal END AS value, accounts AS n,
  CASE WHEN known > 0 THEN CAST(ideal AS DOUBLE) / nullif(accounts, 0) END AS share,
  CASE WHEN known > 0 THEN CAST(ideal AS DOUBLE) / nullif(companies, 0) END AS share_of_market,
  CASE WHEN known > 0 THEN ideal END AS numerator, accounts AS denominator
FROM (
  SELECT j.segment, j.period, count(*) AS accounts, count(*) FILTER (WHERE j.is_ideal) AS ideal, count(j.is_ideal) AS known,
    max(m.companies) AS companies
  FROM judged j
  CROSS JOIN (SELECT sum(coalesce(companies, 1)) AS companies FROM model.market) m
  GROUP BY j.segment, j.period
) counted
ORDER BY segment, period
;
-- section: left_out
SELECT 'no fit known' AS reason, count(*) AS n
FROM judged
WHERE is_ideal IS NULL
;
-- section: warnings
SELECT 'Fewer than 30 good accounts are known by their outcome ({n}): nothing is fitted, only uploaded fit counts.' AS warning, positives AS n
FROM fit_size
WHERE (positives < 30 OR negatives = 0) AND $icp_source <> 'uploaded'
