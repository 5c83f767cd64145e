/*
title = "Ideal customer accounts"
definition = "Accounts whose fit is of grade A or B (a score of at least 60 of 100, see the ideal customer profile); where nothing can be fitted, those whose uploaded tier is one of icp_tiers or whose uploaded score reaches icp_score_min. Share: of the accounts in scope; share of market: those that are in the uploaded market ÷ its companies. A fitted score is a rank among all accounts, of which 40 % are of grade A or B by construction: for all of them together the share has no interval."
formula = "{value} of {denominator} accounts in scope fit"
unit = "account"
clock = "as_of"
format = "count"
better = "higher"
needs = ["accounts"]
uses = ["touches", "in_market", "contract_days", "fit", "universe"]
interval = "wilson"
compare = "newcombe"
compare_column = "share"
steps = ["interval_of_part"]
[columns.share]
formula = "{numerator} ideal customer accounts ÷ {denominator} in scope"
[lists]
judged = "Every account with its score, its grade and its uploaded fit, ideal or not."
*/
-- section: judged
-- is_by_rank: ideal by its place among all accounts.
SELECT a.segment, CAST(NULL AS VARCHAR) AS period, a.account_id, g.is_ideal, g.score, g.grade, g.uploaded_score, g.uploaded_tier,
  m.account_id IS NOT NULL AS is_of_market, g.score IS NOT NULL AND $icp_source <> 'uploaded' AS is_by_rank
FROM accounts a
JOIN graded g ON g.account_id = a.account_id
LEFT JOIN (SELECT DISTINCT account_id FROM market_members WHERE companies IS NOT NULL) m ON m.account_id = a.account_id
;
-- section: rows
SELECT segment, period, account_id, score, grade, uploaded_score, uploaded_tier, is_of_market, 1.0 AS measure
FROM judged
WHERE is_ideal
;
-- section: answer
SELECT segment, period, CASE WHEN known > 0 THEN ideal END AS value, accounts AS n,
  CASE WHEN known > 0 THEN CAST(ideal AS DOUBLE) / nullif(accounts, 0) END AS share,
  CASE WHEN known > 0 AND is_found THEN CAST(ideal_of_market AS DOUBLE) / nullif(companies, 0) END AS share_of_market,
  CASE WHEN known > 0 THEN ideal END AS numerator, accounts AS denominator
FROM (
  SELECT j.segment, j.period, count(*) AS accounts, count(*) FILTER (WHERE j.is_ideal) AS ideal, count(j.is_ideal) AS known,
    count(*) FILTER (WHERE j.is_ideal AND j.is_of_market) AS ideal_of_market, max(m.companies) AS companies
  FROM judged j
  CROSS JOIN (SELECT sum(companies) AS companies FROM market_rows) m
  GROUP BY j.segment, j.period
) counted
CROSS JOIN market_found
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
UNION ALL
SELECT warning, n
FROM market_not_found
