-- The rate of every currency and day that an amount needs: the latest on or before the day. Where the rates have one for the
-- reporting currency too, they lead to another one (a central bank's own): the two rates of the day lead from one to the other.
-- A contract has a single rate, that of its end or of the as-of day: a moving rate is no expansion and no contraction.

CREATE TEMP TABLE home_rates AS
SELECT valid_on, rate FROM merged_exchange_rates WHERE upper(currency) = (SELECT currency FROM facts) AND rate > 0;

CREATE TEMP TABLE rates AS
SELECT n.currency, n.day,
       CASE WHEN n.currency = (SELECT currency FROM facts) THEN 1.0
            WHEN (SELECT count(*) FROM home_rates) > 0 THEN e.rate / h.rate ELSE e.rate END AS rate
FROM (
    SELECT DISTINCT upper(currency) AS currency, day FROM (
        SELECT o.currency, CASE WHEN d.outcome = 'open' THEN f.as_of ELSE coalesce(o.closed_on, f.as_of) END AS day
        FROM merged_opportunities o JOIN deal_outcomes d ON d.deal_row = o.rowid CROSS JOIN facts f
        UNION ALL SELECT currency, invoiced_on FROM merged_invoices
        UNION ALL SELECT currency, spent_on FROM merged_spend
        UNION ALL SELECT currency, coalesce(starts_on, ends_on) FROM merged_campaigns
        UNION ALL SELECT c.currency, least(c.ended_on, f.as_of) FROM merged_contracts c CROSS JOIN facts f
        UNION ALL SELECT c.currency, f.as_of FROM merged_contracts c CROSS JOIN facts f
        UNION ALL SELECT m.currency, f.as_of FROM merged_market m CROSS JOIN facts f
    )
    WHERE currency IS NOT NULL AND day IS NOT NULL
) n
ASOF LEFT JOIN (SELECT upper(currency) AS currency, valid_on, rate FROM merged_exchange_rates) e
  ON e.currency = n.currency AND n.day >= e.valid_on
ASOF LEFT JOIN home_rates h ON n.day >= h.valid_on;

-- Every amount goes through these two. Where some rows of an export's table name a currency (`named`), one without is in
-- nobody knows which; where none does, all are taken to be in the reporting currency.
CREATE TEMP MACRO in_reporting_currency(amount, currency, rate, named) AS
    CAST(amount AS DOUBLE) * CASE WHEN currency IS NOT NULL THEN rate WHEN NOT named THEN 1.0 END;

CREATE TEMP MACRO money_issue(amount, currency, rate, named) AS
    CASE WHEN amount IS NULL THEN 'no amount'
         WHEN currency IS NULL AND named THEN 'no currency'
         WHEN currency IS NOT NULL AND rate IS NULL THEN 'no exchange rate' END;
