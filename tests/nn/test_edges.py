"""Every option of a layer against its definition, and both sides of every kink."""

from __future__ import annotations

import math
import os
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.files import write_atomically
from tests.nn.numeric import check

F, nn = dp.nn.functional, dp.nn
RNG = np.random.default_rng(5)

# -- activations -----------------------------------------------------------------------------------

KINKS: list[tuple[str, dict[str, Any], list[float]]] = [
    ("hardtanh", {}, [-1, 1]),
    ("hardtanh", {"min_val": -0.5, "max_val": 2.0}, [-0.5, 2]),
    ("relu6", {}, [0, 6]),
    ("hardsigmoid", {}, [-3, 3]),
    ("threshold", {"threshold": 0.5, "value": 9.0}, [0.5]),
    ("relu", {}, [0]),
]


@pytest.mark.parametrize(("name", "options", "kinks"), KINKS)
def test_the_slope_at_a_kink_is_that_of_the_flat_side(
    name: str, options: dict[str, Any], kinks: list[float]
) -> None:
    x = dp.tensor(kinks, dtype=dp.float64, requires_grad=True)
    getattr(F, name)(x, **options).sum().backward()
    assert x.grad.tolist() == [0.0] * len(kinks)


# -- windows ---------------------------------------------------------------------------------------


