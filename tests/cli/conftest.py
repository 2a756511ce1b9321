from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.cli.main import main
from denpa.runs.files import run_text


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def denpa(capsys, monkeypatch, tmp_path) -> Callable[..., Done]:
    """Run the command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*argv: object) -> Done:
        capsys.readouterr()
        code = main([str(a) for a in argv])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run


def edit_run(path: Path, **changes: Any) -> None:
    """Change fields of a run.json, as Denpa itself would have written them."""
    known = json.loads(path.read_text())
    del known["sha256"]
    path.write_text(run_text({**known, **changes}))


def write_table(path: Path, n: int = 120, seed: int = 0, target: bool = True) -> Path:
    """A table whose price follows a simple law: 1000 · area + 20000 in Tokyo."""
    rng = np.random.default_rng(seed)
    area = rng.uniform(30, 120, n).round(1)
    town = rng.choice(["Kyoto", "Tokyo"], n)
    price = 1000 * area + 20000 * (town == "Tokyo")
    lines = ["area,town,price" if target else "area,town"]
    for a, t, p in zip(area, town, price, strict=True):
        lines.append(f"{a},{t},{p:.0f}" if target else f"{a},{t}")
    path.write_text("\n".join(lines) + "\n")
    return path


def write_flowers(path: Path, n: int = 60) -> Path:
    """A table of two classes that one column tells apart."""
    rng = np.random.default_rng(1)
    long = np.concatenate([rng.uniform(1, 2, n // 2), rng.uniform(3, 4, n - n // 2)])
    wide = rng.uniform(0, 1, n)
    names = ["setosa"] * (n // 2) + ["virginica"] * (n - n // 2)
    lines = ["length,width,kind"]
    lines += [f"{a:.3f},{b:.3f},{k}" for a, b, k in zip(long, wide, names, strict=True)]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_pictures(folder: Path, each: int = 12) -> Path:
    """Two classes of 8x8 pictures: bright on the left, bright on the right."""
    from PIL import Image

    rng = np.random.default_rng(2)
    for name, part in (("left", slice(0, 4)), ("right", slice(4, 8))):
        (folder / name).mkdir(parents=True)
        for k in range(each):
            x = rng.integers(0, 60, (8, 8)).astype(np.uint8)
            x[:, part] += 180
            Image.fromarray(x).save(folder / name / f"{k:02}.png")
    return folder


def table_of(path):
    """The rows of a CSV file, as dicts of text."""
    return list(csv.DictReader(path.read_text().splitlines()))
