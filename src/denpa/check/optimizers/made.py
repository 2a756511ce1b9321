"""Functions that make an update: closures, generators, triples, and whole loops."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from denpa.check.optimizers.calls import arguments, wanted
from denpa.check.optimizers.hyperparameters import canonical
from denpa.check.optimizers.language import Rule
from denpa.check.optimizers.names import role
from denpa.check.optimizers.reading import UpdateCode
from denpa.check.optimizers.style import Advance, Arrays, Style


class _OfFunction(Style):
    def __init__(self, f: Any, given: Mapping[str, float], rule: Rule) -> None:
        self.f, self.given, self.rule = f, given, rule
        self.fixed = arguments(f, given, rule)

    def seen(self) -> dict[str, Any]:
        """See `Style`."""
        outside = inspect.getclosurevars(inspect.unwrap(self.f))
        found = {**outside.globals, **outside.nonlocals}
        found |= {p.name: p.default for p in wanted(self.f) if p.default is not p.empty}
        return found | self.fixed

    def code(self) -> UpdateCode | None:
        """See `Style`."""
        return UpdateCode(self.f)


class Maker(_OfFunction):
    """make(lr) returns the step: one is made for each parameter."""

    def __init__(
        self, f: Any, given: Mapping[str, float], rule: Rule, styles: Callable[[Any], list[Style]]
    ) -> None:
        super().__init__(f, given, rule)
        self.styles = styles

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        steps = {}
        for name, a in start.items():
            inner = self.styles(self.f(**self.fixed))[0]
            inner.shapes = {"W": a.shape}
            steps[name] = inner.begin({"W": a})

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            return {n: steps[n]({"W": g})["W"] for n, g in grads.items()}

        return advance


class Triple(_OfFunction):
    """make(lr) returns (init, update, get_params), or init and update that returns what is
    added."""

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        made = self.f(**self.fixed)
        init, update, *get = made
        states = {n: init(a.copy()) for n, a in start.items()}
        values: dict[str, Any] = dict(start)
        needed = [p.name for p in wanted(update) if p.default is p.empty]
        steps = 0

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            nonlocal steps
            for n, g in grads.items():
                if get:
                    states[n] = update(steps, g, states[n])
                    values[n] = get[0](states[n])
                else:
                    more = (values[n],) if len(needed) > 2 else ()
                    moved, states[n] = update(g, states[n], *more)
                    values[n] = values[n] + moved
            steps += 1
            return dict(values)

        return advance


class UpdateGenerator(_OfFunction):
    """A generator that is sent gradients and yields what is added."""

    sign = 1.0

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        running = {n: self.f(**self.fixed) for n in start}
        for g in running.values():
            next(g)
        values = dict(start)

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            for n, g in grads.items():
                values[n] = values[n] + self.sign * running[n].send(g)
            return dict(values)

        return advance


class Falling(UpdateGenerator):
    """A generator that is sent gradients and yields what is subtracted."""

    sign = -1.0


class WholeLoop(_OfFunction):
    """descend(grad_f, x0, lr, n_iter): all the steps in one call; it is called with 1, 2, 3 …"""

    function = True

    def __init__(self, f: Any, given: Mapping[str, float], rule: Rule) -> None:
        super().__init__(f, given, rule)
        self.shapes = {"x": (7,), "y": (3,)}  # of one dimension: such loops ask for len(x)

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        given: list[dict[str, Any]] = []
        names = {role(p.name): p.name for p in wanted(self.f)}
        many = next(p.name for p in wanted(self.f) if role(p.name) == "many")
        place = names.get("param", names.get("params", ""))
        slope = names.get("grad_fn", names.get("grad", ""))

        def run(name: str) -> Any:
            k = -1

            def gradient(x: Any, *_: Any) -> Any:
                nonlocal k
                k = min(k + 1, len(given) - 1)
                return given[k][name](x)

            known = self.fixed | {many: len(given), slope: gradient}
            result = self.f(**known | {place: start[name].copy()})
            shape = start[name].shape
            if isinstance(result, tuple):
                result = next((x for x in result if np.shape(x) == shape), result[0])
            if isinstance(result, list) and len(result) and np.shape(result[-1]) == shape:
                result = result[-1]
            return result

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            given.append(dict(grads))
            return {n: run(n) for n in start}

        return advance


def of_maker(
    f: Any, given: Mapping[str, float], rule: Rule, styles: Callable[[Any], list[Style]]
) -> list[Style]:
    """The ways to run a function that is not called with a gradient."""
    if not inspect.isfunction(f):
        return []
    ps = wanted(f)
    roles = [role(p.name) for p in ps]
    if "many" in roles and {"grad_fn", "grad"} & set(roles) and {"param", "params"} & set(roles):
        return [WholeLoop(f, given, rule)]
    needed = [p for p in ps if p.default is p.empty and canonical(p.name, rule.usual) is None]
    if needed or {"grad", "grads", "grad_fn", "param"} & set(roles):
        return []
    if inspect.isgeneratorfunction(f):
        return [UpdateGenerator(f, given, rule), Falling(f, given, rule)]
    try:
        made = f(**arguments(f, given, rule))
    except Exception:
        return []
    if isinstance(made, tuple) and len(made) in (2, 3) and all(callable(x) for x in made):
        return [Triple(f, given, rule)]
    if inspect.isfunction(made):
        return [Maker(f, given, rule, styles)]
    return styles(made) if any(hasattr(made, m) for m in ("step", "update")) else []
