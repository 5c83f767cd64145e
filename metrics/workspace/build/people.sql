-- A converted lead and the contact that it became are one person: the contact's row, with what only the lead's says.

CREATE TEMP TABLE converted_leads AS
SELECT l.contact_id AS lead_id, id_key(l._converted_contact_id) AS became, c.contact_id
FROM merged_contacts l
LEFT JOIN (SELECT id_key(contact_id) AS contact_key, min(contact_id) AS contact_id FROM merged_contacts GROUP BY 1) c
  ON c.contact_key = id_key(l._converted_contact_id) AND c.contact_key <> id_key(l.contact_id)
WHERE l._converted_contact_id IS NOT NULL;

-- Several leads may become one contact: the first of them is when the person came in.
CREATE TEMP TABLE first_leads AS
SELECT l.*, k.contact_id AS became_id
FROM merged_contacts l JOIN converted_leads k ON k.lead_id = l.contact_id
WHERE k.contact_id IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY k.contact_id ORDER BY l.created_on NULLS LAST, l.contact_id) = 1;

CREATE TEMP VIEW people AS
SELECT c.* EXCLUDE (_converted_contact_id, _opportunity_on, _customer_on)
       REPLACE (coalesce(c.account_id, l.account_id) AS account_id, coalesce(c.name, l.name) AS name,
                coalesce(c.email, l.email) AS email, coalesce(c.title, l.title) AS title,
                coalesce(c.department, l.department) AS department, coalesce(c.seniority, l.seniority) AS seniority,
                coalesce(c.buying_role, l.buying_role) AS buying_role,
                coalesce(c.lifecycle_stage, l.lifecycle_stage) AS lifecycle_stage,
                coalesce(c.lead_status, l.lead_status) AS lead_status, coalesce(c.source, l.source) AS source,
                coalesce(c.owner, l.owner) AS owner, coalesce(c.company_name, l.company_name) AS company_name,
                least(c.created_on, l.created_on) AS created_on, coalesce(c.mql_on, l.mql_on) AS mql_on,
                coalesce(c.sql_on, l.sql_on) AS sql_on, coalesce(c.rejected_on, l.rejected_on) AS rejected_on,
                coalesce(c.converted_on, l.converted_on) AS converted_on,
                CASE WHEN c.is_converted OR l.is_converted THEN TRUE ELSE coalesce(c.is_converted, l.is_converted) END AS is_converted,
                CASE WHEN l.contact_id IS NOT NULL THEN TRUE ELSE c.is_lead END AS is_lead,
                coalesce(c._account_name, l._account_name) AS _account_name,
                coalesce(c._account_domain, l._account_domain) AS _account_domain),
       coalesce(c._opportunity_on, l._opportunity_on) AS opportunity_on,
       coalesce(c._customer_on, l._customer_on) AS customer_on
FROM merged_contacts c
LEFT JOIN first_leads l ON l.became_id = c.contact_id
WHERE c.contact_id NOT IN (SELECT lead_id FROM converted_leads WHERE contact_id IS NOT NULL);
