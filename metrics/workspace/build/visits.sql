-- One row an unbroken stay: rows sorted by time and then by the file's order, repeated stages joined.

CREATE TEMP TABLE deal_histories AS
SELECT e.deal, bool_and(i.dates_only) AS dates_only
FROM entries e
JOIN (
    SELECT _import, bool_and(entered_at = date_trunc('day', entered_at) AND (exited_at IS NULL OR exited_at = date_trunc('day', exited_at))) AS dates_only
    FROM entries GROUP BY _import
) i ON i._import = e._import
GROUP BY e.deal;

-- Sorted once: what follows reads it in its order, which an empty OVER () keeps.
CREATE TEMP TABLE ordered_entries AS
SELECT deal, place, entered_at, exited_at, quality, _import, _row FROM entries ORDER BY deal, entered_at, _import, position;

CREATE TEMP TABLE starts AS
SELECT row_number() OVER () AS n, deal, CASE WHEN deal = deal_before THEN place_before END AS place_before, place, entered_at, exit_before, quality,
       _import, _row
FROM (
    SELECT *, lag(deal) OVER () AS deal_before, lag(place) OVER () AS place_before, lag(exited_at) OVER () AS exit_before FROM ordered_entries
)
WHERE deal IS DISTINCT FROM deal_before OR place <> place_before;

-- A stay ends with its last row's exit, else with the next stay's entry. The row before the next deal's first is the deal's last.
CREATE TEMP TABLE stays AS
WITH ends AS (
    SELECT *, lead(deal) OVER () AS deal_after, lead(entered_at) OVER () AS entered_after, lead(exit_before) OVER () AS last_exit FROM starts
), returns AS (
    SELECT deal, place, min(n) AS first_n FROM starts GROUP BY deal, place HAVING count(*) > 1
), last_row AS (
    SELECT exited_at FROM ordered_entries WHERE rowid = (SELECT max(rowid) FROM ordered_entries)
)
SELECT e.deal, e.place, e.place_before, e.entered_at, e.quality, e._import, e._row,
       e.deal IS DISTINCT FROM e.deal_after AS is_last,
       coalesce(e.n = r.first_n, TRUE) AS is_first,
       CASE WHEN e.deal = e.deal_after THEN coalesce(e.last_exit, e.entered_after)
            WHEN e.deal_after IS NULL THEN (SELECT exited_at FROM last_row)
            ELSE e.last_exit END AS left_at
FROM ends e
LEFT JOIN returns r ON r.deal = e.deal AND r.place = e.place;

CREATE TEMP TABLE place_stages AS
SELECT p.place, k.pipeline, k.stage, k.stage_order, k.outcome
FROM places p JOIN known_stages k ON k.pipeline = p.pipeline AND k.stage = p.stage;

CREATE TABLE model.stage_visits AS
SELECT n.opportunity_id, k.pipeline, k.stage, k.stage_order, v.entered_at, v.left_at AS exited_at,
       CASE WHEN k.outcome <> 'open' OR v.left_at IS NULL THEN NULL
            WHEN h.dates_only THEN CAST(date_diff('day', CAST(v.entered_at AS DATE), CAST(v.left_at AS DATE)) AS DOUBLE)
            ELSE CAST(epoch_us(v.left_at) - epoch_us(v.entered_at) AS DOUBLE) / 86400000000 END AS days,
       CASE v.quality WHEN 1 THEN 'full' WHEN 2 THEN 'partial' ELSE 'derived' END AS quality,
       k.outcome <> 'open' AS is_closing,
       coalesce(v.is_last AND v.left_at IS NULL AND k.outcome = 'open' AND d.outcome = 'open', FALSE) AS is_open,
       coalesce(before.pipeline = k.pipeline AND before.stage_order > k.stage_order, FALSE) AS backward,
       v.is_first,
       h.dates_only AS enters_dates_only,
       local_day(v.entered_at) AS entered_on,
       local_day(v.left_at) AS exited_on,
       v._import, v._row
FROM stays v
JOIN deal_numbers n ON n.deal = v.deal
JOIN deal_histories h ON h.deal = v.deal
JOIN place_stages k ON k.place = v.place
LEFT JOIN place_stages before ON before.place = v.place_before
LEFT JOIN deal_outcomes d ON d.opportunity_id = n.opportunity_id;

-- Stages are in order within one pipeline: what a deal reached in another one says nothing of its present one.
CREATE TEMP TABLE deal_furthest AS
SELECT d.deal_row, max(k.stage_order) FILTER (k.outcome = 'open') AS open_order, max(k.stage_order) AS any_order
FROM stays v
JOIN place_stages k ON k.place = v.place
JOIN deal_numbers n ON n.deal = v.deal
JOIN deal_outcomes d ON d.opportunity_id = n.opportunity_id AND (d.pipeline = k.pipeline OR d.pipeline = '(none)')
GROUP BY d.deal_row;
