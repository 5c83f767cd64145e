"""No label of a figure goes around the room that makes text safe: plotly renders tags and links in all of them.

What a label is made of is followed through a module's own names and functions, up to words of ours, numbers, or a call
that makes text safe. A parameter that the callers promise to be safe stands in PROMISED, with the reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import dashboard

CHARTS = Path(dashboard.__file__).parent / "charts"
KEYWORDS = {"hovertext", "ticktext", "texttemplate", "hovertemplate"}
"""Arguments that plotly renders, whatever is called."""
RENDERED = {"note": (1,), "header": (1,), "add_annotation": ("text",), "add_scatter": ("text",), "add_bar": ("text",),
            "Column": (0, 1), "row_clicks": (2,)}  # fmt: skip
"""Calls that render, with the places of what they render."""
SAFE = {"say", "for_plotly", "fitted", "tick_texts"}
OWN = {"bold": 0, "hover": 1}
"""Ours that are safe as long as their arguments from this place on are."""
PROMISED = {
    ("rows.py", "text"): "followed where note, header and value_columns are called",
    ("rows.py", "column.title"): "followed where columns are made",
    ("rows.py", "column.cells"): "followed where columns are made",
    ("rows.py", "hovers"): "followed where row_clicks is called",
    ("dumbbell.py", "segment_name('target')"): "words of ours",
    ("dumbbell.py", "segment_name('rest')"): "words of ours",
    ("dots.py", "shown[-1]"): "how many more there are, in words of ours",
    ("heatmap.py", "str(age)"): "a number of months, quarters or years",
    ("lines.py", "new_year"): "four letters of a period",
    ("customers.py", "text"): "one of the texts made safe above it",
    ("customers.py", "own"): "four letters of a period",
    ("measured.py", "c.title"): "of columns that are followed above",
    ("measured.py", "c.cells[row]"): "of columns that are followed above",
    ("customers.py", "c.title"): "of columns that are followed above",
    ("customers.py", "c.cells[row]"): "of columns that are followed above",
}
"""(file, expression) → why it is never raw text from the data."""


class Module:
    """A module's functions, and the label expressions in each."""

    def __init__(self, file: Path) -> None:
        self.name = file.name
        tree = ast.parse(file.read_text(encoding="utf-8"))
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def labels(self) -> Iterator[tuple[ast.FunctionDef, ast.expr]]:
        for function in self.functions.values():
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                named = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
                yield from ((function, named[name]) for name in KEYWORDS & named.keys())
                for place in RENDERED.get(_called(call), ()):
                    if isinstance(place, str) and place in named:
                        yield function, named[place]
                    elif isinstance(place, int) and len(call.args) > place:
                        yield function, call.args[place]

    def is_safe(self, node: ast.expr, function: ast.FunctionDef, seen: frozenset[str] = frozenset()) -> bool:
        if isinstance(node, ast.Constant) or (self.name, ast.unparse(node)) in PROMISED:
            return True
        parts = _parts(node)
        if parts is not None:
            return all(self.is_safe(part, function, seen) for part in parts)
        if isinstance(node, ast.Name):
            values = list(_assigned(function, node.id))
            if node.id in seen:  # made of itself and of what is followed elsewhere
                return True
            return bool(values) and all(self.is_safe(value, function, seen | {node.id}) for value in values)
        if isinstance(node, ast.Attribute):
            return ast.unparse(node).startswith("numbers.")
        return isinstance(node, ast.Call) and self._is_safe_call(node, function, seen)

    def _is_safe_call(self, call: ast.Call, function: ast.FunctionDef, seen: frozenset[str]) -> bool:
        name = _called(call)
        of = call.func.value if isinstance(call.func, ast.Attribute) else None
        if name in SAFE or (isinstance(of, ast.Name) and of.id == "numbers"):
            return True
        if name in OWN:
            return all(self.is_safe(part, function, seen) for part in call.args[OWN[name] :])
        if name in ("list", "tuple", "str") and len(call.args) == 1:
            return self.is_safe(call.args[0], function, seen)
        own = self.functions.get(name)
        if own is None or name in seen:
            return False
        given = [node.value for node in ast.walk(own) if isinstance(node, ast.Return) and node.value is not None]
        return bool(given) and all(self.is_safe(value, own, seen | {name}) for value in given)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _parts(node: ast.expr) -> list[ast.expr] | None:
    """What a composition of texts is made of; None where it is none."""
    if isinstance(node, ast.JoinedStr):
        before = [None, *node.values]
        return [part.value for last, part in zip(before, node.values, strict=False)
                if isinstance(part, ast.FormattedValue) and not _is_colour(last)]  # fmt: skip
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BinOp):
        return [node.left] if isinstance(node.op, ast.Mult) else [node.left, node.right]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.List | ast.Tuple):
        return list(node.elts)
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return [node.elt]
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
        return list(node.args)
    return None


def _is_colour(before: ast.expr | None) -> bool:
    """Whether what follows these letters is a colour of the palette."""
    return isinstance(before, ast.Constant) and str(before.value).endswith("color:")


def _looped(target: ast.expr, over: ast.expr, name: str) -> Iterator[ast.expr]:
    """What a loop gives a name: its part of `zip` or `enumerate`, else the whole."""
    if isinstance(target, ast.Name) and target.id == name:
        yield over
    elif isinstance(target, ast.Tuple) and isinstance(over, ast.Call) and _called(over) == "enumerate":
        yield from _looped(target.elts[1], over.args[0], name)
    elif isinstance(target, ast.Tuple) and isinstance(over, ast.Call) and _called(over) == "zip":
        for own, part in zip(target.elts, over.args, strict=False):
            yield from _looped(own, part, name)


def _assigned(function: ast.FunctionDef, name: str) -> Iterator[ast.expr]:
    """What is assigned or appended to a name in the function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    yield from (v for t, v in zip(target.elts, node.value.elts, strict=False)
                                if isinstance(t, ast.Name) and t.id == name)  # fmt: skip
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            if isinstance(node.target, ast.Name) and node.target.id == name:
                yield node.value
        elif isinstance(node, ast.For | ast.comprehension):
            yield from _looped(node.target, node.iter, name)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == f"{name}.append":
            yield node.args[0]


@pytest.mark.parametrize("file", sorted(CHARTS.glob("*.py")), ids=lambda file: str(file.name))
def test_labels_are_words_of_ours_numbers_or_safe_text(file):
    module = Module(file)
    around = [f"{file.name}:{node.lineno} {ast.unparse(node)}" for function, node in module.labels()
              if not module.is_safe(node, function)]  # fmt: skip
    assert around == []


def test_a_label_of_raw_text_is_found(tmp_path):
    path = tmp_path / "drawn.py"
    path.write_text(
        "def draw(figure, names):\n"
        "    rows.note(figure, names[0])\n"
        "    rows.note(figure, rows.bold(safe.for_plotly(names[0])))\n"
        "    texts = [f'{numbers.count(2)} {name}' for name in names]\n"
        "    figure.add_bar(hovertext=texts)\n",
        encoding="utf-8",
    )
    module = Module(path)
    around = [node.lineno for function, node in module.labels() if not module.is_safe(node, function)]
    assert around == [2, 5]
