/*
title = "Lead conversion"
definition = "Contacts created in the period that reached the step or a later one; every contact is a lead, converted ones too. Steps that the data cannot tell are not shown. MQL and SQL: a date or the lifecycle stage says so. Opportunity: on a deal; customer: on a won deal, or its lifecycle stage says so. A converted flag means customer where nothing tells of contacts' deals, else opportunity. Median days: from the step before, where both are dated. The interval and numerator ÷ denominator are those of the step rate."
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
SELECT has_mql, has_sql, has_deals OR has_opportunity_stage AS has_opportunity,
  has_deals OR has_customer_stage OR (has_converted AND NOT has_opportunity_stage) AS has_customer,
  NOT has_deals AND NOT has_opportunity_stage AS converted_is_customer
FROM (
  SELECT coalesce(bool_or(c.mql_on IS NOT NULL OR l.position = 2), FALSE) AS has_mql,
    coalesce(bool_or(c.sql_on IS NOT NULL OR l.position = 3), FALSE) AS has_sql,
    coalesce(bool_or(l.position = 4), FALSE) AS has_opportunity_stage,
    coalesce(bool_or(l.position = 5), FALSE) AS has_customer_stage,
    coalesce(bool_or(c.is_converted IS NOT NULL OR c.converted_on IS NOT NULL), FALSE) AS has_converted,
    EXISTS (SELECT 1 FROM model.opportunity_contacts) AS has_deals
  FROM model.contacts c
  LEFT JOIN lifecycles l ON l.stage = lower(replace(c.lifecycle_stage, ' ', ''))
) found
;
-- section: steps
SELECT 1 AS position, 'lead' AS step, 0 AS previous
UNION ALL
SELECT 2, 'mql', 1 FROM told WHERE has_mql
UNION ALL
SELECT 3, 'sql', CASE WHEN has_mql THEN 2 ELSE 1 END FROM told WHERE has_sql
UNION ALL
SELECT 4, 'opportunity', CASE WHEN has_sql THEN 3 WHEN has_mql THEN 2 ELSE 1 END FROM told WHERE has_opportunity
UNION ALL
SELECT 5, 'customer', CASE WHEN has_opportunity THEN 4 WHEN has_sql THEN 3 WHEN has_mql THEN 2 ELSE 1 END FROM told WHERE has_customer
;
-- section: deals
SELECT k.contact_id, min(o.opened_on) FILTER (WHERE o.opening_known) AS opened_on, bool_or(o.outcome = 'won') AS is_won,
  min(o.closed_on) FILTER (WHERE o.outcome = 'won' AND o.closed_on <= $as_of) AS won_on
FROM opportunity_contacts k
JOIN opportunities o ON o.opportunity_id = k.opportunity_id
GROUP BY k.contact_id
;
-- section: bulk_days
SELECT a.day, b.day AS next_day
FROM (SELECT created_on AS day, count(*) AS n FROM model.contacts WHERE created_on IS NOT NULL GROUP BY created_on) a
LEFT JOIN (SELECT created_on AS day, count(*) AS n FROM model.contacts WHERE created_on IS NOT NULL GROUP BY created_on) b
  ON b.day = CAST(a.day + INTERVAL '1' DAY AS DATE)
WHERE a.n + coalesce(b.n, 0) >= 20 AND 2 * (a.n + coalesce(b.n, 0)) >= (SELECT count(*) FROM model.contacts)
;
-- section: leads
SELECT c.segment, p.period, c.contact_id, c.account_id,
  CASE WHEN b.day IS NULL THEN c.created_on END AS created_on, b.day IS NOT NULL AS is_bulk, c.mql_on, c.sql_on,
  coalesce(d.opened_on, CASE WHEN NOT t.converted_is_customer THEN c.converted_on END) AS opportunity_on,
  coalesce(d.won_on, CASE WHEN t.converted_is_customer THEN c.converted_on END) AS customer_on,
  CASE
    WHEN l.position = 5 OR d.is_won OR (t.converted_is_customer AND coalesce(c.is_converted, c.converted_on IS NOT NULL)) THEN 5
    WHEN l.position = 4 OR d.contact_id IS NOT NULL OR coalesce(c.is_converted, c.converted_on IS NOT NULL) THEN 4
    WHEN l.position = 3 OR c.sql_on IS NOT NULL THEN 3
    WHEN l.position = 2 OR c.mql_on IS NOT NULL THEN 2
    ELSE 1
  END AS furthest
FROM periods p
JOIN contacts c ON p.is_whole OR (c.created_on >= p.starts_on AND c.created_on < p.ends_before)
CROSS JOIN told t
LEFT JOIN lifecycles l ON l.stage = lower(replace(c.lifecycle_stage, ' ', ''))
LEFT JOIN deals d ON d.contact_id = c.contact_id
LEFT JOIN (SELECT day FROM bulk_days UNION SELECT next_day FROM bulk_days WHERE next_day IS NOT NULL) b ON b.day = c.created_on
;
-- section: reached
SELECT l.segment, l.period, s.position, s.step, l.contact_id, l.account_id, s.previous = 1 AND l.is_bulk AS is_bulk,
  date_diff('day',
    CASE s.previous WHEN 1 THEN l.created_on WHEN 2 THEN l.mql_on WHEN 3 THEN l.sql_on WHEN 4 THEN l.opportunity_on END,
    CASE s.position WHEN 2 THEN l.mql_on WHEN 3 THEN l.sql_on WHEN 4 THEN l.opportunity_on WHEN 5 THEN l.customer_on END) AS days
FROM leads l
JOIN steps s ON s.position <= l.furthest
;
-- section: rows
SELECT segment, period, step, contact_id, account_id, days AS days_from_previous, 1.0 AS measure
FROM reached
;
-- section: answer
SELECT segment, period, step, value, value AS n, CAST(value AS DOUBLE) / nullif(before, 0) AS step_rate,
  CAST(value AS DOUBLE) / nullif(leads, 0) AS overall_rate, median_days, value AS numerator, before AS denominator
FROM (
  SELECT g.segment, g.period, s.step, s.position, coalesce(r.value, 0) AS value, r.median_days,
    lag(coalesce(r.value, 0)) OVER (PARTITION BY g.segment, g.period ORDER BY s.position) AS before,
    first_value(coalesce(r.value, 0)) OVER (PARTITION BY g.segment, g.period ORDER BY s.position) AS leads
  FROM (SELECT DISTINCT segment, period FROM leads) g
  CROSS JOIN steps s
  LEFT JOIN (
    SELECT segment, period, position, count(*) AS value,
      CASE WHEN NOT bool_or(is_bulk) OR count(days) FILTER (WHERE days >= 0) >= 5
        THEN quantile_cont(CAST(days AS DOUBLE), 0.5) FILTER (WHERE days >= 0) END AS median_days
    FROM reached
    GROUP BY segment, period, position
  ) r ON r.segment = g.segment AND coalesce(r.period, '') = coalesce(g.period, '') AND r.position = s.position
) stepped
ORDER BY segment, period, position
;
-- section: left_out
SELECT 'no creation date' AS reason, count(*) AS n
FROM contacts
WHERE created_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
UNION ALL
SELECT 'negative duration', count(*)
FROM reached
WHERE days < 0
UNION ALL
SELECT 'bulk load', count(*)
FROM reached
WHERE is_bulk
ORDER BY reason
