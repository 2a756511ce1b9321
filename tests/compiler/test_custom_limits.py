"""What the rules of a user-defined Function may read in a compiled function; what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.trace.program import trace
from denpa.core.errors import GraphError, ShapeError
from tests.compiler.functions import (
    BACKENDS,
    Asks,
    Cube,
    Reverse,
)

nn = dp.nn


# -- what a program may depend on ----------------------------------------------------------------

LIMIT = 1.0
TABLE = dp.tensor([2.0, 3.0])


class Reads(dp.autograd.Function):
    """Reads a global, a class attribute and a tensor from outside; the latter in backward alone."""

    factor = 10.0

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * LIMIT

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * Reads.factor * TABLE


@pytest.mark.parametrize("outside", [False, True])
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_the_rules_read_is_followed(
    backend: str, outside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dp.compile(backend=backend)
    def f(x: Any) -> Any:
        y = Reads.apply(x).sum()
        if not outside:
            y.backward()
        return y

    def found() -> Any:
        x = dp.ones(2, requires_grad=True)
        y = f(x)
        if outside:
            y.backward()
        return y.item(), x.grad.tolist()

    assert found() == (2, [20, 30])
    monkeypatch.setattr(f"{__name__}.LIMIT", 4.0)
    assert found() == (8, [20, 30])
    monkeypatch.setattr(Reads, "factor", -1.0)
    assert found() == (8, [-2, -3])
    before = TABLE.tolist()
    TABLE.copy_(dp.tensor([5.0, 6.0]))
    assert found() == (8, [-5, -6])
    TABLE.copy_(dp.tensor(before))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_that_is_saved_is_followed(backend: str) -> None:
    w = nn.Parameter(dp.tensor([2.0]))
    f = dp.compile(lambda x: Asks.apply(w, x), backend=backend)
    x = dp.tensor([3.0], requires_grad=True)
    f(x).backward()
    with dp.no_grad():
        w.mul_(10)
    f(x).backward()
    assert (x.grad.item(), w.grad.item()) == (14 + 140, 6)
    assert len(f.programs()) == 1


def test_an_output_that_is_an_argument_shares_its_memory() -> None:
    """As in eager mode; what would need two names changed at once cannot be traced, and runs
    there."""

    def f(x: Any) -> Any:
        y = Reverse.apply(x.detach() * 1, 2.0)
        w = x * 2
        z = Reverse.apply(w, 2.0)
        z.add_(1)
        return y + z + w

    g = dp.compile(f, backend="graph")
    x = dp.ones(2, requires_grad=True)
    assert g(x).tolist() == f(x).tolist()
    with pytest.warns(RuntimeWarning, match="runs eagerly, since .* of which views exist"):
        assert g(x).tolist() == f(x).tolist()


# -- errors --------------------------------------------------------------------------------------


class LooksForward(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * float(x.sum())  # forward looks

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g


class LooksBackward(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * 2

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return g * dp.tensor(np.cos(x.detach().numpy()))  # backward looks


class Counts(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * 2

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        SEEN.append(1)
        return g


class Changes(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * 2

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        STATE.add_(1)
        return g * 2


class Short(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: Any, b: Any) -> Any:
        return a * b

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g


class Wrong(dp.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x.sum()

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g


SEEN: list[int] = []
STATE = dp.zeros(1)


@pytest.mark.parametrize(
    ("rule", "text", "line"),
    [
        (LooksForward, "values of .* are not known while", "# forward looks"),
        (LooksBackward, "values of .* are not known while", "# backward looks"),
        (Counts, r"changes SEEN \(it was \[\]\)", ""),
        (Wrong, r"Wrong.backward returned f32\[\] for an argument of f32\[3\]", ""),
    ],
)
def test_what_leaves_the_table_is_refused(rule: Any, text: str, line: str) -> None:
    @dp.compile(backend="graph")
    def f(x: Any) -> Any:
        y = rule.apply(x).sum()
        y.backward()
        return y

    with pytest.raises((GraphError, ShapeError), match=text) as caught:
        f(dp.ones(3, requires_grad=True))
    assert line in str(caught.value)
    assert not SEEN


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (LooksBackward, "(?s)are not known while .*# backward looks"),
        (Changes, r"the backward of a Function changes f32\[1\] or its .grad; .* call it inside"),
        (Wrong, r"Wrong.backward returned f32\[\]"),
    ],
)
def test_a_backward_that_cannot_be_traced_says_so_when_it_is_called(rule: Any, text: str) -> None:
    """A network that only predicts does not need it."""
    f = dp.compile(lambda x: rule.apply(x) + STATE, backend="graph")
    x = dp.ones(3, requires_grad=True)
    for _ in range(2):
        y = f(x)
        np.testing.assert_array_equal(y.detach().numpy(), rule.apply(x).detach().numpy())
        with pytest.raises((GraphError, ShapeError), match=text):
            y.sum().backward()
    assert STATE.item() == 0
    with pytest.raises(GraphError, match=r"changes SEEN \(it was \[\]\)"):
        dp.compile(lambda x: Counts.apply(x), backend="graph")(x)
    assert not SEEN


def test_a_backward_that_changes_state_inside_changes_it() -> None:
    """With backward inside, the change is part of the program."""

    @dp.compile(backend="graph")
    def f(x: Any) -> Any:
        Changes.apply(x).sum().backward()
        return x.grad

    for k in (1, 2):
        assert f(dp.ones(2, requires_grad=True)).tolist() == [2, 2]
        assert STATE.item() == k
    STATE.zero_()


def test_a_wrong_number_of_gradients() -> None:
    def f(x: Any) -> Any:
        Short.apply(x, x).sum().backward()

    with pytest.raises(GraphError, match=r"Short.backward returned 1 gradients for the 2"):
        dp.compile(f, backend="graph")(dp.ones(3, requires_grad=True))


def test_the_rules_end_with_the_trace() -> None:
    """What they read by name means other numbers then."""
    p = trace(lambda x: Cube.apply(x), (dp.ones(3),), {}, [((3,), dp.float32, True)])
    with pytest.raises(GraphError, match="is differentiated after the trace"):
        dp.Tensor(p.graph.outputs[0]).sum().backward()
