/*
# The buying roles that are asked for by name. Shared by the metrics that name it in `uses`.
[options.required_roles]
default = ""
meaning = "Buying roles that a deal needs, separated by commas; empty: those that at least half of the won deals had."
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
WHERE a.digit + 10 * b.digit + 100 * c.digit <= length($required_roles) - length(replace($required_roles, ',', ''))
;
-- section: named_roles
SELECT DISTINCT trim(split_part($required_roles, ',', position)) AS role
FROM positions
WHERE length(trim(split_part($required_roles, ',', position))) > 0
