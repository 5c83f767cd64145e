"""What the columns of a file that nobody knows are guessed to mean, by the words of their headers in four languages."""

import pytest

from dashboard.loading.guessing import NOTHING, guess, hints, likely_table
from metrics import TABLES

GUESSES = {
    "English": "Ref: opportunity_id, Deal name: name, Deal id: opportunity_id, sales_agent: owner, Expected close: "
               "expected_close_on, Account id: account_id, Total contacts: -, Priority: -",
    "Spanish": "cliente: account_id, valor total: amount, abierto: opened_on, cerrado: closed_on, vendedor: owner, "
               "etapa_x: stage, Fecha de creación: opened_on, Compañía: account_id, Número: -",
    "Russian": "Клиент: account_id, Сумма сделки: amount, Дата создания: opened_on, Дата закрытия: closed_on, "
               "Менеджер: owner, Этап: stage, ID сделки: opportunity_id, Название: name, Причина отказа: loss_reason, "
               "Телефон: -",
    "Chinese": "客户名称: account_id, 金额(元): amount, 创建日期: opened_on, 关闭日期: closed_on, 负责人: owner, "
               "阶段: stage, 电话: -",
}  # fmt: skip


@pytest.mark.parametrize("language", GUESSES)
def test_a_header_is_guessed_by_its_words(language: str) -> None:
    wanted = dict(one.split(": ") for one in GUESSES[language].split(", "))
    assert {header: guess(header, "opportunities") for header in wanted} == wanted
    assert NOTHING in wanted.values()
    assert likely_table(list(wanted)) == "opportunities"


def test_hints_are_of_canonical_columns_and_written_as_headers_are_compared() -> None:
    assert set(hints()) <= {column for table in TABLES for column in table.names}
    assert all(
        word == word.casefold() and len(word) > 1 and " " not in word for words in hints().values() for word in words
    )
