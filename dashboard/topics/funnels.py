"""Funnels of accounts, deals and leads: how many reach each step, and where they are lost."""

from typing import Any

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.switches import card_switch
from dashboard.cards.tables import theme_mode
from dashboard.text import findings, has, numbers, say
from dashboard.topics.stages import of_pipeline, stages_caption
from metrics import Answer

KINDS = ("deals", "accounts", "leads")
ALL_COLUMNS = ("step", "segments", "overall", "days")
METRIC = {
    "deals": ("stage_funnel", "stage"),
    "accounts": ("account_funnel", "step"),
    "leads": ("lead_conversion", "step"),
}


def step_name(step: str) -> str:
    """A step of a funnel of accounts or leads in words; a stage is as the vendor spells it."""
    return say(f"steps.{step}") if has(f"steps.{step}") else step


def kind_switch() -> None:
    """Deals, accounts or leads."""
    card_switch("funnel", KINDS, label=say("funnels.kind"), key="funnel.kind", words=lambda k: say(f"funnels.{k}"))


def funnel_chart(
    page: Page, kind: str, *, switchable: bool = True, height: int = 330, columns: tuple[str, ...] = ALL_COLUMNS
) -> Chart:
    """The funnel of deals, accounts or leads; one that cannot be switched opens the page on which it can."""
    name, key = METRIC[kind]
    question, whole = _asked(page, kind, by=_split(page, kind)), _asked(page, kind)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame, total = answer.frame, whole.answer().frame
        unknown = [step_name(str(step)) for step in total.loc[total["value"].isna(), key]]
        frame, total = frame.dropna(subset=["value"]), total.dropna(subset=["value"])
        if total.empty or not total["value"].max() > 0:
            return None
        unit = say(f"funnels.units.{kind}")
        loss = _loss(total, kind, findings.CARD, _unknown(whole))
        figure = charts.funnel(
            frame,
            whole=total,
            key=key,
            names=_names(total, key),
            unit=unit,
            highlight=loss.step if loss.clear else None,
            selected=(chosen or {}).get(key),
            columns=columns,
            mode=theme_mode(),
            height=height,
        )
        title, caption = loss.sentence, say(f"funnels.captions.{kind}")
        if kind == "deals":
            title = of_pipeline(page, lambda limit: _loss(total, kind, limit, _unknown(whole)).sentence)
            caption = stages_caption(page, caption)
        return Drawn(title, caption, figure, _foot(answer, total, unknown), frame)

    return Chart(
        name, say(f"funnels.names.{kind}"), question, build, listing=lambda mark: _listing(page, kind, mark),
        controls=kind_switch if switchable else None, opens=None if switchable else ("funnel", (("funnel", kind),)),
    )  # fmt: skip


def _split(page: Page, kind: str) -> str | None:
    """Leads and accounts are split by what accounts have; a deal's own attribute splits deals only."""
    return page.split if kind == "deals" or page.split == "target" else page.account_split


def _asked(page: Page, kind: str, by: str | None = None) -> Question:
    """Stages are those of one pipeline; steps of accounts and leads are everybody's."""
    name = METRIC[kind][0]
    return page.asks_of_pipeline(name, by=by) if kind == "deals" else page.asks(name, by=by)


def _loss(total: pd.DataFrame, kind: str, limit: int, unknown: int) -> findings.Loss:
    key = METRIC[kind][1]
    return findings.funnel_loss(total, key=key, names=_names(total, key), unit=say(f"funnels.units.{kind}"),
                                limit=limit, unknown=unknown)  # fmt: skip


def _names(frame: pd.DataFrame, key: str) -> dict[str, str]:
    return {str(step): step_name(str(step)) for step in frame[key].unique()} if key == "step" else {}


def _foot(answer: Answer, total: pd.DataFrame, unknown: list[str]) -> str:
    more = [say("funnels.unknown", step=step) for step in unknown]
    more += _never_stood_at(total)
    more += _further(total)
    for column in ("skipped", "backward"):
        if column in total and total[column].fillna(0).sum() > 0:
            more.append(say(f"funnels.{column}", n=int(total[column].fillna(0).sum())))
    more += [sides(answer, step_name)]
    return foot(answer, total["value"].iloc[0], *more)


