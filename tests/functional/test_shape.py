"""Shapes, joins, parts and padding: laws, NumPy as the oracle, views and copies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.functional.numeric import check_gradient

X = np.arange(24.0).reshape(2, 3, 4)

SAME: list[tuple[str, Any, Any]] = [
    ("reshape", lambda m, x: m.reshape(x, (4, -1)), None),
    ("flatten", lambda m, x: x.flatten(), None),
    ("swapaxes", lambda m, x: m.swapaxes(x, 0, -1), None),
    ("roll", lambda m, x: m.roll(x, (1, -2), (0, 2)), None),
    ("roll flat", lambda m, x: m.roll(x, 5), None),
    ("flip", lambda m, x: m.flip(x, (0, 2)), None),
    ("tril", lambda m, x: m.tril(x, 1), None),
    ("triu", lambda m, x: m.triu(x, -1), None),
    ("tile", lambda m, x: m.tile(x, (2, 1, 3)), None),
    ("hstack", lambda m, x: m.hstack([x, x]), None),
    ("vstack", lambda m, x: m.vstack([x, x]), None),
    ("dstack", lambda m, x: m.dstack([x, x]), None),
    ("stack", lambda m, x: m.stack([x, x * 2], 1), None),
    ("concat", lambda m, x: m.concat([x, x * 2], -1), None),
    ("squeeze", lambda m, x: m.squeeze(x[:1]), None),
    ("broadcast_to", lambda m, x: m.broadcast_to(x[:, :1], (5, 2, 3, 4)), None),
    ("diagonal", lambda m, x: m.diagonal(x, 1, 1, 2), None),
    ("trace", lambda m, x: m.trace(x[0]), None),
    ("diag", lambda m, x: m.diag(x[0], -1), None),
    ("diag of a vector", lambda m, x: m.diag(x[0, 0], 2), None),
    ("transpose", lambda m, x: x.transpose(0, 2), lambda x: x.swapaxes(0, 2)),
    ("permute", lambda m, x: x.permute(2, 0, 1), lambda x: x.transpose(2, 0, 1)),
    (
        "movedim",
        lambda m, x: m.movedim(x, (0, 1), (2, 0)),
        lambda x: np.moveaxis(x, (0, 1), (2, 0)),
    ),
    ("unsqueeze", lambda m, x: m.unsqueeze(x, -2), lambda x: x[:, :, None]),
    ("repeat", lambda m, x: x.repeat(2, 1, 1, 2), lambda x: np.tile(x, (2, 1, 1, 2))),
    ("repeat_interleave", lambda m, x: m.repeat_interleave(x, 2, 1), lambda x: np.repeat(x, 2, 1)),
    ("expand", lambda m, x: x[:, :1].expand(-1, 3, -1), lambda x: np.repeat(x[:, :1], 3, 1)),
    ("unflatten", lambda m, x: m.unflatten(x, 2, (2, -1)), lambda x: x.reshape(2, 3, 2, 2)),
    ("narrow", lambda m, x: m.narrow(x, 1, -2, 2), lambda x: x[:, -2:]),
    ("select", lambda m, x: m.select(x, 1, -1), lambda x: x[:, -1]),
]


@pytest.mark.parametrize(("name", "f", "oracle"), SAME, ids=[s[0] for s in SAME])
def test_against_numpy(name: str, f: Any, oracle: Any) -> None:
    expected = oracle(X) if oracle else f(np, X)
    np.testing.assert_array_equal(f(dp, dp.tensor(X)).numpy(), expected)
    check_gradient(lambda t: f(dp, t), X)


def test_views_share_memory_and_copies_do_not() -> None:
    base = dp.zeros(2, 3)
    views = [
        base.view(6), base.reshape(3, 2), base.T, base[0], base[:, 1:], base.unsqueeze(0),
        base.squeeze(), base.expand(4, 2, 3), base.detach(), base[...], base.flatten(),
        base.split(1)[0], base.unbind(1)[2], base.narrow(1, 1, 1),
    ]  # fmt: skip
    for v in views:
        assert np.shares_memory(v.numpy(), base.numpy())
    copies = [
        base.clone(), base.flip(0), base.roll(1), base.repeat(1, 1), base.tril(), base[[0]],
        base.T.reshape(-1), base.T.contiguous(), dp.tensor(base), base.T.flatten(),
        dp.nn.functional.pad(base, (0, 0)),
    ]  # fmt: skip
    base[0, 0] = 5.0  # before anybody asks for the array of a copy, which might make it one
    for c in copies:
        assert not c.numpy().any()
        assert not np.shares_memory(c.numpy(), base.numpy())
    assert views[0][0].item() == 5.0
    assert base.contiguous() is base


def test_a_view_that_needs_a_copy_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"view: f32\[3, 2\] does not lie .* use .reshape\(\)"):
        dp.zeros(2, 3).T.view(6)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((5, -1), r"f32\[2, 3\] has 6 elements, which \[5, -1\] cannot hold"),
        ((-1, -1), "only one size"),
        ((7,), r"f32\[2, 3\] has 6 elements and cannot take the shape \[7\]"),
        ((-2, 3), "is no shape"),
    ],
)
def test_reshape_says_what_does_not_fit(shape: Any, text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        dp.zeros(2, 3).reshape(shape)


def test_split_and_chunk_give_the_whole_back() -> None:
    x = dp.tensor(X)
    for parts in (x.split(2, 1), x.split([1, 0, 2], 1), x.chunk(2, -1), x.tensor_split(3, 2)):
        dim = 1 if parts[0].shape[2] == 4 else 2
        assert dp.equal(dp.cat(parts, dim), x)
    assert [p.shape[0] for p in dp.arange(7).chunk(4)] == [2, 2, 2, 1]
    assert [p.shape[0] for p in dp.arange(7).tensor_split(3)] == [3, 2, 2]
    assert [p.tolist() for p in dp.arange(4).tensor_split([1, 3])] == [[0], [1, 2], [3]]
    with pytest.raises(RuntimeError, match=r"sizes \[1, 2\] do not add up to dimension 0"):
        x.split([1, 2])


def test_cat_promotes_and_refuses() -> None:
    assert dp.cat([dp.tensor([1]), dp.tensor([0.5])]).tolist() == [1.0, 0.5]
    assert dp.cat([dp.zeros(0), dp.ones(2, 3)], 1).shape == (2, 3)
    with pytest.raises(RuntimeError, match=r"tensor 1 is f32\[3\], tensor 0 is f32\[2, 2\]"):
        dp.cat([dp.ones(2, 2), dp.ones(3)])
    with pytest.raises(RuntimeError, match="all shapes must be equal"):
        dp.stack([dp.ones(2), dp.ones(3)])
    with pytest.raises(TypeError, match="takes a tuple or list of tensors, not Tensor"):
        dp.cat(dp.ones(2))


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_pad_against_numpy(mode: str) -> None:
    name = {"replicate": "edge", "circular": "wrap"}.get(mode, mode)
    expected = np.pad(X, ((0, 0), (1, 2), (2, 1)), mode=name)  # type: ignore[call-overload]
    found = dp.functional.pad(dp.tensor(X), (2, 1, 1, 2), mode=mode)
    np.testing.assert_array_equal(found.numpy(), expected)
    check_gradient(lambda t: dp.functional.pad(t, (2, 1, 1, 2), mode=mode), X)


def test_pad_with_a_value_or_less_than_nothing() -> None:
    x = dp.tensor([1.0, 2.0, 3.0])
    assert dp.functional.pad(x, (-1, 2), value=-np.inf).tolist() == [2.0, 3.0, -np.inf, -np.inf]
    check_gradient(lambda t: dp.functional.pad(t, (1, -1), value=3.0), [1.0, 2.0])
    with pytest.raises(RuntimeError, match=r"reflect by .* reaches over dimension 1"):
        dp.functional.pad(dp.ones(1, 3), (3, 0), mode="reflect")
    with pytest.raises(NotImplementedError, match="mode 'mean' is not offered"):
        dp.functional.pad(x, (1, 1), mode="mean")


def test_meshgrid() -> None:
    for indexing in ("ij", "xy"):
        found = dp.meshgrid(dp.arange(2), dp.arange(3), indexing=indexing)
        expected = np.meshgrid(np.arange(2), np.arange(3), indexing=indexing)  # type: ignore
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_array_equal(a.numpy(), b)


def test_scalars_have_one_dimension_by_name() -> None:
    s = dp.tensor(2.0)
    assert s.unsqueeze(0).shape == (1,)
    assert s.squeeze(0).shape == ()
    assert s.transpose(0, -1).shape == ()
    assert s.flatten().shape == (1,)
    assert s.expand(2, 2).sum().item() == 8
