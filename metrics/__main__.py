"""`python -m metrics`: the command line."""

import sys

from metrics.commands import main

if __name__ == "__main__":
    sys.exit(main())
