/*
title = "Marketing velocity"
definition = "Median calendar days from an account's first marketing touch of any kind (sends and impressions included) to its becoming engaged, of accounts engaged in the period. Beside it the median days from that touch to the first opportunity opened on it or later (to_opportunity), and to the first deal won on it or later (to_won), and the contacts' median days from MQL to SQL (mql_to_sql), each by the day on which it ended. By channel: that of the account's first marketing touch. By product: that of the first touch, and of the deal that ended the way."
formula = "middle of the days of {n} accounts from first marketing touch to engaged"
unit = "account"
clock = "event"
format = "days"
better = "lower"
needs = ["accounts", "activities"]
uses = ["touches", "engagement"]
interval = "median"
compare = "median"
own_splits = ["channel", "product"]
[change]
kind = "none"
because = "median"
*/
-- section: starts
SELECT account_id, occurred_on AS started_on, coalesce(channel, '(none)') AS channel, coalesce(product, '(none)') AS product
FROM (
  SELECT t.account_id, t.occurred_on, t.channel, own.product,
    row_number() OVER (PARTITION BY t.account_id ORDER BY t.occurred_at, t.activity_id) AS position
  FROM touches t
  JOIN model.activities own ON own.activity_id = t.activity_id
  WHERE t.account_id IS NOT NULL AND t.occurred_on IS NOT NULL AND (t.is_response OR t.is_coverage OR t.side = 'marketing')
) marketing
WHERE position = 1
;
-- section: placed
SELECT CASE $by WHEN 'channel' THEN s.channel WHEN 'product' THEN s.product ELSE a.segment END AS segment,
  a.account_id, s.started_on
FROM accounts a
JOIN starts s ON s.account_id = a.account_id
;
-- section: to_engaged
SELECT l.segment, p.period, l.account_id, l.started_on, e.engaged_on,
  CASE WHEN e.engaged_on >= l.started_on THEN CAST(date_diff('day', l.started_on, e.engaged_on) AS DOUBLE) END AS days
FROM periods p
JOIN first_engagements e ON p.is_whole OR (e.engaged_on >= p.starts_on AND e.engaged_on < p.ends_before)
JOIN placed l ON l.account_id = e.account_id
;
-- section: deal_ends
SELECT CASE WHEN $by = 'product' THEN coalesce(o.product, '(none)') ELSE l.segment END AS segment, l.account_id, l.started_on,
  'opportunity' AS ending, o.opened_on AS ended_on
FROM opportunities o
JOIN placed l ON l.account_id = o.account_id
WHERE o.opening_known AND o.opened_on >= l.started_on AND o.opened_on <= $as_of
UNION ALL
SELECT CASE WHEN $by = 'product' THEN coalesce(o.product, '(none)') ELSE l.segment END, l.account_id, l.started_on,
  'won', o.closed_on
FROM opportunities o
JOIN placed l ON l.account_id = o.account_id
WHERE o.outcome = 'won' AND o.closed_on >= l.started_on AND o.closed_on <= $as_of
;
-- section: to_deal
SELECT d.segment, p.period, d.account_id, d.ending, d.started_on, d.ended_on,
  CAST(date_diff('day', d.started_on, d.ended_on) AS DOUBLE) AS days
FROM periods p
JOIN (
  SELECT segment, account_id, started_on, ending, min(ended_on) AS ended_on
  FROM deal_ends
  GROUP BY segment, account_id, started_on, ending
) d ON p.is_whole OR (d.ended_on >= p.starts_on AND d.ended_on < p.ends_before)
;
-- section: leads
SELECT CASE WHEN $by = 'channel' THEN coalesce(s.channel, '(none)') ELSE a.segment END AS segment, p.period, c.contact_id,
  c.account_id, CASE WHEN c.sql_on >= c.mql_on THEN CAST(date_diff('day', c.mql_on, c.sql_on) AS DOUBLE) END AS days
FROM periods p
JOIN contacts c ON p.is_whole OR (c.sql_on >= p.starts_on AND c.sql_on < p.ends_before)
JOIN accounts a ON a.account_id = c.account_id
LEFT JOIN starts s ON s.account_id = c.account_id
WHERE $by <> 'product' AND c.mql_on IS NOT NULL AND c.sql_on IS NOT NULL AND c.sql_on <= $as_of
;
-- section: rows
SELECT segment, period, account_id, started_on, engaged_on, days AS measure
FROM to_engaged
WHERE days IS NOT NULL
;
-- section: ways
SELECT segment, period, measure AS engaged_days, CAST(NULL AS DOUBLE) AS opportunity_days, CAST(NULL AS DOUBLE) AS won_days,
  CAST(NULL AS DOUBLE) AS lead_days
FROM rows
UNION ALL
SELECT segment, period, NULL, CASE WHEN ending = 'opportunity' THEN days END, CASE WHEN ending = 'won' THEN days END, NULL
FROM to_deal
UNION ALL
SELECT segment, period, NULL, NULL, NULL, days
FROM leads
WHERE days IS NOT NULL
;
-- section: answer
SELECT w.segment, w.period, quantile_cont(w.engaged_days, 0.5) AS value, count(w.engaged_days) AS n,
  CASE WHEN max(e.enough) = 1 THEN quantile_cont(w.opportunity_days, 0.5) END AS to_opportunity,
  quantile_cont(w.won_days, 0.5) AS to_won, quantile_cont(w.lead_days, 0.5) AS mql_to_sql,
  CASE WHEN max(e.has_deals) = 1 THEN count(w.opportunity_days) END AS opportunity_n,
  CASE WHEN max(e.has_deals) = 1 THEN count(w.won_days) END AS won_n, CASE WHEN max(e.has_leads) = 1 THEN count(w.lead_days) END AS sql_n
FROM ways w
CROSS JOIN (
  SELECT CASE WHEN count(*) FILTER (WHERE opened_on IS NOT NULL AND NOT opening_known) = 0
    OR count(*) FILTER (WHERE opening_known) >= 5 THEN 1 ELSE 0 END AS enough,
    CASE WHEN EXISTS (SELECT 1 FROM model.opportunities) THEN 1 ELSE 0 END AS has_deals,
    CASE WHEN EXISTS (SELECT 1 FROM model.contacts) THEN 1 ELSE 0 END AS has_leads
  FROM opportunities
) e
GROUP BY w.segment, w.period
ORDER BY w.segment, w.period
;
-- section: left_out
SELECT 'engaged before the first marketing touch' AS reason, count(*) AS n
FROM to_engaged
WHERE days IS NULL
UNION ALL
SELECT 'SQL before MQL', count(*)
FROM leads
WHERE days IS NULL
UNION ALL
SELECT 'contact without an account', count(*)
FROM contacts c
JOIN periods p ON p.is_whole OR (c.sql_on >= p.starts_on AND c.sql_on < p.ends_before)
WHERE c.account_id IS NULL AND c.mql_on IS NOT NULL AND c.sql_on IS NOT NULL AND c.sql_on <= $as_of
UNION ALL
SELECT 'touch without an account', count(*)
FROM touches
WHERE account_id IS NULL AND (is_response OR is_coverage OR side = 'marketing')
UNION ALL
SELECT 'touch without a date', count(*)
FROM touches
WHERE account_id IS NOT NULL AND occurred_on IS NULL AND (is_response OR is_coverage OR side = 'marketing')
ORDER BY reason
;
-- section: warnings
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): to_opportunity leaves them out.' AS warning,
  count(*) AS n
FROM opportunities
WHERE opened_on IS NOT NULL AND NOT opening_known
UNION ALL
SELECT warning, n
FROM preset_unknown
