"""Headers by what they name: only the certain ones pass unasked, and none of these is wrong.

The expected answers stand in `golden/headers.toml`, `look_alikes.toml` and `real_headers.toml`; the ratios are counted
here over all of them.
"""

import csv
import random
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from metrics.exports import recognise
from metrics.exports.headers import normalised
from metrics.exports.nearly import kind_of
from metrics.exports.plan import Formats, Plan
from metrics.exports.recognise import Recognised
from tests.exports.conftest import Parse

GOLDEN = Path(__file__).parent / "golden"
FILES: dict[str, dict[str, str]] = tomllib.loads((GOLDEN / "headers.toml").read_text(encoding="utf-8"))
LOOK_ALIKES: dict[str, list[str]] = tomllib.loads((GOLDEN / "look_alikes.toml").read_text(encoding="utf-8"))
REAL = tomllib.loads((GOLDEN / "real_headers.toml").read_text(encoding="utf-8"))
LEAST = {  # the headers by which a file is known, without those that others resemble
    "hubspot.companies": ["Record ID", "Company name", "Lifecycle Stage"],
    "hubspot.contacts": ["Record ID", "First Name", "Email"],
    "hubspot.deals": ["Record ID", "Deal Name", "Deal Stage"],
    "salesforce.accounts": ["Account ID", "Account Name", "Industry"],
    "salesforce.contacts": ["Contact ID", "Last Name", "Email"],
    "salesforce.opportunities": ["Opportunity ID", "Opportunity Name", "Stage", "Amount"],
    "salesforce.campaign_members": ["Campaign Name", "Member Status", "Contact ID"],
    "dynamics.opportunities": ["(Do Not Modify) Opportunity", "Topic", "Status"],
    "pipedrive.deals": ["Deal - Title", "Deal - Status"],
    "zoho.deals": ["Record Id", "Deal Name", "Stage", "Account Name.id"],
    "amocrm.deals": ["Название сделки", "Этап сделки", "Воронка"],
    "linkedin.spend": ["Start Date (in UTC)", "Campaign Name", "Total Spent"],
    "meta.spend": ["Day", "Campaign name", "Amount spent (USD)"],
    "stripe.subscriptions": ["id", "Customer ID", "Status", "Amount", "Interval", "Current Period End (UTC)"],
    "bombora.surge": ["Domain", "Topic", "Composite Score"],
}


def plan(known: Recognised, headers: Sequence[str]) -> Plan:
    found = recognise.plan_of(known, headers, ["Sales Pipeline"], Formats())
    found.leave_out(headers)
    return found


def recognised(headers: Sequence[str]) -> Recognised | None:
    return recognise.recognise([list(headers), ["x"] * len(headers)])


def fed(found: Plan, position: int) -> set[str]:
    """What a column certainly feeds: columns of its object's table, and other tables."""
    match = found.matches.get(position)
    if match is None or match.certainty != "certain":
        return set()
    targets = {match.canonical} if match.canonical else set(match.feeds)
    own = f"{found.table_name}."
    return {t.removeprefix(own) if t.startswith(own) else t.split(".")[0] for t in targets}


def is_right(found: Plan, position: int, expected: str) -> bool:
    """Whether a column feeds what is expected, and nothing where nothing is."""
    targets = fed(found, position)
    return expected in targets if expected else not targets


