"""The command computes natively unless it is told otherwise, and says what it did."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import table_of, write_table

FEW = ["--target", "price", "--epochs", 3, "--hidden", 8, "--quiet"]


@pytest.fixture
def runs(denpa, tmp_path):
    """The same training both ways."""
    table = write_table(tmp_path / "houses.csv")
    for backend in ("native", "eager"):
        done = denpa("train", table, *FEW, "--backend", backend, "--out", backend)
        assert done.code == 0, done.err
        assert done.err == ""
    return tmp_path


def record(folder):
    return json.loads((folder / "run.json").read_text())


def test_both_ways_lead_to_the_same_figures(runs):
    a, b = record(runs / "native"), record(runs / "eager")
    assert a["metrics"] == pytest.approx(b["metrics"], rel=1e-4)
    assert a["settings"].pop("backend") == a["speed"]["backend"] == "native"
    assert b["settings"].pop("backend") == b["speed"]["backend"] == "eager"
    assert a["settings"] == b["settings"]
    assert a["speed"]["steps"] == b["speed"]["steps"] > 0
    assert a["speed"]["steps_per_second"] > 0
    assert a["speed"]["compile_seconds"] > b["speed"]["compile_seconds"] == 0


def test_native_is_the_default_and_a_run_goes_on_as_it_began(denpa, runs):
    done = denpa("train", runs / "houses.csv", *FEW[:-1], "--out", "default")
    assert "trained natively: 9 steps" in done.out
    assert record(runs / "default")["metrics"] == record(runs / "native")["metrics"]
    done = denpa("train", "--resume", "eager", "--backend", "native")
    assert done.code == 2
    assert "the run was started with --backend eager, not native" in done.err
    done = denpa("train", "--resume", "eager", "--epochs", 5)
    assert done.code == 0
    assert "trained eagerly: 6 steps" in done.out


def test_explain_compile_shows_the_program_once(denpa, runs):
    table = runs / "houses.csv"
    done = denpa("train", table, *FEW[:-1], "--explain-compile", "--out", "a", "--ensemble", 2)
    assert done.code == 0, done.err
    assert done.out.index("kernels") < done.out.index("epoch 2/3")
    second = done.out[done.out.index("network 2 of 2") :]
    assert "kernels" not in second
    done = denpa("train", table, *FEW[:-1], "--explain-compile", "--backend", "eager", "--out", "b")
    assert "nothing was compiled: this training runs eagerly" in done.out
    done = denpa("train", table, *FEW[:-1], "--explain-compile", "--json", "--out", "c")
    assert done.json["epochs"] == 3


@pytest.mark.parametrize("command", ["train", "evaluate", "predict"])
def test_a_backend_that_there_is_not(denpa, runs, command):
    done = denpa(command, *(["houses.csv"] if command == "train" else ["native", "houses.csv"]),
                 "--backend", "natve")  # fmt: skip
    assert done.code == 2
    assert "native, eager" in done.err
    assert "Did you mean 'native'?" in done.err


def test_evaluate_and_predict_both_ways(denpa, runs):
    new = write_table(runs / "many.csv", n=4500, seed=3)  # so many that it pays to compile
    found = []
    for backend in ("native", "eager"):
        judged = denpa("evaluate", "native", new, "--backend", backend, "--json").json
        done = denpa("predict", "native", new, "--backend", backend, "-o", f"{backend}.csv")
        assert done.code == 0, done.err
        rows = table_of(runs / f"{backend}.csv")
        found.append((judged, [float(r["prediction"]) for r in rows]))
    (a, p), (b, q) = found
    assert a["data_rmse"] == pytest.approx(b["data_rmse"], rel=1e-5)
    assert len(p) == 4500
    assert p == pytest.approx(q, rel=1e-4)
