"""Paths of attributes, and the modules, parameters and buffers of a network that they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def modules_under(
    root: Any, seen: set[int], prefix: str, remove_duplicate: bool
) -> Iterator[tuple[str, Any]]:
    """A module and all below it, with their paths, the outer before the inner."""
    stack: list[tuple[str, Any]] = [(prefix, root)]
    while stack:
        path, module = stack.pop()
        if remove_duplicate:
            if id(module) in seen:
                continue
            seen.add(id(module))
        yield path, module
        below = [
            (f"{path}.{name}" if path else name, m)
            for name, m in module._modules.items()
            if m is not None
        ]
        stack.extend(reversed(below))


def tensors_under(
    root: Any, kind: str, prefix: str, recurse: bool, remove_duplicate: bool
) -> Iterator[tuple[str, Any]]:
    """The parameters or buffers of a module and, with `recurse`, of all below it, with their
    paths."""
    seen: set[int] = set()
    walk = (
        root.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        if recurse
        else [(prefix, root)]
    )
    for path, module in walk:
        for name, x in module.__dict__[kind].items():
            if x is None or (remove_duplicate and id(x) in seen):
                continue
            seen.add(id(x))
            yield f"{path}.{name}" if path else name, x


def module_at(root: Any, target: str) -> Any:
    """The module at a path; the empty path is the module itself."""
    module = root
    for name in target.split(".") if target else ():
        below = module._modules.get(name)
        if below is None:
            known = ", ".join(module._modules) or "none"
            raise AttributeError(
                f"{type(module).__name__} has no module {name!r} (of the path {target!r}); "
                f"its modules: {known}"
            )
        module = below
    return module
