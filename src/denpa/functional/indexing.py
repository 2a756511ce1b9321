"""`t[...]` and `t[...] = v`.

Ints, slices, None and Ellipsis give views, by the primitives slice and reshape. Index tensors
(lists, arrays, boolean masks) copy, by the primitive gather on leading dimensions; as in PyTorch,
ints count as basic, and index tensors that are not neighbours put their dimensions in front.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from denpa.autodiff.layout import memory
from denpa.autodiff.mode import STATE
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import bool_, float16
from denpa.core.errors import DimError, ShapeError
from denpa.core.op import OPS
from denpa.core.shape import Shape, broadcast_shapes, describe
from denpa.functional.common import located, op, reshape_to, shared_with
from denpa.functional.elements import array_of, number_in
from denpa.functional.pick import put


class IndexPlan(NamedTuple):
    """An index worked out: the part taken (start, stop, step), its shape once ints have lost their
    dimension and None has made one, and the index tensors with the dimensions of it they stand
    for.
    """

    start: Shape
    stop: Shape
    step: Shape
    shape: Shape
    picks: tuple[tuple[int, Any], ...]
    apart: bool


def _as_index(key: Any) -> Any:
    """A list, array or tensor as an index: int64 or bool, a tensor without data included."""
    if isinstance(key, Tensor):
        if key.dtype == bool_:
            return key._held()
        if key.dtype.kind not in "iu" or key.dtype == np.uint8:
            raise located(
                DimError(f"an index must be an integer or bool tensor, not {describe(key)}")
            )
        return key if key._value.array is None or key.shape else key._held()
    if isinstance(key, (list, tuple, range)):
        key = np.asarray([k._held() if isinstance(k, Tensor) else k for k in key])
        key = key.astype(np.int64) if not key.size else key
    if not isinstance(key, np.ndarray) or key.dtype.kind not in "iub":
        raise located(
            IndexTypeError(
                "an index must be made of ints, slices, None, Ellipsis and integer or bool "
                "tensors, "
                f"not {key!r}"
            )
        )
    return key


def _int(key: Any) -> int | None:
    """The index as an int, if it is one."""
    if type(key) is int:
        return key
    if isinstance(key, (bool, np.bool_)):
        return None
    if isinstance(key, np.integer):
        return int(key)
    if isinstance(key, Tensor) and key.dtype == np.uint8:
        return None  # PyTorch's old masks
    if isinstance(key, Tensor) and not key.shape and key.dtype.kind in "iu":
        return None if key._value.array is None else int(key._held())
    if isinstance(key, np.ndarray) and not key.ndim and key.dtype.kind in "iu":
        return int(key)
    return None


def _dims_used(key: Any) -> int:
    if key is None or key is Ellipsis or isinstance(key, (bool, np.bool_)):
        return 0
    if isinstance(key, (Tensor, np.ndarray)) and key.dtype == bool_:
        return key.ndim
    if isinstance(key, list):
        return max(1, np.ndim(key)) if key and _is_mask(key) else 1
    return 1


def _is_mask(key: list[Any]) -> bool:
    first: Any = key
    while isinstance(first, list) and first:
        first = first[0]
    return isinstance(first, (bool, np.bool_))


def _is_tuple(key: Any) -> bool:
    """Whether a list stands for a tuple: as in PyTorch, one that holds sequences, slices or
    None.
    """
    parts = (list, tuple, range, slice, np.ndarray, Tensor)
    return (
        isinstance(key, list)
        and len(key) < 32
        and any(k is None or k is Ellipsis or isinstance(k, parts) for k in key)
    )


class IndexTypeError(DimError, TypeError):
    """An index of a type that no index has."""


def plan(shape: Shape, key: Any) -> IndexPlan:
    """Work an index out against a shape."""
    keys = list(key) if isinstance(key, tuple) or _is_tuple(key) else [key]
    used = sum(_dims_used(k) for k in keys)
    if used > len(shape):
        raise located(
            DimError(
                f"too many indices: {used} for a tensor of {len(shape)} dimensions, {list(shape)}"
            )
        )
    dots = [k for k, x in enumerate(keys) if x is Ellipsis]
    if len(dots) > 1:
        raise located(DimError("an index can have only one Ellipsis (...)"))
    fill = [slice(None)] * (len(shape) - used)
    at = dots[0] if dots else len(keys)
    keys[at : at + len(dots)] = fill
    start, stop, step = [0] * len(shape), list(shape), [1] * len(shape)
    out: list[int] = []
    index: list[tuple[int, Any]] = []
    d = 0
    for k in keys:
        if k is None:
            out.append(1)
            continue
        whole = _int(k)
        if whole is not None:
            n = shape[d]
            if not -n <= whole < n:
                raise located(
                    DimError(
                        f"index {whole} is out of range for dimension {d} of size {n} of "
                        f"{list(shape)}"
                    )
                )
            start[d] = whole % n
            stop[d] = start[d] + 1
            d += 1
        elif isinstance(k, slice):
            a, b, s = _slice(k, shape[d])
            start[d], stop[d], step[d] = a, b, s
            out.append(-(-(b - a) // s))
            d += 1
        else:
            if isinstance(k, (bool, np.bool_)):
                index.append((len(out), np.zeros(int(k), np.int64)))
                out.append(1)
                continue
            found = _as_index(k)
            if found.dtype == bool_:
                if found.shape != shape[d : d + found.ndim]:
                    raise located(
                        DimError(
                            f"the mask has shape {list(found.shape)}, the dimensions that it is "
                            "for "
                            f"{list(shape[d : d + found.ndim])}"
                        )
                    )
                if not found.ndim:
                    index.append((len(out), np.zeros(int(found), np.int64)))
                    out.append(1)
                    continue
                for i in np.nonzero(found):
                    index.append((len(out), i))
                    out.append(shape[d])
                    d += 1
            else:
                index.append((len(out), found))
                out.append(shape[d])
                d += 1
    # Ints are gone by then, so dimensions count as neighbours across them.
    where = [p for p, _ in index]
    apart = bool(where) and where != list(range(where[0], where[0] + len(where)))
    if index:
        try:
            broadcast_shapes(*(i.shape for _, i in index))
        except ShapeError as error:
            raise located(DimError(f"index tensors: {error}")) from None
    return IndexPlan(tuple(start), tuple(stop), tuple(step), tuple(out), tuple(index), apart)


def _slice(k: slice, n: int) -> tuple[int, int, int]:
    try:
        a, b, s = slice(*(_bound(x) for x in (k.start, k.stop, k.step))).indices(n)
    except TypeError:
        raise TypeError(f"the bounds of a slice must be ints or None, not {k}") from None
    except ValueError:
        raise located(SliceError("the step of a slice must not be 0")) from None
    if s < 0:
        raise located(
            SliceError("the step of a slice must be positive; use .flip(dim) to turn it round")
        )
    return a, max(a, b), s


def _bound(x: Any) -> Any:
    return x.__index__() if isinstance(x, (Tensor, np.ndarray)) else x


class SliceError(ShapeError, ValueError):
    """A slice that cannot be taken (PyTorch raises ValueError)."""


def _basic(x: Tensor, p: IndexPlan) -> Tensor:
    if p.start != (0,) * len(p.start) or p.stop != x.shape or p.step != (1,) * len(p.step):
        x = op("slice", x, start=p.start, stop=p.stop, step=p.step)
        return reshape_to(x, p.shape)
    return op("reshape", x, shape=p.shape)


def _orders(p: IndexPlan, rank: int) -> tuple[Shape, Shape]:
    """(dims with the indexed ones in front, where the picked dimensions of the result go back)."""
    front = [d for d, _ in p.picks]
    picked = len(broadcast_shapes(*(i.shape for _, i in p.picks)))
    order = (*front, *(d for d in range(rank) if d not in front))
    total = picked + rank - len(front)
    if p.apart or front[0] == 0:
        return order, tuple(range(total))
    at = front[0]
    back = (*range(picked, picked + at), *range(picked), *range(picked + at, total))
    return order, back


def getitem(self: Tensor, key: Any) -> Tensor:
    """The part of the tensor that an index names."""
    if type(key) is int and self._value.shape:  # the commonest case: a row
        n = self._value.shape[0]
        if -n <= key < n:
            shape = self._value.shape
            k = key % n
            zero = (0,) * (len(shape) - 1)
            row = OPS["slice"](
                self, start=(k, *zero), stop=(k + 1, *shape[1:]), step=(1,) * len(shape)
            )
            return op("reshape", row, shape=shape[1:])
    array = self._value.array
    if type(key) is slice and key.step is None and array is not None and array.ndim:
        recorded = STATE.recording and self._value.requires_grad
        if not recorded:  # batches of data, say: no plan is needed
            first, last, _ = key.indices(array.shape[0])
            return _view_of(self, memory(self._value)[first : max(first, last)])
    p = plan(self.shape, key)
    x = _basic(self, p)
    if not p.picks:
        return x
    order, back = _orders(p, len(p.shape))
    if order != tuple(range(len(order))):
        x = op("permute", x, dims=order)
    y = op("gather", x, *(i for _, i in p.picks))
    return y if back == tuple(range(len(back))) else op("permute", y, dims=back)


def _view_of(base: Tensor, array: np.ndarray) -> Tensor:
    """A tensor around a view of the memory of `base`, not recorded; each sees the other change."""
    storage = base._value.shared()
    out = shared_with(array)
    out._value.storage = storage
    storage.add_name(base)
    storage.add_name(out)
    return out


def _read(array: np.ndarray, p: IndexPlan) -> np.ndarray:
    """The part of a NumPy array, a view if the index is basic."""
    part: np.ndarray = array[_span(p)].reshape(p.shape)
    return part


def _span(p: IndexPlan) -> tuple[Any, ...]:
    return tuple(np.s_[a:b:s] for a, b, s in zip(p.start, p.stop, p.step, strict=True))


def setitem(self: Tensor, key: Any, value: Any) -> None:
    """Write into the part that an index names; the value is broadcast to it and cast.

    Without recording (under `no_grad`, or where nothing requires a gradient) this writes through
    to the shared memory. Recorded, the name means the changed values from here on.
    """
    p = plan(self.shape, key)
    v = value if isinstance(value, Tensor) else _value(value, self.dtype)
    recorded = STATE.recording and (self.requires_grad or v.requires_grad)
    if STATE.tracer or recorded or self._value.array is None or v._value.array is None:
        rebind(self, _written(self, p, v))
        return
    held = self._held()
    if not held.flags.writeable:
        raise RuntimeError(
            "this tensor cannot be written to: several elements share one place in memory "
            "(it was expanded), or its NumPy array is read-only; call .clone() first"
        )
    with np.errstate(all="ignore"):
        if not p.picks:
            part = held[(*_span(p), Ellipsis)]
            new = _fitted(v, p.shape)._held()
            np.copyto(part, new.reshape(part.shape), casting="unsafe")
        else:
            places = _places(held.shape, p)
            new = _fitted(v, places.shape)._held()
            if held.flags.c_contiguous:
                held.reshape(-1)[places] = new
            else:
                held[np.unravel_index(places, held.shape)] = new
    self._value.shared().version += 1


def _value(value: Any, dtype: Any) -> Tensor:
    if isinstance(value, (bool, int, float, np.generic)):
        value = value.item() if isinstance(value, np.generic) else value
        held = array_of if dtype == float16 else number_in  # a half becomes infinite, as in PyTorch
        return tensor_of(held(value, dtype), dtype)
    if isinstance(value, np.ndarray):
        return tensor_of(value)
    raise TypeError(
        f"a value to be written must be a number, a tensor or an array, not {type(value).__name__}"
    )


def _places(shape: Shape, p: IndexPlan) -> np.ndarray:
    """The flat position of every element that an index with index tensors names."""
    size = int(np.prod(shape, dtype=np.int64))
    x = _read(np.arange(size, dtype=np.int64).reshape(shape), p)
    if not p.picks:
        return x
    order, back = _orders(p, len(p.shape))
    index = []
    for d, i in p.picks:
        held = i._held() if isinstance(i, Tensor) else i
        n = p.shape[d]
        if held.size and not (-n <= int(held.min()) and int(held.max()) < n):
            wrong = int(held.min()) if int(held.min()) < -n else int(held.max())
            raise located(DimError(f"index {wrong} is out of range for a dimension of size {n}"))
        index.append(held)
    places: np.ndarray = x.transpose(order)[tuple(index)].transpose(back)
    return places


def _fitted(v: Tensor, shape: Shape) -> Tensor:
    """The value broadcast to the part; leading sizes of 1 may be too many, as in PyTorch."""
    extra = len(v.shape) - len(shape)
    if extra > 0 and v.shape[:extra] == (1,) * extra:
        v = op("reshape", v, shape=v.shape[extra:])
    if v.shape == shape:
        return v
    try:
        return op("broadcast_to", v, shape=shape)
    except ShapeError:
        raise located(
            ShapeError(f"{describe(v)} cannot be written into a part of shape {list(shape)}")
        ) from None


def _written(x: Tensor, p: IndexPlan, v: Tensor) -> Tensor:
    """x with v in the place of the part, as a new tensor on the graph."""
    places = _places(x.shape, p)
    if v.dtype != x.dtype:
        v = op("cast", v, dtype=x.dtype)
    return put(x, places, _fitted(v, places.shape))


def iterate(self: Tensor) -> Any:
    """The slices along the first dimension."""
    if not self.shape:
        raise TypeError("iteration over a 0-dim tensor")
    return iter([getitem(self, k) for k in range(self.shape[0])])


def contains(self: Tensor, element: Any) -> bool:
    """Whether an element equals the given number."""
    found = self == element
    if found is NotImplemented or not isinstance(found, Tensor):
        raise RuntimeError(
            f"`in` looks for numbers and tensors in a tensor, not {type(element).__name__}"
        )
    return bool(found._held().any())
