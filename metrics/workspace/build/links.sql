-- Every way in which a row names its company, resolved once for each distinct way: by id, by domain, by normalised name.

CREATE TEMP TABLE link_keys AS
SELECT DISTINCT key, name, domain, mail FROM (
    SELECT account_id AS key, _account_name AS name, _account_domain AS domain, NULL AS mail FROM merged_opportunities
    UNION ALL
    SELECT account_id, coalesce(_account_name, company_name), _account_domain, mail_domain(email) FROM people
    UNION ALL SELECT account_id, _account_name, _account_domain, NULL FROM merged_activities
    UNION ALL SELECT account_id, _account_name, _account_domain, NULL FROM merged_contracts
    UNION ALL SELECT account_id, _account_name, _account_domain, NULL FROM merged_invoices
    UNION ALL SELECT account_id, _account_name, coalesce(domain, _account_domain), NULL FROM merged_intent
    UNION ALL SELECT account_id, _account_name, _account_domain, NULL FROM merged_survey_answers WHERE question IS DISTINCT FROM 'alignment'
    UNION ALL SELECT account_id, _account_name, _account_domain, NULL FROM merged_mentions
    UNION ALL SELECT account_id, _account_name, _account_domain, NULL FROM merged_account_lists
)
WHERE key IS NOT NULL OR name IS NOT NULL OR domain IS NOT NULL OR mail IS NOT NULL;

CREATE TEMP TABLE link_parts AS
SELECT key, name, domain, mail,
       id_key(key) AS id_key, company_domain(domain) AS domain_key, company_domain(key) AS key_domain,
       company_domain(mail) AS mail_domain, name_key(name) AS name_key, name_key(key) AS key_name, id_key(name) AS name_id
FROM link_keys;

-- While no accounts export is in effect, each distinct key is an account. A key is an id, a name or a domain; names and
-- domains that an id already carries are not accounts of their own.
CREATE TEMP TABLE derived_keys AS
SELECT *, CASE
    WHEN own_domain IS NOT NULL THEN 'domain'
    WHEN own_name IS NOT NULL AND regexp_matches(own, '[^\x00-@\[-`{-~]') AND (contains(own, ' ') OR NOT regexp_matches(own, '[0-9]')) THEN 'name'
    ELSE 'id' END AS kind
FROM (
    SELECT coalesce(key, name, domain_key, mail_domain) AS own, domain_key, mail_domain, name, name_key,
           company_domain(coalesce(key, name, domain_key, mail_domain)) AS own_domain,
           name_key(coalesce(key, name, domain_key, mail_domain)) AS own_name
    FROM link_parts
)
WHERE own IS NOT NULL AND NOT (SELECT accounts_loaded FROM facts);

CREATE TEMP TABLE derived_groups AS
SELECT kind,
       CASE kind WHEN 'domain' THEN own_domain WHEN 'name' THEN own_name ELSE id_key(own) END AS identity,
       arg_max(own, (length(own), own)) AS account_id,
       coalesce(mode(name ORDER BY name), arg_max(own, (length(own), own))) AS name,
       coalesce(mode(own_domain ORDER BY own_domain), mode(domain_key ORDER BY domain_key), mode(mail_domain ORDER BY mail_domain)) AS domain,
       mode(coalesce(name_key, own_name) ORDER BY coalesce(name_key, own_name)) AS name_key
FROM derived_keys
GROUP BY ALL;

CREATE TEMP TABLE derived_accounts AS
SELECT g.account_id, g.name, g.domain
FROM derived_groups g
WHERE g.kind = 'id'
   OR (g.kind = 'name'
       AND g.name_key NOT IN (SELECT name_key FROM derived_groups WHERE kind = 'id' AND name_key IS NOT NULL))
   OR (g.kind = 'domain'
       AND g.domain NOT IN (SELECT domain FROM derived_groups WHERE kind IN ('id', 'name') AND domain IS NOT NULL)
       AND g.name_key NOT IN (SELECT name_key FROM derived_groups WHERE kind = 'id' AND name_key IS NOT NULL));

CREATE TEMP TABLE account_rows AS
SELECT *, FALSE AS is_derived, name_key(name) AS name_key FROM merged_accounts
UNION ALL BY NAME
SELECT account_id, name, domain, TRUE AS is_derived, name_key(name) AS name_key FROM derived_accounts;

CREATE TEMP TABLE account_ids AS
SELECT id_key(account_id) AS id_key, min(account_id) AS account_id FROM account_rows GROUP BY 1;

CREATE TEMP TABLE account_domains AS
SELECT company_domain(domain) AS domain_key, arg_min(account_id, (coalesce(created_on, DATE '9999-12-31'), account_id)) AS account_id
FROM account_rows WHERE company_domain(domain) IS NOT NULL GROUP BY 1;

CREATE TEMP TABLE account_names AS
SELECT name_key, arg_min(account_id, (coalesce(created_on, DATE '9999-12-31'), account_id)) AS account_id
FROM account_rows WHERE name_key IS NOT NULL GROUP BY 1;

