/*
title = "Accounts with an opportunity"
definition = "Share of the accounts in scope with at least one opportunity open at any time in the period; a deal closed on the period's first day was open in it. From engaged: accounts with such a deal opened after the day of their first engagement ÷ accounts engaged by the period's end. Median days: from the first engagement to the first of these deals."
formula = "{numerator} accounts with an opportunity ÷ {denominator} accounts in scope"
unit = "account"
clock = "event"
format = "percent"
better = "higher"
needs = ["accounts", "opportunities"]
uses = ["touches", "engagement", "open_deals", "deal_dates"]
interval = "wilson"
compare = "newcombe"
touches = true
[change]
kind = "rate"
over = "numerator"
under = "denominator"
*/
-- section: with_deal
SELECT period, account_id, count(*) AS deals, min(opened_on) AS first_opened_on
FROM open_deals
GROUP BY period, account_id
;
-- section: usable
SELECT count(*) FILTER (WHERE opening_known) AS deals, count(*) FILTER (WHERE opened_on IS NOT NULL AND NOT opening_known) AS bulk
FROM opportunities
;
-- section: after_engagement
SELECT d.period, d.account_id, min(d.opened_on) AS opened_on
FROM open_deals d
JOIN first_engagements e ON e.account_id = d.account_id AND d.opened_on > e.engaged_on
WHERE d.opening_known
GROUP BY d.period, d.account_id
;
-- section: rows
SELECT a.segment, p.period, a.account_id, coalesce(w.deals, 0) AS deals, w.first_opened_on,
  CASE WHEN e.engaged_on < p.ends_before THEN e.engaged_on END AS engaged_on, f.opened_on AS opened_after_engagement_on,
  CASE WHEN w.account_id IS NULL THEN 0.0 ELSE 1.0 END AS measure
FROM accounts a
CROSS JOIN periods p
LEFT JOIN with_deal w ON w.account_id = a.account_id AND coalesce(w.period, '') = coalesce(p.period, '')
LEFT JOIN first_engagements e ON e.account_id = a.account_id
LEFT JOIN after_engagement f ON f.account_id = a.account_id AND coalesce(f.period, '') = coalesce(p.period, '')
;
-- section: answer
SELECT segment, period, CAST(with_deal AS DOUBLE) / nullif(accounts, 0) AS value, accounts AS n,
  with_deal AS numerator, accounts AS denominator,
  CASE WHEN u.deals >= l.deals THEN CAST(after_engagement AS DOUBLE) / nullif(engaged, 0) END AS from_engaged,
  CASE WHEN after_engagement >= l.deals THEN median_days END AS median_days
FROM (
  SELECT segment, period, count(*) AS accounts, count(*) FILTER (WHERE measure = 1) AS with_deal,
    count(engaged_on) AS engaged, count(opened_after_engagement_on) AS after_engagement,
    quantile_cont(CAST(date_diff('day', engaged_on, opened_after_engagement_on) AS DOUBLE), 0.5) AS median_days
  FROM rows
  GROUP BY segment, period
) counted
CROSS JOIN usable u
CROSS JOIN least l
ORDER BY segment, period
;
-- section: left_out
SELECT reason, n
FROM deals_left_out
ORDER BY reason
;
-- section: warnings
SELECT '{n} deals seem to have been created by an import (at least half within 48 hours): from_engaged and median_days leave them out.' AS warning,
  bulk AS n
FROM usable
UNION ALL
SELECT warning, n
FROM preset_unknown
