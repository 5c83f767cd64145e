"""What the metrics of customers share, read by itself."""

from collections.abc import Callable

import pytest

from metrics import Scope, Snapshot, find_metric
from metrics.compose import compose


@pytest.fixture
def customers_at_risk() -> Callable[[Snapshot], dict[str, tuple[float, float]]]:
    """{account: (months, lost)} of the shared section customers_at_risk."""

    def read(snapshot: Snapshot) -> dict[str, tuple[float, float]]:
        metric = find_metric("churn_rate")
        composition = compose(metric, Scope(), snapshot, metric.settle({}))
        sql = composition.sql(metric, "read", "SELECT account_id, months, lost FROM customers_at_risk")
        found = snapshot.run(sql, composition.used(sql))
        return {row.account_id: (row.months, row.lost) for row in found.itertuples()}

    return read
