"""Denpa and PyTorch through one face: the few words in which a check speaks to either.

Both have the same names, so that one kind of subject serves for both; what differs (tensors from
arrays, random numbers, where gradients come from) is said here. PyTorch is looked for only when
it is asked for.
"""

from __future__ import annotations

import importlib
import inspect
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from denpa.autodiff.backward import grad
from denpa.autodiff.function import Function
from denpa.autodiff.mode import enable_grad, no_grad
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import get_default_dtype, set_default_dtype
from denpa.core.errors import ArgumentError
from denpa.core.language import say
from denpa.functional import cat
from denpa.functional.random import default_generator
from denpa.nn import Module, Parameter

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


class _Denpa(Framework):
    name = "denpa"
    Tensor, Module, Parameter, Function = Tensor, Module, Parameter, Function

    def tensor(self, array: np.ndarray) -> Any:
        return tensor_of(np.array(array))

    @contextmanager
    def fixed(self, dtype: str) -> Iterator[None]:
        state, before = default_generator.get_state(), get_default_dtype()
        default_generator.manual_seed(SEED)
        set_default_dtype(dtype)
        try:
            with _python_seeded():
                yield
        finally:
            set_default_dtype(before)
            default_generator.set_state(state)

    def drawn(self) -> bool:
        return bool(default_generator.get_state().numpy()[1])  # it counts its draws


class _Torch(Framework):
    name = "torch"

    def __init__(self, torch: Any) -> None:
        super().__init__(torch.autograd.grad, torch.cat, torch.no_grad, torch.enable_grad)
        self.torch, self.float32, self.float64 = torch, torch.float32, torch.float64
        self.Tensor, self.Function = torch.Tensor, torch.autograd.Function
        self.Module, self.Parameter = torch.nn.Module, torch.nn.Parameter

    def tensor(self, array: np.ndarray) -> Any:
        return self.torch.from_numpy(np.array(array))

    def array(self, tensor: Any) -> np.ndarray:
        held = tensor.detach().cpu()
        if held.dtype == self.torch.bfloat16:  # NumPy has no such numbers
            held = held.float()
        return np.array(held.numpy())

    @contextmanager
    def fixed(self, dtype: str) -> Iterator[None]:
        torch, before = self.torch, self.torch.get_default_dtype()
        state = torch.get_rng_state()
        torch.default_generator.manual_seed(SEED)
        torch.set_default_dtype(getattr(torch, dtype))
        try:
            with _python_seeded():
                yield
        finally:
            torch.set_default_dtype(before)
            torch.set_rng_state(state)

    def drawn(self) -> bool:
        first = self.torch.Generator().manual_seed(SEED).get_state()
        return not self.torch.equal(self.torch.get_rng_state(), first)


@contextmanager
def _python_seeded() -> Iterator[None]:
    state = random.getstate()
    random.seed(SEED)
    try:
        yield
    finally:
        random.setstate(state)


DENPA: Framework = _Denpa(grad, cat, no_grad, enable_grad)
_FOUND: dict[str, Framework] = {}


def pytorch() -> Framework:
    """PyTorch. Errors: ArgumentError where it is not installed."""
    if "torch" not in _FOUND:
        _FOUND["torch"] = _Torch(needed("torch", "PyTorch"))
    return _FOUND["torch"]


def needed(package: str, title: str) -> Any:
    """A package that only some checks need. Errors: ArgumentError that says how to install it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ArgumentError(
            say(
                f"checking code of {title} needs {title}, which is not installed here ({error}); "
                f"install it with: pip install {package}",
                f"{title} のコードを調べるには {title} が必要ですが、インストールされていません "
                f"({error})。pip install {package} で入れてください",
            )
        ) from None


def framework_of(x: Any) -> Framework | None:
    """The framework that a module, a Function or a tensor belongs to; None for anything else.
    PyTorch is not imported for this: what is of PyTorch has imported it.

    >>> framework_of(Module()).name, framework_of(np.ones(2))
    ('denpa', None)
    """
    known = [DENPA] + ([pytorch()] if "torch" in sys.modules else [])
    for framework in known:
        if isinstance(x, (framework.Module, framework.Tensor)) or framework.is_function(x):
            return framework
        if inspect.isclass(x) and issubclass(x, framework.Module):
            return framework
    return None


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
    if framework.is_float(result):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (tuple, list)):
        return [t for x in result for t in outputs(framework, x)]
    return []


def joined(framework: Framework, parts: Sequence[Any]) -> Any:
    """One tensor, or all of several in one row."""
    if len(parts) == 1:
        return parts[0]
    return framework.cat([t.reshape(-1) for t in parts])
