/*
# Answers of surveys that can be used, one person once in a wave: the newest counts. Shared by the metrics that name it in `uses`.
*/
-- section: judged_answers
SELECT s.*, coalesce(s.contact_id, s.answer_id) AS person,
  CASE WHEN s.scale_max > s.scale_min THEN (s.score - s.scale_min) / (s.scale_max - s.scale_min) END AS share_of_scale,
  CASE
    WHEN s.score IS NULL THEN 'no score'
    WHEN s.question = 'nps' AND (s.scale_min <> 0 OR s.scale_max <> 10 OR s.scale_min IS NULL OR s.scale_max IS NULL)
      THEN 'not on a scale from 0 to 10'
    WHEN s.scale_min IS NULL OR s.scale_max IS NULL OR s.scale_max <= s.scale_min THEN 'no scale'
    WHEN s.score < s.scale_min OR s.score > s.scale_max THEN 'score outside its scale'
  END AS answer_issue
FROM survey_answers s
WHERE s.answered_on IS NULL OR s.answered_on <= $as_of
;
-- section: ranked_answers
SELECT j.*,
  rank() OVER (
    PARTITION BY j.question, j.wave, CASE WHEN j.question = 'nps' THEN '' ELSE coalesce(j.subject, '') END, j.person
    ORDER BY j.answered_on DESC NULLS LAST, j.answered_at DESC NULLS LAST, j.answer_id DESC) AS place
FROM judged_answers j
WHERE j.answer_issue IS NULL
;
-- section: survey_scores
SELECT *
FROM ranked_answers
WHERE place = 1
