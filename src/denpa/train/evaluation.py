"""What a network says of data, and how good it is, in evaluation mode and without recording."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.compiler.run.compiled import Compiled
from denpa.core.dtype import DType, get_default_dtype
from denpa.core.errors import AnomalyError, ArgumentError
from denpa.nn import Module
from denpa.nn.state import evaluating
from denpa.train import metrics
from denpa.train.batches import Batches, as_array
from denpa.train.models import Standardize
from denpa.train.steps import Loss, check_backend, compiled
from denpa.train.targets import counted, right

# Whole batches for which it pays to compile a network. With 8, four batches of 1,024 rows
# (784-512-512-10) take 1.5 times as long; with 2, two take 0.80 and three 0.71 where the program is
# in the cache. Where it is not, it takes 0.2 s to make, as long as 15 eager batches
# (`benchmarks.tuned _WORTH`, one thread of an AMD EPYC, Zen 5).
_WORTH = 4
_programs: weakref.WeakKeyDictionary[Module, Compiled | None] = weakref.WeakKeyDictionary()


def dtype_of(net: Module) -> DType:
    """The dtype of a network's parameters; the default one where it has none."""
    for p in net.parameters():
        return p.dtype
    return get_default_dtype()


def data_dtypes(net: Module) -> tuple[DType | None, DType | None]:
    """The dtypes of the inputs and the targets of a network: that of its parameters, or None, as
    exact as they are, where it scales them itself."""
    ends = [m.inverse for m in net.modules() if isinstance(m, Standardize)]
    own = dtype_of(net)
    return None if False in ends else own, None if True in ends else own


@contextmanager
def _judging(net: Module) -> Iterator[None]:
    with evaluating(net), no_grad():
        yield


def predict(net: Module, x: Any, batch_size: int = 1024, *, backend: str = "native") -> np.ndarray:
    """The network's outputs for all rows of `x`, in evaluation mode, without recording.

    With `backend="native"` whole batches, if there are at least four, run as a native program,
    which is kept as long as the network; the other rows, and networks that cannot be compiled, run
    eagerly. `x` (N, …), an array, a tensor or a frame, to an array (N, …).

    Errors: ArgumentError (a ValueError) for what is no numbers, for NaN and infinite values, and
    for an unknown backend or a batch size below 1; RuntimeError (ShapeError) for rows that do not
    fit the network.

    >>> import denpa as dp
    >>> dp.train.predict(dp.nn.Linear(3, 2), np.zeros((5, 3))).shape
    (5, 2)
    """
    check_backend(backend)
    if batch_size < 1:
        raise ArgumentError(f"batch_size must be at least 1, not {batch_size}")
    rows = as_array(x, data_dtypes(net)[0], "inputs")
    with _judging(net):
        return np.concatenate(list(_outputs(net, rows, batch_size, backend)))


def _outputs(net: Module, rows: np.ndarray, batch_size: int, backend: str) -> Iterator[np.ndarray]:
    """The outputs, a batch at a time."""
    whole = len(rows) // batch_size * batch_size
    ready = None
    if backend == "native" and whole >= _WORTH * batch_size:
        ready = _natively(net, rows, whole, batch_size)
    for at in range(0, max(len(rows), 1), batch_size):
        if ready is not None and at < whole:
            yield ready[at : at + batch_size]
        else:
            yield net(tensor_of(rows[at : at + batch_size])).numpy()


def _natively(net: Module, rows: np.ndarray, whole: int, batch_size: int) -> np.ndarray | None:
    """The outputs for whole batches; None if the network cannot be compiled."""
    if net not in _programs:
        reference = weakref.ref(net)  # the program must not keep the network alive
        _programs[net] = compiled(_forward(reference), lambda: {"net": reference()}, weak=True)
    program = _programs[net]
    if program is None:
        return None
    try:
        found = program.epoch(rows, batch_size=batch_size, order=np.arange(whole)).numpy()
        return np.asarray(found.reshape(whole, *found.shape[2:]))
    except AnomalyError:
        raise
    except Exception:  # it says so itself, in eager mode, if it is at fault
        _programs[net] = None
        return None


def _forward(reference: Callable[[], Module | None]) -> Callable[[Tensor], Any]:
    """The network as a function that does not keep it alive."""

    def forward(x: Tensor) -> Any:
        net = reference()
        assert net is not None
        return net(x)

    return forward


