/*
title = "Team alignment"
definition = "How far marketing and sales work the same accounts, by measure. followed_up: of the accounts that first engaged in the period (as engaged_accounts judges it), and did so at least follow_up_days ago, the share with a sales touch within follow_up_days; median_hours and median_days are those of the accounts followed up, hours only where both stamps have a time of day (hours_n of them), days counted by the calendar where one has none. overlap: accounts worked by both sides ÷ by either (Jaccard), worked meaning at least one touch of that side in the period, impressions not. both: target accounts worked by both ÷ target accounts at the period's end. uninfluenced: amount of the deals open at the period's end without a marketing touch from window_days before their opening on ÷ amount of all of them; deals without an account are among them. rejected: contacts handed over in the period (MQL; where no contact has that date, leads by their creation) that sales rejected, by a date or by one of rejected_statuses, of those that have a status. agreement: mean share of scale of the answers to alignment questions in the period, a person's newest to each question in each wave; their own teams' answers have no account and no split. A side, status or survey that is not loaded is named in missing."
formula = "{numerator} ÷ {denominator}"
unit = "account"
clock = "event"
format = "percent"
better = "higher"
keys = ["measure"]
needs = ["accounts"]
uses = ["touches", "engagement", "working", "answers", "influencing"]
interval = "wilson"
compare = "rate_or_ratio"
steps = ["median_delay"]
lower_is_better = ["uninfluenced", "rejected"]
[change]
kind = "rate"
over = "numerator"
under = "denominator"
[change.of.uninfluenced]
kind = "rate"
over = "uninfluenced_amount"
under = "amount"
beyond = "Of no account"
[change.of.agreement]
kind = "mean"
under = "n"
beyond = "Of no account"
[formulas]
followed_up = "{numerator} followed up in time ÷ {denominator} newly engaged accounts"
overlap = "{numerator} accounts worked by both sides ÷ {denominator} worked by either"
both = "{numerator} worked by both sides ÷ {denominator} target accounts"
uninfluenced = "{uninfluenced_amount} without a marketing touch ÷ {amount} open pipeline"
rejected = "{numerator} rejected ÷ {denominator} handed over"
agreement = "mean share of scale of {n} answers"
[options.follow_up_days]
default = 5
minimum = 0
meaning = "Days within which sales should touch an account that has become engaged."
[options.rejected_statuses]
default = "rejected; unqualified; not qualified; disqualified; sales rejected; closed - not converted; recycled; returned to marketing; bad timing; bad fit; not a fit; not interested; junk; junk lead; rechazado; descalificado; no calificado; no cualificado; отклонён; отклонен; некачественный; 不合格; 已拒绝"
meaning = "Lead statuses by which sales reject a contact handed over, separated by semicolons, in any case."
[lists]
no_sales_touch = "Accounts engaged in the period that sales did not touch in it."
no_marketing = "Accounts that sales worked in the period and marketing did not."
*/
-- section: spans
SELECT period, starts_on, ends_before, is_whole, CAST(ends_before - INTERVAL '1' DAY AS DATE) AS last_on
FROM periods
;
-- section: begun
SELECT count(*) AS touches, count(*) FILTER (WHERE worked_by = 'marketing') AS marketing_touches,
  count(*) FILTER (WHERE worked_by = 'sales') AS sales_touches,
  min(occurred_on) FILTER (WHERE worked_by = 'marketing') AS marketing_from_on, min(occurred_on) FILTER (WHERE worked_by = 'sales') AS sales_from_on
FROM working_touches
;
-- section: told
SELECT EXISTS (SELECT 1 FROM model.target_spans) AS has_targets, EXISTS (SELECT 1 FROM model.opportunities) AS has_deals,
  EXISTS (SELECT 1 FROM model.survey_answers WHERE question = 'alignment') AS has_survey,
  coalesce(bool_or(mql_on IS NOT NULL), FALSE) AS has_mql,
  coalesce(bool_or(rejected_on IS NOT NULL OR lead_status IS NOT NULL), FALSE) AS has_status,
  coalesce(bool_or(rejected_on IS NOT NULL), FALSE) AS has_rejections
