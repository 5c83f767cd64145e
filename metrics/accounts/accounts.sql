/*
title = "Accounts"
definition = "Every account in scope with what a seller wants to know before a call, as of the as-of day: its engagement points, people and touches of the last window_days, its last response to marketing and its last sales touch, its open deals, how well it fits, whether it is in market, and which buying roles are missing. Below it what one account's page shows: touches, stages, deals, people, contracts, invoices, topics."
unit = "account"
clock = "as_of"
format = "count"
needs = ["accounts"]
uses = ["touches", "engagement", "points", "positions", "required_roles", "buyers", "stages_now", "in_market", "market_now", "contract_days", "fit"]
[options.window_days]
default = 90
minimum = 1
meaning = "Days of engagement that are looked at; points fade to nothing over them."
*/
-- section: stage_visits
-- In front of the filtered table of this name: the list joins deals that are narrowed already.
SELECT v.*, 'All' AS segment FROM model.stage_visits v
;
-- section: on_lists
SELECT account_id, min(since) AS target_since, count(*) - count(since) AS undated, string_agg(DISTINCT list, ', ' ORDER BY list) AS lists
FROM model.target_spans
WHERE (since IS NULL OR since <= $target_on) AND (until IS NULL OR until > $target_on)
GROUP BY account_id
;
-- section: engaged_lately
SELECT account_id
FROM qualifying_touches
WHERE account_id IS NOT NULL AND date_diff('day', occurred_on, $as_of) < CAST($window_days AS INTEGER)
GROUP BY account_id
HAVING count(*) >= $engaged_min
;
-- section: recent
SELECT account_id, contact_id, occurred_on, points AS worth, CAST(date_diff('day', occurred_on, $as_of) AS DOUBLE) AS age
FROM scored_touches
WHERE account_id IS NOT NULL AND date_diff('day', occurred_on, $as_of) < CAST($window_days AS INTEGER)
;
-- section: recent_sums
SELECT account_id, sum(worth * (1 - age / $window_days)) AS points, count(*) AS touches, count(DISTINCT contact_id) AS people
FROM recent
GROUP BY account_id
;
-- section: last_touches
-- Marketing: visits and responses, none that is sales' own. Sales: whatever sales did, as engagement_quality counts it.
SELECT account_id, max(CASE WHEN is_marketing THEN occurred_on END) AS last_marketing_on, max(CASE WHEN is_sales THEN occurred_on END) AS last_sales_on,
  count(*) FILTER (WHERE is_sales AND date_diff('day', occurred_on, $as_of) < CAST($window_days AS INTEGER)) AS sales_touches,
  count(*) FILTER (WHERE is_marketing AND date_diff('day', occurred_on, $as_of) < CAST($window_days AS INTEGER)) AS marketing_touches
FROM (
  SELECT account_id, occurred_on, is_response AND coalesce(side, 'marketing') = 'marketing' AS is_marketing,
    kind <> 'ad_impression' AND (side = 'sales' OR (side IS NULL AND kind IN ('meeting', 'call'))) AS is_sales
  FROM touches
  WHERE account_id IS NOT NULL AND occurred_on IS NOT NULL
) sided
GROUP BY account_id
;
-- section: open_now
SELECT o.account_id, o.opportunity_id, o.value, coalesce(o.stage, '(none)') AS stage, o.stage_order, p.age, p.limit_days, p.stage AS stage_of_history,
  coalesce(p.is_stalled, FALSE) AS is_stalled, p.pipeline
FROM opportunities o
LEFT JOIN (
  SELECT opportunity_id, max(age) AS age, max(limit_days) AS limit_days, max(stage) AS stage, bool_or(coalesce(is_stalled, FALSE)) AS is_stalled,
    max(pipeline) AS pipeline
  FROM present
  GROUP BY opportunity_id
) p ON p.opportunity_id = o.opportunity_id
WHERE o.outcome = 'open' AND o.account_id IS NOT NULL AND (o.opened_on IS NULL OR o.opened_on <= $as_of)
;
-- section: open_sums
SELECT account_id, count(*) AS open_deals, sum(value) AS open_amount, max(age) AS days_in_stage, count(*) FILTER (WHERE is_stalled) AS stalled_deals,
  sum(CASE WHEN is_stalled THEN value END) AS stalled_amount, max(CASE WHEN position = 1 THEN stage END) AS stage
