"""Other inputs than the one on which code is wrong: as admissible ones, on which it is right; those
on which all that is wrong has a name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.locate import ParsedSource
from denpa.check.opening.admissible import admissible
from denpa.check.opening.excuses import excuses
from denpa.check.opening.further import bounded, walks
from denpa.check.opening.guess import GuessedArguments, ranged
from denpa.check.opening.load import inputs_of
from denpa.check.opening.reports import agreeing, agrees, conclusive, examined, looked
from denpa.check.opening.trials import Search, Trial
from denpa.check.patience import Patience
from denpa.check.remarks import Said
from denpa.check.report import Report
from denpa.check.subjects.model import checked
from denpa.check.subjects.written import Written

_ONLY = (
    "right for {shown}; for other shapes it is not made",
    "right for one example, {shown}; it is not made for a batch",
)
_OTHERS = 2.0  # seconds of work for inputs that are as admissible
_MORE = 1.5  # and for making further ones


def further_trials(search: Search) -> Iterator[Trial]:
    """The inputs on which it has run, and further ones."""
    return itertools.chain(list(search.usable), search.more(_MORE))


def _quick(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a check that takes a second at most."""
    return options | {"budget": min(1.0, options["budget"])}


def _wrong(report: Report) -> list[str]:
    """The gradients that a report finds wrong."""
    return [n for f in report.findings for n in (f.name, *f.also)]


def as_admissible(
    search: Search, trial: Trial, options: dict[str, Any], report: Report
) -> tuple[Report, Trial] | None:
    """An input as admissible as the one on which it is wrong, on which it is right: every gradient
    that was wrong is there, and not 0 throughout. Without one, one on which fewer are wrong."""
    options = _quick(options)
    wrong = set(_wrong(report))
    patience, shapes = Patience(_OTHERS), set()
    nearest: tuple[int, Trial, Said] | None = None
    for base in _bases(search, trial):
        if patience.over:
            break
        if _shapes(base) in shapes:
            continue
        shapes.add(_shapes(base))
        for other, words in admissible(base):
            assert isinstance(other.subject, Written)
            if patience.over:
                return _fewer(nearest, wrong, options)
            right = agreeing(other.subject, options)
            if right is None or any(right.get(n) is None for n in wrong):
                continue
            left = [n for n, good in right.items() if good is False]
            if left and (len(left) >= len(wrong) or not set(left) <= wrong):
                continue
            if not excuses(other, options, wrong - set(left) if left else None):
                continue
            if left:
                if nearest is None or len(left) < nearest[0]:
                    nearest = len(left), other, words
                continue
            found = examined(other.subject, options)
            if found.ok:
                found.notes = [words.text(found.language), *found.notes]
                return found, other
    return _fewer(nearest, wrong, options)


def _fewer(
    nearest: tuple[int, Trial, Said] | None, wrong: Collection[str], options: dict[str, Any]
) -> tuple[Report, Trial] | None:
    """The report on an input that excuses some of what was wrong; the rest is so on both."""
    if nearest is None or nearest[1].subject is None:
        return None
    found = examined(nearest[1].subject, options)
    left = set(_wrong(found))
    return (found, nearest[1]) if left and left < set(wrong) else None


def _bases(search: Search, trial: Trial) -> Iterator[Trial]:
    """What other inputs are made from: the first, and those that are most general."""
    yield trial
    for other in further_trials(search):
        if other is not trial and other.clean and other.general and other.family != "row":
            yield other


_PATIENCE = 2.5  # seconds of computing for other inputs
_ALONE = ("column", "vector", "one", "number")


def instead(
    search: Search, trial: Trial, options: dict[str, Any], report: Report | None = None
) -> tuple[Report, Trial] | None:
    """Another input on which it is right. One example alone excuses no factor, which a forgotten
    mean over the batch would be; where the first ran, only inputs of few dimensions are others."""
    options = _quick(options)
    factors = report is not None and any(f.mistake == "scale" for f in report.findings)
    tried, patience = 0, Patience(_PATIENCE)
    walked, best = walks(trial), None
    for other in further_trials(search):
        if patience.over:
            break
        if other is trial or not isinstance(other.subject, Written) or not other.clean:
            continue
        if not _alike(trial, other) or _slighter(trial, other):
            continue
        if other.family == "row" and trial.subject is not None:
            continue
        if other.family in _ALONE and (factors or _batched(other.subject)):
            continue
        deep = any(np.ndim(a) > 2 for a in other.given) and not (
            walked and np.ndim(other.given[0]) == 3
        )
        far = other.family == "searched" or deep
        few = sum(np.size(a) for a in other.subject.values.values()) < 3  # no evidence
        if trial.clean and (far or few or (_whole(other) and not _whole(trial))):
            continue
        if trial.clean and {_coded(trial), _coded(other)} == {"onehot", "labels"}:
            continue  # it must be right for both
        tried += 1
        wrong = _wrong(report) if report else []
        readings = [other.subject, *other.subject.others()]
        if trial.guessed and _decides(trial):  # a loss of the code: no form excuses
            readings = [s for s in readings if s.reading.form is None]
        if any(agrees(s, options, wrong) for s in readings):
            if not trial.guessed and not excuses(other, options):
                continue
            found = examined(other.subject, options)
            if other.family == "row" or trial.guessed or not found.ok:
                return found, other
            words = Said(_ONLY[other.family in _ALONE], shown=other.shown())
            found.notes = [words.text(found.language), *found.notes]
            return found, other
        if walked and best is None and np.ndim(other.given[0]) == 3:
            found = examined(other.subject, options)
            if found.findings and conclusive(found):
                best = found, other
        if tried > 40:
            break
    return best


