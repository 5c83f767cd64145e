"""Ways to a wrong figure of customers that were thought through: one trap a test, and none may be weakened."""

from datetime import date

from metrics import Scope, measure

MARCH = Scope(start=date(2024, 3, 1), end=date(2024, 3, 31))
AS_OF = {"as_of": "2024-03-31", "export_day": "2024-06-01"}


def contracts(*rows):
    """(account, started, ended, monthly revenue, product)."""
    return [
        {"contract_id": f"k{n}", "account_id": account, "started_on": started, "ended_on": ended, "product": product,
         "monthly_revenue": revenue, "currency": "EUR"}
        for n, (account, started, ended, revenue, product) in enumerate(rows)
    ]  # fmt: skip


def figures(snapshot, metric, columns, scope=MARCH):
    (row,) = measure(snapshot, metric, scope).rows()
    return {column: row[column] for column in columns}


def test_more_products_for_less_money_is_a_contraction(opened):
    """a1 goes from one product at 100 to two at 40 and 30: 30 less, though it holds one more; it has not gone."""
    signed = contracts(
        ("a1", "2023-01-01", "2024-03-15", 100, "A"), ("a1", "2024-03-15", None, 40, "A"),
        ("a1", "2024-03-15", None, 30, "B"), ("a2", "2023-01-01", None, 100, "A"),
    )  # fmt: skip
    snapshot = opened(accounts=[{"account_id": "a1"}, {"account_id": "a2"}], contracts=signed, **AS_OF)
    assert figures(snapshot, "revenue_retention", (
        "value", "grr", "expansion", "contraction", "lost", "upsell_rate", "products_per_account",
    )) == {"value": 0.85, "grr": 0.85, "expansion": 0, "contraction": 30, "lost": 0, "upsell_rate": 0,
           "products_per_account": 1.5}  # fmt: skip
    assert figures(snapshot, "churn_rate", ("gone", "revenue_churn")) == {"gone": 0, "revenue_churn": 0.15}


def test_who_comes_back_is_no_expansion_of_who_was_there(opened):
    """a1 left in January, past any grace, and is back in March for 120: new in March. Over the year, at whose both ends
    it is a customer, it grew by 20 and nobody is gone; at risk, it was lost once."""
    signed = contracts(
        ("a1", "2023-01-01", "2024-01-10", 100, "A"), ("a1", "2024-03-10", None, 120, "A"),
        ("a2", "2023-01-01", None, 50, "A"),
    )  # fmt: skip
    snapshot = opened(accounts=[{"account_id": "a1"}, {"account_id": "a2"}], contracts=signed, **AS_OF)
    assert figures(snapshot, "revenue_retention", ("value", "n", "expansion", "new")) == {
        "value": 1, "n": 1, "expansion": 0, "new": 120,
    }  # fmt: skip
    year = Scope()
    assert figures(snapshot, "revenue_retention", ("n", "revenue_start", "expansion", "lost", "new"), year) == {
        "n": 2, "revenue_start": 150, "expansion": 20, "lost": 0, "new": 0,
    }  # fmt: skip
    assert figures(snapshot, "churn_rate", ("customers", "gone"), year) == {"customers": 2, "gone": 0}
    assert figures(snapshot, "customer_lifetime_value", ("customers_lost",), year) == {"customers_lost": 1}
