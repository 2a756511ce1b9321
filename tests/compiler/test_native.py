"""Compiled programs against the definition: shapes that do not divide, strides, special numbers and
products; on one lane and divided over several."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from denpa.compiler.emit.codegen import Codegen
from denpa.compiler.lower.kernels import Product
from denpa.core.dtype import bool_, float32, float64, int8, int32, int64, uint8
from denpa.core.graph import Graph, Value
from tests.compiler.forced import check, compiled
from tests.compiler.small import do, given, special

# -- shapes -------------------------------------------------------------------------------------

SHAPES = [
    (), (0,), (1,), (2,), (7,), (8,), (9,), (13,), (16,), (31,), (64,), (65,), (127,), (3, 0),
    (0, 5), (3, 5), (5, 1, 7), (2, 3, 11), (1, 1, 1), (17, 33), (4, 2, 3, 5),
]  # fmt: skip


@pytest.mark.parametrize("width", [4, 8, 16])
@pytest.mark.parametrize("dtype", [float32, float64])
def test_shapes(dtype: Any, width: int) -> None:
    outputs, inputs = [], []
    for shape in SHAPES:
        x, w = given(*shape, dtype=dtype), given(*shape[-1:], dtype=dtype)
        y = do("tanh", do("add", do("mul", x, w), 0.5))
        inputs += [x, w]
        outputs += [y, do("lt", x, w), do("cast", do("neg", x), dtype=float32)]
        if shape:
            outputs.append(do("sum", y, dim=(len(shape) - 1,), keepdim=True))
    check(Graph(inputs, outputs), lanes=(1 if width == 4 else 3,), width=width)


@pytest.mark.parametrize("shape", [(3, 1, 5, 17), (2, 8, 0, 3)])
def test_sums_over_all_subsets_of_axes(shape: tuple[int, ...]) -> None:
    x = given(*shape)
    i = given(*shape, dtype=int32)
    b = given(*shape, dtype=bool_)
    outputs = []
    for n in range(5):
        for dims in itertools.combinations(range(4), n):
            keep = bool(n % 2)
            outputs.append(do("sum", x, dim=dims, keepdim=keep))
            outputs.append(do("sum", i, dim=dims, keepdim=not keep))
            outputs.append(do("sum", b, dim=dims, keepdim=keep))
            if 0 not in shape:
                outputs.append(do("amax", x, dim=dims, keepdim=not keep))
                outputs.append(do("amax", b, dim=dims, keepdim=keep))
                outputs.append(do("mean", x, dim=dims, keepdim=keep))
                outputs.append(do("logsumexp", x, dim=dims, keepdim=not keep))
    check(Graph([x, i, b], outputs))


def test_a_long_sum_keeps_its_digits() -> None:
    """Many partial sums, so the error stays far below that of adding one after the other."""
    x = given(40_001)
    graph = Graph([x], [do("sum", x, dim=(0,), keepdim=False)])
    a = np.random.default_rng(0).random(40_001, np.float32)
    exact = a.astype(np.float64).sum()
    assert abs(compiled(graph).run([a])[0] - exact) < 2e-5 * exact


# -- strides ------------------------------------------------------------------------------------


def test_strided_flipped_and_repeated_operands() -> None:
    x, y = given(6, 9, 10), given(10, 9, 6)
    row = given(10)
    every = {"start": (1, 0, 1), "stop": (6, 9, 10), "step": (2, 3, 4)}
    views: list[Value] = [do("permute", x, dims=p) for p in itertools.permutations(range(3))]
    views += [do("flip", x, dim=d) for n in (1, 2, 3) for d in itertools.combinations(range(3), n)]
    views += [
        do("slice", x, **every),
        do("flip", do("slice", x, **every), dim=(0, 2)),
        do("reshape", do("permute", x, dims=(2, 0, 1)), shape=(5, 108)),
        do("reshape", do("slice", x, **every), shape=(27,)),
        do("broadcast_to", do("slice", row, start=(2,), stop=(3,), step=(1,)), shape=(4, 7)),
        do("reshape", do("broadcast_to", row, shape=(3, 10)), shape=(15, 2)),
        do("diagonal", do("slice", x, start=(0, 0, 1), stop=(6, 9, 10), step=(1, 1, 1))),
        do("reshape", do("diagonal", do("reshape", x, shape=(3, 4, 5, 3, 3))), shape=(36, 5)),
    ]
    outputs = list(views)
    outputs += [do("maximum", do("neg", v), 0.0) for v in views]
    outputs += [
        do("add", x, do("permute", y, dims=(2, 1, 0))),
        do("mul", do("flip", x, dim=(2,)), row),
    ]
    outputs += [do("sum", v, dim=(0,), keepdim=False) for v in views]
    check(Graph([x, y, row], outputs))


def test_views_of_what_is_computed() -> None:
    x = given(12, 10)
    e = do("exp", x)
    outputs = [
        do("mul", do("flip", e, dim=(1,)), e),
        do("diagonal", do("reshape", e, shape=(3, 10, 2, 2))),
        do("sub", do("reshape", e, shape=(10, 12)), do("permute", x, dims=(1, 0))),
        do(
            "sum",
            do("reshape", do("permute", e, dims=(1, 0)), shape=(4, 30)),
            dim=(0,),
            keepdim=True,
        ),
    ]
    check(Graph([x], outputs))


# -- special numbers ----------------------------------------------------------------------------

_UNARY = "neg abs sqrt floor round exp log log1p expm1 sin cos tanh sigmoid erf softplus relu sign"
_BINARY = "add sub mul div pow maximum minimum remainder floor_divide eq lt le"


def unsigned_ties(name: str, a: np.ndarray) -> np.ndarray:
    """NumPy's maximum of 0 and −0 is the one or the other, by the machine: both as 0."""
    return a + 0.0 if name in ("maximum", "minimum", "relu", "amax") else a


