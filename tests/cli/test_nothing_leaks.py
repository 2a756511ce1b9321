"""What is fitted is fitted to the training part: other rows may be anything, the model stays the
same to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from denpa import data
from denpa.data import read, split
from denpa.runs.settings import options

pd = pytest.importorskip("pandas")

QUICK = ("--hidden", "4", "--batch-size", "16", "--backend", "eager")
SHARES = (0.1, 0.2)

TABLES = {
    "mean": ("--missing", "mean"),
    "drop": ("--missing", "drop"),
    "kept row numbers": ("--missing", "mean", "--keep", "id"),
    "dropped column": ("--missing", "mean", "--drop", "town,size"),
    "seed": ("--missing", "drop", "--seed", "7"),
    "network": ("--missing", "mean", "--batch-norm", "--dropout", "0.3", "--activation", "tanh"),
    "training": ("--missing", "mean", "--optimizer", "adamw", "--schedule", "cosine", "--clip", "1",
                 "--l1", "1e-4", "--l2", "1e-4", "--warmup", "1", "--epochs", "3"),
    "ensemble": ("--missing", "mean", "--ensemble", "2"),
    "native": ("--missing", "mean", "--backend", "native"),
    "early stopping": ("--missing", "mean", "--patience", "1", "--epochs", "3"),
    "plateau": ("--missing", "mean", "--schedule", "plateau", "--epochs", "3"),
}  # fmt: skip
CLASSES_ONLY = {
    "label noise": ("--missing", "mean", "--label-noise", "0.2", "--label-smoothing", "0.1"),
    "task": ("--missing", "drop", "--task", "classification", "--classes", "no,yes"),
}
VALUES_ONLY = {
    "huber": ("--missing", "mean", "--loss", "huber"),
    "task": ("--missing", "drop", "--task", "regression"),
}
IMAGES = {
    "pixels": (),
    "augment": ("--augment", "shift=1,rotate=5,noise=0.1"),
    "cnn": ("--model", "cnn", "--channels", "2"),
    "drop": ("--missing", "drop"),
    "signal": ("--signal",),
    "signal cnn": ("--signal", "--model", "cnn", "--channels", "2"),
}
NOT_FITTED = {
    "target": "names a column",
    "data_dir": "names a folder",
    "follow_links": "says what may be opened",
    "no_header": "says how the file is written",
    "validation": "the shares are given",
    "test": "the shares are given",
    "image_size": "given, and without it in the test of picture files",
    "dropout_scale": "of the network, as dropout",
    "lr": "given",
    "momentum": "given",
    "weight_decay": "given",
    "anomaly": "looks on",
}


def test_no_option_is_forgotten():
    used = " ".join(" ".join(v) for d in (TABLES, CLASSES_ONLY, VALUES_ONLY, IMAGES)
                    for v in d.values()) + " " + " ".join((*QUICK, "--epochs"))  # fmt: skip
    for name in options():
        assert ("--" + name.replace("_", "-") in used.split()) != (name in NOT_FITTED), name


def table(task: str) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    n = 120
    frame = pd.DataFrame(
        {
            "id": rng.permutation(n),
            "area": rng.normal(50, 10, n).round(2),
            "town": rng.choice(["Kyoto", "Nara", "Osaka"], n),
            "built": pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 9000, n), "D"),
            "size": rng.choice([1, 2, 3], n).astype(float),
            "always": "JP",
            "same": 1.0,
        }
    )
    if task == "classification":
        frame["y"] = np.where(frame["area"] + 3 * rng.normal(size=n) > 50, "yes", "no")
    else:
        frame["y"] = 2 * frame["area"] + rng.normal(size=n)
    # Every part lacks some values from the start.
    frame.loc[rng.random(n) < 0.15, "area"] = np.nan
    frame.loc[rng.random(n) < 0.1, "town"] = None
    return frame


def spoil(frame: pd.DataFrame, rows: np.ndarray, task: str, gaps: bool) -> pd.DataFrame:
    """The same table, but for these rows: outliers, gaps, new words, other days, other targets."""
    rng = np.random.default_rng(1)
    frame = frame.copy()
    for name, values in {
        "id": rng.choice([3, 4], len(rows)),
        "area": np.where(rng.random(len(rows)) < 0.4, np.nan, 1e6 * rng.normal(size=len(rows))),
        "town": rng.choice(["Kyoto", "Edo", "Paris", None], len(rows)),
        "built": pd.Timestamp("1900-01-01") + pd.to_timedelta(rng.integers(0, 99, len(rows)), "D"),
        "size": np.where(rng.random(len(rows)) < 0.3, np.nan, rng.normal(size=len(rows))),
        "always": rng.choice(["JP", "FR"], len(rows)),
        "same": rng.normal(size=len(rows)),
    }.items():
        frame.loc[rows, name] = values
    if task == "regression":
        y = 1e5 * rng.normal(size=len(rows))
        frame.loc[rows, "y"] = np.where(gaps & (rng.random(len(rows)) < 0.2), np.nan, y)
    return frame


def parts_of(frame: pd.DataFrame, task: str, seed: int) -> tuple[np.ndarray, ...]:
    # Which rows are held out is a function of the seed, and of the classes: stratified.
    y = frame["y"].to_numpy()
    return split(np.unique(y, return_inverse=True)[1], task, SHARES, seed)


CASES = [
    *[(task, name, argv) for task in ("classification", "regression")
      for name, argv in TABLES.items()],
    *[("classification", name, argv) for name, argv in CLASSES_ONLY.items()],
    *[("regression", name, argv) for name, argv in VALUES_ONLY.items()],
]  # fmt: skip
WATCHING = ("early stopping", "plateau")  # what validation says is what they are for


@pytest.mark.parametrize(("task", "name", "argv"), CASES, ids=[f"{t}-{n}" for t, n, _ in CASES])
def test_rows_outside_the_training_part_leave_the_model_alone(denpa, tmp_path, task, name, argv):
    seed = 7 if "--seed" in argv else 0
    frame = table(task)
    train, validation, test = parts_of(frame, task, seed)

    def model(rows: np.ndarray, epochs: int) -> bytes:
        path = tmp_path / "t.csv"
        spoiled = spoil(frame, rows, task, "drop" in argv) if len(rows) else frame
        spoiled.to_csv(path, index=False)
        given = () if "--epochs" in argv and epochs > 1 else ("--epochs", epochs)
        done = denpa("train", path, "--target", "y", "--out", "run", "--overwrite",
                     *QUICK, *given, *[a for a in argv if a])  # fmt: skip
        assert done.code == 0, done.err
        return (tmp_path / "run/model.safetensors").read_bytes()

    assert model(test, 2) == model(test[:0], 2)
    if name not in WATCHING and "--epochs" not in argv:
        # After a single epoch there is no choice of the best one.
        whole = model(test[:0], 1)
        assert model(np.concatenate([validation, test]), 1) == whole
    assert model(train[:20], 2) != model(test[:0], 2)


def test_gaps_in_held_out_rows_do_not_choose_the_defaults(tmp_path):
    """The usual number of epochs depends on the number of rows, here just above its step."""
    from denpa.runs.job import read_data
    from denpa.runs.settings import Settings

    frame = pd.DataFrame({"a": np.arange(2010) % 7 + 0.5, "y": np.arange(2010) * 0.5})
    _, _, test = parts_of(frame, "regression", 0)
    settled = []
    for rows in (test[:0], test[:30]):
        frame.loc[rows, "a"] = np.nan
        frame.to_csv(tmp_path / "t.csv", index=False)
        asked = Settings.from_values(
            {"source": str(tmp_path / "t.csv"), "target": "y", "missing": "drop"}
        )
        settled.append(read_data(asked)[0])
    assert settled[0] == settled[1]
    assert settled[0].epochs == 100


@pytest.mark.parametrize("name", IMAGES)
def test_pixels_and_signals_outside_the_training_part(denpa, tmp_path, name):
    argv = IMAGES[name]
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = rng.normal(size=(90, 1, 8, 8)) + y[:, None, None, None]
    x = x[:, 0] if "--signal" in argv else x
    train, validation, test = split(y, "classification", SHARES)

    def model(rows: np.ndarray, epochs: int) -> bytes:
        changed = x.copy()
        changed[rows] = 100 * changed[rows] - 7
        if "--missing" in argv:
            changed[rows[::2], ..., 0] = np.nan
        np.savez(tmp_path / "t.npz", x=changed, y=y)
        done = denpa("train", "t.npz", "--out", "run", "--overwrite", *QUICK, "--epochs", epochs,
                     *argv)  # fmt: skip
        assert done.code == 0, done.err
        return (tmp_path / "run/model.safetensors").read_bytes()

    assert model(test, 2) == model(test[:0], 2)
    assert model(np.concatenate([validation, test]), 1) == model(test[:0], 1)
    assert model(train[:5], 2) != model(test[:0], 2)


def test_picture_files_outside_the_training_part(denpa, tmp_path):
    """Most of the files that are held out have another size and colours."""
    from PIL import Image

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (40, 8, 8)).astype(np.uint8)
    y = np.arange(40) // 20
    _, validation, test = split(y, "classification", (0.3, 0.4))
    held = np.concatenate([validation, test])

    def model(folder: Path, rows: np.ndarray) -> bytes:
        for i in range(40):
            place = folder / "ab"[y[i]] / f"{i:02}.png"
            place.parent.mkdir(parents=True, exist_ok=True)
            picture = Image.fromarray(pixels[i])
            if i in rows:
                picture = picture.convert("RGB").resize((16, 16))
                picture.putpixel((0, 0), (255, 0, 0))
            picture.save(place)
        done = denpa("train", folder, "--out", "run", "--overwrite", *QUICK, "--epochs", 1,
                     "--validation", 0.3, "--test", 0.4)  # fmt: skip
        assert done.code == 0, done.err
        return (tmp_path / "run/model.safetensors").read_bytes()

    assert model(tmp_path / "one", held) == model(tmp_path / "two", held[:0])
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["data"]["shape"] == [1, 8, 8]
    model(tmp_path / "three", held)
    record = json.loads((tmp_path / "run/run.json").read_text())
    assert record["data"]["shape"] == [1, 8, 8]
    assert record["data"]["notes"] == ["28 of 40 pictures resized to 8 x 8 pixels"]


def test_a_category_that_training_lacks_is_0_and_said(denpa, tmp_path):
    frame = table("regression").drop(columns="size").dropna()
    _, validation, test = parts_of(frame, "regression", 0)
    for row, town in ((validation[0], "Edo"), (test[0], "Paris"), (test[1], "Paris")):
        frame.iloc[row, frame.columns.get_loc("town")] = town
    frame.to_csv(tmp_path / "t.csv", index=False)
    done = denpa("train", "t.csv", "--target", "y", "--out", "run", "--epochs", 1, *QUICK)
    assert (
        "note: column 'town': 3 rows outside the training part with what that part lacks ('Edo',"
        " 'Paris'): all its one-hot columns are 0 there" in done.out
    )
    assert denpa("evaluate", "run").code == 0
    # New data are another matter: there the word may be a slip.
    done = denpa("predict", "run", "t.csv")
    assert done.code == 2
    assert "which did not occur in training; known values: 'Kyoto', 'Nara', 'Osaka'" in done.err


@pytest.mark.parametrize("missing", ["error", "mean", "drop"])
@pytest.mark.parametrize(
    ("usual", "odd", "kind"), [(["1", "2", "3"], "many", "number"),
                               (["2024-01-01", "2024-02-01"], "never", "date")]
)  # fmt: skip
def test_text_outside_the_training_part(denpa, tmp_path, usual, odd, kind, missing):
    """A column of text for the whole file is one of numbers or dates for the training part."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.choice(usual, 60)})
    frame["y"] = np.arange(60) * 1.5
    argv = ("t.csv", "--target", "y", "--out", "run", "--overwrite", "--missing", missing,
            "--epochs", 1, *QUICK)  # fmt: skip

    def model() -> bytes:
        frame.to_csv(tmp_path / "t.csv", index=False)
        done = denpa("train", *argv)
        assert done.code == 0, done.err
        said = f"with what that part lacks ('{odd}'): no {kind}, so its value is missing there"
        assert (said in done.out) == (odd in set(frame["b"]))
        assert denpa("evaluate", "run").code == 0
        return (tmp_path / "run/model.safetensors").read_bytes()

    before = model()
    _, _, test = parts_of(frame, "regression", 0)
    frame.loc[test[:8], "b"] = odd
    assert model() == before


