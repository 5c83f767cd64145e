"""Exchange rates: euros for one unit of another currency, from the first day of each month."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.days import MONTHS

REPORTING = "EUR"
BEGINS_AT = {"GBP": 1.148, "CHF": 1.012, "USD": 0.934}
A_MONTH = 0.009  # standard deviation of the logarithm of a month's change
PULL = 0.08  # of each month's distance from where it began


@dataclass(frozen=True)
class Rates:
    """Rates by currency and month, four decimals as they are published."""

    by_month: dict[str, np.ndarray]

    def of(self, currency: np.ndarray, days: np.ndarray) -> np.ndarray:
        """The rate of each row's currency on its day."""
        month = np.clip((days.astype("datetime64[M]") - MONTHS[0]).astype(np.int64), 0, len(MONTHS) - 1)
        found = np.ones(len(month))
        for name, rates in self.by_month.items():
            found = np.where(currency == name, rates[month], found)
        return found

    def table(self) -> pd.DataFrame:
        """One row a currency and month: currency, month, rate."""
        return pd.concat(
            [pd.DataFrame({"currency": name, "month": MONTHS, "rate": rates}) for name, rates in self.by_month.items()],
            ignore_index=True,
        )


def rates() -> Rates:
    """Rates that wander about where they began: the world's, whatever the company."""
    rng, found = np.random.default_rng(1999), {}
    for name, start in BEGINS_AT.items():
        distance, path = 0.0, []
        for change in rng.normal(0, A_MONTH, len(MONTHS)):
            path.append(distance)
            distance = (1 - PULL) * distance + change
        found[name] = np.round(start * np.exp(np.array(path)), 4)
    return Rates(found)
