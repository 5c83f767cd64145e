"""What a file says beside its columns is taken where it is plain, and asked where words turn it round."""

import pytest

from metrics.exports.stages import by_words
from metrics.exports.words import choice
from tests.exports.conftest import Parse

_CLEAR = {
    "won": (
        "Won", "Closed Won", "closedwon", "5 - Closed Won", "Closed Won (New Pipeline)", "Cerrada ganada", "Выиграна",
        "Успешно реализовано", "赢单", "已成交",
    ),
    "lost": (
        "Lost", "Closed Lost", "closedlost", "Lost - no budget", "Not interested - lost", "Lost (no response)",
        "Cerrada perdida", "Проиграно", "Провалена", "Закрыто и не реализовано", "输单", "丢单", "失败",
    ),
    "no_decision": ("Closed - No decision", "Sin decisión", "Без решения"),
}  # fmt: skip
_TURNED_ROUND = (
    "Not won", "Not yet won", "not_won", "Closed - not won", "Almost lost", "Lost contact - retry", "Won/Lost",
    "Won back – nurture", "Lost - reopen", "no ganado", "No se ha ganado", "Casi ganado", "Contacto perdido",
    "не выигран", "Невыигран", "Неуспешно", "Почти выигран", "Проигран, вернуться", "未赢单", "没有成交", "待成交",
    "丢单待跟进",
)  # fmt: skip


@pytest.mark.parametrize("outcome", _CLEAR)
def test_plain_words_tell_the_outcome_of_a_stage(outcome: str) -> None:
    assert {stage: by_words(stage) for stage in _CLEAR[outcome]} == dict.fromkeys(_CLEAR[outcome], outcome)


def test_negated_and_qualified_words_tell_none() -> None:
    assert {stage: by_words(stage) for stage in _TURNED_ROUND} == dict.fromkeys(_TURNED_ROUND)


def test_such_stages_are_asked_and_stand_in_the_order_of_the_file(load: Parse) -> None:
    """Were they told, the won deals here would come to 600 in place of 100. No word tells the place of the last two."""
    rows = ("Closed Won,100", "Zeta,1", "Not won,500", "Lost contact - retry,400", "Alpha,2", "Closed Lost,100")
    lines = "".join(f"{i},Deal {i},{row},2026-03-01\n" for i, row in enumerate(rows, start=1))
    stages = load("Record ID,Deal Name,Deal Stage,Amount,Create Date\n" + lines).report["stages"]
    asked = {s["stage"]: s["outcome"] for s in stages if not s["is_outcome_told"]}
    assert asked == dict.fromkeys(("Zeta", "Not won", "Lost contact - retry", "Alpha"), "open")
    unplaced = [s["stage"] for s in stages if s["stage"] in ("Zeta", "Not won", "Alpha")]
    assert unplaced == ["Zeta", "Not won", "Alpha"]


def test_the_currency_beside_an_amount_holds_where_its_column_is_empty(load: Parse) -> None:
    """The row's own column, else the amount's code or sign, else what the file is said to be in."""
    text = (
        "Opportunity ID,Opportunity Name,Stage,Amount Currency,Amount,Close Date\n"
        '006A000000AAAA1,One,Closed Won,,"€1,000.00",2026-04-23\n'
        '006A000000AAAA2,Two,Negotiation,,"$25,500.50",2026-12-12\n'
        '006A000000AAAA3,Three,Closed Lost,,"£3,333.33",2026-06-05\n'
        "006A000000AAAA4,Four,Closed Won,,750.00,2026-08-07\n"
        "006A000000AAAA5,Five,Closed Won,USD,€10.00,2026-08-07\n"
    )
    own = load(text).rows("opportunities", "currency, amount::TEXT")
    assert own == [
        ("EUR", "1000.0000"), (None, "25500.5000"), ("GBP", "3333.3300"), (None, "750.0000"), ("USD", "10.0000"),
    ]  # fmt: skip
    said = load(text, currency="CHF").rows("opportunities", "currency")
    assert [currency for (currency,) in said] == ["EUR", "CHF", "GBP", "CHF", "USD"]


def test_records_with_an_empty_id_are_told(load: Parse) -> None:
    text = "Record ID,Deal Name,Deal Stage,Amount,Create Date\n1,a,Closed Won,100,2026-01-01\n"
    assert not [said for said in load(text).report["warnings"] if "empty id" in said]
    (said,) = [w for w in load(text + ",b,Closed Won,200,2026-01-01\n").report["warnings"] if "empty id" in w]
    assert "1 of its opportunities have an empty id" in said


@pytest.mark.parametrize("said", ["No ganado", "не выигран", "未赢单", "Not lost", "no perdido"])
def test_an_outcome_that_is_negated_stands_for_none(said: str) -> None:
    assert choice("outcome", said, ("open", "won", "lost", "no_decision")) is None
