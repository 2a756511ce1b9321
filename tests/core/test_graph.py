from __future__ import annotations

import numpy as np
import pytest

import denpa.ops  # noqa: F401  (fills the table)
from denpa.autodiff.func import trace, vjp_graph
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import GraphError, ShapeError
from denpa.core.graph import Graph, Value, equations_of
from denpa.core.op import OPS

tanh, total = OPS["tanh"], OPS["sum"]


def squares(x: Tensor) -> Tensor:
    y: Tensor = total(tanh(x) * x, dim=(0,), keepdim=False)
    return y


def test_a_graph_prints_one_equation_a_line():
    graph = trace(squares, tensor_of(np.ones(3, "float32")))
    assert str(graph) == (
        "graph(v0: f32[3]):\n"
        "  v1: f32[3] = tanh(v0)\n"
        "  v2: f32[3] = mul(v1, v0)\n"
        "  v3: f32[] = sum(v2, dim=(0,), keepdim=False)\n"
        "  return v3"
    )


def test_a_graph_runs_as_the_function_does():
    x = np.linspace(-1, 1, 5)
    graph = trace(squares, tensor_of(x))
    (y,) = graph(x)
    assert y == np.sum(np.tanh(x) * x)


def test_backward_of_a_graph_is_a_graph():
    x = np.linspace(-1, 1, 5)
    backward = vjp_graph(trace(squares, tensor_of(x)))
    backward.typecheck()
    (dx,) = backward(x, np.array(2.0))
    assert np.allclose(dx, 2 * ((1 - np.tanh(x) ** 2) * x + np.tanh(x)), rtol=1e-14)
    # every equation of the backward pass knows whose message it computes
    assert any(v.forward is not None and v.forward.op is tanh for v in backward.equations)


def test_backward_of_backward_is_a_graph():
    x = np.linspace(-1, 1, 5)
    cube = trace(lambda t: total(t * t * t, dim=(0,), keepdim=False), tensor_of(x))
    twice = vjp_graph(vjp_graph(cube))
    twice.typecheck()
    # inputs: x, the cotangent of y, the cotangent of dy/dx; first output: 6x · direction
    dx, _ = twice(x, np.array(1.0), np.ones(5))
    assert np.allclose(dx, 6 * x)


def test_typecheck_finds_a_wrong_shape_and_a_wrong_order():
    graph = trace(squares, tensor_of(np.ones(3)))
    graph.equations[1].shape = (4,)
    with pytest.raises(GraphError, match=r"should be float64\[3\]"):
        graph.typecheck()
    graph = trace(squares, tensor_of(np.ones(3)))
    graph.equations.reverse()
    with pytest.raises(GraphError, match="before it is defined"):
        graph.typecheck()


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "float16"])
def test_typecheck_finds_a_wrong_dtype_wherever_it_is(place, dtype):
    graph = trace(squares, tensor_of(np.ones(3)))
    graph.typecheck()
    graph.equations[place].dtype = np.dtype(dtype)
    with pytest.raises(GraphError, match="should be float64"):
        graph.typecheck()


def test_typecheck_finds_a_wrong_dtype_of_the_result():
    """The last equation, which no other reads: nobody else would notice."""
    graph = trace(squares, tensor_of(np.ones(3)))
    graph.equations[-1].dtype = np.dtype("float32")
    with pytest.raises(GraphError, match=r"sum should be float64\[\]"):
        graph.typecheck()


def test_a_comparison_that_claims_numbers_is_found():
    graph = trace(lambda x: x < 1, tensor_of(np.ones(3)))
    graph.typecheck()
    graph.equations[-1].dtype = np.dtype("float64")
    with pytest.raises(GraphError, match=r"lt should be bool\[3\]"):
        graph.typecheck()


def test_a_graph_stops_at_its_inputs():
    """What an input was made from is no part of the graph, whatever else depends on it."""
    x = tensor_of(np.array([1.0, 2.0])).requires_grad_()
    y = tanh(x)
    z = total(y * y * x, dim=(0,), keepdim=False)
    found = equations_of([z._value], stop=[y._value])
    assert [v.op.name for v in found if v.op] == ["tanh", "mul", "mul", "sum"]  # stop is listed
    assert any(v is x._value for v in found)  # x is read by another way, too
    assert not any(v is x._value for v in equations_of([(y * y)._value], stop=[y._value]))
    graph = Graph([y._value, x._value], [z._value])
    graph.typecheck()
    assert [v.op.name for v in graph.equations] == ["mul", "mul", "sum"]
    assert not graph.constants
    (value,) = graph(np.array([3.0, 4.0]), np.array([1.0, 10.0]))
    assert value == 9 + 160  # y is given, and not tanh(x)


def test_a_graph_does_not_know_what_its_inputs_were_made_from():
    x = tensor_of(np.array([1.0, 2.0])).requires_grad_()
    y = tanh(tanh(x)) * 2.0
    graph = Graph([y._value], [(y * y)._value])
    assert [v.op.name for v in graph.equations] == ["mul"]
    assert not graph.constants
    assert graph(np.array([3.0, 4.0]))[0].tolist() == [9.0, 16.0]


def test_stop_at_an_output():
    x = tensor_of(np.array([1.0, 2.0])).requires_grad_()
    y = tanh(x)
    assert equations_of([y._value], stop=[y._value]) == [y._value]
    graph = Graph([y._value], [y._value])
    assert not graph.equations
    assert graph(np.array([5.0, 6.0]))[0].tolist() == [5.0, 6.0]


def test_inputs_are_checked():
    graph = trace(squares, tensor_of(np.ones(3)))
    with pytest.raises(ShapeError, match=r"was given f64\[4\]"):
        graph(np.ones(4))
    with pytest.raises(GraphError, match="1 inputs, 2 were given"):
        graph(np.ones(3), np.ones(3))


def test_a_value_without_data_that_is_no_input_is_an_error():
    loose = Tensor(Value((2,), np.dtype("float64")))
    y = tanh(loose)
    with pytest.raises(GraphError, match="neither an input of the graph nor a constant"):
        Graph([], [y._value])


def test_values_that_are_not_known_yet_cannot_steer_python():
    def branch(x: Tensor) -> Tensor:
        return x if total(x, dim=(0,), keepdim=False) > 0 else -x  # the line that is named

    with pytest.raises(
        GraphError, match=r"(?s)not known while a function is being traced.*the line"
    ):
        trace(branch, tensor_of(np.ones(3)))


def test_what_is_not_offered_says_so():
    import denpa as dp

    for place, name in [(dp, "cholesky_solve"), (dp.nn, "LSTM"), (dp.ones(1), "logcumsumexp")]:
        with pytest.raises(NotImplementedError, match=f"does not offer '{name}'"):
            getattr(place, name)
        assert not hasattr(place, name)
    with pytest.raises(AttributeError, match="the nearest names are softmax"):
        dp.softmaxx  # noqa: B018
