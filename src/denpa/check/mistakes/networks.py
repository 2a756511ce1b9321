"""Signatures that look at several gradients at once, or at a part of one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import relative
from denpa.check.mistakes.guesses import Guess, is_weight, signature
from denpa.check.numeric import Values, entries, slope


@signature
def bias_from_weights(case: Case, found: Compared) -> Iterator[Guess]:
    """The sum of another parameter's gradient over one of its dimensions."""
    if found.name in case.subject.inputs:
        return
    for name, other in case.compared.items():
        g = other.claimed
        if name == found.name or name in case.subject.inputs or not isinstance(g, np.ndarray):
            continue
        for axis in range(g.ndim) if g.ndim == 2 else ():
            summed = g.sum(axis=axis, keepdims=found.claimed.ndim == 2)
            if summed.shape == found.claimed.shape and summed.size < g.size:
                fill = {"got": f"d{name}", "want": "dout", "name": found.name}
                yield Guess("bias-from-weights", summed, fill, None, "", 0.15)


@signature
def penalty_of_a_row(case: Case, found: Compared) -> Iterator[Guess]:
    """n + c·W in the first or last row or column only: that of the biases, which the loss leaves
    out."""
    n, w = found.numeric, case.values[found.name]
    if n is None or not is_weight(case, found.name) or not np.isfinite(n).all():
        return
    if not 0 < w.ndim < 3 or found.claimed.shape != w.shape:
        return
    for axis, place, shown in (
        (0, -1, "[-1]"),
        (0, 0, "[0]"),
        (1, -1, "[:, -1]"),
        (1, 0, "[:, 0]"),
    ):
        if axis >= w.ndim:
            continue
        term = np.zeros(w.shape)
        at = (place,) if axis == 0 else (slice(None), place)
        term[at] = w[at]
        size = float(np.sum(term * term))
        c = float(np.sum((found.claimed - n) * term)) / size if size and w.shape[axis] > 1 else 0.0
        if abs(c) < 1e-12:
            continue
        what = "missing or too small" if c < 0 else "there twice, or not in the loss"
        fill = {"factor": f"{c:.6g}", "name": f"{found.name}{shown}", "what": what}
        count = w.size - w[at].size + 1  # where it says nothing, and the factor
        yield Guess("penalty", n + c * term, fill, found.claimed - c * term, "", 0.55, count)


_SMALL = 400  # numbers, each of which moves the output once


@signature
def of_a_loss(case: Case, found: Compared) -> Iterator[Guess]:
    """Jᵀr for an r of the code's own, whatever comes from above: the gradient of a loss of the
    output, where the output itself is what is differentiated."""
    y, name = case.output, found.name
    n = sum(case.values[k].size for k in case.compared)
    if not y.ndim or not 1 < y.size <= _SMALL or n > _SMALL:
        return
    claims = _alone(case)
    if name not in claims:
        return
    right = case.values[name].shape
    if found.claimed.shape == right:
        alike = [k for k, g in claims.items() if g.shape == case.values[k].shape]
        slopes = {k: _slopes(case, k) for k in alike}
        whole = np.concatenate(list(slopes.values()), axis=1)  # (of y, of all parameters)
        claim = np.concatenate([claims[k].ravel() for k in alike])
        squared = np.stack([y.ravel(), np.ones(y.size)])  # a(y - t) of the squared error
        for basis in (np.eye(y.size), squared):
            ways = basis @ whole
            r, _, rank, _ = np.linalg.lstsq(ways.T, claim, rcond=1e-9)
            told = claim.size - rank >= _EVIDENCE or rank <= len(squared)
            if told and _of_targets(basis.T @ r, y.ravel()) and relative(ways.T @ r, claim) < 1e-6:
                predicted = (slopes[name].T @ (basis.T @ r)).reshape(right)
                yield Guess("of-a-loss", predicted, {}, None, "", 0.36, int(rank))
    elif found.claimed.shape == (*y.shape, *right):
        rows = _slopes(case, name)  # one gradient for each example
        claim = found.claimed.reshape(rows.shape)
        r = np.sum(claim * rows, axis=1) / np.maximum(np.sum(rows * rows, axis=1), 1e-300)
        squared = np.stack([y.ravel(), np.ones(y.size)], axis=1)  # any factor of a row fits else
        fit = squared @ np.linalg.lstsq(squared, r, rcond=None)[0]
        linear = r.size - 2 >= _EVIDENCE and relative(fit, r) < 1e-6
        if linear and _of_targets(r, y.ravel()):
            predicted = (r[:, None] * rows).reshape(found.claimed.shape)
            yield Guess("of-a-loss", predicted, {}, None, "", 0.36)


_EVIDENCE = 3  # numbers more than were fitted


def _of_targets(r: np.ndarray, y: np.ndarray) -> bool:
    """Whether it is neither the same for all outputs nor a multiple of them: what was put in the
    place of dout by mistake is often the output."""
    along = float(r @ y) / max(float(y @ y), 1e-300)
    return bool(np.ptp(r) > 1e-6) and relative(along * y, r) > 1e-6


def _alone(case: Case) -> dict[str, np.ndarray]:
    """The wrong claims that do not change with what comes from above."""
    other = case.subject.backward(case.values, 0.5 - case.upstream)
    return {
        k: c.claimed
        for k, c in case.compared.items()
        if not c.ok
        and isinstance(c.claimed, np.ndarray)
        and c.claimed.size
        and np.array_equal(np.asarray(other.get(k)), c.claimed)
    }


def _slopes(case: Case, name: str) -> np.ndarray:
    """∂y/∂x of one input or parameter: (numbers of y, numbers of x)."""

    def along(unit: Values) -> np.ndarray:
        return np.asarray(slope(case.subject.forward, case.values, unit).value).ravel()

    return np.stack([along(unit) for _, unit in entries(name, case.values)], axis=1)
