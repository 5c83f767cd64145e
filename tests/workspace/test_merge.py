"""Several imports: newer rows replace older ones by their key, nothing is ever there twice."""

from datetime import date

import duckdb
import pytest
from company import write_batch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.model import TABLES
from metrics.workspace.build import build_in


@pytest.fixture
def merged(tmp_path):
    """`merged({...}, {...})`: a connection on the snapshot of these imports, in order."""

    def build(*imports, **chosen):
        batches = [write_batch(tmp_path, number=n, **rows) for n, rows in enumerate(imports, start=1)]
        return _built(batches, chosen)

    return build


def _built(batches, chosen=None):
    connection = duckdb.connect()
    build_in(connection, batches, chosen or {})
    return connection


def rows(connection, sql):
    return connection.execute(sql).fetchall()


def test_a_newer_row_replaces_the_whole_row_and_keeps_the_others(merged):
    found = merged(
        {
            "opportunities": [
                {"opportunity_id": "d1", "stage": "A", "amount": 5},
                {"opportunity_id": "d2", "stage": "A"},
            ]
        },
        {"opportunities": [{"opportunity_id": "d1", "stage": "B"}, {"opportunity_id": "d3", "stage": "A"}]},
    )
    assert rows(found, "SELECT opportunity_id, stage, amount, _import FROM model.opportunities ORDER BY 1") == [
        ("d1", "B", None, 2),
        ("d2", "A", None, 1),
        ("d3", "A", None, 2),
    ]


def test_ids_of_fifteen_and_eighteen_characters_are_one_deal(merged):
    found = merged(
        {"opportunities": [{"opportunity_id": "0068d00000Abc12AAB"}]},
        {"opportunities": [{"opportunity_id": "0068d00000Abc12"}]},
    )
    assert rows(found, "SELECT opportunity_id FROM model.opportunities") == [("0068d00000Abc12",)]


def test_spend_is_replaced_by_its_natural_key_and_adds_up_within_a_file(merged):
    """Two rows of one day and campaign in one file are two costs; the file again replaces both."""
    day = {"spent_on": "2024-01-01", "campaign": "Fair"}
    found = merged(
        {"spend": [{**day, "amount": 10}, {**day, "amount": 20}, {"spent_on": "2024-01-02", "amount": 1}]},
        {"spend": [{**day, "amount": 12}, {**day, "amount": 20}]},
    )
    assert rows(found, "SELECT amount, _import FROM model.spend ORDER BY spent_on, amount") == [
        (12, 2),
        (20, 2),
        (1, 1),
    ]


def test_the_users_own_stage_map_beats_a_prefilled_one(merged):
    own = {"stages": {"A": "open", "Parked": "no_decision"}, "own_stages": True}
    guess = {
        "stages": {"A": "open", "Parked": "open"},
        "own_stages": False,
        "opportunities": [{"opportunity_id": "d1", "stage": "Parked"}],
    }
    assert rows(merged(own, guess), "SELECT outcome FROM model.opportunities") == [("no_decision",)]


def test_two_uploads_on_different_days_tell_when_a_stage_was_entered(merged):
    """d1 was in A on the 1st, in B on the 15th, won on the 31st; d2 never moved; d3 has a history of its own."""
    stages = {"A": "open", "B": "open", "Won": "won"}

    def upload(day, *of):
        deals = [{"opportunity_id": f"d{n}", "stage": s} for n, s in enumerate(of, start=1)]
        return {"stages": stages, "opportunities": deals, "export_day": day}

    history = {"entered": [("d3", "A", "2023-12-01"), ("d3", "B", "2023-12-11")], "export_day": "2024-01-01"}
    found = merged(
        upload("2024-01-01", "A", "A", "A"),
        history,
        upload("2024-01-15", "B", "A", "B"),
        upload("2024-01-31", "Won", "A", "B"),
    )
    assert rows(
        found, "SELECT opportunity_id, stage, days, quality FROM model.stage_visits ORDER BY 1, entered_at"
    ) == [
        ("d1", "B", 16.0, "derived"),
        ("d1", "Won", None, "derived"),
        ("d3", "A", 10.0, "full"),
        ("d3", "B", None, "full"),
    ]


