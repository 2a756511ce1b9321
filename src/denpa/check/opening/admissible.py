"""Other inputs that are as admissible as one that was guessed: arrays that no gradient is of may be
made of 0 and 1, as a mask is, or of 1 and -1, as spins and labels are; arguments may have each
other's shapes; an option may be the one that the gradients are for. Which of them the code is for
is decided by running it."""

from __future__ import annotations

import inspect
import itertools
import linecache
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from denpa.check.locate import ParsedSource
from denpa.check.opening.arguments import arrays_of, bound, inputs_of
from denpa.check.opening.shapes import parted
from denpa.check.opening.trials import Trial
from denpa.check.remarks import Said
from denpa.check.subjects.layer import Layer
from denpa.check.subjects.written import Written

_DRAWN = re.compile(r"(?:rand|unit|positive|binary)\(([\d, ]+)\)|onehot\((\d+, \d+)\)")
_NUMBER = re.compile(r"[\d.]+")
_MOST = 24  # of each kind


def admissible(trial: Trial) -> Iterator[tuple[Trial, Said]]:
    """Trials that are like one, and run with gradients of the right shapes; and in words what they
    are for."""
    if not isinstance(trial.subject, Written) or trial.build is None or not trial.text:
        return
    made = {n for n, t in parted(trial.text).items() if re.search("onehot|binary|labels", t)}
    if made & trial.subject.values.keys():  # differentiated at 0 and 1 alone: no evidence
        return
    kinds = (_turned(trial), _valued(trial), _made(trial), _exchanged(trial))
    for round_ in itertools.zip_longest(*kinds):  # in turn: none has to wait until another ends
        yield from (found for found in round_ if found is not None)


def _exchanged(trial: Trial) -> Iterator[tuple[Trial, Said]]:
    """Arguments with each other's shapes."""
    for text in itertools.islice(_permuted(parted(trial.text)), _MOST):
        if (other := _with(trial, text)) is not None:
            yield other, _shaped(other)


def _joined(parts: dict[str, str]) -> str:
    return ", ".join(f"{n}={t}" for n, t in parts.items())


def _with(trial: Trial, parts: dict[str, str]) -> Trial | None:
    text = _joined(parts)
    other = replace(trial, text=text, subject=None)
    with suppress(Exception), np.errstate(all="ignore"):  # the user's own
        assert trial.build is not None
        other.given = inputs_of(text, trial.seed, trial.near)
        other.subject = trial.build(other.given)
    return other if isinstance(other.subject, Written) and other.clean else None


def _shaped(trial: Trial) -> Said:
    shown = trial.shown()
    return Said("right for {shown}; for other shapes it is not made", shown=shown)


def _permuted(parts: dict[str, str]) -> Iterator[dict[str, str]]:
    """Arguments with each other's shapes, of as many dimensions."""
    shape = {
        n: m[1]
        for n, t in parts.items()
        if (m := re.fullmatch(r"(?:rand|unit|positive)\(([\d, ]+)\)", t))
    }
    ranks: dict[int, list[str]] = {}
    for name, text in shape.items():
        ranks.setdefault(text.count(","), []).append(name)
    for names in ranks.values():
        own = tuple(shape[n] for n in names)
        for other in dict.fromkeys(itertools.islice(itertools.permutations(own), 120)):
            if other != own:
                texts = (parts[n].split("(")[0] for n in names)
                new = (f"{t}({s})" for t, s in zip(texts, other, strict=True))
                yield parts | dict(zip(names, new, strict=True))


# -- arrays that no gradient is of -----------------------------------------------------------------

_BITS = "np.maximum(binary({0}), binary({0}))"  # more of 1: half and half, sums of signs are 0
_SORTS = (
    (_BITS, f"np.roll({_BITS}, 1)", Said("0 and 1 alone, as a mask does")),
    (f"2*{_BITS}-1", f"np.roll(2*{_BITS}-1, 1)", Said("1 and -1 alone")),
)

_Coded = tuple[dict[str, str], dict[str, str], Said]

_SYMMETRIC = re.compile("symm?etr|simétr|symétr|対称|对称|대칭", re.IGNORECASE)
_SHARES = re.compile(r"sums? (up )?to (1|one)|probabilit|Wahrscheinlichkeit|確率|概率|확률")
_TWO = "(lambda a: {0})((1-np.eye({n}))*positive({n}, {n}){1})"


def _square(trial: Trial, parts: dict[str, str], free: Sequence[str]) -> Iterator[_Coded]:
    """Square arrays that are symmetric, or shares of 1 as well, where the file says so in words."""
    assert isinstance(trial.subject, Written)
    source = ParsedSource.of(trial.subject.computing())
    text = "" if source is None else "".join(linecache.getlines(source.file))
    if not _SYMMETRIC.search(text):
        return
    form = "(a+a.T)/(a+a.T).sum()" if _SHARES.search(text) else "a+a.T"
    for name in free:
        m = _DRAWN.fullmatch(parts[name])
        sizes = (m[1] or m[2]).split(", ") if m else []
        if len(sizes) == 2 and sizes[0] == sizes[1]:
            new, twin = (
                parts | {name: _TWO.format(form, power, n=sizes[0])} for power in ("", "**2")
            )
            yield (
                new,
                twin,
                Said("right where {name} is symmetric, as the file says", name=name),
            )


