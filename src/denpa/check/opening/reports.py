"""The report on one subject: in another reading, or without its clipping, where that alone makes it
right; with what is known of the mistakes of whole passes."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from denpa.check.determinism import relative
from denpa.check.examine import examine
from denpa.check.locate import ParsedSource
from denpa.check.opening.further import elsewhere
from denpa.check.remarks import Said
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.model import checked
from denpa.check.subjects.written import Written

_KNOWN_LITTLE = ("unknown", "shape", "missing", "nan", "places", "scale")


def conclusive(report: Report) -> bool:
    """Whether a wrong report names known mistakes, with more evidence than a factor, which may
    belong to the shape of the input."""
    return not any(f.mistake in _KNOWN_LITTLE for f in report.findings)


def examined(subject: Subject, options: dict[str, Any]) -> Report:
    """The report on a subject, in another reading where that alone makes it right."""
    found = looked(subject, checked(subject, **options))
    if found.ok and found.case is not None:
        twin = elsewhere(found.case)
        if twin is not None:
            there = looked(twin, checked(twin, **options))
            return there if there.findings else found
    if found.ok or found.nothing or not isinstance(subject, Written):
        return found
    if averaged(subject, found):
        return found
    for make, words in _SPECIAL:
        twin = make(subject)
        if twin is not None:
            report = looked(twin, checked(twin, **options))
            if report.ok:
                report.notes = [words.text(report.language), *report.notes]
                return report
    others = list(subject.others())
    for other in others:
        if agrees(other, options):
            report = looked(other, checked(other, **options))
            return report
    for other in sorted(others, key=lambda o: o.reading.rows) if not conclusive(found) else ():
        if other.reading.of:  # of another argument than its shape says, in a known mistake's form
            report = looked(other, checked(other, **options))
            if report.findings and conclusive(report):
                return report
    return found


def _unclipped(subject: Written) -> Written | None:
    """The same with outputs so small that no gradient is clipped."""
    rule = subject.rule()
    source = ParsedSource.of(rule.function) if rule is not None else None
    text = "" if source is None else "".join(source.lines)
    bounds = [float(n) for n in re.findall(r"clip\([^()]*?-\s*(\d+\.?\d*)", text)]
    if not bounds or min(bounds) < 1 or subject.reading.form is not None:
        return None
    twin = copy.copy(subject)
    twin.damp = np.asarray(1e-4)
    return twin


def _single(subject: Written) -> Written | None:
    """The same where one number alone comes from above, for code that skips those that are 0."""
    rule = subject.rule()
    source = ParsedSource.of(rule.function) if rule is not None else None
    text = "" if source is None else "".join(source.lines)
    if not re.search(r"==\s*0", text) or "continue" not in text or not subject.above:
        return None
    twin = copy.copy(subject)
    y = np.asarray(subject.forward(subject.values))
    twin.damp = np.zeros(y.shape)
    twin.damp.reshape(-1)[:1] = 1.0
    return twin


_SPECIAL = (
    (_unclipped, Said("gradients are clipped; they were compared where they are small")),
    (
        _single,
        Said(
            "right where one number alone of what comes from above is not 0, as behind a "
            "cross-entropy; others are not added up"
        ),
    ),
)


def averaged(subject: Written, report: Report) -> bool:
    """Whether all that is wrong is that every parameter's gradient is divided by the number of
    examples, which the loss is to leave then; told as such a form."""
    names = [n for n in subject.values if n not in subject.inputs]
    found = {n for f in report.findings for n in (f.name, *f.also)}
    scaled = all(f.mistake == "scale" for f in report.findings)
    if len(names) < 2 or found != set(names) or not scaled or not subject.reading.binding.above:
        return False
    if not any(report.compared[n].ok for n in subject.inputs if n in report.compared):
        return False
    x = subject.values[subject.inputs[0]] if subject.inputs else np.zeros(())
    rows = True
    for m in x.shape[:2]:
        right = all(
            c.numeric is not None and relative(c.claimed * m, c.numeric) < 1e-6
            for c in (report.compared[n] for n in names)
        )
        if m > 1 and right:
            break
        rows = False
    else:
        return False
    of = Said("rows" if rows else "columns")
    words = Said(
        "right, in the form that divides the parameters' gradients by the {m} examples ({of}) "
        "in the layer and not in the loss (Ng, deeplearning.ai, linear_backward)",
        m=m,
        of=of,
    )
    for n in names:
        report.compared[n].problem, report.compared[n].error = "", 0.0
    report.findings = []
    report.notes = [words.text(report.language), *report.notes]
    return True


def agrees(subject: Subject, options: dict[str, Any], wrong: Sequence[str] = ()) -> bool:
    """Whether every gradient is right beyond doubt, without asking why one is not; those that were
    `wrong` elsewhere must not be 0 throughout, which would say nothing."""
    found = agreeing(subject, options)
    if found is None or not all(good is not False for good in found.values()):
        return False
    return all(found[n] for n in wrong if n in found)


def agreeing(subject: Subject, options: dict[str, Any]) -> dict[str, bool | None] | None:
    """Which gradients are right beyond doubt; None for one that is right and 0 throughout, and for
    all where that says nothing."""
    try:
        case = examine(subject, options["seed"], min(1.0, options["budget"]))
    except Exception:  # the user's own, read wrongly
        return None
    found: dict[str, bool | None] = {}
    for c in case.compared.values():
        moved = isinstance(c.claimed, np.ndarray) and bool(np.any(c.claimed))
        good = c.ok and c.sure and c.error < 1e-6
        found[c.name] = good if moved or not good else None
    if case.single or case.habits or not any(good is not None for good in found.values()):
        return None
    return found


def looked(subject: Subject, report: Report) -> Report:
    """The report with what was not compared."""
    if not isinstance(subject, Written):
        return report
    if report.ok:
        report.notes = [*_form(subject, report.language), *report.notes]
    own = subject.owner is not None
    report.missing = [n for n in subject.unlooked if own and n not in subject.arguments]
    names = [] if own else subject.unlooked
    if names:
        told = Said("no gradient is found for {names}", names=", ".join(names))
        report.unlooked.append(told.text(report.language))
    if subject.moved and report.findings:
        which = ", ".join(subject.moved)
        told = Said(
            "{which}: moved at random, since the numbers that the code begins with may hide "
            "mistakes",
            which=which,
        )
        report.notes.append(told.text(report.language))
    if subject.left:
        told = Said("{left}: the gradient of nothing that is known", left=", ".join(subject.left))
        report.unlooked.append(told.text(report.language))
    return report


def _form(subject: Written, language: str) -> list[str]:
    form, of = subject.reading.form, subject.reading.of
    if subject.reading.rows:
        return [
            Said("right as the derivatives of each number of the output by {of}", of=of).text(
                language
            )
        ]
    if form is None:
        return []
    told = Said("right as the gradient of {text} ({source})", text=form.text, source=form.source)
    return [told.text(language)]
