"""Engagement: who engages and when, kept engaged along the funnel, how deep, with whom, and whom nobody works."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from dashboard import charts
from dashboard.cards.chart import cut_short, foot
from dashboard.cards.page import Page
from dashboard.cards.parts import Chart, Drawn, Listing
from dashboard.cards.question import Question
from dashboard.cards.sides import sides
from dashboard.cards.tables import theme_mode
from dashboard.text import numbers, say, segment_name
from metrics import Answer, clearly_lowest

MOST_LINES, MOST_MONTHS, MOST_SEGMENTS = 4, 24, 5
NARROW = 350
"""Pixels inside the narrower card of a row, on a page 1280 wide."""
CLEAR = {"better": "more", "worse": "less"}
DEPTHS = {"none": "none", "some": "some", "most": "most", "nearly all": "nearly_all"}
RECENCIES = {"0-6": "d0-6", "7-29": "d7-29", "30-59": "d30-59", "60+": "d60_up"}
LATELY, DEEP = ("0-6", "7-29"), ("most", "nearly all")
TOUCHES = ("light", "download", "webinar", "meeting")
BANDS = ("none", "one", "few", "many")
SCORES = ("0-19", "20-39", "40-59", "60-79", "80-100")


def trend_chart(page: Page) -> Chart:
    """The share of accounts engaged each month or quarter, target beside the rest."""
    question, whole = page.asks("engaged_accounts", by=page.account_split), page.asks("engaged_accounts")
    unit = _unit(question, page)
    lines = question.but(grain=unit)

    def build(answer: Answer, _chosen: dict[str, str] | None) -> Drawn | None:
        frame = lines.answer().frame
        kept = answer.frame.nlargest(MOST_LINES, "n", keep="first")["segment"]
        frame = frame[frame["segment"].isin(kept)]
        if frame["value"].notna().sum() == 0:
            return None
        figure = charts.trend_lines(frame, kind="percent", mode=theme_mode())
        least = int(answer.options.get("engaged_min", 1))
        key = "engagement.trend.caption_one" if least == 1 else "engagement.trend.caption"
        caption = say(key, unit=say(f"engagement.units.{unit}"), least=least)
        row = whole.answer().rows()[0]
        share = numbers.rate(row["value"], row["numerator"], row["denominator"])
        together = say("engagement.trend.together", share=share) if page.account_split else ""
        said = foot(answer, row["n"], together, cut_short(answer, unit), charts.few_points(frame), sides(answer))
        return Drawn(_trend_title(answer, page), caption, figure, said, frame)

    def listing(mark: dict[str, str]) -> Listing:
        segment, key = mark["segment"], "rows_all" if mark["segment"] == "All" else "rows"
        words = {"period": numbers.period(mark["period"]), "segment": segment_name(segment)}
        return Listing(lambda n: say(f"engagement.trend.{key}", n=n, **words), lines, mark | {"is_engaged": "true"})

    return Chart("engaged_accounts", say("engagement.trend.name"), question, build, listing)


def _unit(question: Question, page: Page) -> str:
    """Months, or quarters where these would be too many."""
    start, end = question.scope.start, question.scope.end or page.as_of
    return "month" if start is not None and (end - start).days <= MOST_MONTHS * 31 else "quarter"


def _trend_title(answer: Answer, page: Page) -> str:
    found = [c for c in answer.comparison if c.segments == ("target", "rest")]
    if not found or found[0].verdict == "too few to say":
        return say("engagement.trend.title", share=engaged_share(page))
    one, other = (numbers.percent(value) for value in found[0].values)
    return say(f"engagement.trend.title_{CLEAR.get(found[0].verdict, 'unclear')}", one=one, other=other)


def engaged_share(page: Page) -> str:
    """The share of all accounts in the page's scope that are engaged, in words."""
    row = page.asks("engaged_accounts").answer().rows()[0]
    return numbers.rate(row["value"], row["numerator"], row["denominator"])


