"""The classic mistakes, each as a prediction: what the gradient would be if it had been made.

A signature looks at one gradient that is wrong. It says what numbers its mistake would give; if
the claimed gradient is these numbers, to rounding, the mistake is named. What the correct numbers
are is known from differences, so each correction is verified before it is told. Element-wise
mistakes are looked for on δ, since a sum over the batch hides them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from denpa.check.examine import Case, Compared
from denpa.check.numeric import entries, moved, slope
from denpa.check.steady import Seeded, relative


@dataclass(frozen=True)
class Guess:
    """A mistake that would explain a claim."""

    mistake: str
    predicted: np.ndarray  # what the mistake gives
    fill: dict[str, str]  # for the words
    corrected: np.ndarray | None = None  # the claim with the mistake undone
    expected: str = ""  # code that is right
    rank: float = 1.0  # among equals the lower one is told: the more special


Signature = Callable[[Case, Compared], Iterator[Guess]]
SIGNATURES: list[Signature] = []


def signature(f: Signature) -> Signature:
    """Add a signature to the table."""
    SIGNATURES.append(f)
    return f


def explain(case: Case, found: Compared) -> list[tuple[float, Guess]]:
    """All guesses that fit, the best first, with their residuals."""
    if found.numeric is None or not isinstance(found.claimed, np.ndarray):
        return []
    fits = []
    for look in SIGNATURES:
        with np.errstate(all="ignore"):
            for guess in look(case, found):
                known = np.isfinite(found.numeric)
                same = guess.predicted.shape == found.claimed.shape == known.shape
                residual = (
                    relative(guess.predicted[known], found.claimed[known])
                    if same
                    else relative(guess.predicted, found.claimed)
                )
                if residual <= min(max(10 * case.tolerance, 1e-5), 0.1 * found.error):
                    fits.append((residual, guess))
    return sorted(fits, key=lambda x: (x[1].rank, x[0]))


@signature
def nothing(case: Case, found: Compared) -> Iterator[Guess]:
    """Zeros: the array made for the gradient, which nothing was written to."""
    made = found.name not in case.subject.inputs
    if made and found.numeric is not None and not np.any(found.claimed):
        yield Guess("missing", np.zeros_like(found.numeric), {"name": found.name}, None, rank=0.1)


@signature
def sign(case: Case, found: Compared) -> Iterator[Guess]:
    """−n."""
    assert found.numeric is not None
    yield Guess("sign", -found.numeric, {}, -found.claimed, rank=0.5)


@signature
def scale(case: Case, found: Compared) -> Iterator[Guess]:
    """c·n for a constant c, named where it is the size of something."""
    n = found.numeric
    assert n is not None
    known = np.isfinite(n)
    if found.claimed.shape != n.shape or not float(np.sum(n[known] ** 2)):
        return
    c = float(np.sum(found.claimed[known] * n[known]) / np.sum(n[known] ** 2))
    if not np.isfinite(c) or abs(c) < 1e-9 or abs(c - 1) < 1e-4 or abs(c + 1) < 1e-9:
        return
    factor, what = f"{c:.6g}", ""
    sizes = {f"the batch has {s} examples": s for s in case.x.shape[:1]}
    if case.output.ndim > 1:
        sizes |= {f"the output has {s} columns": s for s in case.output.shape[1:2]}
    sizes |= {f"the output has {case.output.size} elements": case.output.size}
    for text, size in sizes.items():
        for value, shown in ((size, str(size)), (1 / size, f"1/{size}")):
            if size > 2 and abs(abs(c) - value) < 1e-5 * value:  # 2 is a factor of its own
                factor, what = ("-" if c < 0 else "") + shown, f" ({text})"
                break
        if what:
            break
    yield Guess("scale", c * n, {"factor": factor, "what": what}, found.claimed / c, rank=0.8)


@signature
def transposed(case: Case, found: Compared) -> Iterator[Guess]:
    """nᵀ."""
    n = found.numeric
    if n is not None and n.ndim == 2 and found.claimed.ndim == 2:
        yield Guess("transposed", n.T, {}, found.claimed.T, rank=0.4)


@signature
def places(case: Case, found: Compared) -> Iterator[Guess]:
    """The right numbers in another order."""
    n = found.numeric
    assert n is not None
    if n.ndim > 1 and np.isfinite(n).all() and found.claimed.size == n.size:
        order, held = np.argsort(found.claimed, axis=None), np.sort(n, axis=None)
        back = np.empty(n.size)
        back[order] = held
        spread = np.ptp(held) > 1e-9 * max(np.max(np.abs(held)), 1e-300)
        if spread:
            yield Guess("places", back.reshape(n.shape), {}, None, rank=0.9)


@signature
def flipped(case: Case, found: Compared) -> Iterator[Guess]:
    """A kernel's gradient with its last dims turned round."""
    n = found.numeric
    if n is None or n.ndim < 3 or found.name in case.subject.inputs:
        return
    for dims in {tuple(range(first, n.ndim)) for first in (n.ndim - 1, n.ndim - 2, 2)}:
        yield Guess("flipped", np.flip(n, dims), {}, np.flip(found.claimed, dims), rank=0.3)