FROM (
  SELECT account_id, opportunity_id, value, stage, age, is_stalled,
    row_number() OVER (PARTITION BY account_id ORDER BY stage_order DESC NULLS LAST, stage, opportunity_id) AS position
  FROM open_now
) ranked
GROUP BY account_id
;
-- section: won_sums
SELECT account_id, count(*) AS won_deals, sum(value) AS won_amount, min(closed_on) AS first_won_on
FROM opportunities
WHERE outcome = 'won' AND account_id IS NOT NULL
GROUP BY account_id
;
-- section: people_sums
SELECT account_id, count(*) AS people_known
FROM contacts
WHERE account_id IS NOT NULL AND (created_on IS NULL OR created_on <= $as_of)
GROUP BY account_id
;
-- section: role_facts
-- The same as account_penetration asks: without a touch that names a person, or anybody with a role, none is missing.
SELECT EXISTS (SELECT 1 FROM model.activities WHERE contact_id IS NOT NULL) AS names_people,
  EXISTS (SELECT 1 FROM model.person_roles) AS knows_roles,
  EXISTS (SELECT 1 FROM model.activities WHERE side = 'sales' OR (side IS NULL AND kind IN ('meeting', 'call'))) AS knows_sales
;
-- section: roles_held
SELECT DISTINCT m.account_id, n.role_key
FROM (SELECT DISTINCT account_id, contact_id FROM recent WHERE contact_id IS NOT NULL) m
JOIN model.person_roles r ON r.contact_id = m.contact_id
JOIN needed_roles n ON n.pipeline IS NULL AND n.role_key = r.role_key
;
-- section: roles_missing
SELECT a.account_id, count(*) AS roles_needed, count(h.role_key) AS roles_covered,
  string_agg(CASE WHEN h.role_key IS NULL THEN n.role END, ', ' ORDER BY n.role) AS missing_roles
FROM accounts a
JOIN needed_roles n ON n.pipeline IS NULL
JOIN role_facts f ON f.names_people AND f.knows_roles
LEFT JOIN roles_held h ON h.account_id = a.account_id AND h.role_key = n.role_key
GROUP BY a.account_id
;
-- section: market_known
SELECT h.has_intent, h.has_intent OR (u.points IS NOT NULL AND EXISTS (SELECT 1 FROM model.activities)) AS is_known
FROM has_intent h
CROSS JOIN usual_points u
;
-- section: rows
SELECT a.account_id, a.name, a.domain, CASE WHEN l.account_id IS NULL THEN 'rest' ELSE 'target' END AS target,
  CASE WHEN l.undated = 0 THEN l.target_since END AS target_since, l.lists, a.tier, a.industry, a.size, a.country, a.region, a.owner,
  b.account_id IS NOT NULL AS is_customer, w.first_won_on, coalesce(w.won_deals, 0) AS won_deals,
  CASE WHEN w.account_id IS NULL THEN 0 ELSE w.won_amount END AS won_amount,
  e.account_id IS NOT NULL AS is_engaged, coalesce(s.points, 0) AS points, coalesce(s.touches, 0) AS touches,
  CASE WHEN f.names_people THEN coalesce(s.people, 0) END AS people, p.people_known,
  t.last_marketing_on, t.last_sales_on, coalesce(t.marketing_touches, 0) AS marketing_touches, coalesce(t.sales_touches, 0) AS sales_touches,
  CASE WHEN f.knows_sales THEN date_diff('day', t.last_sales_on, $as_of) END AS days_since_sales, f.knows_sales,
  coalesce(o.open_deals, 0) AS open_deals, o.open_amount, o.stage, o.days_in_stage, coalesce(o.stalled_deals, 0) AS stalled_deals, o.stalled_amount,
  CASE WHEN k.is_known THEN coalesce(m.is_now, 0) = 1 END AS in_market, NOT k.has_intent AS in_market_by_points,
  r.roles_needed, r.roles_covered, r.missing_roles
