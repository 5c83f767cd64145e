/*
title = "Lead conversion"
definition = "Contacts created in the period that reached the step or a later one; every contact is a lead, converted ones too. Steps that the data cannot tell are not shown. MQL and SQL: a date or the lifecycle stage says so. Opportunity: on a deal, or the lifecycle stage says so; customer: on a won deal. A lifecycle stage of customer means customer where contacts' deals are not loaded, else opportunity; so does a converted flag, where no lifecycle stage tells of opportunities either. Median days: from the step before, where both are dated. The interval and numerator ÷ denominator are those of the step rate."
formula = "{value} contacts, {denominator} at the step before"
unit = "contact"
clock = "created_on"
format = "count"
better = "higher"
keys = ["step"]
needs = ["contacts"]
interval = "wilson"
compare = "newcombe"
compare_column = "step_rate"
[change]
kind = "sum"
*/
-- section: lifecycles
SELECT stage, position
FROM (
  SELECT 'marketingqualifiedlead' AS stage, 2 AS position
  UNION ALL SELECT 'mql', 2
  UNION ALL SELECT 'salesqualifiedlead', 3
  UNION ALL SELECT 'sql', 3
  UNION ALL SELECT 'opportunity', 4
  UNION ALL SELECT 'customer', 5
  UNION ALL SELECT 'evangelist', 5
) known
;
-- section: told
SELECT has_mql, has_sql, has_deals, has_deals OR has_opportunity_stage AS has_opportunity,
  has_deals OR has_customer_stage OR (has_converted AND NOT has_opportunity_stage) AS has_customer,
  NOT has_deals AND NOT has_opportunity_stage AS converted_is_customer
FROM (
  SELECT coalesce(bool_or(c.mql_on IS NOT NULL OR l.position = 2), FALSE) AS has_mql,
    coalesce(bool_or(c.sql_on IS NOT NULL OR l.position = 3), FALSE) AS has_sql,
    coalesce(bool_or(l.position = 4 OR c.opportunity_on IS NOT NULL), FALSE) AS has_opportunity_stage,
    coalesce(bool_or(l.position = 5 OR c.customer_on IS NOT NULL), FALSE) AS has_customer_stage,
    coalesce(bool_or(c.is_converted IS NOT NULL OR c.converted_on IS NOT NULL), FALSE) AS has_converted,
    EXISTS (
      SELECT 1 FROM model.opportunity_contacts k JOIN model.opportunities o ON o.opportunity_id = k.opportunity_id
    ) AS has_deals
  FROM model.contacts c
  LEFT JOIN lifecycles l ON l.stage = lower(replace(c.lifecycle_stage, ' ', ''))
) found
;
-- section: steps
SELECT 1 AS position, 'lead' AS step
UNION ALL
SELECT 2, 'mql' FROM told WHERE has_mql
UNION ALL
SELECT 3, 'sql' FROM told WHERE has_sql
UNION ALL
SELECT 4, 'opportunity' FROM told WHERE has_opportunity
UNION ALL
SELECT 5, 'customer' FROM told WHERE has_customer
;
-- section: deals
SELECT k.contact_id, min(o.opened_on) FILTER (WHERE o.opening_known) AS opened_on, bool_or(o.outcome = 'won') AS is_won,
  min(o.closed_on) FILTER (WHERE o.outcome = 'won' AND o.closed_on <= $as_of) AS won_on
FROM opportunity_contacts k
JOIN opportunities o ON o.opportunity_id = k.opportunity_id
WHERE o.opened_on IS NULL OR o.opened_on <= $as_of
GROUP BY k.contact_id
;
-- section: dated
SELECT segment, contact_id, account_id, lifecycle_stage, is_converted, created_on, created_known,
  CASE WHEN mql_on <= $as_of THEN mql_on END AS mql_on, CASE WHEN sql_on <= $as_of THEN sql_on END AS sql_on,
  CASE WHEN opportunity_on <= $as_of THEN opportunity_on END AS opportunity_on,
  CASE WHEN customer_on <= $as_of THEN customer_on END AS customer_on,
  CASE WHEN converted_on <= $as_of THEN converted_on END AS converted_on
FROM contacts
WHERE created_on IS NULL OR created_on <= $as_of
;
-- section: leads
SELECT c.segment, p.period, c.contact_id, c.account_id,
  CASE WHEN c.created_known THEN c.created_on END AS created_on, c.created_on IS NOT NULL AND NOT c.created_known AS is_bulk,
  c.mql_on, c.sql_on,
  coalesce(c.opportunity_on, d.opened_on, CASE WHEN NOT t.converted_is_customer THEN c.converted_on END) AS opportunity_on,
  coalesce(d.won_on, c.customer_on, CASE WHEN t.converted_is_customer THEN c.converted_on END) AS customer_on,
  CASE
    WHEN d.is_won OR (NOT t.has_deals AND (l.position = 5 OR c.customer_on IS NOT NULL)) OR (t.converted_is_customer AND coalesce(c.is_converted, c.converted_on IS NOT NULL)) THEN 5
    WHEN l.position >= 4 OR coalesce(c.opportunity_on, c.customer_on) IS NOT NULL OR d.contact_id IS NOT NULL OR coalesce(c.is_converted, c.converted_on IS NOT NULL) THEN 4
    WHEN l.position = 3 OR c.sql_on IS NOT NULL THEN 3
    WHEN l.position = 2 OR c.mql_on IS NOT NULL THEN 2
    ELSE 1
  END AS furthest