@signature
def bias_not_summed(case: Case, found: Compared) -> Iterator[Guess]:
    """A part of the upstream gradient in place of the sum over all dimensions but its own."""
    u, n = case.upstream, found.numeric
    if n is None or u.ndim < 2 or found.name in case.subject.inputs:
        return
    axes = next((a for a in _subsets(u.ndim) if len(a) < u.ndim
                 and np.shape(total := u.sum(axis=a)) == n.shape and relative(total, n) < 1e-5),
                ())  # fmt: skip
    if not axes:
        return
    shown = str(axes[0]) if len(axes) == 1 else str(axes)
    parts = [("all rows", u, 0.2), ("the sum over all numbers", u.sum(), 0.2)]
    for kept in [a for a in _subsets(u.ndim) if set(a) <= set(axes)]:
        summed = tuple(set(axes) - set(kept))
        rest = u.sum(axis=summed, keepdims=True)
        if summed:
            parts.append(("a sum over some dimensions", rest.squeeze(summed), 0.2))
        name = "one row" if not summed else "a part of the sum"
        for place in (0, -1):
            one = rest
            for axis in kept:
                one = one.take([place], axis)
            parts.append((name, one.squeeze(axes), 0.2))
        parts.append(("the mean", rest.mean(axis=kept, keepdims=True).squeeze(axes), 0.6))
    for row, wrong, rank in parts:
        fill = {"row": row, "upstream": "dout"}
        yield Guess("bias-not-summed", np.asarray(wrong), fill, u.sum(axis=axes),
                    f"dout.sum(axis={shown})", rank)  # fmt: skip


def _subsets(n: int) -> list[tuple[int, ...]]:
    """The nonempty sets of n dimensions, the small ones first."""
    return [a for k in range(1, n + 1) for a in combinations(range(n), k)]


@signature
def passed_on(case: Case, found: Compared) -> Iterator[Guess]:
    """The upstream gradient itself."""
    n = found.numeric
    if n is not None and case.upstream.shape == n.shape and found.name in case.subject.inputs:
        slopes = case.elementwise
        corrected = None if slopes is None else case.upstream * slopes
        yield Guess("passed-on", case.upstream, {"upstream": "dout"}, corrected, rank=0.3)


@signature
def upstream_ignored(case: Case, found: Compared) -> Iterator[Guess]:
    """The gradient as if the upstream one were 1 everywhere."""
    if case.upstream.ndim and found.claimed.size <= 400:
        alone = case.numeric(found.name, np.ones_like(case.upstream))
        corrected = None
        if case.elementwise is not None and found.name in case.subject.inputs:
            corrected = found.claimed * case.upstream
        yield Guess("upstream-ignored", alone, {"upstream": "dout"}, corrected, rank=0.35)


_BY_OUTPUT: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "{}*(1 - {})": lambda y: y * (1 - y),
    "1 - {}**2": lambda y: 1 - y * y,
    "{}": lambda y: y,
    "1/{}": lambda y: 1 / y,
    "2*{}": lambda y: 2 * y,
    "{}**2": lambda y: y * y,
    "1/(2*{})": lambda y: 0.5 / y,
}
"""Derivatives written with the output (or, fed wrongly, with the input)."""


@signature
def fed_the_wrong_one(case: Case, found: Compared) -> Iterator[Guess]:
    """A derivative in terms of the output that was fed the input, or the other way round."""
    slopes = case.elementwise
    if slopes is None or found.name not in case.subject.inputs:
        return
    u, x, y, n = case.upstream, case.x, case.output, found.numeric
    assert n is not None
    for text, g in _BY_OUTPUT.items():
        if relative(g(y), slopes) < 1e-6:
            fill = {"fed": "the input", "right": "the output"}
            yield Guess(
                "fed-the-wrong-one",
                u * g(x),
                fill,
                u * g(y),
                f"dout * {text.format('y', 'y')}",
                0.3,
            )
            break
    at = case.subject.inputs[0]
    there = {**case.values, at: y}
    ones = {at: np.ones_like(x)}
    wrong = slope(case.subject.forward, there, ones).value
    fill = {"fed": "the output", "right": "the input"}
    yield Guess("fed-the-wrong-one", u * wrong, fill, u * slopes, rank=0.4)


@signature
def upstream_mask(case: Case, found: Compared) -> Iterator[Guess]:
    """The case of a piecewise function chosen by the sign of dout in place of the input's."""
    slopes = case.elementwise
    if slopes is not None and found.name in case.subject.inputs:
        u, at = case.upstream, case.subject.inputs[0]
        there = {**case.values, at: np.sign(u) * np.abs(case.x)}
        wrong = slope(case.subject.forward, there, {at: np.ones_like(case.x)}).value
        expected = "dout * (x > 0)" if relative(slopes, 1.0 * (case.x > 0)) < 1e-6 else ""
        yield Guess("upstream-mask", u * wrong, {"upstream": "dout"}, u * slopes, expected, 0.3)


