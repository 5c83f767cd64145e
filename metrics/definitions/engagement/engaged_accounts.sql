/*
title = "Engaged accounts"
definition = "Share of the accounts in scope with at least engaged_min qualifying touches in the period. By default a qualifying touch is a visit or response of marketing or inbound: web visit, form, content, chat, e-mail click or reply, campaign response, webinar, event. Sends, opens, impressions and anything planned or not done never count. By standing (no_deal, the furthest stage of the open deals, customer): the share engaged in the last 30 days of the period, standing as of the as-of day. Of a period before the first touch recorded nothing is known."
formula = "{numerator} engaged accounts ÷ {denominator} accounts in scope"
unit = "account"
clock = "occurred_at"
format = "percent"
better = "higher"
needs = ["accounts", "activities"]
uses = ["touches", "engagement", "buyers"]
interval = "wilson"
compare = "newcombe"
own_splits = ["standing"]
touches = true
[change]
kind = "rate"
over = "numerator"
under = "denominator"
*/
-- section: spans
SELECT period, starts_on, ends_before, is_whole
FROM periods
WHERE $by = ''
UNION ALL
SELECT period, CAST(ends_before - INTERVAL '30' DAY AS DATE), ends_before, FALSE
FROM periods
WHERE $by = 'standing'
;
-- section: begun
-- Before the first touch of any kind nobody recorded any: who was engaged is not known.
SELECT min(occurred_on) AS begun_on
FROM model.activities
WHERE coalesce(is_done, TRUE) AND occurred_on <= $as_of
;
-- section: known
SELECT s.period, k.is_known AND (s.is_whole OR b.begun_on IS NULL OR s.ends_before > b.begun_on) AS is_known
FROM spans s
CROSS JOIN preset_known k
CROSS JOIN begun b
;
-- section: engaged
SELECT s.period, t.account_id, count(*) AS touches, max(t.occurred_on) AS last_touch_on
FROM spans s
JOIN qualifying_touches t ON s.is_whole OR (t.occurred_on >= s.starts_on AND t.occurred_on < s.ends_before)
WHERE t.account_id IS NOT NULL
GROUP BY s.period, t.account_id
HAVING count(*) >= $engaged_min
;
-- section: open_stages
SELECT account_id, stage, stage_order
FROM (
  SELECT o.account_id, coalesce(o.stage, '(none)') AS stage, coalesce(o.stage_order, 0) AS stage_order,
    row_number() OVER (PARTITION BY o.account_id ORDER BY o.stage_order DESC NULLS LAST, o.stage, o.opportunity_id) AS position
  FROM opportunities o
  WHERE $by = 'standing' AND o.outcome = 'open' AND o.account_id IS NOT NULL AND (o.opened_on IS NULL OR o.opened_on <= $as_of)
) furthest
WHERE position = 1
;
-- section: placed
SELECT a.segment, s.period, a.account_id,
  CASE WHEN $by = '' THEN NULL WHEN f.account_id IS NOT NULL THEN f.stage WHEN c.account_id IS NOT NULL THEN 'customer'
    ELSE 'no_deal' END AS standing,
  CASE WHEN f.account_id IS NOT NULL THEN f.stage_order WHEN c.account_id IS NOT NULL THEN 1000000 ELSE -1 END AS standing_order,
  coalesce(e.touches, 0) AS touches, e.last_touch_on, e.account_id IS NOT NULL AS is_engaged
FROM accounts a
CROSS JOIN spans s
LEFT JOIN engaged e ON e.account_id = a.account_id AND coalesce(e.period, '') = coalesce(s.period, '')
LEFT JOIN open_stages f ON f.account_id = a.account_id
LEFT JOIN buyers c ON c.account_id = a.account_id AND $by = 'standing'
;
-- section: rows
SELECT segment, placed.period, account_id, standing, is_engaged, touches, last_touch_on,
  CASE WHEN NOT is_known THEN NULL WHEN is_engaged THEN 1.0 ELSE 0.0 END AS measure
FROM placed
JOIN known k ON coalesce(k.period, '') = coalesce(placed.period, '')
;
-- section: answer
SELECT segment, counted.period, standing, CASE WHEN is_known THEN CAST(engaged AS DOUBLE) / nullif(accounts, 0) END AS value, accounts AS n,
  CASE WHEN is_known THEN engaged END AS numerator, accounts AS denominator
FROM (
  SELECT segment, period, standing, min(standing_order) AS standing_order, count(*) AS accounts,
    count(*) FILTER (WHERE is_engaged) AS engaged
  FROM placed
  GROUP BY segment, period, standing
) counted
JOIN known k ON coalesce(k.period, '') = coalesce(counted.period, '')
ORDER BY segment, counted.period, standing_order, standing
;
-- section: left_out
SELECT reason, n
FROM touches_left_out
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM preset_unknown
