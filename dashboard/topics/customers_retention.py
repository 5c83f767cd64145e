"""What became of the revenue of the customers at the start: the bridge from then to now."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say, segment_name
from dashboard.topics.customers import customer_tables, is_by_contracts, said_of
from metrics import Answer

UNSEEN = ("left_between", "left_partly_known", "left_unknown", "moved_between", "moved_between_all", "moved_unknown",
          "taken_over")  # fmt: skip
"""The warnings of what is in no step: what moved on a first day, and contracts whose renewal counts in their place."""
STEPS = ("start", "new", "expansion", "contraction", "lost", "end")
HEIGHT = 276


@dataclass(frozen=True)
class Moved(Question):
    """The accounts behind a step of the bridge; what each brings to it is their measure."""

    step: str = "start"

    def rows(self, where: object = None) -> pd.DataFrame:  # noqa: ARG002 - a step is no key of the metric
        """The customers at the start, at the end, or of one movement."""
        before = super().rows({})
        new = replace(self, part="newcomers")
        joined = Question.rows(new, {}) if self.step in ("new", "end") else before.iloc[:0]
        if self.step == "start":
            return before.assign(measure=before["revenue_before"])
        if self.step == "new":
            return joined.assign(measure=joined["revenue_now"])
        if self.step == "end":
            kept = before[before["movement"] != "lost"]
            every = pd.concat([frame for frame in (kept, joined) if len(frame)] or [kept], ignore_index=True)
            return every.assign(measure=every["revenue_now"])
        own = before[before["movement"] == self.step]
        return own.assign(measure=own["change"]).reset_index(drop=True)


def bridge_chart(page: Page) -> Chart:
    """Revenue at the start, what came and went, and the revenue at the end: it adds up."""
    question = page.asks("revenue_retention")
    held = page.asks("revenue_retention", by="target") if page.split == "target" else None

    def build(answer: Answer, mark: dict[str, str] | None) -> Drawn | None:
        row = answer.rows()[0]
        if row["value"] is None:
            return None
        sizes = [row[{"start": "revenue_start", "end": "revenue_end"}.get(step, step)] for step in STEPS]
        counts = [len(Moved(question.name, question.scope, question.options, step=step).rows()) for step in STEPS]
        frame = pd.DataFrame({"step": STEPS, "value": sizes, "accounts": counts})
        shares = ["" if step in ("start", "end") else _share(step, size, row["revenue_start"])
                  for step, size in zip(STEPS, sizes, strict=True)]  # fmt: skip
        figure = charts.revenue_bridge(
            frame, names=_step_names(page, answer), currency=answer.currency, selected=(mark or {}).get("step"),
            columns={say("customers.bridge.of_start"): shares,
                     say("customers.bridge.accounts"): [numbers.count(n) for n in counts]},
            mode=theme_mode(), height=HEIGHT,
        )  # fmt: skip
        names = _step_names(page, answer)
        table = pd.DataFrame({
            say("customers.bridge.step"): [names[step] for step in STEPS],
            _money_head(answer): sizes, say("customers.bridge.accounts"): counts,
        })  # fmt: skip
        said = sides(held.answer()) if held else ""
        more = say("customers.bridge.foot", grr=numbers.percent(row["grr"]), nrr=numbers.percent(row["value"]))
        uncovered = " ".join(said_of(answer, ("before_uncovered",)))
        unseen = " ".join(said_of(answer, UNSEEN))
        title = say("customers.bridge.title.uncovered") if uncovered else _bridge_title(row)
        return Drawn(title, _bridge_caption(page, answer), figure,
                     foot(answer, row["customers"], more, said, uncovered, unseen), table)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing | None:
        step = mark.get("step")
        if step not in STEPS:
            return None
        moved = Moved(question.name, question.scope, question.options, step=str(step))
        head = say(f"customers.bridge.measure.{'change' if step not in ('start', 'end', 'new') else 'level'}")
        symbol = numbers.currency_symbol(question.answer().currency)
        return Listing(lambda n: say(f"customers.bridge.rows.{step}", n=n), moved, {},
                       _by_side, f"{head}, {symbol}" if symbol else head)  # fmt: skip

    return Chart("retention_bridge", say("customers.bridge.name"), question, build, listing,
                 others=(held,) if held else (), needs=customer_tables())  # fmt: skip


def _by_side(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {segment_name(side): rows[rows["target"] == side] for side in ("target", "rest")}


def _share(step: str, size: float, start: float) -> str:
    if not start or not size:
        return ""
    return numbers.signed_percent(charts.BRIDGE_SIGNS[step] * size / start)


def _money_head(answer: Answer) -> str:
    symbol = numbers.currency_symbol(answer.currency)
    words = say("customers.bridge.money")
    return f"{words}, {symbol}" if symbol else words


def _days(page: Page) -> tuple[date, date]:
    """The first and the last day of the period, the twelve months to the as-of day without one."""
    start, end = page.choice.dates(page.as_of)
    end = min(end or page.as_of, page.as_of)
    if start is not None:
        return start, end
    before = pd.Timestamp(end) + pd.Timedelta(days=1) - pd.DateOffset(months=12)
    return before.date(), end


def _step_names(page: Page, answer: Answer) -> dict[str, str]:  # noqa: ARG001
    names = {step: say(f"customers.bridge.steps.{step}") for step in STEPS}
    if is_by_contracts():
        start, end = _days(page)
        return names | {"start": numbers.date(start), "end": numbers.date(end)}
    return names


def _bridge_title(row: dict[str, float]) -> str:
    change = float(row["value"]) - 1
    form = "same" if abs(change) < 0.0005 else "more" if change > 0 else "less"
    return say(f"customers.bridge.title.{form}", share=numbers.percent(abs(change)))


def _bridge_caption(page: Page, answer: Answer) -> str:
    if is_by_contracts():
        return say("customers.bridge.by_contracts", days=numbers.count(answer.options["grace_days"]))
    start, end = _days(page)
    after = end + timedelta(days=1)
    whole = start.day == 1 and after.day == 1
    months = (after.year - start.year) * 12 + after.month - start.month
    before = say("customers.bridge.months", n=months) if whole else say("customers.bridge.days", n=(after - start).days)
    return say("customers.bridge.by_invoices", start=numbers.date(start), end=numbers.date(end), before=before)