def test_a_later_entry_of_a_wide_export_adds_to_the_earlier_one(merged):
    """The export keeps only the latest entry of a stage: the older export still knows the first."""

    def export(entered):
        return {
            "stages": {"A": "open", "B": "open"},
            "opportunities": [{"opportunity_id": "d1", "stage": "A"}],
            "stage_visits": [
                {"opportunity_id": "d1", "stage": s, "entered_at": at, "quality": "partial"} for s, at in entered
            ],
        }

    found = merged(
        export([("A", "2024-01-01"), ("B", "2024-01-05")]), export([("B", "2024-01-05"), ("A", "2024-01-09")])
    )
    assert rows(found, "SELECT stage, days FROM model.stage_visits ORDER BY entered_at") == [
        ("A", 4.0),
        ("B", 4.0),
        ("A", None),
    ]


def test_the_newest_as_of_day_set_by_hand_counts(merged):
    deals = {"opportunities": [{"opportunity_id": "d1", "opened_on": "2024-03-01"}]}
    found = merged({**deals, "as_of": "2024-02-01"}, {**deals, "as_of": "2024-02-15"}, deals)
    assert rows(found, "SELECT value FROM model.about WHERE key = 'as_of'") == [("2024-02-15",)]


def test_an_event_counts_up_to_the_day_of_its_own_export(merged):
    """A closing of June in a file of May is a plan; the same in a file of July is an event."""
    deal = {
        "opportunities": [
            {"opportunity_id": "d1", "outcome": "won", "opened_on": "2024-01-01", "closed_on": "2024-06-01"}
        ]
    }
    early = merged({**deal, "export_day": "2024-05-01"})
    late = merged({**deal, "export_day": "2024-05-01"}, {**deal, "export_day": "2024-07-01"})
    as_of = "SELECT value FROM model.about WHERE key = 'as_of'"
    assert (rows(early, as_of), rows(late, as_of)) == ([("2024-01-01",)], [("2024-06-01",)])


COMPANIES = st.fixed_dictionaries(
    {
        "accounts": st.lists(
            st.fixed_dictionaries(
                {
                    "account_id": st.sampled_from(["a1", "a2", "a3"]),
                    "name": st.sampled_from([None, "North", "South"]),
                    "Vertical": st.sampled_from([None, "Rail", "Road"]),
                }
            ),
            max_size=3,
            unique_by=lambda row: row["account_id"],
        ),
        "opportunities": st.lists(
            st.fixed_dictionaries(
                {
                    "opportunity_id": st.sampled_from(["d1", "d2", "d3"]),
                    "account_id": st.sampled_from([None, "a1", "south", "zz"]),
                    "stage": st.sampled_from([None, "A", "B", "Won", "Lost"]),
                    "amount": st.sampled_from([None, 0, 10]),
                    "opened_on": st.sampled_from([None, "2024-01-01", "2024-02-01"]),
                    "closed_on": st.sampled_from([None, "2024-03-01"]),
                }
            ),
            max_size=3,
            unique_by=lambda row: row["opportunity_id"],
        ),
        "entered": st.lists(
            st.tuples(
                st.sampled_from(["d1", "d2", "d9"]),
                st.sampled_from(["A", "B", "Won", "X"]),
                st.sampled_from(["2024-01-01", "2024-01-05", "2024-01-05 10:00:00", "2024-02-01"]),
            ),
            max_size=6,
        ),
        "invoices": st.lists(
            st.fixed_dictionaries(
                {
                    "invoice_id": st.sampled_from(["i1", "i2"]),
                    "account_id": st.sampled_from(["a1", "North"]),
                    "invoiced_on": st.just("2024-01-09"),
                    "amount": st.just(5),
                }
            ),
            max_size=2,
            unique_by=lambda row: row["invoice_id"],
        ),
    }
)
MAP = {"A": "open", "B": "open", "Won": "won", "Lost": "lost"}


