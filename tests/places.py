"""Where the tests find what is not their own."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
REAL_DATA = PROJECT.parent / "shared" / "real-data"
"""Public data sets, beside the checkout where they are available; nothing of them is in the project."""
