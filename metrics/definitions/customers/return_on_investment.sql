/*
title = "Return on investment"
definition = "(Margin × influenced won revenue − cost) ÷ cost, of the deals closed and the costs spent in the period. As a whole it is the return on ABM: the won amounts of the target accounts whose deals had a marketing touch on their way (from window_days before the opening to the closing; revenue_of=all: touched or not) against the spend with program abm, of sales and of marketing; program=all takes all accounts against all spend. Shared and unallocated spend stands apart. By target, the rest is held against the other spend; the cost of any other part of the accounts is not known, and its return n/a. By campaign and by channel the amounts are shared equally among the touches on the way (linear credit) and held against the campaign's or channel's spend; one whose touches are nowhere in the data has no return, nor has what names none. By uses_intent: campaigns that used intent data (yes) against all others (no); (none) is what is of no campaign, and its spend may have served both. Revenue is that of won deals × margin, before margin where that is 1. A campaign is young (is_young) while it began, with its first cost or touch, fewer days before the end of the period than the median from the first touch on a deal's way to its win: what it brings is mostly still to come. Sourced: won amounts of deals whose source or primary campaign is marketing's, by campaign and channel those with that primary campaign. Without costs there is no return. That revenue followed touches does not say that they made it."
formula = "(margin × {revenue} − {cost}) ÷ {cost}"
unit = "account"
clock = "closed_on"
format = "percent"
better = "higher"
needs = ["opportunities", "spend"]
uses = ["spend_days", "touches", "ways", "sourced", "deal_dates", "influencing"]
own_splits = ["campaign", "channel", "uses_intent"]
compare = "sum"
steps = ["cost_reach", "target_dating"]
[change]
kind = "ratio"
over = "margin × revenue - cost"
under = "cost"
undivided = ["cost"]
beyond = "Cost of no account"
apart = ["target"]
[options.program]
default = "abm"
choices = ["abm", "all"]
meaning = "The return as a whole: of ABM, target accounts against its spend (abm), or of all accounts against all spend, shared spend included (all)."
[options.revenue_of]
default = "influenced"
choices = ["influenced", "all"]
meaning = "Which won amounts of the accounts are the return: of deals with a marketing touch on their way, or of all."
*/
-- section: cost_windows
SELECT period, starts_on, ends_before, is_whole FROM periods
;
-- section: narrowed
-- Costs are of all deals and touches: a filter that leaves some out reaches the revenue, not the cost.
SELECT (SELECT count(DISTINCT opportunity_id) FROM opportunities WHERE outcome = 'won' AND account_id IS NOT NULL)
    < (SELECT count(*) FROM model.opportunities WHERE outcome = 'won' AND account_id IN (SELECT account_id FROM accounts))
  OR (SELECT count(*) FROM activities WHERE account_id IS NOT NULL)
    < (SELECT count(*) FROM model.activities WHERE account_id IN (SELECT account_id FROM accounts)) AS is_narrowed
;
-- section: won
SELECT p.period, o.opportunity_id, o.account_id, o.value, o.value_issue, o.opened_on, o.closed_on, o.source, o.campaign
FROM periods p
JOIN opportunities o ON p.is_whole OR (o.closed_on >= p.starts_on AND o.closed_on < p.ends_before)
WHERE o.outcome = 'won'
;
-- section: judged
-- Where no touches are loaded nobody knows which deals had one, and none is left out for it.
SELECT w.period, w.opportunity_id, w.account_id, w.value, w.value_issue, w.opened_on, w.closed_on, w.campaign,
  w.source IS NOT NULL OR w.campaign IS NOT NULL AS is_told,
  t.opportunity_id IS NOT NULL OR $revenue_of = 'all' OR NOT EXISTS (SELECT 1 FROM model.activities) AS is_influenced,
  (w.campaign IS NOT NULL AND n.campaign IS NULL) OR (
    w.source IS NOT NULL
    AND strpos(';' || replace(replace(lower($marketing_sources), '_', ' '), '; ', ';') || ';', ';' || lower(replace(trim(w.source), '_', ' ')) || ';') > 0) AS is_sourced