def unaccented(header: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", header) if unicodedata.category(c) != "Mn")


CHANGES: dict[str, Callable[[str], str]] = {
    "as written": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "no accents": unaccented,
    "blanks around": lambda h: f"\u00a0 {h.strip()}  ",
    "blanks doubled": lambda h: h.strip().replace(" ", "  "),
    "marked as required": lambda h: f"{h.strip()} *",
    "a colon at the end": lambda h: f"{h.strip()}:",
    "a byte-order mark": lambda h: f"\ufeff{h}",
}


@pytest.mark.parametrize(
    ("change", "order"),
    [("as written", "as written"), *((change, "shuffled, a column of the user's own in front") for change in CHANGES)],
)
def test_every_described_header_after_changes(change: str, order: str) -> None:
    total, wrong = 0, []
    for section, expected in FILES.items():
        pairs = [(CHANGES[change](header), meaning) for header, meaning in expected.items()]
        if order != "as written":
            random.Random(section).shuffle(pairs)
            pairs.insert(0, ("Halden internal code", ""))
        headers = [header for header, _ in pairs]
        known = recognised(headers)
        assert known is not None, (section, headers)
        assert known.shape.name == section.split(" ")[0], (section, headers)
        found = plan(known, headers)
        for position, (header, meaning) in enumerate(pairs, start=1):
            total += 1
            if not is_right(found, position, meaning):
                wrong.append((section, header, meaning, fed(found, position)))
    certain_and_wrong = [one for one in wrong if one[3]]
    assert total > 650
    assert not certain_and_wrong
    assert len(wrong) <= 0.05 * total, wrong


def test_units_after_headers() -> None:
    """The currency of an amount and the zone of a day make no other column; both are certain."""
    total, wrong = 0, []
    for section, expected in FILES.items():
        known = recognised(list(expected))
        assert known is not None
        for header, meaning in expected.items():
            kind = kind_of(known.shape.table, meaning) if meaning and "(" not in header else "text"
            unit = {"money": "(EUR)", "date": "(UTC)", "timestamp": "(UTC)"}.get(kind)
            if unit is None:
                continue
            headers = [f"{h} {unit}" if h == header else h for h in expected]
            if (again := recognised(headers)) is None or again.shape.name != known.shape.name:
                continue  # a header that proves the source is another one with a unit: the file is asked about
            total += 1
            if not is_right(plan(again, headers), headers.index(f"{header} {unit}") + 1, meaning):
                wrong.append((section, header))
    assert total > 60
    assert len(wrong) <= 0.05 * total, wrong


@pytest.mark.parametrize("label", ["ACME: {}", "ACME - {}", "[ACME] {}", "ACME {}"])
def test_a_label_in_front_of_a_header_makes_it_likely(label: str) -> None:
    """It may be the known column or the user's own beside it: it is proposed or left, and never taken unasked."""
    total, proposed, wrong, taken = 0, 0, [], []
    for section, expected in FILES.items():
        known = recognised(list(expected))
        assert known is not None
        for header in [h for h, meaning in expected.items() if meaning]:
            labelled = label.format(header.strip())
            headers = [labelled if h == header else h for h in expected]
            plain = [normalised(h) for h in headers]
            again = Recognised(0, known.shape, recognise.nearly.found(known.shape, plain))
            found, position = plan(again, headers), headers.index(labelled) + 1
            total += 1
            match = found.matches.get(position)
            if targets := fed(found, position):  # by a pattern that any words in front fit
                taken += [] if expected[header] in targets else [(section, labelled, targets)]
            elif match and match.proposed:
                proposed += 1
                if match.proposed.split(".")[1] != expected[header] and expected[header] in found.table:
                    wrong.append((section, labelled, match.proposed))
    assert total > 450
    assert not taken
    assert len(wrong) <= 0.05 * total, wrong
    assert proposed > (0.5 if label != "ACME {}" else 0.15) * total


def test_look_alikes_mean_something_else() -> None:
    """Beside the headers that they resemble, and where these are missing."""
    total, taken, proposed = 0, [], []
    for section, headers in LOOK_ALIKES.items():
        kind = section.split(" ")[0]
        for base, extra in [(list(FILES[section]), headers), *((LEAST[kind], [header]) for header in headers)]:
            known = recognised([*base, *extra])
            assert known is not None, (section, extra)
            assert known.shape.name == kind, (section, extra)
            found = plan(known, [*base, *extra])
            for position, header in enumerate(extra, start=len(base) + 1):
                total += 1
                if fed(found, position):
                    taken.append((section, header, fed(found, position)))
                elif (match := found.matches.get(position)) and match.proposed:
                    proposed.append((section, header, match.proposed))
    assert total >= 2 * 190
    assert not taken
    assert len(proposed) <= 0.05 * total, proposed


@pytest.mark.parametrize("change", ["as written", "upper case", "blanks around"])
def test_every_header_of_the_public_data(real_data: Path, change: str) -> None:
    total, wrong, seen = 0, [], set()
    for path in sorted(real_data.glob("*/*.csv")):
        name = f"{path.parent.name}/{path.name}"
        with path.open(encoding="utf-8-sig", newline="") as stream:
            head = [row for row, _ in zip(csv.reader(stream), range(40), strict=False)]
        expected: Mapping[str, str] = REAL.get(name, {}).get("columns", {})
        head[0] = [CHANGES[change](cell) if cell else cell for cell in head[0]] if expected else head[0]
        known = recognise.recognise(head)
        assert (known.shape.name if known else None) == REAL.get(name, {}).get("kind"), name
        if known is None or known.header is None:
            continue
        seen.add(name)
        found = plan(known, head[0])
        for position, header in enumerate(head[0], start=1):
            changed = {CHANGES[change](h): meaning for h, meaning in expected.items()}
            match = found.matches.get(position)
            targets = {match.canonical, *match.feeds} - {None} if match and match.certainty == "certain" else set()
            total += 1
            meaning = changed.get(header)
            if (meaning not in targets) if meaning else bool(targets):
                wrong.append((name, header, targets))
    assert total > 600
    assert len(seen) >= 18
    assert not [one for one in wrong if one[2]]
    assert len(wrong) <= 0.05 * total, wrong


def test_a_proposal_is_taken_where_the_user_says_so(load: Parse) -> None:
    text = "Record ID,Deal Name,Deal Stage,Amount (local)\n1,Deal 1,Open,12.5\n"
    unasked = load(text)
    (column,) = [c for c in unasked.report["columns"] if c["header"] == "Amount (local)"]
    assert (column["certainty"], column["canonical"], column["proposed"]) == ("likely", None, "opportunities.amount")
    assert unasked.rows("opportunities", '"attr:Amount (local)"') == [("12.5",)]
    assert any("not taken as such unasked: 'Amount (local)' (amount)" in said for said in unasked.report["warnings"])
    said = load(text, mapping={"columns": {"amount": "Amount (local)"}})
    assert said.rows("opportunities", "amount::TEXT") == [("12.5000",)]
    assert not any("unasked" in warning for warning in said.report["warnings"])
