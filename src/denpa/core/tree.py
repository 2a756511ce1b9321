"""Nested tuples, lists and dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves(tree: Any) -> Iterator[Any]:
    """All that is no tuple, list or dict, in order; the values of dicts in the order of the dict.

    >>> list(leaves([1, {"b": (2, 3), "a": 4}, []]))
    [1, 2, 3, 4]
    """
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, (tuple, list)):
        for part in tree:
            yield from leaves(part)
    else:
        yield tree


def mapped(tree: Any, f: Callable[[Any], Any]) -> Any:
    """The same nest with `f` of each of its leaves, called in their order.

    Tuples and lists keep their classes, those with named fields too; all dicts become plain ones.

    >>> mapped([1, {"b": (2, 3)}], str)
    ['1', {'b': ('2', '3')}]
    """
    if isinstance(tree, dict):
        return {key: mapped(part, f) for key, part in tree.items()}
    if isinstance(tree, (tuple, list)):
        parts = [mapped(part, f) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return f(tree)
