"""How fast: days to win, days in each stage, the age of open deals, and survival that counts the deals still open."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard import charts, visit
from dashboard.cards.chart import foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.text import findings, findings_time, numbers, say, segment_name
from dashboard.topics.curve_marks import chosen_point, still_followed
from dashboard.topics.stages import of_pipeline, stages_caption
from metrics import Answer, Scope, logrank

MOST_MARKS = 400


def days_to_win_chart(page: Page) -> Chart:
    """Days from opened to won, and the same of the period compared with."""
    question, whole = page.asks("deal_velocity", by=page.split), page.asks("deal_velocity")
    earlier = page.earlier(question)

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn:
        before = earlier.answer().frame if earlier else None
        before = None if before is None or not before["n"].sum() else before
        figure = charts.duration_bars(
            _with_mean(answer.frame), earlier=None if before is None else _with_mean(before),
            period=say("velocity.now"), earlier_period=_before(page), mode=theme_mode(),
        )  # fmt: skip
        said = sides(answer)
        more = [say("velocity.win.on_average", said=said)] if said else []
        if page.split is not None:
            median = numbers.days(whole.answer().rows()[0]["median"], unit=True)
            more.insert(0, say("velocity.win.together", days=median))
        hollow = "" if before is None else say("velocity.win.caption_earlier")
        return Drawn(_win_title(page, answer), f"{say('velocity.win.caption')} {hollow}".strip(), figure,
                     foot(answer, answer.frame["n"].sum(), *more))  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        asked = earlier if earlier and mark.get("compared") else question
        name = segment_name(mark["segment"])
        return Listing(lambda n: say("velocity.win.rows", n=n, segment=name), asked, {"segment": mark["segment"]},
                       measure=say("velocity.win.measure"))  # fmt: skip

    return Chart("deal_velocity", say("velocity.win.name"), question, build, listing)


def _with_mean(frame: pd.DataFrame) -> pd.DataFrame:
    """The value of the metric is the mean; the chart shows it beside the median."""
    return frame.rename(columns={"value": "mean"})


def _before(page: Page) -> str:
    return say(f"velocity.earlier.{page.choice.other_period()}")


def _win_title(page: Page, answer: Answer) -> str:
    medians = {row["segment"]: row["median"] for row in answer.rows()}
    if page.split == "target" and answer.comparison:
        return findings.target_or_rest(
            answer.comparison[0], metric="deal_velocity", title=answer.metric.title, kind="days"
        )
    first = next(iter(medians.values()), None)
    return say("velocity.win.title", days=numbers.days(first, unit=True))


def _in_order(question: Question) -> pd.DataFrame:
    """The stages of one pipeline, in their order."""
    return question.answer().frame.sort_values("stage_order", kind="stable", ignore_index=True)


def stage_chart(page: Page) -> Chart:
    """Completed visits: the middle half, to P90, and by how many days the median moved."""
    question, whole = page.asks_of_pipeline("days_in_stage", by=page.split), page.asks_of_pipeline("days_in_stage")
    earlier = page.earlier(whole)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame, total = _in_order(question), _in_order(whole)
        frame = frame[frame["n"] > 0]
        if frame.empty:
            return None
        then = _in_order(earlier) if earlier else total.iloc[:0]
        change = _moved(total, then)
        figure = charts.stage_durations(
            frame, change=change or None, change_title=say(f"kpi.against.{page.choice.other_period()}"),
            clear=findings_time.clearly_slower(total, then) if change else None, selected=(chosen or {}).get("stage"),
            mode=theme_mode(),
        )  # fmt: skip
        title = of_pipeline(page, lambda limit: findings_time.slowed_or_longest(total, then, limit=limit))
        caption = stages_caption(page, say("velocity.stages.caption"))
        return Drawn(title, caption, figure, foot(answer, total["n"].sum(), sides(answer)), frame)

    def listing(mark: dict[str, str]) -> Listing:
        where = {"pipeline": page.pipeline, "stage": mark["stage"]}
        return Listing(lambda n: say("velocity.stages.rows", n=n, stage=mark["stage"]), whole, where, _by_side,
                       say("velocity.stages.measure"))  # fmt: skip

    return Chart("days_in_stage", say("velocity.stages.name"), question, build, listing, needs=("stage_visits",))


def _moved(now: pd.DataFrame, then: pd.DataFrame) -> dict[str, float]:
    both = now.merge(then[["stage", "value"]], on="stage", suffixes=("", "_then")).dropna(
        subset=["value", "value_then"]
    )
    return {str(row["stage"]): float(row["value"] - row["value_then"]) for _, row in both.iterrows()}


def _by_side(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {segment_name(side): rows[rows["target"] == side] for side in ("target", "rest")}


def ageing_chart(page: Page) -> Chart:
    """Every open deal at its days in the stage, against how long others stayed."""
    question = replace(page.asks_of_pipeline("days_in_stage", by="target"), part="present")

    def build(_answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        open_now = question.rows({})
        limits = _limits(page, open_now)
        if open_now.empty or limits.empty:
            return None
        marks = open_now.assign(days=open_now["age"], stalled=open_now["is_stalled"].fillna(False).astype(bool),
                                name=open_now["account"])  # fmt: skip
        figure = charts.ageing_strip(marks, limits, selected=(chosen or {}).get("stage"), mode=theme_mode())
        blue = say("velocity.ageing.caption_targets") if page.has_targets else ""
        caption = stages_caption(page, f"{say('velocity.ageing.caption')} {blue}".strip())
        title = of_pipeline(page, lambda limit: findings_time.stalled(limits, limit=limit))
        return Drawn(title, caption, figure, _open_words(len(open_now)), limits)

    def listing(mark: dict[str, str]) -> Listing:
        where = {"pipeline": page.pipeline, **mark}
        title = "velocity.ageing.row" if "opportunity_id" in mark else "velocity.ageing.rows"
        return Listing(lambda n: say(title, n=n, stage=mark["stage"]), question, where, _by_stalled,
                       say("velocity.stages.measure"))  # fmt: skip

    return Chart("ageing", say("velocity.ageing.name"), question, build, listing, needs=("stage_visits",))


def _open_words(n: int) -> str:
    return say("card.n", n=numbers.count(n), units=say("velocity.ageing.units"))


def _by_stalled(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    stalled = rows["is_stalled"].fillna(False).astype(bool)
    return {say("velocity.ageing.stalled"): rows[stalled], say("velocity.ageing.not_stalled"): rows[~stalled]}


def _limits(page: Page, open_now: pd.DataFrame) -> pd.DataFrame:
    """Each stage's P50, P75 and P90 of all completed visits, whatever the filters, and the deals open in it now."""
    everything = Question("days_in_stage", Scope(filters=(("pipeline", (page.pipeline,)),)))
    stages = _in_order(everything)[["stage", "value", "p75", "limit_days"]]
    stages = stages.rename(columns={"value": "median", "limit_days": "p90"})
    counts = open_now.groupby("stage")["is_stalled"].agg(open_n="size", stalled_n=lambda s: s.fillna(False).sum())
    table = stages.merge(counts, on="stage", how="left").fillna({"open_n": 0, "stalled_n": 0})
    table["stalled_n"] = table["stalled_n"].where(table["p90"].notna())
    return table.astype({"open_n": int, "stalled_n": float})


