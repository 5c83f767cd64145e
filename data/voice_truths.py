"""What is planted about the brand: how many recommend, trust, look up, by wave; whose voice is how loud."""

import numpy as np
import pandas as pd

from data.asked import Truths
from data.facts import Facts
from data.voices import OWN, WAVES

STEPS = 4  # from 1 to 5
LABELS = tuple(f"{str(day)[:4]}-Q{(int(str(day)[5:7]) + 2) // 3}" for day in WAVES)
SAYS = {
    "nps": "People of target accounts recommend more, and more from wave to wave; the rest stay where they are.",
    "authority": "Everybody's opinion of the company's authority rises.",
    "trust": "Target accounts trust more from wave to wave.",
}


def newest(answers: pd.DataFrame) -> pd.DataFrame:
    """Of each person the newest answers of a wave; who gives no name is always another one."""
    person = np.where(answers["contact"] >= 0, answers["contact"], -1 - np.arange(len(answers)))
    latest = answers.assign(person=person).sort_values("at", kind="stable")
    return latest.drop_duplicates(["person", "wave"], keep="last")


def _scores(answers: pd.DataFrame) -> dict[str, float]:
    promoters, detractors = (answers["nps"] >= 9).mean(), (answers["nps"] <= 6).mean()
    means = {measure: float(((answers[measure] - 1) / STEPS).mean()) for measure in ("authority", "trust")}
    return {"nps": float(100 * (promoters - detractors)), **means}


def brand(facts: Facts, truths: Truths) -> None:
    """The measures of the surveys by wave, of all and of targets and the rest; voice and mood by quarter."""
    answers = newest(facts.world.voices.answers)
    is_target = facts.accounts["target"].to_numpy()[answers["account"]]
    is_named = answers["contact"] >= 0
    groups = (("All", answers), ("target", answers[is_named & is_target]), ("rest", answers[is_named & ~is_target]))
    for segment, group in groups:
        truths.under(by=None if segment == "All" else "target")
        for wave, label in enumerate(LABELS):
            asked = group[group["wave"] == wave]
            for measure, value in _scores(asked).items():
                row = {"segment": segment, "measure": measure, "wave": label}
                truths.ask("brand_perception", "value", value, SAYS[measure], **row)
            if segment == "All":
                says = "A person who answers twice in a wave counts once."
                truths.ask("brand_perception", "n", len(asked), says, measure="nps", wave=label)
    _voice(facts, truths)


def _voice(facts: Facts, truths: Truths) -> None:
    mentions = facts.world.voices.mentions
    quarter = pd.to_datetime(mentions["day"]).dt.to_period("Q")
    truths.under()
    for period, every in mentions.groupby(quarter):
        wave = f"{period.year}-Q{period.quarter}"
        is_own = every["brand"] == OWN
        says = "The company is spoken of more and more, its competitors as before."
        truths.ask("brand_perception", "value", is_own.mean(), says, measure="share_of_voice", wave=wave)
        moods = every.loc[is_own & (every["mood"] != ""), "mood"]
        net = (moods == "positive").mean() - (moods == "negative").mean()
        says = "More praise than complaint of the company, of the mentions whose mood is told."
        truths.ask("brand_perception", "value", net, says, measure="net_sentiment", wave=wave)
