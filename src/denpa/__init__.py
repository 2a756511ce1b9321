"""Denpa: neural networks by backpropagation that you can see, check and replay.

PyTorch's names on NumPy arrays. `import denpa as dp`; tensors are made with `dp.tensor`, layers
are in `dp.nn`, optimizers in `dp.optim`, a whole training run is `dp.train.fit`.
"""

from __future__ import annotations

from importlib import import_module
from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from numpy import finfo, iinfo, newaxis

from denpa import accelerator, autograd, backends, cuda, func, functional, nn, optim, utils
from denpa.autodiff.mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import (
    DType,
    bool_,
    float16,
    float32,
    float64,
    get_default_dtype,
    int8,
    int16,
    int32,
    int64,
    promote_types,
    set_default_dtype,
    uint8,
)
from denpa.core.errors import not_offered
from denpa.functional import *  # noqa: F403  # the list is functional.__all__
from denpa.nn.functional import conv1d, conv2d, dropout, layer_norm, max_pool2d
from denpa.nn.serialize import load, save

if TYPE_CHECKING:
    from denpa import check, data, runs, train, views, vision  # noqa: F401
    from denpa.compiler.api import compile

# PyTorch's other names of the dtypes. They hide Python's own inside this module only.
half: DType = float16
double: DType = float64
short: DType = int16
long: DType = int64
float: DType = float32
int: DType = int32
bool: DType = bool_
dtype = DType

_LAZY = ("check", "cli", "data", "runs", "train", "views", "vision")  # imported when first named


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # slow to import, seldom asked for

        return version("denpa")
    if name == "compile":
        from denpa.compiler.api import compile as found

        return found
    if name in _LAZY:
        return import_module(f"denpa.{name}")
    raise not_offered("denpa", name, globals())


__all__ = [
    "DType", "Tensor", "accelerator", "autograd", "backends", "bool", "compile", "double", "dtype",
    "e", "enable_grad",
    "finfo", "float", "float16", "float32", "float64", "func", "functional", "get_default_dtype",
    "half", "iinfo", "inf", "int", "int8", "int16", "int32", "int64", "is_grad_enabled",
    "load", "long", "nan", "newaxis", "nn", "no_grad", "optim", "pi", "promote_types", "save",
    "set_default_dtype", "set_grad_enabled", "short", "uint8", "utils",
]  # fmt: skip
__all__ += ["conv1d", "conv2d", "cuda", "dropout", "inference_mode", "layer_norm", "max_pool2d"]
__all__ += functional.__all__
