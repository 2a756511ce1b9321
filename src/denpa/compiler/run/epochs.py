"""One pass over the rows of tables, batch after batch, in native code."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.compiler.run.bound import Bound
from denpa.compiler.trace.arguments import flatten, mapped, rebuild
from denpa.core.errors import ArgumentError, GraphError, ShapeError
from denpa.core.shape import describe


class Epoch:
    """One epoch of a compiled function in progress."""

    def __init__(
        self,
        of: Any,
        tables: Sequence[Any],
        batch_size: int,
        order: Any,
        drop_last: bool,
        options: Mapping[str, Any],
        progress: Callable[[int], None] | None,
    ) -> None:
        arrays = [table_of(x) for x in tables]
        if batch_size < 1 or not arrays:
            raise ArgumentError(
                f"epoch takes at least one table and a positive batch_size, not {batch_size}"
            )
        rows = len(arrays[0])
        if any(len(a) != rows for a in arrays):
            lengths = ", ".join(str(len(a)) for a in arrays)
            raise ShapeError(f"epoch: the tables must have the same number of rows, not {lengths}")
        order = np.arange(rows) if order is None else array_of(order)
        order = np.ascontiguousarray(order, np.int64).reshape(-1)
        if order.size and int(order.view(np.uint64).max()) >= rows:  # negative ones are huge so
            raise IndexError(
                f"epoch: order names the row {order.min() if order.min() < 0 else order.max()}; "
                f"there are rows 0 to {rows - 1}"
            )
        full, rest = divmod(len(order), batch_size)
        count = full + (rest > 0 and not drop_last)
        if not count:
            raise ArgumentError(f"epoch: {len(order)} rows make no batch of {batch_size}")
        wanted = {k: np.asarray(array_of(x), np.float64) for k, x in options.items()}
        for k, x in wanted.items():
            if not x.ndim or len(x) != count:
                raise ShapeError(f"epoch: {k} needs a number for each of {count} batches")
        self.of, self.tables, self.order = of, arrays, order
        self.options, self.progress = wanted, progress
        self.batch_size, self.full, self.rest = batch_size, full, rest if count > full else 0
        self.structure: Any = None
        self.parts: list[list[np.ndarray]] = []  # stacked results, a list for each run
        self.at = 0  # place in the order

    def run(self) -> Any:
        """All batches; their results, stacked."""
        self.of.vary(self.options)
        if self.full:
            self._batches(0, self.full, self.batch_size)
        if self.rest:
            self._batches(self.full, 1, self.rest)
        return self._result()

    def _batches(self, first: int, n: int, width: int) -> None:
        """`n` batches of `width` rows."""
        of = self.of
        kind = (width, *[(a.shape[1:], a.dtype) for a in self.tables])
        while n:
            leaves, key = of._examples.get(kind) or self._example(width)
            with of._lock:
                try:
                    bound = of._find(key, tuple(leaves), {}, leaves)
                except GraphError as error:
                    if not self.at:
                        raise
                    of._due, bound = error, None  # the batches before are done: so are these
                if bound is not None:
                    bound.check_stackable()
                if bound is not None and not bound.passes_on:
                    of._examples[kind] = leaves, key
                    stores = bound.program.stores or bound.program.flags or bound.once
                    done = self._native(bound, first, 1 if stores else n, width)
                    first, n = first + done, n - done
                    continue
            # One batch; the next may find a program.
            self._alone(first, width, of if bound is not None else of.eagerly_on)
            first, n = first + 1, n - 1

    def _example(self, width: int) -> tuple[list[Tensor], Any]:
        """Tensors like those of a batch, and the key under which its program is found."""
        leaves = [Tensor(like(a, width)) for a in self.tables]
        return leaves, tuple([flatten(t, []) for t in leaves])

    def _native(self, bound: Bound, first: int, n: int, width: int) -> int:
        """Up to `n` batches; returns how many."""
        rows = self.order[self.at : self.at + n * width]
        options = {k: x[first : first + n] for k, x in self.options.items()}

        def told(done: int) -> None:
            if self.progress is not None:
                self.progress(first + done)

        batch = tuple(range(len(self.tables)))
        outs, n = bound.steps(
            self.tables, batch, rows, n, options, None if self.progress is None else told
        )
        self.at += n * width
        self.structure = bound.program.structure
        stacked = bound.stacked(outs, n)
        count = len(bound.program.stores)
        bound.store([tensor_of(a[-1]) for a in stacked[len(stacked) - count :]])
        if count:
            self.structure, stacked = self.structure[0], stacked[:-count]
        self.parts.append(stacked)
        return n

    def _alone(self, k: int, width: int, call: Callable[..., Any]) -> None:
        rows = self.order[self.at : self.at + width]
        groups = _groups(self.of._original) if self.options else []
        for key, x in self.options.items():
            for g, group in enumerate(groups):
                group[key] = float(x[k] if x.ndim == 1 else x[k, g])
        result = call(*(tensor_of(a[rows]) for a in self.tables))
        self.at += width
        found: list[np.ndarray] = []

        def kept(t: Any) -> np.ndarray:
            found.append(np.array(array_of(t)))
            return _PLACE

        self.structure = mapped(result, kept)
        self.parts.append([a[None] for a in found])
        if self.progress is not None:
            self.progress(k + 1)

    def _result(self) -> Any:
        found = []
        for column in zip(*self.parts, strict=True):
            shapes = list(dict.fromkeys(a.shape[1:] for a in column))
            if len(shapes) > 1:
                raise ShapeError(
                    f"epoch: a result has shape {list(shapes[0])} in full batches and "
                    f"{list(shapes[1])} in the last one, so they cannot be stacked; return a sum "
                    "or mean, or pass drop_last=True"
                )
            found.append(tensor_of(np.concatenate(column) if len(column) > 1 else column[0]))
        return rebuild(self.structure, iter(found))


_PLACE = np.zeros(())


def like(a: np.ndarray, width: int) -> Any:
    """A value as of a batch of the table; nobody reads its numbers."""
    return tensor_of(np.broadcast_to(np.zeros((), a.dtype), (width, *a.shape[1:])))._value


def array_of(x: Any) -> Any:
    """The numbers of a tensor or anything like an array."""
    return x.detach().numpy() if isinstance(x, Tensor) else np.asarray(x)


def table_of(x: Any) -> np.ndarray:
    """An array with examples along dimension 0."""
    a: np.ndarray = array_of(x)
    if not a.ndim:
        raise ShapeError(f"epoch: a table has its examples along dimension 0, not {describe(a)}")
    return np.ascontiguousarray(a)


def _groups(f: Any) -> list[dict[str, Any]]:
    """The groups of the optimizers that a function sees in its closure, globals or instance."""
    seen = [*inspect.getclosurevars(inspect.unwrap(f)).nonlocals.values()]
    seen += inspect.getclosurevars(inspect.unwrap(f)).globals.values()
    seen += vars(f.__self__).values() if inspect.ismethod(f) else ()
    return [g for x in seen if hasattr(x, "param_groups") for g in x.param_groups]