FROM model.contacts
;
-- section: gauges
-- What each measure lacks in each period; NULL where it is known.
SELECT s.period, m.position, m.measure,
  CASE m.measure
    WHEN 'followed_up' THEN CASE WHEN b.marketing_touches = 0 THEN 'marketing touches' WHEN NOT k.is_known THEN 'engaging touches'
      WHEN b.sales_touches = 0 THEN 'sales touches' END
    WHEN 'uninfluenced' THEN CASE WHEN NOT t.has_deals THEN 'deals' WHEN b.touches = 0 THEN 'marketing touches' END
    WHEN 'rejected' THEN CASE WHEN NOT t.has_status THEN 'status of hand-overs' END
    WHEN 'agreement' THEN CASE WHEN NOT t.has_survey THEN 'alignment survey' END
    ELSE CASE WHEN m.measure = 'both' AND NOT t.has_targets THEN 'target accounts'
      WHEN b.marketing_touches = 0 THEN 'marketing touches' WHEN b.sales_touches = 0 THEN 'sales touches'
      WHEN NOT s.is_whole AND b.marketing_from_on >= s.ends_before THEN 'marketing touches so early'
      WHEN NOT s.is_whole AND b.sales_from_on >= s.ends_before THEN 'sales touches so early' END
  END AS missing
FROM spans s
CROSS JOIN (
  SELECT 1 AS position, 'followed_up' AS measure UNION ALL
  SELECT 2, 'overlap' UNION ALL
  SELECT 3, 'both' UNION ALL
  SELECT 4, 'uninfluenced' UNION ALL
  SELECT 5, 'rejected' UNION ALL
  SELECT 6, 'agreement'
) m
CROSS JOIN begun b
CROSS JOIN told t
CROSS JOIN preset_known k
;
-- section: followed
-- The first sales touch at or after the first engagement; what engaged the account is not its own follow-up.
SELECT account_id, followed_on, days, hours
FROM (
  SELECT e.account_id, t.occurred_on AS followed_on,
    CASE WHEN t.is_dated OR e.is_dated THEN CAST(date_diff('day', e.engaged_on, t.occurred_on) AS DOUBLE)
      ELSE (epoch(t.occurred_at) - epoch(e.engaged_at)) / 86400 END AS days,
    CASE WHEN NOT t.is_dated AND NOT e.is_dated THEN (epoch(t.occurred_at) - epoch(e.engaged_at)) / 3600 END AS hours,
    row_number() OVER (PARTITION BY e.account_id ORDER BY t.occurred_on, t.is_dated, t.occurred_at, t.activity_id) AS position
  FROM (
    SELECT account_id, engaged_on, engaged_at, engaged_at = CAST(engaged_on AS TIMESTAMP) AS is_dated
    FROM first_engagements
  ) e
  JOIN working_touches t ON t.account_id = e.account_id AND t.occurred_on >= e.engaged_on
  WHERE t.worked_by = 'sales' AND (t.occurred_on > e.engaged_on OR t.occurred_at >= e.engaged_at OR t.is_dated)
    AND NOT (t.occurred_at = e.engaged_at AND (coalesce(t.direction, '') = 'in' OR ($preset = 'any_touch' AND t.kind IN ('meeting', 'call'))))
) after
WHERE position = 1
;
-- section: newly_engaged
SELECT a.segment, s.period, e.account_id, e.engaged_on, f.followed_on, f.days, f.hours,
  date_diff('day', e.engaged_on, $as_of) >= $follow_up_days AS is_ripe,
  b.sales_from_on IS NULL OR date_diff('day', e.engaged_on, b.sales_from_on) <= $follow_up_days AS is_recorded,
  coalesce(f.days <= $follow_up_days, FALSE) AS is_followed