@pytest.mark.parametrize("dtype", [float32, float64])
def test_nan_infinity_and_both_zeros(dtype: Any) -> None:
    info = np.finfo(dtype)
    odd = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -2.5,
        1e30,
        np.inf,
        -np.inf,
        np.nan,
        info.tiny,
        -info.max,
        3.0,
    ]
    a, b = (m.ravel() for m in np.meshgrid(np.array(odd, dtype), np.array(odd, dtype)))
    x, y = given(len(a), dtype=dtype), given(len(a), dtype=dtype)
    names = [*_UNARY.split(), *_BINARY.split()]
    outputs = [do(name, x) for name in _UNARY.split()]
    outputs += [do(name, x, y) for name in _BINARY.split()]
    graph = Graph([x, y], outputs)
    got = compiled(graph).run([a, b])
    for name, found, want in zip(names, got, graph(a, b), strict=True):
        np.testing.assert_allclose(found, want, 1e-6, 0, err_msg=name)
        if want.dtype.kind == "f":
            here_, there = (unsigned_ties(name, z) for z in (found, want))
            number = ~np.isnan(want)
            wrong = np.flatnonzero((np.signbit(here_) != np.signbit(there)) & number)
            assert not wrong.size, (name, a[wrong], b[wrong], here_[wrong], there[wrong])


def test_nan_in_reductions_and_masks() -> None:
    x = given(7, 19)
    c = do("lt", x, 0.0)
    outputs = [
        do("amax", x, dim=(0,), keepdim=False),
        do("amax", x, dim=(1,), keepdim=False),
        do("argmax", x, dim=0),
        do("argmax", x, dim=1),
        do("where", c, x, 1.0),
        do("cast", x, dtype=bool_),
        do("bitwise_and", c, do("bitwise_not", do("eq", x, x))),
    ]
    graph = Graph([x], outputs)
    for program in (compiled(graph), compiled(graph, lanes=3)):
        for seed in range(4):
            a = special(x, seed)
            a[0, 0] = np.nan if seed % 2 else 1.0
            for want, found in zip(graph(a), program.run([a]), strict=True):
                np.testing.assert_array_equal(found, want, strict=True)


@pytest.mark.parametrize("dtype", [int8, uint8, int32, int64])
def test_integers_at_their_ends(dtype: Any) -> None:
    info = np.iinfo(dtype)
    ends = np.array([info.min, info.max, 0, 1, 2, 3, 7, info.max - 1, info.min + 1], dtype)
    if dtype != uint8:
        ends = np.append(ends, np.array([-1, -2, -7], dtype))
    a, b = (m.ravel() for m in np.meshgrid(ends, ends))
    x, y = given(len(a), dtype=dtype), given(len(a), dtype=dtype)
    some = do("where", do("eq", y, 0), 3, y)
    names = ["add", "sub", "mul", "maximum", "minimum", "eq", "lt", "le", "bitwise_xor"]
    outputs = [do(n, x, y) for n in names]
    outputs += [do(n, x, some) for n in ("remainder", "floor_divide")]
    outputs += [do(n, x) for n in ("neg", "abs", "sign", "relu", "bitwise_not")]
    outputs += [do("pow", x, n) for n in (0, 1, 2, 5)]
    outputs += [do("pow", x, do("bitwise_and", y, 7))]
    outputs += [
        do("cast", x, dtype=d) for d in (bool_, uint8, int8, int32, int64, float32, float64)
    ]
    outputs += [do("sum", x, dim=(0,), keepdim=False), do("amax", x, dim=(0,), keepdim=False)]
    outputs += [do("argmax", x, dim=0), do("cumsum", x, dim=0)]
    graph = Graph([x, y], outputs)
    for v, want, found in zip(
        outputs, graph(a, b), compiled(graph, lanes=3).run([a, b]), strict=True
    ):
        assert v.op is not None
        np.testing.assert_array_equal(found, want, f"{v.op.name} {v.params}", strict=True)


