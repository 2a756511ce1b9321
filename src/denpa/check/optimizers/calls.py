"""Functions and methods that are called with parameters and gradients, run step by step."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from denpa.check.optimizers.holders import Holder, Single
from denpa.check.optimizers.hyperparameters import aliases, canonical, is_number
from denpa.check.optimizers.language import Rule
from denpa.check.optimizers.names import role
from denpa.check.optimizers.reading import UpdateCode
from denpa.check.optimizers.style import Advance, Arrays, Style

_HOOKS = (
    ("pre_update_params", "pre_update", "begin_step", "start_step"),
    ("post_update_params", "post_update", "end_step", "finish_step"),
)
_SWITCHES = {"amsgrad": "amsgrad", "nesterov": "nesterov", "use_nesterov": "nesterov"}


def wanted(f: Any) -> list[inspect.Parameter]:
    """The arguments that a function or method takes by name."""
    found = inspect.signature(f).parameters.values()
    return [p for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


def arguments(f: Any, given: Mapping[str, float], rule: Rule) -> dict[str, Any]:
    """Those hyperparameters that a function takes: what is given, and for what it asks for, or
    leaves off by default though the rule is nothing without, the usual ones."""
    found: dict[str, Any] = {}
    usual = rule.usual
    for p in wanted(f):
        name = canonical(p.name.strip("_"), usual)
        asks = p.default is p.empty
        off = not asks and is_number(p.default) and not p.default
        if p.name == "betas" and ("beta1" in given or "beta2" in given):
            found[p.name] = tuple(given.get(b, usual.get(b, 0.9)) for b in ("beta1", "beta2"))
        elif p.name in given or name in given:
            found[p.name] = given[p.name if p.name in given else str(name)]
        elif p.name in _SWITCHES and not asks:
            if _SWITCHES[p.name] == rule.name or rule.name == "momentum":
                found[p.name] = _SWITCHES[p.name] == rule.name
        elif (asks and name in usual) or (off and name == "momentum" in usual):
            found[p.name] = usual[str(name)]
    return found


class Called(Style):
    """A function, or a method of an object, that is called once a step or once a parameter."""

    def __init__(
        self, f: Any, owner: Any, holder: type[Holder], given: Mapping[str, float], rule: Rule
    ) -> None:
        self.f, self.owner, self.holder = f, owner, holder
        self.given, self.rule = dict(given), rule
        self.source = UpdateCode(type(owner) if owner is not None else f if _plain(f) else type(f))
        self.shapes = holder.shaped(self.own())
        fixed = arguments(f, given, rule)
        self.roles: dict[str, str] = {}  # of the arguments that are passed
        self.fixed: dict[str, Any] = {}
        self._sort(fixed)
        kinds = set(self.roles.values())
        self.function = "grad_fn" in kinds
        stateful = bool(kinds & {"array", "state", "states"})
        self.single = holder is Single and not stateful and "name" not in kinds
        self.fresh = owner is not None or stateful or holder.each is False
        counters = {n for n, r in self.roles.items() if r == "count"}
        if counters:  # code that counts on by itself begins at 0
            ahead = bool(counters & set(self.own().counted()))
            self.first, self.other_firsts = (0, (1,)) if ahead else (1, (0,))
        if self.single:
            self.shapes = {"W": (4, 3)}
        self.last: Any = {}
        self.owner_now: Any = owner

    def own(self) -> UpdateCode:
        """The code of the function alone."""
        return UpdateCode(self.f)

    def _sort(self, fixed: Mapping[str, Any]) -> None:
        names, needed = wanted(self.f), []
        taken = self.holder(_ones(self.shapes), self.own())
        taken.give(_ones(self.shapes))
        available = taken.calls()[0]
        indexed = self.own().indexed()
        for p in names:
            what = role(p.name)
            asks = p.default is p.empty
            if p.name in available:
                self.roles[p.name] = p.name
            elif what == "grads" and "grad" in available:
                self.roles[p.name] = "grad"
            elif what == "grad" and "grads" in available:
                self.roles[p.name] = "grads"
            elif what == "params" and "param" in available:
                self.roles[p.name] = "param"
            elif what == "param" and "params" in available and "param" not in available:
                self.roles[p.name] = "params" if asks else ""
            elif what in available and (asks or what != "name"):
                self.roles[p.name] = what
            elif what in ("state", "hypers") and (asks or not isinstance(p.default, float)):
                self.roles[p.name] = "state"
            elif p.name in fixed:
                self.fixed[p.name] = fixed[p.name]
            elif what == "states":
                self.roles[p.name] = "states"
            elif what == "count" and (asks or isinstance(p.default, int)):
                self.roles[p.name] = "count"
            elif what == "one" and asks:
                self.fixed[p.name] = 1
            elif p.default is None and p.name in indexed:
                self.roles[p.name] = "state"
            elif asks:
                needed.append(p.name)
        open_ = [r for r in ("param", "params", "grad", "grads", "grad_fn", "layer", "layers",
                             "model", "grads_and_vars", "params_and_grads")
                 if r in available and r not in self.roles.values()]  # fmt: skip
        both = {"grad", "grad_fn"} <= set(available)
        if both and {"grad", "grad_fn"} & set(self.roles.values()):
            open_ = [r for r in open_ if r not in ("grad", "grad_fn")]
        for name in needed:
            if open_ and open_[0] in ("param", "params", "grad", "grads", "layer", "layers"):
                self.roles[name] = open_.pop(0)
                if self.roles[name] == "grad":
                    open_ = [r for r in open_ if r != "grad_fn"]
            else:
                self.roles[name] = "array"
        self.roles = {n: r for n, r in self.roles.items() if r}
        order = [p.name for p in names]
        self.roles = {n: self.roles[n] for n in order if n in self.roles}

    def begin(self, start: Arrays) -> Advance:
        """See `Style`."""
        f = self.f
        if self.owner is not None:
            self.owner_now = copy.deepcopy(self.owner)
            f = getattr(self.owner_now, self.f.__name__)
        held = self.holder(start, self.own())
        kept: list[dict[str, Any]] = []
        before, after = (self._hook(names) for names in _HOOKS)
        steps = 0

        def advance(grads: Mapping[str, Any]) -> dict[str, Any]:
            nonlocal steps
            held.give(grads)
            was = {n: np.array(a) for n, a in held.read().items()}
            before()
            took = False
            for k, available in enumerate(held.calls()):
                if k == len(kept):
                    kept.append(self._state(held, k))
                mine = {n: available[r] for n, r in self.roles.items() if r in available}
                mine |= kept[k] | self.fixed
                mine |= {
                    n: self.first + steps
                    for n, r in self.roles.items()
                    if r == "count" and n not in kept[k]
                }
                result = f(**mine)
                took |= self._taken(held, k, result, kept[k], mine)
            after()
            steps += 1
            self.last = kept[-1]
            now = held.read()
            same = not took and all(
                np.shape(now[n]) == np.shape(was[n]) and np.array_equal(now[n], was[n]) for n in was
            )
            return {n: None if same else a for n, a in now.items()}

        return advance

    def _hook(self, names: tuple[str, ...]) -> Callable[[], Any]:
        for name in names:
            hook = getattr(self.owner_now, name, None) if self.owner is not None else None
            if callable(hook) and not [p for p in wanted(hook) if p.default is p.empty]:
                found: Callable[[], Any] = hook
                return found
        return lambda: None

    def _state(self, held: Holder, k: int) -> dict[str, Any]:
        state: dict[str, Any] = {}
        arrays = [n for n, r in self.roles.items() if r in ("array", "states")]
        if arrays:
            made = self._initialised(held, arrays)
            state |= made or {n: held.state(k) for n in arrays}
        for name, r in self.roles.items():
            if r == "state":
                state[name] = self._settings()
        return state

    def _settings(self) -> dict[str, Any]:
        """A dictionary with the hyperparameters that the code asks it for."""
        own = self.own()
        keys = own.keys()
        found: dict[str, Any] = {}
        for name, x in self.given.items():
            found[next((a for a in (name, *aliases(name)) if a in keys), name)] = x
        for key in own.asked():
            known = canonical(key, self.rule.usual)
            if key not in found and known in self.rule.usual and known not in self.given:
                found[key] = self.rule.usual[str(known)]
            elif key not in found and role(key) == "count":
                found[key] = self.first
        return found

    def _initialised(self, held: Holder, names: list[str]) -> dict[str, Any] | None:
        """The states that a function beside it makes: initialize_adam(parameters)."""
        params = held.calls()[0].get("params")
        space = getattr(inspect.unwrap(self.f), "__globals__", {})
        if params is None:
            return None
        tail = self.rule.name if len(names) > 1 else ("velocity", "momentum", self.rule.name)
        for name, g in space.items():
            low = name.lower()
            kin = any(t in low for t in ((tail,) if isinstance(tail, str) else tail))
            if not (low.startswith(("init", "make", "create")) and kin and inspect.isfunction(g)):
                continue
            needed = [p for p in wanted(g) if p.default is p.empty]
            if len(needed) != 1 or role(needed[0].name) not in ("params", "param"):
                continue
            try:
                made = g(params)
            except Exception:
                continue  # it is meant for something else
            found = list(made) if isinstance(made, (tuple, list)) else [made]
            if len(found) == len(names):
                return dict(zip(names, found, strict=True))
        return None

    def _taken(
        self, held: Holder, k: int, result: Any, state: dict[str, Any], mine: dict[str, Any]
    ) -> bool:
        """Keep what was returned: the parameters, and the states in their order."""
        several = isinstance(result, tuple)
        stateful = [n for n, r in self.roles.items() if r in ("array", "state", "states", "count")]
        if not several or not result:
            return self._whole(held, k, result, state)
        if not held.each and held.take(k, result) and not isinstance(result[0], dict):
            return True
        first, *rest = result
        took = held.take(k, first)
        for name in stateful:
            kind = mine.get(name)
            for i, x in enumerate(rest):
                if _alike(x, kind):
                    state[name] = x
                    del rest[: i + 1]
                    break
        return took

    def _whole(self, held: Holder, k: int, result: Any, state: dict[str, Any]) -> bool:
        stated = [n for n, r in self.roles.items() if r == "state"]
        if isinstance(result, dict) and held.each and stated:  # only the state
            state[stated[0]] = result
            return False
        return held.take(k, result)

    def seen(self) -> dict[str, Any]:
        """See `Style`."""
        found: dict[str, Any] = {}
        f = inspect.unwrap(self.f.func if isinstance(self.f, partial) else self.f)
        if self.owner is None and inspect.isfunction(f):
            outside = inspect.getclosurevars(f)
            found |= {**outside.globals, **outside.nonlocals}
        elif self.owner is not None:
            found |= settings(self.owner_now)
        elif hasattr(f, "__dict__"):
            found |= vars(f)
        found |= {p.name: p.default for p in wanted(self.f) if p.default is not p.empty}
        for held in (self.last or {}).values():
            found |= held if isinstance(held, dict) else {}
        return found | self.fixed

    def code(self) -> UpdateCode | None:
        """See `Style`."""
        return self.source


def settings(owner: Any) -> dict[str, Any]:
    """What an object and its class hold, with what is in dictionaries of settings."""
    found = {
        n: x for c in reversed(type(owner).__mro__) if c is not object for n, x in vars(c).items()
    }
    own = getattr(owner, "__dict__", {})
    for x in own.values():
        if isinstance(x, dict) and all(isinstance(k, str) for k in x):
            found |= {k: v for k, v in x.items() if is_number(v)}
    return found | own


def _plain(f: Any) -> bool:
    return inspect.isfunction(f) or isinstance(f, partial) or inspect.ismethod(f)


def _ones(shapes: Mapping[str, tuple[int, ...]] | None) -> Arrays:
    return {n: np.ones(s) for n, s in (shapes or {}).items()}


def _alike(x: Any, kind: Any) -> bool:
    """Whether a result can be the new value of an argument."""
    if isinstance(kind, dict) or isinstance(x, dict):
        return isinstance(kind, dict) and isinstance(x, dict)
    if is_number(kind) and not isinstance(kind, np.ndarray):
        return is_number(x)
    return isinstance(x, (list, tuple)) == isinstance(kind, (list, tuple))