FROM won w
LEFT JOIN (SELECT DISTINCT opportunity_id FROM ways) t ON t.opportunity_id = w.opportunity_id
LEFT JOIN other_campaigns n ON n.campaign = w.campaign
;
-- section: intent_campaigns
SELECT campaign FROM model.campaigns WHERE uses_intent AND campaign IS NOT NULL
UNION
SELECT campaign FROM model.spend WHERE uses_intent AND campaign IS NOT NULL
;
-- section: members
-- The accounts whose revenue is held against a cost: as a whole the target ones, by target those of each side.
SELECT DISTINCT a.segment, a.account_id
FROM accounts a
JOIN reach r ON r.segment = a.segment
LEFT JOIN targets t ON t.account_id = a.account_id
WHERE CAST($by AS VARCHAR) = '' AND (t.account_id IS NOT NULL OR $program = 'all' OR r.costs_of = 'other')
;
-- section: member_costs
SELECT r.segment, c.period, CASE WHEN r.costs_of <> 'none' AND NOT n.is_narrowed THEN coalesce(c.shared, 0) END AS shared,
  CASE
    WHEN n.is_narrowed OR r.costs_of = 'none' THEN NULL
    WHEN r.costs_of = 'other' THEN c.other
    WHEN r.costs_of = 'all' AND $program = 'all' THEN c.cost
    ELSE c.abm
  END AS cost
FROM reach r
CROSS JOIN cost_totals c
CROSS JOIN narrowed n
WHERE CAST($by AS VARCHAR) = '' AND r.accounts > 0
;
-- section: earned
SELECT period, account_id, count(*) FILTER (WHERE is_influenced) AS deals, count(value) FILTER (WHERE is_influenced) AS valued,
  sum(value) FILTER (WHERE is_influenced) AS revenue, sum(value) FILTER (WHERE is_sourced) AS sourced, bool_or(is_told) AS is_told
FROM judged
WHERE account_id IS NOT NULL
GROUP BY period, account_id
;
-- section: labelled_touches
SELECT y.opportunity_id, CAST(1 AS DOUBLE) / y.touches AS credit,
  CASE CAST($by AS VARCHAR)
    WHEN 'campaign' THEN coalesce(y.campaign, '(none)')
    WHEN 'channel' THEN coalesce(y.channel, '(none)')
    WHEN 'uses_intent' THEN CASE WHEN y.campaign IS NULL THEN '(none)' WHEN i.campaign IS NULL THEN 'no' ELSE 'yes' END
  END AS label
FROM ways y
LEFT JOIN intent_campaigns i ON i.campaign = y.campaign
WHERE CAST($by AS VARCHAR) <> '' AND y.touches > 0
;
-- section: labelled_costs
SELECT c.period, c.cost,
  CASE CAST($by AS VARCHAR)
    WHEN 'campaign' THEN coalesce(c.campaign, '(none)')
    WHEN 'channel' THEN coalesce(c.channel, '(none)')
    WHEN 'uses_intent' THEN CASE WHEN c.uses_intent OR i.campaign IS NOT NULL THEN 'yes' WHEN c.campaign IS NOT NULL OR NOT c.uses_intent THEN 'no' ELSE '(none)' END
  END AS label
FROM costs_in c
LEFT JOIN intent_campaigns i ON i.campaign = c.campaign
WHERE CAST($by AS VARCHAR) <> '' AND c.problem IS NULL
;
-- section: labelled_sources
SELECT j.period, j.value,
  CASE CAST($by AS VARCHAR)
    WHEN 'campaign' THEN j.campaign
    WHEN 'channel' THEN k.channel
    WHEN 'uses_intent' THEN CASE WHEN i.campaign IS NULL THEN 'no' ELSE 'yes' END
  END AS label
