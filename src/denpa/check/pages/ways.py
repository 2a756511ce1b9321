"""The ways of the parameters under an update rule: what was written beside the definition."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from denpa.check.optimizers.record import RuleRecord
from denpa.check.pages.drawings import Drawing, legend
from denpa.report.frame import Frame, coordinate, esc, shorten, tag, text
from denpa.report.scale import widen

Array = NDArray[np.float64]


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
    return [
        _chart(mine[:, k], right[:, k], report.places[k], words)
        for k in list(best.values())[:3]
    ]  # fmt: skip


def _chart(mine: Array, right: Array, place: str, words: Mapping[str, str]) -> Drawing:
    both = np.concatenate([mine, right])
    both = both[np.isfinite(both)]
    low, high = widen(float(both.min()), float(both.max())) if both.size else (0.0, 1.0)
    edge = 0.06 * (high - low)
    width, left, top = 330.0, 62.0, 82.0
    frame = Frame(left, top, width - left - 12, 160.0, (0.8, len(right) + 0.2),
                  (low - edge, high + edge))  # fmt: skip
    title = words["ways.title"].format(name=place)
    out = [text(2, 18, shorten(title, width - 8, 13), "dp-head"),
           legend([words["ways.right"], words["ways.yours"]], width)]  # fmt: skip
    out.append(frame.axes(words["ways.x"], words["ways.y"].format(name=place), whole_x=True))
    for style, values in enumerate((right, mine)):
        pen, path = "M", []
        for step, value in enumerate(values.tolist(), 1):
            if not np.isfinite(value):
                pen = "M"
                continue
            x, y = frame.px(step), frame.py(value)
            path.append(f"{pen}{coordinate(x)} {coordinate(y)}")
            pen = "L"
            note = tag("title", esc(f"{step}: {value:.6g}"))
            # The definition's marks are larger, so that both are seen where they coincide.
            out.append(tag("circle", note, cx=x, cy=y, r=3.6 - 1.4 * style, cls=f"dp-p{style}"))
        if path:
            out.append(tag("path", d="".join(path), cls=f"dp-line dp-s{style}"))
    return Drawing(width, frame.bottom + 40, title, "".join(out))
