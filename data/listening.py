"""The files of surveys and of a listening tool: SurveyMonkey, Typeform, Brandwatch."""

import numpy as np
import pandas as pd

from data import hubspot
from data.shapes import Platform, joined, whole
from data.voices import OVERLAP, OWN, SAID, SITES
from data.world import World

CHOICES = ("Response", "Open-Ended Response", "Halden is an authority in measuring", "I trust Halden")
"""What stands under the questions, in a second row of headers."""
QUESTIONS = (
    "How likely is it that you would recommend Halden Instruments to a friend or colleague?",
    "What is the main reason for your score?",
    "How far do you agree? (1 = not at all, 5 = completely)",
    "",
)
_PEOPLE = ("Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name",
           "Last Name", "Custom Data 1")  # fmt: skip
SUBJECTS = {
    subject: f"Sales and marketing agree on our {subject} (1-5)" for subject in ("goals", "message", "strategy")
}
BRANDWATCH = Platform(
    (
        "Report:\tBulk Mentions Download",
        "Brand:\tProcess measurement",
        "From:\t2025-10-01",
        "To:\t2026-10-31",
        "Label:\tAll",
        "",
    ),
    encoding="utf-8-sig",
    repeated=OVERLAP,
)


def _stamp(at: np.ndarray, form: str) -> np.ndarray:
    return pd.Series(at).dt.strftime(form).to_numpy(dtype=np.str_)


def customers(world: World) -> pd.DataFrame:
    """SurveyMonkey's export of what customers and prospects answered; the first row is its second row of headers."""
    frame = world.voices.answers
    at = frame["at"].to_numpy()
    contact = frame["contact"].to_numpy()
    emails = np.where(contact >= 0, hubspot.emails(world)[contact], "")
    form = "%m/%d/%Y %I:%M:%S %p"
    columns = [
        whole(118_300_000_000 + np.arange(len(frame)) * 37), np.full(len(frame), "449120761"),
        _stamp(at - np.timedelta64(4, "m"), form), _stamp(at, form), np.full(len(frame), ""), emails,
        np.full(len(frame), ""), np.full(len(frame), ""), np.full(len(frame), ""),
        whole(frame["nps"].to_numpy()), frame["comment"].to_numpy(dtype=np.str_), whole(frame["authority"].to_numpy()),
        whole(frame["trust"].to_numpy()),
    ]  # fmt: skip
    names = [*_PEOPLE, *QUESTIONS]
    under = pd.DataFrame([[*[""] * len(_PEOPLE), *CHOICES]], columns=names)
    return pd.concat([under, pd.DataFrame(dict(zip(names, columns, strict=True)))], ignore_index=True)


def staff(world: World) -> pd.DataFrame:
    """Typeform's results of what sales and marketing answered, nobody by name."""
    frame = world.voices.staff
    at = frame["at"].to_numpy()
    scores = {question: whole(frame[subject].to_numpy()) for subject, question in SUBJECTS.items()}
    token = joined("tf", whole(7_300_000 + np.arange(len(frame)) * 7_919, width=9))
    return pd.DataFrame(
        {"#": token, "Which team are you in?": frame["team"].to_numpy(dtype=np.str_)}
        | scores
        | {
            "Response Type": np.full(len(frame), "completed"),
            "Start Date (UTC)": _stamp(at - np.timedelta64(3, "m"), "%Y-%m-%d %H:%M:%S"),
            "Stage Date (UTC)": np.full(len(frame), ""),
            "Submit Date (UTC)": _stamp(at, "%Y-%m-%d %H:%M:%S"),
            "Network ID": joined("n", whole(np.arange(len(frame)) * 101 + 5_000)),
            "Tags": np.full(len(frame), ""),
        }
    )


def mentions(world: World) -> pd.DataFrame:
    """Brandwatch's download of what is said of the company and its competitors; the last rows were there before."""
    frame = world.voices.mentions
    mood = frame["mood"].to_numpy(dtype=np.str_)
    brand = frame["brand"].to_numpy(dtype=np.str_)
    said = [
        SAID[how or "neutral"][which].format(brand=of)
        for how, which, of in zip(mood, frame["which"], brand, strict=True)
    ]
    number = np.arange(len(frame))
    site = np.array([name for name, _ in SITES])[frame["site"]]
    at = frame["day"].to_numpy().astype("datetime64[m]") + frame["minute"].to_numpy().astype("timedelta64[m]")
    told = pd.DataFrame({
        "Query Name": brand,
        "Brand Type": np.where(brand == OWN, "Own", "Competitor"),
        "Date": _stamp(at, "%Y-%m-%d %H:%M:%S.0"),
        "Url": joined("https://", site, "/", whole(number + 1000)),
        "Full Text": np.array(said),
        "Resource Id": whole(902_000_000 + number),
        "Domain": site,
        "Sentiment": mood,
        "Impressions": whole(frame["reach"].to_numpy()),
    })  # fmt: skip
    return pd.concat([told, told.iloc[:OVERLAP]], ignore_index=True)
