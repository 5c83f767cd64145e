"""What a page says and draws, read out of Streamlit's AppTest."""

import json
import re
from collections.abc import Iterator

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from metrics import catalog

WORDS = (
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "metric",
    "button",
    "error",
    "warning",
    "info",
    "success",
)
OWN_WORDS = ("chart.account.history", "chart.account.peers", "goals.chart", "quality.rows", "rows.")
"""Charts that draw no metric: a caption of their card says what they show."""
UNDEFINED = re.compile(r"\b(nan|NaN|None|NaT|<NA>)\b")


def texts(app: AppTest) -> list[str]:
    """All that the page says in words."""
    said = []
    for kind in WORDS:
        for element in app.get(kind):
            said += [str(getattr(element, part, "") or "") for part in ("value", "label", "delta")]
    return [text.replace("\\", "") for text in said if text]


def figures(app: AppTest) -> list[dict]:
    """The figures of the page, as plotly has them."""
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def assert_explained(app: AppTest) -> None:
    """Every figure and chart has its definition: in the card's menu, as a help beside it, or in the card's words."""
    for card, figure in _figures_in_cards(app.main, None):
        if figure.type == "metric" and figure.value == "n/a":
            continue  # the card says why
        assert card is not None, f"a figure outside of any card: {figure}"
        captions = [caption.value.replace("\\", "") for caption in card.get("caption")]
        heads = [head.proto.help for head in card.get("subheader")]
        own = figure.type != "metric" and any(name in figure.proto.id for name in OWN_WORDS) and any(captions)
        in_menu = any((button.key or "").endswith(".counted") for button in card.get("button"))
        helped = any(heads) or (figure.type == "metric" and figure.proto.help)
        defined = any(metric.definition in captions for metric in catalog().values())
        assert in_menu or helped or own or defined, f"no definition of {figure}"


def _figures_in_cards(block: Block, card: Block | None) -> Iterator[tuple[Block | None, Element]]:
    """Every figure and chart below the block, with the innermost bordered container around it."""
    for child in block.children.values():
        if isinstance(child, Block):
            bordered = bool(getattr(getattr(child.proto, "flex_container", None), "border", False))
            yield from _figures_in_cards(child, child if bordered else card)
        elif child.type in ("metric", "plotly_chart"):
            yield card, child


def assert_sound(app: AppTest) -> None:
    assert not app.exception, app.exception
    assert_explained(app)
    assert app.title
    for text in texts(app):
        assert not UNDEFINED.search(text), text
    for figure in figures(app):
        assert figure["data"], "a chart without marks"
        assert "nan" not in json.dumps(figure["layout"].get("annotations", [])).casefold().replace("finance", "")
