"""`denpa train`: what it finds, says, writes, and how it goes on."""

from __future__ import annotations

import json
import os
import re

import numpy as np
import pytest

from tests.cli.conftest import table_of, write_flowers, write_pictures, write_table

QUICK = ("--hidden", "16", "--epochs", "2")


def test_digits_leave_a_whole_run_folder(denpa, tmp_path):
    done = denpa("train", "digits", *QUICK, "--out", "run", "--seed", "3")
    assert done.code == 0, done.err
    assert done.err == ""
    assert "data: digits, 1,797 images of 8 x 8 pixels, 1 channel" in done.out
    assert "task: classification: the digits 0 to 9" in done.out
    assert "parts: train 1,258, validation 180, test 359" in done.out
    assert "network: mlp 64 - 16 - 10, relu" in done.out
    assert (
        "training: cross-entropy, adam, learning rate 0.001, 2 epochs in batches of 32" in done.out
    )
    assert "checked against numeric ones, largest relative error" in done.out
    assert "epoch 2/2 · loss" in done.out
    run = tmp_path / "run"
    assert sorted(p.name for p in run.iterdir()) == [
        "checkpoint.safetensors", "history.csv", "model.safetensors", "report.html", "run.json",
    ]  # fmt: skip
    record = json.loads((run / "run.json").read_text())
    assert record["status"] == record["reason"] == "finished"
    assert record["settings"]["hidden"] == [16]
    assert record["settings"]["epochs"] == 2
    assert record["seeds"] == {"split": 3, "networks": [3]}
    assert record["command"] == f"denpa train digits {' '.join(QUICK)} --out run --seed 3"
    assert set(record["versions"]) == {"denpa", "numpy", "python", "platform"}
    assert len(record["data"]["sha256"]) == 64
    assert record["parameters"] == 64 * 16 + 16 + 16 * 10 + 10
    assert record["gradient_check"]["ok"] is True
    assert 0.3 < record["metrics"]["test_accuracy"] <= 1
    assert record["metrics"]["test_loss"] > 0
    rows = table_of(run / "history.csv")
    assert [r["epoch"] for r in rows] == ["1", "2"]
    assert set(rows[0]) == {
        "epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate",
        "seconds",
    }  # fmt: skip
    page = (run / "report.html").read_text("utf-8")
    assert "https://" not in page.replace("https://www.w3.org", "")
    for part in ("Confusion matrix", "mistakes", "Activations", "Gradients", "linear1"):
        assert part in page, part


def test_json_is_one_document_and_nothing_else(denpa):
    done = denpa("train", "digits", *QUICK, "--out", "run", "--json")
    assert done.code == 0
    assert done.err == ""
    found = done.json
    assert found["run"] == "run"
    assert found["task"] == "classification"
    again = denpa("evaluate", "run", "--json").json
    assert again["test_accuracy"] == found["test_accuracy"]
    assert np.sum(again["confusion"]) == again["examples"] == found["parts"]["test"]


def test_quiet_shows_the_result_alone(denpa):
    done = denpa("train", "digits", *QUICK, "--out", "run", "--quiet")
    assert "epoch 1/2" not in done.out
    assert "test_accuracy" in done.out


def test_the_default_folder_is_named_by_data_and_time(denpa, tmp_path):
    assert (
        denpa("train", write_flowers(tmp_path / "kinds.csv"), "--target", "kind", *QUICK).code == 0
    )
    (run,) = (tmp_path / "runs").iterdir()
    assert run.name.startswith("kinds-20")


def test_a_regression_is_found_and_learnt(denpa, tmp_path):
    table = write_table(tmp_path / "houses.csv")
    done = denpa("train", table, "--target", "price", "--epochs", "150", "--hidden", "32",
                 "--lr", "0.01", "--out", "run")  # fmt: skip
    assert done.code == 0, done.err
    assert "task: regression: 'price' holds numbers, " in done.out
    assert "note: column 'town' holds text: 2 one-hot columns" in done.out
    metrics = json.loads((tmp_path / "run/run.json").read_text())["metrics"]
    assert metrics["test_r2"] > 0.98
    # In the unit of the price, which has a standard deviation near 28,000.
    assert 0 < metrics["test_rmse"] < 4000
    # The loss is that of the standardised target: (rmse / scale)².
    network = json.loads((tmp_path / "run/run.json").read_text())["network"]
    scale = network["rescale"][1][0]
    assert metrics["test_loss"] == pytest.approx((metrics["test_rmse"] / scale) ** 2, rel=1e-4)
    assert "price" in (tmp_path / "run/report.html").read_text("utf-8")


