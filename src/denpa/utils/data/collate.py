"""From a list of samples to a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import as_dtype
from denpa.core.errors import ShapeError
from denpa.core.op import OPS
from denpa.core.shape import describe


def _stack(batch: Sequence[Tensor]) -> Tensor:
    shape = batch[0].shape
    for k, t in enumerate(batch):
        if t.shape != shape:
            raise ShapeError(
                "stack expects each tensor to be equal size, but sample 0 has "
                f"{describe(batch[0])} "
                f"and sample {k} has {describe(t)}; crop or pad them, or pass a collate_fn"
            )
    if any(t._value.array is None or t.requires_grad for t in batch):
        rows = [OPS["reshape"](t, shape=(1, *shape)) for t in batch]
        result: Tensor = OPS["cat"](*rows, dim=0)
        return result
    return tensor_of(np.stack([t._held() for t in batch]))  # (B, ...)


def _from_numpy(array: np.ndarray) -> Tensor:
    try:
        as_dtype(array.dtype)
    except TypeError:
        raise TypeError(
            "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
            f"found a NumPy array of {array.dtype}"
        ) from None
    return tensor_of(array)


def default_collate(batch: Sequence[Any]) -> Any:
    """Samples of one kind as a batch: tensors, arrays and numbers are stacked along a new first
    dimension, strings stay a list, and tuples, lists and dicts are collated entry by entry.

    Errors: RuntimeError (ShapeError) for samples of different shapes or lengths, TypeError for what
    cannot be collated, IndexError for no sample.

    >>> import denpa as dp
    >>> dp.utils.data.default_collate([(dp.tensor([1.0, 2.0]), 0), (dp.tensor([3.0, 4.0]), 1)])
    [tensor([[1., 2.],
             [3., 4.]]), tensor([0, 1])]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return _stack(batch)
    if isinstance(first, (np.ndarray, np.generic)) and not isinstance(first, (str, bytes)):
        return _stack([_from_numpy(np.asarray(x)) for x in batch])
    if isinstance(first, float):
        return tensor_of(np.array(batch, np.float64))
    if isinstance(first, int):
        return tensor_of(np.array(batch))
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, Mapping):
        entries = {key: default_collate([sample[key] for sample in batch]) for key in first}
        return type(first)(entries) if type(first) is not dict else entries  # type: ignore[call-arg]
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise ShapeError(
                "each element in list of batch should be of equal size, "
                f"but the samples have {sorted({len(s) for s in batch})} entries"
            )
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else columns
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {type(first)}"
    )


def default_convert(data: Any) -> Any:
    """One sample with its NumPy arrays as tensors; what a loader does with `batch_size=None`.

    Inside of tuples, lists and dicts too (tuples become lists); all else stays as it is.

    Errors: TypeError for an array of numbers of a dtype that Denpa has not, such as uint16.

    >>> import numpy as np, denpa as dp
    >>> dp.utils.data.default_convert({"x": np.array([1, 2]), "name": "a"})
    {'x': tensor([1, 2]), 'name': 'a'}
    """
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind in "biuf":
        return _from_numpy(np.asarray(data))
    if isinstance(data, Mapping):
        return {key: default_convert(x) for key, x in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(default_convert, data))
    if isinstance(data, (list, tuple)):
        return [default_convert(x) for x in data]
    return data
