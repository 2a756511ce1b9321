"""PyTorch, as a check speaks to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from denpa.check.frameworks.base import SEED, Framework, needed, python_seeded


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
            with python_seeded():
                yield
        finally:
            torch.set_default_dtype(before)
            torch.set_rng_state(state)

    def drawn(self) -> bool:
        first = self.torch.Generator().manual_seed(SEED).get_state()
        return not self.torch.equal(self.torch.get_rng_state(), first)


@cache
def pytorch() -> Framework:
    """PyTorch. Errors: ArgumentError where it is not installed."""
    return _Torch(needed("torch", "PyTorch"))
