"""The days that the sample company's history lies between. Months are numpy `datetime64[M]`."""

import numpy as np

FIRST_DAY = np.datetime64("2023-01-01", "D")
LAST_DAY = np.datetime64("2026-10-31", "D")
END = np.datetime64("2026-11-01T00:00", "m")  # the as-of day ends here
KEPT_SINCE = np.datetime64("2024-10-01", "D")  # older mailings, calls and to-dos are cleared away
MONTHS = np.arange("2023-01", "2026-11", dtype="datetime64[M]")
