"""A backward that raises, told as a report: what does not fit, and what does."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.determinism import leaves_generators
from denpa.check.diagnose import report
from denpa.check.examine import examine
from denpa.check.exceptions.faults import (
    fault_of,
    imported,
    kept_in_forward,
    meant,
    never_bound,
    set_by_protocol,
    unproven,
)
from denpa.check.exceptions.frames import located
from denpa.check.exceptions.judge import Judge, judge_of
from denpa.check.exceptions.products import operands
from denpa.check.exceptions.search import Mend, mended
from denpa.check.exceptions.words import key_of, said, words_of
from denpa.check.exceptions.wreck import Wreck, wreck_of
from denpa.check.numeric import Values
from denpa.check.record import Finding
from denpa.check.repair.search import quiet
from denpa.check.repair.tree import Edit, targets
from denpa.check.report import Report
from denpa.check.subject import Subject
from denpa.check.subjects.pair import Joint
from denpa.check.subjects.readings import parameter_names

_SECONDS = 2.0  # of computing, for changes of the code
_BUDGET = 3.0  # for the comparison of what is mended


@leaves_generators
def told_raise(
    subject: Subject,
    values: Values,
    upstream: np.ndarray,
    error: Exception,
    language: str = "en",
    square: Subject | None = None,
    again: Callable[[], Subject] | None = None,
) -> Report | None:
    """What is wrong with a backward that raises where forward runs.

    The line is changed until backward runs and differences confirm the gradients that it makes; the
    other gradients are looked at with this line mended. A name that nothing defines is wrong
    without that. Where neither is so, `square` is examined: the same code with all sizes equal, so
    that it does not raise. None where nothing is proven; `plain_words` tells the line then.
    `again` opens the same thing anew, if `subject` is of a kind that this module does not know.

    >>> def f(x, W):
    ...     return x @ W, (x, W)
    >>> def f_backward(dout, cache):
    ...     x, W = cache
    ...     return dout @ W, x.T @ dout
    >>> from denpa.check.subjects.pair import Pair
    >>> x, W = np.eye(5, 4) + 0.1, np.eye(4, 3) - 0.2
    >>> subject = Pair(f, f_backward, (x, W), lenient=True)
    >>> dout = np.ones((5, 3))
    >>> try:
    ...     subject.backward(subject.values, dout)
    ... except ValueError as error:
    ...     found = told_raise(subject, subject.values, dout, error)
    >>> found.findings[0].text
    'dout (5, 3) times W (4, 3) does not fit; W.T does'
    """
    with quiet(freeze=False):
        return _told(judge_of(subject, values, upstream, again), subject, error, language, square)


@leaves_generators
def told_joint(
    f: Callable[..., Any],
    arrays: Sequence[Any],
    error: Exception,
    language: str = "en",
    title: str = "",
) -> Report | None:
    """As `told_raise`, of one function that returns its value and its gradients, and raises in the
    lines of the gradients."""
    subject = Subject()
    subject.title = title or getattr(f, "__name__", "f")
    named = zip(parameter_names(f, len(arrays)), arrays, strict=True)
    subject.values, subject.inputs = {n: np.asarray(a) for n, a in named}, ()
    judge = Judge(lambda: Joint(f, arrays, title), {}, np.ones(()), None)
    with quiet(freeze=False):
        return _told(judge, subject, error, language, None)


def _told(
    judge: Judge, subject: Subject, error: Exception, language: str, square: Subject | None
) -> Report | None:
    wreck = wreck_of(judge, error)
    if wreck is None or set_by_protocol(wreck) or unproven(wreck):
        return None
    with ExitStack() as stack:
        mends = mended(judge, error, _SECONDS, stack) or []
        found = _of_mends(judge, mends, language) if mends else None
    name = never_bound(wreck)
    simple = found is not None and len(found.findings) == len(mends)
    if found is not None and (simple or not _in_forward(wreck, name)):
        return found
    if name:
        return _of_name(wreck, name, subject, language)
    return None if square is None else _of_square(square, wreck, language)


@leaves_generators
def plain_words(
    subject: Subject,
    values: Values,
    upstream: np.ndarray,
    error: Exception,
    language: str = "en",
    again: Callable[[], Subject] | None = None,
) -> str:
    """Where backward raises, the user's own line, and what does not fit there; "" where no line of
    the user's is to be seen."""
    with quiet(freeze=False):
        wreck = wreck_of(judge_of(subject, values, upstream, again), error)
    if wreck is None:
        return ""
    fault = fault_of(wreck, language)
    return f"{wreck.location}   {wreck.location.text}\n    {fault}"