FROM judged j
LEFT JOIN (SELECT campaign, min(channel) AS channel FROM model.campaigns GROUP BY campaign) k ON k.campaign = j.campaign
LEFT JOIN intent_campaigns i ON i.campaign = j.campaign
WHERE CAST($by AS VARCHAR) <> '' AND j.is_sourced AND j.campaign IS NOT NULL AND j.account_id IS NOT NULL
;
-- section: credited
SELECT j.period, t.label, j.account_id, j.opportunity_id, j.value, sum(t.credit) AS credit
FROM judged j
JOIN labelled_touches t ON t.opportunity_id = j.opportunity_id
WHERE t.label IS NOT NULL AND j.account_id IS NOT NULL
GROUP BY j.period, t.label, j.account_id, j.opportunity_id, j.value
;
-- section: label_keys
-- One name for a channel that touches and spend write in capitals or not.
SELECT lower(label) AS label_key, min(label) AS label
FROM (SELECT label FROM credited UNION ALL SELECT label FROM labelled_costs WHERE label IS NOT NULL) named
GROUP BY lower(label)
;
-- section: creditable
SELECT DISTINCT lower(CASE CAST($by AS VARCHAR) WHEN 'campaign' THEN campaign WHEN 'channel' THEN channel END) AS label_key
FROM touches
WHERE CAST($by AS VARCHAR) <> '' AND (is_response OR ($touch = 'any' AND is_coverage))
UNION
SELECT CASE WHEN i.campaign IS NULL THEN 'no' ELSE 'yes' END
FROM touches t
LEFT JOIN intent_campaigns i ON i.campaign = t.campaign
WHERE CAST($by AS VARCHAR) = 'uses_intent' AND t.campaign IS NOT NULL AND (t.is_response OR ($touch = 'any' AND t.is_coverage))
;
-- section: label_costs
SELECT l.period, lower(l.label) AS label_key, CASE WHEN r.costs_of = 'all' AND NOT n.is_narrowed THEN sum(l.cost) END AS cost
FROM labelled_costs l
CROSS JOIN reach r
CROSS JOIN narrowed n
GROUP BY l.period, lower(l.label), r.costs_of, n.is_narrowed
;
-- section: time_to_win
-- Days from the first touch on the way to a deal to its win, the median of the deals of the question, of five at least.
SELECT quantile_cont(days, 0.5) AS days
FROM (
  SELECT w.opportunity_id, CAST(date_diff('day', CAST(min(y.occurred_on) AS DATE), CAST(max(w.until_on) AS DATE)) AS DOUBLE) AS days
  FROM won_deals w
  JOIN ways y ON y.opportunity_id = w.opportunity_id
  GROUP BY w.opportunity_id
) won_after
HAVING count(*) >= 5
;
-- section: campaign_beginnings
-- The first day on which a campaign cost or touched anything.
SELECT lower(campaign) AS label_key, min(began_on) AS began_on
FROM (
  SELECT campaign, spent_on AS began_on FROM costs WHERE problem IS NULL
  UNION ALL
  SELECT campaign, occurred_on FROM touches WHERE is_response OR is_coverage
) begun
WHERE CAST($by AS VARCHAR) = 'campaign' AND campaign IS NOT NULL AND began_on IS NOT NULL
GROUP BY lower(campaign)
;
-- section: campaign_ages
-- Young: begun so late in its period that most of what it may win is still to come.
SELECT p.period, c.label_key, date_diff('day', c.began_on, p.ends_before) < t.days AS is_young
FROM periods p
JOIN campaign_beginnings c ON c.began_on < p.ends_before
CROSS JOIN time_to_win t
;
-- section: rows
SELECT m.segment, p.period, m.account_id, coalesce(e.deals, 0) AS deals, coalesce(e.valued, 0) AS valued, e.revenue, e.sourced,
  coalesce(e.is_told, FALSE) AS is_told, coalesce(e.revenue, 0) * $margin / nullif(c.cost, 0) AS measure
