"""The ideal customer profile: by which properties good accounts differ, and how the accounts are graded by it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.filters.bar import DATA_PAGE
from dashboard.filters.state import set_switch
from dashboard.text import dimension_name, findings, has, numbers, safe, say
from dashboard.topics.market import Members
from metrics import AbmError, Answer, Scope

STRONGEST = "strongest"
GRADES = ("A", "B", "C", "D")
MOST_ROWS, MOST_TIERS = 10, 4
POOLED = ("(other)", "unknown")
"""What is no value of its own: rare ones together, and missing ones."""


def profile_chart(page: Page) -> Chart:
    """Lift by the values of one property, or of those that stand apart most clearly."""
    question = page.asks("ideal_customer_profile")
    options = _properties(question)
    shown = switch("profile", options)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        every = lifts(answer.frame)
        table = _shown(every, shown)
        if table.empty:
            return None
        told = _told(table)
        selected = None if chosen is None else _position(table, chosen)
        figure = charts.lift_bars(table, highlight=told, selected=selected, mode=theme_mode())
        few = say("market.profile.few") if (table["denominator"] < numbers.SMALL).any() else ""
        judged = int((every["denominator"] >= numbers.FEW).sum())
        overall = say("market.profile.overall", share=numbers.percent(answer.frame["overall"].iloc[0]))
        said = [overall, few, say("market.profile.many", n=judged) if judged > 1 else ""]
        return Drawn(_lift_title(table, told, shown), _lift_caption(answer), figure, foot(answer, None, *said),
                     answer.frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        name = f"{property_name(mark['attribute'])} {_value(mark['attribute_value'])}"
        return Listing(lambda n: say("market.profile.rows", n=n, name=name), question, mark, _by_outcome)

    judged = _all_pooled(question)
    return Chart("ideal_customer_profile", say("market.profile.name"), question, build, listing,
                 controls=lambda: _switch(options), compares=False,
                 instead=None if judged is None else lambda: _no_profile(judged))  # fmt: skip


def _all_pooled(question: Question) -> int | None:
    """How many accounts have a known outcome, where no value of any property is shared by enough of them; else None."""
    if question.missing_tables():
        return None
    try:
        frame = question.answer().frame.dropna(subset=["value"])
    except AbmError:  # the card itself says what is wrong
        return None
    if frame.empty or not frame["attribute_value"].isin(POOLED).all():
        return None
    return int(frame.groupby("attribute")["denominator"].sum().max())


def _no_profile(judged: int) -> None:
    """Why no property tells the accounts apart, and the way to what would."""
    st.markdown(":gray[:material/tune:]", text_alignment="center")
    st.markdown(f"**{say('market.profile.pooled')}**", text_alignment="center")
    st.caption(say("market.profile.pooled_why", n=numbers.count(judged)), text_alignment="center")
    with st.container(horizontal=True, horizontal_alignment="center"):
        if st.button(say("missing.load"), icon=":material/upload:", key="profile.load"):
            st.switch_page(DATA_PAGE, query_params={"tab": "import"})


def lifts(frame: pd.DataFrame) -> pd.DataFrame:
    """The answer's rows with the interval of the lift, that of the rate against the rate of all, and `clear`: 1 where
    all of it lies above 1×, −1 where it lies below."""
    table = frame.dropna(subset=["value"]).copy()
    table = table.assign(
        rate=table["won_rate"], low=table["low"] / table["overall"], high=table["high"] / table["overall"]
    )
    judged = table["denominator"] >= numbers.FEW
    table["clear"] = ((table["low"] > 1) & judged).astype(int) - ((table["high"] < 1) & judged).astype(int)
    table["label"] = [f"{property_name(a)}: {_value(v)}"
                      for a, v in zip(table["attribute"], table["attribute_value"], strict=True)]  # fmt: skip
    return table.reset_index(drop=True)


def _shown(every: pd.DataFrame, shown: str) -> pd.DataFrame:
    """The values of a property, else those that stand clearly apart; where none does, those with the most accounts."""
    if shown != STRONGEST:
        own = every[every["attribute"] == shown]
        own = own.assign(label=[_value(v) for v in own["attribute_value"]])
        return own.sort_values("value", ascending=False, kind="stable", ignore_index=True)
    named = every[~every["attribute_value"].isin(POOLED)]
    clear = named[named["clear"] != 0]
    if clear.empty:
        found = named.sort_values("denominator", ascending=False, kind="stable").head(MOST_ROWS)
    else:  # how far the nearer end of the interval is from 1×
        apart = np.log(np.where(clear["clear"] > 0, clear["low"], 1 / clear["high"]))
        found = clear.assign(apart=apart).sort_values("apart", ascending=False, kind="stable").head(MOST_ROWS)
    return found.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def _told(table: pd.DataFrame) -> int | None:
    """The row that the title speaks of: the highest clear lift of not too few, else the lowest."""
    clear = table[(table["clear"] != 0) & (table["denominator"] >= numbers.SMALL)]
    if clear.empty:
        return None
    above = clear[clear["clear"] > 0]
    place = above["value"].argmax() if len(above) else clear["value"].argmin()
    return int((above if len(above) else clear).index.tolist()[place])


def _lift_title(table: pd.DataFrame, told: int | None, shown: str) -> str:
    if told is None:
        return say("market.profile.none" if shown == STRONGEST else "market.profile.none_of",
                   property=property_name(shown))  # fmt: skip
    row = table.loc[told]
    names = {"name": f"{property_name(row['attribute'])} {_value(row['attribute_value'])}"}
    form = "more" if row["clear"] > 0 else "less"
    return findings.fitted(f"market.profile.{form}", names, lift=numbers.times(row["value"]))


def _lift_caption(answer: Answer) -> str:
    """What lift is, and how well the fit sorts accounts that it has not seen, the uploaded one beside it."""
    first = answer.rows()[0]
    said = [say("market.profile.caption")]
    if first["auc"] is None:
        said.append(say("market.profile.not_fitted", n=numbers.count(first["positives"])))
        return " ".join(said)
    words = {"auc": numbers.number(first["auc"], significant=2), "n": numbers.count(first["auc_n"]),
             "day": numbers.date(first["fitted_on"])}  # fmt: skip
    said.append(say("market.profile.auc", **words))
    if first["uploaded_auc"] is not None:
        said.append(say("market.profile.uploaded_auc", auc=numbers.number(first["uploaded_auc"], significant=2)))
    return " ".join(said)


def _by_outcome(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    good = rows["is_positive"].astype(bool)
    return {say("market.profile.good"): rows[good], say("market.profile.others"): rows[~good]}


def _position(table: pd.DataFrame, chosen: dict[str, str]) -> int | None:
    keys = [
        {"attribute": a, "attribute_value": v}
        for a, v in zip(table["attribute"], table["attribute_value"], strict=True)
    ]
    return keys.index(chosen) if chosen in keys else None


def property_name(name: object) -> str:
    """A property of the profile in words; a column of an export has its own header."""
    key = f"market.properties.{name}"
    return say(key) if has(key) else dimension_name(str(name))


def _value(value: object) -> str:
    return say("segments.other").lower() if value == "(other)" else safe.one_line(value)


def _properties(question: Question) -> tuple[str, ...]:
    """What can be chosen: the strongest of all, or one property."""
    if question.missing_tables():
        return (STRONGEST,)
    try:
        return (STRONGEST, *dict.fromkeys(question.answer().frame["attribute"].dropna().astype(str)))
    except AbmError:  # the card itself says what is wrong
        return (STRONGEST,)


def _switch(options: tuple[str, ...]) -> None:
    if len(options) < 2:
        return
    st.session_state["profile.by"] = switch("profile", options)
    st.selectbox(
        say("market.profile.by"), options, key="profile.by", label_visibility="collapsed", width=260,
        format_func=lambda name: say("market.profile.strongest") if name == STRONGEST else property_name(name),
        on_change=_turn, args=(options,),
    )  # fmt: skip


def _turn(options: tuple[str, ...]) -> None:
    set_switch("profile", st.session_state["profile.by"], options)


def grades_chart(page: Page) -> Chart:
    """How many accounts are of each grade, how many of these are targets, and the uploaded fit beside."""
    question = page.asks("icp_accounts")
    listed = replace(question, part="judged")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        judged = listed.rows({})
        key, names = ("grade", list(GRADES)) if judged["grade"].notna().any() else ("uploaded_tier", _tiers(judged))
        if not names:
            return None
        counts = judged[key].value_counts()
        found = [int(counts.get(name, 0)) for name in names]
        columns = _beside(judged, key, names, page.has_targets)
        frame = pd.DataFrame({"grade": names, "value": found})
        figure = charts.measured_bars(
            frame, key="grade", texts=[numbers.count(n) for n in found], columns=columns,
            names={name: say("market.grades.grade", grade=name) for name in names} if key == "grade" else None,
            selected=(chosen or {}).get("grade"), mode=theme_mode(), height=260,
        )  # fmt: skip
        table = frame.assign(**{title: list(cells) for title, cells in columns.items()})
        row = answer.rows()[0]
        title = say("market.grades.title", n=numbers.count(row["value"]), of=numbers.count(row["n"]),
                    share=numbers.percent(row["share"]))  # fmt: skip
        caption = say(f"market.grades.caption_{key}")
        if key == "grade" and len(columns) > int(page.has_targets):
            caption = f"{caption} {say('market.grades.uploaded')}"
        return Drawn(title, caption, figure, foot(answer, row["n"]), table)

    def listing(mark: dict[str, str]) -> Listing:
        judged = listed.rows({})
        key = "grade" if judged["grade"].notna().any() else "uploaded_tier"
        units = frozenset(judged.loc[judged[key] == mark["grade"], "account_id"])
        own = Members("icp_accounts", question.scope, part="judged", units=units)
        return Listing(lambda n: say("market.grades.rows", n=n, grade=mark["grade"]), own, {})

    instead = _no_fit if _is_ungraded(question) else None
    return Chart("icp_grades", say("market.grades.name"), question, build, listing, instead=instead)


def _is_ungraded(question: Question) -> bool:
    """Whether no account at all has a grade or an uploaded fit, whatever the filters."""
    if question.missing_tables():
        return False
    try:
        return replace(question, scope=Scope()).answer().is_empty
    except AbmError:  # the card itself says what is wrong
        return False


def _no_fit() -> None:
    """Why there are no grades, and the way to what makes them."""
    st.markdown(":gray[:material/tune:]", text_alignment="center")
    st.markdown(f"**{say('market.grades.none')}**", text_alignment="center")
    st.caption(say("market.grades.none_why"), text_alignment="center")
    with st.container(horizontal=True, horizontal_alignment="center"):
        if st.button(say("missing.load"), icon=":material/upload:", key="icp_grades.load"):
            st.switch_page(DATA_PAGE, query_params={"tab": "import"})


def _tiers(judged: pd.DataFrame) -> list[str]:
    return sorted(map(str, judged["uploaded_tier"].dropna().unique()))[:MOST_TIERS]


def _beside(judged: pd.DataFrame, key: str, names: list[str], has_targets: bool) -> dict[str, list[str]]:
    """Target accounts of each grade, and how many of each uploaded tier, or the mean of the uploaded score."""
    columns = {}
    if has_targets:
        of_targets = judged.loc[judged["target"] == "target", key].value_counts()
        columns[say("segments.target")] = [numbers.count(of_targets.get(name, 0)) for name in names]
    if key == "grade":
        pairs = judged.groupby(["grade", "uploaded_tier"]).size()
        for tier in _tiers(judged):
            columns[tier] = [numbers.count(pairs.get((name, tier), 0)) for name in names]
    if judged["uploaded_score"].notna().any():
        means = judged.groupby(key)["uploaded_score"].mean()
        title = say("market.grades.score")
        columns[title] = ["" if numbers.is_missing(means.get(name)) else numbers.count(means[name]) for name in names]
    return columns