FROM spans s
JOIN first_engagements e ON e.engaged_on >= s.starts_on AND e.engaged_on < s.ends_before
JOIN accounts a ON a.account_id = e.account_id
CROSS JOIN begun b
LEFT JOIN followed f ON f.account_id = e.account_id
;
-- section: follow_ups
SELECT segment, period, 'followed_up' AS measure, account_id, days, hours
FROM newly_engaged
WHERE is_ripe AND is_recorded AND is_followed
;
-- section: worked
SELECT s.period, t.account_id, bool_or(t.worked_by = 'marketing') AS by_marketing, bool_or(t.worked_by = 'sales') AS by_sales,
  max(t.occurred_on) FILTER (WHERE t.worked_by = 'marketing') AS last_marketing_on,
  max(t.occurred_on) FILTER (WHERE t.worked_by = 'sales') AS last_sales_on,
  count(*) FILTER (WHERE t.worked_by = 'marketing') AS marketing_touches, count(*) FILTER (WHERE t.worked_by = 'sales') AS sales_touches
FROM spans s
JOIN working_touches t ON s.is_whole OR (t.occurred_on >= s.starts_on AND t.occurred_on < s.ends_before)
WHERE t.account_id IS NOT NULL AND t.worked_by IS NOT NULL
GROUP BY s.period, t.account_id
;
-- section: targets
SELECT DISTINCT s.period, t.account_id
FROM spans s
JOIN model.target_spans t ON (t.since IS NULL OR t.since <= s.last_on) AND (t.until IS NULL OR t.until > s.last_on)
;
-- section: placed
SELECT a.segment, s.period, a.account_id, t.account_id IS NOT NULL AS is_target,
  CASE WHEN w.by_marketing AND w.by_sales THEN 'both' WHEN w.by_marketing THEN 'marketing only' WHEN w.by_sales THEN 'sales only'
    ELSE 'neither' END AS state,
  w.last_marketing_on, w.last_sales_on, coalesce(w.marketing_touches, 0) AS marketing_touches, coalesce(w.sales_touches, 0) AS sales_touches
FROM accounts a
CROSS JOIN spans s
LEFT JOIN worked w ON w.account_id = a.account_id AND w.period IS NOT DISTINCT FROM s.period
LEFT JOIN targets t ON t.account_id = a.account_id AND t.period IS NOT DISTINCT FROM s.period
;
-- section: influencing
SELECT s.period, t.account_id, max(t.occurred_on) AS last_touch_on
FROM spans s
JOIN touches t ON t.occurred_on < s.ends_before
WHERE t.account_id IS NOT NULL AND (t.is_response OR ($touch = 'any' AND t.is_coverage))
GROUP BY s.period, t.account_id
;
-- section: deals
-- Deals open at the period's end; a deal that has closed since was open until its closing.
SELECT s.period, o.opportunity_id, o.account_id, o.value, o.value_issue, o.opened_on
FROM spans s
JOIN opportunities o ON (o.opened_on IS NULL OR o.opened_on < s.ends_before)
  AND (o.outcome = 'open' OR (o.closed_on >= s.ends_before AND o.closed_on <= $as_of))
;
-- section: open_deals
SELECT CASE WHEN a.account_id IS NOT NULL THEN a.segment WHEN $split = '' THEN 'All' WHEN $split = 'target' THEN 'rest' ELSE '(none)' END AS segment,
  d.period, d.opportunity_id, d.account_id, d.value, t.last_touch_on,
  t.last_touch_on IS NULL OR ($window_days > 0 AND date_diff('day', t.last_touch_on, d.opened_on) > $window_days) AS is_uninfluenced
FROM deals d
LEFT JOIN accounts a ON a.account_id = d.account_id
LEFT JOIN influencing t ON t.account_id = d.account_id AND t.period IS NOT DISTINCT FROM d.period
WHERE d.opened_on IS NOT NULL AND d.value IS NOT NULL AND (d.account_id IS NOT NULL OR $split <> 'account')
;
-- section: people
SELECT c.contact_id, c.account_id, CASE WHEN t.has_mql THEN c.mql_on ELSE c.created_on END AS handed_on, c.rejected_on, c.lead_status,
  strpos(';' || replace(lower($rejected_statuses), '; ', ';') || ';', ';' || lower(trim(c.lead_status)) || ';') > 0 AS says_rejected,
  t.has_rejections OR coalesce(c.lead_status, CAST(c.sql_on AS VARCHAR), CAST(c.converted_on AS VARCHAR)) IS NOT NULL
    OR coalesce(c.is_converted, FALSE) AS is_judged
