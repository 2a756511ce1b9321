"""`python -m denpa.check.explain --write docs` writes docs/mistakes.md and its Japanese twin."""

from __future__ import annotations

import sys

from denpa.check.explain.book import main

if __name__ == "__main__":
    sys.exit(main())
