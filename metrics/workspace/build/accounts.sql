-- Accounts and everything that is not a deal, its links resolved.

CREATE TEMP TABLE known_accounts AS
SELECT a.* EXCLUDE (is_derived, name_key)
       REPLACE (coalesce(w.owner, a.owner) AS owner, coalesce(p.account_id, a.parent_account_id) AS parent_account_id),
       CASE WHEN a.employees < 1 THEN NULL WHEN a.employees <= 50 THEN '1–50' WHEN a.employees <= 200 THEN '51–200'
            WHEN a.employees <= 1000 THEN '201–1000' WHEN a.employees <= 5000 THEN '1001–5000'
            WHEN a.employees > 5000 THEN '5001+' END AS size,
       a.is_derived,
       a.name_key
FROM account_rows a
LEFT JOIN owner_names w ON w.owner_key = id_key(a.owner)
LEFT JOIN (
    SELECT s.said, coalesce(i.account_id, n.account_id) AS account_id
    FROM (SELECT DISTINCT parent_account_id AS said FROM account_rows WHERE parent_account_id IS NOT NULL) s
    LEFT JOIN account_ids i ON i.id_key = id_key(s.said)
    LEFT JOIN account_names n ON n.name_key = name_key(s.said)
) p ON p.said = a.parent_account_id;

CREATE TABLE model.owners AS
SELECT * EXCLUDE (_owner_id)
FROM (
    SELECT o.* REPLACE (coalesce(w.owner, o.owner) AS owner)
    FROM merged_owners o LEFT JOIN owner_names w ON w.owner_key = id_key(o._owner_id) AND w.name = o.owner
)
QUALIFY row_number() OVER (PARTITION BY owner ORDER BY _import DESC, _row DESC) = 1
ORDER BY owner;

CREATE TABLE model.stages AS
SELECT k.pipeline, k.stage, CAST(k.stage_order AS BIGINT) AS stage_order, k.outcome, k.probability, k._import, CAST(NULL AS BIGINT) AS _row
FROM known_stages k
ORDER BY k.pipeline, k.stage_order NULLS LAST, k.outcome, k.stage;

CREATE TEMP VIEW contact_creations AS SELECT created_on AS day FROM people;

CREATE TABLE model.contacts AS
SELECT c.* EXCLUDE (_account_name, _account_domain)
       REPLACE (l.account_id AS account_id, coalesce(w.owner, c.owner) AS owner),
       b.day IS NULL AND c.created_on IS NOT NULL AS created_known, coalesce(s.level, t.level) AS level
FROM people c
LEFT JOIN said_levels s ON s.kind = 'seniority' AND s.said = c.seniority
LEFT JOIN said_levels t ON t.kind = 'title' AND t.said = c.title
LEFT JOIN bulk_days('contact_creations') b ON b.day = c.created_on
LEFT JOIN contact_accounts l ON l.contact_id = c.contact_id
LEFT JOIN owner_names w ON w.owner_key = id_key(c.owner)
ORDER BY l.place NULLS LAST;

CREATE TABLE model.account_lists AS
SELECT t.* EXCLUDE (_account_name, _account_domain) REPLACE (l.account_id AS account_id)
FROM merged_account_lists t
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM t.account_id AND l.name IS NOT DISTINCT FROM t._account_name
 AND l.domain IS NOT DISTINCT FROM t._account_domain AND l.mail IS NULL;

CREATE TABLE model.campaigns AS
SELECT c.* EXCLUDE (_names_currency) REPLACE (CASE WHEN c.campaign IS NOT NULL THEN n.campaign END AS campaign)
FROM merged_campaigns c JOIN named_campaigns n ON n._import = c._import AND n._row = c._row
ORDER BY c.campaign_id;
CREATE TABLE model.journeys AS SELECT * FROM merged_journeys ORDER BY journey_id, position, touched_at;
CREATE TABLE model.loaded_goals AS SELECT * FROM merged_goals;
CREATE TABLE model.exchange_rates AS SELECT * FROM merged_exchange_rates ORDER BY currency, valid_on;

CREATE TABLE model.intent AS
SELECT t.* EXCLUDE (_account_name, _account_domain) REPLACE (l.account_id AS account_id)
FROM merged_intent t
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM t.account_id AND l.name IS NOT DISTINCT FROM t._account_name
 AND l.domain IS NOT DISTINCT FROM coalesce(t.domain, t._account_domain) AND l.mail IS NULL
ORDER BY l.place NULLS LAST, t.observed_on;

CREATE TABLE model.survey_answers AS
SELECT t.* EXCLUDE (_account_name, _account_domain, _subject, _team, _survey, _wave, _sentiment, _answered_at)
       REPLACE (CASE WHEN t.question IS DISTINCT FROM 'alignment' THEN coalesce(l.account_id, c.account_id) END AS account_id,
                coalesce(c.contact_id, t.contact_id) AS contact_id,
                coalesce(t.survey, t._survey) AS survey,
                coalesce(t.wave, t._wave, quarter_label(t.answered_on, f.fiscal_year_start)) AS wave,
                CASE WHEN t.scale_min IS NULL AND t.scale_max IS NULL AND t.question = 'nps' THEN 0 ELSE t.scale_min END AS scale_min,
                CASE WHEN t.scale_min IS NULL AND t.scale_max IS NULL AND t.question = 'nps' THEN 10 ELSE t.scale_max END AS scale_max),
       t._subject AS subject,
       CASE WHEN regexp_matches(lower(t._team), 'market|маркет|市场') THEN 'marketing'
            WHEN regexp_matches(lower(t._team), 'sales|vent|comercial|продаж|销售') THEN 'sales' ELSE t._team END AS team,
       t._sentiment AS sentiment, t._answered_at AS answered_at
