"""What a check found, as data and as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.case import Case, Compared
from denpa.check.locate import Location
from denpa.core.jsonable import jsonable
from denpa.words import table


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    `text` says what, `why` what is behind it, `expected` the code that is right; `location` (a
    file, a line and its text) is None where no line was found. Floats are relative errors.

    Errors: TypeError for a missing field; FrozenInstanceError (an AttributeError) if one is set.

    >>> import numpy as np, denpa as dp
    >>> report = dp.check.gradient(np.sin, np.array([1.0, 2.0]), grad=lambda x, g: -g * np.cos(x))
    >>> found = report.findings[0]
    >>> found.name, found.mistake, round(found.error, 6)
    ('x', 'sign', 2.0)
    """

    name: str  # of the input or parameter
    mistake: str  # of `WORDS`, such as "bias-not-summed"
    error: float  # relative, of the claimed gradient
    text: str
    why: str
    location: Location | None = None
    expected: str = ""  # code that is right
    verified: float | None = None  # relative error once the mistake is undone
    others: tuple[str, ...] = ()  # further mistakes that would explain the same numbers
    also: tuple[str, ...] = ()  # further gradients that the same line makes wrong
    part: str = ""  # the layer inside a network that it was found in

    def to_dict(self) -> dict[str, Any]:
        """As data. `explanation` is where the documentation tells of the mistake, or ""."""
        from denpa.check.explain.book import link  # many words, for those who ask

        place = self.location
        return {
            "name": self.name,
            "mistake": self.mistake,
            "error": jsonable(self.error),
            "text": self.text,
            "why": self.why,
            "expected": self.expected,
            "verified": self.verified,
            "others": list(self.others),
            "also": list(self.also),
            "part": self.part,
            "explanation": link(self.mistake),
            "file": None if place is None else place.file,
            "line": None if place is None else place.line,
            "code": None if place is None else place.text,
        }

    def _lines(self, language: str) -> list[str]:
        words = table(_LABELS, language)
        error = "" if not np.isfinite(self.error) else f"  {words['error']} {self.error:.2g}"
        of = self.name if self.mistake in WHOLE else f"d{self.name}"
        named = ", ".join([of, *(f"d{n}" for n in self.also)])
        part = f"{self.part}: " if self.part else ""
        lines = [f"✗ {part}{named}{error} — {self.text}"]
        if self.location is not None:
            fix = self.expected
            if fix == "pass":
                fix = words["no line"]
            right = f"          {words['expected']}   {fix}" if fix else ""
            lines.append(f"    {self.location}   {self.location.text}{right}")
        elif self.expected:
            lines.append(f"    {words['expected']}   {self.expected}")
        if self.verified is not None:
            lines.append("    " + words["verified"].format(error=f"{self.verified:.1e}"))
        return [*lines, f"    {self.why}"]


@dataclass(repr=False)
class Record:
    """The outcome of a check: `findings`, and `compared` with the numbers of every gradient.

    Printed it reads as the command shows it. Of a network whose gradients are wrong, `parts` has
    the outcome of every layer alone.
    """

    title: str
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    compared: dict[str, Compared] = field(default_factory=dict)
    case: Case | None = field(default=None, repr=False)
    parts: dict[str, Record] = field(default_factory=dict)
    language: str = "en"  # of the findings
    inputs: str = ""  # what was put in, in words, where nobody gave it
    repeat: str = ""  # a line of Python that repeats the check
    raised: list[str] = field(default_factory=list)  # what of the file did, and was passed over
    unlooked: list[str] = field(default_factory=list)  # what was not compared, in words
    missing: list[str] = field(default_factory=list)  # parameters without a gradient to be found

    @property
    def nothing(self) -> bool:
        """Whether nothing is wrong only because nothing was compared."""
        seen = self.case is None or any(c.checked for c in self.compared.values())
        return not self.findings and not seen

    @property
    def ok(self) -> bool:
        """Whether something was compared and nothing is wrong."""
        return not self.findings and not self.nothing

    @property
    def not_compared(self) -> list[str]:
        """The gradients of which not one number was compared, by the names of their arrays: those
        that are not to be found, and those without a difference to compare with."""
        unseen = [n for n, c in self.compared.items() if c.ok and not c.checked]
        return [*(n for n in self.missing if n not in self.compared), *unseen]

    def said_missing(self, language: str) -> str:
        """In words, the parameters without a gradient of which no finding tells; "" for none."""
        told = {f.name for f in self.findings}
        names = [n for n in self.missing if n not in told]
        named = ", ".join(f"d{n}" for n in names)
        said = table(_LABELS, language)["missing"]
        return said.format(gradients=named, names=", ".join(names)) if names else ""

    def to_dict(self) -> dict[str, Any]:
        """As data, for JSON."""
        inputs = () if self.case is None else self.case.subject.inputs
        return {
            "title": self.title,
            "ok": None if self.nothing else self.ok,
            "findings": [f.to_dict() for f in self.findings],
            "gradients": {
                k: {
                    "error": jsonable(c.error),
                    "ok": c.ok,
                    "compared": c.checked,
                    "kinks": c.kinks,
                    "float32": jsonable(c.single),
                    "of_input": k in inputs,
                }
                for k, c in self.compared.items()
            },
            "parts": {name: part.ok for name, part in self.parts.items()},
            "notes": self.notes,
            "raised": self.raised,
            "input": self.inputs,
            "repeat": self.repeat,
            "not_compared": self.not_compared,
            "not_looked_at": self.unlooked,
        }

    def __repr__(self) -> str:
        return str(self)  # what pytest and notebooks show

    def __str__(self) -> str:
        words = table(_LABELS, self.language)
        lines = [line for f in self.findings for line in f._lines(self.language)]
        wrong = {n for f in self.findings if not f.part for n in (f.name, *f.also)}
        right = [c for k, c in self.compared.items() if k not in wrong and c.ok]
        if self.parts:
            lines.append("   ".join(f"{'✓' if p.ok else '✗'} {n}" for n, p in self.parts.items()))
        elif len(right) > _ALL:
            worst = max((c for c in right if c.sure), key=lambda c: c.error, default=right[0])
            lines.append(
                words["right"].format(n=len(right), error=f"{worst.error:.1e}", name=worst.name)
            )
        elif right:
            lines.append(
                "   ".join(
                    f"✓ d{c.name} {c.error:.1e}" if c.sure else f"? d{c.name}" for c in right
                )
            )
        if said := self.said_missing(self.language):
            lines.insert(sum(len(f._lines(self.language)) for f in self.findings), f"? {said}")
        if self.nothing:
            lines.append(words["nothing"])
        told = [(words["note"], n) for n in self.notes] + [
            (words["unlooked"], n) for n in self.unlooked
        ]
        told += [(words["input"], self.inputs)] if self.inputs else []
        told += [(words["again"], self.repeat)] if self.repeat else []
        return "\n".join([*lines, *(f"{label}: {text}" for label, text in told)])


_ALL = 12  # right gradients that are all told
_LABELS = {
    "error": "relative error",
    "expected": "expected",
    "no line": "without this line",
    "verified": "verified: with this undone, the error is {error}",
    "note": "note",
    "right": "✓ {n} gradients, the largest error {error} in d{name}",
    "nothing": "nothing could be compared: this says neither right nor wrong",
    "unlooked": "not looked at",
    "input": "input",
    "again": "again",
    "missing": "{gradients} not compared: backward leaves no gradient of {names} that can be found",
}


WHOLE = (
    "input-changed",
    "upstream-changed",
    "random",
    "reused",
    "skipped",
    "layer-order",
)  # mistakes of no one gradient
