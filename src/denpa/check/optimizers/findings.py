"""What the search for an update's mistake has found, put into words: findings and notes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denpa.check.locate import Location
from denpa.check.optimizers.definitions import BOTH_POWERS
from denpa.check.optimizers.language import Change, Rule, trajectory
from denpa.check.optimizers.notes import NOTES
from denpa.check.optimizers.reading import UpdateCode
from denpa.check.optimizers.record import RuleRecord
from denpa.check.optimizers.runs import Ran
from denpa.check.optimizers.search import Fit, RuleSearch, distance, first_wrong
from denpa.check.optimizers.standing import power, stands
from denpa.check.optimizers.words import RULE_WORDS, WHAT
from denpa.check.record import Finding
from denpa.words import translated


@dataclass
class Teller:
    """Puts what was found into words."""

    found: RuleRecord
    rule: Rule
    language: str

    def judged(self, search: RuleSearch, known: list[Fit] | None = None) -> None:
        """A run that came to its end."""
        ran, self.rule = search.ran, search.rule
        right = search.right if known is None else None
        skipped = _skipped(ran) if right is None else []
        fitting = known or ([right] if right else [] if skipped else search.mistakes())
        fitting = _telling(fitting, search.code)
        best = fitting[0] if fitting else None
        hyper, definition = search.nearest() if best is None else (best.hyper, None)
        if definition is None:
            assert best is not None
            definition = trajectory(search.rule, ran.problem, hyper, best.forms)
        assert definition is not None
        self.found.hyper = {k: v for k, v in hyper.items() if v or k in search.read}
        self.found.yours, self.found.right = ran.after, definition
        start = ran.problem.start.items()
        self.found.places = [
            f"{n}{list(map(int, k))}" for n, a in start for k in np.ndindex(a.shape)
        ]
        error = distance(ran, definition)
        if best is None:
            self._unknown(ran, definition, error)
        elif best.only:
            for fit in fitting:
                for change in fit.mistakes:
                    self.told(change, ran, error, fit)
        elif best.mistakes:
            others = [f.mistakes[0].name for f in fitting[1:]]
            for change in best.mistakes:
                self.told(change, ran, error, best, others)
        self._notes(search, best)

    def _unknown(self, ran: Ran, right: np.ndarray, error: float) -> None:
        step, name, at, got, want = first_wrong(ran, right)
        fill = {"name": name, "at": str(at), "got": f"{got:.4g}", "want": f"{want:.4g}"}
        mistake = "unknown-first" if step == 0 else "unknown-later"
        fill["step"] = str(step)
        if skipped := _skipped(ran):
            mistake, fill["name"] = "skipped", ", ".join(skipped)
        elif not np.isfinite(got):
            mistake, fill["step"] = "nan", str(step + 1)
        ran.fill = fill
        self.told(Change(mistake, line="p"), ran, error)

    def told(
        self,
        change: Change,
        ran: Ran | None,
        error: float,
        fit: Fit | None = None,
        others: Any = (),
    ) -> None:
        """One finding."""
        words = RULE_WORDS[change.name]
        title, why = words.told(self.language)
        phrase = WHAT.get(change.what)
        fill = {
            "what": change.what if phrase is None else translated(phrase, self.language),
            "factor": change.what,
            "other": change.what,
            "rule": self.rule.title,
            "decay": "" if fit is None else f"{fit.hyper.get('weight_decay', 0.0):g}",
        } | ({} if ran is None else ran.fill)
        code = None if ran is None else ran.style.code()
        quantity, expected = self.rule.shown(change)
        if change.name in _NO_FORMULA:
            expected = ""
        if change.name == "state-shared":
            quantity = next(k for k, _ in self.rule.start if k != "t")
        if change.name.startswith("decay-"):
            quantity = "decay"
        only = "" if fit is None else fit.only
        place = self._place(code, quantity, only)
        if change.name == "power-forgotten" and fit is not None:
            with suppress(LookupError):
                place, expected = power(change, code, fit.hyper)
        text, why = title.format(**fill), why.format(**fill)
        text = f"{only}: {text}" if only else text
        self.found.findings.append(
            Finding(
                self.rule.name,
                change.name,
                error,
                text,
                _sentence(why),
                place,
                expected,
                None if fit is None else fit.residual,
                tuple(dict.fromkeys(o for o in others if o != change.name)),
            )
        )

    @staticmethod
    def _place(code: UpdateCode | None, quantity: str, only: str) -> Location | None:
        return None if code is None else code.line(quantity, only.rpartition(".")[2])

    def _notes(self, search: RuleSearch, best: Fit | None) -> None:
        ran = search.ran
        names = [c.name for c in best.forms] if best is not None else []
        ok = best is not None and not best.mistakes
        fall = {k: x for k, x in self.found.hyper.items() if k in _FALLING and x}
        names += ["falling"] * bool(ok and fall)
        if ok and self.rule.name == "momentum" and not {"momentum-average", "velocity"} & {*names}:
            names.append("momentum-place")
        if ok and self.rule.name == "nesterov" and "sutskever" not in names:
            names.append("nesterov-form")
        names += ["float32"] * ran.single + ["single"] * (ran.style.single and "=" in self.kept)
        hyper = ", ".join(f"{k} {v:g}" for k, v in self.found.hyper.items())
        fill = {"hyper": hyper, "names": ", ".join(search.unread)}
        fill["falling"] = ", ".join(_FALLING[k] for k in fall)
        fill["first"] = search.unread[0] if search.unread else ""
        names.append("used")
        if search.unread:
            names.append("guessed" if ok else "assumed")
        for name in names:
            self.found.notes.append(translated(NOTES[name], self.language, **fill))

    @property
    def kept(self) -> str:
        """The lines of the rule that make its state."""
        state = [k for k, _ in self.rule.start]
        return "\n".join(s for s in (self.rule.line(k) for k in state) if s)


def _telling(fitting: list[Fit], code: UpdateCode | None) -> list[Fit]:
    """Without the explanations whose correction is there already, if one is left; what lacks the
    power in both corrections is told for each."""
    left = []
    for fit in fitting:
        missing = [c for c in fit.mistakes if not stands(c, code, fit.hyper)]
        if len(missing) == len(fit.mistakes):
            left.append(fit)
        elif fit.mistakes[0].name == "t-stuck" and not stands(BOTH_POWERS, code, fit.hyper):
            left.append(replace(fit, mistakes=(BOTH_POWERS,)))
    left = left or fitting
    if left and left[0].mistakes == (BOTH_POWERS,):
        each = tuple(
            replace(BOTH_POWERS, what=w, edits=(e,))
            for w, e in zip("mv", BOTH_POWERS.edits, strict=True)
        )
        left[0] = replace(left[0], mistakes=each)
    return left


def _skipped(ran: Ran) -> list[str]:
    """Parameters that stay as they are, if others do not."""
    start = ran.problem.flat[0]
    parts = {n: ran.problem.index == k for k, n in enumerate(ran.problem.start)}
    still = [n for n, part in parts.items() if (ran.after[:, part] == start[part]).all()]
    return still if len(still) < len(parts) else []


# What a report of an update rule says around its findings.
_FALLING = {
    "lr_decay": "lr/(1 + decay·t) (Keras; Kinsley, Kukieła, Neural Networks from Scratch)",
    "lr_power": "lr·decay^t (TensorFlow, ExponentialDecay)",
}

# Mistakes that no formula of the definition sets right.
_NO_FORMULA = (
    "state-shared",
    "gradient-changed",
    "gradient-kept",
    "not-applied",
    "skipped",
    "shape",
    "nan",
)


def _sentence(text: str) -> str:
    """With a capital, where a phrase has been filled in at its beginning."""
    return "T" + text[1:] if text.startswith("the ") else text
