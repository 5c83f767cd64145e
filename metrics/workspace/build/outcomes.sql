-- The stages in order, as their maps put together tell it (`stage_places`), and what each deal came to.

CREATE TEMP TABLE known_stages AS
WITH every AS (
    SELECT pipeline, stage, coalesce(outcome, 'open') AS outcome, probability, _import, p.place, NULL AS seconds_in, TRUE AS mapped
    FROM mapped_stages
    LEFT JOIN stage_places p USING (pipeline, stage)
    UNION ALL
    SELECT u.pipeline, u.stage, u.outcome, u.probability, 0, NULL, u.seconds_in, FALSE FROM unmapped_stages u
    WHERE u.stage <> '(none)'
       OR u.pipeline NOT IN (SELECT pipeline FROM seen_stages WHERE stage <> '(none)' UNION ALL SELECT pipeline FROM mapped_stages)
)
SELECT pipeline, stage, outcome, probability, _import,
       -- Several won stages of a pipeline are one place: nobody is won twice.
       CASE outcome WHEN 'open' THEN row_number() OVER (
           PARTITION BY pipeline, outcome
           ORDER BY mapped DESC, place, probability NULLS LAST, seconds_in NULLS LAST, stage
       ) WHEN 'won' THEN count(*) FILTER (outcome = 'open') OVER (PARTITION BY pipeline) + 1 END AS stage_order
FROM every;

CREATE TEMP TABLE deal_outcomes AS
SELECT d.deal_row, d.opportunity_id, d.pipeline, d.stage, k.stage_order,
       coalesce(m.outcome, d.said, 'open') AS outcome,
       m.outcome IS NOT NULL AND d.said IS NOT NULL AND m.outcome <> d.said
           AND NOT (m.outcome IN ('lost', 'no_decision') AND d.said IN ('lost', 'no_decision')) AS contradicts
FROM deal_stages d
LEFT JOIN mapped_stages m ON m.pipeline = d.pipeline AND m.stage = d.stage
LEFT JOIN known_stages k ON k.pipeline = d.pipeline AND k.stage = d.stage;
