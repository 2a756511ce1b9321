"""What a check found, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.examine import Case, Compared, relative
from denpa.check.locate import Location, locate, locate_change
from denpa.check.signatures import Guess, explain
from denpa.check.words import PHRASES, WORDS


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    name: str  # of the input or parameter
    mistake: str  # of `WORDS`, such as "bias-not-summed"
    error: float  # relative, of the claimed gradient
    text: str
    why: str
    location: Location | None = None
    expected: str = ""  # code that is right
    verified: float | None = None  # relative error once the mistake is undone
    others: tuple[str, ...] = ()  # further mistakes that would explain the same numbers

    def to_dict(self) -> dict[str, Any]:
        """As data."""
        place = self.location
        return {
            "name": self.name, "mistake": self.mistake, "error": _finite(self.error),
            "text": self.text, "why": self.why, "expected": self.expected,
            "verified": self.verified, "others": list(self.others),
            "file": None if place is None else place.file,
            "line": None if place is None else place.line,
            "code": None if place is None else place.text,
        }  # fmt: skip


@dataclass
class Report:
    """The outcome of a check: `findings`, and `compared` with the numbers of every gradient.

    Printed it reads as the command shows it.
    """

    title: str
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    compared: dict[str, Compared] = field(default_factory=dict)
    case: Case | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """As data, for JSON."""
        return {
            "title": self.title,
            "ok": self.ok,
            "findings": [f.to_dict() for f in self.findings],
            "gradients": {
                k: {"error": _finite(c.error), "ok": c.ok, "compared": c.checked, "kinks": c.kinks}
                for k, c in self.compared.items()
            },
            "notes": self.notes,
        }

    def __str__(self) -> str:
        lines = []
        for f in self.findings:
            error = "" if not np.isfinite(f.error) else f"  relative error {f.error:.2g}"
            of = f.name if f.mistake in _WHOLE else f"d{f.name}"
            lines.append(f"✗ {of}{error} — {f.text}")
            if f.location is not None:
                expected = f"          expected   {f.expected}" if f.expected else ""
                lines.append(f"    {f.location}   {f.location.text}{expected}")
            elif f.expected:
                lines.append(f"    expected   {f.expected}")
            if f.verified is not None:
                lines.append(f"    verified: with this undone, the error is {f.verified:.1e}")
            lines.append(f"    {f.why}")
        wrong = {f.name for f in self.findings}
        right = [c for k, c in self.compared.items() if k not in wrong and c.ok]
        if right:
            lines.append("   ".join(f"✓ d{c.name} {c.error:.1e}" for c in right))
        lines += [f"note: {n}" for n in self.notes]
        return "\n".join(lines)


_WHOLE = ("input-changed", "upstream-changed", "random")  # mistakes of no one gradient


def _finite(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None


def report(case: Case, language: str = "en") -> Report:
    """What a case shows, in words."""
    found = Report(case.subject.title, compared=case.compared, case=case)
    first = next(iter(case.values))
    for mistake in case.habits:
        fill = {"upstream": "dout"}
        found.findings.append(_told(case, first, mistake, float("nan"), fill, language))
    found.notes += case.notes
    for name, c in case.compared.items():
        if c.kinks:
            found.notes.append(
                f"d{name}: {c.kinks} of {case.values[name].size} numbers lie on a kink, where no "
                "derivative exists; they were left out"
            )
        if not c.ok:
            found.findings.append(_finding(case, c, language))
    if case.subject.code() is not None and not found.findings:
        _repeated(case, found, language)
    return found


def _finding(case: Case, c: Compared, language: str) -> Finding:
    if c.problem in ("missing", "nan"):
        return _told(case, c.name, c.problem, c.error, {"name": c.name}, language)
    fits = explain(case, c)
    if not fits and c.problem == "shape":
        shapes = {"got": np.shape(c.claimed), "want": case.values[c.name].shape}
        fill = {k: str(list(shape)) for k, shape in shapes.items()}
        return _told(case, c.name, "shape", c.error, {"name": c.name, **fill}, language)
    if not fits:
        return _told(case, c.name, "unknown", c.error, _worst(c), language)
    best = fits[0][1]
    others = tuple(dict.fromkeys(g.mistake for _, g in fits[1:] if g.mistake != best.mistake))
    return _told(case, c.name, best.mistake, c.error, best.fill, language, best.expected,
                 _verified(c, best), others)  # fmt: skip


def _worst(c: Compared) -> dict[str, str]:
    """Where a claim differs most, and by what."""
    n = c.numeric
    assert n is not None
    gap = np.where(np.isfinite(n), np.abs(c.claimed - n), -1.0)
    at = np.unravel_index(int(np.argmax(gap)), n.shape)
    place = str([int(i) for i in at])
    return {"at": place, "got": f"{c.claimed[at]:.4g}", "want": f"{n[at]:.4g}"}


def _verified(c: Compared, guess: Guess) -> float | None:
    if guess.corrected is None or c.numeric is None or guess.corrected.shape != c.numeric.shape:
        return None
    known = np.isfinite(c.numeric)
    return relative(guess.corrected[known], c.numeric[known])


def _told(
    case: Case, name: str, mistake: str, error: float, fill: dict[str, str], language: str,
    expected: str = "", verified: float | None = None, others: tuple[str, ...] = (),
) -> Finding:  # fmt: skip
    words = WORDS[mistake]
    ja = language == "ja"
    title, why = (words.title_ja, words.why_ja) if ja else (words.title, words.why)
    if ja:
        fill = {k: PHRASES.get(v, v) for k, v in fill.items()}
    is_input = name in case.subject.inputs
    place = locate(case.subject.code(), name, f"d{name}", is_input)
    if mistake in _WHOLE:
        method = "forward" if mistake == "input-changed" else "backward"
        place = None if mistake == "random" else locate_change(case.subject.code(), method, 0)
    return Finding(name, mistake, error, title.format(**fill), why.format(**fill), place,
                   expected, verified, others)  # fmt: skip


def _repeated(case: Case, found: Report, language: str) -> None:
    """An object that has run before and then gives other gradients than a fresh one."""
    if "random" in case.habits:
        return
    rng = np.random.default_rng(1)
    before = {k: a + 0.1 * rng.standard_normal(a.shape) if k in case.subject.inputs else a
              for k, a in case.values.items()}  # fmt: skip
    ones = np.ones_like(case.output)
    first = case.subject.backward(before, ones)
    again = case.subject.again(before, case.values, case.upstream)
    for name, c in case.compared.items():
        if name not in again or not isinstance(c.claimed, np.ndarray):
            continue
        second = np.asarray(again[name], np.float64)
        if second.shape != c.claimed.shape or relative(second, c.claimed) <= 1e-6:
            continue
        error = relative(second, c.claimed)
        both = np.asarray(first.get(name, 0.0), np.float64) + c.claimed
        mistake = "accumulated" if relative(second, both) < 1e-6 else "stale"
        found.findings.append(_told(case, name, mistake, error, {}, language, verified=c.error))