-- `place` numbers the accounts, so that large tables can be sorted by account without comparing text.
CREATE TEMP TABLE account_places AS
SELECT account_id, row_number() OVER (ORDER BY account_id) AS place FROM account_rows;

CREATE TEMP TABLE links AS
SELECT l.*, a.place
FROM (
    SELECT p.key, p.name, p.domain, p.mail,
           coalesce(i.account_id, d.account_id, kd.account_id, n.account_id, kn.account_id, ni.account_id, m.account_id) AS account_id
    FROM link_parts p
    LEFT JOIN account_ids i ON i.id_key = p.id_key
    LEFT JOIN account_domains d ON d.domain_key = p.domain_key
    LEFT JOIN account_domains kd ON kd.domain_key = p.key_domain
    LEFT JOIN account_names n ON n.name_key = p.name_key
    LEFT JOIN account_names kn ON kn.name_key = p.key_name
    LEFT JOIN account_ids ni ON ni.id_key = p.name_id
    LEFT JOIN account_domains m ON m.domain_key = p.mail_domain
) l
LEFT JOIN account_places a ON a.account_id = l.account_id;

-- Two ids of one name in one file are two sellers: their ids tell them apart. In two files they may be one seller in two
-- systems.
CREATE TEMP TABLE owner_names AS
WITH named AS (
    SELECT id_key(_owner_id) AS owner_key, arg_max(owner, (_import, _row)) AS name, arg_max(_owner_id, (_import, _row)) AS owner_id
    FROM merged_owners WHERE _owner_id IS NOT NULL GROUP BY 1
), shared AS (
    SELECT DISTINCT name
    FROM (
        SELECT n.name, o._import
        FROM merged_owners o JOIN named n ON n.owner_key = id_key(o._owner_id) AND n.name = o.owner
        GROUP BY 1, 2 HAVING count(DISTINCT n.owner_key) > 1
    )
)
SELECT n.owner_key, n.name, CASE WHEN s.name IS NULL THEN n.name ELSE n.name || ' (' || n.owner_id || ')' END AS owner
FROM named n LEFT JOIN shared s ON s.name = n.name;

CREATE TEMP TABLE contact_accounts AS
SELECT c.contact_id, c.email, l.account_id, l.place
FROM people c
LEFT JOIN links l
  ON l.key IS NOT DISTINCT FROM c.account_id AND l.name IS NOT DISTINCT FROM coalesce(c._account_name, c.company_name)
 AND l.domain IS NOT DISTINCT FROM c._account_domain AND l.mail IS NOT DISTINCT FROM mail_domain(c.email);

-- A person is found by id, else by an e-mail address that is only one person's.
CREATE TEMP TABLE contact_keys AS
SELECT contact_key, min(contact_id) AS contact_id, any_value(account_id) AS account_id, any_value(place) AS place
FROM (
    SELECT id_key(contact_id) AS contact_key, contact_id, account_id, place FROM contact_accounts
    UNION ALL
    SELECT lower(email), contact_id, account_id, place FROM contact_accounts WHERE contains(email, '@')
    UNION ALL
    SELECT id_key(k.lead_id), c.contact_id, c.account_id, c.place
    FROM converted_leads k JOIN contact_accounts c ON c.contact_id = k.contact_id
    UNION ALL
    SELECT k.became, c.contact_id, c.account_id, c.place
    FROM converted_leads k JOIN contact_accounts c ON c.contact_id = k.lead_id
    WHERE k.contact_id IS NULL
)
GROUP BY contact_key HAVING min(contact_id) = max(contact_id);

-- `deal_row` numbers the deals: numbers join several times faster than ids.
CREATE TEMP TABLE deal_accounts AS
SELECT o.rowid AS deal_row, o.opportunity_id, o.name, l.account_id, l.place
FROM merged_opportunities o
LEFT JOIN links l ON l.key IS NOT DISTINCT FROM o.account_id AND l.name IS NOT DISTINCT FROM o._account_name
 AND l.domain IS NOT DISTINCT FROM o._account_domain AND l.mail IS NULL;

-- A deal is found by id, else by a name that is only one deal's.
CREATE TEMP TABLE deal_keys AS
SELECT deal_key, min(opportunity_id) AS opportunity_id, any_value(account_id) AS account_id, any_value(place) AS place
FROM (
    SELECT id_key(opportunity_id) AS deal_key, opportunity_id, account_id, place FROM deal_accounts
    UNION ALL
    SELECT id_key(name), opportunity_id, account_id, place FROM deal_accounts
    WHERE name IS NOT NULL AND id_key(name) NOT IN (SELECT id_key(opportunity_id) FROM deal_accounts)
)
GROUP BY deal_key HAVING min(opportunity_id) = max(opportunity_id);

-- A history by the name of several deals is nobody's: their entries cannot be told apart.
CREATE TEMP TABLE shared_deal_names AS
SELECT DISTINCT id_key(name) AS deal_key FROM deal_accounts d
WHERE name IS NOT NULL AND id_key(name) NOT IN (SELECT deal_key FROM deal_keys);
