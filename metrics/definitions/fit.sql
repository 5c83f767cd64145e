/*
# How well every account fits the profile of the customers won so far. Shared by the metrics that name it in `uses`, with
# touches, in_market and contract_days. It is one profile of the whole company: it reads all accounts, deals, touches and
# signals, whatever the filter, and only what was known by its own day.
[options.icp_goal]
default = "value"
choices = ["value", "won"]
meaning = "What makes an account a good one: a win with lifetime value in the top half of customers (value), or any win (won)."
[options.circular_attributes]
default = false
meaning = "Fit on tier, uploaded fit and other columns that say what somebody made of the account already."
[options.icp_source]
default = "auto"
choices = ["auto", "fit", "uploaded"]
meaning = "Ideal customers by the grade of the fit, by the uploaded tier or score, or by the fit where there is one (auto)."
[options.icp_score_min]
default = 60.0
minimum = 0
meaning = "The uploaded fit score from which an account is an ideal customer."
[options.icp_tiers]
default = "A, B, 1, 2, Tier 1, Tier 2, Strong"
meaning = "The uploaded fit tiers that are ideal customers, separated by commas."
*/
-- section: activities
-- In front of the filtered table of this name: the fit looks at the touches of all accounts.
SELECT * FROM model.activities
;
-- section: fit_payments
SELECT account_id, invoiced_on AS paid_on, value
FROM model.invoices
WHERE account_id IS NOT NULL AND invoiced_on <= $as_of AND $revenue_source = 'invoices'
UNION ALL
SELECT account_id, closed_on, value
FROM model.opportunities
WHERE account_id IS NOT NULL AND closed_on <= $as_of AND outcome = 'won' AND $revenue_source = 'won amounts'
UNION ALL
SELECT account_id, month_on, monthly_value * date_diff('day', starts_on, ends_before) / month_days
FROM contract_days
WHERE $revenue_source = 'contracts'
;
-- section: fit_facts
-- What had become of each account by the as-of day: its first win, and the day that it came to nothing, by its first loss or
-- after a year without a deal.
SELECT a.account_id, d.won_on, d.first_deal_on, v.lifetime_value,
  CASE WHEN idle.idle_on <= $as_of AND (d.first_deal_on IS NULL OR d.first_deal_on > idle.idle_on)
      AND (d.lost_on IS NULL OR d.lost_on > idle.idle_on) THEN idle.idle_on
    ELSE d.lost_on END AS nothing_on
FROM model.accounts a
LEFT JOIN (
  SELECT account_id, CAST(created_on + INTERVAL '12' MONTH AS DATE) AS idle_on FROM model.accounts WHERE created_on IS NOT NULL
) idle ON idle.account_id = a.account_id
LEFT JOIN (
  SELECT account_id, min(coalesce(opened_on, closed_on, DATE '0001-01-01')) AS first_deal_on,
    min(CASE WHEN closed_on <= $as_of THEN closed_on ELSE CAST($as_of AS DATE) END) FILTER (WHERE outcome = 'won') AS won_on,
    min(CASE WHEN closed_on <= $as_of THEN closed_on ELSE CAST($as_of AS DATE) END) FILTER (WHERE outcome = 'lost') AS lost_on
  FROM model.opportunities
  WHERE account_id IS NOT NULL
  GROUP BY account_id
) d ON d.account_id = a.account_id
LEFT JOIN (SELECT account_id, sum(value) AS lifetime_value FROM fit_payments GROUP BY account_id) v ON v.account_id = a.account_id
;
-- section: fit_outcomes
-- is_positive is NULL where nothing has come of the account yet, or it is a customer of less than the median value.
SELECT f.account_id, f.won_on IS NOT NULL AS is_customer, f.lifetime_value, f.first_deal_on, coalesce(f.won_on, f.nothing_on) AS outcome_on,
  CASE WHEN f.won_on IS NULL AND f.nothing_on IS NOT NULL THEN FALSE
    WHEN f.won_on IS NOT NULL AND ($icp_goal = 'won' OR f.lifetime_value >= m.median_value) THEN TRUE END AS is_positive
