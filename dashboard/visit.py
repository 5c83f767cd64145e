"""What one visitor holds: the workspace, one snapshot for the whole run of a page, and answers to questions.

Every figure of every page comes through `ask`. Answers are cached by snapshot, metric, scope and options, so that a
new load is seen at once and no visitor sees two snapshots on one page.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from metrics import (
    AccountProfile,
    AccountToActOn,
    Answer,
    Change,
    Comparison,
    GoalRates,
    Scope,
    Snapshot,
    Workspace,
    account_fits,
    account_profile,
    accounts_to_act_on,
    accounts_unreached,
    change_by,
    count_units,
    dimension_values,
    explain,
    find_metric,
    goal_rates,
    known_goals,
    life_tables,
    list_accounts,
    list_rows,
    measure,
    open_snapshot,
    unreached,
    with_fit,
)
from metrics import first_day as deals_begin
from metrics import held_to_goal as metrics_held_to_goal
from metrics import load_sample as load_sample_company
from metrics import medians_apart as metrics_medians_apart
from metrics import stray_deals as deals_before

Options = tuple[tuple[str, str | int | float | bool], ...]
Held = tuple[str, int]
"""A snapshot's file and the moment it was written: what every cache is keyed by."""
_HELD = "visit.snapshot"
ANSWERS, LISTS = 600, 24


def workspace() -> Workspace:
    """The workspace of this server: ABM_WORKSPACE, else ./workspace."""
    return Workspace(Path(os.environ.get("ABM_WORKSPACE") or "workspace"))


def begin() -> None:
    """Take up the snapshot in use; the page keeps it until it has been drawn."""
    st.session_state[_HELD] = _in_use()


def is_outdated() -> bool:
    """Whether another snapshot is in use than the one that this page was drawn from."""
    return _in_use() != st.session_state[_HELD]


def _in_use() -> Held | None:
    current = workspace().current()
    return None if current is None else (str(current), current.stat().st_mtime_ns)


def has_data() -> bool:
    return st.session_state.get(_HELD) is not None


def snapshot() -> Snapshot:
    """The snapshot of this run. Only where `has_data`."""
    return _opened(st.session_state[_HELD])


@st.cache_resource(max_entries=4, show_spinner=False)
def _opened(held: Held) -> Snapshot:
    return open_snapshot(Path(held[0]))


def ask(name: str, scope: Scope | None = None, options: Mapping[str, Any] | None = None) -> Answer:
    """What the metric says in the scope, of this run's snapshot."""
    return _asked(st.session_state[_HELD], name, scope or Scope(), _scalars(options))


def medians_apart(answer: Answer) -> list[Comparison]:
    """The medians beside a mean, between the answer's two sides."""
    return _medians(st.session_state[_HELD], answer.metric.name, answer.scope, _scalars(answer.options))


def rows_of(
    name: str,
    scope: Scope,
    options: Mapping[str, Any] | None = None,
    where: Mapping[str, str] | None = None,
    part: str = "rows",
) -> pd.DataFrame:
    """The rows behind a mark, as many as it says; `part`: another list that the metric keeps."""
    return _listed(st.session_state[_HELD], name, scope, _scalars(options), _scalars(where), part)


def accounts(scope: Scope | None = None, *, fit: bool = True) -> pd.DataFrame:
    """The list of accounts in the scope's filters. Everybody's: to be read, never changed. `fit`: with how well each
    fits, which takes as long as all the rest."""
    return accounts_later(scope, fit=fit)()


def accounts_later(scope: Scope | None = None, *, fit: bool = True) -> Callable[[], pd.DataFrame]:
    """What lists the accounts once it is called, also where there is no session: a file is made when it is fetched."""
    held = st.session_state[_HELD]
    end = scope.end if scope and scope.end and scope.end < snapshot().as_of else None
    asked = Scope(filters=scope.filters if scope else (), end=end)
    return lambda: _accounts(held, asked, fit)


