"""What the commands say of data that are not quite what they seem."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from denpa.cli.main import main, parser
from tests.cli.conftest import write_flowers, write_table

pd = pytest.importorskip("pandas")
QUICK = ("--hidden", "4", "--epochs", "1", "--quiet", "--out", "run")


@pytest.fixture
def run(denpa, tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"  # no two rows are equal
    lines = [f"{30 + k},{'Kyoto' if k % 3 else 'Tokyo'},{1000 * k}" for k in range(100)]
    path.write_text("\n".join(["area,town,price", *lines]) + "\n")
    assert denpa("train", path, "--target", "price", *QUICK).code == 0
    return path


def parts(folder: Path) -> dict[str, int]:
    return json.loads((folder / "run/run.json").read_text())["data"]["parts"]


def rows(path: Path, chosen: list[int], to: Path) -> Path:
    head, *lines = path.read_text().splitlines()
    to.write_text("\n".join([head, *(lines[i] for i in chosen)]) + "\n")
    return to


def test_the_training_file_is_known_again(denpa, run: Path, tmp_path: Path) -> None:
    trained = parts(tmp_path)["train"]
    found = denpa("evaluate", "run", run, "--json")
    assert found.json["trained_on"] == trained
    assert not [k for k in found.json if k.startswith("test_")]
    assert {"data_rmse", "data_loss", "data_r2", "data_mae"} < found.json.keys()
    assert (
        f"warning: {trained} of these 100 rows are rows that the network was trained on"
        in found.err
    )
    assert "These rows were learnt by heart" in denpa("evaluate", "run", run).out
    run.rename(tmp_path / "moved.csv")  # the SHA-256 alone tells
    assert denpa("evaluate", "run", "moved.csv", "--json").json["trained_on"] == trained


@pytest.mark.parametrize("n", [1, 30, 99])
def test_training_rows_among_others_are_counted(denpa, run: Path, tmp_path: Path, n: int) -> None:
    from denpa.runs import load
    from denpa.runs.rows import own_parts

    trained = load("run")
    train = own_parts(trained.record, trained.settings).train
    learnt = set(train.kept.tolist())
    chosen = np.random.default_rng(n).permutation(100)[:n].tolist()
    some = rows(run, chosen, tmp_path / "some.csv")
    new = write_table(tmp_path / "new.csv", 20, seed=9)
    some.write_text(some.read_text() + "".join(new.read_text().splitlines(keepends=True)[1:]))
    found = denpa("evaluate", "run", some, "--json").json
    assert (found["examples"], found["trained_on"]) == (n + 20, len(learnt & set(chosen)))


def test_new_rows_and_the_test_part_are_not_warned_of(denpa, run: Path, tmp_path: Path) -> None:
    from denpa.runs import load
    from denpa.runs.rows import own_parts

    new = write_table(tmp_path / "new.csv", 50, seed=5)
    trained = load("run")
    test = own_parts(trained.record, trained.settings).test
    part = rows(run, test.kept.tolist(), tmp_path / "part.csv")
    for path in (new, part):
        done = denpa("evaluate", "run", path, "--json")
        assert (done.json["trained_on"], done.err) == (0, "")
    own = denpa("evaluate", "run", "--json")
    assert (own.json["trained_on"], own.err) == (0, "")
    assert own.json["test_rmse"] == denpa("evaluate", "run", part, "--json").json["data_rmse"]
    run.unlink()
    assert denpa("evaluate", "run", new, "--json").json["trained_on"] is None


def test_equal_rows_of_a_table_of_few_values_are_no_training_rows(denpa, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("old", "new"):
        frame = pd.DataFrame(rng.integers(0, 3, (200, 2)), columns=["a", "b"])
        frame["y"] = np.where(frame["a"] + frame["b"] > 2, "p", "q")
        frame.to_csv(f"{name}.csv", index=False)
    assert denpa("train", "old.csv", "--target", "y", *QUICK).code == 0
    done = denpa("evaluate", "run", "new.csv", "--json")
    assert (done.json["trained_on"], done.err) == (0, "")


def commands() -> dict[str, list[str]]:
    """Each command with its own long options."""
    sub = next(a for a in parser()._actions if a.nargs == "A...")
    found = {}
    for name, command in sub.choices.items():
        found[name] = [o for a in command._actions for o in a.option_strings if o[:2] == "--"]
    return found


@pytest.mark.parametrize("name", ["train", "evaluate", "predict", "check"])
def test_options_that_are_suggested_exist(denpa, name: str) -> None:
    own = commands()
    for wrong in sorted({o for options in own.values() for o in options} - set(own[name])):
        words = {"evaluate": ["r"], "predict": ["r", "d"], "train": ["digits"]}.get(name, [])
        done = denpa(name, *words, wrong)
        assert done.code == 2, (name, wrong)
        if "Did you mean '" in done.err:
            meant = done.err.split("Did you mean '")[1].split("'")[0]
            assert meant in own[name]
            assert meant != wrong


@pytest.mark.parametrize(
    ("words", "never"),
    [
        (("evaluate", "r", "--batch-size", "3"), "--batch"),
        (("evaluate", "r", "--lang", "ja"), "--lr"),
        (("predict", "r", "d", "--droop", "a"), "--drop"),
    ],
)
def test_no_option_of_another_command_is_suggested(denpa, words, never: str) -> None:
    done = denpa(*words)
    assert f"unknown argument '{words[-2]}'" in done.err
    assert f"'{never}'" not in done.err
    assert f"See denpa {words[0]} --help" in done.err


def test_help_says_how_rows_are_counted_and_read(capsys) -> None:
    for name, words in (
        ("predict", ("'row' counts the rows below the header from 0", "with a header or without")),
        ("evaluate", ("header and form of dates included", "trained_on", "the share of each")),
        ("train", ("the share of each value", "evaluate know it from the run")),
    ):
        with pytest.raises(SystemExit):
            main([name, "--help"])
        shown = " ".join(capsys.readouterr().out.split())
        for word in words:
            assert word in shown


def test_fillings_are_in_the_notes_and_the_report(denpa, tmp_path: Path) -> None:
    path = write_flowers(tmp_path / "t.csv", 60)
    head, *lines = path.read_text().splitlines()
    for k in (4, 9, 40):
        lines[k] = "," + lines[k].split(",", 1)[1]
    path.write_text("\n".join([head, *lines]) + "\n")
    done = denpa("train", path, "--target", "kind", "--missing", "mean", "--hidden", "4",
                 "--epochs", "1", "--out", "run")  # fmt: skip
    said = "column 'length': 3 missing cells filled with the mean of the training part, "
    assert f"note: {said}" in done.out
    notes = json.loads((tmp_path / "run/run.json").read_text())["data"]["notes"]
    assert any(note.startswith(said) for note in notes)
    page = (tmp_path / "run/report.html").read_text("utf-8")
    assert "3 missing cells filled with the mean of the training part" in page
    new = rows(path, [9, 10], tmp_path / "new.csv")
    for command in ("predict", "evaluate"):
        done = denpa(command, "run", new)
        assert done.code == 0
        assert "warning: column 'length': 1 missing cell filled with the mean of the tr" in done.err


def test_the_command_names_a_column_of_groups(denpa, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    patient = rng.integers(0, 30, 200)  # 144 rows to train on
    frame = pd.DataFrame({"a": rng.normal(size=200), "patient": patient})
    frame["y"] = np.where(rng.random(30) < 0.5, "ill", "well")[patient]
    frame.to_csv("t.csv", index=False)
    done = denpa("train", "t.csv", "--target", "y", *QUICK)
    assert "warning: column 'patient' alone predicts 'y' almost perfectly (100.00%" in done.err
