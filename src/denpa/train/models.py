"""Networks for tables and images, described by plain data so that a run folder can rebuild them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import denpa.nn as nn
from denpa.autodiff.tensor import Tensor, tensor_of
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
    `inverse` gives y · scale + mean, from standard units back to the target's."""

    def __init__(self, mean: Any, scale: Any, inverse: bool = False) -> None:
        super().__init__()
        self.register_buffer("mean", tensor_of(mean, _nn_dtype()))
        self.register_buffer("scale", tensor_of(scale, _nn_dtype()))
        self.inverse = inverse

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as x."""
        result: Tensor = (
            x * self.scale + self.mean if self.inverse else (x - self.mean) / self.scale
        )
        return result

    def extra_repr(self) -> str:
        """Which way it goes."""
        return f"inverse={self.inverse}"


def _nn_dtype() -> Any:
    """The dtype of new parameters."""
    from denpa.core.dtype import get_default_dtype

    return get_default_dtype()


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
    outputs.

    >>> [name for name, _ in mlp(inputs=4, outputs=3, hidden=[8]).named_children()]
    ['flatten', 'linear1', 'relu1', 'output']
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
    if standardize is not None:
        layers["standardize"] = Standardize(*standardize)
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
    """A small convolutional network for images (C, H, W): [conv, batch norm, activation, max pool
    2] for each entry of `channels`, then the hidden layers of an MLP. `padding` None keeps the size
    of small images (under 16 pixels) and pads nothing else."""
    depth, height, width = image
    pad = padding if padding is not None else (kernel // 2 if min(height, width) < 16 else 0)
    make = choose("activation", activation, ACTIVATIONS)
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if standardize is not None:
        layers["standardize"] = Standardize(*standardize)
    for k, size in enumerate(channels, start=1):
        height, width = height + 2 * pad - kernel + 1, width + 2 * pad - kernel + 1
        if height < 2 or width < 2:
            raise ArgumentError(
                f"images of {image[1]}x{image[2]} are too small for {len(channels)} convolutions "
                "with pooling; give fewer channels or larger images"
            )
        layers[f"conv{k}"] = _start(nn.Conv2d(depth, size, kernel, padding=pad), activation)
        if batch_norm:
            layers[f"cnorm{k}"] = nn.BatchNorm2d(size)
        layers[f"c{activation}{k}"] = make()
        layers[f"pool{k}"] = nn.MaxPool2d(2)
        depth, height, width = size, height // 2, width // 2
    layers["flatten"] = nn.Flatten()
    last = _hidden(
        layers, depth * height * width, hidden, activation, batch_norm, dropout, dropout_scale
    )
    return _ends(layers, last, outputs, rescale)


MODELS: dict[str, Callable[..., nn.Sequential]] = {"mlp": mlp, "cnn": cnn}


def build(spec: dict[str, Any]) -> nn.Sequential:
    """The network that `spec` = {"model": name, **arguments} describes."""
    arguments = {k: v for k, v in spec.items() if k != "model"}
    net: nn.Sequential = choose("model", spec["model"], MODELS)(**arguments)
    return net
