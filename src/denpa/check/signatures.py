"""The classic mistakes, each as a prediction: what the gradient would be if it had been made.

A signature looks at one gradient that is wrong. It says what numbers its mistake would give; if
the claimed gradient is these numbers, to rounding, the mistake is named. What the correct numbers
are is known from differences, so each correction is verified before it is told. Element-wise
mistakes are looked for on δ, since a sum over the batch hides them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from denpa.check.examine import Case, Compared, relative
from denpa.check.numeric import slope


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
                if residual <= max(10 * case.tolerance, 1e-5):
                    fits.append((residual, guess))
    return sorted(fits, key=lambda x: (x[1].rank, x[0]))


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
    if n is not None and n.ndim >= 3 and found.name not in case.subject.inputs:
        dims = tuple(range(2, n.ndim))
        yield Guess("flipped", np.flip(n, dims), {}, np.flip(found.claimed, dims), rank=0.3)


@signature
def bias_not_summed(case: Case, found: Compared) -> Iterator[Guess]:
    """One row of the upstream gradient in place of the sum over all."""
    u, n = case.upstream, found.numeric
    if n is None or u.ndim < 2 or found.name in case.subject.inputs:
        return
    total = u.sum(axis=0)
    if total.shape != n.shape or relative(total, n) > 1e-5:
        return
    up = "dout"
    for k, row in ((0, u[0]), (-1, u[-1])):
        name = f"row {k % len(u)}" if k else "one row"
        fill = {"row": name, "upstream": up}
        yield Guess("bias-not-summed", row, fill, total, f"{up}.sum(axis=0)", rank=0.2)
    fill = {"row": "all rows", "upstream": up}
    yield Guess("bias-not-summed", u, fill, total, f"{up}.sum(axis=0)", rank=0.2)
    fill = {"row": "the sum over all numbers", "upstream": up}
    yield Guess("bias-not-summed", u.sum(), fill, total, f"{up}.sum(axis=0)", rank=0.2)
    fill = {"row": "the mean", "upstream": up}
    yield Guess("bias-not-summed", u.mean(axis=0), fill, total, f"{up}.sum(axis=0)", rank=0.6)


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
    """dout where dout is positive."""
    slopes = case.elementwise
    if slopes is not None and found.name in case.subject.inputs:
        u = case.upstream
        yield Guess(
            "upstream-mask", u * (u > 0), {"upstream": "dout"}, u * slopes, "dout * (x > 0)", 0.3
        )


@signature
def penalty(case: Case, found: Compared) -> Iterator[Guess]:
    """n + c·W."""
    n, w = found.numeric, case.values[found.name]
    if n is None or found.name in case.subject.inputs or not np.isfinite(n).all():
        return
    size = float(np.sum(w * w))
    if w.size < 2 or not size or found.claimed.shape != w.shape:
        return
    c = float(np.sum((found.claimed - n) * w)) / size
    if abs(c) < 1e-12:
        return
    what = "missing or too small" if c < 0 else "there twice, or not in the loss"
    fill = {"factor": f"{c:.6g}", "name": found.name, "what": what}
    yield Guess("penalty", n + c * w, fill, found.claimed - c * w, rank=0.6)


@signature
def skip_forgotten(case: Case, found: Compared) -> Iterator[Guess]:
    """n − dout: the layer's input is also added to its output."""
    n = found.numeric
    if n is not None and case.upstream.shape == n.shape and found.name in case.subject.inputs:
        fill = {"upstream": "dout"}
        yield Guess("skip-forgotten", n - case.upstream, fill, found.claimed + case.upstream,
                    "… + dout", 0.5)  # fmt: skip


@signature
def statistics_constant(case: Case, found: Compared) -> Iterator[Guess]:
    """Batch norm: y = a·x + b in each column, with a and b that depend on the column."""
    x, y, u = case.x, case.output, case.upstream
    if found.name not in case.subject.inputs or x.ndim != 2 or y.shape != x.shape or len(x) < 3:
        return
    centred = x - x.mean(axis=0)
    a = np.sum(centred * (y - y.mean(axis=0)), axis=0) / np.sum(centred**2, axis=0)
    if relative(a * centred, y - y.mean(axis=0)) > 1e-6:
        return
    mean, along = u.mean(axis=0), (u * centred).mean(axis=0)
    n = found.numeric
    assert n is not None
    # What is left of n without the variance's path is along the column: its size gives σ² + ε.
    through = np.sum((n - a * (u - mean)) * centred, axis=0) / np.sum(centred**2, axis=0)
    whole = a * (u - mean) + through * centred
    if relative(whole, n) > 1e-5 or np.any(through * along * a > 0):
        return
    for what, wrong in (
        ("mean and variance", a * u),
        ("variance", a * (u - mean)),
        ("mean", whole + a * mean),
    ):
        yield Guess("statistics-constant", wrong, {"what": what}, whole, "", 0.2)


@signature
def mask_drawn_again(case: Case, found: Compared) -> Iterator[Guess]:
    """Dropout whose backward lets through other places than its forward."""
    slopes = case.elementwise
    if slopes is None or found.name not in case.subject.inputs:
        return
    mine = found.claimed / case.upstream
    kept = float(np.max(np.abs(slopes)))
    levels = [np.minimum(np.abs(s), np.abs(s - kept)) < 1e-6 * kept for s in (slopes, mine)]
    masks = [x > kept / 2 for x in (slopes, mine)]
    different = not np.array_equal(masks[0], masks[1])
    if kept and different and all(x.all() for x in levels) and not any(m.all() for m in masks):
        right = case.upstream * slopes
        rank = 0.25 if case.remarks else 0.7  # random: surely a mask
        yield Guess("mask-drawn-again", case.upstream * mine, {}, right, "", rank)


@signature
def softmax_twice(case: Case, found: Compared) -> Iterator[Guess]:
    """(softmax(p) − t)/N in place of (p − t)/N."""
    n = found.numeric
    if n is None or case.output.ndim or n.ndim != 2 or found.name not in case.subject.inputs:
        return
    e = np.exp(case.x - case.x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    again = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)
    for size in (len(n), 1):
        t = p - n * size
        if relative(np.round(t), t) < 1e-5:
            right = (p - np.round(t)) / size
            yield Guess("softmax-twice", (again - t) / size, {}, right, "(p - t) / N", 0.2)
