"""How rows are told apart, for the reading of files and for the build alike."""

ID_KEY = """
CREATE OR REPLACE TEMP MACRO id_key(id) AS
    CASE WHEN length(id) = 18 AND regexp_full_match(id, '[0-9A-Za-z]{15}[A-Z0-5]{3}')
              AND regexp_matches(left(id, 15), '[A-Za-z]')
         THEN left(id, 15) ELSE id END
"""
"""SQL of the macro `id_key`: Salesforce writes the same id with 15 characters or with 18, the last three a checksum."""

REPEATS = ("stage_visits", "journeys", "spend", "market")
"""Tables whose equal keys within one file are no duplicates: repeats there are facts."""