def _never_stood_at(total: pd.DataFrame) -> list[str]:
    """Steps that every account or lead counted there skipped: engagement figures say 0 % where a step says 18."""
    if "step" not in total or "skipped" not in total:
        return []
    alone = total[(total["value"] > 0) & (total["skipped"] == total["value"])]
    return [say("funnels.all_skipped", n=int(row["value"]), step=step_name(str(row["step"])))
            for _, row in alone.iterrows()]  # fmt: skip


def _further(total: pd.DataFrame) -> list[str]:
    """How many of a step's accounts are there only by a later one: the figure of those engaged counts the others."""
    if "step" not in total or "skipped" not in total:
        return []
    named = total[total["step"].map(lambda step: has(f"funnels.further.{step}")) & (total["skipped"] > 0)]
    return [
        say(f"funnels.further.{row['step']}", of=numbers.count(row["value"]), n=numbers.count(row["skipped"]),
            own=numbers.count(row["value"] - row["skipped"]))
        for _, row in named[named["skipped"] < named["value"]].iterrows()
    ]  # fmt: skip


def _listing(page: Page, kind: str, mark: dict[str, str]) -> Listing:
    key, question = METRIC[kind][1], _asked(page, kind)
    where: dict[str, Any] = {key: mark[key]}
    if kind == "deals":
        where["pipeline"] = page.pipeline
    later = _next_step(question.answer().frame.dropna(subset=["value"]), key, mark[key])

    def parts(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        if later is None:
            return {}
        identity = {"deals": "opportunity_id", "accounts": "account_id", "leads": "contact_id"}[kind]
        went = rows[identity].isin(question.rows({**where, key: later})[identity])
        return {say("funnels.went_on"): rows[went], say("funnels.no_further"): rows[~went]}

    step = step_name(mark[key]) if key == "step" else mark[key]
    return Listing(lambda n: say(f"funnels.reached.{kind}", n=n, step=step), question, where, parts)


def _next_step(frame: pd.DataFrame, key: str, step: str) -> str | None:
    steps = list(dict.fromkeys(frame[key].astype(str)))
    place = steps.index(step) if step in steps else len(steps)
    return steps[place + 1] if place + 1 < len(steps) else None


def funnel_sentence(page: Page, kind: str) -> str:
    """The page's sentence: where most are lost."""
    key, question = METRIC[kind][1], _asked(page, kind, by=_split(page, kind))
    if question.missing_tables() or question.answer().is_empty:
        return ""
    frame = question.answer().frame.dropna(subset=["value"])
    if frame.empty:
        return ""
    whole = _asked(page, kind)

    def still_open(earlier: str, step: str) -> int:
        there, further = (whole.rows({key: stage, "pipeline": page.pipeline}) for stage in (earlier, step))
        is_left = ~there["opportunity_id"].isin(further["opportunity_id"])
        return int((is_left & (there["deal_outcome"] == "open")).sum())

    def told(limit: int) -> str:
        return findings.funnel_page(
            frame, key=key, names=_names(frame, key), unit=say(f"funnels.units.{kind}"), limit=limit,
            unknown=_unknown(whole), still_open=still_open if kind == "deals" else None,
        )  # fmt: skip

    limit = findings.PAGE - len(".")
    return findings.headline(of_pipeline(page, told, limit) if kind == "deals" else told(limit))


def _unknown(question: Question) -> int:
    """How many deals are in the first stage alone, since nothing tells how far they came."""
    return dict(question.answer().excluded).get("furthest stage unknown", 0)


def accounts_in_scope(page: Page) -> tuple[int | None, int | None]:
    """How many accounts the page is about, and how many of them are targets; None where there are no accounts."""
    question = page.asks("account_funnel")
    if question.missing_tables() or "in_scope" not in set(question.answer().frame["step"]):
        return None, None
    frames = [question.answer().frame, page.asks("account_funnel", by="target").answer().frame]
    first = [frame[frame["step"] == "in_scope"].set_index("segment")["value"] for frame in frames]
    return int(first[0].iloc[0]), int(first[1].get("target", 0))