def evaluate(
    net: Module, loss: Loss, data: Any, batch_size: int = 1024, *, backend: str = "native"
) -> dict[str, float]:
    """The mean loss and, for a classification, the accuracy of `net` on `data`, in evaluation
    mode. `backend`: as for `predict`, where `data` are arrays.

    `data`: a pair (X, Y), a Dataset or a DataLoader, as for `fit`; returns floats by name, "loss"
    and, for class indices (N,) or one-hot Y (N, C), "accuracy".

    Errors: ArgumentError (a ValueError) for other than two parts, unequal numbers of rows, no rows,
    values that are no finite numbers, a batch_size below 1 and an unknown backend; TypeError for
    data of another sort.

    >>> import numpy as np, denpa as dp
    >>> x, y = np.eye(2), np.array([0, 0])
    >>> dp.train.evaluate(dp.nn.Identity(), dp.nn.CrossEntropyLoss(), (x, y))["accuracy"]
    0.5
    """
    check_backend(backend)
    source = Batches(data, batch_size, data_dtypes(net))
    with _judging(net):
        if source.arrays is None:
            return _figures(loss, ((net(x), y) for x, y in source.epoch(0, 0, shuffle=False)))
        rows, targets = source.arrays
        outputs = _outputs(net, rows, batch_size, backend)
        return _figures(
            loss,
            (
                (tensor_of(out), tensor_of(targets[k * batch_size : (k + 1) * batch_size]))
                for k, out in enumerate(outputs)
            ),
        )


def _figures(loss: Loss, pairs: Iterator[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """From outputs and targets, a batch at a time."""
    total = _Total()
    for output, y in pairs:
        total.add(len(y), float(loss(output, y)), metrics.correct(output.numpy(), y.numpy()))
    return total.figures()


class _Total:
    """The mean loss and the accuracy so far."""

    def __init__(self) -> None:
        self.loss, self.right, self.seen = 0.0, 0, 0
        self.classified = True

    def add(self, n: int, loss: float, right: int | None) -> None:
        """A batch of `n` examples; `right` of them, None where nothing is classified."""
        self.loss, self.seen = self.loss + loss * n, self.seen + n
        self.right += right or 0
        self.classified = self.classified and right is not None

    def figures(self) -> dict[str, float]:
        """Loss, and accuracy where there is one."""
        found = {"loss": self.loss / self.seen}
        return found | ({"accuracy": self.right / self.seen} if self.classified else {})


class Validation:
    """`evaluate` on the same data again and again, as during training: loss and figures too are
    part of the native program, which is kept."""

    def __init__(self, net: Module, loss: Loss, data: Any, *, backend: str) -> None:
        self.net, self.loss = net, loss
        self.source = Batches(data, 1024, data_dtypes(net))
        parts = {"net": net, "loss": loss}
        self._compiled = (
            compiled(self.validation_step, lambda: parts) if backend == "native" else None
        )

    @property
    def examples(self) -> int:
        """How many rows there are."""
        return self.source.examples

    def validation_step(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor | None]:
        """What is compiled: the loss, and the right answers."""
        output = self.net(x)
        return self.loss(output, y), right(output, y)

    def run(self, backend: str) -> dict[str, float]:
        """The figures of the network as it is."""
        source = self.source
        if backend == "native" and self._compiled is not None and source.arrays is not None:
            try:
                with _judging(self.net):
                    return self._natively(self._compiled, source.arrays)
            except AnomalyError:
                raise
            except Exception:  # it says so itself, in eager mode, if it is at fault
                self._compiled = None
        with _judging(self.net):
            pairs = source.epoch(0, 0, shuffle=False)
            return _figures(self.loss, ((self.net(x), y) for x, y in pairs))

    def _natively(self, program: Compiled, arrays: tuple[np.ndarray, ...]) -> dict[str, float]:
        n, size = self.source.examples, self.source.batch_size
        losses, counts = program.epoch(*arrays, batch_size=size)
        values = losses.numpy().tolist()
        found = [None] * len(values) if counts is None else counts.numpy().tolist()
        total = _Total()
        for k, (value, hits) in enumerate(zip(values, found, strict=True)):
            total.add(min(size, n - k * size), value, counted(hits))
        return total.figures()
