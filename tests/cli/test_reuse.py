"""`denpa evaluate` and `denpa predict`: what a run folder is good for, and bad ones."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil

import numpy as np
import pytest

from denpa.data import digits, encode
from denpa.runs import load
from denpa.runs.evaluation import probabilities
from denpa.train.evaluation import predict
from tests.cli.conftest import edit_run, write_flowers, write_pictures, write_table


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three finished runs, made once and copied into each test's folder."""
    from denpa.cli.main import main

    base = tmp_path_factory.mktemp("runs")
    write_table(base / "houses.csv")
    write_flowers(base / "flowers.csv")
    quick = ["--hidden", "8", "--epochs", "2", "--quiet", "--json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(base)
        assert main(["train", "houses.csv", "--target", "price", "--out", "houses", *quick]) == 0
        assert main(["train", "flowers.csv", "--target", "kind", "--out", "flowers", *quick]) == 0
        assert main(["train", "digits", "--out", "digits8", *quick]) == 0
    return base


@pytest.fixture
def runs(made, denpa, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    for name in ("houses", "flowers"):  # the data moved with the folder
        file = tmp_path / name / "run.json"
        data = json.loads(file.read_text())["data"]
        edit_run(file, data={**data, "path": str(tmp_path / f"{name}.csv")})
    return tmp_path


def test_evaluate_repeats_the_figures_of_the_run(denpa, runs):
    for name, metric in (("houses", "test_rmse"), ("flowers", "test_accuracy")):
        record = json.loads((runs / name / "run.json").read_text())
        found = denpa("evaluate", name, "--json").json
        assert found[metric] == record["metrics"][metric]
        assert found["examples"] == record["data"]["parts"]["test"]


def test_evaluate_new_data(denpa, runs):
    write_table(runs / "more.csv", n=40, seed=7)
    found = denpa("evaluate", "houses", "more.csv", "--json").json
    run = load("houses")
    data = encode("more.csv", run.encoding)
    y = np.array([float(r["price"]) for r in rows_of(runs / "more.csv")])
    error = predict(run.net, data.x)[:, 0].astype(float) - y
    assert found["data_rmse"] == pytest.approx(np.sqrt(np.mean(error**2)), rel=1e-6)
    assert found["data_mae"] == pytest.approx(np.mean(np.abs(error)), rel=1e-6)
    assert found["data_r2"] == pytest.approx(1 - np.sum(error**2) / np.sum((y - y.mean()) ** 2))
    assert denpa("evaluate", "houses", "more.csv", "--target", "price").code == 0


def rows_of(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def test_predictions_keep_the_order_of_the_rows(denpa, runs):
    write_flowers(runs / "new.csv", n=30)
    lines = (runs / "new.csv").read_text().splitlines()
    order = np.random.default_rng(0).permutation(30)
    (runs / "mixed.csv").write_text("\n".join([lines[0], *(lines[1 + i] for i in order)]) + "\n")
    denpa("predict", "flowers", "new.csv", "-o", "a.csv")
    done = denpa("predict", "flowers", "mixed.csv", "-o", "b.csv")
    assert done.out == "30 predictions written to b.csv\n"
    a, b = rows_of(runs / "a.csv"), rows_of(runs / "b.csv")
    assert [r["row"] for r in b] == [str(i) for i in range(30)]
    keys = ("prediction", "p(setosa)", "p(virginica)")
    assert [[r[k] for k in keys] for r in b] == [[a[i][k] for k in keys] for i in order]
    run = load("flowers")
    p = probabilities(predict(run.net, encode("new.csv", run.encoding).x))
    found = np.array([[float(r["p(setosa)"]), float(r["p(virginica)"])] for r in a])
    np.testing.assert_allclose(found, p, rtol=1e-8)
    assert {r["prediction"] for r in a} <= {"setosa", "virginica"}


def test_predictions_go_to_standard_output_npz_and_parquet(denpa, runs):
    write_table(runs / "new.csv", n=5, seed=3, target=False)
    done = denpa("predict", "houses", "new.csv")
    lines = done.out.splitlines()
    assert lines[0] == "row,prediction"
    values = [float(line.split(",")[1]) for line in lines[1:]]
    assert len(values) == 5
    assert (
        denpa("predict", "houses", "new.csv", "--json").json["predictions"]["prediction"] == values
    )
    shown = denpa("predict", "houses", "new.csv", "-o", "p.npz", "--json").json
    assert shown == {"run": "houses", "data": "new.csv", "examples": 5, "output": "p.npz"}
    with np.load(runs / "p.npz", allow_pickle=False) as found:
        assert found["prediction"].tolist() == values
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    denpa("predict", "houses", "new.csv", "-o", "p.parquet")
    assert pd.read_parquet(runs / "p.parquet")["prediction"].tolist() == values


def test_pictures_are_predicted_by_name(denpa, tmp_path):
    photos = write_pictures(tmp_path / "photos")
    denpa("train", "photos", "--epochs", "2", "--hidden", "8", "--out", "run")
    done = denpa("predict", "run", photos / "left", "-o", "p.csv")
    assert done.code == 0, done.err
    assert [r["file"] for r in rows_of(tmp_path / "p.csv")] == [f"{k:02}.png" for k in range(12)]
    images = digits().x
    np.savez(tmp_path / "digits.npz", x=images)
    assert denpa("predict", "run", "digits.npz", "--json").json["examples"] == 1797


def test_rows_that_lack_a_value(denpa, runs):
    (runs / "gaps.csv").write_text("length,width\n1.5,0.2\n,0.3\n3.5,0.4\n")
    done = denpa("predict", "flowers", "gaps.csv")
    assert done.code == 2
    assert "missing values in 1 column of 3 rows: 'length' (1, first in line 3)" in done.err
    done = denpa("predict", "flowers", "gaps.csv", "--missing", "drop")
    assert [line.split(",")[0] for line in done.out.splitlines()] == ["row", "0", "2"]
    assert done.err.startswith("denpa: warning: rows that lack a value were left out")
    done = denpa("predict", "flowers", "gaps.csv", "--missing", "mean")
    assert len(done.out.splitlines()) == 4


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        ("evaluate nowhere", "nowhere: no such folder; give one that denpa train has written"),
        ("evaluate .", ". is not a run folder: it has no run.json; give one that denpa train has "
         "written"),
        ("evaluate flowers.csv", "flowers.csv is a file; give the folder of a run "
         "that denpa train has written"),
        ("evaluate flowers no.csv", "no.csv: no such file or folder"),
        ("evaluate flowers dgits", "dgits: no such file or folder, and no named data set. Did you "
         "mean 'digits'?"),
        ("evaluate flowers --target kind", "--target goes with DATA; the run's own test part has "
         "its target"),
        ("evaluate houses new.csv", "new.csv: there is no target 'price' to compare predictions "
         "with; use denpa predict for data without one"),
        ("predict flowers houses.csv", "houses.csv: lacks 2 columns that the model was trained on: "
         "'length', 'width'."),
        ("predict houses odd.csv", "odd.csv: column 'town' has 'Nara' in line 2, which did not "
         "occur in training"),
        ("predict digits8 small.npz", "small.npz: x has shape (3, 1, 4, 4); the model was trained "
         "on images of shape (N, 1, 8, 8)"),
        ("predict flowers digits", "digits: images of shape (1, 8, 8) (channels, height, width) "
         "do not fit this run, which was trained on table of shape (2,)"),
        ("predict flowers flowers.csv -o p.txt", "p.txt: predictions can be written to .csv, .npz, "
         ".parquet, not .txt"),
        ("predict flowers flowers.csv -o p", "p: predictions can be written to .csv, .npz, "
         ".parquet, not a name without an ending"),
        ("predict flowers flowers.csv -o no/p.csv", "no/p.csv: there is no folder 'no'; make it "
         "first"),
        ("predict flowers", "missing DATA. See denpa predict --help"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line_and_code_2(denpa, runs, argv, text):
    write_table(runs / "new.csv", n=5, target=False)
    (runs / "odd.csv").write_text("area,town\n50,Nara\n")
    np.savez(runs / "small.npz", x=np.zeros((3, 1, 4, 4), np.uint8) + 200)
    done = denpa(*argv.split())
    assert done.err.startswith(f"denpa: error: {text}")
    assert len(done.err.splitlines()) == 1
    assert done.out == ""
    assert done.code == 2


def test_a_run_folder_of_another_version(denpa, runs):
    edit_run(runs / "flowers/run.json", format=9, versions={"denpa": "3.0"})
    done = denpa("evaluate", "flowers")
    assert done.code == 2
    assert done.err == (
        "denpa: error: flowers was made by another version of Denpa (3.0, run format 9); this one "
        "reads format 3. Use that version, or train again\n"
    )


def test_a_run_that_has_not_finished(denpa, runs):
    edit_run(runs / "flowers/run.json", status="running")
    assert denpa("predict", "flowers", "flowers.csv").err == (
        "denpa: error: flowers holds a run that has not finished; continue it with denpa train "
        "--resume flowers\n"
    )


def test_damaged_files(denpa, runs):
    model = runs / "flowers/model.safetensors"
    whole = model.read_bytes()
    model.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = denpa("evaluate", "flowers")
    assert done.code == 2
    assert done.err == (
        "denpa: error: flowers/model.safetensors is damaged or was changed: its SHA-256 is not the "
        "one in run.json; copy the run folder again, or train again\n"
    )
    files = json.loads((runs / "flowers/run.json").read_text())["files"]
    for damage in (whole[:100], whole[:-4], b"", b"\xff" * 64):
        model.write_bytes(damage)
        digest = hashlib.sha256(damage).hexdigest()
        edit_run(runs / "flowers/run.json", files={**files, "model.safetensors": digest})
        done = denpa("evaluate", "flowers")
        assert done.code == 2
        assert done.err.startswith("denpa: error: flowers/model.safetensors is damaged (")
        assert len(done.err.splitlines()) == 1
    model.unlink()
    assert "flowers/model.safetensors is missing; copy the run" in denpa("evaluate", "flowers").err
    (runs / "flowers/run.json").write_text("{")
    assert "flowers/run.json is damaged (" in denpa("evaluate", "flowers").err
    (runs / "flowers/run.json").write_text("[]")
    assert (
        "run.json is not a file of Denpa's: it names no format" in denpa("evaluate", "flowers").err
    )


def test_data_that_changed_since_the_run(denpa, runs):
    write_table(runs / "houses.csv", seed=99)
    done = denpa("evaluate", "houses")
    assert done.code == 2
    assert (
        "houses.csv is not as it was when the run was made (the SHA-256 of its test part"
        in done.err
    )
    assert "name data to judge on: denpa evaluate houses DATA" in done.err
    (runs / "houses.csv").unlink()
    assert "no such file or folder" in denpa("evaluate", "houses").err
