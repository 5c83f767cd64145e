-- The stages of each pipeline in funnel order, and what each deal came to.

CREATE TEMP TABLE deal_stages AS
SELECT opportunity_id, coalesce(pipeline, '(none)') AS pipeline, coalesce(stage, '(none)') AS stage, outcome AS said, probability
FROM merged_opportunities;

CREATE TEMP TABLE all_entries AS
SELECT coalesce(k.opportunity_id, v.opportunity_id) AS opportunity_id,
       coalesce(v.pipeline, d.pipeline, '(none)') AS pipeline, v.stage, v.entered_at, v.exited_at,
       coalesce(v.quality, 'full') AS quality, v._import, v._row, coalesce(v._position, v._row) AS position
FROM merged_stage_visits v
LEFT JOIN deal_keys k ON k.deal_key = id_key(v.opportunity_id)
LEFT JOIN deal_stages d ON d.opportunity_id = k.opportunity_id
WHERE v.stage IS NOT NULL AND v.entered_at IS NOT NULL
UNION ALL
-- The same deal in another stage in a later upload: it entered that stage in between, at the latest on the later day.
SELECT coalesce(k.opportunity_id, u.opportunity_id), u.pipeline, u.stage, CAST(u.export_day AS TIMESTAMP), NULL,
       'derived', u._import, u._row, u._row
FROM (
    SELECT *, lag(stage) OVER w AS stage_before, lag(pipeline) OVER w AS pipeline_before
    FROM (
        SELECT id_key(opportunity_id) AS deal_key, opportunity_id, coalesce(pipeline, '(none)') AS pipeline,
               coalesce(stage, '(none)') AS stage, export_day, _import, _row
        FROM uploaded_deals
        QUALIFY row_number() OVER (PARTITION BY deal_key, export_day ORDER BY _import DESC, _row DESC) = 1
    )
    WINDOW w AS (PARTITION BY deal_key ORDER BY export_day)
) u
LEFT JOIN deal_keys k ON k.deal_key = u.deal_key
WHERE u.stage_before IS NOT NULL AND (u.stage <> u.stage_before OR u.pipeline <> u.pipeline_before);

-- Of each deal the best history there is: full, else the latest entries only, else what two uploads tell.
CREATE TEMP TABLE entries AS
SELECT e.*
FROM all_entries e
JOIN (
    SELECT opportunity_id, min(CASE quality WHEN 'full' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END) AS best
    FROM all_entries GROUP BY opportunity_id
) b ON b.opportunity_id = e.opportunity_id
   AND b.best = CASE e.quality WHEN 'full' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END;

CREATE TEMP TABLE seen_stages AS
SELECT pipeline, stage,
       CASE WHEN count(said) = count(*) AND min(said) = max(said) THEN min(said) END AS said,
       avg(probability) AS probability
FROM (
    SELECT pipeline, stage, said, probability FROM deal_stages
    UNION ALL
    SELECT DISTINCT e.pipeline, e.stage, NULL, NULL FROM entries e
    ANTI JOIN deal_stages d ON d.pipeline = e.pipeline AND d.stage = e.stage
)
GROUP BY pipeline, stage;

-- What the stage maps say: the user's own map beats a prefilled one, then the newer import counts.
CREATE TEMP TABLE said_stages AS
SELECT s.pipeline, s.stage, s.stage_order, s.outcome, s.probability, i.own_stages, s._import
FROM merged_stages s JOIN imports i ON i._import = s._import
QUALIFY row_number() OVER (PARTITION BY s.pipeline, s.stage ORDER BY i.own_stages DESC, s._import DESC, s._row) = 1;

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
LEFT JOIN entries e ON e.pipeline = s.pipeline AND e.stage = s.stage
LEFT JOIN (SELECT opportunity_id, min(entered_at) AS first_at FROM entries GROUP BY 1) f ON f.opportunity_id = e.opportunity_id
GROUP BY ALL;

CREATE TEMP TABLE known_stages AS
WITH every AS (
    SELECT pipeline, stage, coalesce(outcome, 'open') AS outcome, probability, own_stages, _import, stage_order AS place, NULL AS seconds_in, TRUE AS mapped
    FROM mapped_stages
    UNION ALL
    SELECT u.pipeline, u.stage, u.outcome, u.probability, FALSE, 0, NULL, u.seconds_in, FALSE FROM unmapped_stages u
    WHERE u.stage <> '(none)'
       OR u.pipeline NOT IN (SELECT pipeline FROM seen_stages WHERE stage <> '(none)' UNION ALL SELECT pipeline FROM mapped_stages)
)
SELECT pipeline, stage, outcome, probability, _import,
       CASE WHEN outcome IN ('open', 'won') THEN row_number() OVER (
           PARTITION BY pipeline, outcome IN ('open', 'won')
           ORDER BY outcome, mapped DESC, own_stages DESC, CASE WHEN own_stages THEN -_import END,
                    place NULLS LAST, probability NULLS LAST, -_import, seconds_in NULLS LAST, stage
       ) END AS stage_order
FROM every;

CREATE TEMP TABLE deal_outcomes AS
SELECT d.opportunity_id, d.pipeline, d.stage, k.stage_order,
       coalesce(m.outcome, d.said, 'open') AS outcome,
       m.outcome IS NOT NULL AND d.said IS NOT NULL AND m.outcome <> d.said
           AND NOT (m.outcome IN ('lost', 'no_decision') AND d.said IN ('lost', 'no_decision')) AS contradicts
FROM deal_stages d
LEFT JOIN mapped_stages m ON m.pipeline = d.pipeline AND m.stage = d.stage
LEFT JOIN known_stages k ON k.pipeline = d.pipeline AND k.stage = d.stage;
