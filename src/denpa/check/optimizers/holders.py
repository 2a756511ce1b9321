"""In what people keep their parameters and gradients: arrays, dictionaries, lists, layers,
objects with a gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from denpa.check.optimizers.names import is_bias, pairs
from denpa.check.optimizers.reading import UpdateCode

Arrays = dict[str, np.ndarray]
Shapes = dict[str, tuple[int, ...]]
_PLAIN: Shapes = {"W": (4, 3), "b": (3,), "V": (2, 3)}
_ROWS: Shapes = {"W1": (4, 3), "b1": (3,), "W2": (3, 2), "b2": (2,)}
_COLUMNS: Shapes = {"W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1)}


class Holder:
    """Parameters and gradients, kept in one manner."""

    each = False  # it is called with one after the other
    shapes = _PLAIN

    def __init__(self, start: Arrays, code: UpdateCode | None) -> None:
        self.names = list(start)
        self.code = code
        self.arrays: dict[str, Any] = {n: a.copy() for n, a in start.items()}
        self.grads: dict[str, Any] = {}

    @classmethod
    def shaped(cls, code: UpdateCode | None) -> Shapes:
        """Parameters that code of this kind can be run with."""
        return cls.shapes

    def give(self, grads: Mapping[str, Any]) -> None:
        """Set the gradients."""
        self.grads = dict(grads)

    def calls(self) -> list[dict[str, Any]]:
        """What to call with, by role: once, or once for each parameter."""
        raise NotImplementedError

    def state(self, k: int) -> Any:
        """A state of zeros for the call number k."""
        return None

    def take(self, k: int, result: Any) -> bool:
        """Whether what the call number k returned is the new parameters; then they are kept."""
        return False

    def read(self) -> dict[str, Any]:
        """The parameters as they are."""
        return self.arrays


class Single(Holder):
    """step(w, dw), one parameter after the other."""

    each = True

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [
            {"param": self.arrays[n], "grad": self.grads[n], "grad_fn": self.grads[n], "name": n}
            for n in self.names
        ]

    def state(self, k: int) -> Any:
        """See `Holder`."""
        return np.zeros_like(self.arrays[self.names[k]])

    def take(self, k: int, result: Any) -> bool:
        """See `Holder`."""
        if result is not None:
            self.arrays[self.names[k]] = result
        return result is not None


class Added(Single):
    """direction(grad): what is returned is added to the parameter."""

    sign = 1.0

    def take(self, k: int, result: Any) -> bool:
        """See `Holder`."""
        if result is not None:
            a = self.arrays[self.names[k]]
            self.arrays[self.names[k]] = a + self.sign * np.asarray(result)
        return result is not None


class Subtracted(Added):
    """direction(grad): what is returned is subtracted from the parameter."""

    sign = -1.0


class Dicts(Holder):
    """update(params, grads), with the same keys."""

    prefix = ""
    shapes = _ROWS

    @classmethod
    def shaped(cls, code: UpdateCode | None) -> Shapes:
        """See `Holder`."""
        keys = code.keys() if code is not None else set()
        third: Shapes = {"W3": (2, 2), "b3": (2,)} if {"W3", "b3"} & keys else {}
        return cls.shapes | third

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [
            {"params": self.arrays, "grads": {self.prefix + n: self.grads[n] for n in self.names}}
        ]

    def state(self, k: int) -> Any:
        """See `Holder`."""
        return {self.prefix + n: np.zeros_like(self.arrays[n]) for n in self.names}

    def take(self, k: int, result: Any) -> bool:
        """See `Holder`."""
        if isinstance(result, dict) and set(self.names) <= set(result):
            self.arrays = result
            return True
        return False

    def read(self) -> dict[str, Any]:
        """See `Holder`."""
        return {n: self.arrays[n] for n in self.names}


class Keyed(Dicts):
    """update(parameters, grads), with grads["dW1"] beside parameters["W1"]."""

    prefix = "d"
    shapes = _COLUMNS


class Lists(Holder):
    """update(params, grads), lists in one order."""

    def __init__(self, start: Arrays, code: UpdateCode | None) -> None:
        super().__init__(start, code)
        self.list: Any = list(self.arrays.values())

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"params": self.list, "grads": list(self.grads.values())}]

    def state(self, k: int) -> Any:
        """See `Holder`."""
        return [np.zeros_like(a) for a in self.list]

    def take(self, k: int, result: Any) -> bool:
        """See `Holder`."""
        if not isinstance(result, (list, tuple)) or len(result) != len(self.names):
            return False
        if any(isinstance(x, (list, tuple, dict)) for x in result):
            return False
        self.list = list(result)
        return True

    def read(self) -> dict[str, Any]:
        """See `Holder`."""
        return dict(zip(self.names, self.list, strict=True))


class GradientPairs(Lists):
    """apply_gradients(grads_and_vars): pairs, in either order."""

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        grads = self.grads.values()
        return [
            {
                "grads_and_vars": list(zip(grads, self.list, strict=True)),
                "params_and_grads": list(zip(self.list, grads, strict=True)),
            }
        ]


class Beside(Holder):
    """update(w, b, dw, db): each with its gradient as an argument of its own."""

    @classmethod
    def shaped(cls, code: UpdateCode | None) -> Shapes:
        """See `Holder`."""
        assert code is not None
        weights: list[tuple[int, ...]] = [(4, 3), (2, 3), (3, 2), (5, 2)]
        biases: list[tuple[int, ...]] = [(6,), (7,), (8,), (9,)]
        return {
            n: (biases if is_bias(n) else weights)[k % 4]
            for k, n in enumerate(pairs(code.arguments()))
        }

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        assert self.code is not None
        found = pairs(self.code.arguments())
        return [{n: self.arrays[n] for n in found} | {g: self.grads[n] for n, g in found.items()}]

    def take(self, k: int, result: Any) -> bool:
        """See `Holder`."""
        if isinstance(result, (list, tuple)) and len(result) >= len(self.names):
            self.arrays = dict(zip(self.names, result, strict=False))
            return True
        if len(self.names) == 1 and isinstance(result, np.ndarray):
            self.arrays = {self.names[0]: result}
            return True
        return False


# Called as the users' own class and nn's: their optimizers meet it, and what Python says of it
# ("object of type 'Parameter' has no len()") has to tell them of a parameter.
class Parameter:
    """A parameter as people write it who write the rest themselves: .data and .grad."""

    boxed = False  # the gradient is such an object, too

    def __init__(self, data: Any) -> None:
        self.data = data
        self.grad: Any = np.zeros_like(data)
        self.requires_grad = self.trainable = True

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the data."""
        return np.shape(self.data)

    def __getattr__(self, name: str) -> Any:
        own = _HANDLE.get(name)
        if own is None:
            raise AttributeError(f"'Parameter' object has no attribute {name!r}")
        return getattr(self, own)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(_HANDLE.get(name, name), value)

    def zero_grad(self) -> None:
        """Set the gradient to zero."""
        self.grad = np.zeros_like(self.data)