FROM accounts a
CROSS JOIN role_facts f
CROSS JOIN market_known k
LEFT JOIN on_lists l ON l.account_id = a.account_id
LEFT JOIN buyers b ON b.account_id = a.account_id
LEFT JOIN won_sums w ON w.account_id = a.account_id
LEFT JOIN engaged_lately e ON e.account_id = a.account_id
LEFT JOIN recent_sums s ON s.account_id = a.account_id
LEFT JOIN people_sums p ON p.account_id = a.account_id
LEFT JOIN last_touches t ON t.account_id = a.account_id
LEFT JOIN open_sums o ON o.account_id = a.account_id
LEFT JOIN now_in_market m ON m.account_id = a.account_id
LEFT JOIN roles_missing r ON r.account_id = a.account_id
;
-- section: answer
SELECT * FROM rows ORDER BY account_id
;
-- section: account_facts
SELECT * FROM rows WHERE account_id = $account
;
-- section: fits
-- Apart from the rest: the fit of all accounts is the dearest part of the list.
SELECT a.account_id, g.grade, g.score AS fit, g.uploaded_tier, g.uploaded_score, g.is_ideal
FROM accounts a
LEFT JOIN graded g ON g.account_id = a.account_id
ORDER BY a.account_id
;
-- section: account_touches
SELECT kind, side, occurred_on, is_response OR is_conversation AS is_engagement, count(*) AS touches, count(DISTINCT contact_id) AS people
FROM touches
WHERE account_id = $account AND occurred_on IS NOT NULL
GROUP BY kind, side, occurred_on, is_response OR is_conversation
ORDER BY occurred_on, kind, side, is_engagement
;
-- section: account_stages
-- A stay that is not over runs to the as-of day. Closing stages are moments.
SELECT v.opportunity_id, o.name AS deal, o.value AS amount, v.stage, v.stage_order, v.entered_on, v.exited_on, v.is_closing, o.outcome, v.days
FROM model.stage_visits v
JOIN model.opportunities o ON o.opportunity_id = v.opportunity_id
WHERE o.account_id = $account AND v.entered_on <= $as_of
ORDER BY v.entered_on, v.opportunity_id, v.stage_order NULLS LAST, v.stage
;
-- section: usual_days
SELECT coalesce(pipeline, '(none)') AS pipeline, stage, count(*) AS visits, quantile_cont(CAST(days AS DOUBLE), 0.5) AS median_days
FROM model.stage_visits
WHERE NOT is_closing AND entered_on <= $as_of AND exited_on <= $as_of AND days >= 0 AND opportunity_id IN (SELECT opportunity_id FROM model.opportunities)
GROUP BY coalesce(pipeline, '(none)'), stage
;
-- section: deal_roles_missing
SELECT o.opportunity_id, string_agg(n.role, ', ' ORDER BY n.role) AS missing_roles
FROM model.opportunities o
JOIN needed_roles n ON n.pipeline = coalesce(o.pipeline, '(none)')
LEFT JOIN (SELECT DISTINCT opportunity_id, lower(trim(role)) AS role_key FROM model.deal_roles) r
  ON r.opportunity_id = o.opportunity_id AND r.role_key = n.role_key
WHERE o.account_id = $account AND r.role_key IS NULL
GROUP BY o.opportunity_id
;
-- section: account_deals
SELECT o.opportunity_id, o.name AS deal, o.pipeline, coalesce(n.stage_of_history, o.stage) AS stage, o.outcome, o.value AS amount, o.deal_type,
  o.owner, o.opened_on, o.closed_on, o.expected_close_on, o.loss_reason, o.competitor, n.age AS days_in_stage, n.limit_days,
  CASE WHEN u.visits > 0 AND n.age IS NOT NULL THEN u.median_days END AS median_days, u.visits, coalesce(n.is_stalled, FALSE) AS is_stalled,
  CASE WHEN o.outcome = 'open' THEN m.missing_roles END AS missing_roles
