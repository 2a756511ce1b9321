"""Which function of a file is the gradient of which, by their names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

_WAYS = (
    ("forward", "backward"),
    ("fwd", "bwd"),
    ("fprop", "bprop"),
    ("forward", "grad"),
    ("forward", "back"),
    ("forward_prop", "back_prop"),
    ("forward_propagation", "back_propagation"),
    ("fp", "bp"),
    ("feedforward", "backprop"),
    ("feed_forward", "back_prop"),
    ("predict", "gradient"),
    ("順伝播", "逆伝播"),
    ("vorwaerts", "rueckwaerts"),
    ("vorwärts", "rückwärts"),
    ("adelante", "atras"),
    ("avant", "arriere"),
    ("前向", "反向"),
)
_LOSSES = ("loss", "cost", "objective", "error", "energy", "likelihood", "nll")
_SLOPES = ("grad", "gradient", "grads", "gradients", "derivative", "prime")
_WORDS = (*_WAYS, *itertools.product(_LOSSES, _SLOPES))
_PATTERNS = (
    "{}_backward", "backward_{}", "{}_prime", "{}_grad", "grad_{}", "{}_gradient", "gradient_{}",
    "{}_derivative", "{}_deriv", "d{}", "d_{}", "d{}_dx", "{}_vjp", "{}_dx", "{}Prime", "{}_diff",
    "{}_grads", "grads_{}", "{}_gradients", "{}_d", "deriv_{}", "derivative_{}", "{}Gradient",
    "{}Derivative", "{}Grad", "{}_back", "back_{}", "prime_{}", "der_{}", "{}_der",
)  # fmt: skip


def partners(name: str, held: Mapping[str, Any]) -> tuple[str, str]:
    """The names of a function and of its gradient, whichever of the two is named; empty ones where
    no name says so.

    >>> held = dict.fromkeys(["conv_forward", "conv_backward", "tanh", "dtanh"], abs)
    >>> partners("conv_forward", held), partners("conv_backward", held), partners("tanh", held)
    (('conv_forward', 'conv_backward'), ('conv_forward', 'conv_backward'), ('tanh', 'dtanh'))
    """
    for forward, backward in _pairs(name, held):
        if callable(held.get(forward)) and callable(held.get(backward)):
            return forward, backward
    return "", ""


def _pairs(name: str, held: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for forward, backward in _WORDS:
        if forward in name:
            found.append((name, name.replace(forward, backward)))
        if backward in name:
            found.append((name.replace(backward, forward), name))
    found += [(name, pattern.format(name)) for pattern in _PATTERNS]
    for pattern in _PATTERNS:
        reading = re.fullmatch(re.escape(pattern).replace(r"\{\}", "(.+)"), name)
        if reading is not None:
            found.append((reading[1], name))
    return found


def paired(spec: str) -> tuple[str, str]:
    """FILE:NAME of FILE:NAME/OTHER, which names a pair itself, and OTHER.

    >>> paired("layers.py:CHI2/GRCHI2"), paired("a/layers.py:CHI2")
    (('layers.py:CHI2', 'GRCHI2'), ('a/layers.py:CHI2', ''))
    """
    path, _, name = spec.rpartition(":")
    run, slash, back = name.partition("/")
    named = bool(path) and bool(slash) and run.isidentifier() and back.isidentifier()
    return (f"{path}:{run}", back) if named else (spec, "")
