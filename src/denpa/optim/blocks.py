"""The update of a parameter's array, in place: a large one in blocks that stay in the cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.autodiff.tensor import tensor_of
from denpa.optim.update import Hyper, State, new_step

_BLOCK = 32768  # elements; a dozen arrays of this length about fit into the second-level cache

Update = Callable[[Any, Any, State, Hyper], tuple[Any, State]]


def update_array(
    update: Update, array: np.ndarray, g: np.ndarray, state: State, held: State, hyper: Hyper
) -> None:
    """Write the new value into the array, and the new state into the tensors of `state`, which
    `held` has as arrays."""
    if array.size > _BLOCK:
        _update_blocks(update, array, g, state, held, hyper)
        return
    new, found = update(array, g, held, hyper)
    np.copyto(array, new)
    for key, x in found.items():
        _store(state, key, x, array)


def _update_blocks(
    update: Update, array: np.ndarray, g: np.ndarray, state: State, held: State, hyper: Hyper
) -> None:
    """The update of a large array, block after block; temporaries stay in the cache."""
    flat = array.reshape(-1)
    target = flat if np.may_share_memory(flat, array) else None  # None: it was a copy
    g = g.reshape(-1)
    known = {k: x if k == "step" else x.reshape(-1) for k, x in held.items()}
    outs: dict[str, np.ndarray] = {}
    step = None
    for start in range(0, flat.size, _BLOCK):
        cut = slice(start, start + _BLOCK)
        part = {k: x if k == "step" else x[cut] for k, x in known.items()}
        new, found = update(flat[cut], g[cut], part, hyper)
        np.copyto(flat[cut], new)
        for key, x in found.items():
            if key == "step":
                step = x
                continue
            if key not in outs:
                outs[key] = known[key] if key in known else np.empty_like(flat)
            np.copyto(outs[key][cut], x)
    if target is None:
        np.copyto(array, flat.reshape(array.shape))
    if step is not None:
        outs["step"] = step
    for key, x in outs.items():
        old = state.get(key)
        if key != "step" and old is not None and np.may_share_memory(x, old._value.array):
            old._value.shared().version += 1
        else:
            _store(state, key, x if key == "step" else x.reshape(array.shape), array)


def _store(state: State, key: str, x: Any, array: np.ndarray) -> None:
    """Write one entry of new state into the array that holds it; make that if there is none yet."""
    t = state.get(key)
    if t is None:
        dtype = new_step().dtype if key == "step" else array.dtype
        state[key] = tensor_of(np.array(x, dtype))
    else:
        np.copyto(t._value.array, x)
        t._value.shared().version += 1
