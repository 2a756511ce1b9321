"""Which numbers an element type takes, and functions of nothing: empty batches, empty indices."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .harness import D, numpy, resolve
from .test_edges import agree

INF, NAN = math.inf, math.nan
WHOLE = [k + d for b in (7, 8, 15, 16, 31, 32, 63) for k in (2**b, -(2**b)) for d in (-1, 0, 1)]
BROKEN = [
    0.5,
    -0.5,
    127.5,
    -128.5,
    255.5,
    2147483647.5,
    9.2e18,
    9.3e18,
    -9.3e18,
    1e30,
    -1e39,
    1e300,
]
NUMBERS: list[Any] = [*WHOLE, *BROKEN, INF, -INF, NAN, True, -0.0]
TYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


def stored(m: Any, x: Any, dtype: Any) -> list[Callable[[], Any]]:
    """The ways by which a number gets into a tensor."""

    def assign(key: Callable[[], Any]) -> Any:
        t = m.zeros(3, dtype=dtype)
        t[key()] = x
        return t

    mask = [True, False, True]
    return [
        lambda: m.tensor(x, dtype=dtype),
        lambda: m.tensor([x], dtype=dtype),
        lambda: m.as_tensor([[1, x]], dtype=dtype),
        lambda: m.full((2,), x, dtype=dtype),
        lambda: m.full_like(m.zeros(2, dtype=dtype), x),
        lambda: m.zeros(2, dtype=dtype).fill_(x),
        lambda: m.zeros(3, dtype=dtype).masked_fill(m.tensor(mask), x),
        lambda: m.zeros(3, dtype=dtype).masked_fill_(m.tensor(mask), x),
        lambda: m.zeros(3, dtype=dtype).scatter(0, m.tensor([1]), x),
        lambda: assign(lambda: 1),
        lambda: assign(lambda: m.tensor(mask)),
        lambda: assign(lambda: m.tensor([2, 0])),
    ]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("x", NUMBERS, ids=repr)
def test_a_number_fits_or_is_refused(x: Any, dtype: str) -> None:
    for way in range(12):
        if (way > 2 and x < -(2**63)) or (way > 8 and type(x) is int and x >= 2**63):
            continue  # PyTorch takes no such int there, for float64 either
        agree(lambda m, k=way: stored(m, x, resolve(m, D(dtype)))[k]())


LISTS: list[Callable[[Any], Any]] = [
    lambda m: [2**63],
    lambda m: [2**70, 1],
    lambda m: [[1], [-(2**63) - 1]],
    lambda m: [2**63, 1.5],
    lambda m: [2**70, 1.5],
    lambda m: [m.tensor([1.0]), m.tensor([2.0])],
    lambda m: [m.tensor([[1]]), 2.5],
    lambda m: [[m.tensor([1.0])], [m.tensor([[2.0]])]],
    lambda m: (m.tensor([[3]]),),
    lambda m: [m.tensor([1.0, 2.0]), m.tensor([3.0, 4.0])],
    lambda m: [m.tensor([])],
    lambda m: [m.tensor(300), np.ones(())],
    lambda m: [np.array([1.0]), np.array([2.0])],
]


@pytest.mark.parametrize("k", range(len(LISTS)))
@pytest.mark.parametrize("dtype", [None, "uint8", "int64", "float32", "float64"])
def test_lists(k: int, dtype: str | None) -> None:
    if k in (5, 7, 9, 10, 11) and dtype in ("uint8", "int64"):
        return  # PyTorch takes no floating-point tensor for a whole number, Denpa truncates it
    agree(lambda m: m.tensor(LISTS[k](m), dtype=dtype and resolve(m, D(dtype))))
    agree(lambda m: m.as_tensor(LISTS[k](m), dtype=dtype and resolve(m, D(dtype))))


# -- nothing to compute with -----------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(0, 3), (2, 3, 0), (0, 3, 4), (0, 3, 2, 2), (2, 3, 0, 5)])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_of_nothing(shape: tuple[int, ...], dtype: str, training: bool) -> None:
    def call(m: Any) -> Any:
        net = getattr(m.nn, f"BatchNorm{max(1, len(shape) - 2)}d")(3)
        net = net.to(resolve(m, D(dtype))).train(training)
        x = m.zeros(*shape, dtype=resolve(m, D(dtype)), requires_grad=True)
        net(x).sum().backward()
        return net.weight.grad, net.bias.grad, x.grad, net.running_mean, net.running_var

    agree(call)


@pytest.mark.parametrize("name", ["scatter", "scatter_add", "index_add", "index_put"])
@pytest.mark.parametrize("leaves", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_the_gradient_of_what_an_empty_index_takes(
    name: str, leaves: tuple[bool, bool], shape: tuple[int, int]
) -> None:
    def call(m: Any) -> Any:
        x = m.tensor([[-0.0, 1.0, NAN]] * 3).requires_grad_(leaves[0])
        s = m.zeros(*shape).requires_grad_(leaves[1])
        d = shape.index(0)
        if name == "index_put":
            y = x * 1
            y[m.zeros(0, dtype=m.int64)] = m.zeros(0, 3) if d else s
        else:
            i = m.zeros(*(shape if name != "index_add" else (0,)), dtype=m.int64)
            y = getattr(x, name)(d, i, s)
        if y.requires_grad:
            y.sum().backward()
        return y, math.copysign(1, numpy(y)[0, 0]), x.grad, s.grad

    if name != "index_put" or leaves[0]:
        agree(call)


def nothing(m: Any, classes: int, kind: str, reduction: str, smoothing: float) -> Any:
    x = m.zeros(0, classes, requires_grad=True)
    t = m.zeros(0, classes) if kind == "soft" else m.zeros(0, dtype=m.int64)
    F = m.nn.functional
    y = F.cross_entropy(x, t, reduction=reduction, label_smoothing=smoothing)
    y.sum().backward()
    return y, x.grad


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("kind", ["soft", "hard"])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_of_nothing(
    classes: int, kind: str, reduction: str, smoothing: float
) -> None:
    agree(lambda m: nothing(m, classes, kind, reduction, smoothing))


# -- calls that PyTorch takes or refuses -----------------------------------------------------------

W = [1, 2]
CALLS: dict[str, Callable[[Any], Any]] = {
    "addcmul": lambda m: m.addcmul(m.tensor(W), m.tensor(W), m.tensor([3, 4])),
    "addcmul by 2": lambda m: m.addcmul(m.tensor(W), m.tensor(W), m.tensor([3, 4]), value=2),
    "addcmul by 2.5": lambda m: m.addcmul(m.tensor(W), m.tensor(W), m.tensor([3, 4]), value=2.5),
    "addcmul mixed": lambda m: m.addcmul(m.tensor(W), m.tensor([1.0, 2.0]), m.tensor(W), value=2.5),
    "addcmul_": lambda m: m.tensor(W).addcmul_(m.tensor(W), m.tensor([3, 4])),
    "addcmul uint8": lambda m: m.addcmul(*[m.tensor(W, dtype=m.uint8)] * 3, value=-1),
    "copy_": lambda m: m.zeros(2).copy_(2.5),
    "copy_ int": lambda m: m.zeros(2, dtype=m.int64).copy_(2.5),
    "copy_ True": lambda m: m.zeros(2).copy_(True),
    "copy_ large": lambda m: m.zeros(2).copy_(1e39),
    "copy_ list": lambda m: m.zeros(2).copy_([1.0, 2.0]),
    "broadcast_to": lambda m: m.ones(1, 4).broadcast_to(3, 4),
    "broadcast_to tuple": lambda m: m.ones(1, 4).broadcast_to((3, -1)),
    "broadcast_to size": lambda m: m.ones(4).broadcast_to(size=(3, 4)),
    "broadcast_to wrong": lambda m: m.ones(2, 4).broadcast_to(3, 4),
    "mT of a number": lambda m: m.tensor(5.0).mT,
    "mT of a vector": lambda m: m.tensor([5.0]).mT,
    "mT": lambda m: m.tensor([[[5.0, 6.0]]]).mT,
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_calls(name: str) -> None:
    agree(CALLS[name])


@pytest.mark.parametrize("source", [(), (1,), (2,), (1, 2), (2, 1), (1, 3), (1, 2, 1), (3, 1)])
@pytest.mark.parametrize("shape", [(3,), (3, 2)])
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_sources_of_index_add(source: tuple[int, ...], shape: tuple[int, ...], dim: int) -> None:
    agree(lambda m: m.zeros(shape).index_add(dim, m.tensor([1]), m.ones(source)))
    agree(lambda m: m.zeros(shape).index_add(dim, m.tensor([1]), m.ones(source, dtype=m.float64)))
