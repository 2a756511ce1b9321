"""What is said of the trials: the report on the first that is clean; another reading or another
admissible input where that is right; further inputs that reach other lines."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.examine import examine
from denpa.check.locate import Source
from denpa.check.opening.coverage import Reached, reached
from denpa.check.opening.guess import Guess, ranged
from denpa.check.opening.load import inputs_of
from denpa.check.opening.trials import Search, Trial
from denpa.check.report import Report
from denpa.check.steady import relative
from denpa.check.subject import Subject
from denpa.check.subjects.model import checked
from denpa.check.subjects.tensors import Said
from denpa.check.subjects.written import Written
from denpa.core.errors import ArgumentError

_KNOWN_LITTLE = ("unknown", "shape", "missing", "nan", "places", "scale")


def conclusive(report: Report) -> bool:
    """Whether a wrong report names known mistakes, with more evidence than a factor, which may
    belong to the shape of the input."""
    return not any(f.mistake in _KNOWN_LITTLE for f in report.findings)


def examined(subject: Subject, options: dict[str, Any]) -> Report:
    """The report on a subject, in another reading where that alone makes it right."""
    found = _looked(subject, checked(subject, **options))
    if found.ok or found.nothing or not isinstance(subject, Written):
        return found
    if averaged(subject, found):
        return found
    for make, words in _SPECIAL:
        twin = make(subject)
        if twin is not None:
            report = _looked(twin, checked(twin, **options))
            if report.ok:
                report.notes = [words.text(report.language), *report.notes]
                return report
    for other in subject.others():
        if agrees(other, options):
            report = _looked(other, checked(other, **options))
            return report
    return found


def _unclipped(subject: Written) -> Written | None:
    """The same with outputs so small that no gradient is clipped."""
    rule = subject.rule()
    source = Source.of(rule.function) if rule is not None else None
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
    source = Source.of(rule.function) if rule is not None else None
    text = "" if source is None else "".join(source.lines)
    if not re.search(r"==\s*0", text) or "continue" not in text or not subject.above:
        return None
    twin = copy.copy(subject)
    y = np.asarray(subject.forward(subject.values))
    twin.damp = np.zeros(y.shape)
    twin.damp.reshape(-1)[:1] = 1.0
    return twin


_SPECIAL = (
    (_unclipped, Said("gradients are clipped; they were compared where they are small",
                      "勾配が切り詰められる(clip)ので、小さいところで比べました")),
    (_single, Said("right where one number alone of what comes from above is not 0, as behind a "
                   "cross-entropy; others are not added up",
                   "上流の勾配のうち 0 でないものが 1 つだけのとき(交差エントロピーの下など)に"
                   "正しい。複数は足し合わされません")),
)  # fmt: skip


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
    of = ("rows", "行") if rows else ("columns", "列")
    words = Said(
        f"right, in the form that divides the parameters' gradients by the {m} examples ({of[0]}) "
        "in the layer and not in the loss (Ng, deeplearning.ai, linear_backward)",
        f"パラメータの勾配を、損失ではなく層の中で例の数 {m}({of[1]})で割る形として正しい"
        "(Ng, deeplearning.ai, linear_backward)",
    )
    for n in names:
        report.compared[n].problem, report.compared[n].error = "", 0.0
    report.findings = []
    report.notes = [words.text(report.language), *report.notes]
    return True


def agrees(subject: Subject, options: dict[str, Any], wrong: Sequence[str] = ()) -> bool:
    """Whether every gradient is right beyond doubt, without asking why one is not; those that were
    `wrong` elsewhere must not be 0 throughout, which would say nothing."""
    try:
        case = examine(subject, options["seed"], min(1.0, options["budget"]))
    except Exception:  # the user's own, read wrongly
        return False
    found = list(case.compared.values())
    moved = [c.name for c in found if isinstance(c.claimed, np.ndarray) and np.any(c.claimed)]
    moving = bool(moved) and all(c.name in moved for c in found if c.name in wrong)
    good = all(c.ok and c.sure and c.error < 1e-6 for c in found)
    return moving and good and not case.single and not case.habits


def _looked(subject: Subject, report: Report) -> Report:
    """The report with what was not compared."""
    if not isinstance(subject, Written):
        return report
    if report.ok:
        report.notes = [*_form(subject, report.language), *report.notes]
    own = subject.owner is not None
    names = [n for n in subject.unlooked if not (own and n in subject.arguments)]
    if names:
        told = Said(f"no gradient is found for {', '.join(names)}",
                    f"{', '.join(names)} の勾配は見つかりません")  # fmt: skip
        report.unlooked.append(told.text(report.language))
    if subject.left:
        told = Said(f"{', '.join(subject.left)}: the gradient of nothing that is known",
                    f"{', '.join(subject.left)}: 何の勾配か分かりません")  # fmt: skip
        report.unlooked.append(told.text(report.language))
    return report


def _form(subject: Written, language: str) -> list[str]:
    form = subject.reading.form
    if form is None:
        return []
    en = f"right as the gradient of {form.text} ({form.source})"
    return [Said(en, f"{form.text_ja}の勾配として正しい({form.source})").text(language)]


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
    if not report.ok and not report.nothing and not conclusive(report):
        found = _instead(search, trial, options, report)
        if found is not None:
            return found
        doubtful = _doubtful(report, trial)
        if any(t.order < trial.order for t in search.raising):  # what is nearer raises: told first
            search.later = None if doubtful else (report, trial)
            return None
        if doubtful:
            search.first, search.raising = ArgumentError(_DOUBT), []
            return None
        return report, trial
    if report.ok:
        found = _far(trial, options)
        if found is not None:
            return found
        for other, theirs in _branches(trial, again(trial), options):
            if not theirs.ok and not theirs.nothing and other.clean:
                return theirs, other
            if theirs.ok:
                words = Said(f"right, too, with {other.shown()}", f"次でも正しい: {other.shown()}")
                report.notes.append(words.text(report.language))
    return report, trial


_DOUBT = (
    "no input was found on which every gradient has the shape of what it is the gradient of; give "
    "one for each argument with --input"
)


def _doubtful(report: Report, trial: Trial) -> bool:
    """Whether what was found wrong may be the guessed input's fault: gradients of functions that
    have other shapes, or are wrong on one example, with nothing proven."""
    subject = trial.subject
    function = isinstance(subject, Written) and subject.owner is None
    proven = any(f.verified is not None for f in report.findings)
    deep = any(np.ndim(a) > 2 for a in trial.given)
    factors = all(f.mistake == "scale" for f in report.findings)
    if function and deep and factors:
        return True
    plain = trial.clean and trial.family in ("rows", "columns")
    return (
        (function or trial.guessed or trial.family == "searched")
        and not proven
        and not (plain and not trial.guessed)
    )


def alone(search: Search, options: dict[str, Any]) -> tuple[Report, Trial] | None:
    """The report on a batch of one, where nothing else runs both ways."""
    row = next((t for t in search.usable if t.family == "row" and t.clean), None)
    return None if row is None or row.subject is None else (examined(row.subject, options), row)


_ONLY = (
    ("right for {}; for other shapes it is not made",
     "{} に対して正しい(ほかの形には対応していません)"),
    ("right for one example, {}; it is not made for a batch",
     "1 例 {} に対して正しい(バッチには対応していません)"),
)  # fmt: skip


_ALONE = ("column", "vector", "one", "number")


def _instead(
    search: Search, trial: Trial, options: dict[str, Any], report: Report | None = None
) -> tuple[Report, Trial] | None:
    """Another input on which it is right. One example alone excuses no factor, which a forgotten
    mean over the batch would be; where the first ran, only inputs of few dimensions are others."""
    quick = options | {"budget": min(1.0, options["budget"])}
    factors = report is not None and any(f.mistake == "scale" for f in report.findings)
    tried = 0
    for other in (*search.usable, *search.more(1.0)):
        if other is trial or not isinstance(other.subject, Written) or not other.clean:
            continue
        if other.family == "row" and trial.subject is not None:
            continue
        if other.family in _ALONE and (factors or batched(other.subject)):
            continue
        far = other.family == "searched" or any(np.ndim(a) > 2 for a in other.given)
        few = sum(np.size(a) for a in other.subject.values.values()) < 3  # no evidence
        if trial.clean and (far or few):
            continue
        if trial.clean and {_coded(trial), _coded(other)} == {"onehot", "labels"}:
            continue  # it must be right for both
        tried += 1
        wrong = [n for f in report.findings for n in (f.name, *f.also)] if report else []
        if any(agrees(s, quick, wrong) for s in (other.subject, *other.subject.others())):
            found = examined(other.subject, quick)
            if other.family == "row":
                return found, other
            words = _ONLY[other.family in _ALONE]
            en, ja = (w.format(other.shown()) for w in words)
            found.notes = [Said(en, ja).text(found.language), *found.notes]
            return found, other
        if tried > 40:
            break
    return None


def _ranged(trial: Trial) -> Iterator[Trial]:
    """The same input between 0 and 1, or positive, as code that clips and takes logarithms is meant
    for."""
    if trial.build is None or not isinstance(trial.subject, Written) or not trial.text:
        return
    if not re.search(r"log|clip|sqrt|power|\*\* *0\.5", _text(trial.subject)):
        return
    for guess in ranged(Guess(trial.text, trial.family)):
        x = inputs_of(guess.text, trial.seed, trial.near)
        other = replace(trial, text=guess.text, given=x, subject=None)
        with suppress(Exception):
            other.subject = trial.build(x)
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


def _coded(trial: Trial) -> str:
    """The form of targets for classes: rows of 0 and 1, or numbers."""
    return "".join(word for word in ("onehot", "labels") if word in trial.text)


def _text(subject: Written) -> str:
    """The source of what computes and of what goes back."""
    found = []
    for f in (subject.run, subject.back):
        of = getattr(type(subject.owner), f, None) if isinstance(f, str) else f
        source = Source.of(of) if of is not None else None
        found.append("" if source is None else "".join(source.lines))
    return "\n".join(found)


def batched(subject: Written) -> bool:
    """Whether the code of the gradients sums or counts examples: then it is meant for a batch."""
    source = Source.of(subject.rule().function) if subject.rule() is not None else None  # type: ignore[union-attr]
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