FROM contacts c
CROSS JOIN told t
WHERE CASE WHEN t.has_mql THEN c.mql_on IS NOT NULL ELSE coalesce(c.is_lead, FALSE) END
;
-- section: hand_overs
SELECT CASE WHEN a.account_id IS NOT NULL THEN a.segment WHEN $split = '' THEN 'All' WHEN $split = 'target' THEN 'rest' ELSE '(none)' END AS segment,
  s.period, h.contact_id, h.account_id, h.handed_on, coalesce(h.lead_status, '(none)') AS reason,
  coalesce(CASE WHEN h.rejected_on IS NOT NULL THEN h.rejected_on >= h.handed_on AND h.rejected_on <= $as_of ELSE h.says_rejected END, FALSE)
    AS is_rejected
FROM spans s
JOIN people h ON (s.is_whole AND h.handed_on IS NULL) OR (h.handed_on >= s.starts_on AND h.handed_on < s.ends_before)
LEFT JOIN accounts a ON a.account_id = h.account_id
WHERE h.is_judged AND (h.account_id IS NOT NULL OR $split <> 'account')
;
-- section: answers
SELECT s.period, q.answer_id, q.account_id, q.wave, q.team, q.subject, q.answered_on, q.share_of_scale, q.place
FROM spans s
JOIN ranked_answers q ON s.is_whole OR (q.answered_on >= s.starts_on AND q.answered_on < s.ends_before)
WHERE q.question = 'alignment'
;
-- section: agreements
SELECT CASE WHEN a.account_id IS NOT NULL THEN a.segment ELSE 'All' END AS segment, q.period, q.answer_id, q.account_id, q.wave, q.team, q.answered_on, q.share_of_scale AS share,
  CASE
    WHEN strpos(lower(q.subject), 'goal') + strpos(lower(q.subject), 'objetivo') + strpos(lower(q.subject), 'цел') + strpos(q.subject, '目标') > 0 THEN 'goals'
    WHEN strpos(lower(q.subject), 'messag') + strpos(lower(q.subject), 'mensaj') + strpos(lower(q.subject), 'сообщ') + strpos(q.subject, '信息') > 0 THEN 'message'
    WHEN strpos(lower(q.subject), 'strateg') + strpos(lower(q.subject), 'estrateg') + strpos(lower(q.subject), 'стратег') + strpos(q.subject, '战略') > 0 THEN 'strategy'
    ELSE 'other'
  END AS topic
FROM answers q
LEFT JOIN accounts a ON a.account_id = q.account_id
WHERE q.place = 1 AND (a.account_id IS NOT NULL OR $split = '')
;
-- section: units
SELECT segment, period, 'followed_up' AS measure, account_id, NULL AS unit_id, CASE WHEN is_followed THEN 'followed up' ELSE 'not followed up' END AS state,
  engaged_on AS happened_on, followed_on AS then_on, days, hours, NULL AS reason, CASE WHEN is_followed THEN 1.0 ELSE 0.0 END AS measured, 1.0 AS weight,
  CASE WHEN days < 1 THEN 'day' WHEN days <= 5 THEN 'five_days' WHEN days <= 14 THEN 'two_weeks' WHEN days > 14 THEN 'later'
    ELSE 'never' END AS delay, NULL AS topic
FROM newly_engaged
WHERE is_ripe AND is_recorded
UNION ALL
SELECT segment, period, 'overlap', account_id, NULL, state, last_marketing_on, last_sales_on, NULL, NULL, NULL, CASE WHEN state = 'both' THEN 1.0 ELSE 0.0 END, 1.0, NULL, NULL
FROM placed
WHERE state <> 'neither'
UNION ALL
SELECT segment, period, 'both', account_id, NULL, state, last_marketing_on, last_sales_on, NULL, NULL, NULL, CASE WHEN state = 'both' THEN 1.0 ELSE 0.0 END, 1.0, NULL, NULL
FROM placed
WHERE is_target
UNION ALL
SELECT segment, period, 'uninfluenced', account_id, opportunity_id, CASE WHEN is_uninfluenced THEN 'uninfluenced' ELSE 'touched' END, last_touch_on, NULL, NULL, NULL,
  NULL, CASE WHEN is_uninfluenced THEN value ELSE 0.0 END, value, NULL, NULL
