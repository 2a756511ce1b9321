"""Axis scales: round tick numbers, their labels, and the map from values to positions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_LIMIT = 1e250  # as good as infinite: beyond it, the arithmetic of an axis would overflow
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def drawable(value: float | None, *, log: bool = False) -> bool:
    """Return whether a value has a place on an axis: finite, within 1e250, above zero if `log`."""
    if value is None or not abs(value) <= _LIMIT:  # NaN compares as False
        return False
    return value >= 1 / _LIMIT if log else True


def finite(values: Iterable[float | None]) -> list[float]:
    """Return the finite members of `values` as floats; None counts as missing.

    >>> from denpa.report.scale import finite
    >>> finite([1, None, float("nan"), 2.5])
    [1.0, 2.5]
    """
    return [float(v) for v in values if v is not None and drawable(v)]


def widen(lo: float, hi: float) -> tuple[float, float]:
    """Return an interval that holds `lo` and `hi` and has a width that can be divided."""
    if not (math.isfinite(lo) and math.isfinite(hi)) or lo > hi:
        raise ValueError(
            f"an axis from {lo} to {hi} cannot be drawn: give two finite numbers, low first"
        )
    lo, hi = max(lo, -_LIMIT), min(hi, _LIMIT)
    lo, hi = min(lo, _LIMIT), max(hi, -_LIMIT)
    size = max(abs(lo), abs(hi))
    if size < 1e-250:  # zero, for any eye; steps below would leave the range of float64
        return -1.0, 1.0
    if hi - lo <= 1e-9 * size:
        return lo - 0.1 * size, hi + 0.1 * size
    return lo, hi


def _step(span: float, count: int) -> tuple[int, int]:
    """Return (m, e): the step m * 10**e with m in 1, 2, 5 that gives about `count` steps."""
    raw = span / max(count, 1)
    exponent = math.floor(math.log10(raw))
    lead = raw / 10.0**exponent
    for digit in (1, 2, 5):
        if lead <= digit * 1.000001:
            return digit, exponent
    return 1, exponent + 1


def nice_ticks(lo: float, hi: float, count: int = 5) -> list[float]:
    """Return round numbers (1, 2 or 5 times a power of ten apart) inside [lo, hi], one or more.

    >>> from denpa.report.scale import nice_ticks
    >>> nice_ticks(0.03, 0.97)
    [0.2, 0.4, 0.6, 0.8]
    >>> nice_ticks(1, 42, 2)  # no multiple of 50 lies inside
    [20.0, 40.0]
    """
    lo, hi = widen(lo, hi)
    digit, exponent = _step(hi - lo, count)
    step = float(f"{digit}e{exponent}")
    first, last = math.ceil(lo / step - 1e-6), math.floor(hi / step + 1e-6)
    if first > last:
        return nice_ticks(lo, hi, count + 1)
    # Decimal text, not i * step: 3 * 0.1 would be 0.30000000000000004.
    return [float(f"{i * digit}e{exponent}") for i in range(first, last + 1)]


def some_ticks(lo: float, hi: float, count: int = 5) -> list[float]:
    """Return about `count` round numbers in [lo, hi], and three or more of them at any rate.

    One number on an axis gives no scale.

    >>> from denpa.report.scale import some_ticks
    >>> some_ticks(-19, 17, 3)
    [-10.0, 0.0, 10.0]
    """
    ticks = nice_ticks(lo, hi, count)
    while len(ticks) < 3:
        count += 1
        ticks = nice_ticks(lo, hi, count)
    return ticks


def nice_domain(lo: float, hi: float, count: int = 5) -> tuple[float, float]:
    """Return [lo, hi] stretched outwards to the nearest round ticks."""
    lo, hi = widen(lo, hi)
    digit, exponent = _step(hi - lo, count)
    step = float(f"{digit}e{exponent}")
    first, last = math.floor(lo / step + 1e-6), math.ceil(hi / step - 1e-6)
    ends = float(f"{first * digit}e{exponent}"), float(f"{last * digit}e{exponent}")
    return min(ends[0], lo), max(ends[1], hi)


def log_ticks(lo: float, hi: float) -> list[float]:
    """Return powers of ten in [lo, hi]; with fewer than two of them, also 2 and 5 times those.

    >>> from denpa.report.scale import log_ticks
    >>> log_ticks(0.004, 30)
    [0.01, 0.1, 1.0, 10.0]
    """
    if not 0 < lo <= hi:
        raise ValueError(f"a logarithmic axis needs 0 < low <= high, given {lo} and {hi}")
    first, last = math.floor(math.log10(lo)), math.ceil(math.log10(hi))
    tiny, huge = lo * (1 - 1e-9), hi * (1 + 1e-9)
    powers = [p for p in range(first, last + 1) if tiny <= float(f"1e{p}") <= huge]
    if len(powers) >= 2:
        stride = math.ceil(len(powers) / 7)
        return [float(f"1e{p}") for p in powers if p % stride == 0]
    fine = [float(f"{m}e{p}") for p in range(first, last + 1) for m in (1, 2, 5)]
    return [t for t in fine if tiny <= t <= huge] or [lo]


def power_of_ten(exponent: int) -> str:
    """Return "10" with a raised exponent, as text."""
    return "10" + str(exponent).translate(_SUPERSCRIPT)


def tick_labels(ticks: Sequence[float]) -> tuple[list[str], str]:
    """Return the labels of evenly spaced ticks and the factor they share ("" when none).

    >>> from denpa.report.scale import tick_labels
    >>> tick_labels([0.0, 0.5, 1.0])
    (['0.0', '0.5', '1.0'], '')
    >>> tick_labels([-0.0002, 0.0, 0.0002])
    (['-2', '0', '2'], '×10⁻⁴')
    """
    size = max((abs(t) for t in ticks), default=0.0)
    if size == 0.0:
        return ["0" for _ in ticks], ""
    gap = min((abs(b - a) for a, b in pairwise(ticks)), default=size)
    power = math.floor(math.log10(size) + 1e-9)
    if not (size >= 1e5 or size < 1e-2):
        power = 0
    decimals = max(0, power - math.floor(math.log10(gap) + 1e-6))
    scaled = [t / 10.0**power for t in ticks]
    labels = [f"{v:.{min(decimals, 12)}f}" for v in scaled]
    labels = ["0" if float(text) == 0 and decimals == 0 else text for text in labels]
    return labels, f"×{power_of_ten(power)}" if power else ""


def log_label(value: float) -> str:
    """Return the label of one tick of a logarithmic axis.

    >>> from denpa.report.scale import log_label
    >>> log_label(0.01), log_label(1e-5), log_label(2e-5)
    ('0.01', '10⁻⁵', '2×10⁻⁵')
    """
    if 1e-3 <= value < 1e5:
        return f"{value:.6g}"
    power = math.floor(math.log10(value) + 1e-9)
    lead = value / 10.0**power
    return power_of_ten(power) if abs(lead - 1) < 1e-6 else f"{lead:.3g}×{power_of_ten(power)}"


class Ticks(NamedTuple):
    """The values that are marked on an axis with their labels, and the factor that these share."""

    marks: list[tuple[float, str]]
    factor: str = ""

    def named(self, axis: str) -> str:
        """The name of the axis with the factor behind it."""
        return f"{axis} {self.factor}".strip()


def even_ticks(lo: float, hi: float, count: int = 5) -> Ticks:
    """About `count` round numbers with labels of equal length."""
    values = some_ticks(lo, hi, count)
    labels, factor = tick_labels(values)
    return Ticks(list(zip(values, labels, strict=True)), factor)


def whole_ticks(lo: float, hi: float) -> Ticks:
    """Whole numbers only: half an epoch does not exist."""
    values = [v for v in some_ticks(lo, hi, 6) if v == int(v)] or [round(lo)]
    return Ticks([(v, f"{int(v)}") for v in values])


def power_ticks(lo: float, hi: float) -> Ticks:
    """The ticks of a logarithmic axis."""
    return Ticks([(v, log_label(v)) for v in log_ticks(lo, hi)])


def number(value: object, digits: int = 4) -> str:
    """Return a value as a reader wants it: 4 digits, thousands with commas, a dash when missing.

    >>> from denpa.report.scale import number
    >>> number(0.123456), number(4810), number(None), number(float("nan")), number(3.1e-10)
    ('0.1235', '4,810', '–', 'NaN', '3.1e-10')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if not isinstance(value, (float, str)) and hasattr(value, "item"):
        return number(value.item(), digits)  # a NumPy scalar
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value != 0 and (abs(value) < 1e-4 or abs(value) >= 1e7):
        return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"
