"""The forms in which people write an update rule, each run on the same parameters and gradients.

A style is begun with parameters and then advanced with one set of gradients after the other:

- a function of arrays: step(p, g), step(p, g, state) with a dict, adam(p, g, m, v, t) returning
  (p, m, v), adam(w, dw, config) returning (w, config); what it does not return it changes in place;
- a function or an object's method of dicts or lists: update(params, grads);
- an optimizer over objects with .data and .grad: step() without arguments (`rules_handles`).
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from denpa.check.rules.reading import COUNTERS, Code, aliases, canonical
from denpa.core.errors import ArgumentError

Arrays = dict[str, np.ndarray]
Advance = Callable[[Mapping[str, Any]], dict[str, Any]]

_STATES = {"state", "config", "cfg", "conf", "opt_state", "optimizer_state", "memo", "states"}
_FUNCTIONS = {"grad_fn", "grad_f", "grad_func", "gradient_fn", "gradient_function", "df", "f_grad"}
_SEVERAL = {"params", "parameters", "weights", "variables", "ps", "thetas", "param_list", "model"}


class Style:
    """One way to run somebody's update."""

    single = False  # keeps no parameters apart: it is run with one of them
    fresh = True  # can be run from the beginning again
    function = False  # asks for the gradient as a function of the place where it is taken
    shapes: dict[str, tuple[int, ...]] | None = None  # of its own parameters, if it has them

    def begin(self, start: Arrays) -> Advance:
        """Start anew with these parameters; call what is returned with gradients, one set for each
        step. It returns the parameters after the step; None in the place of one that was neither
        changed nor returned."""
        raise NotImplementedError

    def seen(self) -> dict[str, Any]:
        """Names and values that may be hyperparameters."""
        return {}

    def code(self) -> Code | None:
        """The source to show, None where it is a library's."""
        return None


def arguments(f: Any, given: Mapping[str, float], usual: Mapping[str, float]) -> dict[str, Any]:
    """Those hyperparameters that a function takes, and usual ones for what it asks for."""
    found: dict[str, Any] = {}
    for p in inspect.signature(f).parameters.values():
        name = canonical(p.name.strip("_"), usual)
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if p.name == "betas" and ("beta1" in given or "beta2" in given):
            found[p.name] = tuple(given.get(b, usual.get(b, 0.9)) for b in ("beta1", "beta2"))
        elif p.name in given or name in given:
            found[p.name] = given[p.name if p.name in given else str(name)]
        elif p.default is p.empty and name in usual:
            found[p.name] = usual[str(name)]
    return found


