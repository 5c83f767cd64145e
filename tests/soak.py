"""How often the tests of durability and of hostile files try: a few times in every run, many with `make soak`."""

import os

IS_SOAK = bool(os.environ.get("ABM_SOAK"))


def times(usual: int, soak: int) -> int:
    """`soak` with `make soak`, else `usual`."""
    return soak if IS_SOAK else usual
