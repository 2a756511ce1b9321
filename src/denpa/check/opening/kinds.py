"""What people would call a thing that can be checked: a layer, a loss, a function and its slope."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from denpa.check.argument_roles import is_target
from denpa.check.locate import ParsedSource
from denpa.check.opening.engine import is_engine
from denpa.check.opening.execution import quiet
from denpa.check.opening.method_pairs import ANY, JOINT, ClassStyle, matching
from denpa.check.opening.partners import partners
from denpa.check.opening.unwritten import is_unwritten
from denpa.words import say

_GRADIENT = re.compile(
    r"^d_?[A-Z]|^d[a-z]$|^d_|^d[a-z]\d|grad|^g[A-Z]|delta|jac|^d(theta|beta|gamma)"
)
_SLOPE = re.compile(
    r"slope|deriv|derivative|der|prime|grads?|gradients?|diff|backward|back|bwd|d|df|dx|jacobian|"
    r"score",
    re.IGNORECASE,
)
# Of what is offered, and checked where nothing else is: score, g_mu, ddata, df, adjoint.
_MAYBE = re.compile(_GRADIENT.pattern + "|^d[a-z]+|^g_?$|^g_|^GRAD|score|adjoint|^bar|^jac|^slope")


def pair_of(x: Any) -> tuple[ClassStyle, str, str | None] | None:
    """The methods that compute and go back, of the first row of the table that a class fits and
    that somebody has written; without one, the first that it fits."""
    rows = [row for row in matching(x) if row[0] is not ANY and row[2] is not None]
    whole = [row for row in rows if not any(is_unwritten(getattr(x, n)) for n in row[1:] if n)]
    return next(iter(whole or rows), None)


def methods_of(x: Any) -> Iterator[tuple[str, Any]]:
    """The functions that a check of a class or a function would run, by name."""
    if inspect.isfunction(x):
        yield x.__name__, x
        return
    row = pair_of(x)
    for name in row[1:] if row is not None else ():
        if name:
            yield name, getattr(x, name)


def parts_of(found: Any, gradient: Any = None) -> Iterator[tuple[str, Any]]:
    """The same of a function with its gradient, be it given or beside it, or of the class of an
    object; of an optimizer its step."""
    yield from methods_of(found)
    if gradient is None and inspect.isfunction(found):
        near = getattr(found, "__globals__", {})
        both = [n for n in partners(found.__name__, near) if n and near[n] is not found]
        yield from ((n, near[n]) for n in both)
    elif gradient is not None:
        yield getattr(gradient, "__name__", "gradient"), gradient


def kind_of(x: Any) -> str:
    """What a class or an object is, with its methods; empty for what fits no row of the table."""
    if is_engine(x):
        return say("an engine of graphs")
    row = pair_of(x)
    if row is None:
        return _alone(x)
    style, run, back = row
    if any(is_unwritten(getattr(x, n)) for n in (run, back) if n):
        return ""
    both = f"({run}, {back})"
    if style.loss:
        return say("a network or a loss {both}", both=both)
    if style.slope:
        return say("an activation or a loss {both}", both=both)
    takes = _arguments(getattr(x, run))
    if any(is_target(n, takes) for n in takes):
        return say("a loss, or a layer with one {both}", both=both)
    if style.name.startswith("feedforward"):
        return say("a network {both}", both=both)
    return say("a layer {both}", both=both)


def _alone(x: Any) -> str:
    """A class with one method that returns its gradients, too."""
    runs = [run for style, run, back in matching(x) if back is None and style is not ANY]
    run = next((n for n in runs if returns_gradients(getattr(x, n))), "")
    return say("a network whose {run} returns its gradients, too", run=run) if run else ""


def unnamed(x: Any) -> str:
    """The same for a class whose methods have names that say nothing."""
    row = next((r for r in matching(x) if r[0] is ANY and r[2] is not None), None)
    if row is not None:
        return say("a class, with {row} and {row2} tried as a pair", row=row[1], row2=row[2])
    own = [n for n, f in vars(x).items() if inspect.isfunction(f)] if inspect.isclass(x) else []
    run = next((n for n in own if returns_gradients(getattr(x, n), _MAYBE)), "")
    return (
        say("a class, with what {run} returns last tried as its gradient", run=run) if run else ""
    )


def of_function(name: str, held: Mapping[str, Any]) -> str:
    """What a function is, by its name and what is beside it; empty for any other."""
    forward, back = partners(name, held)
    if forward == name:
        return say("a function and its gradient {back}", back=back)
    both = JOINT.search(name.lower())
    if not forward and (both or (_arguments(held[name]) and returns_gradients(held[name]))):
        return say("a function that returns its gradient, too")
    return ""


def makes_a_pair(f: Any) -> str:
    """What a function is that returns functions of its own, of which one goes back."""
    source = ParsedSource.of(f)
    tree = None if source is None else source.tree.body[0]
    inner = [n for n in getattr(tree, "body", []) if isinstance(n, ast.FunctionDef)]
    made = {n.name: print for n in inner}  # anything that is callable
    back = next((b for n in made for a, b in [partners(n, made)] if a == n), "")
    return say("a function that makes a pair, of which {back} goes back", back=back) if back else ""


def may_return_gradients(name: str, held: Mapping[str, Any]) -> str:
    """What a function is whose last returned values only may be gradients, by their names."""
    if partners(name, held)[0] or not _arguments(held[name]):
        return ""
    if not returns_gradients(held[name], _MAYBE):
        return ""
    return say("a function, with what it returns last tried as its gradient")


def returns_gradients(f: Any, called: re.Pattern[str] = _GRADIENT) -> bool:
    """Whether a function, or a method, returns several things, of which one but not the first is
    called what gradients are called: dW, grad, grads["W"].

    >>> returns_gradients(returns_gradients)
    False
    """
    source = ParsedSource.of(f)
    nodes = list(ast.walk(source.tree)) if source is not None else []
    for node in nodes:
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            parts = node.value.elts
            named = [_is_gradient(part, called if k else _GRADIENT) for k, part in enumerate(parts)]
            if any(named):
                return not all(named)
    return False


def _is_gradient(part: ast.expr, called: re.Pattern[str]) -> bool:
    """Whether a part of what is returned has such a name in it: grad.ravel(), {"dW": dW}."""
    for n in ast.walk(part):
        name = n.id if isinstance(n, ast.Name) else n.attr if isinstance(n, ast.Attribute) else ""
        name = n.value if isinstance(n, ast.Constant) and isinstance(n.value, str) else name
        if called.search(name):
            return True
    return False


def slopes(held: Mapping[str, Any]) -> dict[str, str]:
    """Functions whose gradient seems to be another one of the file, though no usual name says so:
    its own name has a word for it, and it stands behind the function; or its numbers are those.

    What is found this way is offered, not checked unasked: it may be something else.
    """
    plain = {n: f for n, f in held.items() if inspect.isfunction(f) and _arguments(f)}
    taken = {n for name in plain for n in partners(name, held) if n}
    left = [n for n in plain if n not in taken]
    found: dict[str, str] = {}
    for k, name in enumerate(left):
        if not any(_SLOPE.fullmatch(w) for w in _words(name)):
            continue
        before = [n for n in left[:k] if n not in found and n not in found.values()]
        before = [n for n in before if not any(_SLOPE.fullmatch(w) for w in _words(n))]
        few = [n for n in before if len(_arguments(plain[n])) <= len(_arguments(plain[name]))]
        like = [n for n in few if set(_words(n)) & set(_words(name))]
        if like or few:
            found[(like or few)[-1]] = name
    rest = [n for n in left if n not in found and n not in found.values()]
    for name in rest:
        free = (n for n in rest if n != name and n not in found and n not in found.values())
        other = next((n for n in free if _fits(plain[name], plain[n])), None)
        if other is not None:
            found[name] = other
    return found


def _words(name: str) -> list[str]:
    """The words of a name: act_deriv, actDeriv, d_act.

    >>> _words("actDeriv2"), _words("d_act")
    (['act', 'deriv'], ['d', 'act'])
    """
    return [w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def _arguments(f: Any) -> list[str]:
    """The arguments that a function has to be given."""
    try:
        found = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    return [
        p.name
        for p in found
        if p.default is p.empty
        and p.name != "self"
        and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]


def _fits(f: Any, g: Any) -> bool:
    """Whether g(x) is the derivative of f(x), number by number, and is not the same everywhere."""
    if len(_arguments(f)) != 1 or len(_arguments(g)) != 1:
        return False
    x, h = np.array([-1.3, -0.4, 0.35, 0.8, 1.7]), 1e-5
    try:
        with quiet(), np.errstate(all="ignore"):
            slope = np.asarray(g(x.copy()), float)
            rise = (np.asarray(f(x + h), float) - np.asarray(f(x - h), float)) / (2 * h)
    except Exception:  # theirs: it takes something else
        return False
    if slope.shape != x.shape or rise.shape != x.shape or np.ptp(slope) < 1e-3:
        return False
    return bool(np.allclose(slope, rise, rtol=1e-4, atol=1e-6))