def _coded(parts: dict[str, str], free: Sequence[str]) -> Iterator[_Coded]:
    """One array made of 0 and 1, or of 1 and -1; and the same with those numbers in other
    places. One at a time: what forgets it must not hide behind another that it follows."""
    shapes = {n: m[1] or m[2] for n in free if (m := _DRAWN.fullmatch(parts[n]))}
    for form, flipped, words in _SORTS:
        for name, shape in shapes.items():
            said = Said(
                "right where {name} holds {what}; for other numbers it is not made",
                name=name,
                what=words,
            )
            new, twin = (parts | {name: f.format(shape)} for f in (form, flipped))
            yield new, twin, said


def _valued(trial: Trial) -> Iterator[tuple[Trial, Said]]:
    assert isinstance(trial.subject, Written)
    parts = parted(trial.text)
    free = [n for n in parts if n not in trial.subject.values]
    starts = [parts]
    loose = [n for n in free if _NUMBER.fullmatch(parts[n])]
    if loose:  # numbers that may as well be arrays: one for each pair
        shapes = [m[1] for t in parts.values() if (m := _DRAWN.fullmatch(t)) and m[1]]
        sizes = dict.fromkeys(k for s in shapes for k in s.split(", ") if k != "1")
        starts += [
            parts | dict.fromkeys(some, f"rand({a}, {b})")
            for a, b in itertools.islice(itertools.permutations(sizes, 2), 12)
            for some in dict.fromkeys([tuple(loose), *((n,) for n in loose)])
        ]
    for start in starts:
        if start is not parts and _with(trial, start) is None:
            continue
        kinds = itertools.chain(_square(trial, start, free), _coded(start, free))
        for new, flipped, words in itertools.islice(kinds, _MOST):
            other, twin = _with(trial, new), _with(trial, flipped)
            if other is not None and twin is not None and _used(other, twin):
                yield other, words


def _used(trial: Trial, flipped: Trial) -> bool:
    """Whether every gradient follows the arrays that differ between two: one that forgets a factor
    of 1 and -1 altogether would be right for its square."""
    claims = []
    for subject in (trial.subject, flipped.subject):
        assert isinstance(subject, Written)
        with np.errstate(all="ignore"):
            y = np.asarray(subject.forward(subject.values), np.float64)
            claims.append(subject.backward(subject.values, np.ones(y.shape)))
    one, two = claims
    return all(n in two and not np.array_equal(g, two[n]) for n, g in one.items())


def _made(trial: Trial) -> Iterator[tuple[Trial, Said]]:
    """The same for arrays that an object is made with, none of which is a parameter."""
    from denpa.check.opening.objects import prepared

    subject = trial.subject
    if not isinstance(subject, Layer) or not trial.init:
        return
    parts = parted(trial.init)
    drawn = arrays_of(trial.init, trial.seed - 1, trial.near)
    sizes = {a.size for n, a in subject.values.items() if n in subject.places}
    free = [n for n in parts if np.ndim(drawn[n]) and np.size(drawn[n]) not in sizes]

    def build(init: str, values: Sequence[Any], lenient: bool = False) -> Layer:
        obj = prepared(bound(type(subject.owner), arrays_of(init, trial.seed - 1, trial.near)))
        return Layer(
            obj,
            values,
            subject.title,
            subject.run,
            subject.back,
            slope_first=subject.slope_first,
            lenient=lenient,
        )

    def made(new: dict[str, str]) -> Trial | None:
        init = _joined(new)
        whole = replace(trial, init=init, build=partial(build, init))
        return _with(whole, parted(trial.text))

    for new, flipped, words in itertools.islice(_coded(parts, free), _MOST):
        other, twin = made(new), made(flipped)
        if other is not None and twin is not None and _used(other, twin):
            yield other, words


# -- options ---------------------------------------------------------------------------------------


def deaf(subject: Written) -> bool:
    """Whether the gradients are the same without a forward pass before: then they come from one of
    their own, and an option of forward does not reach them."""
    try:
        y = np.asarray(subject.forward(subject.values), np.float64)
        above = np.ones(y.shape)
        with np.errstate(all="ignore"):
            usual = subject.backward(subject.values, above)
            alone = subject.deaf(subject.values, above)
    except Exception:  # the user's own: it needs what forward leaves
        return False
    return all(n in alone and np.array_equal(g, alone[n]) for n, g in usual.items())


def _turned(trial: Trial) -> Iterator[tuple[Trial, Said]]:
    """Options that are True or False the other way round, where the gradients are computed by a
    forward pass of their own, which chooses them itself."""
    subject = trial.subject
    assert isinstance(subject, Written)
    run = getattr(subject.owner, subject.run, None) if isinstance(subject.run, str) else subject.run
    if subject.back is None or not callable(run) or not deaf(subject):
        return
    parts = parted(trial.text)
    for k, p in enumerate(inspect.signature(run).parameters.values()):
        if p.name in parts:
            value = parts[p.name]
        elif isinstance(p.default, bool) and k == len(parts):
            value = str(p.default)
        else:
            continue
        if value in ("True", "False"):
            new = str(value == "False")
            other = _with(trial, parts | {p.name: new})
            if other is not None:
                yield (
                    other,
                    Said(
                        "right with {name}={new}, which the gradients are computed with, whatever "
                        "forward is given",
                        name=p.name,
                        new=new,
                    ),
                )
