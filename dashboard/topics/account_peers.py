"""An account's figures beside those of its peers: who they are, how many, and where the account stands among them."""

import streamlit as st

from dashboard import charts, visit
from dashboard.cards.heads import card_head
from dashboard.cards.tables import ROW_HEIGHT, height, theme_mode
from dashboard.charts import CHART_CONFIG
from dashboard.text import dimension_name, numbers, say, segment_name
from dashboard.topics.accounts_table import tier_words
from metrics import AccountProfile, PeerFigure, Peers, Scope, account_peers

KEY, MOST_NAMED = "account.peers", 3
_FEWER_IS_BETTER = ("days_in_stage",)


def peers_of(account_id: str) -> Peers:
    """The account among all accounts of the company, whatever the filters."""
    strengths = {}
    if visit.snapshot().row_counts.get("activities"):
        rows = visit.rows_of("relationship_strength", Scope())
        strengths = dict(zip(rows["account_id"], rows["measure"], strict=True))
    return account_peers(visit.accounts(fit=False), account_id, strengths)


def peers_card(profile: AccountProfile, peers: Peers) -> None:
    """A row a figure: the middle half of the peers, their median, and the account."""
    compared = [figure for figure in peers.figures if figure.place != "unknown"]
    if not compared:
        card_head(say("accounts.peers.name"), say("accounts.peers.few", n=peers.n, count=numbers.count(peers.n)))
        return
    card_head(peers_finding(compared), alike_words(peers))
    if st.session_state.get(f"{KEY}.as_table"):
        _table(peers)
    else:
        figure = charts.peer_rows(
            [row_of(one) for one in compared], side=str(profile.facts["target"]), mode=theme_mode()
        )
        st.plotly_chart(figure, theme=None, config=CHART_CONFIG, key="chart.account.peers",
                        alt=f"{peers_finding(compared)}. {alike_words(peers)}")  # fmt: skip
    toggle(KEY)


def toggle(key: str) -> None:
    """Chart or table."""
    as_table = bool(st.session_state.get(f"{key}.as_table"))
    st.button(
        say("card.chart" if as_table else "card.table"), key=f"{key}.toggle", type="tertiary",
        icon=":material/bar_chart:" if as_table else ":material/table:", on_click=_turn, args=(key, not as_table),
    )  # fmt: skip


def _turn(key: str, as_table: bool) -> None:
    st.session_state[f"{key}.as_table"] = as_table


def row_of(figure: PeerFigure) -> dict[str, object]:
    """The figure as a row of the chart."""
    return {"name": say(f"accounts.tiles.{figure.name}"), "value": figure.value, "p25": figure.p25, "n": figure.n,
            "median": figure.median, "p75": figure.p75, "own": figure_words(figure.kind, figure.value),
            "peers": figure_words(figure.kind, figure.median),
            "range": f"{figure_words(figure.kind, figure.p25)}–{figure_words(figure.kind, figure.p75)}",
            "is_bad": figure.name in _FEWER_IS_BETTER and figure.place == "above"}  # fmt: skip


def figure_words(kind: str, value: float | None) -> str:
    """A value of a figure of this kind, in its unit."""
    if kind == "money":
        return numbers.money(value, visit.snapshot().currency)
    return numbers.days(value) if kind == "days" else numbers.number(value)


def peers_finding(compared: list[PeerFigure]) -> str:
    """In which figures it does better than three quarters of the peers, and in which worse: fewer days are better."""
    outside = [one for one in compared if one.place in ("above", "below")]
    if not outside:
        return say("accounts.peers.within")
    said = []
    for key, wanted in (("better", False), ("worse", True)):
        names = [say(f"accounts.peers.short.{one.name}") for one in outside if is_worse(one) is wanted]
        if names:
            said.append(say(f"accounts.peers.{key}", figures=_and(names, len(compared))))
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def is_worse(figure: PeerFigure) -> bool:
    """Whether the account stands on the worse side of the middle half of its peers."""
    return figure.place == ("above" if figure.name in _FEWER_IS_BETTER else "below")


def _and(names: list[str], of: int) -> str:
    """The names, or of more than three how many."""
    if len(names) > MOST_NAMED:
        return say("accounts.peers.several", count=numbers.count(len(names)), of=numbers.count(of))
    return names[0] if len(names) == 1 else say("accounts.peers.and", first=", ".join(names[:-1]), last=names[-1])


def alike_words(peers: Peers) -> str:
    """ "38 peers: target, open deal, Industry: Banking. Line: …"."""
    parts = []
    for name, value in peers.alike.items():
        if name == "target":
            parts.append(segment_name(value))
        elif name == "standing":
            parts.append(say(f"accounts.standings.{value}"))
        else:
            parts.append(tier_words(value) if name == "tier" else f"{dimension_name(name)} {value}")
    return say(
        "accounts.peers.caption", n=peers.n, count=numbers.count(peers.n), alike=", ".join(parts) or say("segments.all")
    )


def _table(peers: Peers) -> None:
    names = ("figure", "value", "p25", "median", "p75", "n")
    rows = [
        (say(f"accounts.tiles.{one.name}"),
         *(figure_words(one.kind, value) for value in (one.value, one.p25, one.median, one.p75)), one.n)
        for one in peers.figures
    ]  # fmt: skip
    table = [dict(zip([say(f"accounts.peers.{name}") for name in names], row, strict=True)) for row in rows]
    st.dataframe(table, hide_index=True, width="stretch", row_height=ROW_HEIGHT, height=height(len(table), 8))
