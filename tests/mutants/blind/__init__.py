"""Faults that were written without having read the tests."""

from __future__ import annotations

from tests.mutants.blind import data, engine, networks, runs, tools

PARTS = (data, engine, networks, runs, tools)
