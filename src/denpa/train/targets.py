"""An output beside its target: whether they fit, and how many answers are right."""

from __future__ import annotations

import warnings
from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.core.graph import Value, equations_of
from denpa.core.shape import describe
from denpa.core.source import where
from denpa.nn.functional._tools import told
from denpa.train.metrics import SUM_ERROR


def right(output: Tensor, target: Tensor) -> Tensor | None:
    """`metrics.correct` as ops, so that a program can count; −1 where it says None of a target that
    has the shape of labels, since a program always returns the same."""
    if output.ndim != 2 or output.shape[1] < 2:
        return None
    chosen = output.detach().argmax(1)
    hits: Tensor
    if target.ndim == 1 and target.dtype.kind in "iu":
        hits = (chosen == target).sum()
        return hits
    if target.shape != output.shape:
        return None
    t = target.detach().to(output.dtype)
    labels = (t >= 0).all() & ((t.sum(1) - 1).abs() <= SUM_ERROR).all()
    hits = (chosen == t.argmax(1)).sum()
    hits = hits.where(labels, hits * 0 - 1)
    return hits


def counted(hits: Any) -> int | None:
    """The count that `right` means."""
    return None if hits is None or int(hits) < 0 else int(hits)


def warn_if_stretched(error: Tensor, output: Tensor, target: Tensor) -> None:
    """Warn where a loss of the user's own has broadcast a 1-d target (N,) against outputs (N, 1):
    all N targets against each output. Denpa's losses warn by themselves."""
    n = output.shape[0] if output.ndim else 0
    if target.shape != (n,) or output.shape != (n, 1) or n < 2:
        return
    made = {id(output._value)}  # what depends on the output
    for v in equations_of([error._value], stop=[output._value]):
        given = [x for x in v.inputs if type(x) is Value]
        if not any(id(x) in made for x in given):
            continue
        made.add(id(v))
        columns = any(x.shape == (n, 1) and id(x) in made for x in given)
        rows = any(x.shape == (n,) and id(x) not in made for x in given)
        if columns and rows and v.shape == (n, n) and v not in told:
            place = where(v.source, v.scope)
            warnings.warn(
                f"the loss: the target {describe(target)} has another shape than the output "
                f"{describe(output)} and is broadcast; this is rarely meant, make the shapes equal"
                + (f"\n    {place}" if place else ""),
                UserWarning,
                stacklevel=2,
            )
            return
