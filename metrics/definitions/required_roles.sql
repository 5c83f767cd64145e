/*
# The buying roles that a deal needs: those asked for by name, else those that at least half of the won deals had. Shared by the
# metrics that name it in `uses`, with positions in front of it. It reads all deals, whatever the filter. A person has the roles of
# the contact's own record and of deals (model.person_roles); a deal those of its people's records and its own (model.deal_roles).
[options.required_roles]
default = ""
meaning = "Buying roles that a deal needs, separated by commas; empty: those that at least half of the won deals had."
*/
-- section: named_roles
SELECT lower(trim(split_part($required_roles, ',', position))) AS role_key, min(trim(split_part($required_roles, ',', position))) AS role
FROM positions
WHERE position <= 1 + length($required_roles) - length(replace($required_roles, ',', ''))
  AND length(trim(split_part($required_roles, ',', position))) > 0
GROUP BY lower(trim(split_part($required_roles, ',', position)))
;
-- section: won_deals_of
-- By pipeline, and with NULL for all pipelines together.
SELECT coalesce(pipeline, '(none)') AS pipeline, opportunity_id FROM model.opportunities WHERE outcome = 'won'
UNION ALL
SELECT CAST(NULL AS VARCHAR), opportunity_id FROM model.opportunities WHERE outcome = 'won'
;
-- section: needed_roles
-- Of each pipeline; pipeline NULL: of all together. Where nobody is said to be on a deal, no deal is said to lack a role.
SELECT had.pipeline, had.role_key, had.role
FROM (
  SELECT w.pipeline, lower(trim(r.role)) AS role_key, min(trim(r.role)) AS role, count(DISTINCT r.opportunity_id) AS deals
  FROM won_deals_of w
  JOIN model.deal_roles r ON r.opportunity_id = w.opportunity_id
  GROUP BY w.pipeline, lower(trim(r.role))
) had
JOIN (SELECT pipeline, count(*) AS deals FROM won_deals_of GROUP BY pipeline) every
  ON coalesce(every.pipeline, '') = coalesce(had.pipeline, '')
WHERE 2 * had.deals >= every.deals AND NOT EXISTS (SELECT 1 FROM named_roles)
UNION ALL
SELECT p.pipeline, n.role_key, n.role
FROM (
  SELECT DISTINCT coalesce(pipeline, '(none)') AS pipeline FROM model.opportunities WHERE EXISTS (SELECT 1 FROM model.opportunity_contacts)
  UNION ALL
  SELECT CAST(NULL AS VARCHAR)
) p
CROSS JOIN named_roles n
;
-- section: unknown_roles
SELECT 'Nobody has the buying role “' || n.role || '”, which required_roles asks for: look at its spelling.' AS warning, 1 AS n
FROM named_roles n
LEFT JOIN (SELECT DISTINCT role_key FROM model.person_roles) p ON p.role_key = n.role_key
WHERE p.role_key IS NULL