FROM model.opportunities o
LEFT JOIN open_now n ON n.opportunity_id = o.opportunity_id
LEFT JOIN usual_days u ON u.pipeline = n.pipeline AND u.stage = n.stage_of_history
LEFT JOIN deal_roles_missing m ON m.opportunity_id = o.opportunity_id
WHERE o.account_id = $account
ORDER BY CASE o.outcome WHEN 'open' THEN 0 ELSE 1 END, o.value DESC NULLS LAST, o.opportunity_id
;
-- section: account_people
SELECT c.contact_id, nullif(trim(c.department), '') AS department, c.title, c.level, c.seniority, r.roles,
  coalesce(e.touches, 0) AS touches, e.contact_id IS NOT NULL AS is_engaged, l.last_touch_on
FROM model.contacts c
LEFT JOIN (
  SELECT contact_id, string_agg(role, '; ' ORDER BY role) AS roles FROM model.person_roles GROUP BY contact_id
) r ON r.contact_id = c.contact_id
LEFT JOIN (
  SELECT contact_id, count(*) AS touches FROM recent WHERE account_id = $account GROUP BY contact_id
) e ON e.contact_id = c.contact_id
LEFT JOIN (
  SELECT contact_id, max(occurred_on) AS last_touch_on
  FROM scored_touches
  WHERE account_id = $account
  GROUP BY contact_id
) l ON l.contact_id = c.contact_id
WHERE c.account_id = $account
ORDER BY c.contact_id
;
-- section: account_months
-- months_ago 0: the month of the as-of day.
SELECT contact_id, date_diff('month', occurred_on, $as_of) AS months_ago, count(*) AS touches
FROM scored_touches
WHERE account_id = $account AND contact_id IS NOT NULL AND date_diff('month', occurred_on, $as_of) < 6
GROUP BY contact_id, date_diff('month', occurred_on, $as_of)
ORDER BY contact_id, months_ago
;
-- section: account_worth
SELECT occurred_on, contact_id, sum(points) AS worth
FROM scored_touches
WHERE account_id = $account
GROUP BY occurred_on, contact_id
ORDER BY occurred_on, contact_id
;
-- section: account_roles
SELECT n.role, h.role_key IS NOT NULL AS is_covered, coalesce(k.people, 0) AS people_known
FROM needed_roles n
JOIN role_facts f ON f.names_people AND f.knows_roles
LEFT JOIN roles_held h ON h.role_key = n.role_key AND h.account_id = $account
LEFT JOIN (
  SELECT n.role_key, count(DISTINCT r.contact_id) AS people
  FROM needed_roles n
  JOIN model.person_roles r ON r.role_key = n.role_key
  JOIN model.contacts c ON c.contact_id = r.contact_id AND c.account_id = $account
  WHERE n.pipeline IS NULL
  GROUP BY n.role_key
) k ON k.role_key = n.role_key
WHERE n.pipeline IS NULL
ORDER BY n.role
;
-- section: account_contracts
SELECT contract_id, product, started_on, ended_on, renews_on, monthly_value
FROM model.contracts
WHERE account_id = $account AND (started_on IS NULL OR started_on <= $as_of)
ORDER BY started_on, contract_id
;
-- section: account_invoices
SELECT invoiced_on, count(*) AS invoices, sum(value) AS amount
FROM model.invoices
WHERE account_id = $account AND invoiced_on <= $as_of
GROUP BY invoiced_on
ORDER BY invoiced_on
;
-- section: account_topics
SELECT topic, vendor, max(score) AS score, max(observed_on) AS last_on
FROM strong_signals
WHERE account_id = $account AND date_diff('day', observed_on, $as_of) < CAST($intent_days AS INTEGER)
GROUP BY topic, vendor
ORDER BY score DESC, topic, vendor
