-- The days on which something was recorded, by import: they set the as-of day and the calendar's beginning. Companies,
-- people and contracts are kept for years: their days do not tell how old their export is.

CREATE TEMP TABLE event_days AS
WITH days AS (
    SELECT _import, created_on AS day, FALSE AS tells_age FROM merged_accounts
    UNION ALL SELECT _import, created_on, FALSE FROM merged_contacts
    UNION ALL SELECT _import, mql_on, FALSE FROM merged_contacts
    UNION ALL SELECT _import, sql_on, FALSE FROM merged_contacts
    UNION ALL SELECT _import, converted_on, FALSE FROM merged_contacts
    UNION ALL SELECT _import, _opportunity_on, FALSE FROM merged_contacts
    UNION ALL SELECT _import, _customer_on, FALSE FROM merged_contacts
    UNION ALL SELECT _import, rejected_on, FALSE FROM merged_contacts
    UNION ALL SELECT _import, opened_on, TRUE FROM merged_opportunities
    UNION ALL
    SELECT o._import, o.closed_on, TRUE FROM merged_opportunities o
    JOIN deal_outcomes d ON d.deal_row = o.rowid WHERE d.outcome <> 'open'
    UNION ALL SELECT _import, local_day(entered_at), TRUE FROM merged_stage_visits
    UNION ALL SELECT _import, local_day(exited_at), TRUE FROM merged_stage_visits WHERE exited_at IS NOT NULL
    UNION ALL SELECT _import, local_day(occurred_at), TRUE FROM merged_activities WHERE is_done IS DISTINCT FROM FALSE
    UNION ALL SELECT _import, local_day(touched_at), TRUE FROM merged_journeys
    UNION ALL SELECT _import, invoiced_on, TRUE FROM merged_invoices
    UNION ALL SELECT _import, started_on, FALSE FROM merged_contracts
    UNION ALL SELECT _import, ended_on, FALSE FROM merged_contracts
    UNION ALL SELECT _import, observed_on, TRUE FROM merged_intent
    UNION ALL SELECT _import, answered_on, TRUE FROM merged_survey_answers
    UNION ALL SELECT _import, published_on, TRUE FROM merged_mentions
    UNION ALL SELECT _import, spent_on, TRUE FROM merged_spend
    UNION ALL SELECT _import, spent_until, TRUE FROM merged_spend
)
SELECT d._import, max(d.day) FILTER (d.day <= i.export_day) AS newest, min(d.day) AS oldest,
       max(d.day) FILTER (d.tells_age AND d.day <= i.export_day) AS newest_event
FROM days d JOIN imports i ON i._import = d._import
WHERE d.day IS NOT NULL
GROUP BY d._import;
