"""Generators of random numbers: a seed and a count of draws, from which every number follows.

A generator holds its state (seed, draw) as a tensor, and a draw is the primitive `uniform` of it,
so that a traced program can carry the state as one of its inputs.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from denpa.autodiff.mode import no_grad
from denpa.autodiff.rebind import rebind
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.dtype import DType, int64
from denpa.core.shape import Shape, describe
from denpa.functional.common import check_device, op

__all__ = [
    "Generator",
    "default_generator",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]

_NEXT = np.array([0, 1], dtype=np.int64)


_MASK = 2**64 - 1


_START = 0


def _signed(seed: int) -> int:
    """A seed of 64 bits as int64 holds it."""
    seed &= _MASK
    return seed - 2**64 if seed >= 2**63 else seed


class Generator:
    """A source of random numbers with a state of its own; the same seed gives the same numbers.

    Errors: NotImplementedError for a device but the CPU. Its methods: RuntimeError for a seed
    beyond 64 bits; TypeError for a state that is no tensor i64[2].

    >>> import denpa as dp
    >>> g = dp.Generator().manual_seed(7)
    >>> a = dp.rand(3, generator=g)
    >>> dp.equal(a, dp.rand(3, generator=g.manual_seed(7)))
    True
    """

    def __init__(self, device: Any = None) -> None:
        check_device(device)
        self.state: Tensor = tensor_of(np.array([_START, 0], dtype=np.int64))

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`; returns the generator."""
        seed = int(seed)
        if not -(2**63) <= seed < 2**64:
            raise RuntimeError(f"manual_seed: the seed must fit into 64 bits, not {seed}")
        self._become(np.array([_signed(seed), 0], dtype=np.int64))
        return self

    def _become(self, state: np.ndarray) -> None:
        # Written into the tensor that there is: a compiled function holds on to it.
        rebind(self.state, tensor_of(state))

    def initial_seed(self) -> int:
        """The seed that the numbers follow from."""
        return int(self.state._held()[0]) & _MASK

    def seed(self) -> int:
        """Start again from a seed of the operating system's; returns it."""
        seed = int.from_bytes(os.urandom(8), "little") >> 1
        self.manual_seed(seed)
        return seed

    def get_state(self) -> Tensor:
        """The state, i64[2]: (seed, number of draws so far)."""
        return tensor_of(self.state._held().copy())

    def set_state(self, new_state: Tensor) -> None:
        """Continue from a state that `get_state` gave."""
        if not isinstance(new_state, Tensor) or (new_state.shape, new_state.dtype) != ((2,), int64):
            given = describe(new_state) if isinstance(new_state, Tensor) else repr(new_state)
            raise TypeError(f"set_state takes a tensor i64[2] from get_state, not {given}")
        self._become(new_state._held())

    def draw(self, shape: Shape, dtype: DType) -> Tensor:
        """Uniform numbers in [0, 1), and one step on."""
        with no_grad():
            result = op("uniform", self.state, shape=shape, dtype=dtype)
            rebind(self.state, op("add", self.state, _NEXT))
        return result


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Start the default generator, which it returns, again from `seed`, an int.
    Errors: RuntimeError for a seed beyond 64 bits; TypeError or ValueError for what `int` refuses.
    >>> import denpa as dp
    >>> _ = dp.manual_seed(0)
    >>> a = dp.randn(2)
    >>> _ = dp.manual_seed(0)
    >>> dp.equal(a, dp.randn(2))
    True
    """
    return default_generator.manual_seed(seed)


def initial_seed() -> int:
    """The seed of the default generator, an int.
    Errors: none.
    >>> import denpa as dp; dp.manual_seed(7).initial_seed() == dp.initial_seed()
    True
    """
    return default_generator.initial_seed()


def seed() -> int:
    """Start the default generator from a seed of the operating system's; returns it, an int.
    Errors: none.
    >>> import denpa as dp; dp.seed() == dp.initial_seed()
    True
    >>> _ = dp.manual_seed(0)
    """
    return default_generator.seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, i64[2]: (seed, number of draws so far).
    Errors: none.
    >>> import denpa as dp
    >>> _ = dp.manual_seed(7)
    >>> dp.get_rng_state()
    tensor([7, 0])
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Continue the default generator from a state that `get_rng_state` gave.
    Errors: TypeError for what is no tensor i64[2].
    >>> import denpa as dp
    >>> dp.set_rng_state(dp.tensor([7, 0]))
    >>> dp.initial_seed()
    7
    """
    default_generator.set_state(new_state)