class OfArrays(Style):
    """A function of one parameter and its gradient."""

    def __init__(self, f: Any, given: Mapping[str, float], usual: Mapping[str, float]) -> None:
        self.f = f
        parameters = list(inspect.signature(f).parameters.values())
        names = [p.name for p in parameters]
        self.function = len(names) > 1 and names[1] in _FUNCTIONS
        fixed = arguments(f, given, usual)
        self.passed: list[tuple[str, str]] = []  # what each further argument is
        self.fixed: dict[str, Any] = {}
        for p in parameters[2:]:
            if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                continue
            if p.name in _STATES or (p.default is None and p.name not in fixed):
                self.passed.append((p.name, "dict"))
            elif p.name in fixed:
                self.fixed[p.name] = fixed[p.name]
            elif p.name in COUNTERS and (p.default is p.empty or isinstance(p.default, int)):
                self.passed.append((p.name, "count"))
            elif p.default is p.empty:
                self.passed.append((p.name, "array"))
        self.single = not self.passed
        self.fresh = not self.single
        self.config: dict[str, Any] = {}
        keys = Code(f).keys()
        for name, x in given.items():
            self.config[next((a for a in (name, *aliases(name)) if a in keys), name)] = x
        self.last: dict[str, Any] = {}
        self.first = 1  # the number of the first step
        self.other_firsts: tuple[int, ...] = ()  # what it may be besides

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        held = {name: a.copy() for name, a in start.items()}
        kept = {name: self._empty(a) for name, a in start.items()}
        counters = [n for n, kind in self.passed if kind == "count"]
        if counters and self._counts(start):
            self.other_firsts = (2,)
            for state in kept.values():
                state |= dict.fromkeys(counters, self.first - 1)
            counters = []
        elif counters:
            self.other_firsts = (0,)
        steps = 0

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            nonlocal steps
            found: dict[str, Any] = {}
            for name, g in grads.items():
                before = held[name].copy()
                number = dict.fromkeys(counters, self.first + steps)
                result = self.f(held[name], g, **kept[name], **number, **self.fixed)
                new = self._taken(result, kept[name])
                if new is None and not np.array_equal(held[name], before):
                    new = held[name]
                found[name] = new
                held[name] = held[name] if new is None else np.asarray(new)
                self.last = kept[name]
            steps += 1
            return found

        return advance

    def _empty(self, a: np.ndarray) -> dict[str, Any]:
        found: dict[str, Any] = {n: dict(self.config) for n, kind in self.passed if kind == "dict"}
        return found | {n: np.zeros_like(a) for n, kind in self.passed if kind == "array"}

    def _counts(self, start: Arrays) -> bool:
        """Whether the function returns the number of the step."""
        counters = [n for n, k in self.passed if k == "count"]
        a = next(iter(start.values()))
        g: Any = (lambda x: np.ones_like(a)) if self.function else np.ones_like(a)
        state = self._empty(a) | dict.fromkeys(counters, 1)
        result = self.f(a.copy(), g, **state, **self.fixed)
        return isinstance(result, (tuple, list)) and len(result) > len(self.passed)

    def _taken(self, result: Any, state: dict[str, Any]) -> Any:
        """The new parameter out of what was returned; the state is kept."""
        if not isinstance(result, tuple) or not self.passed:
            return result[0] if isinstance(result, tuple) else result
        names = [n for n, _ in self.passed]
        rest = result[1:]
        if len(rest) == 1 and isinstance(rest[0], dict):
            names = [n for n, k in self.passed if k == "dict"]
        elif len(rest) < len(names):
            names = [n for n, k in self.passed if k != "count"]
        state |= dict(zip(names, rest, strict=False))
        return result[0]

    def seen(self) -> dict[str, Any]:
        """See `Style`."""
        f = inspect.unwrap(self.f.func if isinstance(self.f, partial) else self.f)
        found: dict[str, Any] = {}
        if inspect.isfunction(f):
            outside = inspect.getclosurevars(f)
            found |= {**outside.globals, **outside.nonlocals}
        elif hasattr(f, "__dict__"):
            found |= vars(f)
        defaults = inspect.signature(self.f).parameters.values()
        found |= {p.name: p.default for p in defaults if p.default is not p.empty}
        for held in self.last.values():
            found |= held if isinstance(held, dict) else {}
        return found | self.fixed

    def code(self) -> Code | None:
        """See `Style`."""
        return Code(self.f if inspect.isfunction(self.f) else type(self.f))


class OfSeveral(Style):
    """A function or a method of dicts or lists of arrays: update(params, grads)."""

    def __init__(
        self, f: Any, owner: Any, kind: type, given: Mapping[str, float], usual: Mapping[str, float]
    ) -> None:
        self.f, self.owner, self.kind = f, owner, kind
        parameters = list(inspect.signature(f).parameters.values())
        self.fixed = {k: x for k, x in arguments(f, given, usual).items()
                      if k not in [p.name for p in parameters[:2]]}  # fmt: skip
        rest = [p for p in parameters[2:] if p.name not in self.fixed]
        self.states = [p.name for p in rest if p.name in _STATES]
        self.counters = [p.name for p in rest if p.name in COUNTERS and p.default is p.empty]
        self.single = kind is np.ndarray
        self.fresh = owner is not None or bool(self.states)
        self.given = dict(given)
        self.last: dict[str, Any] = {}

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        f = self.f
        if self.owner is not None:
            self.owner_now = copy.deepcopy(self.owner)
            f = getattr(self.owner_now, self.f.__name__)
        names = list(start)
        params = self._packed({n: a.copy() for n, a in start.items()})
        extra: dict[str, Any] = {n: dict(self.given) for n in self.states}
        steps = 0

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            nonlocal params, steps
            steps += 1
            before = {n: a.copy() for n, a in self._unpacked(params, names).items()}
            counted = dict.fromkeys(self.counters, steps)
            result = f(params, self._packed(dict(grads)), **extra, **counted, **self.fixed)
            if isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], dict):
                result, state = result
                if self.states:
                    extra[self.states[0]] = state
            if isinstance(result, (self.kind, tuple)) and result is not params:
                params = list(result) if isinstance(result, tuple) else result
            self.last = next(iter(extra.values()), {})
            after = self._unpacked(params, names)
            same = all(np.array_equal(a, before[n]) for n, a in after.items())
            lost = same and result is None
            return {n: None if lost else a for n, a in after.items()}

        return advance

    def _packed(self, arrays: dict[str, Any]) -> Any:
        if self.kind is dict:
            return arrays
        return list(arrays.values()) if self.kind is list else next(iter(arrays.values()))

    def _unpacked(self, held: Any, names: list[str]) -> dict[str, np.ndarray]:
        values = [held[n] for n in names] if self.kind is dict else held
        if self.kind is np.ndarray:
            values = [held]
        return {n: np.asarray(a) for n, a in zip(names, values, strict=True)}

    def seen(self) -> dict[str, Any]:
        """See `Style`."""
        found = vars(type(self.owner)) | vars(self.owner_now) if self.owner is not None else {}
        defaults = inspect.signature(self.f).parameters.values()
        found |= {p.name: p.default for p in defaults if p.default is not p.empty}
        if self.owner is None:
            outside = inspect.getclosurevars(inspect.unwrap(self.f))
            found = {**outside.globals, **outside.nonlocals} | found
        return found | self.last | self.fixed

    def code(self) -> Code | None:
        """See `Style`."""
        return Code(self.f if self.owner is None else type(self.owner))


