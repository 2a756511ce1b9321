"""Faults that were written without having read the tests."""

from __future__ import annotations

from tests.mutants.blind import engine, networks, runs, tools

PARTS = (engine, networks, runs, tools)
