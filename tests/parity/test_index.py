"""Reading and writing by index, and the functions that gather and scatter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, bools, check, check_seen, each, forms, ints, normal

X = normal(5, 6)
CUBE = normal(4, 5, 6, seed=1)
V = normal(8, seed=2)
SCALAR = np.array(1.5)
K, J = np.array([0, 3, -1, 3]), np.array([5, 0, 2, 2])
ROWS = np.array([[0, 1], [4, 0]])
MASK, MASK1 = bools(5, 6), np.array([True, False, True, True, False])
NONE = np.zeros((5, 6), dtype=bool)
MASK3 = np.array([True, False, True, False, True, True])

KEYS: list[tuple[Any, Any]] = [
    (X, 0), (X, -1), (X, (2, 3)), (X, (-1, -6)), (X, slice(1, 4)), (X, slice(None, None, 2)),
    (X, slice(-3, None)), (X, slice(4, 1)), (X, slice(0, 100)), (X, (slice(None), 2)),
    (X, (slice(1, 3), slice(None, None, 3))), (X, None), (X, (None, 1)), (X, (slice(None), None)),
    (X, ...), (X, (..., 0)), (X, (0, ...)), (X, (..., None)), (X, ()), (X, (slice(1, 2), 0, None)),
    (CUBE, (..., 1)), (CUBE, (1, ..., 2)), (CUBE, (None, ..., None)),
    (CUBE, (slice(None), 0, slice(2, 5))),
    (CUBE, (0, slice(None), -1)), (X, True), (X, (False,)),
    (X, [0, 2]), (X, [-1, 0, 0]), (X, ([0, 1], [2, 3])), (X, (slice(None), [0, 0, 5])),
    (X, ([1, 2], 3)), (CUBE, ([0, 1], slice(None), [2, 3])), (CUBE, (slice(None), [0, 1], [2, 3])),
    (CUBE, (0, [1, 2])), (CUBE, ([[0], [1]], [0, 1, 2])), (CUBE, (..., [0, 1])),
    (CUBE, (None, [0, 1])),
    (CUBE, (0, slice(None), [1, 1])), (V, [0]), (X, ([[0], [1]], [[2, 3]])),
    (X, (slice(None), slice(None))), (X, (slice(None, None, 4), [1, 1])),
    (SCALAR, ()), (SCALAR, None), (SCALAR, ...), (X, []), (CUBE, (1, None, 2)),
]  # fmt: skip


def reads() -> Iterator[Case]:
    for i, (x, key) in enumerate(KEYS):
        yield Case(f"{x.ndim}d[{key}]#{i}".replace(" ", ""), lambda m, x, k=key: x[k], (x,))
    one, two = (
        ("int64", K),
        ("matrix", ROWS),
    )
    for name, index in [one, two, ("int32", K.astype("int32")), ("empty", np.zeros(0, "int64")),
                        ("scalar", np.array(2)),
                        ("uint-like", np.array([1], "int64"))]:  # fmt: skip
        yield Case(f"x[tensor {name}]", lambda m, x, i: x[i], (X, index))
        yield Case(f"x[:,tensor {name}]", lambda m, x, i: x[:, i], (X, index))
        yield Case(f"x[numpy {name}]", lambda m, x, i=index: x[i], (X,))
    yield Case("x[i,j]", lambda m, x, i, j: x[i, j], (X, K, J))
    yield Case("x[i,:,j]", lambda m, x, i, j: x[i, :, j], (CUBE, K, J))
    yield Case("x[:,i,j]", lambda m, x, i, j: x[:, i, j], (CUBE, K, J))
    yield Case("x[i,None,j]", lambda m, x, i, j: x[i, None, j], (CUBE, K, K))
    yield Case("x[i,...,j]", lambda m, x, i, j: x[i, ..., j], (CUBE, K, J))
    yield Case("x[arange,labels]", lambda m, x, i: x[m.arange(4), i], (X, J))
    yield Case("x[rows,j]", lambda m, x, i: x[i, 1:3], (X, ROWS))
    yield Case("x[i,3]", lambda m, x, i: x[i, 3], (X, K))
    yield Case("x[1,i]", lambda m, x, i: x[1, i], (X, K))
    yield Case("x[mask]", lambda m, x, b: x[b], (X, MASK))
    yield Case("x[mask none]", lambda m, x, b: x[b], (X, NONE))
    yield Case("x[row mask]", lambda m, x, b: x[b], (X, MASK1))
    yield Case("x[:,mask]", lambda m, x, b: x[:, b], (X, MASK3))
    yield Case("x[mask,0]", lambda m, x, b: x[b, 0], (X, MASK1))
    yield Case("x[mask,i]", lambda m, x, b, i: x[b, i], (X, MASK1, np.array([1, 5, 5])))
    yield Case("x[mask2d] of cube", lambda m, x, b: x[b], (CUBE, bools(4, 5)))
    yield Case("x[numpy mask]", lambda m, x: x[MASK], (X,))
    yield Case("x[x>0]", lambda m, x: x[x > 0], (X,))
    yield Case("x[mask list]", lambda m, x: x[[True, False, True, True, False]], (X,))
    yield Case("scalar[mask]", lambda m, x: x[m.tensor(True)], (SCALAR,), optional=True)
    yield Case("x[i][j]", lambda m, x: x[1:][::2][0, 3], (X,))
    yield Case("x[0] of ints", lambda m, x: (x[0], x[0, 1], x[x > 3]), (ints(9, 3, 4),))
    yield Case("many reads", lambda m, x: x[0] * x[1] + x[0], (X,))


@each(reads(), second=True, strided=True)
def test_reads(case: Case, dtype: str) -> None:
    check(case, dtype)


def write(key: Any, value: Any) -> Any:
    def run(m: Any, x: Any, *rest: Any) -> Any:
        y = x.clone()
        k = key(m, *rest) if callable(key) else key
        v = value(m, x) if callable(value) else value
        with m.no_grad():
            y[k] = v
        return y

    return run


def writes() -> Iterator[Case]:
    for i, (x, key) in enumerate(KEYS):
        yield Case(f"{x.ndim}d[{key}]=2#{i}".replace(" ", ""), write(key, 2), (x,))
    row, column = (lambda m, x: x[0] * 2), (lambda m, x: x[:, :1] + 1)
    yield Case("x[:]=row", write(slice(None), row), (X,))
    yield Case("x[:]=column", write(slice(None), column), (X,))
    yield Case("x[1:3]=row", write(slice(1, 3), row), (X,))
    yield Case("x[:,0]=scalar tensor", write((slice(None), 0), lambda m, x: x[0, 0]), (X,))
    yield Case("x[i]=row", write(lambda m, i: i, row), (X, np.array([0, 4])))
    yield Case("x[mask]=0", write(lambda m, b: b, 0), (X, MASK))
    yield Case("x[mask]=tensor", write(lambda m, b: b, lambda m, x: x[0, 0]), (X, MASK))
    yield Case("x[row mask]=row", write(lambda m, b: b, row), (X, MASK1))
    yield Case("x[mask]=values", write(lambda m, b: b, lambda m, x: m.arange(3.0).to(x.dtype)),
               (V[:5], MASK1))  # fmt: skip
    yield Case("x[i,j]=1.5", write(lambda m, i, j: (i, j), 1.5), (X, K, J))
    yield Case("int[0]=7", write(0, 7), (ints(9, 3, 4),))
    yield Case("int[0]=2.7", write(0, 2.7), (ints(9, 3, 4),))
    yield Case("bool[0]=True", write(0, True), (bools(3, 4),))
    yield Case("view writes through", view_write, (X,))


def view_write(m: Any, x: Any) -> Any:
    y = x.clone()
    with m.no_grad():
        y[1][2] = 9.0
        y.T[0] = 3.0
        y.view(-1)[7:9] = -1.0
        y[2:4].fill_(5.0)
    return y


@each(writes(), grad=False)
def test_writes(case: Case, dtype: str) -> None:
    check(case, dtype)


def inplace() -> Iterator[Case]:
    def using(change: Any) -> Any:
        def run(m: Any, x: Any) -> Any:
            y = x.clone()
            with m.no_grad():
                back = change(m, y)
            return y, back is y

        return run

    for name, args in [
        ("add_", (1.5,)), ("sub_", (2,)), ("mul_", (3,)), ("div_", (2,)), ("zero_", ()),
        ("fill_", (2.5,)), ("clamp_", (-0.5, 0.5)),
    ]:  # fmt: skip
        change = lambda m, y, n=name, a=args: getattr(y, n)(*a)  # noqa: E731
        yield Case(f"{name}{args}", using(change), (X,))
    yield Case("add_ of float64", using(lambda m, y: y.add_(y.double())), (X.astype("f"),))
    yield Case("add_ of int", using(lambda m, y: y.add_(m.ones(1).long())), (X.astype("f"),))
    yield Case("add_(alpha)", using(lambda m, y: y.add_(y.clone(), alpha=-0.1)), (X,))
    yield Case("sub_(alpha)", using(lambda m, y: y.sub_(y.clone(), alpha=0.5)), (X,))
    yield Case("copy_", using(lambda m, y: y.copy_(y.flip(0))), (X,))
    yield Case("copy_ row", using(lambda m, y: y.copy_(y[0].clone())), (X,))
    yield Case("copy_ ints", using(lambda m, y: y.copy_(m.arange(6))), (X,))

    def augmented(m: Any, y: Any) -> Any:
        z = y
        z += 1
        z *= y.clone()
        z -= 0.5
        z /= 4
        return z

    yield Case("+= *= -= /=", using(augmented), (X,))
    for name, args in [("sqrt_", ()), ("exp_", ()), ("abs_", ()), ("neg_", ()), ("relu_", ()),
                       ("lerp_", (1.0, 0.3)), ("masked_fill_", (0,)), ("pow_", (2,))]:  # fmt: skip
        if name not in ("lerp_", "masked_fill_"):
            change = lambda m, y, n=name, a=args: getattr(y, n)(*a)  # noqa: E731
            yield Case(f"{name}{args}", using(change), (X * X,), optional=True)
    yield Case("masked_fill_", using(lambda m, y: y.masked_fill_(y > 0, 0)), (X,), optional=True)
    yield Case("addcmul_", using(lambda m, y: y.addcmul_(y.clone(), y.clone(), value=2)), (X,),
               optional=True)  # fmt: skip
    yield Case("addcdiv_", using(lambda m, y: y.addcdiv_(y.clone(), y * y + 1, value=-1)), (X,),
               optional=True)  # fmt: skip
    yield Case("lerp_", using(lambda m, y: y.lerp_(y.flip(0), 0.3)), (X,), optional=True)


@each(inplace(), grad=False)
def test_inplace(case: Case, dtype: str) -> None:
    check(case, dtype)


def gathers() -> Iterator[list[Case]]:
    deep = {"second": True}
    g0, g1 = ints(5, 3, 6), ints(6, 5, 4, seed=1)
    for index, dim in [(g0, 0), (g1, 1), (g1, -1), (g1[:2, :1], 1), (np.zeros((0, 6), "int64"), 0)]:
        yield forms("mt", "gather", [X], dim, index, flags=deep)
    yield [Case("gather(dim=)", lambda m, x, i: x.gather(dim=1, index=i), (X, g1))]
    yield [Case("gather labels", lambda m, x, i: x.gather(1, i.view(-1, 1)).squeeze(1),
                (X, ints(6, 5)))]  # fmt: skip
    yield forms("m", "gather", [SCALAR], 0, np.array(0))
    for dim, index, source in [(0, g0, normal(3, 6)), (1, g1, normal(5, 4)),
            (-1, g1[:3], normal(4, 5)),
                               (0, np.zeros((4, 6), "int64"), normal(4, 6))]:  # fmt: skip
        label, grad = f"dim={dim} {index.shape}", source.shape == index.shape  # as PyTorch demands
        yield [
            Case(f"scatter_add {label}", lambda m, x, s, i, d=dim: m.scatter_add(x, d, i, s),
                 (X, source, index), second=True, grad=grad),
            Case(f"Tensor.scatter_add {label}", lambda m, x, s, i, d=dim: x.scatter_add(d, i, s),
                 (X, source, index), grad=grad),
            Case(f"scatter_add_ {label}",
                 lambda m, x, s, i, d=dim: x.clone().scatter_add_(d, i, s), (X, source, index),
                 grad=False, optional=True),
            Case(f"scatter {label}", lambda m, x, s, i, d=dim: m.scatter(x, d, i, s),
                 (X, source, np.argsort(index, axis=dim)), optional=True, grad=False),
        ]  # fmt: skip
    for dim, index in [(0, K), (1, J), (-1, J), (0, np.zeros(0, "int64"))]:
        picked = np.abs(index)
        yield forms("mt", "index_select", [X], dim, picked, flags=deep)
        yield forms("m", "index_select", [X], dim, picked.astype("int32"))
    yield [
        Case("index_select(dim=)", lambda m, x, i: x.index_select(dim=0, index=i), (CUBE, K[:2]))
    ]
    yield forms("mt", "take_along_dim", [X], g1, 1, flags=deep)
    yield forms("mt", "take_along_dim", [X], g0, dim=0)
    yield forms("m", "take_along_dim", [X], ints(6, 1, 4), dim=1)
    yield forms("m", "take_along_dim", [X], ints(30, 7), flags={"strided": False})
    yield [Case("argsort round trip", lambda m, x: m.take_along_dim(x, x.sort(1)[1], 1), (X,))]
    yield forms("mt", "masked_fill", [X], MASK, 2.5, flags={"optional": True})
    yield forms("mt", "masked_select", [X], MASK, flags={"optional": True})
    yield [Case("index_add", lambda m, x, s, i: m.index_add(x, 0, i, s), (X, normal(2, 6), K[:2]),
                optional=True)]  # fmt: skip
    yield forms("m", "bincount", [ints(5, 9)], flags={"optional": True})
    yield forms(
        "m",
        "searchsorted",
        [np.sort(V)],
        normal(3),
        flags={"optional": True, "dtypes": ("float64",)},
    )


@each(gathers(), strided=True)
def test_gathers(case: Case, dtype: str) -> None:
    check(case, dtype)


def tables() -> Iterator[Case]:
    weight, words = normal(7, 3, seed=4), ints(7, 2, 5)
    words[0, :3] = [2, 2, 6]

    def embed(**kw: Any) -> Any:
        return lambda m, w, i: m.nn.functional.embedding(i, w, **kw)

    yield Case("embedding", embed(), (weight, words), second=True)
    for pad in [0, 2, -1, -5]:
        yield Case(f"embedding padding_idx={pad}", embed(padding_idx=pad), (weight, words))
    yield Case("embedding scalar", embed(), (weight, np.array(3)))
    yield Case("embedding int32", embed(), (weight, words.astype("int32")))
    yield Case("embedding empty", embed(), (weight, np.zeros((0, 2), "int64")))
    yield Case(
        "embedding max_norm", embed(max_norm=1.0), (weight, words), optional=True, grad=False
    )
    yield Case("embedding by freq", embed(scale_grad_by_freq=True), (weight, words), optional=True)
    for n in [-1, 7, 9]:
        yield Case(f"one_hot {n}", lambda m, i, n=n: m.nn.functional.one_hot(i, n), (words,))
    yield Case("one_hot default", lambda m, i: m.nn.functional.one_hot(i), (words,))
    yield Case(
        "one_hot num_classes=", lambda m, i: m.nn.functional.one_hot(i, num_classes=8), (words,)
    )
    yield Case("one_hot scalar", lambda m, i: m.nn.functional.one_hot(i, 4), (np.array(2),))
    yield Case("one_hot empty", lambda m, i: m.nn.functional.one_hot(i, 4), (np.zeros(0, "int64"),))


@each(tables())
def test_tables(case: Case, dtype: str) -> None:
    check(case, dtype)


def test_results_share_memory_as_in_pytorch() -> None:
    def run(m: Any) -> Any:
        x = m.zeros(4, 3)
        shared = [x[1], x[1:3], x[:, 0], x.T, x.view(-1), x.unsqueeze(0), x.detach(), x.squeeze()]
        shared += [x.reshape(12), x.flatten(), x.permute(1, 0), x.expand(2, 4, 3), x[None], x[...]]
        shared += [*x.split(2), *x.chunk(2, 1), x.transpose(0, 1)]
        copied = [
            x[[0, 1]],
            x[m.tensor([0])],
            x[x == 0],
            x.clone(),
            x.repeat(1, 1),
            x.T.reshape(-1),
        ]
        copied += [m.cat([x]), m.stack([x]), x.flip(0), x.roll(1), x.tril(), x + 0]
        x += 1
        return [float(s.sum()) for s in shared], [float(c.sum()) for c in copied]

    check_seen(run)
