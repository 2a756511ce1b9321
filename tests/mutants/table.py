"""All faults."""

from __future__ import annotations

from tests.mutants.blind import engine, networks, runs, tools
from tests.mutants.record import Fault

BLIND: list[Fault] = [*engine.FAULTS, *networks.FAULTS, *runs.FAULTS, *tools.FAULTS]
"""Written without having read the tests."""
FAULTS: list[Fault] = [*BLIND]
