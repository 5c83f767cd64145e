"""What the spend returned: of ABM as a whole, with and without intent data, by channel and by campaign."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.filters import switch
from dashboard.text import findings, numbers, say
from dashboard.topics.customers import ABM, RETURN, doubts, said_of, why_missing
from dashboard.topics.customers_split import view_switch
from metrics import NONE, Answer

VIEWS = ("channel", "campaign")
MOST_ROWS, HEIGHT, NAMED = 9, 276, 5
"""How many rows are drawn, and how many accounts must be behind a return that the title names."""


@dataclass(frozen=True)
class Part:
    """A row of the chart of the whole: its key, whose answer it is in, and under which segment."""

    key: str
    question: Question
    segment: str


def _parts(page: Page) -> list[Part]:
    both = page.has_targets and page.choice.show == "both"
    held = page.asks(RETURN, by="target" if both else None, **ABM)
    intent = page.asks(RETURN, by="uses_intent")
    first = Part("rest" if page.choice.show == "rest" else "abm", held, "target" if both else "All")
    found = [first, *([Part("rest", held, "rest")] if both else [])]
    if page.choice.show == "both":
        found.append(Part("all", page.asks(RETURN, program="all"), "All"))
    return [*found, Part("intent", intent, "yes"), Part("no_intent", intent, "no")]


def return_chart(page: Page) -> Chart:
    """ABM and the rest, everything together, campaigns with and without intent data: revenue against its cost."""
    parts = _parts(page)
    question = parts[0].question

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        found = [_row(part) for part in parts]
        frame = pd.DataFrame([row for row in found if row is not None])
        if frame.empty or (frame["cost"].isna() & (frame["revenue"].fillna(0) == 0)).all():
            return None
        first = next((row for row in found if row is not None and row["part"] == parts[0].key), None)
        figure = _against_cost(frame, "part", answer, {p.key: say(f"customers.return.parts.{p.key}") for p in parts},
                               (mark or {}).get("part"), parts[0].key)  # fmt: skip
        table = frame.assign(part=[say(f"customers.return.parts.{key}") for key in frame["part"]])
        table = table.rename(columns={"part": say("customers.return.part")})
        shared = None if first is None else first["shared_unallocated"]
        apart = say("customers.return.shared", amount=numbers.money(shared, answer.currency)) if shared else ""
        n = None if first is None else first["n"]
        return Drawn(_return_title(parts[0].key, first, answer), _return_caption(answer), figure,
                     foot(answer, n, apart, _of_no_campaign(parts), sides(answer), doubts(answer)), table)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing | None:
        part = next((p for p in parts if p.key == mark["part"]), None)
        if part is None:
            return None
        words = say(f"customers.return.parts.{part.key}")
        return Listing(lambda n: say("customers.return.rows", n=n, name=words), part.question,
                       {"segment": part.segment}, _with_deals)  # fmt: skip

    return Chart("return_whole", say("customers.return.name"), question, build, listing,
                 others=tuple(dict.fromkeys(part.question for part in parts[1:])))  # fmt: skip


def _of_no_campaign(parts: list[Part]) -> str:
    """What stands in the costs of neither campaigns with intent data nor those without."""
    intent = next(part for part in parts if part.key == "intent").question.answer()
    amount = next((row["cost"] for row in intent.rows() if row["segment"] == NONE), None)
    return say("customers.return.no_campaign", amount=numbers.money(amount, intent.currency)) if amount else ""


def _row(part: Part) -> dict[str, Any] | None:
    """One row of the whole; None where its answer has no such segment."""
    for row in part.question.answer().rows():
        if row["segment"] == part.segment:
            names = ("value", "n", "revenue", "cost", "sourced", "shared_unallocated", "deals")
            return {"part": part.key, **{name: row.get(name) for name in names}}
    return None


def _with_deals(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    won = rows["deals"].fillna(0) > 0
    return {say("customers.return.won"): rows[won], say("customers.return.not_won"): rows[~won]}


def _against_cost(
    frame: pd.DataFrame, key: str, answer: Answer, names: dict[str, str], selected: str | None, highlight: str | None
) -> go.Figure:
    """Revenue as bars, the cost as a tick across each, the return beside."""
    margin = float(answer.options.get("margin", 1.0))
    revenue = pd.to_numeric(frame["revenue"]).astype(float) * margin
    cost = pd.to_numeric(frame["cost"]).astype(float)
    money = [numbers.money(value, answer.currency) for value in revenue]
    return charts.measured_bars(
        frame.assign(value=revenue, reference=cost), key=key, names=names, texts=money,
        columns={say("customers.return.cost"): [numbers.money(value, answer.currency) for value in cost],
                 say("customers.return.return"): [numbers.percent(value) for value in frame["value"]]},
        header=say("customers.return.header" if margin == 1 else "customers.return.header_margin"),
        highlight=highlight, selected=selected, mode=theme_mode(), height=HEIGHT,
    )  # fmt: skip


def _return_title(key: str, row: dict[str, Any] | None, answer: Answer) -> str:
    name = say(f"customers.return.subject.{key}")
    if row is None or row["value"] is None:
        return say("customers.return.title.none", name=name)
    words = {"name": name, "revenue": numbers.money(row["revenue"], answer.currency),
             "cost": numbers.money(row["cost"], answer.currency), "share": numbers.percent(row["value"])}  # fmt: skip
    return say("customers.return.title.value", **words)


def _return_caption(answer: Answer) -> str:
    days = answer.options.get("window_days")
    return f"{say('customers.return.caption', days=numbers.count(days))} {_margin_words(answer)}"


def _margin_words(answer: Answer) -> str:
    margin = float(answer.options.get("margin", 1.0))
    form = "before_margin" if margin == 1 else "at_margin"
    return say(f"customers.return.{form}", margin=numbers.percent(margin))


def return_by_chart(page: Page) -> Chart:
    """Credited revenue against cost, by channel or by campaign; spend that nobody's touches can be credited with stands
    apart."""
    view = switch("return_view", VIEWS)
    question, whole = page.asks(RETURN, by=view), page.asks(RETURN, program="all")

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame
        known = frame[frame["value"].notna()].sort_values(["cost", "segment"], ascending=[False, True], kind="stable")
        if known.empty:
            return None
        drawn = known.head(MOST_ROWS).sort_values("value", ascending=False, kind="stable", ignore_index=True)
        young = known["is_young"].astype("boolean").fillna(False).astype(bool)
        named = known[(known["n"] >= NAMED) & ~young]
        best = None if named.empty else str(_best(named)["segment"])
        names = {str(name): str(name) for name in drawn["segment"]}
        names |= {name: f"† {name}" for name in known.loc[young, "segment"].astype(str) if name in names}
        figure = _against_cost(drawn, "segment", answer, names, (mark or {}).get("segment"),
                               best if best in names else None)  # fmt: skip
        more = len(known) - len(drawn)
        rest = say("customers.return.more", n=numbers.count(more)) if more else ""
        caption = say("customers.return.caption_by", of=say(f"customers.return.of.{view}"))
        too_young = [f"† {words}" for words in said_of(answer, ("young_campaigns",))]
        said = foot(answer, None, rest, *too_young, *_apart(frame, answer), _everything(whole))
        return Drawn(_by_title(named, view), f"{caption} {_margin_words(answer)}", figure, said, frame)

    def listing(mark: dict[str, str]) -> Listing:
        name = mark["segment"]
        return Listing(lambda n: say("customers.return.rows_by", n=n, name=name), question, {"segment": name})

    return Chart("return_by", say("customers.return.name_by"), question, build, listing,
                 lambda: view_switch("return_view", VIEWS), compares=False)  # fmt: skip


def _everything(whole: Question) -> str:
    """The return of all won amounts against all spend, overheads included, beside those of single channels."""
    row = next(iter(whole.answer().rows()), {})
    return (
        say("customers.return.everything", share=numbers.percent(row["value"])) if row.get("value") is not None else ""
    )


def _best(named: pd.DataFrame) -> pd.Series:
    return named.sort_values("value", ascending=False, kind="stable").iloc[0]


def _by_title(named: pd.DataFrame, view: str) -> str:
    of = say(f"customers.return.of.{view}")
    if named.empty:
        return say("customers.return.title.few", of=of)
    best, below = _best(named), named[named["value"] < 0]
    share, names = numbers.percent(best["value"]), {"name": best["segment"]}
    if best["value"] < 0:
        return say("customers.return.title.all_below", of=of)
    if below.empty:
        form = "only" if len(named) == 1 else "best"
        return findings.fitted(f"customers.return.title.{form}", names, share=share, of=of)
    return findings.fitted("customers.return.title.below", names, share=share, n=numbers.count(len(below)))


def _apart(frame: pd.DataFrame, answer: Answer) -> list[str]:
    """Spend without a return, by the reason; and revenue whose cost is not known, or 0."""
    said = []
    unknown = frame[frame["value"].isna()]
    none = unknown[unknown["segment"] == NONE]
    other = unknown[unknown["segment"] != NONE]
    costly = other[other["cost"].fillna(0) > 0]
    if len(costly):
        names = ", ".join(str(name) for name in costly.nlargest(3, "cost")["segment"])
        said.append(say("customers.return.untouched", amount=numbers.money(costly["cost"].sum(), answer.currency),
                        n=numbers.count(len(costly)), names=names))  # fmt: skip
    free = other[other["cost"].fillna(0) == 0]
    if len(free):
        said.append(say("customers.return.free", n=numbers.count(len(free))))
    if len(none) and none["cost"].notna().any():
        said.append(say("customers.return.unnamed", amount=numbers.money(none["cost"].sum(), answer.currency)))
    if unknown["cost"].isna().all() and frame["value"].isna().all():
        said.append(why_missing(answer))
    return said