def standing_chart(page: Page) -> Chart:
    """The share engaged lately of accounts without a deal, in each open stage, and of customers."""
    question = page.asks("engaged_accounts", by="standing")

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        frame = answer.frame[answer.frame["n"] > 0].reset_index(drop=True)
        if frame.empty:
            return None
        texts = [numbers.rate(r.value, r.numerator, r.denominator) for r in frame.itertuples()]
        names = {str(key): _standing(str(key)) for key in frame["standing"]}
        lowest = _lowest(frame)
        figure = charts.measured_bars(
            frame, key="standing", texts=texts, names=names, highlight=lowest, mode=theme_mode(),
            columns={say("engagement.standing.accounts"): [numbers.count(n) for n in frame["n"]]},
            header=say("engagement.standing.header"), selected=(chosen or {}).get("standing"),
        )  # fmt: skip
        title = _standing_title(frame, lowest, names)
        return Drawn(title, say("engagement.standing.caption"), figure, foot(answer, frame["n"].sum()), frame)

    def listing(mark: dict[str, str]) -> Listing:
        words = _standing(mark["standing"])
        return Listing(lambda n: say("engagement.standing.rows", n=n, standing=words), question, mark, _by_engaged)

    return Chart("engaged_standing", say("engagement.standing.name"), question, build, listing, compares=False)


def _lowest(frame: pd.DataFrame) -> str | None:
    """The standing on the way that is clearly less engaged than the others with enough accounts; None without one."""
    told = frame[(frame["n"] >= numbers.SMALL) & (frame["standing"] != "no_deal") & frame["value"].notna()]
    if len(told) < 2:
        return None
    place, is_clear = clearly_lowest(told["numerator"], told["denominator"])
    return str(told["standing"].iloc[place]) if is_clear else None


def _standing_title(frame: pd.DataFrame, lowest: str | None, names: Mapping[str, str]) -> str:
    """Where engagement is lowest; where a lower bar is drawn, what it is the lowest of. Where nobody is, that."""
    if frame["numerator"].sum() == 0:
        return say("engagement.standing.title_none", n=numbers.count(frame["n"].sum()))
    if lowest is None:
        return say("engagement.standing.title_even")
    value = frame.loc[frame["standing"] == lowest, "value"].iloc[0]
    lower = set(frame.loc[frame["value"] < value, "standing"])
    form = "title_large" if lower - {"no_deal"} else "title_deals" if lower else "title"
    return say(f"engagement.standing.{form}", standing=names[lowest], share=numbers.percent(value), least=numbers.SMALL)


def _standing(key: str) -> str:
    return say(f"engagement.standing.{key}") if key in ("no_deal", "customer") else key


