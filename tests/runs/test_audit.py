"""What is opened while a run folder, a model or a checkpoint is read, watched by an audit hook."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import denpa as dp
from tests.attack.audit import violations
from tests.runs.small import train

BEFORE = """
import denpa as dp
from denpa.train.checkpoint import load_tree

def use(folder, new, tensors):
    run = dp.runs.load(folder)
    run.predict(new, backend="eager").to_csv()
    run.evaluate(backend="eager")
    run.evaluate(new, backend="eager")
    run.history, run.worth, run.settings, run.metrics
    load_tree(folder + "/checkpoint.safetensors")
    dp.load(folder + "/model.safetensors")
    dp.load(tensors)

use({honest!r}, {new!r}, {tensors!r})
"""


@pytest.fixture
def folders(table: Path) -> tuple[Path, Path, Path]:
    """A run, the same under another name, and data beside it."""
    run = train(table)
    other = table.parent / "other"
    shutil.copytree(run.path, other)
    dp.save({"w": dp.ones(3)}, table.parent / "w.safetensors")
    return run.path, other, table


def test_a_run_is_read_without_opening_anything_else(folders: tuple[Path, Path, Path]) -> None:
    honest, other, table = folders
    tensors = table.parent / "w.safetensors"
    before = BEFORE.format(honest=str(honest), new=str(table), tensors=str(tensors))
    code = f"use({str(other)!r}, {str(table)!r}, {str(tensors)!r})"
    assert violations(code, [other, table, tensors], before=before) == []
    # The same, where a file may not be opened: the watch sees what this test is about.
    seen = violations(code, [other, tensors], before=before)
    assert any("table.csv" in line for line in seen)


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("run.json", lambda raw: b"[" * 10**5),
        ("run.json", lambda raw: raw[:-9]),
        ("model.safetensors", lambda raw: b"\x80\x04cos\nsystem\n(S'true'\ntR."),
        ("model.safetensors", lambda raw: b"PK\x03\x04" + raw),
    ],
)
def test_a_damaged_run_opens_nothing_else_either(
    folders: tuple[Path, Path, Path], name: str, damage: object
) -> None:
    honest, other, table = folders
    assert callable(damage)
    tensors = table.parent / "w.safetensors"
    before = BEFORE.format(honest=str(honest), new=str(table), tensors=str(tensors))
    before += f"""
import shutil
try:
    shutil.copytree({str(honest)!r}, {str(honest)!r} + "-bad")
    open({str(honest)!r} + "-bad/{name}", "wb").write({damage((honest / name).read_bytes())!r})
    dp.runs.load({str(honest)!r} + "-bad")
except ValueError:
    pass
"""
    (other / name).write_bytes(damage((other / name).read_bytes()))
    code = f"dp.runs.load({str(other)!r})"
    assert violations(code, [other], before=before, expected="ArgumentError") == []
