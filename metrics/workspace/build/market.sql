-- The market's companies found among the accounts, by domain and then by name, with their size and their estimate in the
-- reporting currency at the latest rate.

CREATE TABLE model.market AS
SELECT m.* EXCLUDE (_names_currency), coalesce(d.account_id, n.account_id) AS account_id,
       CASE WHEN m.employees < 1 THEN NULL WHEN m.employees <= 50 THEN '1–50' WHEN m.employees <= 200 THEN '51–200'
            WHEN m.employees <= 1000 THEN '201–1000' WHEN m.employees <= 5000 THEN '1001–5000'
            WHEN m.employees > 5000 THEN '5001+' END AS size,
       in_reporting_currency(m.estimated_value, m.currency, r.rate, m._names_currency) AS value,
       CASE WHEN m.estimated_value IS NOT NULL
            THEN money_issue(m.estimated_value, m.currency, r.rate, m._names_currency) END AS value_issue
FROM merged_market m
CROSS JOIN facts f
LEFT JOIN account_domains d ON d.domain_key = company_domain(m.domain)
LEFT JOIN account_names n ON n.name_key = name_key(m.name)
LEFT JOIN rates r ON r.currency = upper(m.currency) AND r.day = f.as_of
ORDER BY m._import, m._row;
