from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denpa.report.scale import (
    finite,
    log_label,
    log_ticks,
    nice_domain,
    nice_ticks,
    number,
    power_of_ten,
    some_ticks,
    tick_labels,
    widen,
)

ends = st.floats(-1e12, 1e12).map(lambda v: 0.0 if abs(v) < 1e-200 else v)


@st.composite
def spans(draw: st.DrawFn) -> tuple[float, float]:
    a, b = sorted((draw(ends), draw(ends)))
    return a, b


@settings(deadline=None)
@given(spans(), st.integers(2, 10))
def test_ticks_are_round_ascending_and_inside(span, count):
    ticks = nice_ticks(*span, count)
    lo, hi = widen(*span)
    slack = 1e-5 * (hi - lo)
    assert 1 <= len(ticks) <= count + 1
    assert all(lo - slack <= t <= hi + slack for t in ticks)
    assert ticks == sorted(set(ticks))
    if len(ticks) >= 2:
        step = (ticks[-1] - ticks[0]) / (len(ticks) - 1)
        lead = step / 10 ** math.floor(math.log10(step) + 1e-6)
        assert min(abs(lead - digit) for digit in (1, 2, 5)) < 1e-3
        assert all(abs(t / step - round(t / step)) < 1e-4 for t in ticks)


@settings(deadline=None)
@given(spans())
def test_an_axis_has_three_ticks_or_more_but_not_a_crowd(span):
    assert 3 <= len(some_ticks(*span)) <= 8


@settings(deadline=None)
@given(spans())
def test_domain_holds_the_data_and_is_not_much_wider(span):
    lo, hi = nice_domain(*span)
    low, high = widen(*span)
    assert lo <= low
    assert high <= hi
    assert hi - lo <= 2.2 * (high - low)


@settings(deadline=None)
@given(spans())
def test_labels_are_distinct_and_read_back_as_the_ticks(span):
    ticks = nice_ticks(*span)
    labels, factor = tick_labels(ticks)
    assert len(set(labels)) == len(ticks)
    if not factor:
        for tick, label in zip(ticks, labels, strict=True):
            assert float(label) == pytest.approx(tick, rel=1e-9, abs=1e-9)


def test_labels_share_a_power_of_ten_when_they_are_tiny_or_huge():
    assert tick_labels([0.0, 1e-4, 2e-4]) == (["0", "1", "2"], "×10⁻⁴")
    assert tick_labels([0.0, 5e5, 1e6]) == (["0.0", "0.5", "1.0"], "×10⁶")
    assert tick_labels([0.0, 0.05, 0.1]) == (["0.00", "0.05", "0.10"], "")
    assert tick_labels([0.0]) == (["0"], "")


@settings(deadline=None)
@given(st.floats(1e-30, 1e30), st.floats(1, 1e30))
def test_log_ticks_are_inside_and_few(lo, ratio):
    hi = min(lo * ratio, 1e60)
    ticks = log_ticks(lo, hi)
    assert 1 <= len(ticks) <= 8
    assert all(lo * 0.999 <= t <= hi * 1.001 for t in ticks)


def test_log_labels():
    assert [log_label(v) for v in (0.001, 10.0, 1e-4, 2e-4, 1e6)] == [
        "0.001", "10", "10⁻⁴", "2×10⁻⁴", "10⁶",
    ]  # fmt: skip
    assert power_of_ten(-12) == "10⁻¹²"


def test_numbers_for_readers():
    assert number(True) == "True"
    assert number(1234567) == "1,234,567"
    assert number(12345.6) == "12,346"
    assert number(0.00001234) == "1.234e-5"
    assert number(12345678.0) == "1.235e7"
    assert number(-math.inf) == "-∞"
    assert number("text") == "text"


def test_finite_drops_what_cannot_be_drawn():
    assert finite([1, None, math.nan, -math.inf, 2]) == [1.0, 2.0]


@pytest.mark.parametrize(("lo", "hi"), [(2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_an_axis_without_two_ordered_finite_ends_is_an_error(lo, hi):
    with pytest.raises(ValueError, match="give two finite numbers, low first"):
        nice_ticks(lo, hi)


def test_a_log_axis_from_zero_is_an_error():
    with pytest.raises(ValueError, match=r"needs 0 < low <= high, given 0\.0 and 1\.0"):
        log_ticks(0.0, 1.0)