def survival_chart(page: Page) -> Chart:
    """Share closed by days since opening, the deals still open counted as not yet closed (Kaplan–Meier)."""
    question = page.asks("deal_velocity", by=page.split)

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        tables = {name: table for name, table in question.life().items() if len(table.time)}
        if not tables:
            return None
        frame = pd.concat([_curve(name, table) for name, table in tables.items()], ignore_index=True)
        medians = {name: table.median() for name, table in tables.items()}
        known = {name: days for name, days in medians.items() if days is not None}
        figure = charts.survival_curves(
            frame, medians=known, until=_until(tables), selected=chosen_point(chosen, "segment", "t"), mode=theme_mode()
        )
        followed = sum(float(table.at_risk[0]) for table in tables.values())
        still = sum(float(table.censored.sum()) for table in tables.values())
        said = say("velocity.survival.foot", n=numbers.count(followed), open=numbers.count(still))
        if set(tables) == {"target", "rest"}:
            p = logrank(tables["target"], tables["rest"])
            said += "" if p is None else " · " + say("velocity.survival.logrank", p=_p_value(p))
        return Drawn(findings_time.half_closed(medians), say("velocity.survival.caption"), figure, said,
                     answer.frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        return still_followed(
            replace(question, part="followed"), {"segment": mark["segment"]}, float(mark["t"]),
            segment_name(mark["segment"]), say("velocity.survival.measure"),
        )  # fmt: skip

    return Chart("survival", say("velocity.survival.name"), question, build, listing, fits_narrow=True)


def _curve(name: str, table: Any) -> pd.DataFrame:
    low, high = table.band()
    columns = {"t": table.time, "value": 1 - table.survival, "low": 1 - high, "high": 1 - low, "n": table.at_risk}
    return pd.DataFrame(columns).assign(segment=name)


def _until(tables: dict[str, Any]) -> float:
    """The last day with at least five deals still followed in every segment; beyond it a curve is mere noise."""
    last = [float(table.time[table.at_risk >= numbers.FEW].max()) for table in tables.values()
            if (table.at_risk >= numbers.FEW).any()]  # fmt: skip
    return max(float(np.max(last)) if last else 1.0, 1.0)


def _p_value(p: float) -> str:
    return say("velocity.survival.tiny") if p < 0.001 else f"= {numbers.number(p, significant=2)}"


def owner_chart(page: Page) -> Chart:
    """Won revenue by owner."""
    question = page.asks("owner_performance")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame[answer.frame["value"].notna()]
        total = float(frame["value"].sum())
        if frame.empty or total <= 0:
            return None
        frame = frame.assign(share=frame["value"] / total)
        first = frame.sort_values("value", ascending=False, kind="stable").iloc[0]
        figure = charts.share_bars(
            frame, key="owner", length="value", share="share", kind="money", currency=answer.currency,
            highlight=str(first["owner"]) if len(frame) > 1 else None, selected=(chosen or {}).get("owner"),
            mode=theme_mode(),
        )  # fmt: skip
        return Drawn(_owner_title(frame, first, answer), say("velocity.owners.caption"), figure,
                     foot(answer, frame["n"].sum()), answer.frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        where = {"owner": mark["owner"], "outcome": "won"}
        return Listing(lambda n: say("velocity.owners.rows", n=n, owner=mark["owner"]), question, where)

    return Chart("owner_performance", say("velocity.owners.name"), question, build, listing)


def _owner_title(frame: pd.DataFrame, first: pd.Series, answer: Answer) -> str:
    money = numbers.money(first["value"], answer.currency)
    if len(frame) == 1:
        return findings.fitted("velocity.owners.alone", {"owner": first["owner"]}, money=money)
    share = numbers.percent(first["share"])
    return findings.fitted("velocity.owners.title", {"owner": first["owner"]}, money=money, share=share, of=len(frame))


def velocity_sentence(page: Page) -> str:
    """Where deals stick: the stage that slowed or takes longest, and where most have stalled; without a history of
    stages, how long deals take, or why that cannot be told."""
    question = page.asks_of_pipeline("days_in_stage")
    if question.missing_tables():
        return ""
    if not visit.snapshot().row_counts.get("stage_visits"):
        return _without_history(page)
    if question.answer().is_empty:
        return ""
    now, earlier = _in_order(question), page.earlier(question)
    then = _in_order(earlier) if earlier else now.iloc[:0]
    stalled = findings_time.stalled_page(now)

    def told(limit: int) -> str:
        room = min(findings.CARD, limit - len(stalled) - len("; ."))
        return findings.headline(findings_time.slowed_or_longest(now, then, limit=room), stalled, limit=limit)

    return of_pipeline(page, told, findings.PAGE)


def _without_history(page: Page) -> str:
    """The median days to win; that the deals came by an import, which says nothing of their opening; else ""."""
    answer = page.asks("deal_velocity").answer()
    row = next(iter(answer.rows()), {})
    if row.get("median") is not None and row["n"] >= numbers.FEW:
        return say("velocity.sentence_days", days=numbers.days(row["median"], unit=True), n=numbers.count(row["n"]))
    imported = sum(n for reason, n in answer.excluded if "bulk load" in reason)
    return say("velocity.sentence_imported", count=numbers.count(imported), n=imported) if imported else ""
