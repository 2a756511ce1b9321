"""Networks for tables and images, described by plain data so that a run folder can rebuild them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import denpa.nn as nn
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import get_default_dtype
from denpa.core.errors import ArgumentError
from denpa.nn import init

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
}
_HE = ("relu", "leaky_relu", "elu", "gelu", "silu", "softplus")


class Standardize(nn.Module):
    """(x − mean) / scale with the numbers of the training data, part of the network's state;
    `inverse` gives y · scale + mean, from standard units back to the target's.

    Values in a unit of their own are float64 here, in a network of any dtype: seconds since 1970
    are a thousand times coarser in float32 than a second. What comes out of the standardisation
    has the network's dtype.

    >>> import denpa as dp
    >>> days = dp.tensor([[1.7e9], [1.7e9 + 1]], dtype=dp.float64)
    >>> Standardize([1.7e9], [0.5])(days)
    tensor([[0.],
            [2.]])
    """

    keeps_dtype = ("mean", "scale")

    def __init__(self, mean: Any, scale: Any, inverse: bool = False) -> None:
        super().__init__()
        self.register_buffer("mean", tensor_of(np.asarray(mean, np.float64)))
        self.register_buffer("scale", tensor_of(np.asarray(scale, np.float64)))
        # Follows the network from dtype to dtype, as the other two do not.
        self.register_buffer("unit", tensor_of(1.0, get_default_dtype()), persistent=False)
        self.inverse = inverse

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as x; float64 with `inverse`, else the network's dtype."""
        x = x.double()
        if self.inverse:
            back: Tensor = x * self.scale + self.mean
            return back
        there: Tensor = ((x - self.mean) / self.scale).to(self.unit.dtype)
        return there

    def extra_repr(self) -> str:
        """Which way it goes."""
        return f"inverse={self.inverse}"


def choose(what: str, given: str, known: dict[str, Any]) -> Any:
    """known[given], or an error that lists the choices."""
    if given not in known:
        raise ArgumentError(f"unknown {what} {given!r}; choose from {', '.join(known)}")
    return known[given]


def _start(layer: nn.Module, activation: str) -> nn.Module:
    """He's initial values before rectifier-like activations, Glorot's before the others; zero
    biases."""
    weight, bias = layer.weight, layer.bias
    if activation in _HE:
        init.kaiming_normal_(weight, nonlinearity="relu")
    else:
        init.xavier_normal_(weight)
    if bias is not None:
        init.zeros_(bias)
    return layer


def _hidden(
    layers: OrderedDict[str, nn.Module],
    width: int,
    hidden: Sequence[int],
    activation: str,
    batch_norm: bool,
    dropout: float,
    dropout_scale: str,
) -> int:
    make = choose("activation", activation, ACTIVATIONS)
    for k, size in enumerate(hidden, start=1):
        if size < 1:
            raise ArgumentError(f"a hidden layer needs at least 1 unit, not {size}")
        layers[f"linear{k}"] = _start(nn.Linear(width, size), activation)
        if batch_norm:
            layers[f"norm{k}"] = nn.BatchNorm1d(size)
        layers[f"{activation}{k}"] = make()
        if dropout:
            layers[f"dropout{k}"] = nn.Dropout(dropout, scale=dropout_scale)
        width = size
    return width


def _ends(
    layers: OrderedDict[str, nn.Module], width: int, outputs: int, rescale: Any
) -> nn.Sequential:
    layers["output"] = _start(nn.Linear(width, outputs), "identity")
    if rescale is not None:
        layers["rescale"] = Standardize(rescale[0], rescale[1], inverse=True)
    return nn.Sequential(layers)


