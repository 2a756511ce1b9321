"""Anomaly mode blames what made the harm; many more programs are in tests/attack/nan_origins.py."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import AnomalyError

INF = float("inf")


def leaf(*x: float, dtype: Any = dp.float32) -> Any:
    return dp.tensor(x, dtype=dtype, requires_grad=True)


def told(f: Any) -> AnomalyError:
    with dp.autograd.detect_anomaly(), pytest.raises(AnomalyError) as caught:
        f()
    return caught.value


def test_infinity_alone_is_no_anomaly() -> None:
    with dp.autograd.detect_anomaly():
        assert dp.log(dp.zeros(1)).item() == -INF
        w = leaf(1.0, 2.0)
        scores = w.masked_fill(dp.tensor([True, False]), -INF)
        scores.backward(dp.ones(2))  # no loss: what it starts from is a mask
        np.testing.assert_array_equal(w.grad.numpy(), [0, 1])


def test_an_infinite_loss_is_one_and_blames_where_it_was_made() -> None:
    w = leaf(3e30, 1.0)
    error = told(lambda: (w * w).sum().backward())
    assert str(error).startswith(
        "mul made inf from 3e+30 and 3e+30 (1 of 2 elements, here [0]), and the loss became inf"
    )
    assert (error.blame.maker.name, error.blame.place, error.blame.shape) == ("mul", (0,), (2,))


def test_given_infinity_blames_the_op_that_makes_a_nan_of_it() -> None:
    w = leaf(1.0, 2.0)
    error = told(lambda: dp.softmax(w.masked_fill(dp.tensor([True, True]), -INF), 0))
    assert error.blame.maker.name == "softmax"
    assert "the row [:] is -inf throughout" in str(error)


@pytest.mark.parametrize(
    "way",
    [
        lambda x: x.reshape(4, 1)[:, 0],
        lambda x: x.flip(0),
        lambda x: dp.cat([x, dp.ones(2)]),
        lambda x: x.expand(3, 4),
        lambda x: x[dp.tensor([0, 1, 2, 3])],
        lambda x: x.detach() + 0 * x.clamp(max=1.0),
        lambda x: x.to(dp.float64),
        lambda x: x.sum(),
        lambda x: x.max(),
        lambda x: x @ dp.ones(4),
        lambda x: x.cumsum(0),
        lambda x: dp.where(x > 0, x, 1.0),
    ],
)
def test_an_origin_is_followed_through(way: Any) -> None:
    w = leaf(0.0, 1.0, 2.0, 3.0)
    error = told(lambda: (way(1 / w) - way(1 / w)).sum().backward())
    assert (error.blame.maker.name, error.blame.place) == ("div", (0,))


def test_elements_are_told_apart() -> None:
    """A harmless -inf of log(0) in one row, a mask over all of another: the mask's row is told."""
    w = dp.tensor([[0.0, 1.0], [2.0, 3.0]], requires_grad=True)
    hidden = dp.tensor([[False, False], [True, True]])
    error = told(lambda: dp.softmax(dp.log(w).masked_fill(hidden, -INF), 1))
    assert error.blame.maker.name == "softmax"
    assert error.blame.place == (1, 0)


def test_what_is_given_is_told_as_given() -> None:
    w = leaf(np.nan, 1.0)
    assert "mul was given nan" in str(told(lambda: (w * 2).sum().backward()))
    w = leaf(1.0, 1.0)
    gradient = dp.tensor([np.nan, 1.0])
    assert "was given nan" in str(told(lambda: (w * 2).backward(gradient)))


def test_numbers_are_those_before_they_were_changed_in_place() -> None:
    w = leaf(0.0, 1.0)
    error = told(lambda: (w * 1).log_().sum().backward())
    assert "log made -inf from 0 " in str(error)