FROM periods p
JOIN dated c ON p.is_whole OR (c.created_on >= p.starts_on AND c.created_on < p.ends_before)
CROSS JOIN told t
LEFT JOIN lifecycles l ON l.stage = lower(replace(c.lifecycle_stage, ' ', ''))
LEFT JOIN deals d ON d.contact_id = c.contact_id
;
-- section: timed
SELECT l.segment, l.period, l.contact_id, l.account_id, l.furthest, l.is_bulk,
  CASE WHEN t.has_mql THEN 2 WHEN t.has_sql THEN 3 WHEN t.has_opportunity THEN 4 ELSE 5 END AS first_step,
  CASE WHEN t.has_mql AND l.furthest >= 2 THEN date_diff('day', l.created_on, l.mql_on) END AS mql_days,
  CASE WHEN t.has_sql AND l.furthest >= 3
    THEN date_diff('day', CASE WHEN t.has_mql THEN l.mql_on ELSE l.created_on END, l.sql_on) END AS sql_days,
  CASE WHEN t.has_opportunity AND l.furthest >= 4
    THEN date_diff('day', CASE WHEN t.has_sql THEN l.sql_on WHEN t.has_mql THEN l.mql_on ELSE l.created_on END, l.opportunity_on) END
    AS opportunity_days,
  CASE WHEN t.has_customer AND l.furthest >= 5
    THEN date_diff('day', CASE WHEN t.has_opportunity THEN l.opportunity_on WHEN t.has_sql THEN l.sql_on WHEN t.has_mql THEN l.mql_on
      ELSE l.created_on END, l.customer_on) END AS customer_days
FROM leads l
CROSS JOIN told t
;
-- section: rows
SELECT t.segment, t.period, s.step, t.contact_id, t.account_id,
  CASE s.position WHEN 2 THEN t.mql_days WHEN 3 THEN t.sql_days WHEN 4 THEN t.opportunity_days WHEN 5 THEN t.customer_days END
    AS days_from_previous, 1.0 AS measure
FROM timed t
JOIN steps s ON s.position <= t.furthest
;
-- section: counted
SELECT segment, period, max(first_step) AS first_step, bool_or(is_bulk AND furthest >= first_step) AS has_bulk,
  count(*) AS leads, count(*) FILTER (WHERE furthest >= 2) AS mqls, count(*) FILTER (WHERE furthest >= 3) AS sqls,
  count(*) FILTER (WHERE furthest >= 4) AS opportunities, count(*) FILTER (WHERE furthest >= 5) AS customers,
  count(*) FILTER (WHERE mql_days >= 0) AS mqls_timed, count(*) FILTER (WHERE sql_days >= 0) AS sqls_timed,
  count(*) FILTER (WHERE opportunity_days >= 0) AS opportunities_timed,
  count(*) FILTER (WHERE customer_days >= 0) AS customers_timed,
  quantile_cont(CAST(mql_days AS DOUBLE), 0.5) FILTER (WHERE mql_days >= 0) AS mql_median,
  quantile_cont(CAST(sql_days AS DOUBLE), 0.5) FILTER (WHERE sql_days >= 0) AS sql_median,
  quantile_cont(CAST(opportunity_days AS DOUBLE), 0.5) FILTER (WHERE opportunity_days >= 0) AS opportunity_median,
  quantile_cont(CAST(customer_days AS DOUBLE), 0.5) FILTER (WHERE customer_days >= 0) AS customer_median
FROM timed
GROUP BY segment, period
;
-- section: reached
SELECT c.segment, c.period, c.leads, s.position, s.step, c.has_bulk AND s.position = c.first_step AS is_after_bulk,
  CASE s.position WHEN 1 THEN c.leads WHEN 2 THEN c.mqls WHEN 3 THEN c.sqls WHEN 4 THEN c.opportunities ELSE c.customers END AS value,
  CASE s.position WHEN 2 THEN c.mqls_timed WHEN 3 THEN c.sqls_timed WHEN 4 THEN c.opportunities_timed WHEN 5 THEN c.customers_timed END
    AS timed,
  CASE s.position WHEN 2 THEN c.mql_median WHEN 3 THEN c.sql_median WHEN 4 THEN c.opportunity_median WHEN 5 THEN c.customer_median END
    AS median_days
FROM counted c
CROSS JOIN steps s
;
-- section: answer
SELECT segment, period, step, value, value AS n, CAST(value AS DOUBLE) / nullif(before, 0) AS step_rate,
  CAST(value AS DOUBLE) / nullif(leads, 0) AS overall_rate,
  CASE WHEN NOT is_after_bulk OR timed >= 5 THEN median_days END AS median_days, value AS numerator, before AS denominator
FROM (
  SELECT segment, period, leads, position, step, value, is_after_bulk, timed, median_days,
    lag(value) OVER (PARTITION BY segment, period ORDER BY position) AS before
  FROM reached
) stepped
ORDER BY segment, period, position
;
-- section: unusable
SELECT count(*) FILTER (WHERE mql_days < 0) + count(*) FILTER (WHERE sql_days < 0) + count(*) FILTER (WHERE opportunity_days < 0)
    + count(*) FILTER (WHERE customer_days < 0) AS negative,
  count(*) FILTER (WHERE is_bulk AND furthest >= first_step) AS bulk
FROM timed
;
-- section: left_out
SELECT 'no creation date' AS reason, count(*) AS n
FROM contacts
WHERE created_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
UNION ALL
SELECT 'created after as-of', count(*)
FROM contacts
WHERE created_on > $as_of
UNION ALL
SELECT 'negative duration', negative
FROM unusable
UNION ALL
SELECT 'bulk load', bulk
FROM unusable
ORDER BY reason