def account(account_id: str) -> AccountProfile:
    """What the page of an account shows, but for its peers and its fit. QuestionError where no account has that id."""
    return _account(st.session_state[_HELD], account_id)


def account_fit(account_id: str) -> dict[str, Any]:
    """How well it fits: grade, fit, uploaded_tier, uploaded_score, is_ideal. Of many accounts that takes long."""
    fits = _fits(st.session_state[_HELD])
    return {str(name): value for name, value in fits[fits["account_id"] == account_id].iloc[0].items()}


def acting(scope: Scope) -> list[AccountToActOn]:
    """At most three accounts of the scope to act on, and why."""
    return _acting(st.session_state[_HELD], scope)


def accounts_not_reached(scope: Scope) -> tuple[str, ...]:
    """The filters of the scope that do not reach the list of accounts."""
    return tuple(accounts_unreached(snapshot(), scope))


def held_to_goal(answer: Answer, segment: str = "All", column: str = "value") -> Comparison | None:
    """The answer's figure of a segment against its goal; None where it has none."""
    return metrics_held_to_goal(snapshot(), answer, segment, column)


def goals() -> pd.DataFrame:
    """Every goal: metric, starts_on, ends_on, dimension, segment, value, and why one is set aside."""
    return known_goals(snapshot())


def told(name: str, scope: Scope, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Formula with figures, SQL, rows used and left out."""
    return explain(snapshot(), name, scope, dict(options or {}))


def changed(
    name: str, scope: Scope, by: str, options: Mapping[str, Any] | None = None, where: Mapping[str, Any] | None = None,
    column: str = "value",
) -> Change:  # fmt: skip
    """What each segment of a dimension contributed to the change against the scope's compared period."""
    return _changed(st.session_state[_HELD], name, scope, by, _scalars(options), _scalars(where), column)


def counted(name: str, scope: Scope, options: Mapping[str, Any] | None = None) -> int | None:
    """How many different accounts, deals, … are behind the metric; None where it has no rows of its own."""
    return count_units(snapshot(), name, scope, dict(options or {}))


def not_reached(name: str, scope: Scope) -> tuple[str, ...]:
    """The filters of the scope that do not reach this metric."""
    return tuple(unreached(find_metric(name), scope, snapshot()))


def pipelines() -> tuple[str, ...]:
    """The pipelines that deals are in, the one with the most of them first; "(none)" are deals without one."""
    if not has_data() or not snapshot().row_counts.get("opportunities"):
        return ()
    frame = ask("opportunities_created", Scope(by="pipeline")).frame
    return tuple(frame.sort_values(["n", "segment"], ascending=[False, True], kind="stable")["segment"].astype(str))


def begins() -> date | None:
    """The first day of anything in the data."""
    told = snapshot().about.get("first_day")
    return date.fromisoformat(told) if told else None


def lives(name: str, scope: Scope, options: Mapping[str, Any] | None = None) -> dict[tuple[Any, ...], Any]:
    """The life tables behind a metric's Kaplan–Meier figures, by (segment, period, keys…)."""
    return _lived(st.session_state[_HELD], name, scope, _scalars(options))


def year_rates(scope: Scope) -> GoalRates:
    """What the last twelve months were like in the scope's filters: what the goal calculator rests on."""
    return _rated(st.session_state[_HELD], scope)


def dimensions() -> dict[str, list[str]]:
    """What can be filtered and split by: dimension → its values, most frequent first."""
    return {name: values for name, _, values in _dimensions(st.session_state[_HELD])} if has_data() else {}


def dimension_tables() -> dict[str, str]:
    """Dimension → the table it is a property of."""
    return {name: table for name, table, _ in _dimensions(st.session_state[_HELD])} if has_data() else {}


def quality() -> dict[str, Any]:
    """Rows read, loaded and left out over all imports, the share that could be used, and the issues found."""
    return json.loads(snapshot().about.get("quality") or "{}")


def year_starts() -> int:
    """The month in which the company's years start."""
    return int(snapshot().settings.get("fiscal_year_start", 1)) if has_data() else 1


def first_day() -> date | None:
    """The day from which on there are deals, a stray one in a hundred aside; without deals, anything in the data."""
    return _begun(st.session_state[_HELD])


def stray_deals() -> int:
    """How many deals are of days before `first_day`."""
    return _strays(st.session_state[_HELD])


def revenue_source() -> str | None:
    """What revenue is read from: "invoices", "contracts" or "won amounts"."""
    return snapshot().about.get("revenue_source") or None


def loaded_share() -> float | None:
    """Share of the rows read that were loaded or recognised as repeats; None where nothing says it."""
    return quality().get("share")


def has_targets() -> bool:
    """Whether anybody has said which accounts are targets."""
    return "target" in dimensions()


def _scalars(options: Mapping[str, Any] | None) -> Options:
    return tuple(sorted((options or {}).items()))


@st.cache_data(max_entries=ANSWERS, show_spinner=False)
def _asked(held: Held, name: str, scope: Scope, options: Options) -> Answer:
    return measure(_opened(held), name, scope, dict(options))


@st.cache_data(max_entries=ANSWERS, show_spinner=False)
def _medians(held: Held, name: str, scope: Scope, options: Options) -> list[Comparison]:
    return metrics_medians_apart(_opened(held), _asked(held, name, scope, options))


@st.cache_data(max_entries=LISTS, show_spinner=False)
def _listed(held: Held, name: str, scope: Scope, options: Options, where: Options, part: str) -> pd.DataFrame:
    return list_rows(_opened(held), name, scope, dict(options), dict(where), part)


@st.cache_data(max_entries=LISTS, show_spinner=False)
def _changed(held: Held, name: str, scope: Scope, by: str, options: Options, where: Options, column: str) -> Change:
    return change_by(_opened(held), name, scope, by, dict(options), dict(where), column)


@st.cache_resource(max_entries=8, show_spinner=False)
def _accounts(held: Held, scope: Scope, fit: bool) -> pd.DataFrame:
    if fit:
        return with_fit(_accounts(held, scope, False), _fits(held))
    return list_accounts(_opened(held), scope, fit=False)


@st.cache_resource(max_entries=2, show_spinner=False)
def _fits(held: Held) -> pd.DataFrame:
    return account_fits(_opened(held))


@st.cache_data(max_entries=LISTS, show_spinner=False)
def _acting(held: Held, scope: Scope) -> list[AccountToActOn]:
    return accounts_to_act_on(_opened(held), scope)


@st.cache_resource(max_entries=LISTS, show_spinner=False)
def _account(held: Held, account_id: str) -> AccountProfile:
    return account_profile(_opened(held), account_id)


@st.cache_resource(max_entries=LISTS, show_spinner=False)
def _lived(held: Held, name: str, scope: Scope, options: Options) -> dict[tuple[Any, ...], Any]:
    return life_tables(_opened(held), name, scope, dict(options))


@st.cache_data(max_entries=LISTS, show_spinner=False)
def _rated(held: Held, scope: Scope) -> GoalRates:
    return goal_rates(_opened(held), scope)


@st.cache_data(max_entries=8, show_spinner=False)
def _begun(held: Held) -> date | None:
    return deals_begin(_opened(held))


@st.cache_data(max_entries=8, show_spinner=False)
def _strays(held: Held) -> int:
    return deals_before(_opened(held))


@st.cache_data(max_entries=8, show_spinner=False)
def _dimensions(held: Held) -> list[tuple[str, str, list[str]]]:
    return list(dimension_values(_opened(held)))


def load_sample(progress: Callable[[str, float], None]) -> None:
    """The sample company into this workspace; the same that the command `sample` does. `progress`: file, share done."""
    load_sample_company(workspace(), progress)
