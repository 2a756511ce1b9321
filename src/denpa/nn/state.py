"""The state of a module: its entries, and putting a stored one into it; its mode and its dtype."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import as_dtype
from denpa.core.op import OPS


class Keys(NamedTuple):
    """What `load_state_dict` did not find, and what it had no place for."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def entries(module: Any) -> Iterator[tuple[str, Tensor]]:
    """The parameters and persistent buffers by path; a module held twice comes twice."""
    for path, part in module.named_modules(remove_duplicate=False):
        dot = f"{path}." if path else ""
        for name, p in part._parameters.items():
            if p is not None:
                yield dot + name, p
        for name, b in part._buffers.items():
            if b is not None and name not in part.__dict__["_transient"]:
                yield dot + name, b


def load_state(module: Any, given: Mapping[str, Any], strict: bool, assign: bool) -> Keys:
    """See `Module.load_state_dict`. All faults are found before anything is written."""
    name, own = type(module).__name__, dict(entries(module))
    if not isinstance(given, Mapping):
        raise TypeError(f"load_state_dict takes a dict, not {type(given).__name__}")
    if assign:
        raise NotImplementedError("load_state_dict(assign=True) is not offered; it copies")
    missing = [k for k in own if k not in given]
    unexpected = [k for k in given if k not in own]
    faults = []
    if strict and unexpected:
        faults.append(f"unexpected keys: {', '.join(unexpected)}")
    if strict and missing:
        faults.append(f"missing keys: {', '.join(missing)}")
    arrays: dict[str, np.ndarray] = {}
    for key, x in own.items():
        if key not in given:
            continue
        new = given[key]
        array = new._held() if isinstance(new, Tensor) else np.asarray(new)
        if array.shape != x.shape:
            faults.append(f"{key}: shape {list(array.shape)} given, {list(x.shape)} expected")
        arrays[key] = array
    if faults:
        raise RuntimeError(f"cannot load the state into {name}: {'; '.join(faults)}")
    with no_grad():
        for key, array in arrays.items():
            rebind(own[key], tensor_of(array.astype(own[key].dtype)))
    return Keys(missing, unexpected)


@contextmanager
def evaluating(net: Any) -> Iterator[None]:
    """Prediction mode inside; afterwards each part has the mode that it had."""
    before = [(module, module.training) for module in net.modules()]
    net.eval()
    try:
        yield
    finally:
        for module, mode in before:
            module.training = mode


def convert(modules: Iterable[Any], dtype: Any) -> None:
    """Convert the floating-point parameters, their gradients and buffers of modules to a dtype, but
    for the buffers that a module names in `keeps_dtype`."""
    dtype = as_dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"a module can be converted to floating-point dtypes only, not to {dtype}")
    with no_grad():
        for module in modules:
            for p in module._parameters.values():
                if p is None or p.dtype == dtype or p.dtype.kind != "f":
                    continue
                grad, p.grad = p.grad, None
                p.data = OPS["cast"](p.detach(), dtype=dtype)
                p.grad = None if grad is None else OPS["cast"](grad, dtype=dtype)
            for name, b in module._buffers.items():
                if b is None or b.dtype.kind != "f" or name in module.keeps_dtype:
                    continue
                if b.dtype != dtype:
                    module._buffers[name] = OPS["cast"](b, dtype=dtype)
