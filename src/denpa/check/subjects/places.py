"""Where an object keeps its arrays: attributes, entries of lists and dicts, and those of the
objects that it holds; which of them are parameters, and where their gradients are."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.argument_roles import bare, gradient_names

Path = tuple[tuple[str, Any], ...]  # of ("attribute", name) and ("item", key)

_DEPTH = 9
_GRADIENTS = (
    "grads",
    "gradients",
    "grad",
    "gradient",
    "dparams",
    "dparameters",
    "derivatives",
    "gradientdict",
    "paramsgrads",
    "dweights",
    "nabla",
    "g",
)
_STORES = ("params", "parameters", "param", "weights", "theta", "variables", "p")


def floats(x: Any) -> bool:
    """An array of floats, a float, or lists of floats, all of one length."""
    if isinstance(x, list) and x:
        alike = not isinstance(x[0], list) or len({len(a) for a in x if isinstance(a, list)}) == 1
        return not isinstance(x[0], np.ndarray) and alike and all(map(floats, x))
    real = isinstance(x, float) and not isinstance(x, np.generic)
    return real or (isinstance(x, (np.ndarray, np.floating)) and x.dtype.kind == "f")


def attributes(x: Any) -> dict[str, Any]:
    """What an object holds: in its dict, in slots, and behind properties."""
    found = dict(getattr(x, "__dict__", {}))
    for cls in type(x).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        names = [slots] if isinstance(slots, str) else list(slots)
        names += [n for n, held in vars(cls).items() if isinstance(held, property)]
        for name in names:
            try:
                found.setdefault(name, getattr(x, name))
            except Exception:  # not set yet, or the property's own
                continue
    return found


def is_object(x: Any) -> bool:
    """An object of somebody's class, into which it is looked."""
    module = type(x).__module__.partition(".")[0]
    plain = inspect.isclass(x) or inspect.ismodule(x) or inspect.isroutine(x)
    held = hasattr(x, "__dict__") or hasattr(type(x), "__slots__")
    return held and not plain and module not in ("numpy", "builtins", "collections", "random")


def leaves(x: Any) -> Iterator[tuple[Path, Any]]:
    """Every array of floats, float or list of floats that an object holds, once each."""
    # Not those of `core.tree`: here attributes hold them too, and a list of floats is one of them.
    yield from _leaves(x, (), set(), _DEPTH)


def _leaves(x: Any, at: Path, seen: set[int], depth: int) -> Iterator[tuple[Path, Any]]:
    if id(x) in seen or not depth:
        return
    if floats(x):
        if not isinstance(x, float):
            seen.add(id(x))
        yield at, x
    elif isinstance(x, (dict, list, tuple)):
        seen.add(id(x))
        held = x.items() if isinstance(x, dict) else enumerate(x)
        for key, inner in list(held):
            yield from _leaves(inner, (*at, ("item", key)), seen, depth - 1)
    elif is_object(x):
        seen.add(id(x))
        for name, inner in attributes(x).items():
            yield from _leaves(inner, (*at, ("attribute", name)), seen, depth - 1)


def read(x: Any, path: Path) -> Any:
    """What lies there. Errors: LookupError, AttributeError where nothing does."""
    for kind, key in path:
        x = getattr(x, key) if kind == "attribute" else x[key]
    return x


def put(x: Any, path: Path, value: Any) -> None:
    """Put something there."""
    *above, (kind, key) = path
    held = read(x, tuple(above))
    if kind == "attribute":
        setattr(held, key, value)
    elif isinstance(held, tuple):
        put(x, tuple(above), tuple(value if k == key else a for k, a in enumerate(held)))
    else:
        held[key] = value


@dataclass(frozen=True)
class ParameterPlace:
    """A parameter of an object, and where its gradient is after backward (None: not known)."""

    path: Path
    gradients: Path | None = None

    def read(self, x: Any) -> Any:
        """The parameter."""
        return read(x, self.path)

    def there(self, x: Any) -> bool:
        """Whether an object has it."""
        try:
            self.read(x)
        except (LookupError, AttributeError, TypeError):
            return False
        return True

    def write(self, x: Any, array: np.ndarray) -> None:
        """Put numbers in its place; as a list where one was there, in place in an array that other
        attributes may be, too."""
        old = self.read(x)
        alike = isinstance(old, np.ndarray) and (old.dtype, old.shape) == (array.dtype, array.shape)
        if alike and old.flags.writeable:
            old[...] = array
            return
        listed = isinstance(old, (list, float)) and not isinstance(old, np.generic)
        put(x, self.path, array.tolist() if listed else array)

    def gradient(self, x: Any) -> Any:
        """Its gradient, or None."""
        try:
            return None if self.gradients is None else read(x, self.gradients)
        except (LookupError, AttributeError, TypeError):
            return None