def test_a_second_derivative_names_the_backward_of_a_backward() -> None:
    x = leaf(0.0, 1.0, dtype=dp.float64)

    def second() -> None:
        (g,) = dp.autograd.grad((x**1.5).sum(), x, create_graph=True)
        g.sum().backward()  # the second derivative of x^1.5 is infinite at 0

    error = told(second)
    assert error.blame.maker.phase == "backward"
    assert "backward of backward of" in str(error) or "backward of pow" in str(error)


def test_a_hook_that_mends_a_gradient_is_healthy() -> None:
    w = leaf(0.0, 1.0)
    y = w * 1
    y.register_hook(lambda g: g.nan_to_num(posinf=0.0))
    with dp.autograd.detect_anomaly():
        y.sqrt().sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), [0, 0.5])


def test_a_guard_inside_a_function_of_ours_is_healthy() -> None:
    x = dp.tensor([INF, 1.0])
    with dp.autograd.detect_anomaly():
        assert dp.isclose(x, x).all()
        assert dp.clamp(x, -x, x).tolist() == [INF, 1]
        assert dp.nn.functional.leaky_relu(x, 0.0).tolist() == [INF, 1]


def test_dead_code_of_a_compiled_step_is_not_looked_at() -> None:
    w = leaf(1.0, 2.0)

    @dp.compile
    def step(x: Any) -> Any:
        w.grad = None
        dp.log(x - 2)  # NaN, which nothing is computed from
        loss = (w * x).sum()
        loss.backward()
        return loss.detach()

    with dp.autograd.detect_anomaly():
        for _ in range(3):
            assert step(dp.ones(2)).item() == 3.0
        assert step.programs()


def test_a_step_that_is_judged_healthy_goes_on_natively() -> None:
    """Returned infinity is looked at by eager mode, which finds nothing; the state moves once."""
    w = leaf(1.0, 2.0)
    optimizer = dp.optim.SGD([w], lr=0.5)

    @dp.compile
    def step(x: Any) -> Any:
        optimizer.zero_grad()
        (w * x).sum().backward()
        optimizer.step()
        return dp.log(x - 1)

    with dp.autograd.detect_anomaly():
        for k in range(1, 4):
            assert step(dp.ones(2)).tolist() == [-INF, -INF]
            np.testing.assert_allclose(w.detach().numpy(), [1 - 0.5 * k, 2 - 0.5 * k])


def test_a_step_that_is_blamed_leaves_its_parameters_as_they_were() -> None:
    w = leaf(1.0, 2.0)
    optimizer = dp.optim.SGD([w], lr=1e38)

    @dp.compile
    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = (w * w * x * 100).sum()
        loss.backward()
        optimizer.step()
        return loss.detach()

    error = told(lambda: [step(dp.ones(2)) for _ in range(2)])
    assert str(error).startswith(
        "the update of SGD made -inf from the weight 1 with the gradient 200 and lr=1e+38"
    )
    assert w.tolist() == [1, 2]


def test_what_a_rule_does_not_read_is_not_blamed() -> None:
    """d log(x)/dx = 1/x: its rule reads x alone, not the harmless −∞ that log made of 0."""
    w = leaf(0.0, 1.0)
    error = told(lambda: dp.where(w > 0, dp.log(w), w).sum().backward())
    assert error.blame.maker.name == "backward of log"
    assert str(error).startswith("backward of log made nan from the gradient 0 at 0 (1 of 2")


def test_its_error_can_be_pickled() -> None:
    error = told(lambda: dp.log(-dp.ones(2)))
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert "test_anomaly.py" in str(again)


def test_a_compiled_step_sees_a_nan_that_is_left_out_again() -> None:
    w = leaf(-1.0, 2.0)
    step = dp.compile(lambda x: dp.where(x > 0, dp.log(w * x), w).sum().backward())

    def run() -> None:
        for _ in range(2):
            w.grad = None
            step(dp.tensor([-1.0, -2.0]))

    error = told(run)
    assert str(error).startswith("log made nan from -4 (1 of 2 elements, here [1])")
