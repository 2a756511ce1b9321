"""Columns of any size that float64 holds: what is fitted is that of the same column near 1."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from denpa.data import DataError, Standardizer, possible_leaks, read

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 3))
POWERS = (-1000, -700, -500, -300, 0, 300, 500, 700, 1000)
"""Of 2: multiplied with them, numbers keep all their digits."""


@pytest.mark.parametrize("power", POWERS)
def test_scale_and_mean_follow_the_column_exactly(power: int) -> None:
    plain = Standardizer.fit(X)
    x = np.ldexp(X, np.array([power, 0, -power]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = Standardizer.fit(x)
        for a, b in ((found.mean, plain.mean), (found.scale, plain.scale)):
            np.testing.assert_array_equal(a, np.ldexp(b, np.array([power, 0, -power])))
        np.testing.assert_array_equal(found.transform(x), plain.transform(X))
        units = plain.transform(X, np.float64)
        np.testing.assert_array_equal(
            np.ldexp(found.inverse(units), [-power, 0, power]), plain.inverse(units)
        )
    again = Standardizer.from_dict(found.to_dict())
    np.testing.assert_array_equal(again.scale, found.scale)


def test_subnormal_and_constant_columns() -> None:
    tiny = X[:, :1] * 1e-310  # 14 bits of 52 are left
    np.testing.assert_allclose(Standardizer.fit(tiny).transform(tiny).std(), 1.0, rtol=1e-3)
    least = np.array([[0.0], [5e-324], [0.0], [0.0]])
    found = Standardizer.fit(least).transform(least)
    assert len(np.unique(found)) == 2
    for value in (1e300, 1e-300, 5e-324, 0.0):
        found = Standardizer.fit(np.full((7, 1), value))
        assert (found.mean[0], found.scale[0]) == (value, 1.0)
    for value in (np.inf, np.nan):
        with pytest.raises(DataError, match="column 1 of x has NaN or infinite values"):
            Standardizer.fit(np.array([[1e300, value], [1e-300, 0.0]]))


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("form", ["array", "frame"])
def test_such_columns_are_read_and_filled(power: int, form: str) -> None:
    pd = pytest.importorskip("pandas")
    gaps = X.copy()
    gaps[::7, 0] = np.nan
    y = X[:, 1] + X[:, 2]

    def reading(power: int) -> tuple[np.ndarray, object]:
        x = np.ldexp(gaps, [power, 0, 0])
        whole = pd.DataFrame(x, columns=list("abc")).assign(y=y)
        source = (x, y) if form == "array" else whole
        data = read(source, target=None if form == "array" else "y", missing="mean")
        return data.x, data

    found, data = reading(power)
    np.testing.assert_allclose(np.ldexp(found, [-power, 0, 0]), reading(0)[0], rtol=1e-15)
    assert np.isfinite(Standardizer.fit(found).transform(found)).all()
    new = np.ldexp(X[:5], [power, 0, 0])
    new = new if form == "array" else pd.DataFrame(new, columns=list("abc"))
    np.testing.assert_array_equal(read(new, encoding=data.encoding).x[:, 1], X[:5, 1])


def test_a_stray_value_is_still_an_error() -> None:
    y = X[:, 1]
    for size, stray in ((1.0, 1e39), (1.0, 1e300), (1e300, np.inf), (1e100, 1e200)):
        x = X * [size, 1.0, 1.0]
        x[:, 0] = np.where(np.arange(300) == 4, stray, x[:, 0])
        if size == 1e100:  # in training it belongs to the column; new ones may not go so far
            data = read((X * [size, 1.0, 1.0], y))
            with pytest.raises(DataError, match="too large"):
                read(x, encoding=data.encoding)
            continue
        with pytest.raises(DataError, match="infinite values"):
            read((x, y))


@pytest.mark.parametrize("power", [-240, -100, 100, 240])
@pytest.mark.parametrize("size", POWERS)
def test_leaks_do_not_depend_on_sizes(power: int, size: int) -> None:
    x = np.stack([X[:, 0], np.ldexp(X[:, 1], size), np.ldexp(X[:, 1] + X[:, 2], size)], axis=1)
    (leak,) = possible_leaks(read((x, np.ldexp(X[:, 1], power))))
    assert (
        leak == possible_leaks(read((X @ np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]]), X[:, 1])))[0]
    )


def test_targets_out_of_reach_are_refused_by_name() -> None:
    for factor, text in ((1e100, "beyond 1e.75"), (1e-100, "Scale the column up")):
        with pytest.raises(DataError, match=text):
            read((X, X[:, 0] * factor))
    for factor in (1e74, 1e-74, 1.0):
        assert read((X, X[:, 0] * factor)).task == "regression"
