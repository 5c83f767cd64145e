"""Each figure of the start pages opens its page in the same scope: the same value of as many is found there."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

from page_reading import assert_sound
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

Visit = Callable[..., AppTest]
Link = tuple[str, str]
COUNT = re.compile(r"\bn = ([\d,]+)|\bn ([\d,]+)|few, ([\d,]+)|([\d,]+) open deals? ")
FOUR_MONTHS = {"period": "custom", "from": "2024-09-01", "to": "2024-12-31"}
"""All together, targets and the rest differ in every figure."""
NARROWED = {
    **FOUR_MONTHS, "show": "target", "compare": "previous", "split": "industry", "where.pipeline": "Sales",
    "where.industry": "Rail",
}  # fmt: skip


def cards(block: Block) -> Iterator[Block]:
    """All cards of a page."""
    for child in block.children.values():
        if isinstance(child, Block):
            if getattr(getattr(child.proto, "flex_container", None), "border", False):
                yield child
            yield from cards(child)


def words(card: Block) -> str:
    """All that a card says: titles, captions, figures, the texts in its charts."""
    said = []
    for kind in ("metric", "subheader", "caption", "markdown"):
        said += [str(getattr(element, "value", "")) for element in card.get(kind)]
    return " | ".join([*said, *notes(card)]).replace("\\", "").replace("\u00a0", " ")


def notes(card: Block) -> list[str]:
    """The texts in the card's charts."""
    charts = [json.loads(chart.proto.spec)["layout"].get("annotations", []) for chart in card.get("plotly_chart")]
    return [re.sub("<[^>]*>", "", note["text"]) for chart in charts for note in chart]


def link_of(card: Block) -> Link | None:
    """The page and the query of the card's way to its page."""
    found = [link.proto for link in card.get("page_link") if link.proto.label.startswith("Open ")]
    return (found[0].page, found[0].query_string) if found else None


def holds(text: str, figure: str) -> bool:
    """Whether the figure stands in the text, not as a part of another one."""
    return bool(re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d]|[.,]\d)", text))


def figures_of(app: AppTest) -> Iterator[tuple[str, str, str, Link]]:
    """(name, value, how many, link) of every figure of a start page that is known; of a chart its finding."""
    for card in cards(app.main):
        link, said = link_of(card), words(card)
        if link is None:
            continue
        counts = [next(filter(None, found)) for found in COUNT.findall(said)]
        name = value = said.split(" | ")[0]
        if card.get("metric"):
            name, value = card.metric[0].label, card.metric[0].value
        elif len(notes(card)) == 1:  # a large number on the wall
            value = notes(card)[0]
        value = value.replace("\u00a0", " ")
        if value != "n/a":
            yield name, value, counts[0], link


def follow(visit: Visit, workspace: Path, start: AppTest, opened: dict[str, AppTest]) -> dict[str, Link]:
    """Every figure of the start page looked up where its link leads: name → link. `opened`: pages open so far."""
    assert_sound(start)
    found = {}
    for name, value, count, link in figures_of(start):
        page, query = link
        params = parse_qs(query)
        params.pop("role", None)
        place = f"{page}?{sorted(params.items())}"
        if place not in opened:
            opened[place] = visit(page, workspace, **params)
            assert_sound(opened[place])
        there = [words(card) for card in cards(opened[place].main)]
        assert any(holds(text, value) and holds(text, count) for text in there), (name, value, count, place)
        found[name] = link
    return found


def test_every_figure_of_the_start_pages_is_found_where_its_link_leads(visit: Visit, two_pipelines: Path) -> None:
    opened: dict[str, AppTest] = {}
    leader, seller, executive = (
        follow(visit, two_pipelines, visit("overview", two_pipelines, **FOUR_MONTHS, role=role), opened)
        for role in ("leader", "seller", "executive")
    )
    assert len(leader) == 7
    assert len(seller) == 1
    assert executive.keys() <= leader.keys()


def test_a_link_carries_the_whole_scope(visit: Visit, two_pipelines: Path) -> None:
    links = {name: link for name, _, _, link in figures_of(visit("overview", two_pipelines, **NARROWED))}
    assert len(links) == 7
    for _, query in links.values():
        said = {key: values[0] for key, values in parse_qs(query).items()}
        assert {key: said.get(key) for key in NARROWED} == NARROWED
    assert parse_qs(links["With opportunity"][1])["view.funnel"] == ["accounts"]
