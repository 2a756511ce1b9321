"""The slots `_value` and `_grad` of `Tensor`, through which every read and every change goes.

They are what a tracer takes over, for as long as one is active; the eager path pays nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor
from denpa.core.graph import Value

SLOT: Any = Tensor.__dict__["_value"]
GRAD: Any = Tensor.__dict__["_grad"]
_lock = threading.Lock()
_active = [0]


class _WatchedValue:
    """In the place of the slot `_value` while anyone traces."""

    def __get__(self, t: Any, owner: Any = None) -> Any:
        value = SLOT.__get__(t)
        tracer = STATE.tracer
        if tracer is not None and (value.number < tracer.first or tracer.stale):
            return tracer.read(t, value)
        return value

    def __set__(self, t: Any, value: Value) -> None:
        SLOT.__set__(t, value)


class _WatchedGrad:
    """In the place of the slot `_grad` while anyone traces."""

    def __get__(self, t: Any, owner: Any = None) -> Any:
        g = GRAD.__get__(t)
        if STATE.tracer is not None:
            STATE.tracer.touch_grad(t, g, True)
        return g

    def __set__(self, t: Any, g: Any) -> None:
        if STATE.tracer is not None:
            STATE.tracer.touch_grad(t, None, False)
        GRAD.__set__(t, g)


@contextmanager
def watching(tracer: Any) -> Iterator[None]:
    """Record with `tracer` in this thread."""
    with _lock:
        _active[0] += 1
        if _active[0] == 1:
            Tensor._value = _WatchedValue()  # type: ignore[misc, assignment]
            Tensor._grad = _WatchedGrad()  # type: ignore[misc, assignment]
    STATE.tracer = tracer
    try:
        yield
    finally:
        STATE.tracer = None
        with _lock:
            _active[0] -= 1
            if not _active[0]:
                Tensor._value = SLOT  # type: ignore[misc]
                Tensor._grad = GRAD  # type: ignore[misc]


def value_of(t: Tensor) -> Value:
    """The value of a tensor without the tracer's hearing of it."""
    value: Value = SLOT.__get__(t)
    return value


def grad_of(t: Tensor) -> Tensor | None:
    """The `.grad` of a tensor without the tracer's hearing of it."""
    g: Tensor | None = GRAD.__get__(t)
    return g
