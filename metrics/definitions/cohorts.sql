/*
# The calendar units of cohorts and ages, and the unit of each month (year * 12 + month - 1). Shared by the metrics that
# name it in `uses`.
[options.cohort_grain]
default = "month"
choices = ["month", "quarter", "year"]
meaning = "The calendar unit of the cohorts; ages count the same units."
*/
-- section: units
SELECT unit, label, starts_on, ends_before, date_diff('day', ends_before, CAST($as_of AS DATE)) >= -1 AS is_over
FROM model.calendar
WHERE grain = $cohort_grain AND starts_on <= $as_of
;
-- section: months
SELECT m.unit AS month, u.unit, u.label
FROM model.calendar m
JOIN units u ON m.starts_on >= u.starts_on AND m.starts_on < u.ends_before
WHERE m.grain = 'month'
