"""The forms in which people write an update rule, each run on the same parameters and gradients.

What is called with parameters or gradients goes by the table of styles (`table`); what is made with
its parameters by `handles`; what makes an update or loops by `made`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any

from denpa.check.optimizers.calls import Called, arguments, wanted
from denpa.check.optimizers.handles import handled, is_library
from denpa.check.optimizers.hyperparameters import canonical
from denpa.check.optimizers.language import Rule
from denpa.check.optimizers.made import of_maker
from denpa.check.optimizers.names import pairs, role
from denpa.check.optimizers.style import Style
from denpa.check.optimizers.table import TABLE, StyleRow
from denpa.core.errors import ArgumentError
from denpa.words import say

_WORLD = {r for row in TABLE for r in row.takes} | {"grad_fn"}
_NEAR = {
    "param": "params",
    "params": "param",
    "grad": "grads",
    "grads": "grad",
    "layer": "layers",
    "layers": "layer",
}
_METHODS = ("update", "step", "apply", "update_params", "apply_gradients", "update_weights",
            "update_parameters", "update_one", "optimize", "update_param", "apply_gradient",
            "get_update", "get_updates", "compute_update", "minimize", "__call__")  # fmt: skip
_HOLDERS = ("params", "model", "layers", "layer")


def styles(step: Any, given: Mapping[str, float], rule: Rule) -> list[Style]:
    """The ways in which somebody's optimizer may be meant to be called, the likeliest first.

    Errors: ArgumentError for what is none of the forms that are known.
    """
    try:
        inspect.signature(step if callable(step) else type(step))
    except ValueError:  # a built-in
        raise ArgumentError(_unknown(step)) from None
    if inspect.ismethod(step) and not inspect.isclass(step.__self__):
        return _called(step, step.__self__, given, rule)
    if inspect.isclass(step):
        return _of_class(step, given, rule)
    if is_library(step):
        return handled(step, type(step))
    if isinstance(step, partial) or inspect.isroutine(step) or not _methods(step):
        if not callable(step):
            raise ArgumentError(_unknown(step))
        return _of_function(step, given, rule)
    return _of_object(step, given, rule)


def _of_class(kind: Any, given: Mapping[str, float], rule: Rule) -> list[Style]:
    usual = rule.usual
    needed = [p.name for p in wanted(kind) if p.default is p.empty]
    fixed = arguments(kind, given, rule)
    if needed and role(needed[0]) in _HOLDERS:
        own = {k: x for k, x in fixed.items() if k != needed[0]}
        return handled(partial(kind, **own), kind, role(needed[0]))
    unknown = [n for n in needed if canonical(n.strip("_"), usual) is None and n not in given]
    if unknown:
        raise ArgumentError(
            f"{kind.__name__}{inspect.signature(kind)}: "
            + say(
                "what {unknown} should be is not known; give an instance: "
                "update_rule({kind}(…), …)",
                unknown=", ".join(unknown),
                kind=kind.__name__,
            )
        )
    return styles(partial(kind, **fixed)(), given, rule)


def _methods(obj: Any) -> list[str]:
    """The methods that may be the update, the likeliest first."""
    return [m for m in _METHODS if callable(getattr(obj, m, None))]


def _of_function(step: Any, given: Mapping[str, float], rule: Rule) -> list[Style]:
    again = of_maker(step, given, rule, lambda made: styles(made, given, rule))
    if again:
        return again
    names = [p.name for p in wanted(step)]
    found = _rows(step, None, given, rule)
    if len(names) == 1 and role(names[0]) not in ("layer", "grad"):
        # a factory: lambda params: Adam(params, lr=0.1)
        return [*handled(step, step), *found]
    if not found:
        raise ArgumentError(_unknown(step))
    return found


def _of_object(obj: Any, given: Mapping[str, float], rule: Rule) -> list[Style]:
    found: list[Style] = []
    for method in _methods(obj):
        f = getattr(obj, method)
        if callable(getattr(obj, "setup", None)) and not _needed(f):
            return handled(obj, type(obj), "setup")
        if not wanted(f) and method in ("step", "update"):
            own = next(
                (
                    _rows(getattr(obj, m), obj, given, rule)
                    for m in _methods(obj)
                    if wanted(getattr(obj, m))
                ),
                [],
            )
            return own or handled(obj, type(obj))
        found += _rows(f, obj, given, rule)
    if not found:
        raise ArgumentError(_unknown(obj))
    return found


def _called(f: Any, owner: Any, given: Mapping[str, float], rule: Rule) -> list[Style]:
    found = _rows(f, owner, given, rule)
    if not found:
        raise ArgumentError(_unknown(f))
    return found


def _needed(f: Any) -> list[str]:
    return [p.name for p in wanted(f) if p.default is p.empty]


def _rows(f: Any, owner: Any, given: Mapping[str, float], rule: Rule) -> list[Style]:
    """The styles of the table that a function can be called in."""
    scored = [
        (s, -k, row) for k, row in enumerate(TABLE) if (s := _score(row, f, rule)) is not None
    ]
    found: list[Style] = []
    for _, _, row in sorted(scored, key=lambda x: x[:2], reverse=True):
        style = Called(f, owner, row.holder, given, rule)
        style.row = row.name
        found.append(style)
    return found


def _score(row: StyleRow, f: Any, rule: Rule) -> float | None:
    """How well the names of the arguments go with a row; None where they do not."""
    ps = wanted(f)
    beside = len(pairs({p.name for p in ps}))
    if row.takes == ("beside",):
        return 9.0 if beside > 1 else None
    needed = [p for p in ps if p.default is p.empty]
    have = [r for p in needed if (r := role(p.name)) in _WORLD]
    free = [
        p for p in needed if not role(p.name) and canonical(p.name.strip("_"), rule.usual) is None
    ]
    left, points = list(row.takes), 0.0
    for r in dict.fromkeys(have):
        if r in left:
            left.remove(r)
            points += 2
        elif _NEAR.get(r) in left:
            left.remove(_NEAR[r])
            points += 1
        elif r == "grad_fn" or len(ps) < 2 or left:
            return None
    if len(left) > len(free):
        return None
    return points - len(left)


def _unknown(step: Any) -> str:
    return say(
        "{step!r} is no update rule that can be called; give a function step(p, g) or step(p, "
        "g, state), an object with update(params, grads), or a factory lambda params: "
        "Adam(params, lr=0.01)",
        step=step,
    )
