/*
title = "Overdue deals"
definition = "Open deals whose expected closing is before the as-of day (value: days past it), or without activity for idle_days. Activity is any touch done on the deal, or on its account and no other deal, except impressions and marketing's own sends; where no touch is known, the account's last activity date, else the deal's opening."
formula = "{value} days past the expected closing; {reason}"
unit = "deal"
clock = "as_of"
format = "days"
better = "lower"
keys = ["opportunity_id"]
needs = ["opportunities"]
list_of = "opportunity_id"
uses = ["deal_touches", "deal_dates"]
[options.idle_days]
default = 14
meaning = "Days without activity after which an open deal is listed."
minimum = 1
*/
-- section: known
SELECT o.segment, o.opportunity_id, o.account_id, o.name, a.name AS account_name, o.owner, o.value,
  coalesce(o.pipeline, '(none)') AS pipeline, coalesce(o.stage, '(none)') AS stage, o.expected_close_on, o.opened_on,
  coalesce(greatest(d.last_on, u.last_on), CASE WHEN a.last_activity_on <= $as_of THEN a.last_activity_on END) AS last_touch
FROM opportunities o
LEFT JOIN (SELECT opportunity_id, max(occurred_on) AS last_on FROM touches GROUP BY opportunity_id) d
  ON d.opportunity_id = o.opportunity_id
LEFT JOIN (SELECT account_id, max(occurred_on) AS last_on FROM touches WHERE opportunity_id IS NULL GROUP BY account_id) u
  ON u.account_id = o.account_id
LEFT JOIN model.accounts a ON a.account_id = o.account_id
WHERE o.outcome = 'open' AND (o.opened_on IS NULL OR o.opened_on <= $as_of)
;
-- section: judged
SELECT k.*, k.expected_close_on < $as_of AS is_past,
  (EXISTS (SELECT 1 FROM model.activities WHERE occurred_on IS NOT NULL) OR EXISTS (SELECT 1 FROM model.accounts WHERE last_activity_on IS NOT NULL))
    AND coalesce(date_diff('day', coalesce(k.last_touch, k.opened_on), $as_of) >= CAST($idle_days AS INTEGER), TRUE) AS is_idle
FROM known k
;
-- section: rows
SELECT segment, CAST(NULL AS VARCHAR) AS period, opportunity_id, account_id,
  CASE WHEN is_past THEN CAST(date_diff('day', expected_close_on, $as_of) AS DOUBLE) END AS measure,
  CASE WHEN is_past AND is_idle THEN 'both' WHEN is_past THEN 'past_expected_close' ELSE 'no_activity' END AS reason,
  name, account_name, owner, value AS amount, pipeline, stage, expected_close_on, last_touch
FROM judged
WHERE is_past OR is_idle
;
-- section: answer
SELECT segment, period, opportunity_id, measure AS value, 1 AS n, reason, account_id, name, account_name, owner, amount, pipeline, stage,
  expected_close_on, last_touch
FROM rows
ORDER BY segment, measure DESC NULLS LAST, amount DESC NULLS LAST, opportunity_id
;
-- section: left_out
SELECT 'no expected closing' AS reason, count(*) AS n
FROM judged
WHERE expected_close_on IS NULL AND NOT is_idle
UNION ALL
SELECT reason, n
FROM opening_left_out
WHERE outcome = 'open' AND reason = 'opened after as-of'
ORDER BY reason
;
-- section: warnings
SELECT 'No activities with a date are loaded: only the expected closing is judged.' AS warning, 1 AS n
WHERE NOT EXISTS (SELECT 1 FROM model.activities WHERE occurred_on IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM model.accounts WHERE last_activity_on IS NOT NULL)
