-- Consecutive months, quarters and years, from the first recorded day to the unit of the as-of day. A fiscal year that
-- does not start in January has the number of the calendar year in which it ends: moved forward by the months left in
-- that calendar year, its first month is a January.

CREATE TABLE model.calendar AS
WITH months AS (
    SELECT CAST(unnest(generate_series(date_trunc('month', first_day), date_trunc('month', as_of), INTERVAL 1 MONTH)) AS DATE) AS day,
           (13 - fiscal_year_start) % 12 AS ahead, CASE WHEN fiscal_year_start = 1 THEN '' ELSE 'FY' END AS mark
    FROM facts
), fiscal AS (
    SELECT day, mark, ahead, day + to_months(ahead) AS moved FROM months
)
SELECT grain, unit, label, starts_on, ends_before
FROM (
    SELECT 'month' AS grain, year(day) * 12 + month(day) - 1 AS unit, strftime(day, '%Y-%m') AS label, day AS starts_on,
           CAST(day + INTERVAL 1 MONTH AS DATE) AS ends_before FROM fiscal
    UNION
    SELECT 'quarter', year(moved) * 4 + quarter(moved) - 1, mark || year(moved) || '-Q' || quarter(moved),
           CAST(date_trunc('quarter', moved) - to_months(ahead) AS DATE),
           CAST(date_trunc('quarter', moved) + to_months(3 - ahead) AS DATE) FROM fiscal
    UNION
    SELECT 'year', year(moved), mark || year(moved), CAST(date_trunc('year', moved) - to_months(ahead) AS DATE),
           CAST(date_trunc('year', moved) + to_months(12 - ahead) AS DATE) FROM fiscal
)
ORDER BY grain, unit;