@signature
def activation_twice(case: Case, found: Compared) -> Iterator[Guess]:
    """One derivative too many: of the layer itself, or of the activation that a loss includes."""
    n = found.numeric
    if n is None or found.name not in case.subject.inputs:
        return
    slopes = case.elementwise
    if (
        slopes is not None
        and slopes.ndim
        and relative(slopes, np.broadcast_to(slopes[:1], slopes.shape)) > 1e-3
    ):
        twice = case.upstream * slopes**2
        yield Guess("activation-twice", twice, {}, case.upstream * slopes, "", 0.7)
    elif not case.output.ndim:
        s, t = 1 / (1 + np.exp(-case.x)), np.tanh(case.x)
        e = np.exp(case.x - case.x.max(axis=-1, keepdims=True)) if case.x.ndim else s
        p = e / e.sum(axis=-1, keepdims=True) if case.x.ndim else s
        for slopes in (s * (1 - s), 1 - t * t, p * (1 - p)):
            yield Guess("activation-twice", n * slopes, {}, found.claimed / slopes, "", 0.5)


@signature
def penalty(case: Case, found: Compared) -> Iterator[Guess]:
    """n + c·W, or n + c·sign(W)."""
    n, w = found.numeric, case.values[found.name]
    if n is None or found.name in case.subject.inputs or not np.isfinite(n).all():
        return
    if w.size < 2 or found.claimed.shape != w.shape:
        return
    for term, text in ((w, found.name), (np.sign(w), f"sign({found.name})")):
        size = float(np.sum(term * term))
        c = float(np.sum((found.claimed - n) * term)) / size if size else 0.0
        if abs(c) < 1e-12:
            continue
        what = "missing or too small" if c < 0 else "there twice, or not in the loss"
        fill = {"factor": f"{c:.6g}", "name": text, "what": what}
        yield Guess("penalty", n + c * term, fill, found.claimed - c * term, rank=0.6)


@signature
def skip_forgotten(case: Case, found: Compared) -> Iterator[Guess]:
    """n − dout: the layer's input is also added to its output."""
    n = found.numeric
    if n is not None and case.upstream.shape == n.shape and found.name in case.subject.inputs:
        fill = {"upstream": "dout"}
        yield Guess("skip-forgotten", n - case.upstream, fill, found.claimed + case.upstream,
                    "… + dout", 0.5)  # fmt: skip


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
            yield Guess("statistics-constant", wrong, {"what": what}, n, "", 0.2)
    elif not any(abs(c + 1) < 1e-5 for c in weights):  # a sign is a mistake of its own
        k = known.index(False)
        fill = {"what": names[k], "factor": f"{weights[k]:.6g}"}
        yield Guess("statistics-weight", wrong, fill, n, "", 0.25)


def _normalised(case: Case, n: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The gradient of a normalisation in parts: what is left when the statistics are constants, and
    what each of them takes away; no parts where the layer is no normalisation.

    The dimensions, γ and ε are not known: those are taken that give the numeric gradient.
    """
    x, u = case.x, case.upstream
    gains = [np.ones(())] + [
        g for k, p in case.values.items() if k not in case.subject.inputs and p.ndim == 1
        for g in (p.reshape(-1, *[1] * d) for d in range(x.ndim))
        if all(a in (1, b) for a, b in zip(g.shape[::-1], x.shape[::-1], strict=False))
        and g.ndim <= x.ndim
    ]  # fmt: skip
    for axes, gain in product(_subsets(x.ndim), gains):
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
        yield Guess("mask-drawn-again", np.where(masks[1], np.where(both, n, found.claimed), 0.0),
                    {}, n, "", 0.25)  # fmt: skip


@signature
def softmax_twice(case: Case, found: Compared) -> Iterator[Guess]:
    """(softmax(p) − t)/N in place of (p − t)/N, for targets t that sum to 1 in each row."""
    n, x = found.numeric, case.x
    if n is None or case.output.ndim or n.ndim < 2 or found.name not in case.subject.inputs:
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
    if case.elementwise is None:
        slopes = _jacobian(case).diagonal().reshape(x.shape)
        rows = [np.abs(a.sum(axis=-1) - 1).max() < 1e-6 for a in (y, np.exp(y)) if a.ndim]
        name = "softmax-elementwise" if any(rows) else "diagonal-only"
        expected = (
            "p * (dout - (dout * p).sum(axis=-1, keepdims=True))" if rows[:1] == [True] else ""
        )
        yield Guess(name, case.upstream * slopes, {}, found.numeric, expected, 0.2)


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
