"""Denpa and PyTorch through one face: the few words in which a check speaks to either.

Both have the same names, so that one kind of subject serves for both; what differs (tensors from
arrays, random numbers, where gradients come from) is said in `engine` and `pytorch`. Neither is
loaded before code of its own is checked (`known`).
"""

from __future__ import annotations

import importlib
import inspect
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError
from denpa.core.tree import leaves
from denpa.words import say

SEED = 0  # of each evaluation: dropout draws the same mask in all of them


class Framework:
    """What Denpa and PyTorch call alike. `Tensor`, `Module`, `Parameter` and `Function` are their
    classes, `grad` and `cat` their functions."""

    name: str
    float32: Any = "float32"
    float64: Any = "float64"
    Tensor: Any
    Module: Any
    Parameter: Any
    Function: Any

    def __init__(self, grad: Any, cat: Any, no_grad: Any, enable_grad: Any) -> None:
        self.grad, self.cat, self.no_grad, self.enable_grad = grad, cat, no_grad, enable_grad

    def tensor(self, array: np.ndarray) -> Any:
        """A tensor with a copy of an array."""
        raise NotImplementedError

    def array(self, tensor: Any) -> np.ndarray:
        """A copy of what a tensor holds."""
        return np.array(tensor.detach().numpy())

    @property
    def functional(self) -> Any:
        """Its nn.functional."""
        return importlib.import_module(f"{self.name}.nn.functional")

    def is_float(self, x: Any) -> bool:
        """Whether it is a tensor that can have a derivative."""
        return isinstance(x, self.Tensor) and "float" in str(x.dtype)

    def fixed(self, dtype: str) -> Any:
        """A context in which random numbers start from one seed and new tensors are of `dtype`;
        afterwards both are as before. Python's `random` is fixed, too; NumPy's generator is left
        alone, since the examination fixes it and says so."""
        raise NotImplementedError

    def drawn(self) -> bool:
        """Within `fixed`: whether random numbers have been drawn since it began."""
        raise NotImplementedError

    def is_function(self, x: Any) -> bool:
        """Whether it is a class with forward and backward that somebody wrote."""
        return inspect.isclass(x) and issubclass(x, self.Function) and x is not self.Function

    def splits(self, cls: Any) -> bool:
        """Whether a Function's forward takes no ctx, which setup_context fills afterwards."""
        return inspect.getattr_static(cls, "setup_context", None) is not inspect.getattr_static(
            self.Function, "setup_context", None
        )

    def functions(self) -> Iterator[Any]:
        """All Functions that there are in this process, but the framework's own."""
        waiting = list(self.Function.__subclasses__())
        while waiting:
            cls = waiting.pop()
            waiting += cls.__subclasses__()
            own = cls.forward is not self.Function.forward  # written here, or inherited
            if cls.__module__.split(".")[0] != self.name and own:
                yield cls


@contextmanager
def python_seeded() -> Iterator[None]:
    """Python's `random` from one seed; afterwards it is as before."""
    state = random.getstate()
    random.seed(SEED)
    try:
        yield
    finally:
        random.setstate(state)


def needed(package: str, title: str) -> Any:
    """A package that only some checks need. Errors: ArgumentError that says how to install it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ArgumentError(
            say(
                "checking code of {title} needs {title}, which is not installed here ({error}); "
                "install it with: pip install {package}",
                title=title,
                error=error,
                package=package,
            )
        ) from None


@contextmanager
def patched(cls: Any, name: str, method: Callable[..., Any]) -> Iterator[None]:
    """A static method in the place of a class's own, for as long as the context lasts."""
    before = vars(cls).get(name)
    setattr(cls, name, staticmethod(method))
    try:
        yield
    finally:
        if before is None:  # it is inherited
            delattr(cls, name)
        else:
            setattr(cls, name, before)


def outputs(framework: Framework, result: Any) -> list[Any]:
    """The tensors of floats in what a call returned: itself, or those in a tuple, list or dict."""
    return [x for x in leaves(result) if framework.is_float(x)]


def joined(framework: Framework, parts: Sequence[Any]) -> Any:
    """One tensor, or all of several in one row."""
    if len(parts) == 1:
        return parts[0]
    return framework.cat([t.reshape(-1) for t in parts])
