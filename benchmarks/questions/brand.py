"""What people answer and what is said in public: brand perception."""

import numpy as np
import pandas as pd

from benchmarks.asked import Asked, Frames, day
from benchmarks.questions.question import Question

_COLUMNS = ("value", "n", "promoters", "detractors", "positive", "negative", "by_reach")


def _sql(asked: Asked) -> str:
    known = "a.account_id IS NOT NULL" if asked.by_target else "true"
    return f"""
        WITH newest AS (
          SELECT * FROM model.survey_answers
          WHERE question IN ('nps', 'authority', 'trust') AND answered_on <= {day(asked.as_of)}
            AND score BETWEEN scale_min AND scale_max
          QUALIFY row_number() OVER (
            PARTITION BY question, wave, subject, coalesce(contact_id, answer_id) ORDER BY answered_at DESC) = 1
        ), marks AS (
          SELECT {asked.segment("a.target")} AS segment, question AS measure, wave, NULL AS reach,
            CASE WHEN question <> 'nps' THEN (score - scale_min) / (scale_max - scale_min)
                 ELSE 100 * ((score >= 9)::INT - (score <= 6)::INT) END AS mark
          FROM newest LEFT JOIN model.accounts a USING (account_id)
          WHERE {asked.within("answered_on")} AND {known}
          UNION ALL
          SELECT {asked.segment("a.target")}, unnest(['net_sentiment', 'share_of_voice']), wave, reach,
            unnest([CASE WHEN NOT is_competitor THEN sign(sentiment) END, (NOT is_competitor)::INT])
          FROM model.mentions LEFT JOIN model.accounts a USING (account_id)
          WHERE {asked.within("published_on")} AND published_on <= {day(asked.as_of)} AND {known}
        )
        SELECT segment, measure, wave, avg(mark) AS value, count(*) AS n,
          CASE WHEN measure = 'nps' THEN count_if(mark > 0) END AS promoters,
          CASE WHEN measure = 'nps' THEN count_if(mark < 0) END AS detractors,
          CASE WHEN measure = 'net_sentiment' THEN count_if(mark > 0) END AS positive,
          CASE WHEN measure = 'net_sentiment' THEN count_if(mark < 0) END AS negative,
          sum(mark * reach) / sum(reach) AS by_reach
        FROM marks WHERE mark IS NOT NULL GROUP BY segment, measure, wave"""


def _frame(tables: Frames, asked: Asked) -> pd.DataFrame:
    answers, mentions = tables["survey_answers"], tables["mentions"]
    person = answers["contact_id"].fillna(answers["answer_id"])
    answers = answers[(answers["answered_on"] <= asked.last)].assign(person=person, measure=answers["question"])
    answers = answers[answers["measure"].isin(("nps", "authority", "trust")) & answers["score"].notna()]
    answers = answers.sort_values("answered_at").drop_duplicates(["measure", "wave", "subject", "person"], keep="last")
    answers = answers[asked.inside(answers["answered_on"])]
    share = (answers["score"] - answers["scale_min"]) / (answers["scale_max"] - answers["scale_min"])
    nps = 100.0 * ((answers["score"] >= 9).astype(int) - (answers["score"] <= 6).astype(int))
    answers = answers.assign(mark=share.where(answers["measure"] != "nps", nps))
    mentions = mentions[asked.inside(mentions["published_on"]) & (mentions["published_on"] <= asked.last)]
    own = ~mentions["is_competitor"]
    voice = mentions.assign(measure="share_of_voice", mark=own.astype(float))
    mood = mentions[own].assign(measure="net_sentiment", mark=np.sign(mentions.loc[own, "sentiment"]))
    marks = pd.concat([answers, mood, voice])[["account_id", "measure", "wave", "mark", "reach"]]
    marks = marks[marks["mark"].notna() & (marks["account_id"].notna() | (not asked.by_target))]
    targets = tables["accounts"].set_index("account_id")["target"]
    marks = marks.assign(
        segment=asked.segments(marks["account_id"].map(targets)), weighed=marks["mark"] * marks["reach"]
    )
    found = marks.groupby(["segment", "measure", "wave"])["mark"].agg(["mean", "size"])
    found = found.set_axis(["value", "n"], axis=1)
    weighed = marks.groupby(["segment", "measure", "wave"])[["weighed", "reach"]].sum(min_count=1)
    found["by_reach"] = weighed["weighed"] / weighed["reach"]
    of = found.index.get_level_values("measure")
    for sign, columns in ((1, ("promoters", "positive")), (-1, ("detractors", "negative"))):
        counts = (marks["mark"] * sign > 0).groupby([marks["segment"], marks["measure"], marks["wave"]]).sum()
        for column, measure in zip(columns, ("nps", "net_sentiment"), strict=True):
            found[column] = counts.where(of == measure)
    return found.reset_index()


QUESTIONS = (Question("brand_perception", ("segment", "measure", "wave"), _COLUMNS, _sql, _frame),)
