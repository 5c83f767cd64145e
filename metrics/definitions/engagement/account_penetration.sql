/*
title = "Account penetration"
definition = "Median number of people engaged per account in scope: contacts with a visit, response, meeting held or call connected in the period; an account without one counts 0. Medians over the same accounts: the people known (its contacts, with those engaged there), people_share (engaged ÷ known), departments of the people engaged and departments_share (÷ departments known), roles_covered (required buying roles that an engaged person has), and expansion (engaged people and departments beyond those of the account's first touch ever). single_threaded: share of the accounts with one person engaged or none. Beside it the accounts with anybody engaged (reached) and their own median (people_of_reached)."
formula = "middle of the people engaged at {n} accounts, {reached} of which have any"
unit = "account"
clock = "occurred_at"
format = "count"
better = "higher"
needs = ["accounts", "activities"]
uses = ["touches", "positions", "required_roles"]
interval = "median"
compare = "median"
touches = true
[change]
kind = "none"
because = "median"
*/
-- section: engagements
SELECT activity_id, account_id, contact_id, occurred_at, occurred_on
FROM touches
WHERE (is_response OR is_conversation) AND account_id IS NOT NULL AND contact_id IS NOT NULL
;
-- section: people
SELECT contact_id, account_id, lower(trim(department)) AS department, created_on
FROM contacts
;
-- section: met
SELECT p.period, t.account_id, t.contact_id, max(t.occurred_on) AS last_touch_on
FROM periods p
JOIN engagements t ON p.is_whole OR (t.occurred_on >= p.starts_on AND t.occurred_on < p.ends_before)
GROUP BY p.period, t.account_id, t.contact_id
;
-- section: known
SELECT p.period, c.account_id, c.contact_id
FROM periods p
JOIN people c ON c.created_on IS NULL OR c.created_on < p.ends_before
WHERE c.account_id IS NOT NULL
UNION
SELECT period, account_id, contact_id
FROM met
;
-- section: first_people
SELECT account_id, contact_id
FROM (
  SELECT account_id, contact_id,
    row_number() OVER (PARTITION BY account_id ORDER BY occurred_at NULLS LAST, activity_id) AS position
  FROM engagements
) touched
WHERE position = 1
;
-- section: first_departments
SELECT account_id, department
FROM (
  SELECT t.account_id, c.department,
    row_number() OVER (PARTITION BY t.account_id ORDER BY t.occurred_at NULLS LAST, t.activity_id) AS position
  FROM engagements t
  JOIN people c ON c.contact_id = t.contact_id
  WHERE c.department <> ''
) touched
WHERE position = 1
;
-- section: engaged_people
SELECT m.period, m.account_id, count(*) AS people, max(m.last_touch_on) AS last_touch_on,
  count(*) FILTER (WHERE m.contact_id <> f.contact_id) AS new_people
FROM met m
JOIN first_people f ON f.account_id = m.account_id
GROUP BY m.period, m.account_id
;
-- section: engaged_departments
SELECT m.period, m.account_id, count(DISTINCT c.department) AS departments,
  count(DISTINCT CASE WHEN c.department <> f.department THEN c.department END) AS new_departments
FROM met m
JOIN people c ON c.contact_id = m.contact_id
JOIN first_departments f ON f.account_id = m.account_id
WHERE c.department <> ''
GROUP BY m.period, m.account_id
;
-- section: known_people
SELECT k.period, k.account_id, count(*) AS people_known,
  count(DISTINCT CASE WHEN c.department <> '' THEN c.department END) AS departments_known
FROM known k
LEFT JOIN people c ON c.contact_id = k.contact_id
GROUP BY k.period, k.account_id
;
-- section: covered
SELECT m.period, m.account_id, count(DISTINCT n.role_key) AS roles
FROM met m
JOIN model.person_roles r ON r.contact_id = m.contact_id
JOIN needed_roles n ON n.pipeline IS NULL AND n.role_key = r.role_key
GROUP BY m.period, m.account_id
;
-- section: facts
SELECT EXISTS (SELECT 1 FROM model.activities WHERE contact_id IS NOT NULL) AS names_people,
  EXISTS (SELECT 1 FROM model.contacts) AS knows_people,
  EXISTS (SELECT 1 FROM model.contacts WHERE trim(department) <> '') AS knows_departments,
  EXISTS (SELECT 1 FROM model.person_roles) AS knows_roles,
  (SELECT count(*) FROM needed_roles WHERE pipeline IS NULL) AS roles_required
