"""Nothing goes around the room that makes text safe: what Markdown outlets show is words of ours, or made safe."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dashboard

ROOM = Path(dashboard.__file__).parent
OUTLETS = {
    "caption", "markdown", "header", "subheader", "title", "write", "metric", "badge", "button", "download_button",
    "link_button", "expander", "popover", "toast", "error", "warning", "info", "success", "checkbox", "toggle", "radio",
    "pills", "segmented_control", "tabs", "menu_button", "selectbox", "multiselect", "text_input", "text_area",
    "number_input", "date_input", "slider", "file_uploader", "form_submit_button", "page_link", "progress", "spinner",
}  # fmt: skip
SHOWN = ("label", "body", "help", "delta", "text", "value")
"""Arguments that are rendered too. A `value` is so in a metric alone; elsewhere it is what a field holds."""
NAMED_ALONE = {"progress", "page_link"}
"""Outlets whose first argument is no text."""
RENDERS_OPTIONS = {"radio", "pills", "segmented_control"}
OURS = {"say", "say_markdown", "for_markdown", "dimension_name"}
HANDED_ON = {
    ("cards/empty.py", "icon"): "the names of our icons",
    ("cards/empty.py", "label"): "the words of our buttons",
    ("cards/kpi.py", "figure.label"): "words of ours for each figure",
    ("cards/kpi.py", "_mark(reading)"): "an icon in its colour",
    ("topics/progress.py", "ICONS[icon]"): "the name of an icon",
    ("filters/bar.py", "title"): "the pages' titles",
    ("loading/importing.py", "text"): "the steps of loading, with counts",
    ("views/definitions.py", "_topic(metric)"): "the names of our topics",
    ("topics/cohorts.py", "label"): "words of ours for each switch",
    ("topics/cohorts.py", "words()"): "words of ours for each choice of a switch",
    ("topics/accounts.py", "words()"): "words of ours for each choice of a switch",
    ("topics/account_tiles.py", "figure_words(kind, value)"): "a number",
    ("cards/kpi.py", "reading.value"): "a number",
    ("cards/settings.py", "label or option.name"): "words of ours, or the names of our switches",
    ("filters/bar.py", "_ICONS['quality']"): "the name of an icon",
    ("filters/bar.py", "words.__getitem__()"): "words of ours for target, rest and both",
    ("loading/questions.py", "_choice_words(question.kind, choice)"): "words of ours, else made safe",
}
"""What a function passes to an outlet for its callers, and why it is never text from the data."""


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, dict[str, list[ast.expr]]]]:
    """Every call of a Markdown outlet of Streamlit, with what is assigned to each name in its function."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.Module):
            continue
        assigned: dict[str, list[ast.expr]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        assigned.setdefault(target.id, []).append(node.value)
                    elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                        for name, value in zip(target.elts, node.value.elts, strict=False):
                            if isinstance(name, ast.Name):
                                assigned.setdefault(name.id, []).append(value)
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _is_outlet(node.func):
                    yield node, assigned


def _is_outlet(called: ast.expr) -> bool:
    """`st.caption`, or the same of a container."""
    return isinstance(called, ast.Attribute) and called.attr in OUTLETS and getattr(called.value, "id", "") != "rows"


def is_safe(node: ast.expr, file: str, assigned: dict[str, list[ast.expr]]) -> bool:
    """A constant, words of ours, text made safe, a composition of these, or a local name for one."""
    if isinstance(node, ast.Constant) or (file, ast.unparse(node)) in HANDED_ON:
        return True
    if isinstance(node, ast.Name):
        values = assigned.get(node.id, [])
        return bool(values) and all(is_safe(value, file, {}) for value in values)
    parts = _parts(node)
    if parts is not None:
        return all(is_safe(part, file, assigned) for part in parts)
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in OURS or getattr(getattr(node.func, "value", None), "id", "") == "numbers"
    return ast.unparse(node).startswith("numbers.")


def _parts(node: ast.expr) -> list[ast.expr] | None:
    if isinstance(node, ast.JoinedStr):
        return [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    is_join = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join"
    if is_join and isinstance(node.args[0], ast.GeneratorExp | ast.ListComp):
        return [node.args[0].elt]
    return None


def shown(call: ast.Call) -> Iterator[ast.expr]:
    """What a call gives an outlet to render: its first argument, those by name, and what makes the options' words."""
    assert isinstance(call.func, ast.Attribute)
    outlet = call.func.attr
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    yield from call.args[:1] if outlet not in NAMED_ALONE else ()
    if outlet == "metric":
        yield from call.args[1:]
    yield from (named[name] for name in SHOWN if name in named and (name != "value" or outlet == "metric"))
    if outlet in RENDERS_OPTIONS:
        words = named.get("format_func")
        if words is None:
            yield call.args[1] if len(call.args) > 1 else named["options"]
        else:
            yield words.body if isinstance(words, ast.Lambda) else ast.Call(words, [], [])


FILES = sorted(ROOM.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOM)))
def test_markdown_shows_only_our_words_or_safe_text(file):
    place = str(file.relative_to(ROOM))
    around = [
        f"{place}:{call.lineno} {ast.unparse(text)}"
        for call, assigned in calls(ast.parse(file.read_text(encoding="utf-8")))
        for text in shown(call)
        if not is_safe(text, place, assigned)
    ]
    assert around == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOM)))
def test_no_file_renders_html(file):
    source = file.read_text(encoding="utf-8")
    assert "unsafe_allow_html" not in source
    assert "st.html(" not in source
    assert "st.table(" not in source
