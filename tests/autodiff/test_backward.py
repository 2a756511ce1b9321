"""Reverse mode: worked examples, laws and the errors."""

from __future__ import annotations

import gc
import resource
import tracemalloc

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import GraphError


def leaf(x, dtype=dp.float64):
    return dp.tensor(x, dtype=dtype, requires_grad=True)


def test_textbook_affine_with_half_squared_error():
    """X=[2,−1,1], W=[[2,0],[1,1],[0,4]], t=(1,2), E=½Σ(y−t)²."""
    x, w = leaf([[2.0, -1, 1]]), leaf([[2.0, 0], [1, 1], [0, 4]])
    t = dp.tensor([[1.0, 2.0]], dtype=dp.float64)
    y = x @ w
    assert y.tolist() == [[3.0, 3.0]]
    e = 0.5 * ((y - t) ** 2).sum()
    e.backward()
    assert x.grad.tolist() == [[4.0, 3.0, 4.0]]
    assert w.grad.tolist() == [[4.0, 2.0], [-2.0, -1.0], [2.0, 1.0]]


def test_textbook_affine_with_softmax_and_cross_entropy():
    """The same X and W: y=(3,3), softmax (½,½), t=(1,0), δ=(−½,½), ∂E/∂X=δWᵀ=[−1,0,2]."""
    x, w = leaf([[2.0, -1, 1]]), leaf([[2.0, 0], [1, 1], [0, 4]])
    e = dp.nn.functional.cross_entropy(x @ w, dp.tensor([0]))
    e.backward()
    assert np.allclose(x.grad.numpy(), [[-1.0, 0.0, 2.0]], atol=1e-15)


def test_square_of_a_difference():
    """z=(ax−y)²: ∂z/∂a=2(ax−y)x, ∂z/∂x=2(ax−y)a, ∂z/∂y=−2(ax−y)."""
    a, x, y = leaf(3.0), leaf(2.0), leaf(1.0)
    ((a * x - y) ** 2).backward()
    assert (a.grad.item(), x.grad.item(), y.grad.item()) == (20.0, 30.0, -10.0)


def test_sigmoid_with_cross_entropy_sends_the_difference():
    """h=−y ln ŷ−(1−y) ln(1−ŷ), ŷ=σ(x): ∂h/∂x=ŷ−y and ∂h/∂y=−x."""
    x, y = leaf(0.7), leaf(0.3)
    p = dp.sigmoid(x)
    h = -y * p.log() - (1 - y) * (1 - p).log()
    h.backward()
    assert x.grad.item() == pytest.approx(p.item() - 0.3, rel=1e-14)
    assert y.grad.item() == pytest.approx(-0.7, rel=1e-14)


def test_a_value_that_splits_and_joins():
    """z=(1+eˣ)(1+e⁻ˣ): dz/dx=eˣ−e⁻ˣ; both paths add up."""
    x = leaf(0.4)
    ((1 + x.exp()) * (1 + (-x).exp())).backward()
    assert x.grad.item() == pytest.approx(np.exp(0.4) - np.exp(-0.4), rel=1e-14)


def test_a_value_used_twice_by_one_op():
    x = leaf(3.0)
    (x * x).backward()
    assert x.grad.item() == 6.0


def test_gradients_accumulate_until_they_are_cleared():
    x = leaf([1.0, 2.0])
    (x * 3).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert x.grad is first
    assert x.grad.tolist() == [6.0, 6.0]
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_two_leaves_never_share_the_memory_of_a_gradient():
    a, b = leaf([1.0]), leaf([2.0])
    (a + b).backward()
    a.grad.zero_()
    assert b.grad.item() == 1.0


def test_a_gradient_is_in_the_layout_of_its_tensor():
    w = leaf(np.ones((3, 2)))
    (w.T * dp.ones(2, 3)).sum().backward()
    assert w.grad.numpy().flags.c_contiguous


