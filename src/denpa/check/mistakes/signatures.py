"""The classic mistakes, each as a prediction: what the gradient would be if it had been made.

A signature looks at one gradient that is wrong. It says what numbers its mistake would give; if
the claimed gradient is these numbers, to rounding, the mistake is named. What the correct numbers
are is known from differences, so each correction is verified before it is told. Element-wise
mistakes are looked for on δ, since a sum over the batch hides them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import relative
from denpa.check.mistakes import factors, layers, networks  # noqa: F401  # each adds to SIGNATURES
from denpa.check.mistakes.guesses import (
    SIGNATURES,
    Guess,
    Signature,
    is_moved,
    is_weight,
    signature,
    subsets,
)
from denpa.check.numeric import slope
from denpa.check.probes import sized


def explain(case: Case, found: Compared) -> list[tuple[float, Guess]]:
    """All guesses that fit, the best first, with their residuals.

    One number chosen to fit two is no evidence: a guess that leaves few numbers to agree must fit
    at another point as well, with the same words.
    """
    if found.numeric is None or not isinstance(found.claimed, np.ndarray):
        return []
    fits = []
    for look in SIGNATURES:
        for residual, guess in _fitting(case, found, look):
            left = max(int(np.isfinite(found.numeric).sum()), found.claimed.size) - guess.fitted
            if left < _ENOUGH and not _holds_again(case, found, look, guess):
                continue
            if guess.mistake != "places" or _in_other_sizes(case, found, look):
                fits.append((residual, guess))
    return sorted(fits, key=lambda x: (x[1].rank, x[0]))


_ENOUGH = 4  # numbers that agree beside those that were fitted


def _fitting(case: Case, found: Compared, look: Signature) -> Iterator[tuple[float, Guess]]:
    """The guesses of one signature that fit, with their residuals."""
    assert found.numeric is not None
    known = np.isfinite(found.numeric)
    with np.errstate(all="ignore"):
        for guess in look(case, found):
            same = guess.predicted.shape == found.claimed.shape == known.shape
            residual = (
                relative(guess.predicted[known], found.claimed[known])
                if same
                else relative(guess.predicted, found.claimed)
            )
            if residual <= min(max(10 * case.tolerance, 1e-5), 0.1 * found.error):
                yield residual, guess


def _holds_again(case: Case, found: Compared, look: Signature, guess: Guess) -> bool:
    """Whether a guess fits at another point, too, where it says the same."""
    try:
        there = _elsewhere(case)
        numeric = there.numeric(found.name, there.upstream)
        claimed = np.asarray(there.claims[found.name], np.float64)
        error = relative(claimed, numeric)
        other = Compared(found.name, claimed, numeric, error, problem="differs")
        there.compared = {**case.compared, found.name: other}
        return any(
            g.mistake == guess.mistake and _same_words(g.fill, guess.fill)
            for _, g in _fitting(there, other, look)
        )
    except Exception:  # the user's own: nothing is known of that point
        return False


def _elsewhere(case: Case) -> Case:
    """The same case at another point, with another upstream gradient."""
    rng = np.random.default_rng(case.seed + 3)
    values = {
        k: a * (1 + 0.1 * rng.uniform(0.5, 1.0, a.shape)) + 0.01 * rng.standard_normal(a.shape)
        if is_moved(case, k)
        else a
        for k, a in case.values.items()
    }
    upstream = case.upstream * rng.uniform(0.7, 1.3, case.upstream.shape)
    if not case.upstream.ndim:
        upstream = case.upstream
    output = np.asarray(case.subject.forward(values), np.float64)
    claims = case.subject.backward(values, upstream)
    return replace(case, values=values, upstream=upstream, output=output, claims=claims)


def _in_other_sizes(case: Case, found: Compared, look: Signature) -> bool:
    """Whether a guess fits on inputs of other sizes, too: where the output has one place, much has
    the right numbers."""
    for there in sized(case):
        if there.values[found.name].size > _SMALL:
            continue
        with suppress(Exception):  # the user's own
            numeric = there.numeric(found.name, there.upstream)
            claimed = np.asarray(there.claims[found.name], np.float64)
            error = relative(claimed, numeric)
            other = Compared(found.name, claimed, numeric, error, problem="differs")
            if not any(True for _ in _fitting(there, other, look)):
                return False
    return True


_SMALL = 200  # numbers, for each of which a derivative is taken


def _same_words(a: dict[str, str], b: dict[str, str]) -> bool:
    """Whether two guesses are told alike; numbers in them but for rounding."""
    if a.keys() != b.keys():
        return False
    for key, text in a.items():
        try:
            if not np.isclose(float(text), float(b[key]), rtol=1e-4):
                return False
        except ValueError:
            if text != b[key]:
                return False
    return True


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
    if np.ndim(found.claimed) != n.ndim:
        return
    for dims in {tuple(range(first, n.ndim)) for first in (n.ndim - 1, n.ndim - 2, 2)}:
        yield Guess("flipped", np.flip(n, dims), {}, np.flip(found.claimed, dims), rank=0.3)


@signature
def bias_not_summed(case: Case, found: Compared) -> Iterator[Guess]:
    """A part of the upstream gradient in place of the sum over all dimensions but its own."""
    u, n = case.upstream, found.numeric
    if n is None or u.ndim < 2 or found.name in case.subject.inputs:
        return
    axes = next(
        (
            a
            for a in subsets(u.ndim)
            if len(a) < u.ndim
            and np.shape(total := u.sum(axis=a)) == n.shape
            and relative(total, n) < 1e-5
        ),
        (),
    )
    if not axes:
        return
    shown = str(axes[0]) if len(axes) == 1 else str(axes)
    parts = [("all rows", u, 0.2), ("the sum over all numbers", u.sum(), 0.2)]
    for kept in [a for a in subsets(u.ndim) if set(a) <= set(axes)]:
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
        yield Guess(
            "bias-not-summed",
            np.asarray(wrong),
            fill,
            u.sum(axis=axes),
            f"dout.sum(axis={shown})",
            rank,
        )


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
    if not case.upstream.ndim or found.claimed.shape != case.values[found.name].shape:
        return
    if found.claimed.size <= 400 and _along_agrees(case, found):
        alone = case.numeric(found.name, np.ones_like(case.upstream))
        corrected = None
        if case.elementwise is not None and found.name in case.subject.inputs:
            corrected = found.claimed * case.upstream
        yield Guess("upstream-ignored", alone, {"upstream": "dout"}, corrected, rank=0.35)


def _along_agrees(case: Case, found: Compared) -> bool:
    """Whether the claim is the gradient of the output's sum along one direction: one derivative in
    place of one for each number."""
    v = np.random.default_rng(case.seed + 6).standard_normal(found.claimed.shape)
    ones = slope(case.subject.forward, case.values, {found.name: v}).value
    mine, whole = float(np.sum(found.claimed * v)), float(np.sum(ones))
    return abs(mine - whole) <= 1e-2 * max(abs(mine), abs(whole), 1e-12)


_BY_OUTPUT: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "{}*(1 - {})": lambda y: y * (1 - y),
    "(1 - {}**2)": lambda y: 1 - y * y,
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
                f"dout * ({text.format('y', 'y')})",
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
    if slopes is not None and slopes.ndim and _vary(slopes):
        twice = case.upstream * slopes**2
        yield Guess("activation-twice", twice, {}, case.upstream * slopes, "", 0.7)
    elif not case.output.ndim and n.shape == case.x.shape == found.claimed.shape:
        s, t = 1 / (1 + np.exp(-case.x)), np.tanh(case.x)
        e = np.exp(case.x - case.x.max(axis=-1, keepdims=True)) if case.x.ndim else s
        p = e / e.sum(axis=-1, keepdims=True) if case.x.ndim else s
        for slopes in (s * (1 - s), 1 - t * t, p * (1 - p)):
            yield Guess("activation-twice", n * slopes, {}, found.claimed / slopes, "", 0.5)


def _vary(slopes: np.ndarray) -> bool:
    """Whether slopes differ from example to example, other than as a mask does."""
    let = slopes[slopes != 0]
    same = relative(slopes, np.broadcast_to(slopes[:1], slopes.shape)) <= 1e-3
    return not same and bool(np.ptp(let) > 1e-3 * np.max(np.abs(let)))


@signature
def penalty(case: Case, found: Compared) -> Iterator[Guess]:
    """n + c·W, or n + c·sign(W)."""
    n, w = found.numeric, case.values[found.name]
    if n is None or not is_weight(case, found.name) or not np.isfinite(n).all():
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
        yield Guess("penalty", n + c * term, fill, found.claimed - c * term, rank=0.6, fitted=1)


@signature
def skip_forgotten(case: Case, found: Compared) -> Iterator[Guess]:
    """n − dout: the layer's input is also added to its output."""
    n = found.numeric
    if n is not None and case.upstream.shape == n.shape and found.name in case.subject.inputs:
        fill = {"upstream": "dout"}
        yield Guess(
            "skip-forgotten",
            n - case.upstream,
            fill,
            found.claimed + case.upstream,
            "… + dout",
            0.5,
        )
