"""Networks: modules, layers, losses, initial values, in PyTorch's names.

denpa.nn.functional   the functions behind the layers
denpa.nn.init         initial values of parameters
denpa.nn.utils        gradient clipping, parameters as one vector
denpa.nn.penalty      L1 and L2 penalties on the weights alone

Read `module` first.
"""

from __future__ import annotations

from typing import Any

from denpa.core.errors import not_offered
from denpa.nn import functional, init, penalty, utils
from denpa.nn.module import Module
from denpa.nn.modules.activation import (
    ELU,
    GELU,
    LeakyReLU,
    LogSoftmax,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from denpa.nn.modules.activation_more import (
    CELU,
    GLU,
    SELU,
    Hardsigmoid,
    Hardtanh,
    LogSigmoid,
    Mish,
    ReLU6,
    Softmin,
    Softsign,
    Tanhshrink,
    Threshold,
)
from denpa.nn.modules.container import Identity, ModuleDict, ModuleList, ParameterList, Sequential
from denpa.nn.modules.conv import Conv1d, Conv2d
from denpa.nn.modules.linear import Bilinear, Embedding, Linear
from denpa.nn.modules.loss import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    MSELoss,
    NLLLoss,
    SmoothL1Loss,
)
from denpa.nn.modules.norm import BatchNorm1d, BatchNorm2d, Dropout, LayerNorm
from denpa.nn.modules.pool import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AvgPool1d,
    AvgPool2d,
    Flatten,
    MaxPool1d,
    MaxPool2d,
    Unflatten,
)
from denpa.nn.parameter import Parameter
from denpa.nn.summary import Row, Summary, summary


def __getattr__(name: str) -> Any:
    raise not_offered("denpa.nn", name, globals())


__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Bilinear",
    "Conv1d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Embedding",
    "Flatten",
    "Hardsigmoid",
    "Hardtanh",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "PReLU",
    "Parameter",
    "ParameterList",
    "ReLU",
    "ReLU6",
    "Row",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softmin",
    "Softplus",
    "Softsign",
    "Summary",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "Unflatten",
    "functional",
    "init",
    "penalty",
    "summary",
    "utils",
]