FROM merged_survey_answers t
CROSS JOIN facts f
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM t.account_id AND l.name IS NOT DISTINCT FROM t._account_name
 AND l.domain IS NOT DISTINCT FROM t._account_domain AND l.mail IS NULL
LEFT JOIN contact_keys c ON c.contact_key = CASE WHEN contains(t.contact_id, '@') THEN lower(t.contact_id) ELSE id_key(t.contact_id) END
ORDER BY t.answered_on, t._answered_at, t._import, t._row;

CREATE TABLE model.mentions AS
SELECT t.* EXCLUDE (_account_name, _account_domain) REPLACE (l.account_id AS account_id),
       quarter_label(t.published_on, f.fiscal_year_start) AS wave
FROM merged_mentions t
CROSS JOIN facts f
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM t.account_id AND l.name IS NOT DISTINCT FROM t._account_name
 AND l.domain IS NOT DISTINCT FROM t._account_domain AND l.mail IS NULL
ORDER BY t.published_on, t._import, t._row;

CREATE TABLE model.contracts AS
SELECT t.* EXCLUDE (_account_name, _account_domain, _tenure_months, _churned, _renews_every, _products, _names_currency)
       REPLACE (l.account_id AS account_id, CASE WHEN p.is_named THEN array_to_string(p.each, ' + ') ELSE t.product END AS product,
                coalesce(t.started_on, CAST(f.as_of - to_months(CAST(t._tenure_months AS INTEGER)) AS DATE)) AS started_on,
                coalesce(t.ended_on, CASE WHEN t._churned THEN f.as_of END) AS ended_on),
       in_reporting_currency(t.monthly_revenue, t.currency, r.rate, t._names_currency) AS monthly_value,
       money_issue(t.monthly_revenue, t.currency, r.rate, t._names_currency) AS value_issue,
       CASE WHEN t._renews_every > 0 THEN t._renews_every END AS term_months
FROM merged_contracts t
CROSS JOIN facts f
LEFT JOIN contract_parts p ON p.said = coalesce(t._products, [t.product])
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM t.account_id AND l.name IS NOT DISTINCT FROM t._account_name
 AND l.domain IS NOT DISTINCT FROM t._account_domain AND l.mail IS NULL
LEFT JOIN rates r ON r.currency = upper(t.currency) AND r.day = least(t.ended_on, f.as_of)
ORDER BY l.place NULLS LAST, t.started_on;

-- The days on which a contract renews every so many months, counted back from the one that its source names, else on from its start:
-- those that it ran past by the export's day, and the next one. Where it renews within less than a month they are too many to list.
CREATE TABLE model.renewal_days AS
SELECT contract_id, renews_on
FROM (
    SELECT contract_id, started_on, ended_on, as_of, known_until,
           unnest(list_transform(range(-passed, coming + 1), lambda step: CAST(anchor + to_months(CAST(step * months AS INTEGER)) AS DATE))) AS renews_on
    FROM (
        SELECT k.contract_id, k.started_on, k.ended_on, f.as_of, least(f.as_of, i.export_day) AS known_until, coalesce(k.renews_on, k.started_on) AS anchor,
               CAST(k.term_months AS INTEGER) AS months,
               greatest(datediff('month', k.started_on, coalesce(k.renews_on, k.started_on)), 0) // CAST(k.term_months AS INTEGER) AS passed,
               greatest(datediff('month', coalesce(k.renews_on, k.started_on), f.as_of), 0) // CAST(k.term_months AS INTEGER) + 1 AS coming
        FROM model.contracts k
        JOIN imports i ON i._import = k._import
        CROSS JOIN facts f
        WHERE k.term_months >= 1 AND k.term_months = CAST(k.term_months AS INTEGER) AND k.started_on IS NOT NULL
          AND lower(coalesce(k.status, '')) <> 'paused'
    )
)
WHERE renews_on > started_on AND (ended_on IS NULL OR renews_on < ended_on)
QUALIFY renews_on <= known_until OR row_number() OVER (PARTITION BY contract_id, renews_on >= as_of ORDER BY renews_on) = 1 AND renews_on >= as_of
ORDER BY contract_id, renews_on;

CREATE TABLE model.invoices AS
SELECT t.* EXCLUDE (_account_name, _account_domain, _names_currency)
       REPLACE (l.account_id AS account_id, coalesce(p.product, t.product) AS product),
       in_reporting_currency(t.amount, t.currency, r.rate, t._names_currency) AS value,
       money_issue(t.amount, t.currency, r.rate, t._names_currency) AS value_issue
FROM merged_invoices t
LEFT JOIN product_names p ON p.product_key = id_key(t.product)
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM t.account_id AND l.name IS NOT DISTINCT FROM t._account_name
 AND l.domain IS NOT DISTINCT FROM t._account_domain AND l.mail IS NULL
LEFT JOIN rates r ON r.currency = upper(t.currency) AND r.day = t.invoiced_on
ORDER BY l.place NULLS LAST, t.invoiced_on;
