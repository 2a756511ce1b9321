"""Attacks: what bad luck and a hostile stranger would do to files, terminals and processes.

An attack is a function that makes `count` cases from a seed, tries each, and says which fell. A few
cases of each run with the other tests; `python -m tests.attack` runs many and prints the table that
docs/reliability.md shows. A module of this folder holds the attacks on one room in its `ATTACKS`.
"""
