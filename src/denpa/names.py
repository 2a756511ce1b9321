"""What `dp.` reads as in PyTorch: tensors and what makes them, functions, dtypes, modes, and the
packages of layers and optimizers. `denpa` takes these names in when the first of them is used."""

from __future__ import annotations

from math import e, inf, nan, pi

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
from denpa.functional import *  # noqa: F403  # the list is functional.__all__
from denpa.nn.functional import conv1d, conv2d, dropout, layer_norm, max_pool2d
from denpa.nn.serialize import load, save

# PyTorch's other names of the dtypes. They hide Python's own inside this module only.
half: DType = float16
double: DType = float64
short: DType = int16
long: DType = int64
float: DType = float32
int: DType = int32
bool: DType = bool_
dtype = DType


__all__ = [
    "DType", "Tensor", "accelerator", "autograd", "backends", "bool", "double", "dtype",
    "e", "enable_grad",
    "finfo", "float", "float16", "float32", "float64", "func", "functional", "get_default_dtype",
    "half", "iinfo", "inf", "int", "int8", "int16", "int32", "int64", "is_grad_enabled",
    "load", "long", "nan", "newaxis", "nn", "no_grad", "optim", "pi", "promote_types", "save",
    "set_default_dtype", "set_grad_enabled", "short", "uint8", "utils",
]  # fmt: skip
__all__ += ["conv1d", "conv2d", "cuda", "dropout", "inference_mode", "layer_norm", "max_pool2d"]
__all__ += functional.__all__
