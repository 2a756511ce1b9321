"""A guard, or a worker alone, that was started as a process: `runner` says in a file what to do."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from denpa.check.limits.bounds import Limits
from denpa.check.limits.guard import Guard
from denpa.check.limits.worker import settle, work


def main(folder: Path) -> None:
    """Do what job.json in the folder says."""
    given = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    limits = Limits(**given["limits"])
    import_module(given["job"].partition(":")[0])  # which is not the code's own time
    if given["how"] == "alone":
        settle(1)
        work(given["job"], given["payload"], limits, folder)
        os._exit(0)  # without waiting for threads
    Guard(limits, folder, given["parent"], given["alive"]).run(given["job"], given["payload"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