def contents(connection):
    """Every table of the model without the import's number, sorted."""
    found = {}
    for name in [t.name for t in TABLES] + ["target_spans", "calendar", "dimensions"]:
        columns = rows(connection, f"DESCRIBE SELECT * FROM model.{name}")
        kept = ", ".join(f'"{column[0]}"' for column in columns if column[0] not in ("_import", "_row"))
        found[name] = sorted(map(repr, rows(connection, f"SELECT {kept} FROM model.{name}")))
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=COMPANIES)
def test_loading_the_same_rows_twice_changes_nothing(tmp_path, company):
    first = write_batch(tmp_path, number=1, stages=MAP, **company)
    again = write_batch(tmp_path, number=2, stages=MAP, **company)
    assert contents(_built([first])) == contents(_built([first, again]))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=COMPANIES, other=COMPANIES)
def test_deals_and_visits_never_multiply(tmp_path, company, other):
    """As many deals as there are ids, no more visits than entries, every link an account."""
    batches = [write_batch(tmp_path, number=n, stages=MAP, **c) for n, c in ((1, company), (2, other))]
    found = _built(batches)
    ids = {row["opportunity_id"] for c in (company, other) for row in c["opportunities"]}
    assert rows(found, "SELECT count(*), count(DISTINCT opportunity_id) FROM model.opportunities") == [
        (len(ids), len(ids))
    ]
    assert rows(found, "SELECT count(*) FROM model.stage_visits")[0][0] <= len(company["entered"]) + len(
        other["entered"]
    )
    assert rows(
        found,
        "SELECT count(account_id) FROM model.opportunities "
        "WHERE account_id NOT IN (SELECT account_id FROM model.accounts)",
    ) == [(0,)]
    assert rows(found, "SELECT count(*) FROM model.stage_visits WHERE days < 0 OR (is_open AND days IS NOT NULL)") == [
        (0,)
    ]


def test_the_export_day_is_a_day():
    assert write_batch(export_day="2024-05-01").export_day == date(2024, 5, 1)


def test_a_teams_file_after_the_users_keeps_their_ids(merged):
    found = merged(
        {
            "owners": [{"owner": "Desk", "team": "East", "_owner_id": "u1"}],
            "opportunities": [{"opportunity_id": "d1", "owner": "u1"}],
        },
        {"owners": [{"owner": "Desk", "team": "West"}]},
    )
    assert rows(found, "SELECT owner FROM model.opportunities") == [("Desk",)]
    assert rows(found, "SELECT owner, team FROM model.owners") == [("Desk", "West")]


def test_one_name_in_the_users_of_two_systems_is_one_seller(merged):
    found = merged(
        {
            "owners": [{"owner": "Desk", "team": "East", "_owner_id": "u1"}],
            "opportunities": [{"opportunity_id": "d1", "owner": "u1"}],
        },
        {
            "owners": [{"owner": "Desk", "team": "West", "_owner_id": "s1"}],
            "opportunities": [{"opportunity_id": "d2", "owner": "s1"}],
        },
    )
    assert rows(found, "SELECT DISTINCT owner FROM model.opportunities") == [("Desk",)]
    assert rows(found, "SELECT owner, team FROM model.owners") == [("Desk", "West")]


def test_sellers_of_one_name_stay_two_where_a_later_file_has_one_of_them(merged):
    found = merged(
        {
            "owners": [
                {"owner": "Desk", "team": "East", "_owner_id": "u1"},
                {"owner": "Desk", "team": "West", "_owner_id": "u2"},
            ],
            "opportunities": [{"opportunity_id": "d1", "owner": "u1"}, {"opportunity_id": "d2", "owner": "u2"}],
        },
        {"owners": [{"owner": "Desk", "team": "North", "_owner_id": "u1"}]},
    )
    assert rows(found, "SELECT owner FROM model.opportunities ORDER BY 1") == [("Desk (u1)",), ("Desk (u2)",)]
    assert rows(found, "SELECT owner, team FROM model.owners") == [("Desk (u1)", "North"), ("Desk (u2)", "West")]