;
-- section: rows
SELECT a.segment, p.period, a.account_id, CASE WHEN f.names_people THEN CAST(coalesce(e.people, 0) AS DOUBLE) END AS measure,
  CASE WHEN f.knows_people THEN coalesce(k.people_known, 0) END AS people_known,
  CASE WHEN f.knows_people AND f.names_people THEN CAST(coalesce(e.people, 0) AS DOUBLE) / nullif(k.people_known, 0) END
    AS people_share,
  CASE WHEN f.knows_departments AND f.names_people THEN coalesce(d.departments, 0) END AS departments,
  CASE WHEN f.knows_departments AND f.names_people THEN CAST(coalesce(d.departments, 0) AS DOUBLE) / nullif(k.departments_known, 0) END
    AS departments_share,
  CASE WHEN f.knows_roles AND f.names_people AND f.roles_required > 0 THEN coalesce(c.roles, 0) END AS roles_covered,
  f.roles_required, coalesce(e.new_people, 0) + coalesce(d.new_departments, 0) AS expansion,
  coalesce(e.new_people, 0) AS new_people, coalesce(d.new_departments, 0) AS new_departments,
  CASE WHEN coalesce(e.people, 0) = 0 THEN 'none' WHEN e.people = 1 THEN 'one' WHEN e.people <= 3 THEN 'few' ELSE 'many' END
    AS people_band,
  e.last_touch_on
FROM accounts a
CROSS JOIN periods p
CROSS JOIN facts f
LEFT JOIN engaged_people e ON e.account_id = a.account_id AND e.period IS NOT DISTINCT FROM p.period
LEFT JOIN engaged_departments d ON d.account_id = a.account_id AND d.period IS NOT DISTINCT FROM p.period
LEFT JOIN known_people k ON k.account_id = a.account_id AND k.period IS NOT DISTINCT FROM p.period
LEFT JOIN covered c ON c.account_id = a.account_id AND c.period IS NOT DISTINCT FROM p.period
;
-- section: answer
SELECT segment, period, quantile_cont(measure, 0.5) AS value, count(*) AS n,
  quantile_cont(CAST(people_known AS DOUBLE), 0.5) AS people_known, quantile_cont(people_share, 0.5) AS people_share,
  quantile_cont(CAST(departments AS DOUBLE), 0.5) AS departments, quantile_cont(departments_share, 0.5) AS departments_share,
  quantile_cont(CAST(roles_covered AS DOUBLE), 0.5) AS roles_covered,
  CASE WHEN count(roles_covered) > 0 THEN max(roles_required) END AS roles_required,
  CAST(count(*) FILTER (WHERE measure <= 1) AS DOUBLE) / nullif(count(measure), 0) AS single_threaded,
  CASE WHEN count(measure) > 0 THEN quantile_cont(CAST(expansion AS DOUBLE), 0.5) END AS expansion,
  CASE WHEN count(measure) > 0 THEN count(*) FILTER (WHERE measure > 0) END AS reached,
  quantile_cont(CASE WHEN measure > 0 THEN measure END, 0.5) AS people_of_reached
FROM rows
GROUP BY segment, period
ORDER BY segment, period
;
-- section: left_out
SELECT 'touch without an account' AS reason, count(*) AS n
FROM touches
WHERE (is_response OR is_conversation) AND account_id IS NULL
UNION ALL
SELECT 'touch without a person', count(*)
FROM touches
WHERE (is_response OR is_conversation) AND account_id IS NOT NULL AND contact_id IS NULL
UNION ALL
SELECT 'touch without a date', count(*)
FROM engagements
WHERE occurred_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
ORDER BY reason
;
-- section: warnings
SELECT 'No touch names a person: how many people are engaged is not known.' AS warning, 1 AS n
FROM facts
WHERE NOT names_people AND EXISTS (SELECT 1 FROM model.activities)
UNION ALL
SELECT warning, n
FROM unknown_roles