def test_depth_100_000():
    x = leaf(0.5)
    y = x
    for _ in range(100_000):
        y = y * 1.00001
    y.backward()
    assert x.grad.item() == pytest.approx(1.00001**100_000, rel=1e-9)
    del y  # nor may freeing it recurse
    gc.collect()


def test_memory_is_flat_over_10_000_steps():
    w = leaf(np.ones((8, 8)))
    x = dp.ones(4, 8, dtype=dp.float64)

    def steps(n):
        for _ in range(n):
            w.grad = None
            dp.tanh(x @ w).sum().backward()

    gc.collect()
    gc.disable()  # nothing may rest on the collector of cycles
    try:
        steps(100)
        tracemalloc.start()
        steps(100)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        high = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        steps(10_000)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - high < 4096  # kB
        assert before < 500_000
    finally:
        gc.enable()


def test_grad_of_grad():
    x = leaf(2.0)
    (first,) = dp.autograd.grad(x**4, x, create_graph=True)
    (second,) = dp.autograd.grad(first, x, create_graph=True)
    (third,) = dp.autograd.grad(second, x)
    assert (first.item(), second.item(), third.item()) == (32.0, 48.0, 48.0)
    assert x.grad is None


def test_create_graph_links_messages_to_their_equations():
    x = leaf(2.0)
    y = dp.tanh(x)
    (g,) = dp.autograd.grad(y, x, create_graph=True)
    assert g.grad_fn.forward.op.name == "tanh"


def test_no_grad_and_detach_cut_the_graph():
    x = leaf([1.0])
    with dp.no_grad():
        assert not (x * 2).requires_grad
        with dp.enable_grad():
            assert (x * 2).requires_grad
    y = (x * 2).detach()
    assert not y.requires_grad
    assert (x * y).requires_grad

    @dp.no_grad()
    def f():
        return x * 2

    assert not f().requires_grad
    assert (x * 2).requires_grad


@pytest.mark.parametrize(
    ("switch", "recording"),
    [
        (lambda: dp.no_grad(), False),
        (lambda: dp.enable_grad(), True),
        (lambda: dp.inference_mode(), False),
        (lambda: dp.inference_mode(True), False),
        (lambda: dp.inference_mode(False), True),  # as PyTorch: it switches recording on
        (lambda: dp.inference_mode(mode=False), True),
    ],
)
@pytest.mark.parametrize("outside", [True, False])
def test_switches_hold_inside_and_are_undone(switch, recording, outside):
    x = leaf([1.0])
    seen = lambda: (dp.is_grad_enabled(), (x * 2).requires_grad)  # noqa: E731
    with dp.set_grad_enabled(outside):
        made = switch()
        assert seen() == (outside, outside)  # made is not entered
        with made:
            assert seen() == (recording, recording)
            with dp.no_grad():
                assert seen() == (False, False)
            with made:  # again, inside itself
                assert seen() == (recording, recording)
            assert seen() == (recording, recording)
        assert seen() == (outside, outside)
        with pytest.raises(ZeroDivisionError), switch():
            raise ZeroDivisionError
        assert seen() == (outside, outside)
    decorated = switch()(seen)
    with dp.set_grad_enabled(outside):
        assert decorated() == (recording, recording)
        assert seen() == (outside, outside)


@pytest.mark.parametrize("kind", [dp.no_grad, dp.inference_mode, dp.enable_grad])
def test_switches_decorate_without_parentheses(kind):
    @kind
    def f(a, b=1):
        """What f does."""
        return a, b, dp.is_grad_enabled()

    with dp.set_grad_enabled(kind is not dp.enable_grad):
        assert f(5, b=2) == (5, 2, kind is dp.enable_grad)
        assert dp.is_grad_enabled() is (kind is not dp.enable_grad)
    assert (f.__name__, f.__doc__) == ("f", "What f does.")


