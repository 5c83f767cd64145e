-- One row an unbroken stay: rows sorted by time and then by the file's order, repeated stages joined.

CREATE TEMP TABLE deal_histories AS
SELECT e.opportunity_id, bool_and(i.dates_only) AS dates_only
FROM entries e
JOIN (
    SELECT _import, bool_and(entered_at = date_trunc('day', entered_at) AND (exited_at IS NULL OR exited_at = date_trunc('day', exited_at))) AS dates_only
    FROM entries GROUP BY _import
) i ON i._import = e._import
GROUP BY e.opportunity_id;

CREATE TEMP TABLE stays AS
WITH ordered AS (
    SELECT *, lag(stage) OVER w AS stage_before, lag(pipeline) OVER w AS pipeline_before, lag(exited_at) OVER w AS exit_before,
           last_value(exited_at) OVER (PARTITION BY opportunity_id ORDER BY entered_at, _import, position
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_exit
    FROM entries
    WINDOW w AS (PARTITION BY opportunity_id ORDER BY entered_at, _import, position)
), starts AS (
    SELECT * FROM ordered WHERE stage_before IS NULL OR stage <> stage_before OR pipeline <> pipeline_before
)
SELECT *, lead(entered_at) OVER w IS NULL AS is_last,
       CASE WHEN lead(entered_at) OVER w IS NULL THEN last_exit
            ELSE coalesce(lead(exit_before) OVER w, lead(entered_at) OVER w) END AS left_at
FROM starts
WINDOW w AS (PARTITION BY opportunity_id ORDER BY entered_at, _import, position);

CREATE TABLE model.stage_visits AS
SELECT v.opportunity_id, v.pipeline, v.stage, k.stage_order, v.entered_at, v.left_at AS exited_at,
       CASE WHEN k.outcome <> 'open' OR v.left_at IS NULL THEN NULL
            WHEN h.dates_only THEN CAST(date_diff('day', CAST(v.entered_at AS DATE), CAST(v.left_at AS DATE)) AS DOUBLE)
            ELSE CAST(epoch_us(v.left_at) - epoch_us(v.entered_at) AS DOUBLE) / 86400000000 END AS days,
       v.quality,
       k.outcome <> 'open' AS is_closing,
       coalesce(v.is_last AND v.left_at IS NULL AND k.outcome = 'open' AND d.outcome = 'open', FALSE) AS is_open,
       coalesce(before.pipeline = k.pipeline AND before.stage_order > k.stage_order, FALSE) AS backward,
       h.dates_only AS enters_dates_only,
       local_day(v.entered_at) AS entered_on,
       local_day(v.left_at) AS exited_on,
       v._import, v._row
FROM stays v
JOIN known_stages k ON k.pipeline = v.pipeline AND k.stage = v.stage
LEFT JOIN known_stages before ON before.pipeline = v.pipeline_before AND before.stage = v.stage_before
JOIN deal_histories h ON h.opportunity_id = v.opportunity_id
LEFT JOIN deal_outcomes d ON d.opportunity_id = v.opportunity_id
ORDER BY v.opportunity_id, v.entered_at, v._import, v.position;

CREATE TEMP TABLE deal_furthest AS
SELECT opportunity_id,
       max(stage_order) FILTER (NOT is_closing) AS open_order,
       max(stage_order) AS any_order
FROM model.stage_visits
GROUP BY opportunity_id;
