"""The charts of a check: errors over ε, and the way of the parameters under an update rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from denpa.check.optimizers.record import RuleRecord
from denpa.check.sweep import Sweep
from denpa.report.scale import Ticks, log_ticks, power_of_ten, whole_ticks, widen
from denpa.report.svg import Drawing, Frame, join, legend, path, shorten, text

Array = NDArray[np.float64]
_PRECISE = 1e-16  # where the chart ends below: less is none in float64
_LABEL = 0.3  # of the width, that the label of the tolerance takes


def sweep_chart(found: Sweep, title: str, words: Mapping[str, str]) -> Drawing:
    """Errors of the claim over ε, both axes logarithmic, small steps on the left."""
    lines = {"sweep.forward": found.forward, "sweep.central": found.central}
    if np.isfinite(found.richardson).any():
        lines["sweep.richardson"] = found.richardson
    drawn = np.concatenate([v[np.isfinite(v)] for v in lines.values()])
    high = float(np.max(drawn, initial=found.tolerance))
    low = max(_PRECISE, min(float(np.min(drawn, initial=1.0)), found.tolerance / 10))
    ends = (math.log10(found.steps.min()) - 0.2, math.log10(found.steps.max()) + 0.2)
    width, top, left = 440.0, 92.0, 52.0
    frame = Frame(left, top, width - left - 14, 200.0, ends, (low / 2, high * 3), True)
    powers = range(math.ceil(ends[0]), math.floor(ends[1]) + 1, 2)
    x = Ticks([(power, power_of_ten(power)) for power in powers])
    values = log_ticks(*frame.y)
    y = Ticks([(v, "1" if v == 1 else power_of_ten(round(math.log10(v)))) for v in values])
    out = [
        text(2, 18, shorten(title, width - 8, 13), "dp-head"),
        legend([words[k] for k in lines], width - 14, 40, 16)[0],
        frame.axes(words["sweep.x"], words["sweep.y"], x, y, lift=1),
    ]
    row = frame.py(found.tolerance)
    out.append(path("dp-mark", "M", left, row, "H", frame.right))
    said = f"{words['sweep.tolerance']} {found.tolerance:.0e}".replace("e-0", "e-")
    if _room(found, lines.values(), small=True) > _room(found, lines.values(), small=False):
        out.append(text(left + 4, row + 12, said, "dp-small"))
    else:
        out.append(text(frame.right, row - 4, said, "dp-small", "end"))
    steps = np.log10(found.steps).tolist()
    for k, errors in enumerate(lines.values()):
        notes = [f"ε = {s:.1e}: {v:.1e}" for s, v in zip(found.steps, errors, strict=True)]
        shown = np.maximum(errors, low).tolist()  # what is below the axis lies on it
        out.append(frame.curve(steps, shown, k, notes=notes, radius=2.2))
    return Drawing(width, frame.bottom + 40, title, join(out))


def _room(found: Sweep, lines: Iterable[np.ndarray], small: bool) -> float:
    """How many powers of ten lie between the tolerance's label and the nearest line, at one end."""
    at = np.log10(found.steps)
    share = (at - at.min()) / np.ptp(at)
    near = share < _LABEL if small else share > 1 - _LABEL
    values = np.concatenate([v[near & np.isfinite(v) & (v > 0)] for v in lines])
    # The label stands on its line, or at small steps, where errors fall towards it, beneath.
    place = math.log10(found.tolerance) + (-0.6 if small else 0.5)
    return float(np.min(np.abs(np.log10(values) - place), initial=99.0))


def ways(report: RuleRecord, words: Mapping[str, str]) -> list[Drawing]:
    """A chart for each parameter, of the element whose ways part most; none without numbers.

    >>> from denpa.check import update_rule
    >>> from denpa.check.pages.words import words
    >>> found = update_rule(lambda p, g: p + 0.1 * g, "sgd", lr=0.1)
    >>> [chart.title for chart in ways(found, words("en"))]
    ['W[3, 1], yours and right']
    """
    mine, right = report.yours, report.right
    if mine is None or right is None or len(report.places) != right.shape[1]:
        return []
    gap = np.max(np.abs(mine - right), axis=0)
    gap = np.where(np.isfinite(gap), gap, np.inf)
    size = np.ptp(right, axis=0)  # of those with equal gaps, one that moves
    best: dict[str, int] = {}
    for k, place in enumerate(report.places):
        name = place.partition("[")[0]
        if name not in best or (gap[k], size[k]) > (gap[best[name]], size[best[name]]):
            best[name] = k
    return [_way(mine[:, k], right[:, k], report.places[k], words) for k in list(best.values())[:3]]


def _way(mine: Array, right: Array, place: str, words: Mapping[str, str]) -> Drawing:
    both = np.concatenate([mine, right])
    both = both[np.isfinite(both)]
    low, high = widen(float(both.min()), float(both.max())) if both.size else (0.0, 1.0)
    edge = 0.06 * (high - low)
    width, left, top = 330.0, 62.0, 82.0
    ends = (0.8, len(right) + 0.2)
    frame = Frame(left, top, width - left - 12, 160.0, ends, (low - edge, high + edge))
    title = words["ways.title"].format(name=place)
    names = [words["ways.right"], words["ways.yours"]]
    out = [
        text(2, 18, shorten(title, width - 8, 13), "dp-head"),
        legend(names, width - 14, 40, 16)[0],
        frame.axes(words["ways.x"], words["ways.y"].format(name=place), whole_ticks(*ends)),
    ]
    for style, values in enumerate((right.tolist(), mine.tolist())):
        notes = [f"{step}: {value:.6g}" for step, value in enumerate(values, 1)]
        steps = range(1, len(values) + 1)
        # The definition's marks are larger, so that both are seen where they coincide.
        out.append(frame.curve(steps, values, style, notes=notes, radius=3.6 - 1.4 * style))
    return Drawing(width, frame.bottom + 40, title, join(out))
