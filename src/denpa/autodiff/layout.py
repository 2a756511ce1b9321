"""The strides that a tensor has to its user, whatever the order in which its numbers lie.

As in PyTorch, what an op computes is in row-major order to whoever asks; other strides come from
views (`t()`, slices), and an elementwise op hands on those of its input. Inside, a result may lie
otherwise: images behind a convolution lie in the order N, H, W, C. At the first view of such a
result, or when its strides, its address or its NumPy array are asked for, its numbers are copied
into row-major order, once and for good (`memory`). So the view and its base share one memory, a
write to either is seen by both, and no second copy has to be kept up to date.

`Value.form` is None for row-major order, else an array with the strides that the user sees: that
of the value itself, or, while a function is traced, one without numbers of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from denpa.autodiff.mode import STATE
from denpa.core.graph import Value
from denpa.core.op import Op

_ELEMENTWISE = frozenset(
    [
        "floor_divide",
        "eq",
        "lt",
        "le",
        "bitwise_and",
        "bitwise_or",
        "bitwise_xor",
        "bitwise_not",
        "cast",
        "detach",
    ]
)
"""The ops that are elementwise though not of the kind pointwise."""


def memory(value: Value) -> np.ndarray:
    """An array with the strides that a value has to its user: its own array, if it has one."""
    if value.form is not None:
        return value.form
    array = value.array
    if array is None:
        return _empty(np.empty((1,) * len(value.shape), value.dtype), value.shape)
    if not array.flags.c_contiguous:
        value.array = array = np.array(array, order="C")
    return array


def _empty(like: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An array without numbers, to ask for strides; it must not be read."""
    steps = [like.itemsize] * len(shape)
    for d in range(len(shape) - 1, 0, -1):
        steps[d - 1] = steps[d] * max(shape[d], 1)
    return np.lib.stride_tricks.as_strided(like, shape, steps)


def form_of(value: Value) -> np.ndarray | None:
    """The form for a stand-in of a value; it does not hold the value's numbers."""
    if value.form is None:
        return None
    one = np.empty((1,) * len(value.shape), value.dtype)
    return np.lib.stride_tricks.as_strided(one, value.shape, value.form.strides)


def alias(value: Value, requires_grad: bool = False) -> Value:
    """Another value in the same memory."""
    if value.array is not None:
        memory(value)
    other = Value(value.shape, value.dtype, value.array, requires_grad, value.shared())
    other.form = value.form
    if STATE.anomaly:
        other.maker, other.taint = value.maker, value.taint
    return other


def _as_it_lies() -> bool:
    """Whether views are taken of memory as it lies: in the library's own functions of images, and
    in the rules of backward, unless they are the user's."""
    if STATE.as_it_lies:
        return True
    v = STATE.backward
    return v is not None and (v.op if v.rule is None else v.rule.op).kind != "function"


def before(op: Op, inputs: list[Any], arrays: list[Any]) -> None:
    """Bring the numbers into the order that the user knows, where the strides of `op`'s result
    depend on it."""
    if op.view:
        if not _as_it_lies():
            arrays[0] = memory(inputs[0])
    elif op.kind == "pointwise" or op.name in _ELEMENTWISE:
        for k, v in enumerate(inputs):
            if type(v) is Value:
                arrays[k] = memory(v)


def after(op: Op, out: Value, inputs: list[Any], params: Mapping[str, Any]) -> bool:
    """Enter the form of a result; returns whether it shares memory with the first input."""
    if out.array is None:
        return _traced(op, out, inputs, params)
    if not op.view:
        if op.kind == "pointwise" or op.name in _ELEMENTWISE:
            found = _ordered(inputs, out)
            if found.strides != out.array.strides:
                np.copyto(found, out.array)
                out.array = found
            out.form = None if out.array.flags.c_contiguous else out.array
        return False
    if not np.may_share_memory(out.array, inputs[0].array):
        return False
    if not (out.array.flags.c_contiguous or _as_it_lies()):
        out.form = out.array
    return True


def _ordered(inputs: list[Any], out: Value) -> np.ndarray:
    """An array for the result of an elementwise op, with its dimensions in PyTorch's order: they
    are sorted by stride, and the first operand to which two strides say something decides."""
    shape = out.shape
    steps = [np.broadcast_to(memory(v), shape).strides for v in inputs if type(v) is Value]

    def further(a: int, b: int) -> int:
        for s in steps:
            if s[a] and s[b] and s[a] != s[b]:
                return 1 if s[a] > s[b] else -1
            if s[a] and s[a] == s[b] and shape[a] > shape[b]:
                return 1
        return 0

    order = list(reversed(range(len(shape))))  # the innermost first
    for k in range(1, len(order)):
        at = k
        for n in reversed(range(k)):
            found = further(order[n], order[at])
            if found < 0:
                break
            if found:
                order[n], order[at] = order[at], order[n]
                at = n
    order.reverse()
    return np.empty([shape[d] for d in order], out.dtype).transpose(np.argsort(order))


def _traced(op: Op, out: Value, inputs: list[Any], params: Mapping[str, Any]) -> bool:
    """The same for a result that has no numbers yet: from the strides alone."""
    form: np.ndarray | None = None
    if not op.view:
        if op.kind != "pointwise" and op.name not in _ELEMENTWISE:
            return False
        form = _ordered(inputs, out)
    elif not _as_it_lies():
        x: Value = inputs[0]
        if op.name != "reshape":
            form = op.eval(memory(x), **params)
        elif x.form is not None:
            try:
                form = np.reshape(x.form, params["shape"], copy=False)
            except ValueError:
                return False
    if form is not None and not form.flags.c_contiguous:
        out.form = form
    return op.view and STATE.tracer is not None
