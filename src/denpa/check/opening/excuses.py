"""Whether an input on which code is right excuses one on which it is wrong.

It does where the kind of the input makes the difference: its shapes, or that an array is made of 0
and 1. It does not where the numbers only happen to miss the branch that is wrong: then other
numbers of the same kind show the mistake again; or the code stays right where an array is no
longer of 0 and 1, so that these were not the reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from typing import Any

import numpy as np

from denpa.check.examine import examine
from denpa.check.opening.arguments import inputs_of
from denpa.check.opening.trials import Trial
from denpa.check.subject import Subject
from denpa.check.subjects.written import Written

_RAND = re.compile(r"\brand\(([^()]*)\)")
_BITS = re.compile(
    r"(?:2\*)?np\.maximum\(binary\([^()]*\), binary\([^()]*\)\)(?:-1)?|binary\([^()]*\)"
)
_SQUARE = re.compile(r"\bonehot\((\d+), \1\)")
_ROWS = r"np.eye(\1)[np.maximum(np.arange(\1) - 1, 0)]"  # rows of 0 and 1, one of them twice
_SEEDS = (17, 29)


def excuses(trial: Trial, options: dict[str, Any], names: Collection[str] | None = None) -> bool:
    """Whether the code is right on this kind of input, and not on these numbers alone; or only the
    gradients of these `names`."""
    if trial.build is None or not trial.text:
        return True
    for seed in _SEEDS:
        turned = _SQUARE.sub(_ROWS, trial.text)  # a square one may be symmetric
        for text in dict.fromkeys((trial.text, _RAND.sub(r"(2*rand(\1))", trial.text), turned)):
            if refuted(_with(trial, text, trial.seed + seed), options, names):
                return False
    bits = _BITS.sub(lambda m: f"(0.8*({m[0]})+0.07)", trial.text)
    return bits == trial.text or refuted(_with(trial, bits, trial.seed), options, names)


def _with(trial: Trial, text: str, seed: int) -> Subject | None:
    with suppress(Exception), np.errstate(all="ignore"):  # the user's own
        assert trial.build is not None
        subject = trial.build(inputs_of(text, seed, trial.near))
        return subject if not getattr(subject, "misfits", 0) else None
    return None


def refuted(
    subject: Subject | None, options: dict[str, Any], names: Collection[str] | None = None
) -> bool:
    """Whether a gradient is wrong beyond doubt, or one of these `names`."""
    if not isinstance(subject, Written):
        return False
    try:
        case = examine(subject, options["seed"], min(0.3, options["budget"]))
    except Exception:  # the user's own
        return False
    asked = [c for c in case.compared.values() if names is None or c.name in names]
    return any(not c.ok and c.error > 1e-3 for c in asked)
