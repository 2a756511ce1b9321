"""`denpa train` says what its result is worth, and where in the user's file the mistakes stand."""

from __future__ import annotations

import csv
import gzip
import json
import re

import numpy as np
import pytest
from PIL import Image

from denpa.data import split
from denpa.runs import load
from tests.cli.conftest import write_flowers, write_pictures, write_table


def write_frauds(path, n=1000, frauds=40):
    """Features that tell nothing of the class."""
    rng = np.random.default_rng(0)
    bad = set(rng.permutation(n)[:frauds].tolist())
    lines = ["amount,hour,kind"]
    for i in range(n):
        amount, hour = rng.uniform(1, 100), rng.uniform(0, 24)
        lines.append(f"{amount:.3f},{hour:.3f},{'fraud' if i in bad else 'ok'}")
    path.write_text("\n".join(lines) + "\n")
    return path


def page_of(folder):
    return (folder / "report.html").read_text("utf-8")


def test_no_fraud_found_does_not_look_like_success(denpa, tmp_path):
    table = write_frauds(tmp_path / "cards.csv")
    done = denpa("train", table, "--target", "kind", "--epochs", "8", "--out", "run", "--quiet")
    assert done.code == 0, done.err
    assert "test_accuracy   96.00%" in done.out
    assert (
        "baseline: no better than the baseline. The network is right in 192 of 200 rows (96%); "
        "always answering “ok”, the most frequent class in training, in 192 (96%)." in done.out
    )
    assert "classes: never found: “fraud”. Of 8 rows of “fraud”, none found; " in done.out
    assert "remedy: what can be done. More rows of the rare classes help most." in done.out
    assert "the column p(fraud) of denpa predict" in done.out
    worth = json.loads((tmp_path / "run/run.json").read_text())["worth"]
    assert (worth["baseline"], worth["verdict"], worth["failed"]) == ("ok", "equal", True)
    assert worth["classes"][0] == {
        "name": "fraud", "rows": 8, "found": 0, "answered": 0, "recall": 0.0, "precision": None,
    }  # fmt: skip
    page = page_of(tmp_path / "run")
    assert '<div class="lead bad"><dt>Test accuracy</dt><dd>96%' in page
    assert "baseline 96%" in page
    assert page.count('class="alarm" role="alert"') == 2
    assert "no better than the baseline" in page
    assert "never found: “fraud”" in page
    again = denpa("evaluate", "run", table)
    assert "baseline: no better than the baseline." in again.out
    assert "Of 40 rows of “fraud”, none found; the network never gave this answer." in again.out
    assert denpa("evaluate", "run", "--json").json["worth"]["never_found"] == ["fraud"]
    # New data are held against what training suggested, not against themselves.
    lines = table.read_text().splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([lines[0], *(x for x in lines if x.endswith("fraud"))]) + "\n")
    found = denpa("evaluate", "run", bad, "--json").json["worth"]
    assert (found["baseline"], found["baseline_score"], found["rows"]) == ("ok", 0.0, 40)


def test_in_japanese_too(denpa, tmp_path):
    table = write_frauds(tmp_path / "cards.csv")
    denpa("train", table, "--target", "kind", "--epochs", "8", "--out", "run", "--lang", "ja")
    page = page_of(tmp_path / "run")
    for words in ("ベースラインと変わらない", "一度も見つからなかったクラス: 「fraud」",
                  "8 例中 1 例も発見できず", "ベースライン 96%", "適合率"):  # fmt: skip
        assert words in page, words


def test_a_regression_worse_than_the_mean(denpa, tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "noise.npz", x=rng.normal(size=(150, 20)), y=rng.normal(100, 10, 150))
    done = denpa("train", "noise.npz", "--epochs", "200", "--validation", "0", "--lr", "0.003",
                 "--hidden", "32", "--out", "run", "--json")  # fmt: skip
    assert done.code == 0, done.err
    found = done.json
    assert found["test_r2"] < -0.1
    worth = found["worth"]
    assert (worth["verdict"], worth["metric"], worth["failed"]) == ("worse", "rmse", True)
    assert worth["score"] == found["test_rmse"]
    # The mean of the training part, judged on the test part.
    page = page_of(tmp_path / "run")
    assert "worse than the baseline" in page
    assert "always predicting" in page
    # A training loss that falls is no reason to train longer.
    assert worth["convergence"]["column"] == "train_loss"
    assert worth["convergence"]["improving"] is True
    assert "validation rows would show" in page
    assert "still improving" not in page


