"""In what people keep their parameters and gradients: arrays, dictionaries, lists, layers,
objects with a gradient."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from denpa.check.rules.names import is_bias, pairs
from denpa.check.rules.reading import Code

Arrays = dict[str, np.ndarray]
Shapes = dict[str, tuple[int, ...]]
_PLAIN: Shapes = {"W": (4, 3), "b": (3,), "V": (2, 3)}
_KEYED: Shapes = {"W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1)}
_LAYERS: Shapes = {"0.W": (4, 3), "0.b": (1, 3), "1.W": (3, 2), "1.b": (1, 2)}


class Holder:
    """Parameters and gradients, kept in one manner."""

    each = False  # it is called with one after the other
    shapes = _PLAIN

    def __init__(self, start: Arrays, code: Code | None) -> None:
        self.names = list(start)
        self.code = code
        self.arrays: dict[str, Any] = {n: a.copy() for n, a in start.items()}
        self.grads: dict[str, Any] = {}

    @classmethod
    def shaped(cls, code: Code | None) -> Shapes:
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
        return [{"param": self.arrays[n], "grad": self.grads[n], "grad_fn": self.grads[n],
                 "name": n} for n in self.names]  # fmt: skip

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

    @classmethod
    def shaped(cls, code: Code | None) -> Shapes:
        """See `Holder`."""
        keys = code.keys() if code is not None else set()
        third = {"W3", "b3"} & keys
        return _KEYED | ({"W3": (3, 2), "b3": (3, 1)} if third else {})

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"params": self.arrays, "grads": {self.prefix + n: self.grads[n]
                                                  for n in self.names}}]  # fmt: skip

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


class Lists(Holder):
    """update(params, grads), lists in one order."""

    def __init__(self, start: Arrays, code: Code | None) -> None:
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


class Pairs(Lists):
    """apply_gradients(grads_and_vars): pairs, in either order."""

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        grads = self.grads.values()
        return [{"grads_and_vars": list(zip(grads, self.list, strict=True)),
                 "params_and_grads": list(zip(self.list, grads, strict=True))}]  # fmt: skip


class Beside(Holder):
    """update(w, b, dw, db): each with its gradient as an argument of its own."""

    @classmethod
    def shaped(cls, code: Code | None) -> Shapes:
        """See `Holder`."""
        assert code is not None
        weights: list[tuple[int, ...]] = [(4, 3), (2, 3), (3, 2), (5, 2)]
        biases: list[tuple[int, ...]] = [(3,), (2,), (4,), (5,)]
        return {n: (biases if is_bias(n) else weights)[k % 4]
                for k, n in enumerate(pairs(code.arguments()))}  # fmt: skip

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

    def __init__(self, start: Arrays, code: Code | None) -> None:
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

    def __init__(self, start: Arrays, code: Code | None) -> None:
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


class Layers(Holder):
    """update(layers): objects with weights and their gradients, by the names that the code has."""

    shapes = _LAYERS
    dicts = ("params", "parameters", "weights"), ("grads", "gradients", "d_params")

    def __init__(self, start: Arrays, code: Code | None) -> None:
        super().__init__(start, code)
        read = set() if code is None else code.attributes()
        found = pairs(read)
        asked = set() if code is None else code.keys()
        params = next((n for n in self.dicts[0] if n in read), "")
        grads = next((n for n in self.dicts[1] if n in read), "")
        self.dict = (params, grads) if params and grads and not set(found) - {params} else None
        weights = [n for n in found if not is_bias(n)] or list(found)
        biases = [n for n in found if is_bias(n)]
        self.own = [*weights[:1], *biases[:1]]
        self.pairs = found
        rest = read - {*found, *found.values(), *asked}
        self.layers = []
        for k in range(2):
            layer = SimpleNamespace(trainable=True, name=f"layer{k}")
            for own, a in zip(self._keys(), self._arrays(k), strict=False):
                self._put(layer, own, a)
                for n in rest:  # further attributes that go with it, such as vW
                    if n.endswith(own) and n != own:
                        setattr(layer, n, np.zeros_like(a))
            self._others(layer)
            self.layers.append(layer)

    def _others(self, layer: Any) -> None:
        """What else it may be asked for."""
        layer.params_and_grads = lambda: list(self._each(layer))
        layer.parameters = getattr(layer, "parameters", lambda: [p for p, _ in self._each(layer)])

    def _each(self, layer: Any) -> Any:
        for own in self._keys():
            yield self._get(layer, own), self._grad(layer, own)

    def _keys(self) -> list[str]:
        return ["W", "b"] if self.dict else self.own or ["W", "b"]

    def _arrays(self, k: int) -> list[Any]:
        return [a for n, a in self.arrays.items() if n.startswith(f"{k}.")]

    def _put(self, layer: Any, own: str, a: Any) -> None:
        if self.dict:
            vars(layer).setdefault(self.dict[0], {})[own] = a
            vars(layer).setdefault(self.dict[1], {})[own] = np.zeros_like(a)
        else:
            setattr(layer, own, a)

    def _get(self, layer: Any, own: str) -> Any:
        return getattr(layer, self.dict[0])[own] if self.dict else getattr(layer, own)

    def _grad(self, layer: Any, own: str) -> Any:
        if self.dict:
            return getattr(layer, self.dict[1])[own]
        return getattr(layer, self.pairs.get(own, f"d{own}"))

    def give(self, grads: Mapping[str, Any]) -> None:
        """See `Holder`."""
        self.grads = dict(grads)
        given = iter(grads.values())
        for layer in self.layers:
            for own in self._keys():
                g = next(given, None)
                if g is None:
                    continue
                if self.dict:
                    getattr(layer, self.dict[1])[own] = g
                else:
                    setattr(layer, self.pairs.get(own, f"d{own}"), g)

    @classmethod
    def shaped(cls, code: Code | None) -> Shapes:
        """See `Holder`."""
        found = pairs(set() if code is None else code.attributes())
        if len(found) == 1:  # weights alone
            return {n: s for n, s in _LAYERS.items() if n.endswith(".W")}
        return _LAYERS

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"layers": self.layers, "model": self.model()}]

    def model(self) -> Any:
        """A network of the layers."""
        net = SimpleNamespace(layers=self.layers)
        net.params_and_grads = lambda: [x for layer in self.layers for x in self._each(layer)]
        return net

    def read(self) -> dict[str, Any]:
        """See `Holder`."""
        values = [self._get(layer, own) for layer in self.layers for own in self._keys()]
        return dict(zip(self.names, values, strict=False))


class Layer(Layers):
    """update(layer), one after the other."""

    each = True

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"layer": layer, "name": k} for k, layer in enumerate(self.layers)]


class Network(Objects):
    """update(model): a network whose parameters have .data and .grad."""

    made = Boxed

    def model(self) -> Any:
        """The network."""
        asked = set() if self.code is None else self.code.called()
        net = SimpleNamespace(cleargrads=lambda: None, zero_grad=lambda: None)
        for name in ("params", "parameters", "get_parameters", "trainable_params"):
            called = name in asked or name != "params"
            setattr(net, name, (lambda: list(self.list)) if called else list(self.list))
        return net

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"model": self.model()}]


class PlainNetwork(Network):
    """update(model): the same, with plain gradients."""

    made = Parameter


class ModelDicts(Dicts):
    """update(model): a network with the dictionaries params and grads."""

    def model(self) -> Any:
        """The network."""
        grads = {self.prefix + n: g for n, g in self.grads.items()}
        net = getattr(self, "net", None)
        if net is None:
            net = self.net = SimpleNamespace(params=self.arrays)
        net.grads = net.gradients = grads
        return net

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"model": self.model()}]

    def read(self) -> dict[str, Any]:
        """See `Holder`."""
        return {n: self.model().params[n] for n in self.names}