FROM open_deals
UNION ALL
SELECT segment, period, 'rejected', account_id, contact_id, CASE WHEN is_rejected THEN 'rejected' ELSE 'not rejected' END, handed_on, NULL, NULL, NULL, reason,
  CASE WHEN is_rejected THEN 1.0 ELSE 0.0 END, 1.0, NULL, NULL
FROM hand_overs
UNION ALL
SELECT segment, period, 'agreement', account_id, answer_id, team, answered_on, NULL, NULL, NULL, wave, share, 1.0, NULL, topic
FROM agreements
;
-- section: rows
SELECT u.segment, u.period, u.measure, u.account_id, u.unit_id, u.state, u.happened_on, u.then_on, u.days, u.hours, u.delay, u.topic, u.reason, u.measured, u.weight
FROM units u
JOIN gauges m ON m.measure = u.measure AND m.period IS NOT DISTINCT FROM u.period
WHERE m.missing IS NULL
;
-- section: engaged
SELECT s.period, t.account_id, count(*) AS touches, max(t.occurred_on) AS last_touch_on
FROM spans s
JOIN qualifying_touches t ON s.is_whole OR (t.occurred_on >= s.starts_on AND t.occurred_on < s.ends_before)
WHERE t.account_id IS NOT NULL
GROUP BY s.period, t.account_id
HAVING count(*) >= $engaged_min
;
-- section: no_sales_touch
SELECT p.segment, p.period, p.account_id, e.touches AS measured, e.last_touch_on, l.last_sales_on
FROM placed p
JOIN engaged e ON e.account_id = p.account_id AND e.period IS NOT DISTINCT FROM p.period
LEFT JOIN (
  SELECT s.period, t.account_id, max(t.occurred_on) AS last_sales_on
  FROM spans s
  JOIN working_touches t ON t.occurred_on < s.ends_before
  WHERE t.worked_by = 'sales'
  GROUP BY s.period, t.account_id
) l ON l.account_id = p.account_id AND l.period IS NOT DISTINCT FROM p.period
CROSS JOIN begun b
WHERE p.sales_touches = 0 AND b.sales_touches > 0
;
-- section: no_marketing
SELECT p.segment, p.period, p.account_id, p.sales_touches AS measured, p.last_sales_on, l.last_marketing_on
FROM placed p
LEFT JOIN (
  SELECT s.period, t.account_id, max(t.occurred_on) AS last_marketing_on
  FROM spans s
  JOIN working_touches t ON t.occurred_on < s.ends_before
  WHERE t.worked_by = 'marketing'
  GROUP BY s.period, t.account_id
) l ON l.account_id = p.account_id AND l.period IS NOT DISTINCT FROM p.period
CROSS JOIN begun b
WHERE p.state = 'sales only' AND b.marketing_touches > 0
;
-- section: answer
SELECT g.segment, m.period, m.measure, c.measured / nullif(c.weight, 0) AS value, coalesce(c.n, 0) AS n,
  CASE WHEN m.missing IS NULL AND m.measure IN ('followed_up', 'overlap', 'both', 'rejected') THEN coalesce(c.measured, 0) END AS numerator,
  CASE WHEN m.missing IS NULL AND m.measure IN ('followed_up', 'overlap', 'both', 'rejected') THEN coalesce(c.n, 0) END AS denominator,
  c.median_hours, c.median_days, CASE WHEN m.measure = 'followed_up' AND m.missing IS NULL THEN coalesce(c.hours_n, 0) END AS hours_n,
  CASE WHEN m.measure = 'uninfluenced' THEN c.weight END AS amount, CASE WHEN m.measure = 'uninfluenced' THEN c.measured END AS uninfluenced_amount,
  m.missing