def _by_engaged(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    engaged = rows["is_engaged"].astype(bool)
    return {say("engagement.standing.engaged"): rows[engaged], say("engagement.standing.not_engaged"): rows[~engaged]}


def grid_chart(page: Page) -> Chart:
    """Engaged accounts by how deep and how recent their engagement is."""
    question = page.asks("engagement_quality")
    depths = {key: say(f"engagement.grid.depth.{name}") for key, name in DEPTHS.items()}
    recencies = {key: say(f"engagement.grid.recency.{name}") for key, name in RECENCIES.items()}

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = question.rows({})
        if rows.empty:
            return None
        cells = rows.groupby(["recency_band", "depth_band"]).size().reset_index(name="n")
        selected = (chosen["depth_band"], chosen["recency_band"]) if chosen else None
        figure = charts.band_grid(
            cells, across=("depth_band", depths), down=("recency_band", recencies), mode=theme_mode(),
            titles=(say("engagement.grid.across"), say("engagement.grid.down")), selected=selected,
        )  # fmt: skip
        good = (rows["recency_band"].isin(LATELY) & rows["depth_band"].isin(DEEP)).mean()
        middle = say("engagement.grid.foot", depth=numbers.percent(answer.rows()[0]["value"]))
        title = say("engagement.grid.title", share=numbers.percent(good))
        table = cells.replace({"recency_band": recencies, "depth_band": depths})
        return Drawn(title, say("engagement.grid.caption"), figure, foot(answer, len(rows), middle), table)

    def listing(mark: dict[str, str]) -> Listing:
        words = {"depth": depths[mark["depth_band"]].lower(), "recency": recencies[mark["recency_band"]].lower()}
        return Listing(lambda n: say("engagement.grid.rows", n=n, **words), question, mark)

    return Chart("engagement_grid", say("engagement.grid.name"), question, build, listing, compares=False)


def mix_chart(page: Page) -> Chart:
    """What the engagement points come from, target beside the rest."""
    question = page.asks("engagement_quality", by=page.account_split)
    behind = replace(question, part="by_touch")
    words = {touch: say(f"engagement.mix.{touch}") for touch in TOUCHES}

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = behind.rows({})
        if rows.empty:
            return None
        points = rows.groupby(["segment", "touch"])["measure"].agg(["sum", "count"]).reset_index()
        whole = points.groupby("segment")["sum"].transform("sum")
        frame = _largest(points.assign(share=points["sum"] / whole, n=points["count"]), answer)
        figure = charts.part_bars(
            frame, part="touch", parts=words, selected=_selected(chosen, "touch"), inside=NARROW, mode=theme_mode(),
            columns={say("engagement.mix.points"): _cells(answer, "points", numbers.number),
                     say("engagement.mix.minutes"): _cells(answer, "minutes", numbers.number)},
        )  # fmt: skip
        most = rows.groupby("touch")["measure"].sum() / rows["measure"].sum()
        title = say("engagement.mix.title", share=numbers.percent(most.max()), touch=words[str(most.idxmax())].lower())
        caption = say("engagement.mix.caption", days=answer.options.get("window_days"))
        table = frame[["segment", "touch", "share", "n"]].replace({"touch": words})
        return Drawn(title, caption, figure, foot(answer, answer.frame["n"].sum(), sides(answer)), table)

    def listing(mark: dict[str, str]) -> Listing:
        return _part_listing("mix", behind, mark, {"touch": words[mark["touch"]].lower()})

    return Chart("engagement_mix", say("engagement.mix.name"), question, build, listing)


def people_chart(page: Page) -> Chart:
    """How many people of the accounts are engaged: none, one, a few, many."""
    question = page.asks("account_penetration", by=page.account_split)
    words = {band: say(f"engagement.people.{band}") for band in BANDS}

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = question.rows({})
        if rows.empty or answer.frame["value"].isna().all():
            return None
        frame = _largest(_shares(rows, "people_band"), answer)
        columns = {say("engagement.people.known"): _cells(answer, "people_known", numbers.number),
                   say("engagement.people.departments"): _cells(answer, "departments", numbers.number),
                   say("engagement.people.roles"): _roles(answer)}  # fmt: skip
        columns = {title: cells for title, cells in columns.items() if cells}
        figure = charts.part_bars(frame, part="people_band", parts=words, columns=columns, mode=theme_mode(),
                                  selected=_selected(chosen, "people_band"))  # fmt: skip
        share = numbers.percent((rows["measure"] <= 1).mean())
        any_of = rows.loc[rows["measure"] > 0, "measure"]
        typical = say("engagement.people.foot", n=numbers.number(any_of.median())) if len(any_of) else ""
        said = foot(answer, answer.frame["n"].sum(), typical, _required(answer), sides(answer))
        title = say("engagement.people.title", share=share)
        return Drawn(title, say("engagement.people.caption"), figure, said, answer.frame)

    def listing(mark: dict[str, str]) -> Listing:
        return _part_listing("people", question, mark, {"band": say(f"engagement.people.band_{mark['people_band']}")})

    return Chart("account_penetration", say("engagement.people.name"), question, build, listing)


def _required(answer: Answer) -> str:
    """Which roles are counted: those named in the settings, else the rule that finds them."""
    if answer.frame["roles_covered"].isna().all():
        return ""
    named = str(answer.options["required_roles"])
    return say("engagement.people.required", roles=named) if named else say("engagement.people.required_of_won")


def _roles(answer: Answer) -> dict[str, str]:
    """ "1 of 3": required roles covered; nothing where none are required or known."""
    known = answer.frame[answer.frame["roles_covered"].notna()]
    return {
        str(row["segment"]): say("engagement.people.of_required", n=numbers.number(row["roles_covered"]),
                                 of=numbers.count(row["roles_required"]))
        for _, row in known.iterrows()
    }  # fmt: skip


def strength_chart(page: Page) -> Chart:
    """How the scores of the relationships are spread."""
    question = page.asks("relationship_strength", by=page.account_split)
    words = {band: band.replace("-", "–") for band in SCORES}

    def build(answer: Answer, chosen: dict[str, str] | None) -> Drawn | None:
        rows = question.rows({})
        if rows.empty:
            return None
        frame = _largest(_shares(rows, "band"), answer)
        columns = {say("engagement.strength.score"): _cells(answer, "value", numbers.number),
                   say("engagement.strength.silence"): _cells(answer, "longest_gap_days", numbers.number)}  # fmt: skip
        figure = charts.part_bars(frame, part="band", parts=words, columns=columns, mode=theme_mode(),
                                  selected=_selected(chosen, "band"))  # fmt: skip
        return Drawn(_strength_title(answer, rows), say("engagement.strength.caption"), figure,
                     foot(answer, len(rows), *_strength_facts(answer, rows), sides(answer)), answer.frame)  # fmt: skip

    def listing(mark: dict[str, str]) -> Listing:
        return _part_listing("strength", question, mark, {"band": words[mark["band"]]})

    return Chart("relationship_strength", say("engagement.strength.name"), question, build, listing)


def _strength_title(answer: Answer, rows: pd.DataFrame) -> str:
    found = [c for c in answer.comparison if c.segments == ("target", "rest") and c.verdict in CLEAR]
    if found:
        one, other = (numbers.count(value) for value in found[0].values)
        return say("engagement.strength.title_clear", one=one, other=other)
    return say("engagement.strength.title", score=numbers.count(rows["measure"].median()))


def _strength_facts(answer: Answer, rows: pd.DataFrame) -> list[str]:
    """How many scores rest on fewer parts: those of accounts long silent, and those with a part that is not known."""
    days = answer.options["window_days"]
    silent = rows["days_since"] >= days
    counts = {"silent": int(silent.sum()), "partial": int((rows["missing"].notna() & ~silent).sum())}
    facts = [say(f"engagement.strength.{key}", n=numbers.count(n), days=days) for key, n in counts.items() if n]
    scores = int(rows["sentiment_n"].sum())
    if scores:
        mean = float((rows["sentiment"] * rows["sentiment_n"]).sum()) / scores
        value = numbers.signed(numbers.number(mean, significant=2), mean)
        facts.append(say("engagement.strength.sentiment", value=value, n=numbers.count(scores)))
    return facts


def _shares(rows: pd.DataFrame, band: str) -> pd.DataFrame:
    """Of each segment's accounts, the share in each band."""
    counted = rows.groupby(["segment", band]).size().reset_index(name="n")
    return counted.assign(share=counted["n"] / counted.groupby("segment")["n"].transform("sum"))


def _largest(frame: pd.DataFrame, answer: Answer) -> pd.DataFrame:
    """The segments with the most units, in the answer's order."""
    kept = set(answer.frame.nlargest(MOST_SEGMENTS, "n", keep="first")["segment"])
    order = {segment: place for place, segment in enumerate(answer.frame["segment"])}
    own = frame[frame["segment"].isin(kept)]
    return own.sort_values("segment", key=lambda s: s.map(order), kind="stable", ignore_index=True)


def _cells(answer: Answer, column: str, words: Callable[[object], str]) -> dict[str, str]:
    """The column's figures in words, by segment; nothing where none is known."""
    if answer.frame[column].isna().all():
        return {}
    return {str(s): words(v) for s, v in zip(answer.frame["segment"], answer.frame[column], strict=True)}


def _selected(chosen: Mapping[str, str] | None, part: str) -> tuple[str, str] | None:
    return (chosen["segment"], chosen[part]) if chosen else None


def _part_listing(card: str, question: Question, mark: dict[str, str], words: dict[str, str]) -> Listing:
    """The accounts of one part of a bar."""
    key = "rows" if mark["segment"] == "All" else "rows_of"
    named = words | {"segment": segment_name(mark["segment"])}
    return Listing(lambda n: say(f"engagement.{card}.{key}", n=n, **named), question, mark,
                   measure=say(f"engagement.{card}.measure"))  # fmt: skip


def engagement_sentence(page: Page) -> str:
    """What share is engaged, and how deep."""
    question = page.asks("engaged_accounts")
    if question.missing_tables() or question.answer().is_empty:
        return ""
    whole = question.answer().rows()[0]
    if whole["value"] == 0:
        return say("engagement.nobody", n=numbers.count(whole["n"]))
    depth = page.asks("engagement_quality").answer().rows()[0]["value"]
    if numbers.is_missing(depth):
        return say("engagement.share", share=engaged_share(page))
    return say("engagement.both", share=engaged_share(page), depth=numbers.percent(depth))
