"""What is said of the trials: the report on the first that is clean; another reading or another
admissible input where that is right; further inputs that reach other lines."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.locate import ParsedSource
from denpa.check.opening.admissible import admissible, deaf
from denpa.check.opening.coverage import Reached, reached
from denpa.check.opening.excuses import excuses
from denpa.check.opening.further import bounded, farther, larger, left_out, walks
from denpa.check.opening.guess import GuessedArguments, ranged
from denpa.check.opening.load import inputs_of
from denpa.check.opening.reports import agreeing, agrees, conclusive, examined, looked
from denpa.check.opening.trials import Search, Trial
from denpa.check.patience import Patience
from denpa.check.remarks import Said
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.model import checked
from denpa.check.subjects.written import Written
from denpa.core.errors import ArgumentError
from denpa.words import say


def judged(
    search: Search, options: dict[str, Any], again: Callable[[Trial], Iterator[Trial]]
) -> tuple[Report, Trial] | None:
    """The report on the trial that tells most; None where nothing runs both ways. `again` yields
    the same with other targets and flags."""
    trial = search.run()
    if trial is None or trial.subject is None:
        if trial is not None:
            found = _instead(search, trial, options)
            if found is not None:
                return found
        return None
    report = examined(trial.subject, options)
    if not report.ok and not report.nothing:
        for other in _ranged(trial):  # names may fit outside of what the code is made for
            if other.subject is not None and agrees(other.subject, options):
                return examined(other.subject, options), other
    if not report.ok and not report.nothing:
        found = _admissible(search, trial, options, report)
        if found is not None:
            return found
    if not report.ok and not report.nothing and (trial.guessed or not conclusive(report)):
        found = _instead(search, trial, options, report)
        if found is not None:
            return found
        told = _telling(search, trial, report, options)
        if told is not None:
            return told
        doubtful = _doubtful(report, trial)
        if doubtful and (sure := _general(search, options)) is not None:
            return sure
        if any(t.order < trial.order for t in search.raising):  # what is nearer raises: told first
            search.later = None if doubtful else (report, trial)
            return None
        if doubtful:
            if not trial.guessed:
                search.first = ArgumentError(say(DOUBT))
            search.raising = []
            return None
        return report, trial
    if report.ok:
        found = _far(trial, options) or _beyond(trial, options)
        if found is not None:
            return found
        for other, theirs in _branches(trial, again(trial), options):
            if not theirs.ok and not theirs.nothing and other.clean:
                return theirs, other
            if theirs.ok:
                words = Said("right, too, with {shown}", shown=other.shown())
                report.notes.append(words.text(report.language))
    return report, trial


DOUBT = (
    "no input was found on which every gradient has the shape of what it is the gradient of; give "
    "one for each argument with --input"
)


def _doubtful(report: Report, trial: Trial) -> bool:
    """Whether what was found wrong may be the guessed input's fault: gradients of functions that
    have other shapes, or are wrong on one example, with nothing proven."""
    subject = trial.subject
    if isinstance(subject, Written) and subject.listed and subject.misfits:
        return True  # zip and loops take lists of unlike lengths
    shapes = [np.shape(a) for a in trial.given if np.ndim(a)]
    if len(shapes) > 2 and len({k for s in shapes for k in s}) == 1:
        return True  # what runs with one size alone is broadcast to what nobody meant
    function = isinstance(subject, Written) and subject.owner is None
    if function and trial.clean and not trial.guessed and _plainly(subject):
        return False
    proven = any(f.verified is not None for f in report.findings)
    deep = any(np.ndim(a) > 2 for a in trial.given)
    factors = all(f.mistake == "scale" for f in report.findings)
    if function and deep and factors and not trial.general:
        return True
    plain = trial.clean and trial.family in ("rows", "columns")
    return (
        (function or trial.guessed or trial.family == "searched")
        and not proven
        and not (plain and not trial.guessed)
    )


def _plainly(subject: Subject | None) -> bool:
    """Whether one number is differentiated by one array, of whose shape the gradient is."""
    if not isinstance(subject, Written) or len(subject.arguments) != 1:
        return False
    return subject.reading.form is None and not np.ndim(subject.forward(subject.values))


def _general(search: Search, options: dict[str, Any]) -> tuple[Report, Trial] | None:
    """What is wrong on the most general input, where sizes are alike only as the code asks."""
    for other in itertools.chain(list(search.usable), search.more(_MORE)):
        if other.general and other.clean and other.subject is not None and not other.guessed:
            report = examined(other.subject, options)
            return (report, other) if report.findings and not _doubtful(report, other) else None
    return None


def alone(search: Search, options: dict[str, Any]) -> tuple[Report, Trial] | None:
    """The report on a batch of one, where nothing else runs both ways."""
    row = next((t for t in search.usable if t.family == "row" and t.clean), None)
    return None if row is None or row.subject is None else (examined(row.subject, options), row)


_ONLY = (
    "right for {shown}; for other shapes it is not made",
    "right for one example, {shown}; it is not made for a batch",
)


def _admissible(
    search: Search, trial: Trial, options: dict[str, Any], report: Report
) -> tuple[Report, Trial] | None:
    """An input as admissible as the one on which it is wrong, on which it is right: every gradient
    that was wrong is there, and not 0 throughout. Without one, one on which fewer are wrong."""
    quick = options | {"budget": min(1.0, options["budget"])}
    wrong = {n for f in report.findings for n in (f.name, *f.also)}
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
                return _fewer(nearest, wrong, quick)
            right = agreeing(other.subject, quick)
            if right is None or any(right.get(n) is None for n in wrong):
                continue
            left = [n for n, good in right.items() if good is False]
            if left and (len(left) >= len(wrong) or not set(left) <= wrong):
                continue
            if not excuses(other, quick, wrong - set(left) if left else None):
                continue
            if left:
                if nearest is None or len(left) < nearest[0]:
                    nearest = len(left), other, words
                continue
            found = examined(other.subject, quick)
            if found.ok:
                found.notes = [words.text(found.language), *found.notes]
                return found, other
    return _fewer(nearest, wrong, quick)


def _fewer(
    nearest: tuple[int, Trial, Said] | None, wrong: Collection[str], quick: dict[str, Any]
) -> tuple[Report, Trial] | None:
    """The report on an input that excuses some of what was wrong; the rest is so on both."""
    if nearest is None or nearest[1].subject is None:
        return None
    found = examined(nearest[1].subject, quick)
    left = {n for f in found.findings for n in (f.name, *f.also)}
    return (found, nearest[1]) if left and left < set(wrong) else None


_OTHERS = 2.0  # seconds of work for inputs that are as admissible
_MORE = 1.5  # and for making further ones


def _bases(search: Search, trial: Trial) -> Iterator[Trial]:
    """What other inputs are made from: the first, and those that are most general."""
    yield trial
    for other in itertools.chain(list(search.usable), search.more(_MORE)):
        if other is not trial and other.clean and other.general and other.family != "row":
            yield other


_PATIENCE = 2.5  # seconds of computing for other inputs
_ALONE = ("column", "vector", "one", "number")


def _instead(
    search: Search, trial: Trial, options: dict[str, Any], report: Report | None = None
) -> tuple[Report, Trial] | None:
    """Another input on which it is right. One example alone excuses no factor, which a forgotten
    mean over the batch would be; where the first ran, only inputs of few dimensions are others."""
    quick = options | {"budget": min(1.0, options["budget"])}
    factors = report is not None and any(f.mistake == "scale" for f in report.findings)
    tried, patience = 0, Patience(_PATIENCE)
    walked, best = walks(trial), None
    for other in itertools.chain(list(search.usable), search.more(_MORE)):
        if patience.over:
            break
        if other is trial or not isinstance(other.subject, Written) or not other.clean:
            continue
        if not _alike(trial, other) or _slighter(trial, other):
            continue
        if other.family == "row" and trial.subject is not None:
            continue
        if other.family in _ALONE and (factors or batched(other.subject)):
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
        wrong = [n for f in report.findings for n in (f.name, *f.also)] if report else []
        readings = [other.subject, *other.subject.others()]
        if trial.guessed and _decides(trial):  # a loss of the code: no form excuses
            readings = [s for s in readings if s.reading.form is None]
        if any(agrees(s, quick, wrong) for s in readings):
            if not trial.guessed and not excuses(other, quick):
                continue
            found = examined(other.subject, quick)
            if other.family == "row" or trial.guessed or not found.ok:
                return found, other
            words = Said(_ONLY[other.family in _ALONE], shown=other.shown())
            found.notes = [words.text(found.language), *found.notes]
            return found, other
        if walked and best is None and np.ndim(other.given[0]) == 3:
            found = examined(other.subject, quick)
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


def _telling(
    search: Search, trial: Trial, report: Report, options: dict[str, Any]
) -> tuple[Report, Trial] | None:
    """Where one input shows only that something is wrong: another on which all that is wrong has a
    name, and is right once it is undone."""
    if not all(f.mistake in _VAGUE for f in report.findings):
        return None
    quick = options | {"budget": min(1.0, options["budget"])}
    near = [t for t in search.usable if t.family not in ("row", "searched")]
    able = [
        t
        for t in (*_ranged(trial), *near)
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
        found = looked(other.subject, checked(other.subject, **quick))  # type: ignore[arg-type]
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


def _ranged(trial: Trial) -> Iterator[Trial]:
    """The same input between 0 and 1, or positive, where the code keeps such numbers off the ends
    of that range, as before a logarithm, and the first input has met these bounds."""
    if trial.build is None or not isinstance(trial.subject, Written) or not trial.text:
        return
    if not re.search(r"log|clip|sqrt|power|\*\* *0\.5", _text(trial.subject)):
        return
    for guess in ranged(GuessedArguments(trial.text, trial.family)):
        x = inputs_of(guess.text, trial.seed, trial.near)
        other = replace(trial, text=guess.text, given=x, subject=None)
        with suppress(Exception):
            other.subject = trial.build(x)
            if isinstance(other.subject, Written) and bounded(trial.subject, other.subject):
                yield other


def _far(trial: Trial, options: dict[str, Any]) -> tuple[Report, Trial] | None:
    """What is wrong farther from 0, where functions that are made of pieces have others."""
    subject = trial.subject
    if trial.build is None or not isinstance(subject, Written) or subject.places:
        return None
    pieces = re.search(r"where|clip|maximum|minimum|[<>]", _text(subject))
    near = subject.values[subject.inputs[0]] if subject.inputs else np.zeros(())
    whole = np.shape(subject.forward(subject.values)) in (near.shape, ())
    if not pieces or not whole or len(subject.values) > 1 or "rand(" not in trial.text:
        return None
    text = trial.text.replace("rand(", "6*rand(", 1)
    x = inputs_of(text, trial.seed, trial.near)
    other = replace(trial, text=text, given=x, subject=None)
    with suppress(Exception):
        other.subject = trial.build(x)
        if not agrees(other.subject, options):
            report = examined(other.subject, options)
            if report.findings:
                return report, other
    return None


def _beyond(trial: Trial, options: dict[str, Any]) -> tuple[Report, Trial] | None:
    """What is wrong where other pieces of the computation are reached, or labels are left out."""
    if trial.build is None or not trial.text:
        return None
    for other in (*farther(trial), *left_out(trial), *larger(trial)):
        assert other.subject is not None
        report = examined(other.subject, options)
        if report.findings:
            return report, other
    return None


def _coded(trial: Trial) -> str:
    """The form of targets for classes: rows of 0 and 1, or numbers."""
    return "".join(word for word in ("onehot", "labels") if word in trial.text)


def _text(subject: Written) -> str:
    """The source of what computes and of what goes back."""
    found = []
    for f in (subject.run, subject.back):
        of = getattr(type(subject.owner), f, None) if isinstance(f, str) else f
        source = ParsedSource.of(of) if of is not None else None
        found.append("" if source is None else "".join(source.lines))
    return "\n".join(found)


def batched(subject: Written) -> bool:
    """Whether the code of the gradients sums or counts examples: then it is meant for a batch."""
    source = ParsedSource.of(subject.rule().function) if subject.rule() is not None else None  # type: ignore[union-attr]
    text = "" if source is None else "".join(source.lines)
    return re.search(r"\b(sum|mean|shape|len|batch\w*)\b", text) is not None


def _branches(
    trial: Trial, others: Iterator[Trial], options: dict[str, Any]
) -> Iterator[tuple[Trial, Report]]:
    """Other forms of the same that reach lines which the first has not reached."""
    if not isinstance(trial.subject, Written):
        return
    lines = reached(trial.subject)
    quick = options | {"budget": min(2.0, options["budget"])}
    for other in others:
        if not isinstance(other.subject, Written) or not other.clean:
            continue
        if other.text.startswith(f"{trial.text}, ") and deaf(other.subject):  # an option of forward
            continue
        theirs = reached(other.subject)
        if theirs.lines - lines.lines:
            lines = lines.joined(theirs)
            yield other, examined(other.subject, quick)
    trial.subject.reached = lines


def unreached(subject: Subject) -> Sequence[str]:
    """Lines of backward that no input has reached."""
    lines = getattr(subject, "reached", None)
    if not isinstance(lines, Reached):
        return ()
    return lines.missing()
