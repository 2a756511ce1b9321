"""Faults that were written with the tests in view."""

from __future__ import annotations

from tests.mutants.known import (
    engine,
    explanations,
    networks,
    primitives,
    programs,
    runs,
    tools,
)

PARTS = (engine, explanations, primitives, programs, networks, runs, tools)