def windows(n: int, k: int, s: int, p: int, ceil: bool) -> list[int]:
    """Where PyTorch's windows begin, in the input's own numbers."""
    room = n + 2 * p - k
    starts = [s * i - p for i in range((-(-room // s) if ceil else room // s) + 1)]
    return [a for a in starts if a < n + (0 if ceil else p)]


@pytest.mark.parametrize("n", range(3, 8))
@pytest.mark.parametrize("ceil", [False, True])
def test_pooling_in_every_position(n: int, ceil: bool) -> None:
    x = RNG.standard_normal((2, n))
    for k, s in product((1, 2, 3), (1, 2, 3)):
        for p in range(k // 2 + 1):
            starts = windows(n, k, s, p, ceil)
            parts = [x[:, max(a, 0) : a + k] for a in starts]
            options = {"stride": s, "padding": p, "ceil_mode": ceil}
            found = F.max_pool1d(dp.tensor(x), k, **options).numpy()
            np.testing.assert_array_equal(found, np.stack([q.max(1) for q in parts], 1))
            for padding_counts in (False, True):
                counts = [
                    min(a + k, n + p) - a if padding_counts else q.shape[1]
                    for a, q in zip(starts, parts, strict=True)
                ]
                found = F.avg_pool1d(
                    dp.tensor(x), k, **options, count_include_pad=padding_counts
                ).numpy()
                sums = [q.sum(1) / c for q, c in zip(parts, counts, strict=True)]
                np.testing.assert_allclose(found, np.stack(sums, 1), atol=1e-14)


@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 1), (3, 1), (4, 1), (2, 2), (4, 3), (2, 3)])
def test_padding_same_puts_the_odd_zero_behind(k: int, d: int) -> None:
    x, w = RNG.standard_normal((1, 1, 9)), RNG.standard_normal((1, 1, k))
    whole = d * (k - 1)
    padded = np.pad(x[0, 0], (whole // 2, whole - whole // 2))
    expected = [sum(w[0, 0, j] * padded[i + d * j] for j in range(k)) for i in range(9)]
    found = F.conv1d(dp.tensor(x), dp.tensor(w), padding="same", dilation=d)
    np.testing.assert_allclose(found.numpy()[0, 0], expected, atol=1e-14)
    layer = nn.Conv1d(1, 1, k, padding="same", dilation=d, bias=False, dtype=dp.float64)
    layer.weight.data.copy_(dp.tensor(w))
    np.testing.assert_allclose(layer(dp.tensor(x)).detach().numpy()[0, 0], expected, atol=1e-14)


@pytest.mark.parametrize("groups", [0, 2])
def test_groups_divide_the_channels(groups: int) -> None:
    with pytest.raises(RuntimeError, match=f"groups={groups} must be at least 1 and divide the 3"):
        F.conv1d(dp.ones(1, 2, 5), dp.ones(3, 1, 2), groups=groups)


# -- losses ----------------------------------------------------------------------------------------


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


LOSSES: list[tuple[str, Any, Any]] = [
    ("mse", F.mse_loss, lambda y, t: (y - t) ** 2),
    ("l1", F.l1_loss, lambda y, t: abs(y - t)),
    ("huber", F.huber_loss,
     lambda y, t: np.where(abs(y - t) <= 1, 0.5 * (y - t) ** 2, abs(y - t) - 0.5)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "plain"), LOSSES, ids=[x[0] for x in LOSSES])
def test_a_weighted_mean_is_divided_by_the_weights(name: str, f: Any, plain: Any) -> None:
    y, t, w = (RNG.uniform(0.5, 3, (4, 3)) for _ in range(3))
    each = w * plain(y, t)
    for reduction, expected in (
        ("none", each),
        ("sum", each.sum()),
        ("mean", each.sum() / w.sum()),
    ):
        found = f(dp.tensor(y), dp.tensor(t), reduction=reduction, weight=dp.tensor(w))
        np.testing.assert_allclose(found.numpy(), expected, atol=1e-14)
    with pytest.raises(ValueError, match="weight"):
        f(dp.tensor(y), dp.tensor(t), weight=dp.ones(3, dtype=dp.float64))


def test_weights_of_the_positive_class_and_of_elements() -> None:
    x, t = RNG.standard_normal((4, 3)), RNG.random((4, 3))
    c, w = np.array([2.0, 0.5, 3.0]), RNG.random((4, 3))
    plain = -(c * t * np.log(sigmoid(x)) + (1 - t) * np.log(1 - sigmoid(x)))
    for weight in (None, w):
        each = plain if weight is None else plain * weight
        given = None if weight is None else dp.tensor(weight)
        for reduction, expected in (("none", each), ("sum", each.sum()), ("mean", each.mean())):
            found = F.binary_cross_entropy_with_logits(
                dp.tensor(x), dp.tensor(t), given, pos_weight=dp.tensor(c), reduction=reduction
            )
            np.testing.assert_allclose(found.numpy(), expected, atol=1e-13)


@pytest.mark.parametrize("reduction", ["none", "sum", "mean", "batchmean"])
def test_kl_div_of_targets_in_either_form(reduction: str) -> None:
    q, p = (a / a.sum(1, keepdims=True) for a in RNG.uniform(0.1, 1, (2, 4, 3)))
    each = p * (np.log(p) - np.log(q))
    expected = {"none": each, "sum": each.sum(), "mean": each.mean(), "batchmean": each.sum() / 4}
    for target, log in ((p, False), (np.log(p), True)):
        found = F.kl_div(
            dp.tensor(np.log(q)), dp.tensor(target), reduction=reduction, log_target=log
        )
        np.testing.assert_allclose(found.numpy(), expected[reduction], atol=1e-14)
        check(
            lambda a, t, log=log: F.kl_div(a, t, reduction="sum", log_target=log),
            np.log(q), target,
        )  # fmt: skip


@pytest.mark.parametrize("bad", [-1, 3, -100])
def test_a_class_that_is_not_there(bad: int) -> None:
    x = dp.zeros(2, 3)
    if bad != -100:
        with pytest.raises(IndexError, match=f"target {bad} is out of bounds"):
            F.cross_entropy(x, dp.tensor([0, bad]))
    with pytest.raises(IndexError, match=f"target {bad} is out of bounds"):
        F.nll_loss(x, dp.tensor([bad, 2]), ignore_index=1)
    assert F.cross_entropy(x, dp.tensor([0, bad]), ignore_index=bad).item() == pytest.approx(
        math.log(3)
    )


def test_probabilities_have_no_index_to_ignore() -> None:
    x, t = dp.zeros(2, 3), dp.full((2, 3), 1 / 3)
    for index in (0, 2):
        with pytest.raises(RuntimeError, match="ignore_index is not defined"):
            F.cross_entropy(x, t, ignore_index=index)


# -- lookups ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", range(-4, 4))
def test_the_padding_row_hears_nothing_however_it_is_named(row: int) -> None:
    w = dp.tensor(RNG.standard_normal((4, 2)), requires_grad=True)
    index = dp.tensor([[0, 1, 2], [3, 3, 0]])
    y = F.embedding(index, w, padding_idx=row)
    np.testing.assert_array_equal(y.detach().numpy(), w.detach().numpy()[index.numpy()])
    y.sum().backward()
    counts = np.array([2.0, 1.0, 1.0, 2.0])
    counts[row] = 0
    assert w.grad.tolist() == np.stack([counts, counts], 1).tolist()
    layer = nn.Embedding(4, 2, padding_idx=row)
    assert [i for i in range(4) if not layer.weight[i].any()] == [row % 4]


@pytest.mark.parametrize("top", [0, 1, 3])
def test_one_hot_has_a_column_for_every_class_up_to_the_largest(top: int) -> None:
    index = np.arange(top + 1)
    assert F.one_hot(dp.tensor(index)).tolist() == np.eye(top + 1).tolist()
    assert F.one_hot(dp.tensor(index), top + 2).tolist() == np.eye(top + 2)[index].tolist()


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
def test_normalise_divides_by_the_norm_or_by_eps(p: float) -> None:
    x = RNG.standard_normal((5, 3)) * 10.0 ** np.array([[0], [-3], [-9], [-14], [2]])
    size = (abs(x) ** p).sum(1, keepdims=True) ** (1 / p)
    for eps in (1e-12, 1e-2):
        found = F.normalize(dp.tensor(x), p, 1, eps)
        np.testing.assert_allclose(found.numpy(), x / np.maximum(size, eps), rtol=1e-12)


# -- modules ---------------------------------------------------------------------------------------


def test_buffers_that_are_state_and_those_that_are_not() -> None:
    m = nn.Module()
    m.register_buffer("kept", dp.ones(2))
    m.register_buffer("made", dp.ones(3), persistent=False)
    assert list(m.state_dict()) == ["kept"]
    assert [k for k, _ in m.named_buffers()] == ["kept", "made"]
    m.load_state_dict({"kept": dp.zeros(2)})
    m.register_buffer("made", dp.ones(3))
    assert list(m.state_dict()) == ["kept", "made"]


def test_modules_come_in_the_order_in_which_they_were_given() -> None:
    net = nn.Sequential(nn.ReLU(), nn.Sequential(nn.Tanh(), nn.SiLU()), nn.GELU())
    names = ["", "0", "1", "1.0", "1.1", "2"]
    assert [k for k, _ in net.named_modules()] == names
    kinds = [type(m).__name__ for m in net.modules()]
    assert kinds == ["Sequential", "ReLU", "Sequential", "Tanh", "SiLU", "GELU"]


class Two(nn.Module):
    def forward(self, a: Any, b: Any) -> Any:
        return a - b


def test_what_a_hook_may_return() -> None:
    layer, a, b = Two(), dp.tensor(5.0), dp.tensor(2.0)
    swap = layer.register_forward_pre_hook(lambda m, args: (args[1], args[0]))
    assert layer(a, b).item() == -3
    swap.remove()
    layer.register_forward_pre_hook(lambda m, args: None)
    layer.register_forward_hook(lambda m, args, y: None)
    assert layer(a, b).item() == 3
    one = nn.ReLU()
    one.register_forward_pre_hook(lambda m, args: args[0] * -1)  # not in a tuple
    assert one(dp.tensor(-4.0)).item() == 4


def test_a_parameter_is_nobodys_result() -> None:
    made = nn.Parameter(dp.ones(2)) * 2
    made.__class__ = nn.Parameter
    with pytest.raises(ValueError, match="parameter 'w' must be a leaf"):
        nn.Module().register_parameter("w", made)


@pytest.mark.parametrize("kind", [nn.Sequential, lambda *m: nn.ModuleList(m)])
def test_what_is_left_after_a_deletion_is_numbered_anew(kind: Any) -> None:
    for gone in (0, 1, -1, slice(0, 2), slice(None, None, 2)):
        layers = [nn.Linear(1, k + 1) for k in range(4)]
        held = kind(*layers)
        del held[gone]
        del layers[gone]
        assert [k for k, _ in held.named_children()] == [str(k) for k in range(len(layers))]
        assert list(held) == layers


def test_a_part_of_a_list_is_numbered_from_0() -> None:
    layers = [nn.Linear(1, 1) for _ in range(4)]
    part = nn.ModuleList(layers)[1:3]
    assert list(part) == layers[1:3]
    assert [k for k, _ in part.named_children()] == ["0", "1"]
    assert [k for k, _ in nn.Sequential(*layers)[1:3].named_children()] == ["1", "2"]  # PyTorch's


@pytest.mark.parametrize("momentum", [0.1, None])
def test_batches_are_counted_in_training_alone(momentum: float | None) -> None:
    layer = nn.BatchNorm1d(2, momentum=momentum)
    x = dp.tensor(RNG.standard_normal((6, 2)), dtype=dp.float32)
    for k in range(1, 4):
        layer.train()(x)
        before = {name: b.clone() for name, b in layer.named_buffers()}
        assert layer.num_batches_tracked.item() == k
        layer.eval()(x * 100)
        for name, b in layer.named_buffers():
            assert dp.equal(b, before[name])


# -- files and gradients ---------------------------------------------------------------------------


def test_a_file_is_replaced_from_beside_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves: list[tuple[Path, Path]] = []
    replace = os.replace

    def seen(a: Any, b: Any) -> None:
        moves.append((Path(a), Path(b)))
        replace(a, b)

    monkeypatch.setattr(os, "replace", seen)
    mask = os.umask(0o027)
    try:
        write_atomically(tmp_path / "x", b"1")
        assert (tmp_path / "x").stat().st_mode & 0o777 == 0o640  # as `open` would make it
    finally:
        os.umask(mask)
    ((temporary, place),) = moves  # a move to another disk is a copy, which can be cut off
    assert temporary.parent == place.parent == tmp_path
    assert temporary.name.startswith(".")


@pytest.mark.parametrize("bound", [0.5, 5.0, 50.0])
def test_clipping_only_ever_makes_gradients_smaller(bound: float) -> None:
    g = [np.array([3.0, -4.0]), np.array([[12.0]])]
    ps = [dp.zeros(a.shape, dtype=dp.float64, requires_grad=True) for a in g]
    for p, a in zip(ps, g, strict=True):
        p.grad = dp.tensor(a)
    assert nn.utils.clip_grad_norm_(ps, bound).item() == pytest.approx(13.0)
    for p, a in zip(ps, g, strict=True):
        np.testing.assert_allclose(p.grad.numpy(), a * min(1.0, bound / 13), rtol=1e-6)
    for p, a in zip(ps, g, strict=True):
        p.grad = dp.tensor(a)
    nn.utils.clip_grad_value_(ps, bound)
    for p, a in zip(ps, g, strict=True):
        assert p.grad.tolist() == np.clip(a, -bound, bound).tolist()
