/*
# What marketing and sales cost, a row a cost with the days that it is spread over, and the margin that pays for it. Shared
# by the metrics that name it in `uses`. A cost without a program is shared: nobody has said whose it is. A cost has no
# account: it is known of all accounts together, of the target accounts (program abm) and of the rest (program other),
# and of no other part.
[options.margin]
default = 1.0
meaning = "Gross margin as a share of revenue; 1 is before margin."
*/
-- section: costs
SELECT spent_on, coalesce(spent_until, spent_on) AS until_on,
  date_diff('day', CAST(spent_on AS DATE), CAST(coalesce(spent_until, spent_on) AS DATE)) + 1 AS cost_days, side,
  CASE lower(program) WHEN 'abm' THEN 'abm' WHEN 'other' THEN 'other' ELSE 'shared' END AS program, uses_intent, channel,
  campaign, value,
  CASE
    WHEN spent_until < spent_on THEN 'ends before it begins'
    ELSE value_issue
  END AS problem
FROM model.spend
;
-- section: cost_span
SELECT min(spent_on) AS first_on, max(until_on) AS last_on
FROM costs
WHERE problem IS NULL
;
-- section: costs_in
-- Each cost that has days in the window of a period, all of its days shared alike; without a period, undated costs too. The
-- windows are those of the metric's own section `cost_windows`.
SELECT w.period, c.program, c.uses_intent, c.channel, c.campaign, c.problem,
  CASE WHEN c.spent_on IS NULL THEN c.value
    ELSE c.value * date_diff('day', CASE WHEN c.spent_on > w.starts_on THEN c.spent_on ELSE w.starts_on END,
      CASE WHEN c.until_on < w.ends_before THEN CAST(c.until_on + INTERVAL '1' DAY AS DATE) ELSE w.ends_before END) / nullif(c.cost_days, 0)
  END AS cost
FROM cost_windows w
JOIN costs c ON (c.spent_on IS NULL AND w.is_whole) OR (c.spent_on < w.ends_before AND c.until_on >= w.starts_on)
  OR (c.until_on < c.spent_on AND c.spent_on < w.ends_before AND c.spent_on >= w.starts_on)
;
-- section: cost_totals
SELECT period, sum(cost) AS cost, sum(cost) FILTER (WHERE program = 'abm') AS abm,
  sum(cost) FILTER (WHERE program = 'other') AS other, sum(cost) FILTER (WHERE program = 'shared') AS shared
FROM costs_in
WHERE problem IS NULL
GROUP BY period
;
-- section: targets
SELECT DISTINCT account_id
FROM model.target_spans
WHERE (since IS NULL OR since <= $target_on) AND (until IS NULL OR until > $target_on)
;
-- section: reach
-- Whose costs are known for each segment: of all accounts (all), of the target ones (abm), of the rest (other), or nobody's (none).
SELECT s.segment, s.accounts,
  CASE
    WHEN s.accounts = w.accounts THEN 'all'
    WHEN s.targets = s.accounts AND s.accounts = w.targets THEN 'abm'
    WHEN s.targets = 0 AND s.accounts = w.accounts - w.targets THEN 'other'
    ELSE 'none'
  END AS costs_of
FROM (
  SELECT a.segment, count(*) AS accounts, count(t.account_id) AS targets
  FROM accounts a
  LEFT JOIN targets t ON t.account_id = a.account_id
  GROUP BY a.segment
) s
CROSS JOIN (
  SELECT count(*) AS accounts, count(t.account_id) AS targets
  FROM model.accounts a
  LEFT JOIN targets t ON t.account_id = a.account_id
) w
