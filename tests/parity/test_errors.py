"""Wrong calls on tensors: both libraries refuse, and with the same class of error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .harness import check_refused, normal, raised, subject, torch

Call = Callable[[Any], Any]


def F(m: Any) -> Any:
    return m.nn.functional


def leaf(m: Any, *shape: int) -> Any:
    return m.ones(*shape, requires_grad=True)


def changed_after_use(m: Any) -> Any:
    x = leaf(m, 3)
    y = x.exp()
    y += 1
    y.sum().backward()


def changed_input(m: Any) -> Any:
    x, w = leaf(m, 3), m.ones(3)
    y = x * w
    w += 1
    y.sum().backward()


def changed_view(m: Any) -> Any:
    x = leaf(m, 3, 3)
    y = x * 2
    z = y * y
    y[0] = 0.0
    z.sum().backward()


def changed_by_no_grad(m: Any) -> Any:
    w = leaf(m, 3)
    y = (w * w).sum()
    with m.no_grad():
        w += 1
    y.backward()


def leaf_in_place(m: Any) -> Any:
    x = leaf(m, 3)
    x += 1


def leaf_view_in_place(m: Any) -> Any:
    x = leaf(m, 3)
    x[0] = 1.0


def twice(m: Any) -> Any:
    y = (leaf(m, 3).exp() ** 2).sum()
    y.backward()
    y.backward()


def wrong_function(m: Any, count: int) -> Any:
    class Wrong(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return (g,) * count if count else m.ones(7)

    Wrong.apply(leaf(m, 3)).sum().backward()


CALLS: dict[str, Call] = {
    # shapes that do not fit
    "add shapes": lambda m: m.ones(2, 3) + m.ones(2, 4),
    "mul shapes": lambda m: m.ones(2, 3) * m.ones(2),
    "where shapes": lambda m: m.where(m.ones(2) > 0, m.ones(3), m.ones(3)),
    "maximum shapes": lambda m: m.maximum(m.ones(2), m.ones(3)),
    "matmul shapes": lambda m: m.ones(2, 3) @ m.ones(2, 3),
    "matmul scalars": lambda m: m.matmul(m.tensor(1.0), m.tensor(2.0)),
    "matmul batches": lambda m: m.ones(2, 3, 4) @ m.ones(3, 4, 5),
    "mm of 3d": lambda m: m.mm(m.ones(2, 3, 4), m.ones(4, 5)),
    "mm shapes": lambda m: m.mm(m.ones(2, 3), m.ones(4, 5)),
    "bmm of 2d": lambda m: m.bmm(m.ones(2, 3), m.ones(3, 2)),
    "bmm batches": lambda m: m.bmm(m.ones(2, 3, 4), m.ones(3, 4, 5)),
    "dot of 2d": lambda m: m.dot(m.ones(2, 2), m.ones(2, 2)),
    "dot lengths": lambda m: m.dot(m.ones(2), m.ones(3)),
    "outer of 2d": lambda m: m.outer(m.ones(2, 2), m.ones(2)),
    "matmul dtypes": lambda m: m.ones(2, 2) @ m.ones(2, 2).double(),
    "matmul int float": lambda m: m.ones(2, 2) @ m.ones(2, 2).long(),
    "mm dtypes": lambda m: m.mm(m.ones(2, 2), m.ones(2, 2).double()),
    "linear dtypes": lambda m: F(m).linear(m.ones(2, 2), m.ones(2, 2).double()),
    "conv dtypes": lambda m: F(m).conv1d(m.ones(1, 1, 5), m.ones(1, 1, 2).double()),
    "linear shapes": lambda m: F(m).linear(m.ones(2, 3), m.ones(4, 5)),
    "linear bias": lambda m: F(m).linear(m.ones(2, 3), m.ones(4, 3), m.ones(5)),
    "einsum sizes": lambda m: m.einsum("ij,jk->ik", m.ones(2, 3), m.ones(4, 5)),
    "einsum count": lambda m: m.einsum("ij,jk->ik", m.ones(2, 3)),
    "einsum rank": lambda m: m.einsum("ijk->i", m.ones(2, 3)),
    "einsum output": lambda m: m.einsum("ij->ik", m.ones(2, 3)),
    "einsum letters": lambda m: m.einsum("i!->i", m.ones(2, 3)),
    "reshape": lambda m: m.ones(2, 3).reshape(4, 2),
    "reshape two unknown": lambda m: m.ones(2, 3).reshape(-1, -1),
    "reshape unknown": lambda m: m.ones(2, 3).reshape(-1, 4),
    "reshape negative": lambda m: m.ones(2, 3).reshape(-2, 3),
    "view": lambda m: m.ones(2, 3).view(5),
    "view of transposed": lambda m: m.ones(2, 3).T.view(6),
    "expand": lambda m: m.ones(2, 3).expand(2, 4),
    "expand fewer dims": lambda m: m.ones(2, 3).expand(3),
    "expand -1 in front": lambda m: m.ones(3).expand(-1, 3),
    "broadcast_to": lambda m: m.broadcast_to(m.ones(3), (2, 2)),
    "permute count": lambda m: m.ones(2, 3).permute(0),
    "permute twice": lambda m: m.ones(2, 3).permute(0, 0),
    "transpose dim": lambda m: m.ones(2, 3).transpose(0, 2),
    "flatten order": lambda m: m.ones(2, 3, 4).flatten(2, 1),
    "unsqueeze dim": lambda m: m.ones(2).unsqueeze(3),
    "squeeze dim": lambda m: m.ones(2).squeeze(2),
    "cat shapes": lambda m: m.cat([m.ones(2, 3), m.ones(2, 4)]),
    "cat ranks": lambda m: m.cat([m.ones(2, 3), m.ones(3)]),
    "cat nothing": lambda m: m.cat([]),
    "cat scalars": lambda m: m.cat([m.tensor(1.0), m.tensor(2.0)]),
    "cat dim": lambda m: m.cat([m.ones(2)], 1),
    "cat of arrays": lambda m: m.cat([np.ones(2), np.ones(2)]),
    "stack shapes": lambda m: m.stack([m.ones(2), m.ones(3)]),
    "stack nothing": lambda m: m.stack([]),
    "split sizes": lambda m: m.ones(5).split([2, 2]),
    "split zero": lambda m: m.ones(5).split(0),
    "split negative": lambda m: m.ones(5).split(-1),
    "chunk zero": lambda m: m.ones(5).chunk(0),
    "pad odd": lambda m: F(m).pad(m.ones(2, 2), (1,)),
    "pad too long": lambda m: F(m).pad(m.ones(2), (1, 1, 1, 1)),
    "pad too negative": lambda m: F(m).pad(m.ones(2), (-2, -1)),
    "repeat too few": lambda m: m.ones(2, 3).repeat(2),
    "roll dims": lambda m: m.ones(2, 3).roll((1, 2), 0),
    "flip dim": lambda m: m.ones(2).flip(1),
    "flip twice": lambda m: m.ones(2, 2).flip(0, 0),
    "tril of 1d": lambda m: m.tril(m.ones(3)),
    # dims and arguments
    "sum dim": lambda m: m.ones(2, 3).sum(2),
    "sum dim twice": lambda m: m.ones(2, 3).sum((0, 0)),
    "mean of ints": lambda m: m.ones(2).long().mean(),
    "var of ints": lambda m: m.ones(2).long().var(),
    "std of bools": lambda m: m.std(m.tensor([True, False])),
    "max of nothing": lambda m: m.zeros(0).max(),
    "max of an empty dim": lambda m: m.zeros(0, 3).max(0),
    "amax of nothing": lambda m: m.amax(m.zeros(0)),
    "argmax of nothing": lambda m: m.zeros(0).argmax(),
    "argmax of bool": lambda m: m.tensor([True]).argmax(),
    "argmax dim": lambda m: m.ones(2).argmax(1),
    "prod of a tuple": lambda m: m.ones(2, 3).prod((0, 1)),
    "softmax dim": lambda m: m.softmax(m.ones(2), 1),
    "softmax of ints": lambda m: m.softmax(m.ones(2).long(), 0),
    "topk k": lambda m: m.ones(3).topk(4),
    "topk negative": lambda m: m.ones(3).topk(-1),
    "cumsum dim": lambda m: m.ones(3).cumsum(1),
    "cumsum no dim": lambda m: m.ones(3).cumsum(),
    "sort dim": lambda m: m.ones(3).sort(1),
    "clamp nothing": lambda m: m.ones(3).clamp(),
    "div rounding": lambda m: m.div(m.ones(2), 2, rounding_mode="up"),
    "norm of ints": lambda m: m.ones(2).long().norm(),
    "unknown keyword": lambda m: m.sum(m.ones(2), dims=0),
    "unknown keyword zeros": lambda m: m.zeros(2, colour=1),
    "unknown keyword linear": lambda m: m.nn.Linear(2, 2, biass=False),
    "unknown keyword F": lambda m: F(m).relu(m.ones(2), slope=1),
    "unknown keyword loss": lambda m: F(m).mse_loss(m.ones(2), m.ones(2), reduce_to="sum"),
    "unknown keyword method": lambda m: m.ones(2).softmax(dim=0, temperature=2),
    "too many arguments": lambda m: m.exp(m.ones(2), 1, 2),
    "too few arguments": lambda m: m.matmul(m.ones(2)),
    "exp of a list": lambda m: m.exp([1.0, 2.0]),
    "add a string": lambda m: m.ones(2) + "x",
    "add None": lambda m: m.ones(2) + None,
    "compare a list": lambda m: m.ones(2) < [1, 2],
    "neg of bool": lambda m: -m.tensor([True]),
    "sub of bools": lambda m: m.tensor([True]) - m.tensor([True]),
    "invert floats": lambda m: ~m.ones(2),
    "and of floats": lambda m: m.ones(2) & m.ones(2),
    "int pow negative": lambda m: m.tensor([2]) ** -1,
    "pow_ into int": lambda m: m.tensor([2]).pow_(0.5) if hasattr(m.ones(1),
        "pow_") else m.tensor(2, dtype="x"),
    "int += float": lambda m: m.ones(2).long().add_(1.5),
    "bool += int": lambda m: m.tensor([True]).add_(1),
    "bool *= float": lambda m: m.tensor([True]).mul_(0.5),
    "in-place shape": lambda m: m.ones(3).add_(m.ones(2, 3)),
    "int division by zero": lambda m: m.tensor([1]) // m.tensor([0]),
    "erf of a number": lambda m: m.erf(1.0),
    # values
    "bool of many": lambda m: bool(m.ones(2)),
    "bool of none": lambda m: bool(m.ones(0)),
    "item of many": lambda m: m.ones(2).item(),
    "float of many": lambda m: float(m.ones(2)),
    "len of a scalar": lambda m: len(m.tensor(1)),
    "iterate a scalar": lambda m: list(m.tensor(1)),
    "numpy with grad": lambda m: leaf(m, 2).numpy(),
    "asarray with grad": lambda m: np.asarray(leaf(m, 2)),
    "index from float": lambda m: [1, 2][m.tensor(1.0)],
    "hash of a dtype name": lambda m: m.zeros(2, dtype="nonsense"),
    # creation
    "ragged": lambda m: m.tensor([[1, 2], [3]]),
    "tensor of text": lambda m: m.tensor("abc"),
    "tensor of objects": lambda m: m.tensor([object()]),
    "tensor of None": lambda m: m.tensor(None),
    "tensor of an object array": lambda m: m.tensor(np.array(["a"])),
    "from_numpy of a list": lambda m: m.from_numpy([1, 2]),
    "negative size": lambda m: m.zeros(-1),
    "float size": lambda m: m.zeros(2.5),
    "arange step zero": lambda m: m.arange(0, 3, 0),
    "arange direction": lambda m: m.arange(3, 0),
    "linspace steps": lambda m: m.linspace(0, 1, -1),
    "linspace no steps": lambda m: m.linspace(0, 1),
    "eye negative": lambda m: m.eye(-1),
    "randint empty range": lambda m: m.randint(3, 3, (2,)),
    "randperm negative": lambda m: m.randperm(-1),
    "bernoulli of 2": lambda m: m.bernoulli(m.full((2,), 2.0)),
    "bernoulli of ints": lambda m: m.bernoulli(m.ones(2).long()),
    "rand of ints": lambda m: m.rand(2, dtype=m.int64),
    "grad of ints": lambda m: m.ones(2, dtype=m.int64, requires_grad=True),
    "requires_grad_ of ints": lambda m: m.ones(2).long().requires_grad_(),
    "set_default_dtype int": lambda m: m.set_default_dtype(m.int64),
    # indexing
    "index out of range": lambda m: m.ones(3)[3],
    "index too negative": lambda m: m.ones(3)[-4],
    "too many indices": lambda m: m.ones(3)[0, 0],
    "index a scalar": lambda m: m.tensor(1.0)[0],
    "negative step": lambda m: m.ones(3)[::-1],
    "zero step": lambda m: m.ones(3)[::0],
    "float index": lambda m: m.ones(3)[1.0],
    "string index": lambda m: m.ones(3)["a"],
    "float tensor index": lambda m: m.ones(3)[m.ones(2)],
    "index list out of range": lambda m: m.ones(3)[[0, 5]],
    "index tensor out of range": lambda m: m.ones(3)[m.tensor([5])],
    "index shapes": lambda m: m.ones(3, 3)[[0, 1], [0, 1, 2]],
    "mask shape": lambda m: m.ones(3)[m.tensor([True, False])],
    "set wrong shape": lambda m: m.ones(3, 3).__setitem__(0, m.ones(2)),
    "set out of range": lambda m: m.ones(3).__setitem__(7, 1.0),
    "gather dtype": lambda m: m.ones(3).gather(0, m.ones(2)),
    "gather range": lambda m: m.ones(3).gather(0, m.tensor([3])),
    "gather negative": lambda m: m.ones(3).gather(0, m.tensor([-1])),
    "gather rank": lambda m: m.ones(3, 3).gather(0, m.tensor([0])),
    "gather size": lambda m: m.ones(2, 3).gather(0, m.zeros(1, 5).long()),
    "gather dim": lambda m: m.ones(3).gather(1, m.tensor([0])),
    "scatter_add range": lambda m: m.ones(3).scatter_add(0, m.tensor([3]), m.ones(1)),
    "scatter_add dtype": lambda m: m.ones(3).scatter_add(0, m.tensor([1]), m.ones(1).double()),
    "scatter_add size": lambda m: m.ones(3).scatter_add(0, m.tensor([0, 1]), m.ones(1)),
    "index_select range": lambda m: m.ones(3).index_select(0, m.tensor([3])),
    "index_select rank": lambda m: m.ones(3).index_select(0, m.tensor([[0]])),
    "index_select dtype": lambda m: m.ones(3).index_select(0, m.ones(1)),
    "take_along_dim rank": lambda m: m.take_along_dim(m.ones(3, 3), m.tensor([0]), 0),
    "take_along_dim dtype": lambda m: m.take_along_dim(m.ones(3), m.ones(1), 0),
    "embedding range": lambda m: F(m).embedding(m.tensor([5]), m.ones(3, 2)),
    "embedding negative": lambda m: F(m).embedding(m.tensor([-1]), m.ones(3, 2)),
    "embedding dtype": lambda m: F(m).embedding(m.ones(2), m.ones(3, 2)),
    "one_hot negative": lambda m: F(m).one_hot(m.tensor([-1])),
    "one_hot range": lambda m: F(m).one_hot(m.tensor([3]), 2),
    "one_hot dtype": lambda m: F(m).one_hot(m.ones(2)),
    "one_hot int32": lambda m: F(m).one_hot(m.ones(2, dtype=m.int32)),
    # backward
    "backward of many": lambda m: leaf(m, 3).exp().backward(),
    "backward without grad": lambda m: m.ones(1).sum().backward(),
    "backward twice": twice,
    "backward gradient shape": lambda m: leaf(m, 3).exp().backward(m.ones(2)),
    "grad of unused": lambda m: m.autograd.grad(leaf(m, 3).sum(), leaf(m, 3)),
    "grad of no leaf": lambda m: m.autograd.grad(leaf(m, 3).sum(), m.ones(3)),
    "grad of many": lambda m: (lambda x: m.autograd.grad(x * 2, x))(leaf(m, 3)),
    "grad outputs shape": lambda m: (lambda x: m.autograd.grad(x * 2, x, m.ones(2)))(leaf(m, 3)),
    "leaf in place": leaf_in_place,
    "leaf view in place": leaf_view_in_place,
    "changed after use": changed_after_use,
    "changed input": changed_input,
    "changed view": changed_view,
    "changed by no_grad": changed_by_no_grad,
    "retain_grad without grad": lambda m: m.ones(2).retain_grad(),
    "hook without grad": lambda m: m.ones(2).register_hook(lambda g: g),
    "requires_grad off inside": lambda m: (leaf(m, 2) * 2).requires_grad_(False),
    "grad of another shape": lambda m: setattr(leaf(m, 3), "grad", m.ones(2)),
    "grad of another dtype": lambda m: setattr(leaf(m, 3), "grad", m.ones(3).double()),
    "deepcopy inside": lambda m: __import__("copy").deepcopy(leaf(m, 2) * 2),
    "Function too many": lambda m: wrong_function(m, 2),
    "Function shape": lambda m: wrong_function(m, 0),
    "func.grad of many": lambda m: m.func.grad(lambda x: x * 2)(m.ones(3)),
    "func.grad of ints": lambda m: m.func.grad(lambda x: x.sum())(m.ones(3).long()),
    "func.grad argnums": lambda m: m.func.grad(lambda x: x.sum(), argnums=1)(m.ones(3)),
    "func.jvp shapes": lambda m: m.func.jvp(lambda x: x, (m.ones(3),), (m.ones(2),)),
}  # fmt: skip


@pytest.mark.parametrize("call", [pytest.param(c, id=n) for n, c in CALLS.items()])
def test_refused_alike(call: Call) -> None:
    check_refused(call)


def test_a_refused_change_leaves_the_tensor_alone() -> None:
    def grow(m: Any, t: Any) -> Any:
        return t.add_(m.ones(2, 3))

    def put(m: Any, t: Any) -> Any:
        t[0:2] = m.ones(3)

    for m in (torch, subject):
        t = m.tensor(normal(3))
        for change in (grow, put):
            raised(m, lambda lib, change=change, t=t: change(lib, t))  # type: ignore[misc]
        np.testing.assert_array_equal(t.numpy(), normal(3))
