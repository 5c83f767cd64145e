-- What could not be used as it came, by import: counted and shown, never dropped.

CREATE TEMP TABLE lost_deals AS
SELECT x.said, CASE WHEN s.deal_key IS NULL THEN 'deal not found' ELSE 'several deals of that name' END AS kind
FROM (
    SELECT said, deal_key FROM visited_deals
    UNION SELECT opportunity_id, id_key(opportunity_id) FROM (SELECT DISTINCT opportunity_id FROM merged_activities)
    UNION SELECT opportunity_id, id_key(opportunity_id) FROM (SELECT DISTINCT opportunity_id FROM merged_opportunity_contacts)
    UNION SELECT opportunity_id, id_key(opportunity_id) FROM (SELECT DISTINCT opportunity_id FROM merged_line_items)
) x
ANTI JOIN deal_keys k ON k.deal_key = x.deal_key
LEFT JOIN shared_deal_names s ON s.deal_key = x.deal_key
WHERE x.said IS NOT NULL AND (SELECT count(*) FROM merged_opportunities) > 0;

CREATE TEMP TABLE link_failures AS
WITH lost_accounts AS (
    SELECT DISTINCT key FROM links WHERE account_id IS NULL AND key IS NOT NULL
), keyed AS (
    SELECT 'opportunities' AS "table", account_id, _import, _row FROM merged_opportunities
    UNION ALL SELECT 'contacts', account_id, _import, _row FROM merged_contacts
    UNION ALL SELECT 'activities', account_id, _import, _row FROM merged_activities
    UNION ALL SELECT 'contracts', account_id, _import, _row FROM merged_contracts
    UNION ALL SELECT 'invoices', account_id, _import, _row FROM merged_invoices
    UNION ALL SELECT 'intent', account_id, _import, _row FROM merged_intent
    UNION ALL SELECT 'survey_answers', account_id, _import, _row FROM merged_survey_answers WHERE question IS DISTINCT FROM 'alignment'
    UNION ALL SELECT 'mentions', account_id, _import, _row FROM merged_mentions
    UNION ALL SELECT 'account_lists', account_id, _import, _row FROM merged_account_lists
)
SELECT 'account not found' AS kind, k."table", 'account_id' AS "column", k._import, k._row
FROM keyed k SEMI JOIN lost_accounts l ON l.key = k.account_id
UNION ALL
SELECT 'contact not found', x."table", 'contact_id', x._import, x._row
FROM (
    SELECT 'activities' AS "table", contact_id, _import, _row FROM merged_activities
    UNION ALL SELECT 'opportunity_contacts', contact_id, _import, _row FROM merged_opportunity_contacts
    UNION ALL SELECT 'survey_answers', contact_id, _import, _row FROM merged_survey_answers WHERE question IS DISTINCT FROM 'alignment'
) x
ANTI JOIN contact_keys c ON c.contact_key = CASE WHEN contains(x.contact_id, '@') THEN lower(x.contact_id) ELSE id_key(x.contact_id) END
WHERE x.contact_id IS NOT NULL AND (SELECT count(*) FROM merged_contacts) > 0
UNION ALL
SELECT l.kind, x."table", 'opportunity_id', x._import, x._row
FROM (
    SELECT 'activities' AS "table", opportunity_id, _import, _row FROM merged_activities
    UNION ALL SELECT 'opportunity_contacts', opportunity_id, _import, _row FROM merged_opportunity_contacts
    UNION ALL SELECT 'stage_visits', opportunity_id, _import, _row FROM merged_stage_visits
    UNION ALL SELECT 'line_items', opportunity_id, _import, _row FROM merged_line_items
) x
JOIN lost_deals l ON l.said = x.opportunity_id
UNION ALL
SELECT CASE WHEN k.is_shared THEN 'several campaigns of that name' ELSE 'campaign not found' END, x."table", 'campaign', x._import, x._row
FROM (
    SELECT 'activities' AS "table", campaign, _import, _row FROM merged_activities
    UNION ALL SELECT 'opportunities', campaign, _import, _row FROM merged_opportunities
) x
JOIN campaign_links k ON k.said = x.campaign AND k.is_lost
WHERE (SELECT count(*) FROM merged_campaigns) > 0
UNION ALL
SELECT 'cost of a campaign without a date', 'campaigns', 'actual_cost', _import, _row
FROM merged_campaigns WHERE actual_cost > 0 AND starts_on IS NULL AND ends_on IS NULL
UNION ALL
SELECT 'outcome contradicts the stage', 'opportunities', 'outcome', o._import, o._row
FROM deal_outcomes d JOIN merged_opportunities o ON o.rowid = d.deal_row WHERE d.contradicts
UNION ALL
SELECT 'negative duration', 'stage_visits', 'exited_at', _import, _row FROM model.stage_visits WHERE days < 0
UNION ALL
SELECT 'out of order', 'stage_visits', 'entered_at', _import, _row
FROM (
    SELECT entered_at, _import, _row, lag(entered_at) OVER (PARTITION BY deal, _import ORDER BY position) AS before_at FROM entries
) WHERE entered_at < before_at
UNION ALL
SELECT 'same domain under several ids', 'accounts', 'domain', a._import, a._row
FROM merged_accounts a
JOIN (SELECT company_domain(domain) AS domain_key FROM merged_accounts GROUP BY 1 HAVING count(*) > 1 AND domain_key IS NOT NULL) d
  ON d.domain_key = company_domain(a.domain)