FROM periods p
CROSS JOIN members m
LEFT JOIN earned e ON e.account_id = m.account_id AND coalesce(e.period, '') = coalesce(p.period, '')
LEFT JOIN member_costs c ON c.segment = m.segment AND coalesce(c.period, '') = coalesce(p.period, '')
UNION ALL
SELECT k.label, d.period, d.account_id, count(*), count(d.value), sum(d.credit * d.value), NULL, TRUE,
  coalesce(sum(d.credit * d.value), 0) * $margin / nullif(max(c.cost), 0)
FROM credited d
JOIN label_keys k ON k.label_key = lower(d.label)
LEFT JOIN label_costs c ON c.label_key = k.label_key AND coalesce(c.period, '') = coalesce(d.period, '')
GROUP BY k.label, d.period, d.account_id
;
-- section: marks
-- A segment and period is there with its accounts or with its costs, from the first of the periods in which a deal was won or
-- a cost spent.
SELECT m.segment, m.period
FROM (
  SELECT segment, period FROM rows
  UNION
  SELECT segment, period FROM member_costs WHERE cost IS NOT NULL
  UNION
  SELECT k.label, c.period FROM label_costs c JOIN label_keys k ON k.label_key = c.label_key
) m
CROSS JOIN (
  SELECT min(period) AS first_period
  FROM (SELECT period FROM judged UNION ALL SELECT period FROM costs_in) known
) f
WHERE m.period IS NULL OR m.period >= f.first_period
;
-- section: sums
SELECT segment, period, count(DISTINCT account_id) AS n, sum(deals) AS deals, sum(valued) AS valued, sum(revenue) AS revenue,
  sum(sourced) AS sourced, bool_or(is_told) AS is_told
FROM rows
GROUP BY segment, period
;
-- section: answer
SELECT segment, period,
  CASE WHEN is_measured AND (valued > 0 OR deals = 0) THEN (coalesce(revenue, 0) * $margin - cost) / nullif(cost, 0) END AS value, n,
  CASE WHEN is_told THEN sourced END AS sourced, cost, CASE WHEN valued > 0 OR deals = 0 THEN coalesce(revenue, 0) END AS revenue,
  shared_unallocated, deals, is_young
FROM (
  SELECT k.segment, k.period, coalesce(s.n, 0) AS n, CAST(coalesce(s.deals, 0) AS BIGINT) AS deals, coalesce(s.valued, 0) AS valued,
    s.revenue, coalesce(m.cost, c.cost) AS cost,
    CASE WHEN CAST($by AS VARCHAR) = '' THEN coalesce(s.sourced, 0) ELSE coalesce(o.sourced, 0) END AS sourced,
    CASE WHEN CAST($by AS VARCHAR) = '' THEN coalesce(s.is_told, FALSE) ELSE (SELECT bool_or(is_told) FROM judged) END AS is_told,
    CASE WHEN CAST($by AS VARCHAR) = '' THEN m.shared END AS shared_unallocated,
    (CAST($by AS VARCHAR) = '' AND s.n > 0) OR (CAST($by AS VARCHAR) <> '' AND k.segment <> '(none)' AND lower(k.segment) IN (SELECT label_key FROM creditable WHERE label_key IS NOT NULL)) AS is_measured,
    y.is_young
  FROM marks k
  LEFT JOIN sums s ON s.segment = k.segment AND coalesce(s.period, '') = coalesce(k.period, '')
  LEFT JOIN member_costs m ON m.segment = k.segment AND coalesce(m.period, '') = coalesce(k.period, '')
  LEFT JOIN label_costs c ON c.label_key = lower(k.segment) AND coalesce(c.period, '') = coalesce(k.period, '')
  LEFT JOIN campaign_ages y ON y.label_key = lower(k.segment) AND coalesce(y.period, '') = coalesce(k.period, '')
  LEFT JOIN (SELECT lower(label) AS label_key, period, sum(value) AS sourced FROM labelled_sources GROUP BY lower(label), period) o
    ON o.label_key = lower(k.segment) AND coalesce(o.period, '') = coalesce(k.period, '')
) held
ORDER BY segment, period
;
-- section: left_out
SELECT value_issue AS reason, count(*) AS n
FROM judged
WHERE value IS NULL AND account_id IS NOT NULL AND is_influenced
GROUP BY value_issue
UNION ALL
SELECT 'won deal without an account', count(*)
FROM won
WHERE account_id IS NULL
UNION ALL
SELECT 'no opening date', count(*)
FROM judged
WHERE opened_on IS NULL AND account_id IS NOT NULL AND (NOT is_influenced OR CAST($by AS VARCHAR) <> '')
UNION ALL
SELECT 'no touch on the way', count(*)
FROM judged j
WHERE j.account_id IS NOT NULL AND j.opened_on IS NOT NULL AND j.closed_on IS NOT NULL
  AND (NOT j.is_influenced OR (CAST($by AS VARCHAR) <> '' AND NOT EXISTS (SELECT 1 FROM ways y WHERE y.opportunity_id = j.opportunity_id)))