def _in_forward(wreck: Wreck, name: str) -> bool:
    """Whether forward computes what it does not keep: one mistake, where others would be two."""
    return name.startswith("self.") and bool(kept_in_forward(wreck, name))


def _of_mends(judge: Judge, mends: list[Mend], language: str) -> Report:
    """The lines that raised, and what is wrong with them mended."""
    now, _ = judge.claims()
    case = examine(now, budget=_BUDGET)
    found = report(case, language)
    others = [
        replace(f, location=None if f.location is None else located(f.location))
        for f in found.findings
    ]
    own = [_finding(m, case, others, language) for m in mends]
    raised = {n for m in mends for n in m.names}
    found.findings = own + [f for f in others if f.name not in raised]
    found.compared = {k: _raising(c) if k in raised else c for k, c in found.compared.items()}
    error = mends[0].wreck.error
    text = " ".join(str(error).split())
    found.notes.insert(0, said("note", language, kind=type(error).__name__, text=text))
    return found


def _raising(c: Compared) -> Compared:
    return replace(c, problem="raises", error=float("inf"))


def _finding(mend: Mend, case: Case, others: list[Finding], language: str) -> Finding:
    """One line that raised."""
    wreck, edit = mend.wreck, mend.edit
    words = words_of(edit.mistake)
    title, why = words.told(language)
    misspelt = edit.mistake == "undefined-name"
    fault = fault_of(wreck, language, edit.want if misspelt else "")
    if mend.location.line != wreck.location.line:
        fault = said("later", language, n=wreck.location.line, fault=fault)
    fill = {"fault": fault, "want": _want(edit)}
    errors = [case.compared[n].error for n in mend.names]
    names = mend.names or tuple(f.name for f in others)
    rest = names[1:] if mend.names else ()
    right = mend.expected
    if '"' in mend.location.text and "'" not in mend.location.text:  # as the user quotes
        right = right.replace("'", '"')
    return Finding(
        names[0],
        key_of(edit.mistake),
        float("inf"),
        title.format(**fill),
        why.format(**fill),
        mend.location,
        right,
        max(errors) if errors else None,
        also=rest,
    )


def _want(edit: Edit) -> str:
    """What fits: of a product with another operand, this operand alone."""
    old, new = edit.changes[0][0].get(), edit.changes[0][1]
    before, after = operands(old), operands(new)
    if before is not None and after is not None and len(edit.changes) == 1:
        changed = [
            ast.unparse(q)
            for p, q in zip(before[:2], after[:2], strict=True)
            if ast.unparse(p) != ast.unparse(q)
        ]
        if len(changed) == 1:
            return changed[0]
    if edit.changes[0][0].field == "slice":
        return f"[{edit.want.strip('()')}]"
    return edit.want


def _of_name(wreck: Wreck, name: str, subject: Subject, language: str) -> Report:
    """A name that does not exist."""
    near = meant(wreck, name)
    hint = said("meant", language, b=near) if near else ""
    attribute = name.startswith("self.")
    right = kept_in_forward(wreck, name) if attribute else imported(name)
    fault = fault_of(wreck, language)
    if attribute and not isinstance(wreck.error, AttributeError):
        fault = said("None", language, a=name)
    kind = "not-kept" if attribute else "name-missing"
    words = words_of(kind)
    title, why = words.told(language)
    text = title.format(fault=fault, hint="" if attribute else hint)
    finding = Finding(
        _gradient(wreck, subject), key_of(kind), float("inf"), text, why, wreck.location, right
    )
    return Report(subject.title, [finding], language=language)


def _gradient(wreck: Wreck, subject: Subject) -> str:
    """What the line that raises makes the gradient of, as far as its name tells."""
    for target in targets(wreck.at.get()):
        text = ast.unparse(target).split(".")[-1]
        plain = text.removeprefix("grad_").removeprefix("d").removesuffix("_grad").strip("_")
        if plain in subject.values or f"self.{plain}" in wreck.names:
            return plain
    return next(iter(subject.values), "x")


def _of_square(square: Subject, wreck: Wreck, language: str) -> Report | None:
    """The same code where all sizes are equal."""
    try:
        found = report(examine(square, budget=_BUDGET), language)
    except Exception:  # it raises there, too
        return None
    if found.ok:
        return None
    found.notes.insert(0, said("square", language, fault=fault_of(wreck, language)))
    return found