def named(path: Path, whole: bool = False) -> str:
    """A path as it is told: a parameter by its own name, one of a held layer with the layer's; with
    `whole`, an entry of a dict with the dict's.

    >>> named((("attribute", "params"), ("item", "W1"))), named((("attribute", "W"),))
    ('W1', 'W')
    >>> named((("attribute", "layers"), ("item", 0), ("attribute", "W")))
    'layers[0].W'
    """
    keyed = len(path) == 2 and path[1][0] == "item" and isinstance(path[1][1], str) and not whole
    if keyed and bare(str(path[0][1])) not in _GRADIENTS:
        return str(path[1][1])
    text = ""
    for kind, key in path:
        if kind == "attribute":
            name = key.lstrip("_") or key
            text += f".{name}" if text else name
        else:
            text += f"[{key!r}]"
    return text


def partner(x: Any, path: Path) -> Path | None:
    """Where the gradient of the parameter at `path` is, if a name says so: dW beside W, grads["W"]
    or grads["dW"] beside params["W"], dweights[0] beside weights[0]."""
    for k in range(len(path) - 1, -1, -1):  # which step of the path is called otherwise
        above, (kind, key), rest = path[:k], path[k], path[k + 1 :]
        try:
            held = read(x, above)
        except (LookupError, AttributeError, TypeError):
            continue
        siblings = _held(held)
        if isinstance(key, str):
            names = gradient_names(key)
            if rest:
                names += [g for g in _GRADIENTS if bare(key) in _STORES or _only(siblings, key)]
                names += [n for n in ("d", "dp") if isinstance(siblings.get(n), dict)]
            for name in sorted(
                (n for n in siblings if n != key and bare(str(n)) in names),
                key=lambda n: names.index(bare(str(n))),
            ):
                if (found := _reached(x, (*above, (kind, name)), rest)) is not None:
                    return found
            lone = [n for n in siblings if bare(str(n)) in ("grad", "gradient")]
            if not rest and len(lone) == 1 and _alone(siblings, key, lone[0]):
                return (*above, (kind, lone[0]))
        # In a dict of gradients beside: self.grads["W"] of self.W.
        stores = [n for n in siblings if bare(str(n)) in _GRADIENTS and n != key]
        for store in stores if isinstance(key, str) else ():
            inside = (*above, (_kind(held), store))
            if (found := _reached(x, inside, (("item", key), *rest))) is not None:
                return found
    return None


def _only(siblings: Mapping[Any, Any], key: Any) -> bool:
    """Whether it is the one list or dict of arrays, gradients aside."""
    own = [
        n
        for n, h in siblings.items()
        if isinstance(h, (list, dict, tuple))
        and bare(str(n)) not in _GRADIENTS
        and any(floats(a) for a in _held(h).values())
    ]
    return own == [key]


def _alone(siblings: Mapping[Any, Any], key: str, gradient: str) -> bool:
    """Whether it is the one parameter beside something called grad, of its shape."""
    own = [n for n, x in siblings.items() if isinstance(x, np.ndarray) and floats(x)]
    return set(own) == {key, gradient} and np.shape(siblings[key]) == np.shape(siblings[gradient])


def _held(x: Any) -> dict[Any, Any]:
    if isinstance(x, dict):
        return dict(x)
    if isinstance(x, (list, tuple)):
        return dict(enumerate(x))
    return attributes(x)


def _kind(x: Any) -> str:
    return "item" if isinstance(x, (dict, list, tuple)) else "attribute"


def _reached(x: Any, start: Path, rest: Path) -> Path | None:
    """The path through `start` and `rest`, whose last names may be those of gradients."""
    at = start
    for kind, key in rest:
        try:
            held = _held(read(x, at))
        except (LookupError, AttributeError, TypeError):
            return None
        if key in held:
            at = (*at, (kind, key))
            continue
        names = gradient_names(key) if isinstance(key, str) else []
        near = [n for n in held if isinstance(n, str) and bare(n) in names]
        if not near:
            return None
        at = (*at, (kind, min(near, key=lambda n: names.index(bare(n)))))
    return at