FROM fit_facts f
CROSS JOIN (SELECT quantile_cont(CAST(lifetime_value AS DOUBLE), 0.5) AS median_value FROM fit_facts WHERE won_on IS NOT NULL) m
;
-- section: fit_day
-- The day by which 70 % of the outcomes were known.
SELECT min(outcome_on) AS known_on
FROM (
  SELECT outcome_on, count(*) OVER (ORDER BY outcome_on RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS so_far, count(*) OVER () AS n
  FROM fit_outcomes
  WHERE is_positive IS NOT NULL
) counted
WHERE 10 * so_far >= 7 * n
;
-- section: fit_values_then
SELECT p.account_id, sum(p.value) AS lifetime_value FROM fit_payments p JOIN fit_day d ON p.paid_on <= d.known_on GROUP BY p.account_id
;
-- section: fit_outcomes_then
-- What was known on that day of the accounts with an outcome by then: a later win, and what was paid later, was not.
SELECT f.account_id, f.first_deal_on, CASE WHEN f.won_on <= k.known_on THEN f.won_on ELSE f.nothing_on END AS outcome_on,
  CASE WHEN coalesce(f.won_on > k.known_on, TRUE) THEN FALSE
    WHEN $icp_goal = 'won' OR v.lifetime_value >= m.median_value THEN TRUE END AS is_positive
FROM fit_facts f
JOIN fit_day k ON f.won_on <= k.known_on OR f.nothing_on <= k.known_on
LEFT JOIN fit_values_then v ON v.account_id = f.account_id
CROSS JOIN (
  SELECT quantile_cont(CAST(v.lifetime_value AS DOUBLE), 0.5) AS median_value
  FROM fit_facts f
  JOIN fit_day k ON f.won_on <= k.known_on
  LEFT JOIN fit_values_then v ON v.account_id = f.account_id
) m
;
-- section: looked_at
-- Each account for each use, with the day before which its behaviour counts: its first deal's opening, at the latest the day
-- of its outcome, without either today. `train` fits, `test` are the accounts whose outcome came later, `now` is scored.
SELECT 'train' AS use, account_id, is_positive,
  CASE WHEN first_deal_on < outcome_on THEN first_deal_on ELSE outcome_on END AS before_on
FROM fit_outcomes_then
WHERE is_positive IS NOT NULL
UNION ALL
SELECT 'test', o.account_id, o.is_positive, CASE WHEN o.first_deal_on < o.outcome_on THEN o.first_deal_on ELSE o.outcome_on END
FROM fit_outcomes o
JOIN fit_day k ON o.outcome_on > k.known_on
LEFT JOIN fit_outcomes_then t ON t.account_id = o.account_id
WHERE o.is_positive IS NOT NULL AND t.is_positive IS NULL
UNION ALL
SELECT 'all', account_id, is_positive,
  CASE WHEN outcome_on IS NULL THEN first_deal_on WHEN first_deal_on < outcome_on THEN first_deal_on ELSE outcome_on END
FROM fit_outcomes
UNION ALL
SELECT 'now', account_id, NULL, CASE WHEN first_deal_on <= $as_of THEN first_deal_on ELSE CAST(CAST($as_of AS DATE) + INTERVAL '1' DAY AS DATE) END
FROM fit_outcomes
;
-- section: fit_attributes
SELECT DISTINCT attribute
FROM model.account_traits
WHERE $circular_attributes OR NOT is_circular
;
-- section: profiles
-- Behaviour is that of the twelve months before, so that who was there longer has not more of it for that alone.
SELECT l.use, l.account_id, l.is_positive, a.attribute, coalesce(t.attribute_value, 'unknown') AS attribute_value
FROM looked_at l
CROSS JOIN fit_attributes a
LEFT JOIN model.account_traits t ON t.account_id = l.account_id AND t.attribute = a.attribute
UNION ALL
SELECT l.use, l.account_id, l.is_positive, 'touches',
  CASE WHEN n.n IS NULL THEN '0' WHEN n.n <= 2 THEN '1–2' WHEN n.n <= 9 THEN '3–9' ELSE '10+' END
FROM looked_at l
LEFT JOIN (
  SELECT l.use, l.account_id, count(*) AS n
  FROM looked_at l
  JOIN touches t ON t.account_id = l.account_id AND t.occurred_on < l.before_on
    AND t.occurred_on >= CAST(l.before_on - INTERVAL '12' MONTH AS DATE)
  WHERE t.is_response
  GROUP BY l.use, l.account_id
) n ON n.use = l.use AND n.account_id = l.account_id
WHERE EXISTS (SELECT 1 FROM model.activities)
UNION ALL
SELECT l.use, l.account_id, l.is_positive, 'intent_topics',
  CASE WHEN n.n IS NULL THEN '0' WHEN n.n <= 2 THEN '1–2' WHEN n.n <= 9 THEN '3–9' ELSE '10+' END
FROM looked_at l
LEFT JOIN (
  SELECT l.use, l.account_id, count(DISTINCT s.topic_key) AS n
  FROM looked_at l
  JOIN strong_signals s ON s.account_id = l.account_id AND s.observed_on < l.before_on
    AND s.observed_on >= CAST(l.before_on - INTERVAL '12' MONTH AS DATE)
  GROUP BY l.use, l.account_id
) n ON n.use = l.use AND n.account_id = l.account_id
WHERE EXISTS (SELECT 1 FROM model.intent)
;
-- section: fit_size
SELECT count(*) FILTER (WHERE is_positive) AS positives, count(*) FILTER (WHERE NOT is_positive) AS negatives
FROM looked_at
WHERE use = 'train'
;
-- section: fit_buckets
SELECT attribute, attribute_value, CASE WHEN count(*) >= 10 THEN attribute_value ELSE '(other)' END AS bucket
FROM profiles
WHERE use = 'train'
GROUP BY attribute, attribute_value
;
-- section: fit_weights
-- Log-odds against the whole, each count plus ½. Under 30 good accounts nothing is fitted.
SELECT attribute, bucket,
  ln((positives + 0.5) / (negatives + 0.5)) - ln((all_positives + 0.5) / (all_negatives + 0.5)) AS log_odds
FROM (
  SELECT p.attribute, b.bucket, s.positives AS all_positives, s.negatives AS all_negatives,
    CAST(count(DISTINCT CASE WHEN p.is_positive THEN p.account_id END) AS DOUBLE) AS positives,
    CAST(count(DISTINCT CASE WHEN NOT p.is_positive THEN p.account_id END) AS DOUBLE) AS negatives
  FROM profiles p
  JOIN fit_buckets b ON b.attribute = p.attribute AND b.attribute_value = p.attribute_value
  JOIN fit_size s ON s.positives >= 30 AND s.negatives > 0
  WHERE p.use = 'train'
  GROUP BY p.attribute, b.bucket, s.positives, s.negatives
) counted
;
-- section: fit_sums
-- An attribute of several values counts with their mean; a value that the fit has not seen, as the pooled ones.
SELECT use, account_id, is_positive, round(sum(log_odds), 9) AS log_odds
FROM (
  SELECT p.use, p.account_id, p.is_positive, p.attribute, avg(coalesce(w.log_odds, 0)) AS log_odds
  FROM profiles p
  JOIN fit_size s ON s.positives >= 30 AND s.negatives > 0
  LEFT JOIN fit_buckets b ON b.attribute = p.attribute AND b.attribute_value = p.attribute_value
  LEFT JOIN fit_weights w ON w.attribute = p.attribute AND w.bucket = coalesce(b.bucket, '(other)')
  WHERE p.use IN ('test', 'now')
  GROUP BY p.use, p.account_id, p.is_positive, p.attribute
) summed
GROUP BY use, account_id, is_positive
;
-- section: graded
-- The score is the percentile among all accounts (ties share theirs). uploaded: the file's own word, NULL where it has none.
SELECT a.account_id, r.score,
  CASE WHEN r.score >= 80 THEN 'A' WHEN r.score >= 60 THEN 'B' WHEN r.score >= 40 THEN 'C' WHEN r.score IS NOT NULL THEN 'D' END AS grade,
  a.fit_score AS uploaded_score, a.fit_tier AS uploaded_tier, a.is_uploaded_ideal,
  CASE WHEN $icp_source = 'fit' OR ($icp_source = 'auto' AND r.score IS NOT NULL) THEN r.score >= 60
    ELSE a.is_uploaded_ideal END AS is_ideal
FROM (
  SELECT account_id, fit_score, fit_tier,
    CASE WHEN $icp_source <> 'fit' AND (fit_score IS NOT NULL OR fit_tier IS NOT NULL)
      THEN coalesce(fit_score >= $icp_score_min, FALSE)
        OR coalesce(strpos(',' || lower(replace($icp_tiers, ', ', ',')) || ',', ',' || lower(fit_tier) || ',') > 0, FALSE) END AS is_uploaded_ideal
  FROM model.accounts
) a
LEFT JOIN (
  SELECT account_id,
    100 * (rank() OVER (ORDER BY log_odds) - 1 + 0.5 * count(*) OVER (PARTITION BY log_odds)) / count(*) OVER () AS score
  FROM fit_sums
  WHERE use = 'now'
) r ON r.account_id = a.account_id
