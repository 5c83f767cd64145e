-- Consecutive months, quarters and years, from the first recorded day to the unit of the as-of day.

CREATE TABLE model.calendar AS
WITH months AS (
    SELECT CAST(unnest(generate_series(date_trunc('month', first_day), date_trunc('month', as_of), INTERVAL 1 MONTH)) AS DATE) AS day
    FROM facts
)
SELECT grain, unit, label, starts_on, ends_before
FROM (
    SELECT 'month' AS grain, year(day) * 12 + month(day) - 1 AS unit, strftime(day, '%Y-%m') AS label, day AS starts_on,
           CAST(day + INTERVAL 1 MONTH AS DATE) AS ends_before FROM months
    UNION
    SELECT 'quarter', year(day) * 4 + quarter(day) - 1, year(day) || '-Q' || quarter(day), CAST(date_trunc('quarter', day) AS DATE),
           CAST(date_trunc('quarter', day) + INTERVAL 3 MONTH AS DATE) FROM months
    UNION
    SELECT 'year', year(day), CAST(year(day) AS VARCHAR), CAST(date_trunc('year', day) AS DATE),
           CAST(date_trunc('year', day) + INTERVAL 1 YEAR AS DATE) FROM months
)
ORDER BY grain, unit;
