"""What training does with a mistake: the right layer and the wrong one, taught the same thing.

A small problem that the right layer can solve: x = A·V with V learned through the gradient of x,
the layer's own parameters learned through theirs; the loss is the mean squared distance from what
the right layer gives for other numbers, or the layer's output itself where that is one number.
Both start alike and go the same steps of plain gradient descent, at a rate at which the right one
learns. Nothing is asserted of a mistake that these two curves do not show.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.gallery.form import EXHIBITS, Mutant, compiled, drawn
from denpa.check.subjects.layer import Layer
from denpa.words import translated

STEPS = 200
_RATES = (3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
_FAR = 10.0  # times the first loss: no way back


@dataclass(frozen=True)
class Curves:
    """Two curves of losses, one number for each step, and what they show.

    `outcome`: "same", "slower" (by `factor`), "stalls" (ends higher), "nothing" (the loss does
    not fall), "diverges", or "stops" (the code raises, or the shapes do not fit).
    """

    right: list[float]
    wrong: list[float]
    rate: float
    outcome: str
    factor: float = 1.0

    def sentence(self, language: str = "en") -> str:
        """The outcome in words."""
        best = min(self.wrong, default=float("nan"))
        fill = {"factor": f"{self.factor:.1f}", "best": f"{best:.3g}", "n": str(len(self.wrong)),
                "right": f"{self.right[-1]:.3g}"}  # fmt: skip
        return translated(_SENTENCES[self.outcome], language, **fill)

    def to_dict(self) -> dict[str, Any]:
        """As data."""
        return {"right": self.right, "wrong": self.wrong, "rate": self.rate,
                "outcome": self.outcome, "factor": self.factor}  # fmt: skip


_SENTENCES = {
    "same": "it learns as fast as the right one: such a mistake hides until the gradient is "
    "checked",
    "slower": "it learns, {factor} times more slowly",
    "stalls": "it gets no further down than a loss of {best}; the right one reaches {right}",
    "nothing": "the loss does not fall at all",
    "diverges": "it diverges",
    "stops": "it stops after {n} steps: the code raises, or the shapes do not fit",
}


def trained(mutant: Mutant, steps: int = STEPS, seed: int = 0) -> Curves:
    """Teach the right layer and the mutant the same problem.

    >>> from denpa.check.gallery import MUTANTS
    >>> found = trained(next(m for m in MUTANTS if m.title == "affine-sign-x"))
    >>> found.right[-1] < 0.01 * found.right[0], found.wrong[-1] > found.right[-1]
    (True, True)
    """
    shown = EXHIBITS[mutant.layer]
    rng = np.random.default_rng(seed)
    init, other = (drawn(shown.init, rng) for _ in range(2))
    given, goal = (drawn(shown.given, rng) for _ in range(2))
    right, wrong = (compiled(mutant.layer, m) for m in (None, mutant))
    with np.errstate(all="ignore"), _own_numbers():
        near = [_between(a, b) for a, b in zip(init, other, strict=True)]
        reached = right(*copy.deepcopy(near)).forward(
            _between(given[0], goal[0]), *copy.deepcopy(given[1:])
        )
        curves = [
            (_descent(right(*copy.deepcopy(init)), given, reached, rate, steps), rate)
            for rate in _RATES
        ]
        best, rate = min(curves, key=lambda c: c[0][-1] if len(c[0]) == steps else np.inf)
        curve = _descent(wrong(*copy.deepcopy(init)), given, reached, rate, steps)
    return Curves(best, curve, rate, *_judged(best, curve, steps))


@contextmanager
def _own_numbers() -> Iterator[None]:
    """NumPy's generator in a fixed state, and afterwards as it was."""
    kept = np.random.get_state()
    np.random.seed(5)
    try:
        yield
    finally:
        np.random.set_state(kept)


def _between(a: Any, b: Any) -> Any:
    """A place not far from a; whole numbers stay."""
    if not isinstance(a, np.ndarray) or a.dtype.kind != "f":
        return copy.deepcopy(a)
    return a + 0.5 * (b - a)


def _descent(layer: Any, given: tuple[Any, ...], goal: Any, rate: float, steps: int) -> list[float]:
    """The loss at each step; shorter where it stops, ended where it diverges."""
    np.random.seed(5)  # both layers draw the same numbers
    try:
        places = Layer(layer, given).places
    except Exception:  # backward may do anything
        return []
    rest, rng = given[1:], np.random.default_rng(5)
    learns = given[0].dtype.kind == "f"
    flat = given[0].reshape(len(given[0]), -1) if learns else np.zeros((1, 1))
    mix = np.linalg.qr(rng.standard_normal((len(flat), len(flat))))[0]  # A
    hidden = mix.T @ flat  # V
    curve: list[float] = []
    for _ in range(steps):
        x = (mix @ hidden).reshape(given[0].shape) if learns else given[0].copy()
        try:
            y = np.asarray(layer.forward(x, *copy.deepcopy(rest)))
            loss = float(y if not y.ndim else np.mean((y - goal) ** 2))
            curve.append(loss)
            if not np.isfinite(loss) or abs(loss) > _FAR * max(abs(curve[0]), 1e-3):
                break
            up = 1.0 if not y.ndim else 2 * (y - goal) / y.size * len(y)
            returned = layer.backward(up)
            dx = returned[0] if isinstance(returned, tuple) else returned
            if learns:
                hidden = hidden - rate * (mix.T @ np.reshape(dx, flat.shape))
            _step(layer, places, rate)
        except Exception:  # a gradient of the wrong shape, most often
            break
    return curve


def _step(layer: Any, places: dict[str, Any], rate: float) -> None:
    """Every parameter goes against its gradient."""
    for place in places.values():
        w, g = place.read(layer), place.gradient(layer)
        if g is not None:
            place.write(layer, _moved(w, rate * np.asarray(g, np.float64)))


def _moved(w: np.ndarray, by: np.ndarray) -> np.ndarray:
    """w − by, as NumPy does it: what broadcasts to another shape is an error only later."""
    new = np.asarray(w - by)
    if new.shape != w.shape:
        raise ValueError(f"a gradient of shape {by.shape} for a parameter of shape {w.shape}")
    return new


def _judged(right: list[float], wrong: list[float], steps: int) -> tuple[str, float]:
    """What two curves show."""
    start, end = right[0], right[-1]
    if wrong and (not np.isfinite(wrong[-1]) or abs(wrong[-1]) > _FAR * max(abs(start), 1e-3)):
        return "diverges", 1.0
    if len(wrong) < steps:
        return "stops", 1.0
    if wrong[-1] >= start - 0.01 * (start - end):
        return "nothing", 1.0
    aim = start - 0.9 * (start - end)
    times = [next((k for k, loss in enumerate(c) if loss <= aim), None) for c in (right, wrong)]
    low = end + 0.02 * (start - end)
    if times[1] is None or wrong[-1] > low:
        return "stalls", 1.0
    factor = max(times[1], 1) / max(times[0] or 1, 1)
    return ("slower", factor) if factor > 1.25 else ("same", 1.0)