# -- products -----------------------------------------------------------------------------------

SIZES = [
    (3, 5, 4),
    (1, 7, 9),
    (9, 1, 1),
    (1, 1, 5),
    (8, 16, 8),
    (5, 3, 0),
    (33, 47, 29),
    (1, 131, 97),
    (40, 100, 90),
    (50, 7, 40),
]


def products() -> Graph:
    """All pairs of transpositions, and operands that no BLAS takes as they are."""
    inputs: list[Value] = []
    outputs: list[Value] = []
    for m, n, k in SIZES:
        for left, right in itertools.product((False, True), repeat=2):
            a = given(*((k, m) if left else (m, k)))
            b = given(*((n, k) if right else (k, n)))
            inputs += [a, b]
            a, b = (do("permute", x, dims=(1, 0)) if t else x for x, t in ((a, left), (b, right)))
            outputs.append(do("matmul", a, b))
    a, b = given(45, 200), given(100, 90)
    inputs += [a, b]
    thin = do("slice", a, start=(0, 1), stop=(45, 200), step=(1, 2))  # (45, 100)
    outputs.append(do("matmul", thin, do("flip", b, dim=(0,))))
    wide = do(
        "broadcast_to", do("slice", b, start=(0, 0), stop=(1, 90), step=(1, 1)), shape=(200, 90)
    )
    outputs.append(do("matmul", do("exp", a), wide))
    outputs.append(do("matmul", a, do("permute", a, dims=(1, 0))))
    part = do("slice", a, start=(0, 7), stop=(45, 200), step=(1, 1))  # rows that lie apart
    outputs.append(do("matmul", do("permute", part, dims=(1, 0)), part))
    outputs.append(do("matmul", part, do("permute", part, dims=(1, 0))))
    return Graph(inputs, outputs)


@pytest.mark.parametrize("use_blas", [True, False])
@pytest.mark.parametrize("lanes", [1, 3])
def test_products(use_blas: bool, lanes: int) -> None:
    check(products(), lanes=(lanes,), use_blas=use_blas)


def test_products_go_where_they_should() -> None:
    """Narrow and very large ones to the BLAS, if there is one; all, if the user chose it."""
    a, b, c, d = given(64, 100), given(100, 120), given(100, 12), given(100, 20_000)
    graph = Graph([a, b, c, d], [do("matmul", a, x) for x in (b, c, d)])

    def makers(**options: Any) -> list[str]:
        return [k.by for k in Codegen(graph, **options).order if isinstance(k, Product)]

    assert makers(blas_bits=64) == ["panels", "blas", "blas"]
    assert makers(blas_bits=64, blas="all") == ["blas", "blas", "blas"]
    assert makers() == ["panels", "panels", "panels"]


@pytest.mark.parametrize(
    ("dtype", "use_blas"),
    [(float32, True), (float32, False), (float64, True), (int32, True), (bool_, True)],
)
def test_products_of_batches(dtype: Any, use_blas: bool) -> None:
    pairs = [
        ((2, 3, 4, 5), (2, 3, 5, 6)), ((1, 3, 4, 5), (2, 1, 5, 6)), ((7, 4, 5), (5, 6)),
        ((4, 5), (3, 5, 2)), ((2, 21, 120), (120, 80)), ((2, 1, 31, 100), (3, 100, 90)),
        ((0, 3, 4), (4, 2)),
    ]  # fmt: skip
    values = [(given(*a, dtype=dtype), given(*b, dtype=dtype)) for a, b in pairs]
    outputs = [do("matmul", a, b) for a, b in values]
    turned = [do("permute", x, dims=(0, 1, 3, 2)) for x in values[1]]
    outputs.append(do("matmul", turned[1], turned[0]))
    check(Graph([x for pair in values for x in pair], outputs), use_blas=use_blas)


@pytest.mark.parametrize("bias", [(), (6,), None])
def test_affine_layers(bias: tuple[int, ...] | None) -> None:
    x, w = given(2, 9, 50), given(6, 50)
    b = [] if bias is None else [given(*bias)]
    check(Graph([x, w, *b], [do("linear", x, w, *b), do("sigmoid", do("linear", x, w, *b))]))
