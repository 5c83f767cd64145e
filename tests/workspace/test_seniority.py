"""How senior somebody is, by the words of a title in the languages of the exports."""

import pytest

from metrics.workspace.build.seniority import level_of


@pytest.mark.parametrize(
    ("level", "titles"),
    [
        ("c_level", ["CEO", "C-Level", "Founder & VP", "Head of Sales & Co-Founder", "Managing Director",
                     "Geschäftsführerin",
                     "GESCHAFTSFUHRER", "Directeur général", "Président-directeur général", "Consejera delegada",
                     "Amministratore Delegato", "Генеральный директор", "首席技术官", "总经理"]),
        ("vice_president", ["VP Operations", "Vice-President, Sales", "Assistant Vice President",
                            "Directeur général adjoint",
                            "Vicepresidenta de ventas", "Вице-президент по продажам", "副总裁"]),
        ("director", ["Head of IT", "Vertriebsleiterin", "IT-Leiter", "Directrice commerciale", "Direttore vendite",
                      "Руководитель отдела", "市场总监"]),
        ("manager", ["Plant Manager", "Team Lead/Sales", "Teamleiter", "Product Owner", "Responsable marketing",
                     "Jefe de compras", "Менеджер", "销售经理"]),
        ("other", ["Engineer", "Headhunter", "Executive Assistant to the CEO", "Assistentin der Geschäftsführung",
                   "Помощник директора", "总经理助理", "Leadership coach", "?"]),
    ],
)  # fmt: skip
def test_the_highest_level_that_a_title_says(level: str, titles: list[str]) -> None:
    assert {title: level_of(title) for title in titles} == dict.fromkeys(titles, level)


def test_a_column_of_seniority_has_words_of_its_own() -> None:
    assert level_of("Executive", "seniority") == "c_level"
    assert level_of("Account Executive") == "other"
