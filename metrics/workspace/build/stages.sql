-- The stages of each pipeline in funnel order, and what each deal came to.

CREATE TEMP TABLE deal_stages AS
SELECT rowid AS deal_row, opportunity_id, coalesce(pipeline, '(none)') AS pipeline, coalesce(stage, '(none)') AS stage, outcome AS said,
       probability
FROM merged_opportunities;

-- Each way in which a history names a deal, once: ids are long and rows many.
CREATE TEMP TABLE visited_deals AS
SELECT opportunity_id AS said, id_key(opportunity_id) AS deal_key FROM merged_stage_visits GROUP BY opportunity_id;

-- Deals by number: histories are long, and numbers sort and join several times faster than ids. A history may tell of
-- deals that no export of deals has.
CREATE TEMP TABLE deal_numbers AS
SELECT row_number() OVER () AS deal, opportunity_id, pipeline
FROM (
    SELECT opportunity_id, pipeline FROM deal_stages
    UNION ALL
    SELECT min(v.said), NULL FROM visited_deals v
    ANTI JOIN (SELECT deal_key FROM deal_keys UNION ALL SELECT deal_key FROM shared_deal_names) k ON k.deal_key = v.deal_key
    GROUP BY v.deal_key
);

CREATE TEMP TABLE history_deals AS
SELECT k.deal_key, n.deal, n.pipeline FROM deal_keys k JOIN deal_numbers n ON n.opportunity_id = k.opportunity_id
UNION ALL
SELECT id_key(n.opportunity_id), n.deal, NULL FROM deal_numbers n ANTI JOIN deal_keys k ON k.deal_key = id_key(n.opportunity_id);

CREATE TEMP TABLE told_entries AS
SELECT d.deal, coalesce(v.pipeline, d.pipeline, '(none)') AS pipeline, v.stage, v.entered_at, v.exited_at,
       CASE coalesce(v.quality, 'full') WHEN 'full' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END AS quality,
       v._import, v._row, coalesce(v._position, v._row) AS position
FROM merged_stage_visits v
JOIN (SELECT k.said, h.deal, h.pipeline FROM visited_deals k JOIN history_deals h ON h.deal_key = k.deal_key) d ON d.said = v.opportunity_id
WHERE v.stage IS NOT NULL AND v.entered_at IS NOT NULL
UNION ALL
-- The same deal in another stage in a later upload: it entered that stage in between, at the latest on the later day.
SELECT d.deal, u.pipeline, u.stage, CAST(u.export_day AS TIMESTAMP), NULL, 3, u._import, u._row, u._row
FROM (
    SELECT *, lag(stage) OVER w AS stage_before, lag(pipeline) OVER w AS pipeline_before
    FROM (
        SELECT id_key(opportunity_id) AS deal_key, coalesce(pipeline, '(none)') AS pipeline,
               coalesce(stage, '(none)') AS stage, export_day, _import, _row
        FROM uploaded_deals
        QUALIFY row_number() OVER (PARTITION BY deal_key, export_day ORDER BY _import DESC, _row DESC) = 1
    )
    WINDOW w AS (PARTITION BY deal_key ORDER BY export_day)
) u
JOIN history_deals d ON d.deal_key = u.deal_key
WHERE u.stage_before IS NOT NULL AND (u.stage <> u.stage_before OR u.pipeline <> u.pipeline_before);

CREATE TEMP TABLE places AS
SELECT row_number() OVER () AS place, pipeline, stage
FROM (SELECT pipeline, stage FROM told_entries UNION SELECT pipeline, stage FROM deal_stages);

-- Of each deal the best history there is: full, else the latest entries only, else what two uploads tell.
CREATE TEMP TABLE entries AS
SELECT e.deal, p.place, e.entered_at, e.exited_at, e.quality, e._import, e._row, e.position
FROM told_entries e
JOIN places p ON p.pipeline = e.pipeline AND p.stage = e.stage
ANTI JOIN (SELECT deal, min(quality) AS best FROM told_entries GROUP BY deal HAVING min(quality) < max(quality)) b
  ON b.deal = e.deal AND b.best < e.quality;

CREATE TEMP TABLE seen_stages AS
SELECT p.place, p.pipeline, p.stage,
       CASE WHEN count(d.said) = count(*) AND min(d.said) = max(d.said) THEN min(d.said) END AS said,
       avg(d.probability) AS probability
FROM places p
LEFT JOIN deal_stages d ON d.pipeline = p.pipeline AND d.stage = p.stage
WHERE d.opportunity_id IS NOT NULL OR p.place IN (SELECT place FROM entries)
GROUP BY ALL;

-- What the stage maps say: the user's own map beats a prefilled one, what a file tells beats what is only taken to be so,
-- then the newer import counts.
CREATE TEMP TABLE said_stages AS
SELECT s.pipeline, s.stage, s.stage_order, s.outcome, s.probability, i.own_stages, s._import
FROM merged_stages s JOIN imports i ON i._import = s._import
QUALIFY row_number() OVER (PARTITION BY s.pipeline, s.stage ORDER BY i.own_stages DESC,
                           coalesce(s._is_outcome_told, TRUE) DESC, s._import DESC, s._row) = 1;

-- A map without a pipeline holds for every pipeline that uses its stages.
CREATE TEMP TABLE mapped_stages AS
SELECT pipeline, stage, stage_order, outcome, probability, own_stages, _import FROM said_stages WHERE pipeline IS NOT NULL
UNION ALL
SELECT p.pipeline, s.stage, s.stage_order, s.outcome, s.probability, s.own_stages, s._import
FROM said_stages s
JOIN (SELECT coalesce(pipeline, '(none)') AS pipeline, count(*) OVER () AS pipelines
      FROM (SELECT DISTINCT pipeline FROM seen_stages) RIGHT JOIN (SELECT 1) ON TRUE) p ON TRUE
LEFT JOIN seen_stages seen ON seen.pipeline = p.pipeline AND seen.stage = s.stage
ANTI JOIN said_stages exact ON exact.pipeline = p.pipeline AND exact.stage = s.stage
WHERE s.pipeline IS NULL AND (p.pipelines = 1 OR seen.stage IS NOT NULL);

CREATE TEMP TABLE unmapped_stages AS
SELECT s.pipeline, s.stage, coalesce(s.said, 'open') AS outcome, s.probability, avg(epoch(e.entered_at) - epoch(f.first_at)) AS seconds_in
FROM seen_stages s
ANTI JOIN mapped_stages m ON m.pipeline = s.pipeline AND m.stage = s.stage
LEFT JOIN entries e ON e.place = s.place
LEFT JOIN (
    SELECT deal, min(entered_at) AS first_at FROM entries GROUP BY deal
) f ON f.deal = e.deal
GROUP BY ALL;