def mlp(
    *,
    inputs: int,
    outputs: int,
    hidden: Sequence[int] = (128,),
    activation: str = "relu",
    batch_norm: bool = False,
    dropout: float = 0.0,
    dropout_scale: str = "training",
    standardize: Any = None,
    rescale: Any = None,
) -> nn.Sequential:
    """A multi-layer perceptron: [linear, batch norm, activation, dropout] for each hidden layer,
    then a linear output. `standardize` and `rescale` are pairs (mean, scale) for inputs and
    outputs. The network takes (N, …) of `inputs` numbers a row to (N, outputs).

    Errors: ArgumentError (a ValueError) for an unknown activation and for a layer below 1 unit;
    ValueError for a dropout outside of 0 to 1 or an unknown `dropout_scale`.

    >>> [name for name, _ in mlp(inputs=4, outputs=3, hidden=[8]).named_children()]
    ['flatten', 'linear1', 'relu1', 'output']
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if standardize is not None:
        layers["standardize"] = Standardize(*standardize)
    layers["flatten"] = nn.Flatten()
    width = _hidden(layers, inputs, hidden, activation, batch_norm, dropout, dropout_scale)
    return _ends(layers, width, outputs, rescale)


def cnn(
    *,
    image: Sequence[int],
    outputs: int,
    channels: Sequence[int] = (32, 64),
    hidden: Sequence[int] = (128,),
    activation: str = "relu",
    batch_norm: bool = False,
    dropout: float = 0.0,
    dropout_scale: str = "training",
    kernel: int = 3,
    padding: int | None = None,
    standardize: Any = None,
    rescale: Any = None,
) -> nn.Sequential:
    """A small convolutional network for images (C, H, W) or signals (C, L): [conv, batch norm,
    activation, max pool 2] for each entry of `channels`, then the hidden layers of an MLP.
    `padding` None keeps the size of small inputs (under 16 pixels or values) and pads nothing
    else. `image` is (C, H, W) or (C, L); the network takes (N, C, …) to (N, outputs).

    Errors: ArgumentError (a ValueError) for an unknown activation, a hidden layer below 1 unit and
    images too small for so many convolutions; ValueError for a dropout outside of 0 to 1.

    >>> import denpa as dp
    >>> net = dp.train.cnn(image=(1, 8, 8), outputs=10, channels=[4])
    >>> net(dp.zeros(2, 1, 8, 8)).shape
    (2, 10)
    """
    depth, *size = image
    pad = padding if padding is not None else (kernel // 2 if min(size) < 16 else 0)
    flat = len(size) == 1
    make = choose("activation", activation, ACTIVATIONS)
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if standardize is not None:
        layers["standardize"] = Standardize(*standardize)
    conv, norm, pool = (
        (nn.Conv1d, nn.BatchNorm1d, nn.MaxPool1d)
        if flat
        else (nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d)
    )
    for k, wide in enumerate(channels, start=1):
        size = [n + 2 * pad - kernel + 1 for n in size]
        if min(size) < 2:
            what = f"signals of length {image[1]}" if flat else f"images of {image[1]}x{image[2]}"
            raise ArgumentError(
                f"{what} are too small for {len(channels)} convolutions with pooling; give fewer "
                f"channels or {'longer signals' if flat else 'larger images'}"
            )
        layers[f"conv{k}"] = _start(conv(depth, wide, kernel, padding=pad), activation)
        if batch_norm:
            layers[f"cnorm{k}"] = norm(wide)
        layers[f"c{activation}{k}"] = make()
        layers[f"pool{k}"] = pool(2)
        depth, size = wide, [n // 2 for n in size]
    layers["flatten"] = nn.Flatten()
    width = depth * math.prod(size)
    last = _hidden(layers, width, hidden, activation, batch_norm, dropout, dropout_scale)
    return _ends(layers, last, outputs, rescale)


MODELS: dict[str, Callable[..., nn.Sequential]] = {"mlp": mlp, "cnn": cnn}


def build(spec: dict[str, Any]) -> nn.Sequential:
    """The network that `spec` = {"model": name, **arguments} describes.

    The name is "mlp" or "cnn", the arguments are those of `mlp` and `cnn`; returns a Sequential.

    Errors: KeyError without "model"; ArgumentError (a ValueError) for an unknown one; TypeError for
    arguments that it has not or that are missing; those of `mlp` and `cnn`.

    >>> import denpa as dp
    >>> net = dp.train.build({"model": "mlp", "inputs": 4, "outputs": 3, "hidden": [8]})
    >>> net(dp.zeros(5, 4)).shape
    (5, 3)
    """
    arguments = {k: v for k, v in spec.items() if k != "model"}
    net: nn.Sequential = choose("model", spec["model"], MODELS)(**arguments)
    return net
