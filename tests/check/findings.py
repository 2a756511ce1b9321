"""What the tests of the check read from a report."""

from __future__ import annotations

from typing import Any


def wrong(report: Any) -> set[str]:
    """The names of what is told as wrong."""
    return {n for f in report.findings for n in (f.name, *f.also)}
