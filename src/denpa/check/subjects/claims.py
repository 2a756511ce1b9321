"""What backward returned, taken apart: which array is the gradient of which."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from denpa.check.argument_roles import gradient_of
from denpa.check.locate import ParsedSource

Shapes = Mapping[str, tuple[int, ...]]


SOME = "?"  # the gradient of something, by its name


def returned_names(f: Any, names: Sequence[str], skip: int = 0) -> tuple[str, ...]:
    """The arrays that the variables in the last `return` are the gradients of ("" for what is none
    of them): `return dw, db` are those of w and b, whatever f takes first. Nothing where no name
    says so, or one twice."""
    source = ParsedSource.of(f)
    if source is None:
        return ()
    inside = [n for n in ast.walk(source.tree) if isinstance(n, ast.Return) and n.value]
    if not inside:
        return ()
    value: Any = max(inside, key=lambda n: n.lineno).value
    parts = value.elts[skip:] if isinstance(value, (ast.Tuple, ast.List)) else [value]
    if len(parts) == 2 and isinstance(parts[1], (ast.Tuple, ast.List)):  # loss, (dW, db)
        parts = [parts[0], *parts[1].elts]
    found = tuple(_of(part, names) for part in parts)
    told = [n for n in found if n and n != SOME]
    if not told and found.count(SOME) == len(names) < len(found):  # all, and the state among them
        inside_ = iter(names)
        return tuple(next(inside_) if n else "" for n in found)
    return found if told and len(set(told)) == len(told) else ()


_ARRAYS = {"array", "asarray", "stack", "vstack", "hstack", "concatenate", "list", "tuple"}
_SAME = {"reshape", "ravel", "flatten", "copy", "squeeze", "astype", "tolist"}


def _peeled(part: ast.expr) -> ast.expr:
    """np.array(dxs[::-1]), dx.reshape(shape): what is in it."""
    if not isinstance(part, ast.Call):
        return part
    called = part.func
    if isinstance(called, ast.Attribute) and called.attr in _SAME:
        return _peeled(called.value)
    word = getattr(called, "attr", getattr(called, "id", ""))
    inner = _peeled(part.args[0]) if word in _ARRAYS and part.args else part
    turned = isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Slice)
    return inner.value if isinstance(inner, ast.Subscript) and turned else inner


def _of(part: ast.expr, names: Sequence[str]) -> str:
    inner = _peeled(part)
    if inner is not part and isinstance(inner, (ast.Name, ast.Attribute)):
        return _of(inner, names) or SOME
    if isinstance(part, ast.Attribute):
        return gradient_of(part.attr, names)
    if not isinstance(part, ast.Name):
        return "" if isinstance(part, (ast.Subscript, ast.Constant)) else SOME
    if part.id in names:  # the array itself
        return ""
    found = gradient_of(part.id, names)
    return found or (SOME if re.match(r"d|g|delta|nabla|err", part.id) else "")


def claimed(
    found: Any, shapes: Shapes, order: Sequence[str] = (), mine: Sequence[Sequence[str]] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Gradients by name, and what is left without a partner. `order`: what the parts of a tuple are
    by the names in `return`; `mine`: lists of names of a tuple's parts by their places; the first
    that has as many is taken.

    >>> shapes = {"W": (4, 3), "b": (3,)}
    >>> claims, rest = claimed({"dW": np.ones((4, 3)), "db": np.ones(3), "dZ": np.ones(3)}, shapes)
    >>> sorted(claims), rest
    (['W', 'b'], ['dZ'])
    >>> sorted(claimed([np.ones(3), np.ones((4, 3))], shapes)[0])
    ['W', 'b']
    """
    if found is None:
        return {}, []
    if isinstance(found, dict):
        return _of_dict(found, shapes)
    if not isinstance(found, (tuple, list)) or _is_array(found, shapes):
        return _of_one(found, shapes, order)
    parts = list(found)
    if order and len(order) == len(parts) and any(n and n != SOME for n in order):
        return _in_order(parts, order, shapes)
    by_shape, rest = _by_shape(parts, shapes)
    loose = bool(rest) and not any(isinstance(g, dict) for g in parts)
    for names in mine:
        if len(parts) == len(names) and (loose or _fit(names, parts, shapes)):
            kept = {
                n: g
                for n, g in zip(names, parts, strict=True)
                if g is not None and n in shapes and not isinstance(g, (list, dict))
            }
            if kept:
                return kept, []
    return by_shape, rest


def _fit(names: Sequence[str], parts: Sequence[Any], shapes: Shapes) -> bool:
    """Whether parts by their places have the shapes of what they would be the gradients of."""
    return all(
        g is None or (n in shapes and _shape(g) == shapes[n])
        for n, g in zip(names, parts, strict=True)
    )


def _shape(g: Any) -> tuple[int, ...] | None:
    try:
        return None if isinstance(g, dict) else np.shape(g)
    except ValueError:  # lists of unlike lengths
        return None


