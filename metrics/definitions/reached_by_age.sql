/*
# The cells of a cohort metric whose rows have `reached_age`: the share that has reached it by the end of each age.
# A cell exists once its unit has ended, the as-of day included.
*/
-- section: answer
SELECT s.segment, s.period, s.cohort, s.age, CAST(sum(coalesce(r.reached, 0)) AS DOUBLE) / nullif(s.size, 0) AS value, s.size AS n,
  CAST(sum(coalesce(r.reached, 0)) AS BIGINT) AS numerator, s.size AS denominator, s.size
FROM (
  SELECT c.segment, c.period, c.cohort, u.unit - c.cohort_unit AS age, c.size
  FROM (SELECT segment, period, cohort, cohort_unit, count(*) AS size FROM rows GROUP BY segment, period, cohort, cohort_unit) c
  JOIN units u ON u.is_over AND u.unit >= c.cohort_unit
) s
LEFT JOIN (
  SELECT segment, period, cohort, reached_age, count(*) AS reached
  FROM rows
  WHERE reached_age IS NOT NULL
  GROUP BY segment, period, cohort, reached_age
) r ON r.segment = s.segment AND coalesce(r.period, '') = coalesce(s.period, '') AND r.cohort = s.cohort AND r.reached_age <= s.age
GROUP BY s.segment, s.period, s.cohort, s.age, s.size
ORDER BY s.segment, s.period, s.cohort, s.age
