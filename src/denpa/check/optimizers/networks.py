"""Layers and networks in which people keep their parameters and gradients."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from denpa.check.optimizers.holders import Arrays, Boxed, Dicts, Holder, Objects, Parameter, Shapes
from denpa.check.optimizers.names import is_bias, pairs
from denpa.check.optimizers.reading import UpdateCode

_LAYERS: Shapes = {"0.W": (4, 3), "0.b": (1, 3), "1.W": (3, 2), "1.b": (1, 2)}


class Layers(Holder):
    """update(layers): objects with weights and their gradients, by the names that the code has."""

    shapes = _LAYERS
    dicts = ("params", "parameters", "weights"), ("grads", "gradients", "d_params")

    def __init__(self, start: Arrays, code: UpdateCode | None) -> None:
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
    def shaped(cls, code: UpdateCode | None) -> Shapes:
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


class SingleLayer(Layers):
    """update(layer), one after the other."""

    each = True

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"layer": layer, "name": k} for k, layer in enumerate(self.layers)]


class ModelObjects(Objects):
    """update(model): a network whose parameters have .data and .grad."""

    made: type[Parameter] = Boxed

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


class PlainNetwork(ModelObjects):
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


class Flat(Holder):
    """update(model): an object with W1 and dW1 and so on as attributes."""

    @classmethod
    def shaped(cls, code: UpdateCode | None) -> Shapes:
        """See `Holder`."""
        found = pairs(set() if code is None else code.attributes())
        return {n: (5 + k,) if is_bias(n) else (4 + k, 3) for k, n in enumerate(found)}

    def __init__(self, start: Arrays, code: UpdateCode | None) -> None:
        super().__init__(start, code)
        self.pairs = pairs(set() if code is None else code.attributes())
        self.net = SimpleNamespace(**self.arrays)

    def give(self, grads: Mapping[str, Any]) -> None:
        """See `Holder`."""
        for n, g in grads.items():
            setattr(self.net, self.pairs[n], g)

    def calls(self) -> list[dict[str, Any]]:
        """See `Holder`."""
        return [{"model": self.net}]

    def read(self) -> dict[str, Any]:
        """See `Holder`."""
        return {n: getattr(self.net, n) for n in self.names}
