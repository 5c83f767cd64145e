"""What a page says and draws, read out of Streamlit's AppTest."""

import json
import re

from streamlit.testing.v1 import AppTest

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


def assert_sound(app: AppTest) -> None:
    assert not app.exception, app.exception
    assert app.title
    for text in texts(app):
        assert not UNDEFINED.search(text), text
    for figure in figures(app):
        assert figure["data"], "a chart without marks"
        assert "nan" not in json.dumps(figure["layout"].get("annotations", [])).casefold().replace("finance", "")
