"""A pass of a run's network, or of any network on data, to be explained."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.mode import enable_grad
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import ArgumentError, DimError
from denpa.core.wording import option
from denpa.explanation import Explanation, explain
from denpa.runs.recipe import core, core_loss, make_loss, scaled
from denpa.runs.rows import own_part

# The pass as its user would write it: an explanation reads the names of values off these lines.
_LINES = ["z = net(x)\n", "loss = criterion(z, t)\n"]
_FILE = "<pass>"
_CODE = compile("".join(_LINES), _FILE, "exec")


def passed(
    net: Callable[[Tensor], Tensor],
    criterion: Callable[[Tensor, Tensor], Tensor],
    x: np.ndarray,
    t: np.ndarray,
) -> Tensor:
    """The loss of a network on a batch, x (N, …) and t, recorded with names: x, z, t, loss."""
    linecache.cache[_FILE] = (len("".join(_LINES)), None, _LINES, _FILE)
    names: dict[str, Any] = {
        "net": net, "criterion": criterion, "x": tensor_of(x), "t": tensor_of(t),
    }  # fmt: skip
    with enable_grad():
        exec(_CODE, names)
    loss: Tensor = names["loss"]
    return loss


def window(sample: int, batch: int, size: int, part: str) -> slice:
    """The rows that go through together: `batch` of them from the first, or around the sample.

    Errors: TypeError for what is no whole number, ArgumentError (a ValueError) for a batch below 1,
    DimError (an IndexError) for a sample out of range.

    >>> window(7, 32, 360, "test"), window(300, 32, 360, "test")
    (slice(0, 32, None), slice(284, 316, None))
    """
    for name, value in (("sample", sample), ("batch", batch)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} is a whole number, not {value!r}")
    if batch < 1:
        raise ArgumentError(f"{option('batch')} is at least 1, not {batch}")
    if not 0 <= sample < size:
        raise DimError(
            f"{option('sample')} {sample} is out of range: {part} has {size:,} rows "
            f"(0 to {size - 1})"
        )
    first = 0 if sample < batch else max(0, min(sample - batch // 2, size - batch))
    return slice(first, min(first + batch, size))


def explain_run(
    run: Any, sample: int, part: str | None, batch: int, data_dir: str | None
) -> Explanation:
    """See `Run.explain`, which hands itself in: this file knows it by what it asks of it."""
    settings, spec = run.settings, run.record["network"]
    name, rows = own_part(run.record, settings, run.path, data_dir, part)
    at = window(sample, batch, len(rows), f"the {name} part")
    if run.record["members"] == 1:
        net: Any = core(run.net)
        criterion = core_loss(settings)
        x, t = (a[at] for a in scaled(spec, rows))
    else:
        net, criterion = run.net, make_loss(settings, spec["rescale"])
        x, t = rows.x[at], rows.require_target()[at]
    title = f"{run.path.name} · {name} {at.start}–{at.stop - 1}"
    classes: Sequence[str] | None = rows.classes or None
    return explain(
        passed(net, criterion, x, t), title=title, start=sample - at.start, classes=classes
    )