FROM (
  SELECT segment FROM accounts
  UNION
  SELECT segment FROM rows
) g
CROSS JOIN gauges m
LEFT JOIN (
  SELECT segment, period, measure, sum(measured) AS measured, sum(weight) AS weight, count(measured) AS n,
    quantile_cont(CAST(hours AS DOUBLE), 0.5) FILTER (WHERE state = 'followed up') AS median_hours,
    quantile_cont(CAST(days AS DOUBLE), 0.5) FILTER (WHERE state = 'followed up') AS median_days,
    count(hours) FILTER (WHERE state = 'followed up') AS hours_n
  FROM rows
  GROUP BY segment, period, measure
) c ON c.segment = g.segment AND c.period IS NOT DISTINCT FROM m.period AND c.measure = m.measure
ORDER BY g.segment, m.period, m.position
;
-- section: left_out
SELECT 'engaged under follow_up_days ago' AS reason, count(DISTINCT account_id) AS n
FROM newly_engaged
WHERE NOT is_ripe
UNION ALL
SELECT 'engaged before sales touches were recorded', count(DISTINCT account_id)
FROM newly_engaged
WHERE is_ripe AND NOT is_recorded
UNION ALL
SELECT CASE WHEN account_id IS NULL THEN 'touch without an account' ELSE 'touch without a date' END, count(*)
FROM working_touches t
JOIN spans s ON s.is_whole OR t.occurred_on IS NULL OR (t.occurred_on >= s.starts_on AND t.occurred_on < s.ends_before)
WHERE t.worked_by IS NOT NULL AND (t.account_id IS NULL OR (t.occurred_on IS NULL AND NOT s.is_whole))
GROUP BY CASE WHEN account_id IS NULL THEN 'touch without an account' ELSE 'touch without a date' END
UNION ALL
SELECT CASE WHEN opened_on IS NULL THEN 'no opening date' ELSE value_issue END, count(DISTINCT opportunity_id)
FROM deals
WHERE opened_on IS NULL OR value IS NULL
GROUP BY CASE WHEN opened_on IS NULL THEN 'no opening date' ELSE value_issue END
UNION ALL
SELECT 'opened after as-of', count(*)
FROM opportunities
WHERE outcome = 'open' AND opened_on > $as_of AND (SELECT max(ends_before) FROM spans) > $as_of
UNION ALL
SELECT 'no hand-over date', count(*)
FROM people
WHERE handed_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM spans)
UNION ALL
SELECT 'hand-over without a status', count(DISTINCT h.contact_id)
FROM people h
JOIN spans s ON (s.is_whole AND h.handed_on IS NULL) OR (h.handed_on >= s.starts_on AND h.handed_on < s.ends_before)
CROSS JOIN told t
WHERE t.has_status AND NOT h.is_judged
UNION ALL
SELECT j.answer_issue, count(DISTINCT j.answer_id)
FROM spans s
JOIN judged_answers j ON s.is_whole OR (j.answered_on >= s.starts_on AND j.answered_on < s.ends_before)
WHERE j.question = 'alignment' AND j.answer_issue IS NOT NULL
GROUP BY j.answer_issue
UNION ALL
SELECT 'answered again in the same wave', count(DISTINCT answer_id)
FROM answers
WHERE place > 1
ORDER BY reason
;
-- section: warnings
SELECT warning, n
FROM preset_unknown
UNION ALL
SELECT 'Not known, for want of ' || missing || ': ' || CASE measure WHEN 'followed_up' THEN 'follow-up' WHEN 'overlap' THEN 'accounts worked by both sides'
    WHEN 'both' THEN 'target accounts worked by both sides' WHEN 'uninfluenced' THEN 'uninfluenced pipeline' WHEN 'rejected' THEN 'rejected hand-overs'
    ELSE 'agreement of the teams' END || '.', count(*)
FROM gauges
WHERE missing IS NOT NULL AND EXISTS (SELECT 1 FROM model.accounts)
GROUP BY missing, measure
UNION ALL
SELECT 'No lead status of the data is one of rejected_statuses: which hand-overs sales rejected may not be recorded.', count(*)
FROM hand_overs
CROSS JOIN told t
WHERE NOT t.has_rejections AND NOT EXISTS (SELECT 1 FROM people WHERE says_rejected)
