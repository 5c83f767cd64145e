"""The stages of a file beside those that are known: in the order in which a load would put them, and what it changes.

The rules are those of the build: `metrics.workspace.build.stage_places`, and the outcomes of `said_stages`.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from metrics.workspace.build.stage_places import order_of, put_together
from metrics.workspace.differences import Difference
from metrics.workspace.imports import Import

NO_PIPELINE = "(none)"
Stage = dict[str, Any]
"""As a report tells it, with `pipeline`, `stage`, `outcome`, `is_order_told`, `is_outcome_told`; a known one has the
first three."""


def placed(one: Import, known: Sequence[Stage], loaded: Sequence[Import]) -> Import:
    """The import with its stages in the order that a load would give them; what is known of a stage is told.

    Where a load would change places or outcomes of `known` stages, `differences` has them as the table `stages`.
    """
    own = [kept for kept in loaded if _own_stages(kept)]
    stages: list[Stage] = []
    changed: list[dict[str, Any]] = []
    for pipeline in dict.fromkeys(stage["pipeline"] for stage in one.stages):
        in_file = [stage for stage in one.stages if stage["pipeline"] == pipeline]
        there = {stage["stage"]: stage["outcome"] for stage in known if stage["pipeline"] == (pipeline or NO_PIPELINE)}
        before = [stage for stage, outcome in there.items() if outcome == "open"]
        said = {name for kept in own for name in _own_stages(kept)} - set(_own_stages(one))
        now = [_with_what_is_known(stage, there, said) for stage in in_file]
        own_orders = [[s for s in kept.stages if s["pipeline"] == pipeline] for kept in own]
        maps = [*own_orders, now] if _own_stages(one) else [now, *own_orders]
        after = put_together([order_of(dict.fromkeys(before, True)), *(order_of(_open(each)) for each in maps)])
        stages += sorted(now, key=lambda s: after.index(s["stage"]) if s["outcome"] == "open" else len(after))
        changed += _changed(pipeline, before, after, now, there)
    difference = Difference("stages", len(known), len(known), 0, len({row["key"] for row in changed}),
                            columns=_counted(changed), rows=changed)  # fmt: skip
    told = [*one.differences, asdict(difference)] if changed else one.differences
    return replace(one, stages=[stage | {"stage_order": i} for i, stage in _numbered(stages)], differences=told)


def _own_stages(one: Import) -> dict[str, str]:
    return dict((one.options.get("mapping") or {}).get("stages") or {})


def _with_what_is_known(stage: Stage, there: dict[str, str], said: set[str]) -> Stage:
    """A stage of the file: what it means, and that it is told, where an earlier file or the user has said so."""
    if stage["stage"] not in there:
        return stage | {"is_order_told": stage.get("is_order_told", True) or stage["outcome"] != "open"}
    stays = stage["stage"] in said or not stage.get("is_outcome_told", True)
    return stage | {
        "outcome": there[stage["stage"]] if stays else stage["outcome"],
        "is_order_told": True, "is_outcome_told": True, "tells_order": stage.get("is_order_told", True),
    }  # fmt: skip


def _open(stages: Sequence[Stage]) -> dict[str, bool]:
    """The open ones, each with whether the file tells its place."""
    return {
        s["stage"]: bool(s.get("tells_order", s.get("is_order_told", True))) for s in stages if s["outcome"] == "open"
    }


def _changed(
    pipeline: str | None, before: Sequence[str], after: Sequence[str], now: Sequence[Stage], there: dict[str, str]
) -> list[dict[str, Any]]:
    """The known stages that a load gives another place among themselves, or another outcome."""
    stay = [stage for stage in after if stage in before]
    rows = [
        _row(pipeline, stage, "stage_order", before.index(stage) + 1, stay.index(stage) + 1)
        for stage in stay if before.index(stage) != stay.index(stage)
    ]  # fmt: skip
    rows += [
        _row(pipeline, s["stage"], "outcome", there[s["stage"]], s["outcome"])
        for s in now if s["stage"] in there and s["outcome"] != there[s["stage"]]
    ]  # fmt: skip
    return rows


def _row(pipeline: str | None, stage: str, column: str, before: Any, after: Any) -> dict[str, Any]:
    key = stage if pipeline is None else f"{pipeline} · {stage}"
    return {"kind": "changed", "key": key, "name": stage, "column": column, "before": str(before), "after": str(after)}


def _counted(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {column: sum(row["column"] == column for row in rows) for column in dict.fromkeys(r["column"] for r in rows)}


def _numbered(stages: Sequence[Stage]) -> list[tuple[int, Stage]]:
    """Each stage with its place in its pipeline, from 1."""
    places: dict[str | None, int] = {}
    numbered = []
    for stage in stages:
        places[stage["pipeline"]] = places.get(stage["pipeline"], 0) + 1
        numbered.append((places[stage["pipeline"]], stage))
    return numbered
