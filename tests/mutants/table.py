"""All faults."""

from __future__ import annotations

from tests.mutants import blind, known
from tests.mutants.record import Fault

BLIND: list[Fault] = [f for part in blind.PARTS for f in part.FAULTS]
"""Written without having read the tests."""
KNOWN: list[Fault] = [f for part in known.PARTS for f in part.FAULTS]
"""Written with the tests in view."""
FAULTS: list[Fault] = [*BLIND, *KNOWN]
