"""Faults that were written with the source alone in view: nobody had looked at the tests."""
