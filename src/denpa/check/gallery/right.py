"""Right layers in many circumstances: the checker must call none of them wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from denpa.check.gallery.form import EXHIBITS, built, compiled

Case = tuple[str, Any, tuple[Any, ...]]


def all_right(seeds: range = range(3)) -> Iterator[Case]:
    """Right layers: several random numbers, scales, float32, kinks, odd memory, great depth."""
    for layer in EXHIBITS:
        for seed in seeds:
            yield (f"{layer} {seed}", *built(layer, seed=seed))
        yield from _circumstances(layer)
    yield from _special()


def _circumstances(layer: str) -> Iterator[Case]:
    obj, (x, *rest) = built(layer, seed=7)
    if x.dtype.kind == "f":
        for scale in EXHIBITS[layer].scales:
            yield f"{layer} scaled by {scale:g}", built(layer, seed=7)[0], (scale * x, *rest)
        strided = np.empty((*x.shape[:-1], 2 * x.shape[-1]))[..., ::2]
        strided[...] = x
        yield f"{layer} strided", obj, (strided, *rest)
        yield f"{layer} in Fortran order", built(layer, seed=7)[0], (np.asfortranarray(x), *rest)
    single = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in (x, *rest)]
    yield f"{layer} in float32", _in_single(built(layer, seed=7)[0]), tuple(single)


def _in_single(obj: Any) -> Any:
    """The same object with parameters of float32."""
    if isinstance(obj, np.ndarray):
        return obj.astype(np.float32) if obj.dtype.kind == "f" else obj
    if isinstance(obj, list):
        obj[:] = [_in_single(a) for a in obj]
    elif isinstance(obj, dict):
        obj.update({k: _in_single(a) for k, a in obj.items()})
    elif hasattr(obj, "__dict__"):
        vars(obj).update({name: _in_single(held) for name, held in vars(obj).items()})
    return obj


class Chain:
    """Layers one after the other."""

    def __init__(self, layers: list[Any]) -> None:
        self.layers = layers

    def forward(self, x: Any) -> Any:
        """All of them."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout: Any) -> Any:
        """All of them, from the last."""
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


class SinglePrecision:
    """A layer whose output is float32."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    def forward(self, x: Any) -> Any:
        """In float32."""
        return np.asarray(self.layer.forward(np.asarray(x, np.float32)), np.float32)

    def backward(self, dout: Any) -> Any:
        """In float32."""
        return np.asarray(self.layer.backward(np.asarray(dout, np.float32)), np.float32)


class InPlaceRelu:
    """A layer as a well-known textbook writes it: the arrays are changed and handed on."""

    def forward(self, x: Any) -> Any:
        """max(x, 0)."""
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout: Any) -> Any:
        """In the array that was given."""
        dout[self.mask] = 0
        return dout


def _special() -> Iterator[Case]:
    rng = np.random.default_rng(11)

    def make(layer: str, *init: Any) -> Any:
        return compiled(layer)(*init)

    whole = np.round(2 * rng.standard_normal((4, 5)))  # many zeros, many equal numbers
    for layer in ("Relu", "HardTanh", "MaxOverFeatures"):
        yield f"{layer} on its kinks", make(layer), (whole,)
    yield "LeakyRelu on its kinks", make("LeakyRelu", 0.1), (whole,)
    yield "MaxPooling with ties", make("MaxPooling"), (np.round(rng.random((1, 2, 4, 4)) * 2),)
    yield "OverlappingMax with ties", make("OverlappingMax"), (np.round(rng.random((2, 9)) * 2),)
    yield "Lasso at zero", make("Lasso", np.zeros((4, 2))), (np.ones((3, 4)), np.ones((3, 2)))
    for layer in ("Sigmoid", "Tanh", "Softplus", "Swish"):
        yield f"{layer} saturated", make(layer), (40 * rng.standard_normal((3, 4)),)
        yield (
            f"{layer} in a chain of 50",
            Chain([make(layer) for _ in range(50)]),
            (rng.standard_normal((2, 3)),),
        )
    deep: list[Any] = []
    for _ in range(25):
        W = np.linalg.qr(rng.standard_normal((3, 3)))[0]
        deep += [make("Affine", W, 0.1 * rng.standard_normal(3)), make("Tanh")]
    yield "25 times Affine and Tanh", Chain(deep), (rng.standard_normal((2, 3)),)
    one: dict[str, Callable[[], Any]] = {
        "Affine": lambda: make("Affine", np.ones((4, 3)), np.ones(3)),
        "Softmax": lambda: make("Softmax"),
        "LayerNorm": lambda: make("LayerNorm", np.ones(4), np.ones(4)),
        "Rnn": lambda: make("Rnn", np.ones((4, 2)), np.ones((2, 2)), np.ones(2)),
    }
    for layer, build in one.items():
        x = rng.standard_normal((1, 3, 4) if layer == "Rnn" else (1, 4))
        yield f"{layer} with a batch of 1", build(), (x,)
    yield (
        "BatchNorm with a batch of 2",
        make("BatchNorm", np.ones(3), np.ones(3)),
        (rng.standard_normal((2, 3)),),
    )
    for layer in ("Sigmoid", "Tanh", "Relu", "Softplus", "Swish", "Gelu", "Elu", "Softmax"):
        yield (
            f"{layer} computing in float32",
            SinglePrecision(make(layer)),
            (rng.standard_normal((3, 4)),),
        )
    yield "Relu in place", InPlaceRelu(), (rng.standard_normal((4, 3)),)
    for layer in ("Affine", "ScaleShift", "BatchNorm"):
        obj, given = built(layer, seed=3)
        yield f"{layer} computing in float32", SinglePrecision(obj), given
