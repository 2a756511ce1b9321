"""An optimizer's update against its definition: which term is wrong.

What somebody has written is run for some steps on random gradients of many sizes, and so is the
definition. Where they differ, every known mistake is built into the definition and run too; the one
that gives the same numbers is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from denpa.check.opening.load import UserError
from denpa.check.optimizers.definitions import RULES
from denpa.check.optimizers.findings import Teller
from denpa.check.optimizers.hyperparameters import canonical
from denpa.check.optimizers.language import Change, Rule
from denpa.check.optimizers.record import RuleRecord
from denpa.check.optimizers.runs import Ran, RunPlan, run, those_that_run
from denpa.check.optimizers.search import RuleSearch
from denpa.check.optimizers.style import Style
from denpa.check.optimizers.styles import styles
from denpa.check.report import Report
from denpa.core.errors import ArgumentError
from denpa.words import say


@dataclass(repr=False)
class RuleReport(RuleRecord, Report):
    """The outcome of `update_rule`: as `Report`, and the hyperparameters that were compared with
    (`hyper`) and both ways of the parameters, (steps, elements): `yours` and `right`, with the
    `places` of the elements."""


def update_rule(
    step: Any,
    rule: str,
    *,
    language: str = "en",
    seed: int = 0,
    steps: int = 8,
    timeout: float = 30.0,
    **hyper: Any,
) -> RuleReport:
    """Check an optimizer's update against its definition, and name the term that is wrong.

    `step` is one of

    - a function of arrays: step(p, g), step(p, g, state) with a dict that starts empty, or with
      arrays that start at zero, adam(p, g, m, v, t), returning (p, m, v); it returns the new p
      first, or changes p in place; in the manner of CS231n, adam(w, dw, config) -> (w, config);
    - an object or a class with update(params, grads), dicts or lists of arrays, with the same keys
      or with grads["dW1"] beside params["W1"]; update(w, b, dw, db); update(layer), a list of
      layers or a network; pairs; the styles are a table, `denpa.check.optimizers.table`;
    - a function that returns the step, a generator, or a whole loop with n_iter;
    - an optimizer in PyTorch's manner, its class, or a factory such as
      lambda params: Adam(params, lr=0.1).

    `rule` is one of sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, amsgrad, nadam,
    adadelta. Hyperparameters are read from the object, from defaults, from variables outside of
    the function or from numbers in its source; `hyper` sets them (lr, momentum, beta1, beta2, eps,
    rho, weight_decay) and is passed on where `step` takes it. An object itself is not changed.

    Other forms that were published are no mistakes; a note says which one it is, and its source.
    Which number is the learning rate or the momentum is decided by what fits.

    `timeout`: seconds after which code that hangs is stopped.

    Errors: ArgumentError for an unknown rule or what cannot be called; UserError, with the user's
    own lines, where `step` raises or hangs.

    >>> def adam(p, g, state, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    ...     state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
    ...     state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
    ...     return p - lr * state["m"] / (state["v"] ** 0.5 + eps)
    >>> found = update_rule(adam, "adam")
    >>> found.findings[0].mistake, found.findings[0].text
    ('not-corrected', 'the bias correction of m and v is missing')
    """
    chosen = _rule(rule)
    if steps < 2:
        raise ArgumentError(
            say("steps={steps}: two or more are needed to see what is kept", steps=steps)
        )
    given = _given(step, hyper, chosen)
    plan = RunPlan(_title(step), steps, seed, timeout)
    found = RuleReport(plan.title, rule=chosen.name, language=language)
    tell = Teller(found, chosen, language)
    forms = styles(step, given, chosen)
    try:
        search, ran = _searched(forms, plan, chosen, given)
    except UserError as error:
        if _divided(error) is not None and "t = t + 1" in chosen.text:
            tell.told(Change("t-from-zero", what="t", line="t"), _divided(error), np.inf)
            return found
        return _alike(found, tell, forms, plan, given, error)
    if ran.trouble == "shape":
        return _alike(found, tell, forms, plan, given, ran)
    if search is None:
        tell.told(Change(ran.trouble, line="p"), ran, np.inf)
        return found
    ran.style.first = ran.first
    if ran.style.fresh and not ran.style.function:
        again = run(ran.style, plan, reuse=True)
        if not np.array_equal(again.after, ran.after, equal_nan=True):
            tell.told(Change("gradient-kept", line="m"), ran, np.nan)
    if ran.changed:
        tell.told(Change("gradient-changed", line="g"), ran, np.nan)
    tell.judged(search)
    return found


def _searched(
    forms: list[Style], plan: RunPlan, rule: Rule, given: Mapping[str, float]
) -> tuple[RuleSearch | None, Ran]:
    """The run of the way to call it in which it is right; else of one in which a known mistake
    explains it; else of the likeliest. No search where that one comes to no end.

    Errors: UserError as `those_that_run`.
    """
    tried: list[RuleSearch] = []
    troubled: Ran | None = None
    for ran in those_that_run(forms, plan):
        if ran.trouble:
            troubled = troubled or ran
            continue
        search = RuleSearch(rule, ran, given)
        if search.right is not None:
            return search, ran
        tried.append(search)
    if not tried:
        assert troubled is not None
        return None, troubled
    if len(tried) > 1:  # what is no number agrees with everything
        tried = [s for s in tried if s.ran.told > 0.5] or tried
    best = next((s for s in tried if s.one), tried[0]) if len(tried) > 1 else tried[0]
    return best, best.ran


def _divided(error: UserError) -> Ran | None:
    """The run in which the user's code has divided by zero."""
    cause = error.__context__
    return getattr(cause, "ran", None) if isinstance(cause, ZeroDivisionError) else None


def _alike(
    found: RuleReport, tell: Teller, forms: Any, plan: RunPlan, given: Any, trouble: Any
) -> RuleReport:
    """Where parameters of several shapes do not go through: with one shape for all of them it is
    seen whether they share their state.

    Errors: what was raised with several shapes, where that is not it.
    """
    raised = isinstance(trouble, UserError)
    try:
        ran = next(those_that_run(forms, plan, alike=True))
    except ArgumentError:
        ran = trouble
    if ran is not trouble and not ran.trouble:
        search = RuleSearch(tell.rule, ran, given)
        fits_ = search.mistakes() if search.right is None else []
        shared = [f for f in fits_ if any(c.shared for c in f.mistakes)]
        if shared:
            tell.judged(search, shared)
            return found
    if raised:
        raise trouble
    tell.told(Change("shape", line="p"), trouble, np.inf)
    return found


def _rule(name: Any) -> Rule:
    short = {
        "nag": "nesterov",
        "heavyball": "momentum",
        "sgdmomentum": "momentum",
        "sgdnesterov": "nesterov",
        "gd": "sgd",
        "gradientdescent": "sgd",
    }
    plain = "".join(c for c in str(name).lower() if c.isalnum())
    found = RULES.get(short.get(plain, plain))
    if found is None:
        near = get_close_matches(plain, RULES, 3, 0.5)
        close, known = ", ".join(near), ", ".join(RULES)
        hint = say("; near are {close}", close=close) if near else ""
        raise ArgumentError(
            say(
                "rule {name!r} is not known{hint}; known are {known}",
                name=name,
                hint=hint,
                known=known,
            )
        )
    return found


def _title(step: Any) -> str:
    name = getattr(step, "__name__", "")
    if hasattr(step, "__self__"):
        return f"{type(step.__self__).__name__}.{name}"
    return name or type(step).__name__


def _given(step: Any, hyper: Mapping[str, Any], rule: Rule) -> dict[str, float]:
    """What the caller has set, by the rule's own names."""
    found: dict[str, float] = {}
    for name, x in hyper.items():
        if name == "betas":
            found |= {"beta1": float(x[0]), "beta2": float(x[1])}
            continue
        known = canonical(name, rule.usual) or (name if _takes(step, name) else None)
        if known is None:
            near = get_close_matches(name, rule.usual, 1, 0.4)
            hint = say(" Did you mean {}?").format(near[0]) if near else ""
            title, has = _title(step), ", ".join(rule.usual)
            raise ArgumentError(
                say(
                    "{title} has no {name!r}, and {title2} does not take it.{hint} It has {has}",
                    title=rule.title,
                    name=name,
                    title2=title,
                    hint=hint,
                    has=has,
                )
            )
        found[known] = x
    return found


def _takes(step: Any, name: str) -> bool:
    import inspect

    try:
        return name in inspect.signature(step).parameters
    except (TypeError, ValueError):
        return False


__all__ = ["RuleReport", "update_rule"]