_METHODS = ("update", "step", "apply", "update_params", "apply_gradients", "__call__")


def styles(step: Any, given: Mapping[str, float], usual: Mapping[str, float]) -> list[Style]:
    """The ways in which somebody's optimizer may be meant to be called, the likeliest first.

    Errors: ArgumentError for what is none of the forms that are known.
    """
    from denpa.check.rules.handles import handled, is_library

    try:
        inspect.signature(step if callable(step) else type(step))
    except ValueError:  # a built-in
        raise ArgumentError(_unknown(step)) from None
    if inspect.ismethod(step) and not inspect.isclass(step.__self__):
        return _of_object(step.__self__, step.__name__, given, usual)
    if inspect.isclass(step):
        needed = [p.name for p in inspect.signature(step).parameters.values()
                  if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]  # fmt: skip
        if needed[:1] and needed[0] in _SEVERAL:
            fixed = {k: x for k, x in arguments(step, given, usual).items() if k != needed[0]}
            return handled(partial(step, **fixed), step)
        unknown = [n for n in needed if canonical(n.strip("_"), usual) is None and n not in given]
        if unknown:
            raise ArgumentError(
                f"{step.__name__}{inspect.signature(step)}: what {', '.join(unknown)} should be is "
                f"not known; give an instance: update_rule({step.__name__}(…), …)"
            )
        made = partial(step, **arguments(step, given, usual))()
        return styles(made, given, usual)
    if is_library(step):
        return handled(step, type(step))
    if (
        isinstance(step, partial)
        or inspect.isroutine(step)
        or not any(hasattr(step, m) for m in _METHODS)
    ):
        if not callable(step):
            raise ArgumentError(_unknown(step))
        return _of_function(step, given, usual)
    method = next(m for m in _METHODS if callable(getattr(step, m, None)))
    return _of_object(step, method, given, usual)


def _of_function(step: Any, given: Mapping[str, float], usual: Mapping[str, float]) -> list[Style]:
    from denpa.check.rules.handles import handled

    names = list(inspect.signature(step).parameters)
    if len(names) == 1:  # a factory: lambda params: Adam(params, lr=0.1)
        return handled(step, step)
    if len(names) < 2:
        raise ArgumentError(_unknown(step))
    if names[0] in _SEVERAL:
        return [OfSeveral(step, None, kind, given, usual) for kind in (dict, list)]
    return [OfArrays(step, given, usual)]


def _of_object(
    obj: Any, method: str, given: Mapping[str, float], usual: Mapping[str, float]
) -> list[Style]:
    from denpa.check.rules.handles import handled

    f = getattr(obj, method)
    names = list(inspect.signature(f).parameters)
    if not names:
        return handled(obj, type(obj))
    if len(names) < 2:
        raise ArgumentError(_unknown(obj))
    if names[0] not in _SEVERAL and not set(names[2:]) <= COUNTERS | _STATES:
        return [OfArrays(f, given, usual)]
    kinds: list[type] = [dict, list, np.ndarray]
    if names[0] not in _SEVERAL:
        kinds = [np.ndarray, dict, list] if len(names[0]) < 3 else [dict, np.ndarray, list]
    return [OfSeveral(f, obj, kind, given, usual) for kind in kinds]


def _unknown(step: Any) -> str:
    return (
        f"{step!r} is no update rule that can be called; give a function step(p, g) or "
        "step(p, g, state), an object with update(params, grads), or a factory "
        "lambda params: Adam(params, lr=0.01)"
    )