def test_standardisation_is_fitted_on_the_training_part_alone(denpa, tmp_path):
    from denpa.data import read, split

    table = write_table(tmp_path / "houses.csv")
    denpa("train", table, "--target", "price", *QUICK, "--out", "run", "--seed", "5")
    data = read(table, target="price")
    rows, _, _ = split(data.y, "regression", (0.1, 0.2), 5)
    spec = json.loads((tmp_path / "run/run.json").read_text())["network"]
    np.testing.assert_allclose(
        spec["standardize"][0], data.x[rows].astype(float).mean(0), rtol=1e-6
    )
    np.testing.assert_allclose(spec["rescale"][1], data.y[rows].astype(float).std(0), rtol=1e-6)


def test_a_classification_of_a_table(denpa, tmp_path):
    table = write_flowers(tmp_path / "flowers.csv")
    done = denpa("train", table, "--target", "kind", "--epochs", "60", "--lr", "0.02",
                 "--out", "run", "--lang", "ja", "--patience", "50", "--json")  # fmt: skip
    assert done.code == 0, done.err
    assert done.json["test_accuracy"] == 1.0
    assert "混同行列" in (tmp_path / "run/report.html").read_text("utf-8")


def test_a_folder_of_pictures_and_a_cnn(denpa, tmp_path):
    photos = write_pictures(tmp_path / "photos")
    done = denpa("train", photos, "--model", "cnn", "--channels", "4", "--hidden", "none",
                 "--epochs", "12", "--lr", "0.01", "--augment", "noise=0.05", "--out", "run",
                 "--batch-norm", "--json")  # fmt: skip
    assert done.code == 0, done.err
    assert done.json["test_accuracy"] == 1.0
    assert denpa("evaluate", "run", "photos", "--json").json["data_accuracy"] == 1.0


@pytest.mark.parametrize(
    "options",
    [
        ("--optimizer", "momentum", "--schedule", "cosine", "--warmup", "1"),
        ("--optimizer", "nesterov", "--schedule", "onecycle", "--lr", "0.05"),
        ("--optimizer", "rmsprop", "--momentum", "0.5", "--schedule", "plateau"),
        ("--optimizer", "adadelta", "--schedule", "exponential", "--weight-decay", "1e-4"),
        ("--optimizer", "adagrad", "--schedule", "step", "--l1", "1e-5", "--l2", "1e-4"),
        ("--optimizer", "adamw", "--schedule", "exponential", "--clip", "1", "--anomaly"),
        ("--optimizer", "sgd", "--warmup", "2", "--label-noise", "0.1", "--label-smoothing", "0.1"),
        ("--dropout", "0.2", "--dropout-scale", "prediction", "--activation", "tanh"),
        ("--validation", "0"),
        ("--test", "0"),
        ("--validation", "0", "--test", "0"),
        ("--ensemble", "2"),
    ],
)
def test_every_option_trains_and_can_be_judged_again(denpa, tmp_path, options):
    table = write_flowers(tmp_path / "flowers.csv")
    done = denpa("train", table, "--target", "kind", "--hidden", "8", "--epochs", "3",
                 "--out", "run", "--json", *options)  # fmt: skip
    assert done.code == 0, done.err
    again = denpa("evaluate", "run", "--json")
    assert again.code == 0, again.err
    part = "train" if options == ("--validation", "0", "--test", "0") else "test"
    part = "val" if options == ("--test", "0") else part
    assert again.json[f"{part}_accuracy"] == done.json[f"{part}_accuracy"]
    assert again.json[f"{part}_loss"] == pytest.approx(done.json[f"{part}_loss"], rel=1e-12)


def test_an_ensemble_averages_probabilities(denpa, tmp_path):
    from denpa.runs import load
    from denpa.runs.evaluation import probabilities
    from denpa.train.evaluation import predict

    table = write_flowers(tmp_path / "flowers.csv")
    denpa("train", table, "--target", "kind", "--hidden", "8", "--epochs", "3", "--out", "run",
          "--ensemble", "2")  # fmt: skip
    net = load("run").net
    x = np.array([[1.5, 0.5], [3.5, 0.5]], np.float32)
    members = [probabilities(predict(m, x)) for m in net.members]
    assert np.abs(members[0] - members[1]).max() > 1e-3
    mean = probabilities(predict(net, x))
    np.testing.assert_allclose(mean, (members[0] + members[1]) / 2, rtol=1e-5)
    rows = table_of(tmp_path / "run/history.csv")
    assert [r["member"] for r in rows] == ["1"] * 3 + ["2"] * 3


