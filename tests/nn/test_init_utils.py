from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import denpa as dp

nn, init, utils, penalty = dp.nn, dp.nn.init, dp.nn.utils, dp.nn.penalty


@pytest.mark.parametrize(
    ("fill", "std"),
    [
        (init.xavier_uniform_, math.sqrt(2 / 500)),
        (init.xavier_normal_, math.sqrt(2 / 500)),
        (init.kaiming_uniform_, math.sqrt(2 / 300)),
        (init.kaiming_normal_, math.sqrt(2 / 300)),
        (
            lambda t: init.kaiming_normal_(t, mode="fan_out", nonlinearity="tanh"),
            5 / 3 / math.sqrt(200),
        ),
        (lambda t: init.trunc_normal_(t, std=0.5, a=-5, b=5), 0.5),
    ],
)
def test_spread(fill: Any, std: float) -> None:
    dp.manual_seed(0)
    w = fill(dp.empty(200, 300)).numpy()
    assert w.std() == pytest.approx(std, rel=0.02)
    assert abs(w.mean()) < 0.02 * std


@pytest.mark.parametrize(
    ("shape", "into", "out"),
    [
        ((48, 16), 16, 48),
        ((48, 16, 5), 16 * 5, 48 * 5),
        ((48, 16, 3, 5), 16 * 15, 48 * 15),
        ((12, 16, 2, 3, 4), 16 * 24, 12 * 24),
        ((64, 1, 7, 7), 49, 64 * 49),  # depthwise: a channel of its own for each
    ],
)
def test_fans_count_the_window(shape: tuple[int, ...], into: int, out: int) -> None:
    """A weight (out, in, *window): one output is connected to in·|window| inputs, one input to
    out·|window| outputs."""
    glorot, gain = math.sqrt(2 / (into + out)), math.sqrt(2)
    slope = math.sqrt(2 / (1 + 0.5**2))
    cases: list[tuple[Any, float]] = [
        (init.xavier_normal_, glorot),
        (lambda t: init.xavier_normal_(t, gain=3.0), 3 * glorot),
        (init.kaiming_normal_, gain / math.sqrt(into)),
        (lambda t: init.kaiming_normal_(t, mode="fan_out"), gain / math.sqrt(out)),
        (lambda t: init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu"),
         gain / math.sqrt(out)),
        (lambda t: init.kaiming_normal_(t, 0.5), slope / math.sqrt(into)),
        (lambda t: init.kaiming_normal_(t, nonlinearity="linear"), 1 / math.sqrt(into)),
    ]  # fmt: skip
    for fill, std in cases:  # the same random numbers each time, so the ratio is exact
        plain = init.normal_(dp.empty(*shape, dtype=dp.float64), generator=generator())
        found = fill_with(fill, shape)
        np.testing.assert_allclose(found, plain.numpy() * std, rtol=1e-12)
    for fill, bound in [
        (init.xavier_uniform_, math.sqrt(3) * glorot),
        (init.kaiming_uniform_, math.sqrt(3) * gain / math.sqrt(into)),
        (lambda t: init.kaiming_uniform_(t, mode="fan_out"), math.sqrt(3) * gain / math.sqrt(out)),
        (lambda t: init.kaiming_uniform_(t, math.sqrt(5)), 1 / math.sqrt(into)),  # of layers
    ]:
        plain = init.uniform_(dp.empty(*shape, dtype=dp.float64), -1, 1, generator())
        np.testing.assert_allclose(fill_with(fill, shape), plain.numpy() * bound, rtol=1e-12)


def generator() -> Any:
    return dp.Generator().manual_seed(9)


def fill_with(fill: Any, shape: tuple[int, ...]) -> Any:
    dp.manual_seed(9)
    return fill(dp.empty(*shape, dtype=dp.float64)).numpy()


@pytest.mark.parametrize(
    ("layer", "into"),
    [
        (lambda: nn.Linear(7, 300), 7),
        (lambda: nn.Conv1d(3, 200, 5), 15),
        (lambda: nn.Conv2d(3, 200, (2, 5)), 30),
        (lambda: nn.Conv2d(6, 200, 3, groups=2), 27),
        (lambda: nn.Conv2d(4, 200, 3, groups=4), 9),
    ],
)
def test_layers_start_within_the_root_of_their_fan_in(layer: Any, into: int) -> None:
    dp.manual_seed(0)
    made = layer()
    bound = 1 / math.sqrt(into)
    for p in (made.weight, made.bias):
        assert 0.97 * bound < p.abs().max().item() <= bound
    assert made.weight.detach().numpy().std() == pytest.approx(bound / math.sqrt(3), rel=0.05)


def test_bounds_of_layers() -> None:
    dp.manual_seed(0)
    conv = nn.Conv2d(4, 100, 5, groups=2)
    bound = 1 / math.sqrt(2 * 25)
    assert 0.98 * bound < conv.weight.abs().max().item() <= bound
    linear = nn.Linear(400, 400)
    assert 0.98 / 20 < linear.weight.abs().max().item() <= 1 / 20
    assert linear.bias.abs().max().item() <= 1 / 20


