"""What is said of the trials: the report on the first that is clean; another reading or another
admissible input where that is right; further inputs that reach other lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.opening.admissible import deaf
from denpa.check.opening.alternatives import (
    as_admissible,
    code_of,
    further_trials,
    instead,
    telling,
    within_range,
)
from denpa.check.opening.coverage import Reached, reached
from denpa.check.opening.further import farther, larger, left_out
from denpa.check.opening.load import inputs_of
from denpa.check.opening.reports import agrees, conclusive, examined
from denpa.check.opening.trials import Search, Trial
from denpa.check.remarks import Said
from denpa.check.report import Report
from denpa.check.subject import Subject
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
            found = instead(search, trial, options)
            if found is not None:
                return found
        return None
    report = examined(trial.subject, options)
    if not report.ok and not report.nothing:
        for other in within_range(trial):  # names may fit outside of what the code is made for
            if other.subject is not None and agrees(other.subject, options):
                return examined(other.subject, options), other
    if not report.ok and not report.nothing:
        found = as_admissible(search, trial, options, report)
        if found is not None:
            return found
    if not report.ok and not report.nothing and (trial.guessed or not conclusive(report)):
        found = instead(search, trial, options, report)
        if found is not None:
            return found
        told = telling(search, trial, report, options)
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
    for other in further_trials(search):
        if other.general and other.clean and other.subject is not None and not other.guessed:
            report = examined(other.subject, options)
            return (report, other) if report.findings and not _doubtful(report, other) else None
    return None


def alone(search: Search, options: dict[str, Any]) -> tuple[Report, Trial] | None:
    """The report on a batch of one, where nothing else runs both ways."""
    row = next((t for t in search.usable if t.family == "row" and t.clean), None)
    return None if row is None or row.subject is None else (examined(row.subject, options), row)


def _far(trial: Trial, options: dict[str, Any]) -> tuple[Report, Trial] | None:
    """What is wrong farther from 0, where functions that are made of pieces have others."""
    subject = trial.subject
    if trial.build is None or not isinstance(subject, Written) or subject.places:
        return None
    pieces = re.search(r"where|clip|maximum|minimum|[<>]", code_of(subject))
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
