"""Times and other large numbers, from the file to the prediction."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

START = 1_700_000_000


def write_times(path, n=200, seed=0, target=True):
    """A target of a thousand million that follows seconds and days, both large."""
    rng = np.random.default_rng(seed)
    second, day = rng.permutation(n), rng.integers(1, 29, n)
    lines = ["second,day,price" if target else "second,day"]
    for s, d in zip(second, day, strict=True):
        y = 1_600_000_000 + 3 * s + 10 * d
        lines.append(f"{START + s},{20240100 + d}" + f",{y}" * target)
    path.write_text("\n".join(lines) + "\n")
    return 1_600_000_000 + 3 * second + 10 * day


@pytest.mark.parametrize("backend", ["native", "eager"])
def test_times_days_and_a_large_target_are_learnt(denpa, tmp_path, backend):
    write_times(tmp_path / "t.csv")
    done = denpa("train", "t.csv", "--target", "price", "--hidden", "none", "--lr", "0.03",
                 "--epochs", "120", "--out", "run", "--backend", backend)  # fmt: skip
    assert (done.code, done.err) == (0, "")
    record = json.loads((tmp_path / "run/run.json").read_text())
    # It is a straight line: least squares gives R² 1.
    assert record["metrics"]["test_r2"] > 0.9999
    check = record["gradient_check"]
    assert check["ok"]
    assert check["largest_relative_error"] < 1e-6
    y = write_times(tmp_path / "new.csv", seed=5, target=False)
    denpa("predict", "run", "new.csv", "-o", "p.csv")
    with (tmp_path / "p.csv").open() as file:
        found = np.array([float(row["prediction"]) for row in csv.DictReader(file)])
    assert np.abs(found - y).max() < 5  # of a spread of 190
    again = denpa("evaluate", "run", "--json").json
    assert again["test_r2"] == record["metrics"]["test_r2"]


@pytest.mark.parametrize("loss", ["mse", "huber", "l1"])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_check_of_gradients_does_not_depend_on_the_unit(denpa, tmp_path, loss, scale):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 2)), 1e9 + rng.normal(size=60)
    np.savez(tmp_path / "t.npz", x=scale * (x + 1e6), y=scale * y)
    done = denpa("train", "t.npz", "--epochs", "1", "--hidden", "8", "--loss", loss,
                 "--activation", "tanh", "--out", "run")  # fmt: skip
    assert (done.code, done.err) == (0, "")
    check = json.loads((tmp_path / "run/run.json").read_text())["gradient_check"]
    assert check["largest_relative_error"] < 1e-5


def test_mistakes_hold_the_values_of_the_file(tmp_path):
    from denpa.data import read
    from denpa.runs.evaluation import cells

    write_times(tmp_path / "t.csv")
    data = read(tmp_path / "t.csv", target="price")
    with (tmp_path / "t.csv").open() as file:
        for i, row in enumerate(csv.DictReader(file)):
            assert cells(data, i) == {k: float(row[k]) for k in ("second", "day")}


def test_a_check_on_times_sees_them_apart(tmp_path):
    from denpa.check.opening.examples import examples_of

    write_times(tmp_path / "t.csv")
    x = examples_of(str(tmp_path / "t.csv"), "price", 200, 0).x
    assert len(np.unique(x[:, 0])) == 200
    np.testing.assert_allclose([x.mean(0), x.std(0)], [[0, 0], [1, 1]], atol=1e-9)
