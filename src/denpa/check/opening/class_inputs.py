"""Classes whose arguments no name tells: those of the constructor that are sizes, attributes that
are None until something sets them, and those of the method, found together by mending."""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from denpa.check.locate import ParsedSource
from denpa.check.opening.arguments import arrays_of, bound, inputs_of
from denpa.check.opening.constructors import constructors
from denpa.check.opening.guess import needed
from denpa.check.opening.mending import begun, family, judged, mended
from denpa.check.opening.repairs import Spec, State
from denpa.check.opening.shapes import parted
from denpa.check.opening.trials import Trial
from denpa.check.opening.usage import uses

_SECONDS = 0.8  # of work for a pair of methods
_OWN = "_own_"  # before the names of what an object is made with


def made(cls: Any, arguments: dict[str, Any]) -> Any:
    """An instance; arguments that the constructor does not take are attributes that are set."""
    takes = inspect.signature(cls).parameters
    any_ = any(p.kind is p.VAR_KEYWORD for p in takes.values())
    own = {n: a for n, a in arguments.items() if n.isdecimal() or n in takes or any_}
    try:
        obj = bound(cls, own)
    except TypeError:
        return bound(cls, arguments)
    others = {n: a for n, a in arguments.items() if n not in own}
    if not all(hasattr(obj, n) for n in others):
        return bound(cls, arguments)  # which tells the name that it does not take
    for name, a in others.items():
        setattr(obj, name, a)
    return obj


def empty(obj: Any, methods: Sequence[str]) -> list[str]:
    """Attributes that are None though methods compute with them, and those that are not there."""
    names: dict[str, None] = {}
    seen: set[str] = set()
    todo = list(methods)
    while todo:
        name = todo.pop(0)
        f = getattr(type(obj), name, None)
        source = ParsedSource.of(inspect.unwrap(f)) if callable(f) and name not in seen else None
        seen.add(name)
        for node in ast.walk(source.tree) if source is not None else ():
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
                continue
            if node.value.id == "self" and isinstance(node.ctx, ast.Load):
                if callable(getattr(type(obj), node.attr, None)):
                    todo.append(node.attr)
                elif getattr(obj, node.attr, None) is None and hasattr(obj, node.attr):
                    names[node.attr] = None
    return list(names)


def sized(
    found: Any,
    pairs: Sequence[tuple[str, str | None]],
    given: Any,
    prepare: Callable[[Any], Any],
    build: Callable[..., Any],
    guessed: bool,
) -> Iterator[Trial]:
    """Trials of a class with arguments that are found by mending, for pairs of methods."""
    texts = list(constructors(found, given.sizes, given.near))
    if not texts:
        return
    for run, back in pairs[:3]:
        method = getattr(found, run)
        names = [p.name for p in needed(method)][1:] or _first(method)
        init = texts[-1] if not texts[0] else texts[0]
        try:
            probe = prepare(made(found, arrays_of(init, given.seed, given.near)))
            unset = empty(probe, [m for m in (run, back) if m])
        except Exception:
            unset = []
        own = [*parted(init), *unset]
        if not names and not own:
            continue

        def split(text: str, own: Sequence[str] = tuple(own)) -> tuple[str, str]:
            parts = parted(text)
            mine = ", ".join(
                f"{n.removeprefix(_OWN)}={t}" for n, t in parts.items() if n.startswith(_OWN)
            )
            rest = ", ".join(f"{n}={t}" for n, t in parts.items() if not n.startswith(_OWN))
            return mine, rest

        def run_(text: str, pair: tuple[str, str | None] = (run, back), split: Any = split) -> Any:
            mine, rest = split(text)
            obj = prepare(made(found, arrays_of(mine, given.seed, given.near)))
            values = inputs_of(rest, given.seed + 1, given.near)
            return judged(build(obj, values, *pair))

        files = {
            inspect.unwrap(m).__code__.co_filename
            for c in found.__mro__
            for m in vars(c).values()
            if inspect.isfunction(m)
        }
        starts = list(_starts(found, init, unset, method, names))
        for text in mended(starts, run_, sorted(files), _SECONDS):
            mine, rest = split(text)
            values = inputs_of(rest, given.seed + 1, given.near)

            def again(
                x: Sequence[Any], lenient: bool = False, mine: str = mine, pair: Any = (run, back)
            ) -> Any:
                obj = prepare(made(found, arrays_of(mine, given.seed, given.near)))
                return build(obj, x, *pair, lenient=lenient)

            trial = Trial(
                None,
                family(rest),
                mine,
                rest,
                values,
                build=partial(again),
                guessed=guessed,
                general=True,
                seed=given.seed + 1,
                near=given.near,
            )
            try:
                made(found, arrays_of(mine, given.seed, given.near))
            except Exception:  # no such object
                continue
            try:
                trial.subject = again(values)
            except Exception as error:
                trial.error = error
                if not _runs(
                    getattr(prepare(made(found, arrays_of(mine, given.seed, given.near))), run),
                    values,
                ):
                    trial.given = ()  # it is not backward that raises
            yield trial


def _runs(method: Any, values: Sequence[Any]) -> bool:
    """Whether forward alone runs, and gives numbers that have a derivative."""
    try:
        with np.errstate(all="ignore"):
            returned = method(*copy.deepcopy(values))
    except Exception:
        return False
    return returned is None or (
        not np.isscalar(returned)
        and np.asarray(
            returned[0] if isinstance(returned, tuple) and returned else returned
        ).dtype.kind
        not in "iub"
    )


def _first(method: Any) -> list[str]:
    return list(inspect.signature(method).parameters)[1:2]


def _starts(
    found: Any, init: str, unset: Sequence[str], method: Any, names: Sequence[str]
) -> Iterator[State]:
    used = uses(method, names)
    for thin in (False, True):
        for wide in (1, 2) if unset else (1,):
            state = begun(names, used, False, thin)
            for name in [n for n in names if used[n].index]:  # several, of which some come twice
                state, dims = state.fresh(1)
                state = state.put(name, Spec("labels", (*dims, 2)))
            for name, text in parted(init).items():
                spec = Spec("text", (), (), text)
                if text.isdecimal():
                    state, dims = state.fresh(1)
                    spec = Spec("int", dims)
                elif text.startswith("rand("):
                    state, dims = state.fresh(text.count(",") + 1)
                    spec = Spec("array", dims)
                state = replace(state, args=((f"{_OWN}{name}", spec), *state.args))
            for name in unset:
                state, dims = state.fresh(wide)
                spec = Spec("array", dims)
                state = replace(state, args=((f"{_OWN}{name}", spec), *state.args))
            yield state
