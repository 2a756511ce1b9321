"""Values keep their digits until they are scaled: times, days and account numbers in float32 are
one another."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import denpa as dp
from denpa.data import Standardizer, read
from denpa.train.models import Standardize

pd = pytest.importorskip("pandas")

SECONDS = 1_700_000_000 + np.arange(100)  # float32 has steps of 128 there
DAYS = np.array([20240100 + i for i in range(1, 31)])  # steps of 2


def standard(values: np.ndarray) -> np.ndarray:
    """Standard scores by Python's whole numbers and fractions, then float64."""
    from fractions import Fraction

    exact = [Fraction(v) for v in values.tolist()]
    mean = sum(exact) / len(exact)
    variance = sum((v - mean) ** 2 for v in exact) / len(exact)
    return np.array([float(v - mean) for v in exact]) / float(variance) ** 0.5


@pytest.mark.parametrize("values", [SECONDS, DAYS, 2**40 + np.arange(9.0), -SECONDS])
def test_large_values_in_a_narrow_range_stay_apart(values: np.ndarray, tmp_path: Path) -> None:
    n = len(values)
    frame = pd.DataFrame({"t": values, "u": np.arange(n) % 3, "y": values * 2})
    frame.to_csv(tmp_path / "t.csv", index=False)
    x = np.stack([values, np.arange(n) % 3], axis=1)
    for source, options in (
        (frame, {"target": "y"}),
        (tmp_path / "t.csv", {"target": "y"}),
        ((x, values * 2.0), {}),
    ):
        data = read(source, **options)
        for found, expected in ((data.x[:, :1], values), (data.y, values * 2)):
            assert found is not None
            scaled = Standardizer.fit(found).transform(found)
            assert scaled.dtype == np.float32
            np.testing.assert_allclose(scaled[:, 0], standard(expected), rtol=1e-6)
        again = read(source, encoding=data.encoding)
        np.testing.assert_array_equal(again.x, data.x)


@given(
    st.integers(-(2**31), 2**31),
    st.lists(st.integers(0, 1000), min_size=2, max_size=20, unique=True),
)
def test_the_scores_of_any_whole_numbers_are_exact(base: int, offsets: list[int]) -> None:
    values = np.array([base + k for k in offsets])
    fitted = Standardizer.fit(values[:, None])
    found = fitted.transform(values[:, None])
    np.testing.assert_allclose(found[:, 0], standard(np.array(offsets)), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(fitted.inverse(found)[:, 0] - base, offsets, atol=1e-3)
    # The layers that networks carry do the same.
    there = Standardize(fitted.mean, fitted.scale)
    back = Standardize(fitted.mean, fitted.scale, inverse=True)
    x = dp.tensor(values[:, None].astype(np.float64))
    np.testing.assert_array_equal(there(x).numpy(), found)
    assert there(x).dtype == dp.float32
    np.testing.assert_array_equal(back(there(x)).numpy(), fitted.inverse(found))


def test_standardising_layers_survive_changes_of_dtype() -> None:
    net = dp.train.mlp(
        inputs=1, outputs=1, hidden=[4], standardize=([1.7e9], [30.0]), rescale=([1.6e9], [30.0])
    )
    x = dp.tensor(SECONDS[:, None].astype(np.float64))
    expected = net(x).detach().numpy()
    assert expected.dtype == np.float64
    assert len(np.unique(expected)) > 50
    np.testing.assert_array_equal(net.float()(x).detach().numpy(), expected)
    np.testing.assert_allclose(
        net.double()(x).detach().numpy() - 1.6e9, expected - 1.6e9, atol=1e-3
    )
    net.float()
    half = net.half()(x).detach().numpy()
    np.testing.assert_allclose(half, expected, atol=1)
    state = {k: v.numpy() for k, v in net.state_dict().items()}
    assert state["standardize.mean"].dtype == np.float64
    assert set(state) == {
        "standardize.mean", "standardize.scale", "linear1.weight", "linear1.bias", "output.weight",
        "output.bias", "rescale.mean", "rescale.scale",
    }  # fmt: skip


@pytest.mark.parametrize("backend", ["eager", "native"])
def test_fit_and_predict_hand_exact_values_to_a_network_that_scales_them(backend: str) -> None:
    x, y = SECONDS[:, None].astype(np.float64), 3 * SECONDS[:, None].astype(np.float64)
    scales = [(s.mean, s.scale) for s in (Standardizer.fit(x), Standardizer.fit(y))]
    dp.manual_seed(0)
    net = dp.train.mlp(inputs=1, outputs=1, hidden=[], standardize=scales[0], rescale=scales[1])
    unit = float(scales[1][1][0])
    dp.train.fit(
        net, lambda out, target: dp.nn.functional.mse_loss(out / unit, target / unit), (x, y),
        optimizer=dp.optim.Adam(net.parameters(), lr=0.05), epochs=150, batch_size=25,
        progress=False, backend=backend, validation=(x, y),
    )  # fmt: skip
    for size in (7, 25, 1000):
        found = dp.train.predict(net, x, batch_size=size, backend=backend)
        assert np.abs(found - y).max() < 0.05 * unit  # the line, whose spread is 87


def test_a_cast_that_merges_values_is_said() -> None:
    net = dp.nn.Linear(2, 1)
    x = np.stack([np.arange(100), SECONDS], axis=1)
    y = np.zeros((100, 1), np.float32)
    wide = np.stack([np.linspace(0, 1.7e9, 100), np.full(100, 1.7e9)], axis=1)
    options = {"epochs": 1, "progress": False}
    with pytest.warns(UserWarning, match=r"inputs: column 1 goes from 1700000000 to 1700000099"):
        dp.train.fit(net, dp.nn.MSELoss(), (x, y), **options)
    with pytest.warns(UserWarning, match=r"targets: column 0 goes from 1700000000"):
        dp.train.fit(net, dp.nn.MSELoss(), (wide, SECONDS[:, None] * 1.0), **options)
    with pytest.warns(UserWarning, match="Standardise before they are cast"):
        dp.train.predict(net, x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Rounding alone, in a wide range or of equal values, is what float32 is.
        dp.train.predict(net, wide)
        dp.train.predict(net, x.astype(np.float32))


def test_pixels_are_scaled_before_they_are_cast() -> None:
    images = np.zeros((30, 2, 2)) + 1.7e9 + np.arange(30)[:, None, None]
    data = read((images, np.arange(30) % 2))
    assert data.x.dtype == np.float32
    np.testing.assert_allclose(data.x[:, 0, 0, 0], np.arange(30) / 29, rtol=1e-6)
    np.testing.assert_array_equal(read(images, encoding=data.encoding).x, data.x)
