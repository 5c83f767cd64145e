-- Deals: outcome, dates, money, how far they came, whether their account was a target when they were opened.

CREATE TEMP VIEW deal_creations AS SELECT opened_on AS day FROM merged_opportunities;

CREATE TEMP TABLE deal_openings AS
SELECT o.rowid AS deal_row, l.account_id, l.place, b.day IS NULL AND o.opened_on IS NOT NULL AS opening_known,
       CASE WHEN b.day IS NULL AND o.opened_on IS NOT NULL THEN o.opened_on ELSE f.as_of END AS judged_on
FROM merged_opportunities o
CROSS JOIN facts f
JOIN deal_accounts l ON l.deal_row = o.rowid
LEFT JOIN bulk_days('deal_creations') b ON b.day = o.opened_on;

CREATE TEMP TABLE target_deals AS
SELECT DISTINCT o.deal_row
FROM deal_openings o
JOIN model.target_spans t ON t.account_id = o.account_id
 AND (t.since IS NULL OR t.since <= o.judged_on) AND (t.until IS NULL OR t.until > o.judged_on);

-- What the build works out of each deal. Its other columns are not taken through the joins: an export may have thousands.
CREATE TEMP TABLE deals_worked_out AS
WITH deals AS (
    SELECT o.rowid AS deal_row, o.opened_on, o.currency, o._names_currency,
           l.account_id, d.pipeline, d.stage, d.outcome,
           coalesce(w.owner, o.owner) AS owner, coalesce(n.campaign, o.campaign) AS campaign,
           CASE WHEN p._import = o._import THEN p.product ELSE coalesce(y.product, o.product, p.product) END AS product,
           CASE WHEN d.outcome <> 'open' THEN o.closed_on END AS closed_on,
           CASE WHEN d.outcome = 'open' THEN coalesce(o.expected_close_on, o.closed_on) ELSE o.expected_close_on END AS expected_close_on,
           l.place, d.stage_order AS present_order,
           CASE WHEN o.amount <> 0 OR d.outcome <> 'open' THEN o.amount END AS counted_amount, r.rate,
           l.opening_known, t.deal_row IS NOT NULL AS target,
           CASE WHEN d.outcome = 'won' THEN h.any_order ELSE h.open_order END AS past_order
    FROM merged_opportunities o
    JOIN deal_outcomes d ON d.deal_row = o.rowid
    JOIN deal_openings l ON l.deal_row = o.rowid
    CROSS JOIN facts f
    LEFT JOIN target_deals t ON t.deal_row = o.rowid
    LEFT JOIN deal_furthest h ON h.deal_row = o.rowid
    LEFT JOIN (
        SELECT s.said, w.owner FROM (SELECT DISTINCT owner AS said FROM merged_opportunities) s JOIN owner_names w ON w.owner_key = id_key(s.said)
    ) w ON w.said = o.owner
    LEFT JOIN campaign_links n ON n.said = o.campaign
    -- A report with a row for each product of a deal says the deal's own in none of them.
    LEFT JOIN deal_products p ON p.opportunity_id = o.opportunity_id
    LEFT JOIN product_names y ON y.product_key = id_key(o.product)
    LEFT JOIN rates r ON r.currency = upper(o.currency)
     AND r.day = CASE WHEN d.outcome = 'open' THEN f.as_of ELSE coalesce(o.closed_on, f.as_of) END
)
SELECT d.*,
       in_reporting_currency(d.counted_amount, d.currency, d.rate, d._names_currency) AS value,
       money_issue(d.counted_amount, d.currency, d.rate, d._names_currency) AS value_issue,
       coalesce(d.closed_on > f.as_of, FALSE) AS closed_after_as_of,
       CAST(d.present_order AS BIGINT) AS stage_order,
       CAST(greatest(1, d.present_order, d.past_order) AS BIGINT) AS furthest_order,
       coalesce(d.present_order, d.past_order) IS NOT NULL AS furthest_known,
       -- By account and day, in one number: that sorts faster.
       coalesce(d.place, 1000000000) * 1000000 + coalesce(date_diff('day', DATE '1900-01-01', d.opened_on), 999999) AS sorted_by
FROM deals d
CROSS JOIN facts f;