def test_a_column_without_values_in_the_training_part_is_left_out(denpa, tmp_path):
    frame = table("regression")
    train, _, test = parts_of(frame, "regression", 0)
    frame["late"] = np.where(np.isin(np.arange(len(frame)), train), np.nan, 1.0 * frame.index)
    frame["word"] = np.where(np.isin(np.arange(len(frame)), test), "x", None)
    frame.to_csv(tmp_path / "t.csv", index=False)
    done = denpa("train", "t.csv", "--target", "y", "--missing", "mean", "--epochs", 1, *QUICK)
    assert done.code == 0, done.err
    assert (
        "note: left out columns 'always', 'same', 'late', 'word': one value in every row of the"
        " training part, or none" in done.out
    )


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_few_complete_rows_are_shared_out_all_the_same(denpa, tmp_path, task):
    """Of 30 rows 6 are complete: split without looking, a part would often be empty."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"u": rng.normal(size=30), "v": rng.normal(size=30)})
    frame["y"] = np.arange(30) * 0.5 if task == "regression" else np.tile(["a", "b"], 15)
    frame.loc[6:, "u"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    for seed in range(8):
        done = denpa("train", "t.csv", "--target", "y", "--missing", "drop", "--epochs", 1,
                     "--seed", seed, "--out", "run", "--overwrite", "--json", *QUICK)  # fmt: skip
        assert done.code == 0, done.err
        assert sum(done.json["parts"].values()) == 6
        assert min(done.json["parts"].values()) >= 1
        assert denpa("evaluate", "run").code == 0


def test_a_class_stays_in_training_or_is_told(denpa, tmp_path):
    rng = np.random.default_rng(0)
    y = np.array(["a", "b"] * 20 + ["rare"] * 3)
    frame = pd.DataFrame({"u": rng.normal(size=43), "v": rng.normal(size=43), "y": y})
    train, _, _ = parts_of(frame, "classification", 0)
    argv = ("t.csv", "--target", "y", "--missing", "drop", "--epochs", 1, *QUICK)
    said = "note: every row of 'rare' lacks a value: nothing is learnt of it"
    frame.loc[[i for i in train if y[i] == "rare"], "u"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    done = denpa("train", *argv, "--out", "one")
    assert done.code == 0, done.err
    assert said not in done.out
    # Two are left, too few to be in every part: both are learnt from.
    parts = json.loads((tmp_path / "one/run.json").read_text())["data"]["parts"]
    assert parts == {"train": 30, "validation": 4, "test": 8}
    frame.loc[y == "rare", "u"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    done = denpa("train", *argv, "--out", "two")
    assert done.code == 0, done.err
    assert said in done.out


def test_fit_to_is_reading_those_rows_alone():
    """The encoding is the one that a table of the training rows has."""
    frame = table("regression")
    train, _, _ = parts_of(frame, "regression", 0)
    for missing in ("mean", "drop"):
        data = read(frame, target="y", missing=missing)
        alone = read(frame.iloc[train], target="y", missing=missing)
        fitted = data.fit_to(train)
        assert fitted.encoding == alone.encoding
        np.testing.assert_array_equal(fitted.take_source(train).x, alone.x)
        np.testing.assert_array_equal(fitted.take_source(train).y, alone.y)


def test_the_guide_shares_rows_out_as_the_command_does(denpa, tmp_path):
    """The lines of docs/how-to/train-on-a-table.md, on a file of numbered rows."""
    pd = pytest.importorskip("pandas")
    guide = Path(__file__).parents[2] / "docs/how-to/train-on-a-table.md"
    (line,) = [s for s in guide.read_text("utf-8").splitlines() if "= data.split(" in s]
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": np.arange(97.0), "y": rng.normal(size=97)})
    frame.to_csv(tmp_path / "t.csv", index=False)
    names = {"table": read(frame, target="y"), "data": data}
    exec(line, names)
    done = denpa("train", "t.csv", "--target", "y", "--epochs", 1, "--hidden", 2, "--out", "run")
    assert ", 1 epoch in batches of 32" in done.out
    sizes = [f"{what} {len(names[n])}" for what, n in
             (("train", "rows"), ("validation", "choose"), ("test", "test"))]  # fmt: skip
    assert f"parts: {', '.join(sizes)}" in done.out