@pytest.mark.parametrize(("a", "b"), [(-2.0, 2.0), (0.5, 0.6), (3.0, 9.0), (-1.0, 8.0)])
def test_truncated_normal_has_the_density_of_the_interval(a: float, b: float) -> None:
    dp.manual_seed(1)
    x = init.trunc_normal_(dp.empty(20_000, dtype=dp.float64), a=a, b=b).numpy()
    assert a <= x.min() <= x.max() <= b
    grid = np.linspace(a, b, 4001)
    weight = np.exp(-grid * grid / 2)
    mean = (grid * weight).sum() / weight.sum()
    spread = math.sqrt(((grid - mean) ** 2 * weight).sum() / weight.sum())
    assert x.mean() == pytest.approx(mean, abs=4 * spread / math.sqrt(len(x)) + 1e-4)
    assert x.std() == pytest.approx(spread, rel=0.03)


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 2, 3)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    w = init.orthogonal_(dp.empty(*shape, dtype=dp.float64), gain=2).numpy()
    w = w.reshape(shape[0], -1)
    gram = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=1e-12)


def test_constants_sparse_and_generator() -> None:
    assert init.constant_(dp.empty(2), 3).tolist() == [3, 3]
    assert init.eye_(dp.empty(2, 2)).tolist() == [[1, 0], [0, 1]]
    assert init.ones_(dp.empty(())).item() == 1
    w = init.sparse_(dp.empty(10, 4), 0.3).numpy()
    assert ((w == 0).sum(0) == 3).all()
    g = dp.Generator().manual_seed(5)
    a = init.xavier_normal_(dp.empty(3, 3), generator=g).clone()
    assert dp.equal(a, init.xavier_normal_(dp.empty(3, 3), generator=g.manual_seed(5)))


def test_init_fills_parameters_without_a_record() -> None:
    p = nn.Parameter(dp.zeros(3, 3))
    assert init.kaiming_normal_(p) is p
    assert p.is_leaf
    assert p.requires_grad


def test_gains_and_errors() -> None:
    assert init.calculate_gain("relu") == math.sqrt(2)
    with pytest.raises(ValueError, match="unknown nonlinearity 'swish'; there are conv1d"):
        init.calculate_gain("swish")
    with pytest.raises(ValueError, match=r"defined for 2 or more dimensions, not for f32\[3\]"):
        init.xavier_uniform_(dp.empty(3))
    with pytest.raises(ValueError, match="mode='fan' is not one of"):
        init.kaiming_normal_(dp.empty(3, 3), mode="fan")


def net() -> Any:
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Conv1d(4, 2, 1))


def test_penalties_are_on_the_weights_alone() -> None:
    n = net()
    l1, l2 = penalty.l1(n), penalty.l2(n)
    w = [n[0].weight, n[2].weight]
    assert l1.item() == pytest.approx(sum(abs(x.detach().numpy()).sum() for x in w), rel=1e-6)
    assert l2.item() == pytest.approx(
        0.5 * sum((x.detach().numpy() ** 2).sum() for x in w), rel=1e-6
    )
    (l1 + l2).backward()
    for x in w:
        assert dp.allclose(x.grad, x.detach() + x.detach().sign())
    assert n[0].bias.grad is None
    assert n[1].weight.grad is None
    assert penalty.l2([dp.ones(3)]).item() == 0


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
def test_clipping_the_norm(p: float) -> None:
    a, b = nn.Parameter(dp.zeros(2, 2)), nn.Parameter(dp.zeros(3))
    a.grad, b.grad = dp.tensor([[3.0, -4.0], [0.0, 1.0]]), dp.tensor([1.0, 2.0, -2.0])
    flat = np.concatenate([a.grad.numpy().ravel(), b.grad.numpy()])
    norm = utils.clip_grad_norm_([a, b, nn.Parameter(dp.zeros(1))], 0.5, norm_type=p)
    assert norm.item() == pytest.approx(np.linalg.norm(flat, p), rel=1e-6)
    after = np.concatenate([a.grad.numpy().ravel(), b.grad.numpy()])
    np.testing.assert_allclose(after, flat * 0.5 / norm.item(), rtol=1e-5)
    utils.clip_grad_norm_([a, b], 100.0, norm_type=p)
    np.testing.assert_array_equal(np.concatenate([a.grad.numpy().ravel(), b.grad.numpy()]), after)


def test_clipping_what_is_not_finite() -> None:
    p = nn.Parameter(dp.zeros(1))
    p.grad = dp.tensor([math.nan])
    with pytest.raises(RuntimeError, match="the norm of the gradients is nan"):
        utils.clip_grad_norm_(p, 1.0, error_if_nonfinite=True)


def test_clipping_values() -> None:
    p = nn.Parameter(dp.zeros(3))
    p.grad = dp.tensor([-3.0, 0.25, 3.0])
    utils.clip_grad_value_(p, 0.5)
    assert p.grad.tolist() == [-0.5, 0.25, 0.5]


def test_parameters_as_one_vector() -> None:
    n, other = net(), net()
    v = utils.parameters_to_vector(n.parameters())
    utils.vector_to_parameters(v.detach(), other.parameters())
    for a, b in zip(n.parameters(), other.parameters(), strict=True):
        assert dp.equal(a, b)
    v.sum().backward()
    assert all((p.grad == 1).all() for p in n.parameters())
    with pytest.raises(RuntimeError, match=r"the vector has shape \[2\], the parameters 34"):
        utils.vector_to_parameters(dp.ones(2), n.parameters())