def _is_array(found: Any, shapes: Shapes) -> bool:
    """A list of lists of numbers, which is one array."""
    if isinstance(found, tuple):
        return False
    try:
        a = np.asarray(found)
    except ValueError:
        return False
    return a.dtype.kind in "fiu" and not any(isinstance(x, np.ndarray) for x in found)


def _of_one(found: Any, shapes: Shapes, order: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    names = list(shapes)
    if len(order) == 1 and order[0] and order[0] != SOME:
        return {order[0]: found}, []
    fits = [n for n in names if np.shape(found) == shapes[n]]
    return ({(fits or names)[0]: found}, []) if names else ({}, [])


def _of_dict(found: Mapping[Any, Any], shapes: Shapes) -> tuple[dict[str, Any], list[str]]:
    claims: dict[str, Any] = {}
    rest: list[str] = []
    names = list(shapes)
    for key, g in found.items():
        name = gradient_of(str(key), names)
        if name:
            if g is not None:
                claims[name] = g
        elif isinstance(g, dict):
            inner, left = _of_dict(g, shapes)
            claims, rest = claims | inner, rest + left
        elif isinstance(g, (list, tuple)) and (group := _group(str(key), g, shapes)):
            claims |= group
        elif isinstance(g, np.ndarray):
            rest.append(str(key))
    if not claims and names:  # keys that say nothing, such as numbers of layers
        arrays = [g for g in found.values() if isinstance(g, np.ndarray)]
        if len(arrays) == len(names):
            return _by_shape(arrays, shapes)
        nested = [g for g in found.values() if isinstance(g, (list, tuple, dict))]
        if nested and len(nested) == len(found):
            return _by_shape(nested, shapes)
    return claims, rest


def _in_order(
    parts: Sequence[Any], order: Sequence[str], shapes: Shapes
) -> tuple[dict[str, Any], list[str]]:
    claims: dict[str, Any] = {}
    left = []
    for name, g in zip(order, parts, strict=True):
        if name and name != SOME and g is not None:
            claims[name] = g
        elif (name == SOME and g is not None) or isinstance(g, (list, tuple, dict)):
            left.append(g)
    open_ = {n: s for n, s in shapes.items() if n not in claims}
    fits = [
        g
        for g in left
        if isinstance(g, (list, tuple, dict)) or (np.ndim(g) and np.shape(g) in open_.values())
    ]
    more, rest = _by_shape(fits, open_)
    return more | claims, rest


def _groups(shapes: Shapes) -> dict[str, list[str]]:
    """Names such as weights[0], weights[1] by what stands before the bracket."""
    found: dict[str, list[str]] = {}
    for name in shapes:
        head = re.match(r"(.*?)\[", name)
        if head is not None:
            found.setdefault(head[1], []).append(name)
    return found


def _group(name: str, parts: Sequence[Any], shapes: Shapes) -> dict[str, Any]:
    """A list of arrays that are the gradients of one list of parameters: by name and length."""
    groups = _groups(shapes)
    head = gradient_of(name, list(groups))
    own = groups.get(head, [])
    return dict(zip(own, parts, strict=True)) if len(own) == len(parts) else {}


def _all_fit(parts: Sequence[Any], shapes: Sequence[tuple[int, ...]]) -> bool:
    """Whether each has the shape of another parameter."""
    left = list(shapes)
    for g in parts:
        if np.shape(g) not in left:
            return False
        left.remove(np.shape(g))
    return True


def _by_shape(parts: Sequence[Any], shapes: Shapes) -> tuple[dict[str, Any], list[str]]:
    """Lists that have the shapes of a list of parameters are its gradients; then what has the shape
    of one parameter, in order; then what is left, in order."""
    claims: dict[str, Any] = {}
    flat: list[Any] = []
    groups = _groups(shapes)
    for part in parts:
        if isinstance(part, dict):
            claims |= _of_dict(part, {n: s for n, s in shapes.items() if n not in claims})[0]
            continue
        if not isinstance(part, (list, tuple)):
            flat.append(part)
            continue
        free = [g for g in groups.values() if not set(g) & set(claims) and len(g) == len(part)]
        own = next(
            (
                g
                for g in free
                if all(np.shape(a) == shapes[n] for a, n in zip(part, g, strict=True))
            ),
            None,
        )
        if own is None and not _all_fit(part, [s for n, s in shapes.items() if n not in claims]):
            own = next(
                (g for g in groups.values() if not set(g) & set(claims) and len(g) == len(part)),
                None,
            )
        if own is not None:
            claims |= dict(zip(own, part, strict=True))
        else:
            flat += part
    rest: list[Any] = []
    for g in flat:
        if g is None:
            continue
        fits = [n for n, s in shapes.items() if n not in claims and np.shape(g) == s]
        if fits:
            claims[fits[0]] = g
        else:
            rest.append(g)
    unclaimed = [n for n in shapes if n not in claims]
    if len(rest) == len(unclaimed):
        return claims | dict(zip(unclaimed, rest, strict=True)), []
    return claims, [f"an array {list(np.shape(g))}" for g in rest]
