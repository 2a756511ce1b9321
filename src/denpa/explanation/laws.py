"""The derivative of a loss as a whole: (p − t)/N in the place of the eight equations it is made of.

A law is not assumed: it is computed, compared with the chain through the members, and shown only
where they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from denpa.explanation.groups import Group
from denpa.explanation.tape import Node, Tape


@dataclass(frozen=True)
class Law:
    """∂E/∂z = (left − right)/over, of `source`'s shape."""

    source: Node
    formula: str
    factor: str
    left: np.ndarray
    right: np.ndarray
    over: float


_Sides = tuple[np.ndarray, np.ndarray, float, str, str]


def law_of(tape: Tape, home: Mapping[Node, Group | None], g: Group) -> Law | None:
    """The law of a closed group that ends in the loss; None where none is known, or it does not
    hold here."""
    sides = _LAWS.get(g.kind)
    if sides is None or g.output is not tape.loss:
        return None
    members = set(g.nodes)
    entries = {
        e.source
        for n in members
        for e in n.reads
        if e.source not in members and e.message is not None
    }
    targets = [x for n in members for x in n.inputs if isinstance(x, Node) and x.role == "target"]
    if len(entries) != 1 or not targets:
        return None
    (z,) = entries
    sent = [e.message for e in z.readers if e.target in members and e.message is not None]
    message = np.sum(sent, axis=0)
    for over in {z.array.size, z.shape[0] if z.shape else 1, 1}:
        found = sides(z.array, targets[0].array, float(over))
        if found is None:
            return None
        left, right, divisor, formula, factor = found
        size = np.abs(message).max(initial=0.0)
        if np.abs((left - right) / divisor - message).max(initial=0.0) <= 1e-9 * size + 1e-300:
            return Law(z, formula, factor, left, right, divisor)
    return None


def _entropy(z: np.ndarray, t: np.ndarray, over: float) -> _Sides | None:
    if z.ndim != 2 or t.shape != z.shape[:1] or t.dtype.kind not in "iu":
        return None
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    if t.size and not (t.min() >= 0 and t.max() < z.shape[1]):
        return None
    factor = "p - t" if over == 1 else "(p - t) / N"
    formula = (
        r"E = -\frac{1}{N} \sum_n \ln p_{n,t_n}, \quad p = \operatorname{softmax}(z)"
        if over != 1
        else r"E = -\sum_n \ln p_{n,t_n}, \quad p = \operatorname{softmax}(z)"
    )
    return p, np.eye(z.shape[1])[t], over, formula, factor


def _squares(y: np.ndarray, t: np.ndarray, over: float) -> _Sides | None:
    if y.shape != t.shape:
        return None
    # As it is computed, (y − t) over a number: N/2 in the mean of squares.
    factor = r"(y - t) / \tfrac{1}{2}" if over == 1 else "(y - t) / (N / 2)"
    formula = r"E = \sum (y - t)^2" if over == 1 else r"E = \frac{1}{N} \sum (y - t)^2"
    return y, t, over / 2, formula, factor


def _logits(z: np.ndarray, t: np.ndarray, over: float) -> _Sides | None:
    if z.shape != t.shape:
        return None
    with np.errstate(over="ignore"):
        p = 1 / (1 + np.exp(-z))
    factor = "p - t" if over == 1 else "(p - t) / N"
    formula = r"E = -\frac{1}{N} \sum (t \ln p + (1 - t) \ln (1 - p)), \quad p = \sigma(z)"
    return p, t, over, formula, factor


_LAWS: dict[str, Callable[[np.ndarray, np.ndarray, float], _Sides | None]] = {
    "CrossEntropyLoss": _entropy,
    "cross_entropy": _entropy,
    "MSELoss": _squares,
    "mse_loss": _squares,
    "BCEWithLogitsLoss": _logits,
    "binary_cross_entropy_with_logits": _logits,
}
