/*
# The numbers 1 to 1,000, to take apart an option that is a list. Shared by the metrics that name it in `uses`.
*/
-- section: digits
SELECT 0 AS digit UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
;
-- section: positions
SELECT 1 + a.digit + 10 * b.digit + 100 * c.digit AS position
FROM digits a
CROSS JOIN digits b
CROSS JOIN digits c