def _slighter(trial: Trial, other: Trial) -> bool:
    """Whether what raised runs only in an object of less: of sizes of 1, where factors in the wrong
    order fit, too, or of whole numbers, which have no gradients."""
    if trial.subject is not None or not trial.init or not other.init or other.init == trial.init:
        return False
    return re.search(r"labels\(|\b1\)|\(1,", other.init) is not None


def _alike(trial: Trial, other: Trial) -> bool:
    """Whether the parameters have as many dimensions in both: a bias that is one number would make
    a gradient right that is summed over everything."""
    one, two = trial.subject, other.subject
    if not isinstance(one, Written) or not isinstance(two, Written):
        return True
    own = [n for n in one.values if n not in one.arguments]
    return all(n in two.values and np.ndim(one.values[n]) == np.ndim(two.values[n]) for n in own)


def _whole(trial: Trial) -> bool:
    """Whether the input is whole numbers, which have no sign and little else to go wrong."""
    return bool(trial.given) and np.asarray(trial.given[0]).dtype.kind in "iu"


_VAGUE = ("unknown", "shape", "missing", "nan")
_TELLING = 3  # further inputs that are examined


def telling(
    search: Search, trial: Trial, report: Report, options: dict[str, Any]
) -> tuple[Report, Trial] | None:
    """Where one input shows only that something is wrong: another on which all that is wrong has a
    name, and is right once it is undone."""
    if not all(f.mistake in _VAGUE for f in report.findings):
        return None
    options = _quick(options)
    near = [t for t in search.usable if t.family not in ("row", "searched")]
    able = [
        t
        for t in (*within_range(trial), *near)
        if t is not trial
        and t.clean
        and isinstance(t.subject, Written)
        and t.subject.misfits == 0
        and sum(np.size(a) for a in t.subject.values.values()) > 2
    ]
    shapes = {_shapes(trial)}
    for other in able:
        if not _alike(trial, other):
            continue
        if other.text == trial.text or (_shapes(other) in shapes and other in search.usable):
            continue
        shapes.add(_shapes(other))
        if len(shapes) > _TELLING + 1:
            return None
        found = looked(other.subject, checked(other.subject, **options))  # type: ignore[arg-type]
        if found.findings and all(
            f.mistake not in _VAGUE and f.verified is not None for f in found.findings
        ):
            return found, other
    return None


def _shapes(trial: Trial) -> tuple[tuple[int, ...], ...]:
    return tuple(np.shape(a) for a in trial.subject.values.values()) if trial.subject else ()


def _decides(trial: Trial) -> bool:
    """Whether what was run is a number that the code itself makes."""
    subject = trial.subject
    return (
        isinstance(subject, Written)
        and trial.clean
        and subject.reading.form is None
        and (np.ndim(subject.forward(subject.values)) == 0)
    )


def within_range(trial: Trial) -> Iterator[Trial]:
    """The same input between 0 and 1, or positive, where the code keeps such numbers off the ends
    of that range, as before a logarithm, and the first input has met these bounds."""
    if trial.build is None or not isinstance(trial.subject, Written) or not trial.text:
        return
    if not re.search(r"log|clip|sqrt|power|\*\* *0\.5", code_of(trial.subject)):
        return
    for guess in ranged(GuessedArguments(trial.text, trial.family)):
        x = inputs_of(guess.text, trial.seed, trial.near)
        other = replace(trial, text=guess.text, given=x, subject=None)
        with suppress(Exception):
            other.subject = trial.build(x)
            if isinstance(other.subject, Written) and bounded(trial.subject, other.subject):
                yield other


def _coded(trial: Trial) -> str:
    """The form of targets for classes: rows of 0 and 1, or numbers."""
    return "".join(word for word in ("onehot", "labels") if word in trial.text)


def code_of(subject: Written) -> str:
    """The source of what computes and of what goes back."""
    found = []
    for f in (subject.run, subject.back):
        of = getattr(type(subject.owner), f, None) if isinstance(f, str) else f
        source = ParsedSource.of(of) if of is not None else None
        found.append("" if source is None else "".join(source.lines))
    return "\n".join(found)


def _batched(subject: Written) -> bool:
    """Whether the code of the gradients sums or counts examples: then it is meant for a batch."""
    source = ParsedSource.of(subject.rule().function) if subject.rule() is not None else None  # type: ignore[union-attr]
    text = "" if source is None else "".join(source.lines)
    return re.search(r"\b(sum|mean|shape|len|batch\w*)\b", text) is not None