def test_a_regression_that_learns(denpa, tmp_path):
    table = write_table(tmp_path / "houses.csv")
    done = denpa("train", table, "--target", "price", "--epochs", "150", "--hidden", "32", "--lr",
                 "0.01", "--out", "run")  # fmt: skip
    assert "baseline: better than the baseline. The network's RMSE on 24 rows is " in done.out
    page = page_of(tmp_path / "run")
    assert '<div class="lead"><dt>Test RMSE' in page
    # A loss of 0.02 beside an RMSE of 5,000: they are in different units, and it is said.
    assert "losses: in standard units. " in done.out
    assert "<dt>Test loss</dt><dd>" in page
    assert "<small>in standard units</small>" in page
    assert "loss per example, target in standard units" in page
    assert "losses: in standard units. " in denpa("evaluate", "run", table).out
    assert "<h2>Largest errors</h2>" in page
    assert "most sure" not in page
    worth = json.loads((tmp_path / "run/run.json").read_text())["worth"]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    prices = np.array([float(r["price"]) for r in rows])
    learnt, _, test = split(prices, "regression", (0.1, 0.2), 0)
    mean = prices[learnt].mean()
    assert worth["baseline"] == pytest.approx(mean, rel=1e-6)
    assert worth["baseline_score"] == pytest.approx(
        np.sqrt(np.mean((prices[test] - mean) ** 2)), rel=1e-6
    )
    # R² of the network and the two scores tell the same, up to the mean they are measured from.
    metrics = json.loads((tmp_path / "run/run.json").read_text())["metrics"]
    assert 1 - (worth["score"] / worth["baseline_score"]) ** 2 == pytest.approx(
        metrics["test_r2"], abs=0.02
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--epochs", "4", "--lr", "0.0003"), "convergence: still improving. The validation loss"),
        (("--epochs", "4", "--lr", "0.0003"), "train longer, with --epochs 8."),
        (("--epochs", "80", "--lr", "0.05", "--hidden", "4", "--weight-decay", "0.1"),
         "convergence: settled. The validation loss was not clearly falling any more at the end: "),
        (("--epochs", "30", "--lr", "0.003"),
         "but the validation accuracy is no better than before (100%, then 100%)"),
        (("--epochs", "1"), "convergence: one epoch only."),
        (("--epochs", "4", "--lr", "0.0003", "--ensemble", "2"), "convergence: still improving."),
    ],
)  # fmt: skip
def test_whether_it_was_still_improving(denpa, tmp_path, options, words):
    table = write_flowers(tmp_path / "flowers.csv", 200)
    done = denpa("train", table, "--target", "kind", "--out", "run", *options)
    assert done.code == 0, done.err
    assert words in done.out


def test_learning_by_heart_is_not_called_settled(denpa, tmp_path):
    rng = np.random.default_rng(0)
    lines = ["a,b,c,d,e,kind"]
    for row in rng.normal(size=(300, 5)):
        kind = "yes" if row[0] + rng.normal() > 0 else "no"
        lines.append(",".join([*(f"{v:.3f}" for v in row), kind]))
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    done = denpa("train", "t.csv", "--target", "kind", "--epochs", "60", "--lr", "0.01", "--out",
                 "run")  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "run/history.csv").read_text().splitlines()))
    losses = [float(r["val_loss"]) for r in rows]
    best = losses.index(min(losses)) + 1
    said = (
        f"convergence: memorising. The validation loss was best in epoch {best} of 60 "
        f"({min(losses):.4g}) and has risen since ({losses[-1]:.4g} in the last)"
    )
    assert said in done.out
    # The weights of the best epoch are what is kept.
    validated = denpa("train", "t.csv", "--target", "kind", "--epochs", str(best), "--lr", "0.01",
                      "--out", "short", "--json").json  # fmt: skip
    assert json.loads((tmp_path / "run/run.json").read_text())["metrics"] == {
        k: v for k, v in validated.items() if k.startswith(("test_", "val_"))
    }
    stopped = denpa("train", "t.csv", "--target", "kind", "--epochs", "60", "--lr", "0.01",
                    "--patience", "7", "--out", "early", "--json").json  # fmt: skip
    assert (stopped["epochs"], stopped["best_epoch"]) == (best + 7, best)


