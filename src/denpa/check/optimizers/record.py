"""What a check of an optimizer found, as data and as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denpa.check.optimizers.definitions import RULES
from denpa.check.record import Record
from denpa.words import table


@dataclass(repr=False)
class RuleRecord(Record):
    """The outcome of `update_rule`: as `Report`, and the hyperparameters that were compared with
    (`hyper`) and both ways of the parameters, (steps, elements): `yours` and `right`, with the
    `places` of the elements."""

    rule: str = ""
    hyper: dict[str, float] = field(default_factory=dict)
    yours: np.ndarray | None = field(default=None, repr=False)
    right: np.ndarray | None = field(default=None, repr=False)
    places: list[str] = field(default_factory=list, repr=False)  # of the elements: W[0, 1]

    def to_dict(self) -> dict[str, Any]:
        """As data, for JSON."""
        return super().to_dict() | {"rule": self.rule, "hyper": self.hyper}

    def __str__(self) -> str:
        lines, said = [], table(_LABELS, self.language)
        for f in self.findings:
            error = f"  {said['error']} {f.error:.2g}" if np.isfinite(f.error) else ""
            lines.append(f"✗ {f.name}{error} — {f.text}")
            expected = f"{said['expected']}   {f.expected}" if f.expected else ""
            if f.location is not None:
                line = f"{f.location}   {f.location.text}          {expected}"
                lines.append(f"    {line.rstrip()}")
            elif expected:
                lines.append(f"    {expected}")
            if f.verified is not None:
                lines.append("    " + said["verified"].format(error=f"{f.verified:.1e}"))
            lines.append(f"    {f.why}")
        if self.ok:
            steps = 0 if self.yours is None else len(self.yours)
            title = RULES[self.rule].title
            lines.append("✓ " + said["right"].format(name=self.title, rule=title, steps=steps))
        return "\n".join([*lines, *(f"{said['note']}: {n}" for n in self.notes)])


_LABELS = {
    "error": "relative error",
    "expected": "expected",
    "note": "note",
    "verified": "verified: the definition with this mistake gives the same numbers, to {error}",
    "right": "{name} is {rule}, {steps} steps",
}
