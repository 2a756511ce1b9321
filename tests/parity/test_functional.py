"""Normalisation and dropout by their functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from .harness import FLOATS, Case, check, check_seen, each, normal, positive, subject

X2, X3, X4 = normal(6, 4), normal(3, 4, 5, seed=1), normal(2, 4, 3, 5, seed=2)
MEAN, VAR, WEIGHT, BIAS = (
    normal(4, seed=3),
    positive(4, seed=4),
    normal(4, seed=5),
    normal(4, seed=6),
)


def norm(m: Any, x: Any, mean: Any, var: Any, *affine: Any, **kw: Any) -> Any:
    mean, var = mean.detach().clone(), var.detach().clone()
    return m.nn.functional.batch_norm(x, mean, var, *affine, **kw), mean, var


def batch_norms() -> Iterator[Case]:
    for x in [X2, X3, X4]:
        d = x.ndim
        for kw in [{}, {"training": True}, {"training": True, "momentum": 0.3}, {"eps": 0.1},
                   {"training": True, "eps": 0.01}]:  # fmt: skip
            for affine in [(), (WEIGHT,), (WEIGHT, BIAS)]:
                yield Case(f"batch_norm {d}d {len(affine)} {kw}", lambda m, *t,
                        kw=kw: norm(m, *t, **kw),
                           (x, MEAN, VAR, *affine))  # fmt: skip
        yield Case(f"batch_norm {d}d no statistics", lambda m, x, w, b: m.nn.functional.batch_norm(
            x, None, None, w, b, training=True), (x, WEIGHT, BIAS))  # fmt: skip
    yield Case("batch_norm positional", lambda m, x, a, b, w, c: m.nn.functional.batch_norm(
        x, a.detach(), b.detach(), w, c, False, 0.1, 1e-3),
        (X2, MEAN, VAR, WEIGHT, BIAS))  # fmt: skip
    yield Case("batch_norm constant column", lambda m, x: m.nn.functional.batch_norm(
        x, None, None, training=True), (np.zeros((4, 2)),))  # fmt: skip


@each(batch_norms(), second=True, strided=True)
def test_batch_norm(case: Case, dtype: str) -> None:
    check(case, dtype)


def layer_norms() -> Iterator[Case]:
    def run(shape: Any, **kw: Any) -> Any:
        return lambda m, x, *t: m.nn.functional.layer_norm(x, shape, *t, **kw)

    for x, shape in [
        (X2, (4,)),
        (X3, (5,)),
        (X3, (4, 5)),
        (X4, (4, 3, 5)),
        (X4, (5,)),
        (X3, (3, 4, 5)),
    ]:
        w, b = normal(*shape, seed=7), normal(*shape, seed=8)
        yield Case(f"layer_norm {x.shape} {shape}", run(shape), (x,))
        yield Case(f"layer_norm {x.shape} {shape} weight", run(shape), (x, w))
        yield Case(f"layer_norm {x.shape} {shape} affine", run(shape), (x, w, b))
        yield Case(f"layer_norm {x.shape} {shape} eps", run(list(shape), eps=0.1), (x, w, b))
    yield Case("m.layer_norm", lambda m, x: m.layer_norm(x, (4,)), (X2,), optional=True)
    yield Case("layer_norm empty", run((4,)), (np.zeros((0, 4)),))
    yield Case("group_norm", lambda m, x: m.nn.functional.group_norm(x, 2), (X4,), optional=True)


@each(layer_norms(), second=True, strided=True)
def test_layer_norm(case: Case, dtype: str) -> None:
    check(case, dtype)


def still() -> Iterator[Case]:
    for face in ["F", "m"]:
        get = lambda m, f=face: (m.nn.functional if f == "F" else m).dropout  # noqa: E731
        for p, training in [(0.0, True), (1.0, True), (0.5, False), (0.0, False), (1.0, False)]:
            yield Case(f"{face}.dropout {p} {training}", lambda m, x, g=get, p=p,
                    t=training: g(m)(x, p, t),
                       (X2,))  # fmt: skip
    yield Case(
        "F.dropout keywords", lambda m, x: m.nn.functional.dropout(x, p=0.3, training=False), (X2,)
    )


@each(still())
def test_dropout_without_chance(case: Case, dtype: str) -> None:
    check(case, dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_dropout_scales_what_it_keeps(p: float, dtype: str) -> None:
    m = subject
    m.manual_seed(1)
    values = positive(200, 100).astype(dtype)
    x = m.tensor(values)
    x.requires_grad = True
    y = m.nn.functional.dropout(x, p)
    y.sum().backward()
    out, grad = y.detach().numpy(), x.grad.numpy()
    kept = out != 0
    assert out.dtype == grad.dtype == np.dtype(dtype)
    np.testing.assert_allclose(out[kept], (values / (1 - p))[kept], rtol=1e-6)
    np.testing.assert_allclose(grad, kept / (1 - p), rtol=1e-6)
    # 20,000 draws: five standard errors
    assert abs(kept.mean() - (1 - p)) < 5 * np.sqrt(p * (1 - p) / kept.size)
    again = m.nn.functional.dropout(x, p).detach().numpy() != 0
    assert (again != kept).any()


def test_dropout_of_a_seed_is_the_same_twice() -> None:
    def draw(seed: int) -> Any:
        subject.manual_seed(seed)
        return subject.nn.functional.dropout(subject.ones(50, 4), 0.5).numpy()

    assert (draw(3) == draw(3)).all()
    assert (draw(3) != draw(4)).any()


def test_running_statistics_take_the_unbiased_variance() -> None:
    def run(m: Any) -> Any:
        x = m.tensor(X4)
        mean, var = m.zeros(4).double(), m.ones(4).double()
        for _ in range(3):
            m.nn.functional.batch_norm(x, mean, var, training=True, momentum=0.25)
            x = x * 2 + 1
        return mean, var

    check_seen(run)
