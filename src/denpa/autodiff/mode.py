"""What is switched on for the running thread: recording, anomaly mode."""

from __future__ import annotations

import contextvars
import functools
import threading
from collections.abc import Callable
from typing import Any, Self, TypeVar

import numpy as np

from denpa.core.errors import GraphError
from denpa.core.source import current_scope, here, where

F = TypeVar("F", bound=Callable[..., Any])


class _State(threading.local):
    recording: bool = True
    anomaly: bool = False
    as_it_lies: bool = False  # views are taken of memory in whatever order it has (autodiff.layout)
    backward: Any = None  # the forward equation whose rule runs: its messages are linked to it
    tracer: Any = None  # while a compiled function is traced: what records it (denpa.compiler)

    def __init__(self) -> None:
        # NumPy's warnings about overflow and 0/0 are off inside this context alone. Running an
        # op in it costs a tenth of entering numpy.errstate.
        self.quiet = contextvars.Context()
        self.quiet.run(np.seterr, all="ignore")


STATE = _State()


def untraceable(what: str, instead: str) -> None:
    """Raise inside a compiled function: `what` cannot be part of a program; `instead` is the way
    out."""
    if STATE.tracer is not None:
        error = GraphError(
            f"{what} cannot be part of a compiled function; {instead}, or use "
            'denpa.compile(backend="eager")'
        )
        error.where = where(here(), current_scope())
        STATE.tracer.failed(error)
        raise error


class _Switch:
    """A setting for a `with` block or, as a decorator, for a function."""

    _name = ""

    def __init__(self, mode: bool) -> None:
        self._mode = mode
        self._before: list[bool] = []

    def __enter__(self) -> Self:
        self._before.append(getattr(STATE, self._name))
        setattr(STATE, self._name, self._mode)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(STATE, self._name, self._before.pop())

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with type(self)._copy(self):
                return function(*args, **kwargs)

        return inside  # type: ignore[return-value]

    def _copy(self) -> _Switch:
        new = type(self).__new__(type(self))
        _Switch.__init__(new, self._mode)
        return new


class _Bare(_Switch):
    """A switch that decorates without parentheses too: `@no_grad`."""

    def __new__(cls, given: Any = None, **options: Any) -> Any:
        return cls()(given) if callable(given) else super().__new__(cls)


class no_grad(_Bare):
    """Record nothing inside: results do not require gradients. Also a decorator.

    >>> import denpa as dp
    >>> w = dp.ones(2, requires_grad=True)
    >>> with dp.no_grad():
    ...     y = w * 2
    >>> y.requires_grad
    False
    """

    _name = "recording"

    def __init__(self) -> None:
        super().__init__(False)


class inference_mode(_Bare):
    """`no_grad` under the name for prediction; with `mode` False it records, as `enable_grad`."""

    _name = "recording"

    def __init__(self, mode: bool = True) -> None:
        super().__init__(not mode)


class as_it_lies(_Switch):
    """Take views of memory in the order in which it lies, not in the one that the user knows: for
    functions that choose the order themselves, and return nothing that lies in their input."""

    _name = "as_it_lies"

    def __init__(self) -> None:
        super().__init__(True)


class enable_grad(_Bare):
    """Record inside, also within `no_grad`. Also a decorator."""

    _name = "recording"

    def __init__(self) -> None:
        super().__init__(True)


class set_grad_enabled(_Switch):
    """Switch recording on or off: at once, and until the `with` block ends where it is used as
    one."""

    _name = "recording"

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        self._before.append(STATE.recording)
        STATE.recording = self._mode

    def __enter__(self) -> Self:
        return self


def is_grad_enabled() -> bool:
    """Whether operations are being recorded for backward."""
    return STATE.recording


class set_detect_anomaly(_Switch):
    """Anomaly mode: a NaN, or an infinity that does harm, is an error that names the op that made
    it, forward or backward, what went in and the source line. Slower; for finding the fault.

    Infinity alone is no fault: a mask of -inf before a softmax is healthy as long as what follows
    is finite. It is one where an op makes a NaN of it, and where the loss, a gradient or an updated
    parameter is infinite; then the op is blamed that made the infinity of finite numbers, or, if it
    was given (a mask, data), the op that made the NaN of it. The words are the same in compiled
    functions, where an op that nothing is computed from is left out and cannot be blamed.

    >>> import denpa as dp
    >>> with dp.autograd.detect_anomaly():
    ...     dp.log(dp.tensor([1.0, -2.0]))
    Traceback (most recent call last):
        ...
    denpa.core.errors.AnomalyError: log made nan from -2 (1 of 2 elements, here [1])...
    """

    _name = "anomaly"

    def __init__(self, mode: bool = True, check_nan: bool = True) -> None:
        super().__init__(bool(mode) and check_nan)
        self._before.append(STATE.anomaly)
        STATE.anomaly = self._mode

    def __enter__(self) -> Self:
        return self


class detect_anomaly(_Switch):
    """Anomaly mode inside a `with` block; see `set_detect_anomaly`."""

    _name = "anomaly"

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(check_nan)