def test_training_that_diverges_says_what_to_do(denpa, tmp_path):
    table = write_table(tmp_path / "houses.csv")
    base = ("train", table, "--target", "price", "--optimizer", "sgd", "--lr", "1e20")
    done = denpa(*base, "--epochs", "3", "--out", "run")
    assert done.code == 2
    assert done.err == (
        "denpa: error: the loss became NaN or infinite in epoch 1 and no epoch was good before: "
        "lower the learning rate (--lr is 1e+20), clip the gradients (--clip 1), or find the op "
        "with --anomaly\n"
    )
    done = denpa(*base, "--epochs", "3", "--out", "run2", "--anomaly")
    assert done.code == 2
    assert len(done.err.splitlines()) == 1
    assert re.match(
        r"denpa: error: epoch \d+, batch \d+, forward pass, row \d+ of the training data "
        r"\(line \d+ of .*houses.csv\), .*made .* lower the learning rate",
        done.err,
    )
    assert "runpy" not in done.err  # the launcher's line
    assert not re.search(r"\w:\d+ {3}", done.err)


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        ("digits --lr 0", "--lr must be a number above 0, not '0'"),
        ("digits --lr fast", "--lr must be a number above 0, not 'fast'"),
        ("digits --lr nan", "--lr must be a number above 0, not 'nan'"),
        ("digits --dropout 1", "--dropout must be a number from 0 to below 1, not '1'"),
        ("digits --label-noise 2", "--label-noise must be a number from 0 to 1, not '2'"),
        ("digits --epochs 2.5", "--epochs must be a whole number 1 or more, not '2.5'"),
        ("digits --epochs 0", "--epochs must be a whole number 1 or more, not '0'"),
        ("digits --epochs", "--epochs needs a value"),
        ("digits --seed -1", "--seed must be a whole number from 0 to 9223372036854775807, "
         "not '-1'"),
        ("digits --optimizer adm", "--optimizer must be one of sgd, momentum, nesterov, adagrad, "
         "adadelta, rmsprop, adam, adamw, not 'adm'. Did you mean 'adam'?"),
        ("digits --model rnn", "--model must be one of mlp, cnn, not 'rnn'. Did you mean 'cnn'?"),
        ("digits --activation rleu", "--activation must be one of relu, leaky_relu, elu, gelu, "
         "silu, softplus, sigmoid, tanh, not 'rleu'. Did you mean 'relu'?"),
        ("digits --lang de", "--lang must be one of en, ja, not 'de'"),
        ("digits --hidden 12,x", "--hidden must be whole numbers of 1 or more, separated by "
         "commas (at most 100), not '12,x'"),
        ("digits --hidden 0", "--hidden must be whole numbers of 1 or more, separated by commas "
         "(at most 100), not '0'"),
        ("digits --augment shft=2", "--augment knows shift, rotate, noise (as in "
         "shift=2,rotate=10,noise=0.1), not 'shft'. Did you mean 'shift'?"),
        ("digits --augment rotate=-3", "--augment: rotate must be a number 0 or more, not '-3'"),
        ("digits --augment noise=1,noise=2", "--augment gives noise twice"),
        ("digits --channels 4", "--channels goes with --model cnn, not mlp"),
        ("digits --momentum 0.9", "--momentum goes with --optimizer momentum, nesterov, rmsprop, "
         "not adam"),
        ("digits --dropout-scale prediction", "--dropout-scale needs --dropout, the share of "
         "units to drop"),
        ("digits --warmup 2 --schedule plateau", "--warmup does not go with --schedule plateau"),
        ("digits --warmup 5 --epochs 5", "--warmup 5 must be below the 5 epochs of the "
         "run"),
        ("digits --validation 0.5 --test 0.5", "--validation 0.5 and --test 0.5 leave nothing to "
         "train on; their sum must be below 1"),
        ("digits --validation 0 --patience 3", "--patience watches the validation loss: give "
         "--validation above 0"),
        ("digits --target digit", "--target does not go with digits: its pictures and labels are "
         "fixed"),
        ("digits --loss mse", "--loss mse does not go with a classification; choose auto, "
         "cross-entropy (or --task regression)"),
        ("digits --model cnn --channels 4,4,4,4", "images of 8x8 are too small for 4 "
         "convolutions with pooling; give fewer channels or larger images"),
        ("digist", "digist: no such file or folder, and no named data set. Did you mean 'digits'?"),
        ("digits --epoch 3", "unknown argument '--epoch'. Did you mean '--epochs'? See denpa train "
         "--help"),
        ("", "name the data to train on: digits, mnist, or a file or folder of yours"),
        ("houses.csv --target prise", "houses.csv: no column 'prise' (--target). Did you mean "
         "'price'? The columns are 'area', 'town', 'price'."),
        ("houses.csv", "houses.csv: which column is to be predicted? Name it with "
         "--target; the columns are 'area', 'town', 'price'."),
        ("houses.csv --target price --model cnn", "--model cnn does not go with tables: it needs "
         "images or signals"),
        ("houses.csv --target price --augment noise=1", "--augment does not go with tables: it "
         "changes images"),
        ("houses.csv --target price --label-noise 0.1", "--label-noise does not go with a "
         "regression"),
        ("houses.csv --target price --loss cross-entropy", "--loss cross-entropy does not go with "
         "a regression; choose auto, mse, huber, l1"),
        ("houses.csv --target price --data-dir .", "--data-dir says where the files of mnist are; "
         "it does not go with houses.csv"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line_and_code_2(denpa, tmp_path, argv, text):
    write_table(tmp_path / "houses.csv")
    done = denpa("train", *argv.split())
    assert done.err == f"denpa: error: {text}\n"
    assert done.code == 2
    assert not (tmp_path / "runs").exists()


def test_missing_values_name_the_columns_and_the_remedy(denpa, tmp_path):
    table = write_table(tmp_path / "houses.csv")
    lines = table.read_text().splitlines()
    lines[3] = lines[3][lines[3].index(",") :]  # no area
    table.write_text("\n".join(lines) + "\n")
    done = denpa("train", table, "--target", "price")
    assert done.code == 2
    assert "missing values in 1 column of 120 rows: 'area' (1, first in line 4)" in done.err
    assert "--missing drop (leave those rows out) or --missing mean" in done.err
    for how in ("drop", "mean"):
        done = denpa("train", table, "--target", "price", "--missing", how, *QUICK, "--out", how)
        assert done.code == 0, done.err
        assert denpa("evaluate", how).code == 0


def test_data_without_targets(denpa, tmp_path):
    np.savez(tmp_path / "x.npz", x=np.eye(8))
    done = denpa("train", "x.npz")
    assert done.code == 2
    assert "x.npz: there is no target to learn from." in done.err


def test_mnist_files_that_are_not_there(denpa, tmp_path, monkeypatch):
    for name in ("DENPA_DATA", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("denpa.data.readers.sources.MNIST_MIRRORS", ())
    done = denpa("train", "mnist")
    assert done.code == 2
    assert "MNIST: the file train-images-idx3-ubyte (or train-images-idx3-ubyte.gz)" in done.err
    assert "--data-dir" in done.err


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_out_of_a_folder_are_followed_only_when_asked(denpa, tmp_path):
    write_pictures(tmp_path / "photos")
    (tmp_path / "elsewhere").mkdir()
    one = next((tmp_path / "photos").rglob("*.png"))
    (tmp_path / "elsewhere/one.png").write_bytes(one.read_bytes())
    inside = next(p for p in (tmp_path / "photos").iterdir() if p.is_dir())
    (inside / "link.png").symlink_to(tmp_path / "elsewhere/one.png")
    base = (
        "train",
        "photos",
        "--epochs",
        "1",
        "--hidden",
        "4",
        "--backend",
        "eager",
        "--out",
        "run",
    )
    done = denpa(*base)
    assert done.code == 2
    assert "--follow-links" in done.err
    assert denpa(*base, "--follow-links").code == 0
    assert "--follow-links" in denpa("evaluate", "run", "photos").err
    assert denpa("evaluate", "run", "photos", "--follow-links").code == 0
    assert denpa("predict", "run", "photos", "--follow-links").code == 0
