"""Which functions or methods make a chain: what one returns under a name, another takes under the
same name; and a loss of the output, or a form of one where the code has none."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from denpa.check.argument_roles import is_cache, is_target
from denpa.check.locate import ParsedSource
from denpa.check.opening.method_pairs import STYLES
from denpa.check.opening.partners import partners
from denpa.check.remarks import Said
from denpa.check.subjects.binding import required
from denpa.check.subjects.chained import ChainPlan
from denpa.check.subjects.forms import LOSSES, Form

_FIRST = tuple(dict.fromkeys(n for style in STYLES[1:4] for n in style.runs))
_VALUES, _BACKS = STYLES[0].runs, tuple(dict.fromkeys(n for s in STYLES[:4] for n in s.backs))


def left_by(f: Any) -> tuple[str, ...]:
    """The names of the variables that a function returns.

    >>> def f(x):
    ...     a = x + 1
    ...     return x, a
    >>> left_by(f)
    ('x', 'a')
    """
    source = ParsedSource.of(inspect.unwrap(f))
    ends = [n.value for n in ast.walk(source.tree) if isinstance(n, ast.Return)] if source else []
    for value in ends[-1:]:
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
        if all(isinstance(p, ast.Name) for p in parts):
            return tuple(p.id for p in parts if isinstance(p, ast.Name))
    return ()


def chain(name: str, near: Mapping[str, Any]) -> tuple[Any, list[ChainPlan], bool] | None:
    """The backward and the plans for a chain that a function of a file is in, and whether more
    than a cache goes through it."""
    own = {n: f for n, f in near.items() if inspect.isfunction(f) and f.__globals__ is near}
    if name not in own:
        return None
    named = partners(name, own)
    ways = [named] if named[0] else []
    ways += [p for n in own if n != name for p in ((name, n), (n, name))]
    for forward, backward in ways:
        left = left_by(own[forward])
        given, takes = required(own[forward]) or [], required(own[backward]) or []
        through = [n for n in takes if n in left and n not in given]
        free = [n for n in takes if n not in left and n not in given]
        names = (*given, *free)
        if not through or len(free) > 1 or not all(is_target(n, names) for n in free) or not given:
            continue
        plans = list(_plans(own, forward, backward, tuple(given), left, names, free))
        if plans:
            return own[backward], plans, not all(map(is_cache, through))
    return None


def _plans(
    own: Mapping[str, Any],
    forward: str,
    backward: str,
    given: tuple[str, ...],
    left: tuple[str, ...],
    names: tuple[str, ...],
    free: Sequence[str],
) -> Iterator[ChainPlan]:
    """With a loss of the file; else with the forms that texts have."""
    aims = [n for n in names if n in free or is_target(n, names)]
    for name, f in own.items():
        takes = required(f) or []
        if name in (forward, backward) or len(takes) < 2:
            continue
        seen = [n for n in takes if n in left]
        rest = [n for n in takes if n not in left and n not in names]
        if not seen or len(rest) > (1 if aims else 0):
            continue
        by_name = tuple(aims[0] if n in rest else n for n in takes)
        if set(by_name) & set(aims):
            yield ChainPlan(own[forward], given, left, f, by_name, names)
            return
    for form in LOSSES if aims else ():
        said = Said(
            "tried as the gradient of {text} ({source})", text=form.text, source=form.source
        )
        takes_ = (left[-1], aims[0])
        yield ChainPlan(own[forward], given, left, _value(form), takes_, names, (said,))


def _value(form: Form) -> Callable[[Any, Any], Any]:
    def value(y: np.ndarray, t: Any) -> float:
        t = np.asarray(t)
        if t.ndim == 1 and t.dtype.kind in "iu" and np.ndim(y) == 2:  # classes by number
            wide = len(t) == y.shape[0]
            t = np.eye(y.shape[1])[t] if wide else np.eye(y.shape[0])[t].T
        return float(form.value(y, t))

    return value


def methods(obj: Any) -> Iterator[tuple[ChainPlan, str]]:
    """Chains of methods: backward(x, hidden, out, y) after `hidden, out = forward(x)`, beside
    loss(x, y); loss(y) and backward(y) after forward(x), which keeps its output."""
    able = {
        n: getattr(obj, n)
        for n in dir(obj)
        if not n.startswith("__") and inspect.isroutine(getattr(obj, n, None))
    }
    firsts = [n for n in _FIRST if n in able]
    values = [n for n in (*_VALUES, "loss_fn") if n in able]
    backs = [n for n in _BACKS if n in able]
    for first in firsts:
        given = tuple(required(able[first]) or ())
        left = left_by(able[first])
        for back in [b for b in backs if b != first]:
            for value in [v for v in values if v not in (first, back)]:
                takes, wants = required(able[value]) or [], required(able[back]) or []
                known = (*given, *left)
                free = [n for n in dict.fromkeys((*takes, *wants)) if n not in known]
                alone = not set(given) & set(takes) and len(takes) == 1
                through = [n for n in wants if n in left and n not in given]
                if len(free) == 1 and given and (through or alone):
                    names = (*given, *free)
                    yield ChainPlan(first, given, left, value, tuple(takes), names), back
