-- The market's companies found among the accounts, by domain and then by name, with their size and their estimate in the
-- reporting currency at the latest rate. A company is there once, however often it is listed: rows of one account are one
-- company, so are those of one domain, without a domain those of one name in one country. The newest word counts.

CREATE TEMP TABLE market_listings AS
SELECT *, row_number() OVER (ORDER BY _import, _row, position) AS place,
       row_number() OVER (PARTITION BY identity, _import ORDER BY _row DESC, position DESC) AS times,
       max(_import) OVER (PARTITION BY identity) AS newest_import
FROM (
    SELECT m.*, m.rowid AS position, m.name IS NULL AND m.domain IS NULL AS is_segment,
           coalesce(d.account_id, n.account_id) AS account_id,
           CASE WHEN m.name IS NULL AND m.domain IS NULL THEN 'row ' || m.rowid
                WHEN d.account_id IS NOT NULL OR n.account_id IS NOT NULL THEN 'account ' || coalesce(d.account_id, n.account_id)
                WHEN company_domain(m.domain) IS NOT NULL THEN 'domain ' || company_domain(m.domain)
                WHEN name_key(m.name) IS NOT NULL THEN 'name ' || name_key(m.name) || ' in ' || lower(coalesce(m.country, ''))
                ELSE 'row ' || m.rowid END AS identity
    FROM merged_market m
    LEFT JOIN account_domains d ON d.domain_key = company_domain(m.domain)
    LEFT JOIN account_names n ON n.name_key = name_key(m.name)
);

CREATE TEMP TABLE market_companies AS
SELECT any_value(account_id) AS account_id, any_value(is_segment) AS is_segment,
       count(*) FILTER (WHERE _import = newest_import) AS listed,
       arg_max(segment, place) FILTER (WHERE segment IS NOT NULL) AS segment,
       arg_max(name, place) FILTER (WHERE name IS NOT NULL) AS name,
       arg_max(domain, place) FILTER (WHERE domain IS NOT NULL) AS domain,
       arg_max(industry, place) FILTER (WHERE industry IS NOT NULL) AS industry,
       arg_max(region, place) FILTER (WHERE region IS NOT NULL) AS region,
       arg_max(country, place) FILTER (WHERE country IS NOT NULL) AS country,
       arg_max(employees, place) FILTER (WHERE employees IS NOT NULL) AS employees,
       arg_max(companies, place) FILTER (WHERE companies IS NOT NULL) AS companies,
       arg_max({'amount': estimated_value, 'currency': currency, 'named': _names_currency}, place)
           FILTER (WHERE estimated_value IS NOT NULL) AS estimate,
       max(place) AS place, arg_max(_import, place) AS _import, arg_max(_row, place) AS _row
FROM market_listings
GROUP BY identity;

CREATE TABLE model.market AS
SELECT m.segment, m.name, m.domain, m.industry, m.region, m.country, m.employees,
       CASE WHEN m.is_segment THEN m.companies ELSE coalesce(m.companies, 1) END AS companies,
       m.estimate.amount AS estimated_value, m.estimate.currency AS currency, m._import, m._row, m.account_id,
       m.is_segment, m.listed,
       CASE WHEN m.employees < 1 THEN NULL WHEN m.employees <= 50 THEN '1–50' WHEN m.employees <= 200 THEN '51–200'
            WHEN m.employees <= 1000 THEN '201–1000' WHEN m.employees <= 5000 THEN '1001–5000'
            WHEN m.employees > 5000 THEN '5001+' END AS size,
       in_reporting_currency(m.estimate.amount, m.estimate.currency, r.rate, m.estimate.named) AS value,
       CASE WHEN m.estimate.amount IS NOT NULL
            THEN money_issue(m.estimate.amount, m.estimate.currency, r.rate, m.estimate.named) END AS value_issue
FROM market_companies m
CROSS JOIN facts f
LEFT JOIN rates r ON r.currency = upper(m.estimate.currency) AND r.day = f.as_of
ORDER BY m.place;