def test_the_gradient_line_is_in_the_language_of_the_report(denpa, tmp_path):
    table = write_flowers(tmp_path / "flowers.csv")
    said = {
        "en": r"(\d+) of 642 gradients checked against numeric ones; the largest",
        "ja": r"642 個の勾配のうち (\d+) 個を数値微分と照合。相対誤差の最大値は",
    }
    for lang, words in said.items():
        denpa("train", table, "--target", "kind", "--epochs", "1", "--out", lang, "--lang", lang)
        found = re.search(words, page_of(tmp_path / lang))
        assert found, lang
        check = json.loads((tmp_path / lang / "run.json").read_text())["gradient_check"]
        assert int(found[1]) == check["checked"]
    assert "checked against" not in page_of(tmp_path / "ja")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--test", "0"), "These rows chose the best epoch: a test part is fairer (--test 0.1)."),
        (("--test", "0", "--validation", "0"), "These rows were learnt by heart"),
    ],
)
def test_the_part_that_is_judged_is_said(denpa, tmp_path, options, words):
    table = write_flowers(tmp_path / "flowers.csv")
    done = denpa("train", table, "--target", "kind", "--epochs", "3", "--out", "run", *options)
    assert words in done.out
    assert words in denpa("evaluate", "run").out


def mistakes_of(page):
    """The rows of the table of mistakes, as text."""
    part = page.split('<section id="mistakes">')[1].split("</section>")[0]
    heads = re.findall(r"<th [^>]*>(.*?)</th>", part)
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
            for row in re.findall(r"<tr>(.*?)</tr>", part, re.S)]  # fmt: skip
    return heads, [r for r in rows if r]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".csv.gz"])
def test_a_mistake_names_the_line_of_the_file(denpa, tmp_path, ending):
    sep = "\t" if ending == ".tsv" else ","
    rng = np.random.default_rng(3)
    lines = [sep.join(["mark", "other", "note", "y"])]
    at = {}  # mark: line, the header being line 1
    for i in range(200):
        note = ['"two\nlines"', '"a ""word"""', "plain"][i % 3]
        other = "" if i % 7 == 0 else f"{rng.normal():.3f}"  # left out by --missing drop
        at[str(1000 + i)] = len("\n".join(lines).split("\n")) + 1
        lines.append(sep.join([str(1000 + i), other, note, f"{rng.normal():.4f}"]))
        if i % 11 == 0:
            lines.append("")
    path = tmp_path / f"t{ending}"
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if ending.endswith("gz") else text.encode())
    for seed in ("0", "1"):
        done = denpa("train", path, "--target", "y", "--missing", "drop", "--epochs", "2", "--out",
                     "run", "--overwrite", "--seed", seed)  # fmt: skip
        assert done.code == 0, done.err
        heads, rows = mistakes_of(page_of(tmp_path / "run"))
        assert heads[0] == "Line"
        assert len(rows) == 12
        column = heads.index("mark")
        for row in rows:
            mark = row[column].replace(",", "")
            assert int(row[0]) == at[mark]
            assert text.split("\n")[int(row[0]) - 1].startswith(mark)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_mistake_names_the_index_of_the_array(denpa, tmp_path, seed):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(150, 2)), rng.normal(size=150)
    x[::9, 1] = np.nan
    x[:, 0] = np.arange(150)
    np.savez(tmp_path / "t.npz", x=x, y=y)
    denpa("train", "t.npz", "--missing", "drop", "--epochs", "2", "--out", "run", "--seed", seed)
    heads, rows = mistakes_of(page_of(tmp_path / "run"))
    assert heads[0] == "Index"
    assert heads.index("x0") == 4
    for row in rows:
        assert row[0] == row[4]
        assert y[int(row[0])] == pytest.approx(float(row[1]), rel=1e-3)


def test_a_mistake_names_the_picture(denpa, tmp_path):
    photos = write_pictures(tmp_path / "photos", 30)
    done = denpa("train", photos, "--epochs", "1", "--lr", "1e-9", "--test", "0.5", "--out", "run")
    assert done.code == 0, done.err
    part = page_of(tmp_path / "run").split('<section id="mistakes">')[1].split("</section>")[0]
    cards = re.findall(r'alt="(\w+) → (\w+)".*?File (\w+)/(\d\d)\.png</small>', part)
    assert cards
    for true, predicted, folder, _ in cards:
        assert folder == true != predicted
    found = load("run").evaluate().mistakes()
    assert [m.row for m in found] == [f"{folder}/{number}.png" for _, _, folder, number in cards]
    for mistake in found:
        shown = np.asarray(Image.open(photos / mistake.row)) / 255
        np.testing.assert_allclose(mistake.image, shown, atol=1e-6)
