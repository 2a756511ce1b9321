"""Signatures of certain layers: normalisation, dropout, softmax, pooling."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import Seeded, relative
from denpa.check.mistakes.guesses import Guess, signature, subsets
from denpa.check.numeric import entries, moved, slope


@signature
def statistics(case: Case, found: Compared) -> Iterator[Guess]:
    """Normalisation: the ways through mean and variance left out, or weighted wrongly."""
    n = found.numeric
    if n is None or found.name not in case.subject.inputs or found.claimed.shape != n.shape:
        return
    if case.output.shape != case.x.shape or not np.isfinite(n).all():
        return
    base, ways = _normalised(case, n)
    if not ways:
        return
    names = list(ways)
    columns = np.stack([ways[k].ravel() for k in names], axis=1)
    weights = np.linalg.lstsq(columns, (base - found.claimed).ravel(), rcond=None)[0]
    known = [abs(c) < 1e-5 or abs(c - 1) < 1e-5 for c in weights]
    wrong = base - (columns @ weights).reshape(base.shape)
    if all(known):
        left = [k for k, c in zip(names, weights, strict=True) if abs(c) < 1e-5]
        if left:
            what = " and ".join(left)
            yield Guess("statistics-constant", wrong, {"what": what}, n, "", 0.2, len(names))
    elif not any(abs(c + 1) < 1e-5 for c in weights):  # a sign is a mistake of its own
        k = known.index(False)
        fill = {"what": names[k], "factor": f"{weights[k]:.6g}"}
        yield Guess("statistics-weight", wrong, fill, n, "", 0.25, len(names))


def _normalised(case: Case, n: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The gradient of a normalisation in parts: what is left when the statistics are constants, and
    what each of them takes away; no parts where the layer is no normalisation.

    The dimensions, γ and ε are not known: those are taken that give the numeric gradient.
    """
    x, u = case.x, case.upstream
    gains = [np.ones(())] + [
        g
        for k, p in case.values.items()
        if k not in case.subject.inputs and p.ndim == 1
        for g in (p.reshape(-1, *[1] * d) for d in range(x.ndim))
        if all(a in (1, b) for a, b in zip(g.shape[::-1], x.shape[::-1], strict=False))
        and g.ndim <= x.ndim
    ]
    for axes, gain in product(subsets(x.ndim), gains):
        g, centre = u * gain, x - x.mean(axis=axes, keepdims=True)
        mean = np.broadcast_to(g.mean(axis=axes, keepdims=True), x.shape)
        if relative(g - mean, n) < 1e-6:
            return g, {"mean": mean}
        for held, eps in product((centre, x), (0.0, 1e-5)):
            if _projected(g, held, axes, eps, centred=held is centre, n=n) > 1e-2:
                continue
            for small in (eps, 1e-12, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
                if _projected(g, held, axes, small, centred=held is centre, n=n) < 1e-6:
                    size = np.sqrt((held**2).mean(axis=axes, keepdims=True) + small)
                    z = held / size
                    along = z * (g * z).mean(axis=axes, keepdims=True) / size
                    ways = {"mean": mean / size} if held is centre else {}
                    return g / size, {**ways, "variance": along}
    return u, {}


def _projected(
    g: np.ndarray, held: np.ndarray, axes: tuple[int, ...], eps: float, centred: bool, n: np.ndarray
) -> float:
    """How far n is from the gradient of held / √(mean(held²) + ε)."""
    size = np.sqrt((held**2).mean(axis=axes, keepdims=True) + eps)
    z = held / size
    mean = g.mean(axis=axes, keepdims=True) if centred else 0.0
    return relative((g - mean - z * (g * z).mean(axis=axes, keepdims=True)) / size, n)


@signature
def mask_drawn_again(case: Case, found: Compared) -> Iterator[Guess]:
    """Random layers whose backward lets through other places than their forward."""
    n = found.numeric
    if n is None or found.claimed.shape != n.shape:
        return
    if not isinstance(case.subject, Seeded) and not case.unsteady:
        return
    size = float(np.max(np.abs(n), initial=0.0))
    masks = [np.abs(a) > 1e-9 * size for a in (n, found.claimed)]
    both = masks[0] & masks[1]
    inverted = np.array_equal(masks[0], ~masks[1])
    # Either lets something through that the other one stops.
    if size and both.any() and not inverted and all((m & ~both).any() for m in masks):
        yield Guess(
            "mask-drawn-again",
            np.where(masks[1], np.where(both, n, found.claimed), 0.0),
            {},
            n,
            "",
            0.25,
        )


@signature
def softmax_twice(case: Case, found: Compared) -> Iterator[Guess]:
    """(softmax(p) − t)/N in place of (p − t)/N, for targets t that sum to 1 in each row."""
    n, x = found.numeric, case.x
    if n is None or case.output.ndim or n.ndim < 2 or found.name not in case.subject.inputs:
        return
    if x.shape != n.shape:
        return
    p = _softmax(x)
    for size in {int(np.prod(x.shape[:-1])), len(x), 1}:
        t = p - n * size
        if np.max(np.abs(t.sum(axis=-1) - 1)) < 1e-5 and np.min(t) > -1e-5:
            yield Guess("softmax-twice", (_softmax(p) - t) / size, {}, n, "(p - t) / N", 0.2)


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


@signature
def diagonal_only(case: Case, found: Compared) -> Iterator[Guess]:
    """Only ∂yᵢ/∂xᵢ, where every output depends on several inputs: p(1 − p) for softmax."""
    y, x = case.output, case.x
    if found.name not in case.subject.inputs or y.shape != x.shape or not 1 < x.size <= _SMALL:
        return
    if case.elementwise is None and _diagonal_agrees(case, found):
        slopes = _jacobian(case).diagonal().reshape(x.shape)
        rows = [np.abs(a.sum(axis=-1) - 1).max() < 1e-6 for a in (y, np.exp(y)) if a.ndim]
        name = "softmax-elementwise" if any(rows) else "diagonal-only"
        expected = (
            "p * (dout - (dout * p).sum(axis=-1, keepdims=True))" if rows[:1] == [True] else ""
        )
        yield Guess(name, case.upstream * slopes, {}, found.numeric, expected, 0.2)


def _diagonal_agrees(case: Case, found: Compared) -> bool:
    """Whether the claim is ∂yᵢ/∂xᵢ times what comes from above, at a few places."""
    if found.claimed.shape != case.x.shape:
        return False
    name, claim = case.subject.inputs[0], found.claimed.ravel()
    for k in np.random.default_rng(case.seed).permutation(case.x.size)[:3]:
        unit = np.zeros(case.x.size)
        unit[k] = 1.0
        along = slope(case.subject.forward, case.values, {name: unit.reshape(case.x.shape)})
        own = float(along.value.ravel()[k] * case.upstream.ravel()[k])
        if abs(own - claim[k]) > 1e-3 * max(abs(own), abs(claim[k])):
            return False
    return True


_SMALL = 150  # numbers, for whose pairs all a derivative is taken


def _jacobian(case: Case) -> np.ndarray:
    """∂yᵢ/∂xⱼ of the first input."""
    steps = (unit for _, unit in entries(case.subject.inputs[0], case.values))
    return np.stack([slope(case.subject.forward, case.values, u).value.ravel() for u in steps], 1)


@signature
def pooling_spread(case: Case, found: Compared) -> Iterator[Guess]:
    """Max pooling: the gradient goes to every place of the window in place of the largest."""
    y, x = case.output, case.x
    if found.name not in case.subject.inputs or not 1 < x.size <= _SMALL or y.size >= x.size:
        return
    if not np.isin(y, x).all():
        return
    windows, above = np.zeros((y.size, x.size)), 2 * float(np.max(np.abs(x))) + 1
    for k, unit in entries(case.subject.inputs[0], case.values):  # whoever wins there is inside
        lifted = moved(case.values, unit, above)
        windows[:, k] = (np.asarray(case.subject.forward(lifted)) != y).ravel()
    counts = np.maximum(windows.sum(axis=1), 1)
    for share in (np.ones(y.size), 1 / counts):
        wrong = ((case.upstream.ravel() * share) @ windows).reshape(x.shape)
        yield Guess("pooling-spread", wrong, {}, found.numeric, "", 0.2)
