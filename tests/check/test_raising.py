"""Backwards that raise: the line, the shapes and what fits, proven by differences."""

from __future__ import annotations

import itertools
import linecache
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denpa.check.raising import plain_words, told_raise
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.layer import Layer
from denpa.check.subjects.pair import Pair
from denpa.check.subjects.whole import Whole
from tests.check.raising_written import WRONG, Wrong

_count = itertools.count()


def module(source: str) -> types.ModuleType:
    """A file with this text, as tracebacks and `inspect` find it."""
    file = f"<homework {next(_count)}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    made = types.ModuleType(f"homework_{next(_count)}")
    sys.modules[made.__name__] = made
    exec(compile(source, file, "exec", dont_inherit=True), made.__dict__)
    return made


@contextmanager
def silenced(cls: type, name: str, stand_in: Any) -> Iterator[None]:
    """A method that does nothing: objects are opened by running it."""
    own = getattr(cls, name)
    setattr(cls, name, stand_in)
    try:
        yield
    finally:
        setattr(cls, name, own)


def opened(made: Any, given: tuple[Any, ...]) -> Subject:
    if isinstance(made, tuple):
        return Pair(*made, given)
    if hasattr(made, "gradient"):
        with silenced(type(made), "gradient", lambda self, x, t: {}):
            return Whole(made, *given)
    with silenced(type(made), "backward", lambda self, dout: None):
        return Layer(made, given)


def raised(subject: Subject, upstream: np.ndarray) -> Exception:
    try:
        subject.backward(subject.values, upstream)
    except Exception as error:
        return error
    raise AssertionError("backward does not raise")


def above(subject: Subject) -> np.ndarray:
    y = np.asarray(subject.forward(subject.values))
    return np.random.default_rng(5).standard_normal(y.shape) if y.ndim else np.ones(())


def told(source: str, make: str, given: tuple[Any, ...], language: str = "en") -> Report | None:
    names = module(source).__dict__ | {"rng": np.random.default_rng(0)}
    subject = opened(eval(make, names), given)
    upstream = above(subject)
    return told_raise(subject, subject.values, upstream, raised(subject, upstream), language)


@pytest.mark.parametrize("case", WRONG, ids=lambda c: c.name)
def test_the_line_and_what_fits_are_told(case: Wrong) -> None:
    found = told(case.source, case.make, case.given)
    assert found is not None
    first, *rest = found.findings
    mistake, *words = case.words
    assert first.name == case.gradient, str(found)
    assert first.mistake == mistake, str(found)
    for text in words:
        assert text in first.text, str(found)
    assert first.expected == case.expected, str(found)
    assert first.location is not None
    assert first.location.text.endswith(case.line.strip()), str(found)
    assert [f.name for f in rest] == list(case.also), str(found)
    assert first.verified is not None
    assert first.verified < 1e-6
