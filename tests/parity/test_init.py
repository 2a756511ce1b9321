"""Distributions: how parameters start, nn.init, random creation. Moments, bounds and shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from .harness import Array, check_seen, numpy, subject, torch

Draw = Callable[[Any], Any]


def moments(values: Array) -> tuple[float, float, float]:
    flat = values.astype(np.float64).ravel()
    return float(flat.mean()), float(flat.std()), float((flat**4).mean() ** 0.25)


def alike(draw: Draw, bounded: bool = False) -> None:
    """Two samples of one distribution: mean, spread, fourth moment, range; five standard errors."""
    torch.manual_seed(11)
    subject.manual_seed(12)
    a, b = numpy(draw(subject)), numpy(draw(torch))
    assert (a.shape, a.dtype) == (b.shape, b.dtype)
    spread = float(b.std())
    room = 5 * spread * np.sqrt(2 / b.size)
    (mean_a, std_a, four_a), (mean_b, std_b, four_b) = moments(a), moments(b)
    assert abs(mean_a - mean_b) <= room, (mean_a, mean_b)
    assert abs(std_a - std_b) <= 1.5 * room, (std_a, std_b)
    assert abs(four_a - four_b) <= 4 * room, (four_a, four_b)
    if bounded:
        edge = float(np.abs(b).max())
        assert np.abs(a).max() <= edge * 1.01
        assert np.abs(a).max() >= edge * 0.97


def many(build: Draw, name: str) -> Draw:
    return lambda m: m.stack([getattr(build(m), name).detach() for _ in range(40)])


LAYERS: list[tuple[str, Draw, str, bool]] = [
    ("Linear.weight", lambda m: m.nn.Linear(30, 20), "weight", True),
    ("Linear.bias", lambda m: m.nn.Linear(30, 50), "bias", True),
    ("Conv1d.weight", lambda m: m.nn.Conv1d(6, 10, 3), "weight", True),
    ("Conv1d.bias", lambda m: m.nn.Conv1d(6, 40, 3), "bias", True),
    ("Conv2d.weight", lambda m: m.nn.Conv2d(6, 10, 3), "weight", True),
    ("Conv2d.weight groups", lambda m: m.nn.Conv2d(6, 12, (3, 2), groups=3), "weight", True),
    ("Conv2d.bias groups", lambda m: m.nn.Conv2d(6, 48, 3, groups=3), "bias", True),
    ("Embedding.weight", lambda m: m.nn.Embedding(20, 30), "weight", False),
]


@pytest.mark.parametrize(("name", "build", "what", "bounded"), LAYERS, ids=[r[0] for r in LAYERS])
def test_layers_start_alike(name: str, build: Draw, what: str, bounded: bool) -> None:
    alike(many(build, what), bounded)


def test_constant_starts() -> None:
    check_seen(lambda m: m.nn.BatchNorm2d(3).state_dict())
    check_seen(lambda m: m.nn.LayerNorm((2, 3)).state_dict())
    check_seen(lambda m: m.nn.Embedding(5, 3, padding_idx=1).weight[1])


def filled(shape: tuple[int, ...], name: str, **kw: Any) -> Draw:
    def draw(m: Any) -> Any:
        t = m.empty(*shape)
        back = getattr(m.nn.init, name)(t, **kw)
        assert back is t
        return t

    return draw


BIG, KERNEL = (150, 100), (40, 30, 3, 3)
DRAWS: list[tuple[str, dict[str, Any]]] = [
    ("kaiming_uniform_", {}), ("kaiming_uniform_", {"a": 5**0.5}),
    ("kaiming_uniform_", {"mode": "fan_out", "nonlinearity": "relu"}),
    ("kaiming_normal_", {}), ("kaiming_normal_", {"mode": "fan_out", "nonlinearity": "relu"}),
    ("kaiming_normal_", {"nonlinearity": "tanh"}), ("xavier_uniform_", {}),
    ("xavier_uniform_", {"gain": 2.0}),
    ("xavier_normal_", {}), ("xavier_normal_", {"gain": 0.5}), ("uniform_", {}),
    ("uniform_", {"a": -2.0, "b": 3.0}),
    ("normal_", {}), ("normal_", {"mean": 1.0, "std": 0.1}),
]  # fmt: skip
INITS: list[tuple[tuple[int, ...], str, dict[str, Any], bool]] = [
    (shape, name, kw, "uniform" in name) for shape in (BIG, KERNEL) for name, kw in DRAWS
]


@pytest.mark.parametrize(("shape", "name", "kw", "bounded"), INITS,
                         ids=[f"{r[1]}{len(r[0])}d{r[2]}" for r in INITS])  # fmt: skip
def test_init_draws_alike(
    shape: tuple[int, ...], name: str, kw: dict[str, Any], bounded: bool
) -> None:
    alike(filled(shape, name, **kw), bounded)


def test_init_constants() -> None:
    def run(m: Any) -> Any:
        made = [
            m.nn.init.zeros_(m.empty(2, 3)),
            m.nn.init.ones_(m.empty(2)),
            m.nn.init.constant_(m.empty(3), 0.3),
        ]
        gains = [
            m.nn.init.calculate_gain(n)
            for n in ["linear", "sigmoid", "tanh", "relu", "leaky_relu", "conv2d"]
        ]
        gains.append(m.nn.init.calculate_gain("leaky_relu", 0.2))
        return made, [float(g) for g in gains]

    check_seen(run)


def test_init_leaves_the_graph_alone() -> None:
    def run(m: Any) -> Any:
        w = m.nn.Parameter(m.ones(3, 3))
        m.nn.init.zeros_(w)
        return w, w.is_leaf, w.requires_grad, w.grad

    check_seen(run)


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (4, 3, 2, 2)])
@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_orthogonal(shape: tuple[int, ...], gain: float) -> None:
    subject.manual_seed(0)
    w = numpy(filled(shape, "orthogonal_", gain=gain)(subject)).reshape(shape[0], -1).astype(float)
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, gain**2 * np.eye(len(product)), atol=2e-5)


RANDOM: list[tuple[str, Draw, bool]] = [
    ("rand", lambda m: m.rand(100, 80), True),
    ("rand float64", lambda m: m.rand((100, 80), dtype=m.float64), True),
    ("randn", lambda m: m.randn(100, 80), False),
    ("randint", lambda m: m.randint(10, (100, 80)), True),
    ("randint low", lambda m: m.randint(-4, 9, (100, 80)), True),
    ("bernoulli", lambda m: m.bernoulli(m.full((100, 80), 0.3)), True),
    ("rand_like", lambda m: m.rand_like(m.empty(100, 80)), True),
    ("randn_like", lambda m: m.randn_like(m.empty(100, 80)), False),
    ("randperm", lambda m: m.randperm(8000), True),
    ("normal_", lambda m: m.empty(100, 80).normal_(1.0, 2.0), False),
    ("uniform_", lambda m: m.empty(100, 80).uniform_(-1, 3), True),
]


@pytest.mark.parametrize(("name", "draw", "bounded"), RANDOM, ids=[r[0] for r in RANDOM])
def test_random_draws_alike(name: str, draw: Draw, bounded: bool) -> None:
    alike(draw, bounded)


@pytest.mark.parametrize(("name", "draw", "bounded"), RANDOM, ids=[r[0] for r in RANDOM])
def test_a_seed_repeats_itself(name: str, draw: Draw, bounded: bool) -> None:
    subject.manual_seed(7)
    first, second = numpy(draw(subject)), numpy(draw(subject))
    subject.manual_seed(7)
    again = numpy(draw(subject))
    subject.manual_seed(8)
    other = numpy(draw(subject))
    assert (first == again).all()
    assert (first != second).any()
    assert (first != other).any()


def test_permutations_hold_every_number_once() -> None:
    p = numpy(subject.randperm(1000))
    assert (np.sort(p) == np.arange(1000)).all()
    assert (p != np.arange(1000)).any()


def test_generators_stand_apart_from_the_global_seed() -> None:
    g = subject.Generator()
    g.manual_seed(3)
    first = numpy(subject.rand(5, generator=g))
    subject.manual_seed(0)
    a = numpy(subject.rand(5))
    subject.manual_seed(0)
    g.manual_seed(3)
    assert (numpy(subject.rand(5, generator=g)) == first).all()
    assert (numpy(subject.rand(5)) == a).all()
    draws: list[Callable[[], Any]] = [lambda: subject.randn(3, generator=g),
        lambda: subject.randperm(9, generator=g),
                 lambda: subject.randint(0, 99, (9,), generator=g)]  # fmt: skip
    for draw in draws:
        g.manual_seed(1)
        one = numpy(draw())
        g.manual_seed(1)
        assert (numpy(draw()) == one).all()


def test_bernoulli_takes_probabilities() -> None:
    check_seen(
        lambda m: [m.bernoulli(m.zeros(3)), m.bernoulli(m.ones(2, 2)), m.bernoulli(m.ones(0))]
    )
