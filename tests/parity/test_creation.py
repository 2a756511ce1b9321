"""Creation of tensors: shapes, dtypes, values, and what shares memory with NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .harness import check_seen, normal

X = normal(2, 3)
X32 = X.astype("float32")
NAMES = ["bool", "int32", "int64", "float16", "float32", "float64"]
Make = Callable[[Any], Any]
ROWS: list[tuple[str, Make]] = [
    ("zeros", lambda m: [m.zeros(2, 3), m.zeros((2, 3)), m.zeros([2]), m.zeros(()), m.zeros(0),
        m.zeros(2, 0)]),
    ("ones", lambda m: [m.ones(2, 3), m.ones((2, 3)), m.ones(3, dtype=m.int64), m.ones(())]),
    ("size=", lambda m: [m.zeros(size=(2, 3)), m.ones(size=(1,))]),
    ("full", lambda m: [m.full((2, 3), 1.5), m.full((2,), 2), m.full((2,), True), m.full((), 7),
                        m.full((2,), 3, dtype=m.float64), m.full((1,), fill_value=0.5)]),
    ("empty", lambda m: [(tuple(t.shape), t.dtype) for t in (m.empty(2, 3),
        m.empty((4,), dtype=m.int32),
                                                             m.empty(()))]),
    ("arange", lambda m: [m.arange(5), m.arange(1, 6), m.arange(0, 1, 0.25), m.arange(5, 0, -2),
        m.arange(2.5),
                          m.arange(0), m.arange(3, dtype=m.float32), m.arange(start=1, end=4),
                          m.arange(1, 2.1, 0.1),
                          m.arange(0, 10, step=3)]),
    ("linspace", lambda m: [m.linspace(0, 1, 5), m.linspace(-2, 2, 1), m.linspace(0, 10, steps=11),
        m.linspace(1, 0, 4),
                            m.linspace(0, 1, 7, dtype=m.float64), m.linspace(0, 1, 0),
                            m.linspace(3, 4, 2)]),
    ("eye", lambda m: [m.eye(3), m.eye(2, 4), m.eye(0), m.eye(3, dtype=m.int64),
        m.eye(2, dtype=m.bool)]),
    ("likes", lambda m: [f(t) for f in (m.zeros_like, m.ones_like) for t in (m.tensor(X),
        m.tensor([1, 2]),
                                                                             m.tensor(True))]),
    ("full_like", lambda m: [m.full_like(m.tensor(X), 2), m.full_like(m.tensor([1, 2]), 3),
                             m.full_like(m.tensor([1, 2]), 0.5, dtype=m.float32)]),
    ("likes with a dtype", lambda m: [m.zeros_like(m.tensor(X), dtype=m.int32),
                                      m.ones_like(m.tensor([1]), dtype=m.float64),
                                      m.rand_like(m.tensor(X)).dtype,
                                      tuple(m.empty_like(m.tensor(X)).shape),
                                      m.randn_like(m.tensor(X32)).dtype]),
    ("new", lambda m: [m.tensor(X).new_zeros(2), m.tensor([1]).new_ones(2, 3),
        m.tensor(X).new_full((2,), 3.0),
                       m.tensor(X32).new_tensor([1, 2]),
                       m.tensor(X).new_zeros((1, 2), dtype=m.int64),
                       tuple(m.tensor(X).new_empty(3, 1).shape)]),
    ("tensor of python", lambda m: [m.tensor(1), m.tensor(1.5), m.tensor(True), m.tensor([]),
        m.tensor([1, 2]),
                                    m.tensor([1, 2.5]), m.tensor([[1, 2], [3, 4]]),
                                    m.tensor([True, False]),
                                    m.tensor((1, 2)), m.tensor([[]]), m.tensor([1, True]),
                                    m.tensor(range(3))]),
    ("tensor with a dtype", lambda m: [m.tensor([1.7, -1.7], dtype=m.int64),
        m.tensor([0, 2], dtype=m.bool),
                                       m.tensor(1, dtype=m.float32), m.tensor(X, dtype=m.float32),
                                       m.tensor([1, 2], dtype=m.float64, requires_grad=True)]),
    ("tensor of numpy", lambda m: [m.tensor(X), m.tensor(X32), m.tensor(np.int32(3)),
        m.tensor(np.float64(2.5)),
                                   m.tensor(np.arange(3)), m.tensor(np.array(True)),
                                   m.tensor([np.ones(2), np.ones(2)]),
                                   m.tensor([np.float32(1), np.float32(2)]),
                                   m.tensor(X[:, ::-1].copy().T)]),
    ("tensor of every dtype", lambda m: [m.tensor(np.ones(2, n)) for n in NAMES]),
    ("tensor requires_grad", lambda m: [m.tensor([1.0], requires_grad=True),
        m.zeros(2, requires_grad=True),
                                        m.rand(1, requires_grad=True).requires_grad,
                                        m.ones(2, dtype=m.float64, requires_grad=True)]),
    ("list of scalars", lambda m: m.tensor([m.tensor(1.0).item(), 2])),
    ("as_tensor", lambda m: [m.as_tensor([1, 2]), m.as_tensor(X), m.as_tensor(X, dtype=m.float32),
        m.as_tensor(3.5)]),
    ("as_tensor keeps", lambda m: (lambda t: [m.as_tensor(t) is t,
        m.as_tensor(t, dtype=m.float64) is t])(
        m.ones(2))),
    ("tril_indices", lambda m: m.stack([m.arange(3), m.arange(3)])),
    ("shapes of chance", lambda m: [(tuple(t.shape), t.dtype) for t in (
        m.rand(2, 3), m.rand((2, 3)), m.rand(()), m.rand(0), m.randn(2, 3), m.randn([4]),
        m.randint(5, (2, 3)),
        m.randint(2, 5, (2,)), m.randint(0, 3, size=(4,)), m.randint(high=3, size=(2,)),
        m.randperm(5),
        m.bernoulli(m.rand(2, 3)), m.randint(3, (2,), dtype=m.int32), m.rand(2, dtype=m.float64),
        m.randn(3, dtype=m.float64), m.bernoulli(m.rand(2).double()), m.randperm(0),
        m.randint(5, ()))]),
    ("item", lambda m: [m.tensor(3).item(), m.tensor([2.5]).item(), m.tensor(True).item(),
        m.tensor([[1]]).item()]),
    ("tolist", lambda m: [m.tensor([[1.5, 2.0]]).tolist(), m.tensor(3).tolist(),
        m.tensor([True]).tolist(),
                          m.zeros(0).tolist(), m.zeros(2, 0).tolist()]),
    ("is_tensor", lambda m: [m.is_tensor(m.ones(1)), m.is_tensor(np.ones(1)), m.is_tensor(1)]),
    ("numel", lambda m: [m.numel(m.ones(2, 3)), m.ones(2, 0).numel(), m.ones(()).numel(),
        m.ones(4).nelement()]),
    ("comparisons of tensors", lambda m: [m.equal(m.ones(2), m.ones(2)),
        m.equal(m.ones(2), m.ones(3)),
                                          m.allclose(m.ones(2), m.ones(2) + 1e-9),
                                          m.allclose(m.ones(1), m.zeros(1)),
                                          m.isclose(m.ones(2), m.tensor([1.0, 1.1]))]),
    ("in", lambda m: [2 in m.tensor([1, 2]), 5 in m.tensor([1, 2])]),
    ("python numbers", lambda m: [int(m.tensor(3.7)), float(m.tensor(2)), bool(m.tensor(0.0)),
        bool(m.tensor([1])),
                                  [10, 20, 30][m.tensor(1)], complex(m.tensor(1.5)).real,
                                  round(float(m.tensor(2.5)))]),
    ("size type", lambda m: [m.ones(2, 3).shape == (2, 3), m.ones(2, 3).size() == (2, 3),
        m.ones(2, 3).shape[0],
                             len(m.ones(2, 3).shape), m.ones(2, 3).size(1)]),
    ("parameter", lambda m: [m.nn.Parameter(m.ones(2)),
        m.nn.Parameter(m.ones(2), requires_grad=False),
                             isinstance(m.nn.Parameter(m.ones(1)), m.Tensor)]),
]  # fmt: skip
EXTRA: list[tuple[str, Make]] = [
    ("logspace", lambda m: m.logspace(0, 2, 3)),
    ("meshgrid", lambda m: m.meshgrid(m.arange(2), m.arange(3), indexing="ij")),
    ("asarray", lambda m: m.asarray([1, 2])),
    ("empty strided", lambda m: m.ones(2, 3).stride()),
    ("device", lambda m: [str(m.ones(1).device), m.ones(2, device="cpu")]),
    ("multinomial", lambda m: tuple(m.multinomial(m.ones(4), 2).shape)),
    ("normal", lambda m: tuple(m.normal(0.0, 1.0, (2, 3)).shape)),
    ("diag", lambda m: [m.diag(m.arange(3)), m.diag(m.ones(2, 2))]),
    ("element_size", lambda m: [m.ones(2).element_size(), m.ones(2).nbytes, m.ones(2).itemsize]),
    ("tril_indices", lambda m: m.tril_indices(3, 3)),
    ("dlpack", lambda m: m.from_dlpack(np.arange(3.0))),
    ("size numel", lambda m: m.ones(2, 3).shape.numel()),
    ("scalar_tensor", lambda m: m.scalar_tensor(2.0)),
    ("data", lambda m: (m.ones(2, requires_grad=True) * 1).data),
]


@pytest.mark.parametrize("make", [pytest.param(r, id=n) for n, r in ROWS])
def test_creation(make: Make) -> None:
    check_seen(make)


@pytest.mark.parametrize("make", [pytest.param(r, id=n) for n, r in EXTRA])
def test_beyond_the_promise(make: Make) -> None:
    check_seen(make, optional=True)


@pytest.mark.parametrize("name", NAMES)
def test_each_maker_takes_a_dtype(name: str) -> None:
    def run(m: Any) -> Any:
        d = getattr(m, name)
        return [
            m.zeros(2, dtype=d), m.ones(2, dtype=d), m.full((2,), 1, dtype=d), m.eye(2, dtype=d),
            m.tensor([1, 0], dtype=d), m.zeros_like(m.ones(2), dtype=d), m.empty(2, dtype=d).dtype,
            m.as_tensor([1, 0], dtype=d), m.arange(3, dtype=m.int64 if name == "bool" else d),
        ]  # fmt: skip

    check_seen(run)


def test_tensor_copies_and_from_numpy_shares() -> None:
    def run(m: Any) -> Any:
        source = np.ones((2, 2))
        copied, shared, seen = m.tensor(source), m.from_numpy(source), m.as_tensor(source)
        source[0, 0] = 5.0
        with m.no_grad():
            shared[1, 1] = 7.0
        back = shared.numpy()
        back[0, 1] = 9.0
        return copied, shared, seen, source

    check_seen(run)


def test_numpy_speaks_to_tensors() -> None:
    def run(m: Any) -> Any:
        t = m.tensor(X)
        return [
            np.asarray(t), np.array(t), np.asarray(t, dtype=np.float32),
            np.stack([np.asarray(t)] * 2),
            np.asarray(m.tensor(3)), np.asarray(m.tensor([True])),
        ]  # fmt: skip

    check_seen(run)
