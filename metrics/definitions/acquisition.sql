/*
# New customers and what they cost. Shared by the metrics that name it in `uses`, with customers and spend_days.
[options.lag_days]
default = -1
minimum = -1
meaning = "Days by which the cost of a new customer comes before the win; -1 is the median days from opened to won of all won deals, 0 the same days."
*/
-- section: days_to_won
SELECT CAST(round(quantile_cont(CAST(date_diff('day', opened_on, closed_on) AS DOUBLE), 0.5)) AS INTEGER) AS days, count(*) AS deals
FROM model.opportunities
WHERE outcome = 'won' AND opening_known AND closed_on >= opened_on AND closed_on <= $as_of
;
-- section: least_timed
SELECT CASE WHEN count(*) > 0 THEN 5 ELSE 1 END AS deals
FROM model.opportunities
WHERE opened_on IS NOT NULL AND NOT opening_known
;
-- section: lag
SELECT CASE
    WHEN $lag_days >= 0 THEN CAST($lag_days AS INTEGER)
    WHEN t.deals >= l.deals THEN t.days
    ELSE 0
  END AS days, $lag_days < 0 AND t.deals < l.deals AS is_unknown
FROM days_to_won t
CROSS JOIN least_timed l
;
-- section: cost_windows
SELECT p.period, p.is_whole, l.days AS lag_days,
  CASE WHEN p.starts_on > DATE '1000-01-01' THEN CAST(p.starts_on - l.days * INTERVAL '1' DAY AS DATE) ELSE p.starts_on END AS starts_on,
  CAST(p.ends_before - l.days * INTERVAL '1' DAY AS DATE) AS ends_before
FROM periods p
CROSS JOIN lag l
;
-- section: first_wins
-- The first win or revenue of each account, whichever is earlier; without a day where none of it has one, or only a later one.
SELECT account_id, min(first_on) AS first_on
FROM (
  SELECT account_id, CASE WHEN revenue_on < won_on OR won_on IS NULL THEN revenue_on ELSE won_on END AS first_on
  FROM customer_beginnings
  UNION ALL
  SELECT account_id, NULL FROM model.opportunities WHERE outcome = 'won' AND (closed_on IS NULL OR closed_on > $as_of)
  UNION ALL
  SELECT account_id, NULL FROM model.invoices WHERE invoiced_on IS NULL
) began
WHERE account_id IS NOT NULL
GROUP BY account_id
;
-- section: newcomers
SELECT a.segment, p.period, a.account_id, f.first_on
FROM periods p
JOIN first_wins f ON p.is_whole OR (f.first_on >= p.starts_on AND f.first_on < p.ends_before)
JOIN accounts a ON a.account_id = f.account_id
;
-- section: acquired
SELECT r.segment, p.period, r.costs_of, r.accounts, coalesce(n.customers, 0) AS customers, t.abm, t.other, t.shared,
  CASE r.costs_of WHEN 'all' THEN t.cost WHEN 'abm' THEN t.abm WHEN 'other' THEN t.other END AS cost
FROM reach r
CROSS JOIN periods p
LEFT JOIN cost_totals t ON coalesce(t.period, '') = coalesce(p.period, '')
LEFT JOIN (SELECT segment, period, count(*) AS customers FROM newcomers GROUP BY segment, period) n
  ON n.segment = r.segment AND coalesce(n.period, '') = coalesce(p.period, '')
;
-- section: costs_left_out
SELECT 'cost, ' || problem AS reason, count(*) AS n
FROM costs_in
WHERE problem IS NOT NULL
GROUP BY problem
UNION ALL
SELECT 'cost without a day', count(*)
FROM costs
WHERE spent_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
;
-- section: costs_said
SELECT 'The spend of the period, ' || CAST(w.lag_days AS VARCHAR) || ' days earlier, begins before the first spend that is known, on '
    || CAST(s.first_on AS VARCHAR) || ': the cost of a customer is too low.' AS warning, 1 AS n
FROM cost_windows w
JOIN cost_span s ON w.starts_on < s.first_on AND w.ends_before > s.first_on
WHERE NOT w.is_whole
UNION ALL
SELECT '{n} of the customers were won before the spend that is known, from ' || CAST(s.first_on AS VARCHAR) || ', had ' || CAST(w.lag_days AS VARCHAR)
    || ' days to win them: the cost of a customer is too low. Set a period.', count(*)
FROM cost_windows w
CROSS JOIN cost_span s
JOIN newcomers f ON date_diff('day', s.first_on, f.first_on) < w.lag_days
WHERE w.is_whole AND w.ends_before > s.first_on
GROUP BY s.first_on, w.lag_days
UNION ALL
SELECT 'Spend is known from ' || CAST(s.first_on AS VARCHAR) || ' to ' || CAST(s.last_on AS VARCHAR) || ' only: '
    || CASE WHEN w.ends_before <= s.first_on OR w.starts_on > s.last_on THEN 'none is known of the days that paid for these customers, and no cost of one.'
      ELSE 'the cost of a customer is too low.' END, 1
FROM cost_windows w
JOIN cost_span s ON date_diff('day', s.last_on, w.ends_before) > 32 OR w.ends_before <= s.first_on
UNION ALL
SELECT 'How long a deal takes to be won is not known: the spend of the same days is taken.', 1
FROM lag
WHERE is_unknown AND EXISTS (SELECT 1 FROM costs)