def test_retain_grad_and_hooks():
    x = leaf([1.0, 2.0])
    y = x * 3
    y.retain_grad()
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    handle = x.register_hook(lambda g: g * 10)
    (y * y).sum().backward()
    assert y.grad.tolist() == [6.0, 12.0]
    assert seen == [[6.0, 12.0]]
    assert x.grad.tolist() == [180.0, 360.0]
    handle.remove()
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_backward_to_chosen_inputs_only():
    a, b = leaf(2.0), leaf(3.0)
    c = a * b
    (c * c).backward(inputs=[c, b])
    assert c.grad.item() == 12.0
    assert b.grad.item() == 24.0
    assert a.grad is None


# -- errors ---------------------------------------------------------------------------------


def test_in_place_change_of_what_backward_needs_is_an_error():
    x = leaf([1.0, 2.0])
    y = x.exp()
    y.mul_(2)
    with pytest.raises(GraphError, match=r"(?s)exp needs its output.*clone.*y = x.exp\(\)"):
        y.sum().backward()


def test_in_place_change_of_what_backward_does_not_need_is_fine():
    x = leaf([1.0, 2.0])
    y = x * 2
    y.add_(1)
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]
    assert y.tolist() == [3.0, 5.0]


def test_a_weight_changed_between_forward_and_backward():
    w, x = leaf([[1.0]]), leaf([[2.0]])
    y = (x @ w).sum()
    with dp.no_grad():
        w.add_(1)
    with pytest.raises(GraphError, match="matmul needs its input"):
        y.backward()


def test_a_change_through_a_view_or_the_base_counts():
    x = leaf([1.0, 2.0, 3.0])
    c = dp.ones(3, dtype=dp.float64)
    part = c[1:]
    y = x * c
    part.zero_()
    with pytest.raises(GraphError, match="changed in place"):
        y.sum().backward()


def test_a_leaf_cannot_be_changed_in_place_while_recording():
    with pytest.raises(RuntimeError, match="leaf tensor that requires a gradient"):
        leaf([1.0]).add_(1)


def test_the_second_backward_says_what_to_do():
    x = leaf(1.0)
    y = x * x
    y.backward()
    with pytest.raises(GraphError, match="retain_graph=True"):
        y.backward()
    z = x * x
    z.backward(retain_graph=True)
    z.backward()


def test_backward_of_many_elements_needs_a_cotangent():
    y = leaf([1.0, 2.0]) * 2
    with pytest.raises(RuntimeError, match=r"one element only, not f64\[2\]"):
        y.backward()
    with pytest.raises(RuntimeError, match=r"cotangent has shape \[3\], the output \[2\]"):
        y.backward(dp.ones(3, dtype=dp.float64))


def test_backward_without_a_graph():
    with pytest.raises(RuntimeError, match="does not require a gradient"):
        dp.ones(1).sum().backward()


def test_an_unused_input():
    a, b = leaf(1.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="allow_unused=True"):
        dp.autograd.grad(a * 2, [b])
    assert dp.autograd.grad(a * 2, [b], allow_unused=True) == (None,)


def test_errors_name_the_users_line():
    a, b = dp.ones(2, 3), dp.ones(4)
    with pytest.raises(RuntimeError, match=r"(?s)do not broadcast.*test_backward.py:\d+ +a \+ b"):
        a + b


# -- anomaly mode ---------------------------------------------------------------------------


def test_anomaly_mode_names_the_first_op_forward():
    x = leaf([1.0, 0.0])
    text = r"(?s)log made -inf from 0 .*1 of 2.*loss became -inf.*test_backward.py:\d+ +x.log\(\)"
    with dp.autograd.detect_anomaly(), pytest.raises(RuntimeError, match=text):
        x.log().sum().backward()
    assert np.isneginf(x.log().detach().numpy()[1])


def test_anomaly_mode_names_the_equation_whose_message_is_wrong():
    x = leaf([0.0])
    with dp.autograd.detect_anomaly():
        y = x.sqrt()  # the slope is infinite at 0
        with pytest.raises(RuntimeError, match=r"(?s)backward of sqrt made inf.*y = x.sqrt\(\)"):
            y.sum().backward()
