"""Each pass fires where it should, keeps the bits, and leaves alone what it would change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from denpa.compiler import passes as package
from denpa.compiler.passes import PASSES, local, optimise
from denpa.compiler.passes.reduce import LARGE, split_sums
from denpa.compiler.passes.rewrite import Constants, make, rebuild
from denpa.compiler.passes.share import share
from denpa.core.dtype import bool_, float32, float64, int64, uint8
from denpa.core.errors import GraphError
from denpa.core.graph import Graph, Value
from denpa.core.op import OPS
from tests.compiler.small import body, do, given, known, same_bits

F32, F64, I64, U8, BOOL = float32, float64, int64, uint8, bool_


Case = tuple[str, str, Callable[[], tuple[list[Value], Value]], list[str]]
CASES: list[Case] = []


def one(build: Callable[[Value], Any], *shape: int, dtype: Any = F32) -> Any:
    x = given(*shape, dtype=dtype)
    return [x], build(x)


def add(family: str, name: str, build: Callable[[Value], Any], *text: str, **kind: Any) -> None:
    shape, dtype = kind.get("shape", (3, 5)), kind.get("dtype", F32)
    CASES.append((name, family, lambda: one(build, *shape, dtype=dtype), list(text)))


# fmt: off
SAME = "return v0"
K = {"keepdim": False}
add("algebra", "times one", lambda x: do("mul", x, 1), SAME)
add("algebra", "one times", lambda x: do("mul", 1.0, x), SAME)
add("algebra", "over one", lambda x: do("div", x, 1.0), SAME)
add("algebra", "minus zero", lambda x: do("sub", x, 0), SAME)
add("algebra", "plus negative zero", lambda x: do("add", x, -0.0), SAME)
add("algebra", "plus zero of integers", lambda x: do("add", 0, x), SAME, dtype=I64)
add("algebra", "power one", lambda x: do("pow", x, 1), SAME)
add("algebra", "power two", lambda x: do("pow", x, 2), "v1 = mul(v0, v0)", "return v1")
add("algebra", "root", lambda x: do("pow", x, 0.5), "v1 = sqrt(v0)", "return v1")
add("algebra", "inverse", lambda x: do("pow", x, -1), "v1 = div(1.0, v0)", "return v1")
add("algebra", "minus minus", lambda x: do("neg", do("neg", x)), SAME)
add("algebra", "times minus one", lambda x: do("mul", -1, x), "v1 = neg(v0)", "return v1")
add("algebra", "over four", lambda x: do("div", x, 4), "v1 = mul(v0, 0.25)", "return v1")
add("algebra", "add minus", lambda x: do("add", do("neg", x), do("exp", x)),
    "v1 = exp(v0)", "v2 = sub(v1, v0)", "return v2")
add("algebra", "subtract minus", lambda x: do("sub", do("exp", x), do("neg", x)),
    "v1 = exp(v0)", "v2 = add(v1, v0)", "return v2")
add("algebra", "minus of a multiple", lambda x: do("neg", do("mul", x, 3.0)),
    "v1 = mul(v0, -3.0)", "return v1")
add("algebra", "relu twice", lambda x: do("relu", do("relu", x)), "v1 = relu(v0)", "return v1")
add("algebra", "floor twice", lambda x: do("floor", do("floor", x)), "v1 = floor(v0)", "return v1")
add("algebra", "abs of minus", lambda x: do("abs", do("neg", x)), "v1 = abs(v0)", "return v1")
add("algebra", "maximum of itself", lambda x: do("maximum", x, x), SAME)
add("algebra", "not not", lambda x: do("bitwise_not", do("bitwise_not", x)), SAME, dtype=BOOL)
add("algebra", "detached", lambda x: do("detach", x), SAME)
add("algebra", "own dtype", lambda x: do("cast", x, dtype=F32), SAME)
add("algebra", "there and back", lambda x: do("cast", do("cast", x, dtype=F64), dtype=F32), SAME)
add("algebra", "by way of f64", lambda x: do("cast", do("cast", x, dtype=F64), dtype=BOOL),
    "v1 = cast(v0, dtype=bool)", "return v1")
add("algebra", "where of one", lambda x: do("where", do("lt", x, 0.0), x, x), SAME)
add("algebra", "where not", lambda x: do("where", do("bitwise_not", do("lt", x, 0)), x, 1.0),
    "v1 = lt(v0, 0)", "v2 = where(v1, 1.0, v0)", "return v2")
add("algebra", "where known", lambda x: do("where", known(True, BOOL), x, 2.0), SAME)
add("layout", "reshape twice",
    lambda x: do("reshape", do("reshape", x, shape=(15,)), shape=(5, 3)),
    "v1 = reshape(v0, shape=(5, 3))", "return v1")
add("layout", "reshape back", lambda x: do("reshape", do("reshape", x, shape=(15,)), shape=(3, 5)),
    SAME)
add("layout", "transposed twice",
    lambda x: do("permute", do("permute", x, dims=(1, 0)), dims=(1, 0)), SAME)
add("layout", "permute of permute",
    lambda x: do("permute", do("permute", x, dims=(1, 2, 0)), dims=(1, 0, 2)),
    "v1 = permute(v0, dims=(2, 1, 0))", "return v1", shape=(2, 3, 5))
add("layout", "a size of 1 moved", lambda x: do("permute", x, dims=(1, 0, 2)),
    "v1 = reshape(v0, shape=(3, 1, 5))", "return v1", shape=(1, 3, 5))
add("layout", "expand to itself", lambda x: do("broadcast_to", x, shape=(3, 5)), SAME)
add("layout", "expand twice",
    lambda x: do("broadcast_to", do("broadcast_to", x, shape=(2, 5)), shape=(3, 2, 5)),
    "v1 = broadcast_to(v0, shape=(3, 2, 5))", "return v1", shape=(5,))
add("layout", "expand a row",
    lambda x: do("broadcast_to", do("reshape", x, shape=(1, 5)), shape=(2, 5)),
    "v1 = broadcast_to(v0, shape=(2, 5))", "return v1", shape=(5,))
add("layout", "slice of all", lambda x: do("slice", x, start=(0, 0), stop=(3, 5), step=(1, 1)),
    SAME)
add("layout", "slice of a slice",
    lambda x: do("slice", do("slice", x, start=(2,), stop=(30,), step=(3,)), start=(1,), stop=(9,),
                 step=(2,)),
    "v1 = slice(v0, start=(5,), stop=(24,), step=(6,))", "return v1", shape=(31,))
add("layout", "slice of nothing of a slice",
    lambda x: do("slice", do("slice", x, start=(2,), stop=(9,), step=(2,)), start=(1,), stop=(1,),
                 step=(1,)),
    "v1 = slice(v0, start=(4,), stop=(4,), step=(2,))", "return v1", shape=(9,))
add("layout", "pad by nothing", lambda x: do("pad", x, shape=(3, 5), start=(0, 0), step=(1, 1)),
    SAME)
add("layout", "pad of a pad",
    lambda x: do("pad", do("pad", x, shape=(9,), start=(2,), step=(2,)), shape=(40,), start=(5,),
                 step=(3,)),
    "v1 = pad(v0, shape=(40,), start=(11,), step=(6,))", "return v1", shape=(3,))
add("layout", "flip of a size of 1", lambda x: do("flip", x, dim=(0,)), SAME, shape=(1, 3))
add("layout", "flip of a flip", lambda x: do("flip", do("flip", x, dim=(0, 1)), dim=(1,)),
    "v1 = flip(v0, dim=(0,))", "return v1")
add("layout", "cat of one", lambda x: do("cat", x, known(np.zeros((0, 5))), dim=0), SAME)
add("layout", "cat of cat", lambda x: do("cat", do("cat", x, x, dim=0), x, dim=0),
    "v1 = cat(v0, v0, v0, dim=0)", "return v1")
add("layout", "cumsum of one", lambda x: do("cumsum", x, dim=0), SAME, shape=(1, 3))
add("layout", "windows of one",
    lambda x: do("unfold", x, size=(1,), stride=(1,), dilation=(1,)),
    "v1 = reshape(v0, shape=(2, 1, 5))", "return v1", shape=(2, 5))
add("reduce", "sum over nothing", lambda x: do("sum", x, dim=(), **K), "v1 = add(v0, 0.0)",
    "return v1")
add("reduce", "sum over one", lambda x: do("sum", x, dim=(1,), **K), "v1 = add(v0, 0.0)",
    "v2 = reshape(v1, shape=(3,))", "return v2", shape=(3, 1))
add("reduce", "mean", lambda x: do("mean", x, dim=(1,), **K),
    "v1 = sum(v0, dim=(1,), keepdim=False)", "v2 = div(v1, 5.0)", "return v2")
add("reduce", "mean of nothing", lambda x: do("mean", x, dim=(1,), **K),
    "v1 = sum(v0, dim=(1,), keepdim=False)", "v2 = div(v1, 0.0)", "return v2",
    shape=(3, 0))
add("reduce", "amax of one", lambda x: do("amax", x, dim=(0,), keepdim=True), SAME, shape=(1, 3))
add("reduce", "logsumexp of one", lambda x: do("logsumexp", x, dim=(0,), keepdim=True),
    "v1 = add(v0, 0.0)", "return v1", shape=(1, 3))
add("reduce", "argmax of one", lambda x: do("argmax", x, dim=0),
    "v2 = broadcast_to(v1, shape=(3,))", "return v2", shape=(1, 3))
add("broadcast", "operand", lambda x: do("add", do("broadcast_to", do("sum", x, dim=(0,), **K),
    shape=(3, 5)), x),
    "v1 = sum(v0, dim=(0,), keepdim=False)", "v2 = add(v1, v0)", "return v2")
add("broadcast", "the only operand", lambda x: do("exp", do("broadcast_to", x, shape=(7, 3, 5))),
    "v1 = exp(v0)", "v2 = broadcast_to(v1, shape=(7, 3, 5))", "return v2")
add("broadcast", "one of two stays", lambda x: do("add", do("broadcast_to", x, shape=(7, 3, 5)),
    known(np.arange(7).reshape(7, 1, 1))), "v2 = add(v0, v1)", "return v2")
add("broadcast", "row", lambda x: do("mul", x, do("reshape", do("sum", x, dim=(0,), **K),
    shape=(1, 5))),
    "v1 = sum(v0, dim=(0,), keepdim=False)", "v2 = mul(v0, v1)", "return v2")
add("broadcast", "number", lambda x: do("mul", x, known(np.full((3, 5), 0.1))),
    "v1 = mul(v0, 0.10000000149011612)", "return v1")
add("broadcast", "number that repeats", lambda x: do("mul", x, known(np.full((3, 5), -0.0))),
    "v1 = mul(v0, -0.0)", "v2 = broadcast_to(v1, shape=(3, 5))", "return v2",
    shape=(5,))
add("fold", "of constants", lambda x: do("mul", x, do("exp", known([[1.0], [2.0], [3.0]]))),
    "v2 = mul(v0, v1)", "return v2")
add("fold", "nothing", lambda x: do("exp", x), "return v1", shape=(3, 0))
add("fold", "repeated constant", lambda x: do("matmul", x, do("broadcast_to", known(2.0),
    shape=(5, 4))),
    "v2 = broadcast_to(v1, shape=(5, 4))", "v3 = matmul(v0, v2)", "return v3")
# fmt: on


@pytest.mark.parametrize(("name", "family", "build", "text"), CASES, ids=[c[0] for c in CASES])
def test_rule_fires_and_keeps_the_bits(
    name: str, family: str, build: Callable[[], Any], text: list[str]
) -> None:
    inputs, output = build()
    graph = Graph(inputs, [output])
    before = str(graph)
    found = local(family)(graph)
    found.typecheck()
    assert body(found) == text
    assert str(graph) == before
    assert found.inputs == graph.inputs
    same_bits(graph, found)
    same_bits(graph, optimise(graph))


def _cast_chain(x: Value, *dtypes: Any) -> Value:
    for d in dtypes:
        x = do("cast", x, dtype=d)
    return x


KEPT: list[tuple[str, Callable[[Value], Value], Any]] = [
    ("x + 0 of floats", lambda x: do("add", x, 0.0), F32),
    ("0 - x", lambda x: do("sub", 0.0, x), F32),
    ("x - -0", lambda x: do("sub", x, -0.0), F32),
    ("minus of a difference", lambda x: do("neg", do("sub", x, do("exp", x))), F32),
    ("over three", lambda x: do("div", x, 3.0), F32),
    ("over a power of two without inverse", lambda x: do("div", x, 2.0**-127), F32),
    ("times zero", lambda x: do("mul", x, 0.0), F32),
    ("times two, twice", lambda x: do("mul", do("mul", x, 0.1), 10.0), F32),
    ("power three", lambda x: do("pow", x, 3), F32),
    ("power -1/2", lambda x: do("pow", x, -0.5), F32),
    ("rounding cast", lambda x: _cast_chain(x, F32, F64), F64),
    ("64 bits do not fit", lambda x: _cast_chain(x, F64, I64), I64),
    ("out of range", lambda x: _cast_chain(x, F32, U8), np.dtype("int8")),
    ("grows", lambda x: do("add", do("broadcast_to", x, shape=(2, 3, 5)), do("exp", x)), F32),
    ("not uniform", lambda x: do("mul", x, known([0.0] * 4 + [-0.0])), F32),
    (
        "cat of cat along another",
        lambda x: do("cat", do("cat", x, x, dim=1), do("cat", x, do("exp", x), dim=1), dim=0),
        F32,
    ),
    ("tensor exponent", lambda x: do("pow", x, known([[2.0]])), F32),
]


@pytest.mark.parametrize(("name", "build", "dtype"), KEPT, ids=[k[0] for k in KEPT])
def test_what_would_change_the_bits_stays(name: str, build: Any, dtype: Any) -> None:
    x = given(3, 5, dtype=dtype)
    graph = Graph([x], [build(x)])
    found = optimise(graph)
    if name != "grows":  # the repeat moves behind the addition
        assert body(found) == body(graph)
    same_bits(graph, found)


def test_equal_equations_become_one() -> None:
    x, y = given(3), given(3)
    a = do("add", do("mul", x, y), do("mul", y, x))
    b = do("add", do("mul", x, 2), do("mul", 2.0, x))
    c = do("add", do("maximum", x, y), do("maximum", y, x))  # 0 and -0: by order
    d = do("add", do("div", x, 0.0), do("div", x, -0.0))
    e = do("cat", do("flip", x, dim=(0,)), do("flip", x, dim=()), dim=0)
    f = do("add", do("add", x, known([1, 2, 3])), do("add", known([1, 2, 3]), x))
    g = do("add", do("sub", x, y), do("sub", y, x))
    graph = Graph([x, y], [a, b, c, d, e, f, g])
    found = share(graph)
    assert body(found)[:4] == [
        "v3 = mul(v0, v1)",
        "v4 = add(v3, v3)",
        "v5 = mul(v0, 2)",
        "v6 = add(v5, v5)",
    ]
    assert len(found.constants) == 1
    assert len(graph.equations) - len(found.equations) == 3
    same_bits(graph, found)
    assert share(found) is found


def test_masks_are_drawn_once() -> None:
    state = given(2, dtype=I64)
    draws = [do("uniform", state, shape=(4,), dtype=d) for d in (F32, F32, F64)]
    found = share(Graph([state], draws))
    assert len(found.equations) == 2
    assert found.outputs[0] is found.outputs[1]


def test_large_sums_take_two_stages() -> None:
    x = given(2, 1, 200, 300)
    y = do("sum", do("mul", x, 2.0), dim=(0, 1, 2, 3), keepdim=False)
    graph = Graph([x], [y])
    found = split_sums(graph)
    assert body(found)[1:] == [
        "v2 = sum(v1, dim=(1, 2, 3), keepdim=True)",
        "v3 = sum(v2, dim=(0,), keepdim=True)",
        "v4 = reshape(v3, shape=())",
        "return v4",
    ]
    a = np.random.default_rng(0).standard_normal(x.shape).astype("f")
    exact = float((2 * a.astype("d")).sum())
    assert abs(float(found(a)[0]) - exact) < 1e-6 * float(np.abs(a).sum())
    small = given(LARGE // 4, 4)
    graph = Graph([small], [do("sum", small, dim=(0, 1), keepdim=False)])
    assert split_sums(graph) is graph


def test_an_input_with_an_array_is_no_constant() -> None:
    w = Value((3,), F32, np.ones(3, np.float32))
    graph = Graph([w], [do("mul", do("exp", w), do("where", do("eq", w, 1.0), w, 0.0))])
    assert body(optimise(graph)) == body(graph)
    same_bits(graph, optimise(graph))


@pytest.mark.parametrize("size", [1, 60, 1000])
def test_one_number_is_one_bit_pattern(size: int) -> None:
    constants = Constants(Graph([], []))
    zeros = np.zeros(size, np.float32)
    assert constants.number(known(zeros)) == 0.0
    zeros[-1] = -0.0
    assert str(constants.number(known(zeros))) == ("-0.0" if size == 1 else "None")
    assert constants.number(known(np.ones((size, 3))[:, ::2], I64)) == 1
    assert constants.number(known([])) is None
    assert constants.number(do("broadcast_to", known(np.nan), shape=(size,))) != 0.0


def test_outputs_may_be_inputs_and_constants() -> None:
    x = given(3)
    c = known([1.0, 2.0, 3.0])
    outputs = [do("neg", do("neg", x)), do("exp", c), x, do("detach", c)]
    found = optimise(Graph([x], outputs))
    assert found.equations == []
    assert found.outputs[0] is x is found.outputs[2]
    assert found.outputs[3].array is not None
    np.testing.assert_array_equal(found.outputs[3].array, [1.0, 2.0, 3.0])


def test_an_integer_divided_by_zero_is_left_to_the_run() -> None:
    graph = Graph([], [do("floor_divide", known([1], I64), known([0], I64))])
    assert body(optimise(graph)) == body(graph)


def test_backward_equations_stay_linked_and_keep_their_place() -> None:
    x = given(3)
    y = do("tanh", do("mul", x, 1))
    y.scope = "layer"
    g = do("mul", do("mul", y, 1.0), 2.0)
    g.forward, g.scope = y, "layer"
    found = optimise(Graph([x], [y, g]))
    assert body(found) == ["v1 = tanh(v0)", "v2 = mul(v1, 2.0)  # backward of v1", "return v1, v2"]
    assert [v.scope for v in found.equations] == ["layer", "layer"]
    assert g.forward is y


def test_a_rule_may_answer_with_a_number() -> None:
    x = given(2, 3, dtype=I64)
    graph = Graph([x], [do("add", do("neg", x), x)])
    found = rebuild(graph, lambda v, xs: 5 if v.op is OPS["neg"] else None)
    found.typecheck()
    np.testing.assert_array_equal(found(np.ones((2, 3), np.int64))[0], np.full((2, 3), 6))


def test_the_error_names_the_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(graph: Graph) -> Graph:
        def rule(v: Value, xs: tuple[Any, ...]) -> Any:
            y = make("exp", *xs, like=v)
            y.shape = (4,)
            return y

        return rebuild(graph, rule)

    monkeypatch.setattr(package, "PASSES", (*PASSES, ("crooked", wrong)))
    x = given(3)
    with pytest.raises(GraphError, match="after the pass 'crooked'"):
        optimise(Graph([x], [do("exp", x)]))


def test_a_long_program_is_done_in_a_few_rounds() -> None:
    x = given(4)
    y = x
    for _ in range(3000):
        y = do("neg", do("neg", do("add", y, 1.0)))
    found = optimise(Graph([x], [y]))
    assert len(found.equations) == 3000
    assert optimise(found) is found