UNION ALL
SELECT 'same name under several ids', 'accounts', 'name', a._import, a._row
FROM merged_accounts a
JOIN (SELECT name_key(name) AS known_as FROM merged_accounts WHERE name IS NOT NULL GROUP BY 1
      HAVING count(*) > 1 AND count(DISTINCT company_domain(domain)) = 0) n ON n.known_as = name_key(a.name)
UNION ALL
SELECT 'same e-mail under several ids', 'contacts', 'email', c._import, c._row
FROM merged_contacts c SEMI JOIN (SELECT email FROM merged_contacts WHERE email IS NOT NULL GROUP BY email HAVING count(*) > 1) e ON e.email = c.email
UNION ALL
SELECT 'closed before it was opened', 'opportunities', 'closed_on', o._import, o._row
FROM merged_opportunities o JOIN deal_outcomes d ON d.deal_row = o.rowid WHERE d.outcome <> 'open' AND o.closed_on < o.opened_on
UNION ALL
-- The day of the end is the first without the contract: ending on the day of the start, it held on none.
SELECT CASE WHEN ended_on < started_on THEN 'ended before it started' ELSE 'held on no day' END, 'contracts', 'ended_on', _import, _row
FROM merged_contracts WHERE ended_on <= started_on
UNION ALL
SELECT 'no account', 'contracts', 'account_id', _import, _row FROM merged_contracts WHERE account_id IS NULL
UNION ALL
SELECT 'negative monthly revenue', 'contracts', 'monthly_revenue', _import, _row FROM merged_contracts WHERE monthly_revenue < 0
UNION ALL
SELECT 'won without a close date', 'opportunities', 'closed_on', _import, _row
FROM model.opportunities WHERE outcome = 'won' AND closed_on IS NULL
UNION ALL
SELECT 'won with a negative amount', 'opportunities', 'amount', o._import, o._row
FROM merged_opportunities o JOIN deal_outcomes d ON d.deal_row = o.rowid WHERE d.outcome = 'won' AND o.amount < 0
UNION ALL
SELECT CASE WHEN x.day < DATE '1990-01-01' THEN 'day before 1990' ELSE 'day after the export' END, x."table", x."column", x._import, x._row
FROM (
    SELECT 'opportunities' AS "table", 'opened_on' AS "column", opened_on AS day, _import, _row FROM merged_opportunities
    UNION ALL SELECT 'accounts', 'created_on', created_on, _import, _row FROM merged_accounts
    UNION ALL SELECT 'contacts', 'created_on', created_on, _import, _row FROM merged_contacts
    UNION ALL SELECT 'stage_visits', 'entered_at', local_day(entered_at), _import, _row FROM merged_stage_visits
    UNION ALL SELECT 'activities', 'occurred_at', CAST(occurred_at AS DATE), _import, _row FROM merged_activities WHERE is_done IS DISTINCT FROM FALSE
    UNION ALL SELECT 'intent', 'observed_on', observed_on, _import, _row FROM merged_intent
    UNION ALL SELECT 'survey_answers', 'answered_on', answered_on, _import, _row FROM merged_survey_answers
) x
JOIN imports i ON i._import = x._import
WHERE x.day < DATE '1990-01-01' OR x.day > i.export_day + 1
UNION ALL
SELECT 'day before 1990', 'opportunities', 'closed_on', _import, _row FROM merged_opportunities WHERE closed_on < DATE '1990-01-01'
UNION ALL
SELECT 'day after the export', 'opportunities', 'closed_on', o._import, o._row
FROM merged_opportunities o
JOIN deal_outcomes d ON d.deal_row = o.rowid
JOIN imports i ON i._import = o._import
WHERE d.outcome <> 'open' AND o.closed_on > i.export_day + 1
UNION ALL
SELECT 'no stage', 'opportunities', 'stage', _import, _row FROM merged_opportunities
WHERE stage IS NULL AND _import IN (SELECT _import FROM merged_opportunities WHERE stage IS NOT NULL)
UNION ALL
-- Where people said what the stages of a pipeline mean, one that they did not speak of counts as its words have it.
SELECT 'stage that is not on the stage map', 'opportunities', 'stage', o._import, o._row
FROM deal_stages d
JOIN merged_opportunities o ON o.rowid = d.deal_row
JOIN mapped_stages m ON m.pipeline = d.pipeline AND m.stage = d.stage AND NOT m.own_stages
SEMI JOIN (SELECT pipeline FROM mapped_stages WHERE own_stages) own ON own.pipeline = d.pipeline
UNION ALL
SELECT CASE value_issue WHEN 'no currency' THEN 'no currency, where others have one' ELSE value_issue END, "table", 'currency', _import, _row
FROM (
    SELECT 'opportunities' AS "table", value_issue, _import, _row FROM model.opportunities
    UNION ALL SELECT 'invoices', value_issue, _import, _row FROM model.invoices
    UNION ALL SELECT 'contracts', value_issue, _import, _row FROM model.contracts
    UNION ALL SELECT 'spend', value_issue, _import, _row FROM model.spend
    UNION ALL SELECT 'market', value_issue, _import, _row FROM model.market
)
WHERE value_issue IN ('no currency', 'no exchange rate')
UNION ALL
SELECT 'answer of no account', 'survey_answers', 'account_id', _import, _row
FROM model.survey_answers WHERE account_id IS NULL AND question IS DISTINCT FROM 'alignment'
UNION ALL
SELECT 'company listed again', 'market', CASE WHEN domain IS NULL THEN 'name' ELSE 'domain' END, _import, _row
FROM market_listings WHERE times > 1
UNION ALL
SELECT 'replaced a row of another source with that id', "table", "column", _import, _row FROM overtaken
UNION ALL
SELECT 'cost of an older report on the same days replaced', 'spend', 'spent_on', min(newer), min_by(newer_row, newer)
FROM superseded GROUP BY _import, _row;

CREATE TEMP TABLE issues AS
SELECT _import, kind, "table", "column", count(*) AS n, list_slice(list(DISTINCT _row ORDER BY _row), 1, 3) AS first_rows
FROM link_failures
GROUP BY ALL;
