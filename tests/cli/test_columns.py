"""Which columns `denpa train` leaves out, and which it warns of."""

from __future__ import annotations

import json
import shlex

import numpy as np
import pytest

from denpa.core.wording import Wording, arguments, command_line
from denpa.data import DataError, possible_leaks, read
from denpa.runs.settings import Settings

pd = pytest.importorskip("pandas")
QUICK = ("--hidden", "8", "--epochs", "20", "--lr", "0.02", "--target", "y", "--overwrite")


def sorted_table(n=400):
    """Sorted by the target, as tables often are: the row number knows the answer, `a` hardly."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n)})
    frame["y"] = np.where(frame["a"] + rng.normal(size=n) > 0, "yes", "no")
    return frame.sort_values("y").reset_index(drop=True)


def test_a_shuffled_index_is_not_trained_on_and_not_missed(denpa, tmp_path):
    sorted_table().sample(frac=1, random_state=0).to_csv(tmp_path / "t.csv")
    done = denpa("train", "t.csv", "--out", "run", *QUICK)
    assert (done.code, done.err) == (0, "")
    assert "data: t, 400 rows, 2 features" in done.out
    assert "note: left out column 'Unnamed: 0': the name of an index and a different" in done.out
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["metrics"]["test_accuracy"] < 0.9  # the best rule is right in 75 %
    assert any("left out column 'Unnamed: 0'" in note for note in record["data"]["notes"])
    new = sorted_table(50).drop(columns="y")
    new.set_index(new.index + 7000).to_csv(tmp_path / "other.csv")
    new.to_csv(tmp_path / "none.csv", index=False)
    answers = [denpa("predict", "run", f"{name}.csv") for name in ("other", "none")]
    assert answers[0].code == 0, answers[0].err
    assert answers[0].out == answers[1].out
    assert len(answers[0].out.splitlines()) == 51


def test_keep_overrules_and_the_leak_is_named(denpa, tmp_path):
    sorted_table(3000).to_csv(tmp_path / "t.csv", index_label="id")
    done = denpa("train", "t.csv", "--out", "run", *QUICK, "--keep", "id")
    assert done.code == 0
    assert "3 features" in done.out
    assert "left out" not in done.out
    (warning,) = done.err.splitlines()
    assert warning.startswith("denpa: warning: column 'id' alone predicts 'y' almost perfectly (")
    assert "% right on rows held out): a leak, unless it is known before the target is" in warning
    assert "--drop id leaves it out" in warning
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["data"]["notes"][-1] in warning
    assert "alone predicts" in (tmp_path / "run/report.html").read_text("utf-8")
    assert record["settings"]["keep"] == ["id"]
    assert denpa("evaluate", "run").code == 0
    done = denpa("predict", "run", "t.csv")
    assert done.code == 0, done.err
    done = denpa("train", "--resume", "run", "--epochs", "21", "--keep", "id")
    assert done.code == 0, done.err


@pytest.mark.parametrize("header", ["", "Unnamed: 0"])
def test_a_column_without_a_name_can_be_kept(denpa, tmp_path, header):
    sorted_table(60).to_csv(tmp_path / "t.csv", index_label=header)
    done = denpa("train", "t.csv", "--out", "run", *QUICK, "--keep", "Unnamed: 0")
    assert done.code == 0, done.err
    assert "60 rows, 3 features" in done.out


def test_a_file_without_a_header(denpa, tmp_path):
    frame = sorted_table(120)
    frame.to_csv(tmp_path / "t.csv", index=False, header=False)
    done = denpa("train", "t.csv", "--target", "x3", "--out", "run", "--epochs", 2)
    assert done.code == 2
    assert "or pass --no-header, which names them x1 to x3" in done.err
    done = denpa("train", "t.csv", "--target", "x3", "--no-header", "--out", "run", "--epochs", 2)
    assert done.code == 0, done.err
    assert "data: t, 120 rows, 2 features" in done.out
    assert denpa("evaluate", "run").code == 0
    assert denpa("evaluate", "run", "t.csv").code == 0
    frame.drop(columns="y").to_csv(tmp_path / "new.csv", index=False, header=False)
    assert len(denpa("predict", "run", "new.csv").out.splitlines()) == 121
    done = denpa("train", "digits", "--no-header")
    assert "--no-header does not go with digits: its pictures and labels are fixed" in done.err


@pytest.mark.parametrize("name", ["Unnamed: 0", "x, y", 'a "b"', '"c"', "it's", "$HOME", "a,b,"])
def test_what_a_note_says_to_type_can_be_typed(name):
    """The hints name columns as a shell and the option read them."""
    for names in ([name], ["age", name, "x"]):
        line = command_line(Wording(arguments("drop", names)))
        _, word = shlex.split(line)
        assert Settings.from_values({"source": "t.csv", "drop": word}).drop == tuple(names)
    frame = sorted_table().assign(**{name: lambda t: (t["y"] == "yes") * 1.0})
    (leak,) = possible_leaks(read(frame, target="y"))
    frame[name] = [f"word {i}" for i in range(len(frame))]
    texts = [command_line(leak)]
    if name != "Unnamed: 0":
        with pytest.raises(DataError) as caught:
            read(frame, target="y")
        texts.append(caught.value.command_line)
    for text in texts:
        assert command_line(Wording(arguments("drop", [name]))) in text
