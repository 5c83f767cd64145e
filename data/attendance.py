"""What marketing's own tools log: who attended, downloaded and sent in forms, and the pages that they looked at first.

Answers to webinars, guides, forms and trade shows are logged here, and not among the campaign members; the other
answers are known to the campaign members alone.
Pages are looked at on the day of a download or form, by the same person.
"""

import numpy as np
import pandas as pd

KINDS = {"Webinar": "Webinar", "Content": "Content Download", "Website": "Form Submission", "Trade Show": "Event"}
PAGE = "Web Visit"
LED_BY_PAGES = ("Content Download", "Form Submission")
PAGES_BEFORE = 1.1  # mean number of pages looked at before a download or form
MINUTES = {"Webinar": 38.0, "Event": 14.0, "Content Download": 6.0, "Form Submission": 3.0, PAGE: 2.0}  # medians
ONE_TO_ONE = {"Event": 0.45, "Form Submission": 0.2}  # a talk at the booth, a demo asked for


def is_logged(members: pd.DataFrame, campaigns: pd.DataFrame) -> pd.Series:
    """Whether each campaign member's answer is logged by marketing's own tools."""
    of_kind = campaigns["type"].isin(list(KINDS)).to_numpy()[members["campaign"]]
    return members["responded_on"].notna() & of_kind


def attendance(rng: np.random.Generator, members: pd.DataFrame, campaigns: pd.DataFrame) -> pd.DataFrame:
    """One row a touch: account, contact, campaign, at (minute), kind, minutes, is_personal."""
    logged = members[is_logged(members, campaigns)]
    kind = campaigns["type"].map(KINDS).to_numpy()[logged["campaign"]].astype(np.str_)
    day = logged["responded_on"].to_numpy().astype("datetime64[D]").astype("datetime64[m]")
    answers = logged[["account", "contact", "campaign"]].assign(
        kind=kind, at=day + 600 + rng.integers(0, 420, len(logged))
    )
    pages = np.where(np.isin(kind, LED_BY_PAGES), rng.poisson(PAGES_BEFORE, len(answers)), 0)
    before = answers.loc[np.repeat(answers.index, pages)]
    ahead = rng.integers(2, 90, len(before)).astype("timedelta64[m]")
    before = before.assign(kind=PAGE, at=before["at"].to_numpy().astype("datetime64[m]") - ahead)
    every = pd.concat([answers, before], ignore_index=True)
    median = every["kind"].map(MINUTES).to_numpy()
    minutes = np.maximum(np.round(median * np.exp(rng.normal(0, 0.45, len(every)))), 1).astype(np.int64)
    personal = rng.random(len(every)) < every["kind"].map(ONE_TO_ONE).fillna(0.0).to_numpy()
    every = every.assign(minutes=minutes, is_personal=personal)
    return every.sort_values(["at", "contact", "kind"], kind="stable", ignore_index=True)
