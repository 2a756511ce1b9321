"""What predictions and tables are written over, and how each file of a run is listed."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

import denpa as dp
from denpa.core.errors import ArgumentError
from tests.runs.small import train


def test_predictions_replace_nothing_unasked_and_never_what_is_read(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(table.parent)
    run = train(table)
    new = Path("new.csv")
    new.write_text("a,b\n1,2\n")
    link = Path("link.csv")
    link.symlink_to(new)
    found = run.predict(new)
    whole = {p: p.read_bytes() for p in (new, table, *run.path.iterdir())}
    for path in (new, Path("./new.csv"), link, table):
        with pytest.raises(ArgumentError, match="is what is read here"):
            found.save(path, overwrite=True)
    inside = Path("inside")
    inside.symlink_to(run.path)
    for path in (run.path / "history.csv", inside / "history.csv", run.path / "HISTORY.csv"):
        with pytest.raises(ArgumentError, match="is a part of the run in"):
            found.save(path, overwrite=True)
    found.save("out.csv")
    with pytest.raises(ArgumentError, match=r"out\.csv is there already.* overwrite=True"):
        found.save("out.csv")
    assert {p: p.read_bytes() for p in whole if p.name != "run.json"} == {
        p: raw for p, raw in whole.items() if p.name != "run.json"
    }
    assert found.save("out.csv", overwrite=True)
    (listed,) = dp.runs.load(run.path).record["predictions"]
    assert listed["file"] == str(Path("out.csv").resolve())
    assert listed["sha256"] == hashlib.sha256(Path("out.csv").read_bytes()).hexdigest()


def test_a_training_writes_into_none_of_its_data(table: Path) -> None:
    folder = table.parent
    table.rename(folder / "history.csv")
    with pytest.raises(ArgumentError, match="the run would write a file of that name"):
        train(folder / "history.csv", out=folder, overwrite=True)
    with pytest.raises(ArgumentError, match="from which the data are read"):
        train(folder, out=folder / "run", target=None)


def test_no_cell_of_text_is_a_formula(table: Path) -> None:
    text = table.read_text().replace("yes", "=1+1").replace("no", "-7")
    table.write_text(text)
    run = train(table)
    found = run.predict(table)
    rows = list(csv.reader(found.to_csv().splitlines()))
    assert {row[1] for row in rows[1:]} <= {"'=1+1", "-7"}
    assert set(found.values) <= {"=1+1", "-7"}
    assert rows[0] == ["row", "prediction", "p(-7)", "p(=1+1)"]


def test_every_file_is_listed_with_its_digest_and_a_changed_one_is_told(table: Path) -> None:
    run = train(table)
    written = json.loads((run.path / "run.json").read_text())
    for name in ("model.safetensors", "history.csv", "report.html"):
        raw = (run.path / name).read_bytes()
        assert written["files"][name] == hashlib.sha256(raw).hexdigest()
    metrics = {k: v + 1 for k, v in written["metrics"].items()}
    (run.path / "run.json").write_text(json.dumps({**written, "metrics": metrics}))
    with pytest.raises(ArgumentError, match="its SHA-256 is not its own"):
        dp.runs.load(run.path)
    del written["sha256"]
    (run.path / "run.json").write_text(json.dumps(written))
    with pytest.raises(ArgumentError, match="carries no SHA-256"):
        dp.runs.load(run.path)