UNION ALL
SELECT reason, n
FROM closing_left_out
WHERE outcome = 'won'
UNION ALL
SELECT 'cost, ' || problem, count(*)
FROM costs_in
WHERE problem IS NOT NULL
GROUP BY problem
UNION ALL
SELECT 'cost without a day', count(*)
FROM costs
WHERE spent_on IS NULL AND NOT (SELECT bool_and(is_whole) FROM periods)
UNION ALL
SELECT 'cost without a program, or shared', count(*)
FROM costs_in
WHERE problem IS NULL AND program = 'shared' AND $program = 'abm' AND CAST($by AS VARCHAR) = ''
ORDER BY reason
;
-- section: warnings
SELECT 'No activities are loaded: which deals marketing touched is not known, and all won amounts count.' AS warning, 1 AS n
WHERE NOT EXISTS (SELECT 1 FROM model.activities) AND EXISTS (SELECT 1 FROM model.opportunities) AND $revenue_of = 'influenced' AND CAST($by AS VARCHAR) = ''
UNION ALL
SELECT 'There are no target accounts: the return on ABM is not known. Add a list of them, or set program=all.', 1
WHERE NOT EXISTS (SELECT 1 FROM targets) AND $program = 'abm' AND CAST($by AS VARCHAR) = ''
UNION ALL
SELECT 'No spend of the period has the program abm: the return on ABM is not known.', 1
WHERE EXISTS (SELECT 1 FROM costs) AND $program = 'abm' AND CAST($by AS VARCHAR) = ''
  AND NOT EXISTS (SELECT 1 FROM costs_in WHERE program = 'abm' AND problem IS NULL)
UNION ALL
SELECT 'Revenue is won amounts' || CASE WHEN $margin = 1 THEN ', before margin.' ELSE ', × margin.' END, count(*)
FROM won
UNION ALL
SELECT 'Campaigns younger than the ' || CAST(CAST(round(t.days) AS INTEGER) AS VARCHAR)
    || ' days that a win usually takes from its first touch: {n}. What they bring is mostly still to come.', count(DISTINCT a.label_key)
FROM campaign_ages a
JOIN label_costs c ON c.label_key = a.label_key AND coalesce(c.period, '') = coalesce(a.period, '')
CROSS JOIN time_to_win t
WHERE a.is_young
GROUP BY t.days
UNION ALL
SELECT 'Spend is of all deals and touches: filtered by some of them, the return is n/a.', 1
FROM narrowed
WHERE is_narrowed
UNION ALL
SELECT '{n} of the segments have spend and no touch anywhere: what they brought is not known, and their return is n/a.', count(DISTINCT c.label_key)
FROM label_costs c
WHERE c.label_key <> '(none)' AND c.label_key NOT IN (SELECT label_key FROM creditable WHERE label_key IS NOT NULL)
UNION ALL
SELECT 'Spend is known from ' || CAST(s.first_on AS VARCHAR) || ' to ' || CAST(s.last_on AS VARCHAR) || ' only: deals that closed outside of these days had costs that are not known.',
  count(*)
FROM cost_span s
JOIN won w ON w.closed_on < s.first_on OR w.closed_on > s.last_on
GROUP BY s.first_on, s.last_on
