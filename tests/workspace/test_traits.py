"""What the ideal customer profile is fitted on: a column that names each account says nothing of what they share."""

import duckdb
from small_exports import exports, load

from metrics import Workspace


def test_a_column_nearly_as_varied_as_the_accounts_is_no_property(tmp_path):
    """60 accounts: a mascot of its own for each of the 12 that have one, a cluster shared by twenty each, and a flag of
    which two are known. None has an uploaded fit."""
    accounts = [
        account
        | {"Mascot": f"Bear {chr(65 + n)}" if n < 12 else "", "Cluster": "XYZ"[n % 3]}
        | {"Listed": ("yes", "no")[n] if n < 2 else ""}
        for n, account in enumerate(exports()["accounts"])
    ]
    current = Workspace(load(tmp_path, {"accounts": accounts})).current()
    with duckdb.connect(str(current), read_only=True) as snapshot:
        found = snapshot.execute("SELECT DISTINCT attribute FROM model.account_traits ORDER BY 1").fetchall()
        known = snapshot.execute("SELECT name FROM model.dimensions").fetchall()
    assert {name for (name,) in found} == {"Cluster", "Listed", "industry", "size"}
    assert ("Mascot",) in known  # still to be filtered and split by
