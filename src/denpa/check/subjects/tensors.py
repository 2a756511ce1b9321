"""Functions of tensors, with a framework's engine or a Function's own rule for the derivative.

What is common to a module and to a Function: arguments that are floats become named arrays, the
others stay as they are, and what comes out becomes one array.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import numpy as np

from denpa.check.frameworks.base import Framework, joined, outputs, patched
from denpa.check.remarks import Remark
from denpa.check.subject import Subject, Values
from denpa.core.errors import ArgumentError
from denpa.words import say


class Tensors(Subject):
    """A function of tensors. `arguments` are those of the call: arrays, tensors, lists of numbers
    and whatever else it takes; those of floats are differentiated.

    Attributes: `slots`, the name of each argument that is differentiated, by position; `said`, what
    was done to the numbers; `dtype`, in which the call computes.
    """

    said: tuple[Remark, ...] = ()
    dtype = "float64"

    def __init__(
        self, framework: Framework, arguments: Sequence[Any], names: Sequence[str], title: str
    ) -> None:
        self.framework, self.title = framework, title
        self.values: dict[str, np.ndarray] = {}
        self.slots: dict[int, str] = {}
        self.constants: list[Any] = []
        for k, given in enumerate(arguments):
            array = _array(framework, given)
            if array is None or array.dtype.kind != "f":
                self.constants.append(given if array is None else _Whole(array))
                continue
            name = names[k] if k < len(names) else f"x{k}"
            self.constants.append(None)
            self.slots[k] = name
            self.values[name] = array.astype(np.float64)
        self.inputs = tuple(self.slots.values())

    def kind(self, values: Values) -> str:
        """The dtype to compute in: float32 where that is what the arrays are, to see what precision
        alone costs."""
        single = bool(values) and all(np.asarray(a).dtype == np.float32 for a in values.values())
        return "float32" if single else self.dtype

    def arguments(self, values: Values) -> list[Any]:
        """The arguments of the call as tensors."""
        made, kind = [], self.kind(values)
        for k, held in enumerate(self.constants):
            if k in self.slots:
                made.append(self.framework.tensor(np.asarray(values[self.slots[k]]).astype(kind)))
            else:
                made.append(self.framework.tensor(held.array) if isinstance(held, _Whole) else held)
        return made

    def one(self, result: Any, what: str = "it") -> Any:
        """What a call returned as one tensor.

        Errors: ArgumentError where it holds no floats.
        """
        parts = outputs(self.framework, result)
        if not parts:
            kind = getattr(result, "dtype", None) or type(result).__name__
            raise ArgumentError(
                say(
                    "{title}: {what} returned {kind}, and a derivative needs a tensor of floats "
                    "(or a tuple, list or dict that holds some)",
                    title=self.title,
                    what=what,
                    kind=kind,
                )
            )
        return joined(self.framework, parts)

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        return list(self.said)

    def depends(self, name: str, values: Values) -> bool:
        """Whether the output changes when an array does."""
        rng = np.random.default_rng(3)
        a = np.asarray(values[name])
        other = {**values, name: a + 0.1 * rng.standard_normal(a.shape)}
        return not np.array_equal(self.forward(values), self.forward(other), equal_nan=True)

    def known(self, values: Values, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims without those that are None, where None is wrong; else they are zeros."""
        for name in [n for n, g in claims.items() if g is None]:
            del claims[name]
            if not self.depends(name, values):
                claims[name] = np.zeros(np.shape(values[name]))
        return claims


class _Whole:
    """An array of whole numbers, or of booleans: an argument without a derivative."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array


def _array(framework: Framework, given: Any) -> np.ndarray | None:
    if isinstance(given, np.ndarray):
        return given
    if isinstance(given, framework.Tensor):
        return framework.array(given)
    if isinstance(given, np.generic):
        return np.asarray(given)
    if isinstance(given, list) and given:
        try:
            found = np.asarray(given)
        except ValueError:
            return None
        return found if found.dtype.kind in "fiub" else None
    return None


def names_of(f: Callable[..., Any], n: int, skip: int = 0) -> list[str]:
    """What a function calls its first n arguments; `input` is called x.

    >>> names_of(lambda input, w: None, 2)
    ['x', 'w']
    """
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        parameters: Iterable[inspect.Parameter] = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        parameters = ()
    found = [p.name for p in parameters if p.kind in kinds][skip:]
    found += [f"x{k}" for k in range(len(found), n)] if n > 1 else ["x"]
    return ["x" if name in ("input", "args", "x0") else name for name in found[:n]]


@contextmanager
def recorded(framework: Framework, calls: list[tuple[Any, tuple[Any, ...]]]) -> Iterator[None]:
    """Write down each call of a Function: the class and the arguments, copied."""

    def watching(cls: Any, forward: Callable[..., Any], skip: int) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            calls.append((cls, tuple(_kept(framework, x) for x in given[skip:])))
            return forward(*given, **named)

        return watched

    # All are read before the first is changed: a forward may be inherited from another of them.
    methods = [
        (cls, cls.forward, 0 if framework.splits(cls) else 1) for cls in framework.functions()
    ]
    with _all(patched(c, "forward", watching(c, method, skip)) for c, method, skip in methods):
        yield


@contextmanager
def _all(contexts: Iterable[AbstractContextManager[None]]) -> Iterator[None]:
    with ExitStack() as stack:
        for c in contexts:
            stack.enter_context(c)
        yield


def _kept(framework: Framework, x: Any) -> Any:
    return framework.array(x) if isinstance(x, framework.Tensor) else x
