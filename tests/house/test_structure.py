"""How the files of the source stand to each other: no circles, and what is loaded for what."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import denpa as dp

SOURCE = Path(dp.__file__).parent
ENGINE = ("ops", "autodiff", "functional", "nn", "optim", "compiler", "train", "runs", "data")


def modules(root: Path) -> dict[str, Path]:
    """The modules of a package by their names."""
    found = {}
    for path in root.rglob("*.py"):
        parts = [root.name, *path.relative_to(root).with_suffix("").parts]
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: Mapping[str, Path]) -> set[str]:
    """The modules that a file imports, wherever in it, also for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name in known}
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            inner = {f"{node.module}.{a.name}" for a in node.names}
            found |= {m for m in inner if m in known} or {node.module}
    return found


def circle(root: Path) -> list[str]:
    """The modules of a circle of imports; none where there is no such."""
    known = modules(root)
    graph = {name: imports(path, known) - {name} for name, path in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_files_import_each_other() -> None:
    assert circle(SOURCE) == []


def test_a_circle_is_found_wherever_the_import_stands(tmp_path: Path) -> None:
    root = tmp_path / "house"
    (root / "room").mkdir(parents=True)
    for name in ("__init__", "room/__init__", "one"):
        (root / f"{name}.py").write_text("")
    (root / "room/two.py").write_text("def f():\n    from house import one\n")
    assert circle(root) == []
    (root / "one.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
                                 "    from house.room.two import f\n")  # fmt: skip
    assert set(circle(root)) == {"house.one", "house.room.two"}


LAYER = """
import numpy as np
class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(0)
        return dout @ self.W.T
"""


def loaded(code: str) -> set[str]:
    """The parts of Denpa, and libraries, that are loaded once some code has run."""
    told = "import sys; print('LOADED', *{'.'.join(m.split('.')[:2]) for m in sys.modules})"
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}"], capture_output=True, encoding="utf-8", check=True
    )
    return set(ran.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "code",
    [
        "import denpa",
        "import denpa as dp; assert dp.check.file('{}:Affine').ok",
        "from denpa.cli.main import main; assert main(['check', '{}']) == 0",
        "import numpy as np, denpa as dp\nexec(open('{}').read())\n"
        "assert dp.check.layer(Affine(np.eye(3), np.ones(3)), np.random.randn(4, 3)).ok",
    ],
)
def test_a_check_of_numpy_code_loads_no_engine(tmp_path: Path, code: str) -> None:
    file = tmp_path / "layer.py"
    file.write_text(LAYER)
    found = loaded(code.replace("{}", str(file)))
    assert not found & {
        *(f"denpa.{name}" for name in ENGINE),
        "jinja2",
        "llvmlite",
        "pandas",
        "torch",
    }
    assert "denpa.nn" in loaded("import denpa as dp; dp.tensor(1.0)")


def test_only_a_page_loads_its_templates(tmp_path: Path) -> None:
    file = tmp_path / "layer.py"
    file.write_text(LAYER)
    found = f"import denpa as dp; found = dp.check.file('{file}:Affine')"
    assert "jinja2" not in loaded(f"{found}; print(found)")
    assert "jinja2" not in loaded(f"{found}; found.plot()")
    assert "jinja2" in loaded(f"{found}; found.to_html()")
    assert "jinja2" not in loaded("import denpa.runs, denpa.train, denpa.cli.main")


def test_what_a_user_sees_is_what_there_is() -> None:
    """`dir(dp)` is complete and clean, in a fresh Python as later."""
    fresh = subprocess.run(
        [sys.executable, "-c", "import denpa as dp; print(*dir(dp))"],
        capture_output=True, encoding="utf-8", check=True,
    ).stdout.split()  # fmt: skip
    assert fresh == dir(dp) == sorted(set(fresh))
    wanted = {"check", "train", "runs", "data", "compile", "lab", "nn", "tensor", "Tensor"}
    assert wanted <= {*fresh}
    assert [n for n in fresh if n.startswith("_")] == []
    assert not {"Any", "annotations", "import_module", "TYPE_CHECKING", "core", "cli"} & {*fresh}
    assert [n for n in fresh if not hasattr(dp, n)] == []
    star: dict[str, object] = {}
    exec("from denpa import *", star)
    assert set(fresh) <= set(star)
    with pytest.raises(AttributeError, match="does not offer 'tensorr'; the nearest names are"):
        _ = dp.tensorr
    with pytest.raises(AttributeError, match="does not offer '__wrapped__'"):
        _ = dp.__wrapped__


ROOMS = [p for p in SOURCE.rglob("__init__.py") if len(list(p.parent.glob("[a-z]*.py"))) > 3
         and "course" not in p.parts and "words" not in p.parts]  # fmt: skip


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: str(p.parent.relative_to(SOURCE)))
def test_a_room_says_what_to_read_first(room: Path) -> None:
    if room.parent == SOURCE:  # what users read
        return
    text = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
    first = re.search(r"Read `(\w+)` first", text)
    assert first is not None, text
    files = {p.stem for p in room.parent.iterdir()}
    assert first[1] in files
    told = text[text.index("Read ") :]
    assert [n for n in re.findall(r"`(\w+)`", told) if n not in files | {"denpa"}] == []
