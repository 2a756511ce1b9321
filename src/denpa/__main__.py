"""`python -m denpa` is the command `denpa`."""

from __future__ import annotations

from denpa.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
