"""In-place change: a name is bound to another value, and the numbers go where the old ones were."""

from __future__ import annotations

import numpy as np

from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor
from denpa.core.dtype import can_store
from denpa.core.graph import Value
from denpa.core.op import OPS
from denpa.core.shape import describe


def rebind(tensor: Tensor, new: Tensor) -> Tensor:
    """Make a name mean `new` from here on, writing into the array that others may see
    too."""
    old, value = tensor._value, new._value
    if old.requires_grad and old.op is None and STATE.recording:
        raise RuntimeError(
            "a leaf tensor that requires a gradient is being changed in place; "
            "do it inside `with no_grad():`, or use the out-of-place function"
        )
    if value.shape != old.shape:
        raise RuntimeError(
            f"an in-place operation on {describe(old)} cannot give {describe(value)}"
        )
    if value.dtype != old.dtype:
        if not can_store(value.dtype, old.dtype):
            raise RuntimeError(
                f"result type {value.dtype} cannot be stored in {old.dtype}; give the result "
                "a name of its own (x = x + y), or convert what is added with .to(dtype)"
            )
        value = OPS["cast"](new, dtype=old.dtype)._value
    if STATE.tracer is not None:
        STATE.tracer.assign(tensor, value)
        return tensor
    tracked = value.requires_grad or value.array is None or (old.op is not None)
    if tracked:
        others = [t for t in old.shared().names() if t is not tensor]
        if others and (value.requires_grad or old.requires_grad) and STATE.recording:
            raise NotImplementedError(
                "in-place change of a tensor of which views exist, while gradients are "
                "recorded; write x = f(x) instead, or call .clone() first"
            )
    if old.array is not None and value.array is not None:
        if not old.array.flags.writeable:
            raise RuntimeError(
                "this tensor cannot be written to: several elements share one place in memory "
                "(it was expanded), or its NumPy array is read-only; call .clone() first"
            )
        np.copyto(old.array, value.array)
        old.maker, old.taint = value.maker, value.taint
        old.shared().version += 1
    if tracked and (STATE.recording or value.array is None):
        if old.array is not None and value.array is not None and value is not old:
            fresh = Value(value.shape, value.dtype, old.array, value.requires_grad, old.storage)
            fresh.op, fresh.inputs, fresh.params = value.op, value.inputs, value.params
            fresh.form = old.form
            fresh.source, fresh.scope = value.source, value.scope
            fresh.forward = value.forward
            fresh.maker, fresh.taint = value.maker, value.taint
            fresh.seen = (*value.seen[:-1], old.version) if value.seen else ()
            value = fresh
        tensor._value = value
    return tensor