CREATE TABLE model.opportunities AS
SELECT o.* EXCLUDE (_account_name, _account_domain, _names_currency)
       REPLACE (d.account_id AS account_id, d.pipeline AS pipeline, d.stage AS stage, d.outcome AS outcome, d.owner AS owner,
                d.campaign AS campaign, d.product AS product, d.closed_on AS closed_on, d.expected_close_on AS expected_close_on),
       d.value, d.value_issue, d.opening_known, d.closed_after_as_of, d.stage_order, d.furthest_order, d.furthest_known, d.target
FROM merged_opportunities o
JOIN deals_worked_out d ON d.deal_row = o.rowid
ORDER BY d.sorted_by;

-- The few stages that a deal passed without ever being in them. Nothing where no history says where that deal was.
CREATE TABLE model.skipped_stages AS
SELECT o.opportunity_id, k.pipeline, k.stage, k.stage_order
FROM model.opportunities o
JOIN known_stages k ON k.pipeline = o.pipeline AND k.stage_order < o.furthest_order AND k.stage IS DISTINCT FROM o.stage
JOIN deal_numbers n ON n.opportunity_id = o.opportunity_id
LEFT JOIN places p ON p.pipeline = k.pipeline AND p.stage = k.stage
ANTI JOIN stays v ON v.deal = n.deal AND v.place = p.place
WHERE n.deal IN (SELECT deal FROM stays);

-- Leads and deals only say who is on a deal; what tells a role is not replaced by that.
CREATE TABLE model.opportunity_contacts AS
SELECT DISTINCT ON (opportunity_id, contact_id) *
FROM (
    SELECT t.* REPLACE (coalesce(k.opportunity_id, t.opportunity_id) AS opportunity_id, coalesce(c.contact_id, t.contact_id) AS contact_id)
    FROM merged_opportunity_contacts t
    LEFT JOIN deal_keys k ON k.deal_key = id_key(t.opportunity_id)
    LEFT JOIN contact_keys c ON c.contact_key = CASE WHEN contains(t.contact_id, '@') THEN lower(t.contact_id) ELSE id_key(t.contact_id) END
)
ORDER BY opportunity_id, contact_id, role IS NULL AND is_primary IS NULL, _import DESC, is_primary DESC NULLS LAST, _row;

-- One rule for a person's roles: the contact's own, and those that deals say. A deal has the first and its own second.
CREATE TABLE model.deal_roles AS
SELECT DISTINCT opportunity_id, trim(said) AS role
FROM (
    SELECT opportunity_id, unnest(string_split(role, ';')) AS said FROM model.opportunity_contacts
    UNION ALL
    SELECT x.opportunity_id, unnest(string_split(c.buying_role, ';'))
    FROM model.opportunity_contacts x
    JOIN model.contacts c ON c.contact_id = x.contact_id
)
WHERE trim(said) <> '';

CREATE TABLE model.person_roles AS
SELECT contact_id, lower(trim(said)) AS role_key, min(trim(said)) AS role
FROM (
    SELECT contact_id, unnest(string_split(buying_role, ';')) AS said FROM model.contacts
    UNION ALL
    SELECT contact_id, unnest(string_split(role, ';')) FROM model.opportunity_contacts
)
WHERE trim(said) <> ''
GROUP BY contact_id, lower(trim(said));

-- A touch's account is its own, else its contact's, else its deal's. Sorted by account and day, in one number.
CREATE TABLE model.activities AS
SELECT t.* EXCLUDE (_account_name, _account_domain)
       REPLACE (coalesce(l.account_id, c.account_id, k.account_id) AS account_id,
                coalesce(c.contact_id, t.contact_id) AS contact_id,
                coalesce(k.opportunity_id, t.opportunity_id) AS opportunity_id,
                coalesce(n.campaign, t.campaign) AS campaign, coalesce(t.channel, n.channel) AS channel),
       local_day(t.occurred_at) AS occurred_on
FROM merged_activities t
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM t.account_id AND l.name IS NOT DISTINCT FROM t._account_name
 AND l.domain IS NOT DISTINCT FROM t._account_domain AND l.mail IS NULL
LEFT JOIN contact_keys c ON c.contact_key = CASE WHEN contains(t.contact_id, '@') THEN lower(t.contact_id) ELSE id_key(t.contact_id) END
LEFT JOIN deal_keys k ON k.deal_key = id_key(t.opportunity_id)
LEFT JOIN campaign_links n ON n.said = t.campaign
ORDER BY coalesce(l.place, c.place, k.place, 1000000000) * 1000000 + coalesce(date_diff('day', DATE '1900-01-01', CAST(t.occurred_at AS DATE)), 0);
