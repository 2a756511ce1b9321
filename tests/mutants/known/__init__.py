"""Faults that were written with the tests in view."""

from __future__ import annotations

from tests.mutants.known import engine, networks, primitives, programs, runs, tools

PARTS = (engine, primitives, programs, networks, runs, tools)
