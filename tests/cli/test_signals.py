"""`--signal`: arrays (N, channels, length) through training, judgement and prediction."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.data.test_messages import waves


@pytest.mark.parametrize("model", [("--hidden", "32"), ("--model", "cnn", "--channels", "8,8")])
@pytest.mark.parametrize("backend", ["native", "eager"])
def test_signals_are_learnt_by_channel(denpa, tmp_path, model, backend):
    x, y = waves(300)
    np.savez(tmp_path / "t.npz", x=x, y=y)
    done = denpa("train", "t.npz", "--signal", "--epochs", 30, "--lr", 0.01, "--out", "run",
                 "--backend", backend, *model)  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert "data: t, 300 signals of 2 channels, length 24" in done.out
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["metrics"]["test_accuracy"] > 0.9
    mean, scale = (np.array(v) for v in record["network"]["standardize"])
    assert mean.shape == scale.shape == (2, 1)
    # Of the training part by channel: near the law's 20 / √2 and 1e-3.
    np.testing.assert_allclose(scale[:, 0], [20 / 2**0.5, 1e-3], rtol=0.1)
    np.savez(tmp_path / "new.npz", x=x[:9])
    done = denpa("predict", "run", "new.npz", "--json")
    assert done.code == 0, done.err
    assert [int(p) for p in done.json["predictions"]["prediction"]] == y[:9].tolist()
    again = denpa("evaluate", "run", "--json").json
    assert again["test_accuracy"] == record["metrics"]["test_accuracy"]


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (("t.npz", "--augment", "noise=1"), "--augment does not go with signals: it changes"),
        (("digits",), "--signal does not go with digits: its pictures and labels are fixed"),
        (
            ("t.npz", "--model", "cnn", "--channels", "2,2,2,2,2"),
            "signals of length 24 are too small for 5 convolutions with pooling; give fewer "
            "channels or longer signals",
        ),
    ],
)
def test_mistakes(denpa, tmp_path, argv, text):
    x, y = waves()
    np.savez(tmp_path / "t.npz", x=x, y=y)
    done = denpa("train", *argv, "--signal")
    assert done.code == 2
    assert text in done.err


def test_without_the_option_it_is_said(denpa, tmp_path):
    x, y = waves()
    np.savez(tmp_path / "t.npz", x=x, y=y)
    done = denpa("train", "t.npz", "--epochs", 1, "--out", "run", "--hidden", 4)
    assert "note: x (90, 2, 24) is taken as grey pictures of 2 x 24 pixels; if it is 2" in done.out
