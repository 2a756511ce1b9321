"""The gallery of planted mistakes: right layers as textbooks write them, and each classic mistake
made in them by changing one line. `denpa check --self` demands that every one is named."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Mutant:
    """One line of a layer changed so that its gradient is wrong."""

    layer: str
    mistake: str
    name: str  # of the gradient that is wrong
    old: str
    new: str

    @property
    def title(self) -> str:
        """Its name on the command line: layer-mistake-gradient."""
        return f"{self.layer.lower()}-{self.mistake}-{self.name}"


def _rand(*shape: int) -> Callable[[np.random.Generator], Array]:
    return lambda rng: rng.standard_normal(shape)


@dataclass(frozen=True)
class Exhibit:
    """A right layer: its source, what to make it with, what to put in."""

    source: str
    init: tuple[Callable[[np.random.Generator], Any], ...]
    given: tuple[Callable[[np.random.Generator], Any], ...]


_AFFINE = """
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        dx = dout @ self.W.T
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dx
"""
_SIGMOID = """
class Sigmoid:
    def forward(self, x):
        self.x = x
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        dx = dout * self.y * (1 - self.y)
        return dx
"""
_TANH = """
class Tanh:
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        dx = dout * (1 - self.y**2)
        return dx
"""
_RELU = """
class Relu:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        dx = dout * self.mask
        return dx
"""
_BATCH_NORM = """
class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma = self.dbeta = None

    def forward(self, x):
        self.centred = x - x.mean(axis=0)
        self.std = np.sqrt((self.centred**2).mean(axis=0) + 1e-7)
        self.z = self.centred / self.std
        return self.gamma * self.z + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.z).sum(axis=0)
        dz = dout * self.gamma
        dx = (dz - dz.mean(axis=0) - self.z * (dz * self.z).mean(axis=0)) / self.std
        return dx
"""
_SOFTMAX_LOSS = """
class SoftmaxWithLoss:
    def forward(self, x, t):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p, self.t = e / e.sum(axis=1, keepdims=True), t
        return -np.sum(t * np.log(self.p)) / len(x)

    def backward(self, dout=1):
        dx = dout * (self.p - self.t) / len(self.t)
        return dx
"""
_SQUARES = """
class MeanSquaredError:
    def forward(self, x, t):
        self.d = x - t
        return np.mean(self.d**2)

    def backward(self, dout=1):
        dx = dout * 2 * self.d / self.d.size
        return dx
"""
_DROPOUT = """
class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > 0.5
        return x * self.mask / 0.5

    def backward(self, dout):
        dx = dout * self.mask / 0.5
        return dx
"""
_CONVOLUTION = """
class Convolution:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW = self.db = None

    def windows(self, x):
        return np.lib.stride_tricks.sliding_window_view(x, self.W.shape[2:], (2, 3))

    def forward(self, x):
        self.x = x
        y = np.einsum("nchwij,ocij->nohw", self.windows(x), self.W)
        return y + self.b[:, None, None]

    def backward(self, dout):
        self.db = dout.sum(axis=(0, 2, 3))
        self.dW = np.einsum("nchwij,nohw->ocij", self.windows(self.x), dout)
        dx = np.zeros_like(self.x)
        for i in range(self.W.shape[2]):
            for j in range(self.W.shape[3]):
                h, w = dout.shape[2:]
                here = np.einsum("nohw,oc->nchw", dout, self.W[:, :, i, j])
                dx[:, :, i : i + h, j : j + w] += here
        return dx
"""
_RESIDUAL = """
class Residual:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x):
        self.x = x
        return np.tanh(x @ self.W) + x

    def backward(self, dout):
        d = dout * (1 - np.tanh(self.x @ self.W) ** 2)
        self.dW = self.x.T @ d
        dx = d @ self.W.T + dout
        return dx
"""
_PENALISED = """
class PenalisedLoss:
    def __init__(self, W):
        self.W = W
        self.dW = None

    def forward(self, x, t):
        self.x, self.d = x, x @ self.W - t
        return 0.5 * np.sum(self.d**2) + 0.5 * 0.1 * np.sum(self.W**2)

    def backward(self, dout=1):
        self.dW = self.x.T @ self.d + 0.1 * self.W
        dx = self.d @ self.W.T
        return dx
