-- How keys are compared. `company_time_zone` is a variable of the connection.

CREATE OR REPLACE TEMP MACRO folded(name) AS
    trim(regexp_replace(strip_accents(lower(name)),
        '[\x00-/:-@\[-`{-\x{BF}\x{2000}-\x{206F}\x{3000}-\x{303F}\x{FF00}-\x{FF0F}\x{FF1A}-\x{FF20}]+', ' ', 'g'));

-- A company's name without punctuation, accents and legal form.
CREATE OR REPLACE TEMP MACRO name_key(name) AS
    nullif(coalesce(nullif(trim(regexp_replace(
        ' ' || folded(name),
        '( (inc|incorporated|llc|llp|lp|ltd|limited|corp|corporation|co|company|plc|pty|gmbh|ag|kg|se|sa|s a|sas|sarl|srl|s r l|sl|s l|spa|s p a|bv|b v|nv|n v|ab|aps|oy|oyj|kk|ооо|оао|зао|пао|ао|ип))+$',
        '')), ''), folded(name)), '');

CREATE OR REPLACE TEMP MACRO domain_key(text) AS
    nullif(regexp_extract(lower(trim(text)),
        '^(?:[a-z]+://)?(?:[^@/\s]*@)?(?:www\.)?((?:[^@/\s:?#.,;]+\.)+[^@/\s:?#.,;0-9][^@/\s:?#.,;]+)(?:[:/?#].*)?$', 1), '');

CREATE OR REPLACE TEMP MACRO mail_domain(address) AS nullif(lower(trim(split_part(address, '@', 2))), '');

-- A domain that can stand for a company: free mail never does.
CREATE OR REPLACE TEMP MACRO not_free(domain) AS
    CASE WHEN NOT list_contains(getvariable('free_mail'), domain) THEN domain END;
CREATE OR REPLACE TEMP MACRO company_domain(text) AS not_free(domain_key(text));

-- The days of a bulk load: within such 48 hours at least half of the rows (and at least 20) were created, so that the day
-- says nothing of them. `created`: the name of a table or view with a row each, its column `day` when it was created.
CREATE OR REPLACE TEMP MACRO bulk_days(created) AS TABLE
WITH days AS (
    SELECT day, count(*) AS n FROM query_table(created) WHERE day IS NOT NULL GROUP BY day
), pairs AS (
    SELECT a.day, a.n + coalesce(b.n, 0) AS n FROM days a LEFT JOIN days b ON b.day = a.day + 1
)
SELECT DISTINCT day + step AS day
FROM pairs CROSS JOIN (SELECT unnest([0, 1]) AS step)
WHERE n >= 20 AND 2 * n >= (SELECT count(*) FROM query_table(created));

-- The quarter of a day as the calendar labels it: a fiscal year has the number of the calendar year in which it ends.
CREATE OR REPLACE TEMP MACRO quarter_label(day, fiscal_year_start) AS
    CASE WHEN fiscal_year_start = 1 THEN '' ELSE 'FY' END
    || year(date_trunc('month', day) + to_months(CAST((13 - fiscal_year_start) % 12 AS INTEGER))) || '-Q'
    || quarter(date_trunc('month', day) + to_months(CAST((13 - fiscal_year_start) % 12 AS INTEGER)));

-- The day of a stamp in the company's time zone; a stamp at midnight UTC is a date and has no zone.
CREATE OR REPLACE TEMP MACRO local_day(stamp) AS
    CASE WHEN getvariable('company_time_zone') = 'UTC' OR stamp = date_trunc('day', stamp) THEN CAST(stamp AS DATE)
         ELSE CAST(timezone(getvariable('company_time_zone'), timezone('UTC', stamp)) AS DATE) END;
