"""Denpa's own engine, as a check speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from denpa.autodiff.backward import grad
from denpa.autodiff.function import Function
from denpa.autodiff.mode import enable_grad, no_grad
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.check.frameworks.base import SEED, Framework, python_seeded
from denpa.core.dtype import get_default_dtype, set_default_dtype
from denpa.functional import cat
from denpa.functional.generator import default_generator
from denpa.nn import Module, Parameter


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
            with python_seeded():
                yield
        finally:
            set_default_dtype(before)
            default_generator.set_state(state)

    def drawn(self) -> bool:
        return bool(default_generator.get_state().numpy()[1])  # it counts its draws


DENPA: Framework = _Denpa(grad, cat, no_grad, enable_grad)