"""

EXHIBITS: dict[str, Exhibit] = {
    "Affine": Exhibit(_AFFINE, (_rand(4, 3), _rand(3)), (_rand(5, 4),)),
    "Sigmoid": Exhibit(_SIGMOID, (), (_rand(5, 4),)),
    "Tanh": Exhibit(_TANH, (), (_rand(5, 4),)),
    "Relu": Exhibit(_RELU, (), (_rand(5, 4),)),
    "BatchNorm": Exhibit(_BATCH_NORM, (_rand(4), _rand(4)), (_rand(6, 4),)),
    "SoftmaxWithLoss": Exhibit(
        _SOFTMAX_LOSS, (), (_rand(5, 4), lambda rng: np.eye(4)[rng.integers(0, 4, 5)])
    ),
    "MeanSquaredError": Exhibit(_SQUARES, (), (_rand(5, 4), _rand(5, 4))),
    "Dropout": Exhibit(_DROPOUT, (), (_rand(5, 8),)),
    "Convolution": Exhibit(_CONVOLUTION, (_rand(3, 2, 3, 3), _rand(3)), (_rand(2, 2, 6, 5),)),
    "Residual": Exhibit(_RESIDUAL, (_rand(4, 4),), (_rand(5, 4),)),
    "PenalisedLoss": Exhibit(_PENALISED, (_rand(4, 3),), (_rand(5, 4), _rand(5, 3))),
}

_SUM = "dout.sum(axis=0)"
_DX = {
    "Sigmoid": "dout * self.y * (1 - self.y)",
    "Tanh": "dout * (1 - self.y**2)",
    "Relu": "dout * self.mask",
}
_CENTRED = "(dz - dz.mean(axis=0) - self.z * (dz * self.z).mean(axis=0))"
_SQUARED = "2 * self.d / self.d.size"
MUTANTS: tuple[Mutant, ...] = (
    Mutant("Affine", "bias-not-summed", "b", _SUM, "dout[0]"),
    Mutant("Affine", "bias-not-summed", "b", _SUM, "dout[-1]"),
    Mutant("Affine", "bias-not-summed", "b", _SUM, "dout.mean(axis=0)"),
    Mutant("Affine", "bias-not-summed", "b", _SUM, "dout"),
    Mutant("Affine", "bias-not-summed", "b", _SUM, "dout.sum()"),
    Mutant("Affine", "shape", "b", _SUM, "dout.sum(axis=1)"),
    Mutant("Affine", "sign", "b", _SUM, "-dout.sum(axis=0)"),
    Mutant("Affine", "sign", "W", "self.x.T @ dout", "-self.x.T @ dout"),
    Mutant("Affine", "sign", "x", "dout @ self.W.T", "-dout @ self.W.T"),
    Mutant("Affine", "scale", "W", "self.x.T @ dout", "self.x.T @ dout / len(dout)"),
    Mutant("Affine", "scale", "x", "dout @ self.W.T", "dout @ self.W.T / 5"),
    Mutant("Affine", "transposed", "W", "self.x.T @ dout", "dout.T @ self.x"),
    Mutant("Affine", "missing", "W", "self.dW = self.x.T @ dout", "pass"),
    Mutant("Affine", "missing", "b", "self.db = dout.sum(axis=0)", "pass"),
    Mutant("Affine", "upstream-ignored", "W", "self.x.T @ dout", "self.x.T @ np.ones_like(dout)"),
    Mutant("Affine", "upstream-ignored", "x", "dout @ self.W.T", "np.ones_like(dout) @ self.W.T"),
    Mutant("Affine", "accumulated", "W", "self.dW = self.x.T @ dout",
           "self.dW = self.x.T @ dout + (0 if self.dW is None else self.dW)"),
    Mutant("Affine", "accumulated", "b", "self.db = dout.sum(axis=0)",
           "self.db = dout.sum(axis=0) + (0 if self.db is None else self.db)"),
    Mutant("Sigmoid", "input-changed", "x", "return self.y", "x *= 2; return self.y"),
    Mutant("Tanh", "input-changed", "x", "return self.y", "x[...] = self.y; return self.y"),
    Mutant("Affine", "upstream-changed", "x", "dx = dout @ self.W.T",
           "dx = dout @ self.W.T; d = dout.copy(); dout *= 2; dout = d"),
    *(Mutant(layer, "passed-on", "x", dx, "dout * 1") for layer, dx in _DX.items()),
    *(Mutant(layer, "sign", "x", dx, f"-{dx}") for layer, dx in _DX.items()),
    *(Mutant(layer, "upstream-ignored", "x", dx, dx.replace("dout *", "1.0 *"))
      for layer, dx in _DX.items()),
    *(Mutant(layer, "scale", "x", dx, f"0.5 * {dx}") for layer, dx in _DX.items()),
    Mutant("Sigmoid", "fed-the-wrong-one", "x", "self.y * (1 - self.y)", "self.x * (1 - self.x)"),
    Mutant("Tanh", "fed-the-wrong-one", "x", "(1 - self.y**2)", "(1 - self.x**2)"),
    Mutant("Tanh", "fed-the-wrong-one", "x", "(1 - self.y**2)", "(1 - np.tanh(self.y) ** 2)"),
    Mutant("Relu", "upstream-mask", "x", "dout * self.mask", "dout * (dout > 0)"),
    Mutant("BatchNorm", "statistics-constant", "x", _CENTRED, "dz"),
    Mutant("BatchNorm", "statistics-constant", "x", _CENTRED, "(dz - dz.mean(axis=0))"),
    Mutant("BatchNorm", "statistics-constant", "x", _CENTRED,
           "(dz - self.z * (dz * self.z).mean(axis=0))"),
    Mutant("BatchNorm", "bias-not-summed", "beta", _SUM, "dout[0]"),
    Mutant("BatchNorm", "bias-not-summed", "beta", _SUM, "dout.mean(axis=0)"),
    Mutant("BatchNorm", "scale", "gamma", "(dout * self.z).sum(axis=0)",
           "(dout * self.z).mean(axis=0)"),
    Mutant("BatchNorm", "sign", "gamma", "(dout * self.z)", "-(dout * self.z)"),
    Mutant("SoftmaxWithLoss", "scale", "x", " / len(self.t)", ""),
    Mutant("SoftmaxWithLoss", "sign", "x", "(self.p - self.t)", "(self.t - self.p)"),
    Mutant("SoftmaxWithLoss", "softmax-twice", "x", "(self.p - self.t)",
           "(np.exp(self.p) / np.exp(self.p).sum(axis=1, keepdims=True) - self.t)"),
    Mutant("MeanSquaredError", "scale", "x", _SQUARED, "self.d / self.d.size"),
    Mutant("MeanSquaredError", "scale", "x", _SQUARED, "2 * self.d / len(self.d)"),
    Mutant("MeanSquaredError", "scale", "x", _SQUARED, "2 * self.d"),
    Mutant("MeanSquaredError", "sign", "x", "2 * self.d", "-2 * self.d"),
    Mutant("Dropout", "mask-drawn-again", "x", "dout * self.mask",
           "dout * (np.random.rand(*dout.shape) > 0.5)"),
    Mutant("Dropout", "scale", "x", "dout * self.mask / 0.5", "dout * self.mask"),
    Mutant("Dropout", "passed-on", "x", "dout * self.mask / 0.5", "dout * 1"),
    Mutant("Dropout", "sign", "x", "dout * self.mask / 0.5", "-dout * self.mask / 0.5"),
    Mutant("Convolution", "flipped", "W", "nchwij,nohw->ocij\", self.windows(self.x), dout)",
           "nchwij,nohw->ocij\", self.windows(self.x), dout)[:, :, ::-1, ::-1]"),
    Mutant("Convolution", "places", "W", "->ocij\", self.windows(self.x), dout)",
           "->ocji\", self.windows(self.x), dout)"),
    Mutant("Convolution", "scale", "W", "->ocij\", self.windows(self.x), dout)",
           "->ocij\", self.windows(self.x), dout) / 2"),
    Mutant("Convolution", "scale", "b", "dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))"),
    Mutant("Convolution", "sign", "x", "return dx", "return -dx"),
    Mutant("Residual", "skip-forgotten", "x", "d @ self.W.T + dout", "d @ self.W.T"),
    Mutant("Residual", "transposed", "W", "self.x.T @ d", "(self.x.T @ d).T"),
    Mutant("Residual", "sign", "W", "self.x.T @ d", "-self.x.T @ d"),
    Mutant("PenalisedLoss", "penalty", "W", " + 0.1 * self.W", ""),
    Mutant("PenalisedLoss", "penalty", "W", "0.1 * self.W", "0.2 * self.W"),
    Mutant("PenalisedLoss", "penalty", "W", "+ 0.1 * self.W", "- 0.1 * self.W"),
    Mutant("PenalisedLoss", "sign", "x", "self.d @ self.W.T", "-self.d @ self.W.T"),
)  # fmt: skip


def built(layer: str, mutant: Mutant | None = None, seed: int = 0) -> tuple[Any, tuple[Any, ...]]:
    """A layer of the gallery, right or with a mistake, and what to put into its forward."""
    shown = EXHIBITS[layer]
    source = shown.source.strip() + "\n"
    if mutant is not None:
        assert source.count(mutant.old) == 1, mutant
        source = source.replace(mutant.old, mutant.new)
    file = f"<gallery {layer if mutant is None else mutant.title}>"
    linecache.cache[file] = len(source), None, source.splitlines(True), file
    names: dict[str, Any] = {"np": np, "__name__": f"denpa.check.gallery.{layer}"}
    exec(compile(source, file, "exec"), names)
    rng = np.random.default_rng(seed)
    return names[layer](*(f(rng) for f in shown.init)), tuple(f(rng) for f in shown.given)


def all_right(seeds: range = range(5)) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """Right layers with several random numbers."""
    for layer in EXHIBITS:
        for seed in seeds:
            yield (f"{layer} {seed}", *built(layer, seed=seed))


def examined(language: str = "en", seeds: range = range(5)) -> dict[str, Any]:
    """Every mutant and every right layer checked: how many mutants there are, how many of them are
    named rightly (first in the list), how many right cases, how many of them are called wrong; and
    which ones were not as they should be."""
    from denpa.check import layer

    missed: list[str] = []
    for m in MUTANTS:
        obj, given = built(m.layer, m)
        found = layer(obj, *given, language=language).findings
        if not found or (found[0].name, found[0].mistake) != (m.name, m.mistake):
            told = found[0].mistake if found else "nothing"
            missed.append(f"{m.title}: {told} was found")
    alarms, cases = [], 0
    for title, obj, given in all_right(seeds):
        cases += 1
        if not layer(obj, *given).ok:
            alarms.append(title)
    return {
        "mutants": len(MUTANTS), "named": len(MUTANTS) - len(missed), "correct_cases": cases,
        "false_alarms": len(alarms), "missed": missed, "alarms": alarms,
    }  # fmt: skip
