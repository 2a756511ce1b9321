"""Anomaly mode in a training run: what was made is told with its epoch, batch and row of the data.

`denpa.autodiff.anomaly` has the rule of what is blamed; here is added where in training that was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from denpa.autodiff.blame import AnomalyBlame
from denpa.autodiff.mode import STATE, detect_anomaly
from denpa.autodiff.tensor import Tensor
from denpa.core.errors import AnomalyError
from denpa.nn import Module
from denpa.train.batches import column_of, first_not_finite

_LARGE = 1e6  # no weight that learns well is larger
_places: ContextVar[Callable[[int], str] | None] = ContextVar("places", default=None)


@contextmanager
def watched(place: Callable[[int], str]) -> Iterator[None]:
    """Anomaly mode for a network of Denpa's own making, of which no line is the user's; `place`
    says where the user finds a row of the training data."""
    token = _places.set(place)
    try:
        with detect_anomaly():
            yield
    finally:
        _places.reset(token)


def placed(error: AnomalyError, net: Module, when: str, rows: np.ndarray | None) -> AnomalyError:
    """The error with the words for when it happened, and the row of the data, the layer and the
    parameter where they are known; `rows` are those of the batch."""
    blame: AnomalyBlame | None = error.blame
    parts, place_of = [when], _places.get()
    where = error.where
    if blame is not None:
        if blame.maker.phase in ("forward", "backward"):
            parts.append(f"{blame.maker.phase} pass")
        row = _row(blame, rows)
        if row is not None:
            found = "" if place_of is None else f" ({place_of(row)})"
            parts.append(f"row {row} of the training data{found}")
        name = next((n for n, p in net.named_parameters() if p is blame.parameter), "")
        if name:
            parts.append(f"parameter {name}")
        path = blame.maker.scope or name.rpartition(".")[0]
        if path and (place_of is not None or not blame.maker.scope):
            parts.append(f"layer {path}{_class(net, path)}")
    new = AnomalyError(f"{', '.join(parts)}: {error.args[0]}{_grown(net, blame)}")
    new.blame = blame
    new.where = where if place_of is None else ""
    return new


def _class(net: Module, path: str) -> str:
    return next((f" ({type(m).__name__})" for name, m in net.named_modules() if name == path), "")


def _grown(net: Module, blame: AnomalyBlame | None) -> str:
    """What to do about weights that have grown beyond all measure, as by a learning rate that is
    too large."""
    if blame is not None and blame.maker.phase == "update":
        return ""
    sizes = {n: float(np.abs(p.detach().numpy()).max(initial=0)) for n, p in net.named_parameters()}
    name = max(sizes, key=lambda n: sizes[n], default="")
    if not name or not sizes[name] > _LARGE:
        return ""
    return (
        f"; {name} has grown to {sizes[name]:.3g}: lower the learning rate, or clip the gradients"
    )


def _row(blame: AnomalyBlame, rows: np.ndarray | None) -> int | None:
    """The row of the data in which the number stands, if the array has one element a row."""
    place, shape = blame.place, blame.shape
    if rows is None or not blame.rows or not shape or shape[0] != len(rows):
        return None
    return int(rows[place[0]])


def check_batch(x: Tensor, y: Tensor, rows: np.ndarray | None) -> None:
    """In anomaly mode: raise for a batch that holds NaN or infinity as it came."""
    if not STATE.anomaly:
        return
    for what, t in (("inputs", x), ("targets", y)):
        array = t.detach().numpy()
        found = first_not_finite(array)
        if found is not None:
            row = found[0] if rows is None else int(rows[found[0]])
            of = "the batch" if rows is None else "the training data"
            value = array[found]
            raise AnomalyError(
                f"the {what} hold {value:g} in row {row}{column_of(found)} of {of}, as they were "
                "given: remove or fill it"
            )