class Boxed(Parameter):
    """A parameter whose gradient is an object with .data, too."""

    boxed = True


# What other names the value and the gradient have.
_HANDLE = dict.fromkeys(("value", "val", "w", "array", "tensor", "values"), "data") | dict.fromkeys(
    ("gradient", "g", "dw", "diff", "d", "gradients", "derivative", "delta"), "grad"
)


def give(p: Parameter, g: np.ndarray) -> None:
    """Set a parameter's gradient."""
    p.grad = Parameter(g) if p.boxed else g


class Objects(Holder):
    """step(params): objects with .data and .grad."""

    made: type[Parameter] = Parameter

    def __init__(self, start: Arrays, code: UpdateCode | None) -> None:
        super().__init__(start, code)
        self.list = [self.made(a) for a in self.arrays.values()]

    def give(self, grads: Mapping[str, Any]) -> None:
        """See `Holder`."""
        self.grads = dict(grads)
        for p, g in zip(self.list, grads.values(), strict=True):
            give(p, g)

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"params": self.list}]

    def state(self, k: int) -> Any:
        """See `Holder`."""
        return [np.zeros_like(p.data) for p in self.list]

    def read(self) -> dict[str, Any]:
        """See `Holder`."""
        return {n: p.data for n, p in zip(self.names, self.list, strict=True)}


class BoxedObjects(Objects):
    """step(params): objects with .data and .grad.data."""

    made = Boxed


class One(Objects):
    """update_one(param): an object with .data and .grad."""

    each = True

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"param": p, "name": n} for n, p in zip(self.names, self.list, strict=True)]

    def state(self, k: int) -> Any:
        """See `Holder`."""
        return np.zeros_like(self.list[k].data)


class Graded(np.ndarray):
    """An array with a gradient."""

    grad: Any = None


class WithGradient(Objects):
    """sgd(params): arrays that have .grad."""

    def __init__(self, start: Arrays, code: UpdateCode | None) -> None:
        Holder.__init__(self, start, code)
        self.list = [a.view(Graded) for a in self.arrays.values()]

    def read(self) -> dict[str, Any]:
        """See `Holder`."""
        return {n: np.asarray(p) for n, p in zip(self.names, self.list, strict=True)}

    def give(self, grads: Mapping[str, Any]) -> None:
        """See `Holder`."""
        self.grads = dict(grads)
        for p, g in zip(self.list, grads.values(), strict=True):
            p.grad = g

    def state(self, k: int) -> Any:
        """See `Holder`."""
        wide = 1 if self.code is None else self.code.unpacked()
        empty = [np.zeros_like(np.asarray(p)) for p in self.list]
        return empty if wide == 1 else [tuple(a.copy() for _ in range(wide)) for a in empty]
