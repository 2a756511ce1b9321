"""Where the imports of a file lead. The oracle is Python: what a file gives when it is run from the
folder that it was written for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from denpa.check.opening.load import UserError, beside, load, remarks_of
from denpa.core.errors import ArgumentError
from denpa.words import speaking


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text), encoding="utf-8")


BOOK = {
    "common/config.py": "GPU = False\n",
    "common/np.py": """
        from common.config import GPU
        if GPU:
            import cupy as np
            np.cuda.set_allocator(np.cuda.MemoryPool().malloc)
            np.add.at = np.scatter_add
        else:
            import numpy as np
    """,
    "common/functions.py": "from common.np import *\ndef twice(x): return np.multiply(2, x)\n",
    "ch05/layers.py": """
        import sys, os
        sys.path.append(os.pardir)
        from common.np import *
        from common.functions import *
        K = int(twice(np.array(4)))
    """,
}
# Files, the one that is asked for its K (8 everywhere), and how Python runs it: the folder to be
# in, and `-m` with a module, or a script.
LAYOUTS = {
    "a book, with sys.path": (BOOK, "ch05/layers.py", "ch05", "layers.py"),
    "a book with packages": (
        {**BOOK, "common/__init__.py": "", "ch05/__init__.py": ""},
        "ch05/layers.py", "ch05", "layers.py",
    ),
    "from the root, two levels down": (
        {**BOOK, "ch/05/use.py": "from common.functions import *\nK = int(twice(4))\n"},
        "ch/05/use.py", ".", "-m ch.05.use",
    ),
    "src": (
        {"src/mine/f.py": "def twice(x): return 2 * x\n", "src/mine/__init__.py": "",
         "homework/a.py": "from mine.f import twice\nK = twice(4)\n"},
        "homework/a.py", "src", "../homework/a.py",
    ),
    "relative imports of a package": (
        {"pkg/__init__.py": "", "pkg/other/__init__.py": "", "pkg/sub/__init__.py": "",
         "pkg/other/f.py": "from ..sub.deep.g import two\ndef twice(x): return two * x\n",
         "pkg/sub/deep/__init__.py": "", "pkg/sub/deep/g.py": "two = 2\n",
         "pkg/sub/deep/a.py": "from ...other.f import twice\nfrom ...other import f\n"
         "from . import g\nK = f.twice(2 * g.two)\n"},
        "pkg/sub/deep/a.py", ".", "-m pkg.sub.deep.a",
    ),
    "relative imports without __init__": (
        {"pkg/other/f.py": "def twice(x): return 2 * x\n",
         "pkg/sub/a.py": "from ..other.f import twice\nfrom .. import other\nK = twice(4)\n"},
        "pkg/sub/a.py", ".", "-m pkg.sub.a",
    ),
    "a package by its own name": (
        {"pkg/__init__.py": "", "pkg/sub/__init__.py": "",
         "pkg/sub/f.py": "def twice(x): return 2 * x\n",
         "pkg/sub/a.py": "from pkg.sub.f import twice\nimport pkg.sub.f as f\nK = f.twice(4)\n"},
        "pkg/sub/a.py", ".", "-m pkg.sub.a",
    ),
    "a package that imports the file": (
        {"pkg/__init__.py": "from .a import K\n",
         "pkg/a.py": "from .f import twice\nK = twice(4)\n",
         "pkg/f.py": "def twice(x): return 2 * x\n"},
        "pkg/a.py", ".", "-m pkg.a",
    ),
    "a folder called test": (
        {"test/__init__.py": "",
         "test/helper.py": "from .more import two\ndef twice(x): return two*x\n",
         "test/more.py": "two = 2\n", "a.py": "from test.helper import twice\nK = twice(4)\n"},
        "a.py", ".", "a.py",
    ),
    "the file itself is in a folder called code": (
        {"code/f.py": "def twice(x): return 2 * x\n", "code/__init__.py": "",
         "code/a.py": "from .f import twice\nK = twice(4)\n"},
        "code/a.py", "..", "-m {root}.code.a",
    ),
    "a path beside the file": (
        {"lib/math_tools/f.py": "def twice(x): return 2 * x\n",
         "a.py": "import sys\nsys.path.insert(0, './lib/math_tools')\nimport f\nK = f.twice(4)\n"},
        "a.py", ".", "a.py",
    ),
    "two packages of one name": (
        {"ch1/common/__init__.py": "", "common/f.py": "def twice(x): return 2 * x\n",
         "ch1/a.py": "from common.f import twice\nK = twice(4)\n"},
        "ch1/a.py", ".", "-m ch1.a",
    ),
    "an import inside a function": (
        {"common/f.py": "def twice(x): return 2 * x\n",
         "ch1/a.py": "def late():\n from common.f import twice\n return twice(4)\nK = late()\n"},
        "ch1/a.py", ".", "-m ch1.a",
    ),
    "a file called test": (
        {"test.py": "def twice(x): return 2 * x\n",
         "a.py": "from test import twice\nK = twice(4)\n"},
        "a.py", ".", "a.py",
    ),
    "a folder called code": (
        {"code/f.py": "def twice(x): return 2 * x\n", "code/__init__.py": "",
         "code/a.py": "from code.f import twice\nK = twice(4)\n"},
        "code/a.py", ".", "code/a.py",
    ),
    "a neighbour that climbs higher": (
        {"pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/g.py": "two = 2\n",
         "pkg/sub/f.py": "from ..g import two\ndef twice(x): return two * x\n",
         "pkg/sub/a.py": "from .f import twice\nK = twice(4)\n"},
        "pkg/sub/a.py", ".", "-m pkg.sub.a",
    ),
    "__init__ itself": (
        {"pkg/__init__.py": "from .f import twice\nK = twice(4)\n",
         "pkg/f.py": "def twice(x): return 2 * x\n"},
        "pkg/__init__.py", ".", "-c 'import pkg'",
    ),
}  # fmt: skip

# What Python runs only with options, or with a path set.
BY_HAND = {"src", "the file itself is in a folder called code", "a folder called code",
           "__init__ itself"}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_imports_lead_where_python_finds_them(
    layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, asked, folder, how = LAYOUTS[layout]
    write(tmp_path, files)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.delitem(sys.modules, "code", raising=False)  # a debugger's
    path, modules = list(sys.path), set(sys.modules)
    for start in (tmp_path, tmp_path / "elsewhere", (tmp_path / asked).parent):
        monkeypatch.chdir(start)
        for spec in (tmp_path / asked, Path(os.path.relpath(tmp_path / asked))):
            assert load(f"{spec}:K", 5.0)[0] == 8
            assert remarks_of(f"{spec}:K") == []
    assert sys.path == path
    assert {m for m in set(sys.modules) - modules if "random" in m or "numpy" in m} == set()
    if layout not in BY_HAND:
        where = tmp_path / folder
        run = subprocess.run(
            [sys.executable, *how.split()], cwd=where, capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": ""},
        )  # fmt: skip
        assert run.returncode == 0, run.stderr


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    depth=st.integers(1, 5),
    climbs=st.integers(1, 5),
    down=st.integers(0, 2),
    marked=st.booleans(),
    absolute=st.booleans(),
    number=st.integers(0, 10**6),
)
def test_packages_of_any_depth(
    tmp_path: Path, depth: int, climbs: int, down: int, marked: bool, absolute: bool, number: int
) -> None:
    """A module at any depth takes a number from one that is reached by climbing and going down."""
    climbs = min(climbs, depth)
    names = [f"p{k}" for k in range(depth)]
    root = tmp_path / f"r{number}_{depth}{climbs}{down}{marked}{absolute}"
    source = names[: depth - climbs + 1] + [f"d{k}" for k in range(down)]
    for parts in (names, source):
        for k in range(1, len(parts) + 1):
            folder = root.joinpath(*parts[:k])
            folder.mkdir(parents=True, exist_ok=True)
            if marked:
                (folder / "__init__.py").touch()
    root.joinpath(*source, "numbers_here.py").write_text(f"K = {number}\n")
    rest = ".".join([*source[depth - climbs + 1 :], "numbers_here"])
    origin = ".".join([*source, "numbers_here"]) if absolute else "." * climbs + rest
    root.joinpath(*names, "a.py").write_text(f"from {origin} import K\n")
    assert load(f"{root.joinpath(*names, 'a.py')}:K", 5.0)[0] == number


def test_a_module_instead_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path, {"pkg/__init__.py": "K = 1\n", "pkg/a.py": "K = 2\n", "src/own/b.py": "K = 3\n"}
    )
    monkeypatch.chdir(tmp_path)
    assert [load(f"{m}:K")[0] for m in ("pkg.a", "pkg", "own.b")] == [2, 1, 3]
    for name in ("pkg.c", "pkg.a.b", "no", "pkg/c.py"):
        with pytest.raises(ArgumentError, match="there is no such file"):
            load(f"{name}:K")
    with pytest.raises(ArgumentError, match=r"did you mean pkg/a\.py"):
        load("pkg/aa.py:K")


# -- and where they must not lead ------------------------------------------------------------------


def test_neighbours_do_not_take_the_place_of_libraries(tmp_path: Path) -> None:
    names = ("random", "types", "colorsys", "numpy", "pandas", "rich", "denpa", "json", "wave")
    bad = "raise RuntimeError('the wrong one')\n"
    write(tmp_path, {f"{where}/{n}.py": bad for n in names for where in ("repo", "repo/ch")})
    write(tmp_path, {
        "repo/wave/__init__.py": bad,
        "repo/ch/random.py": """
            import sys
            sys.path.insert(0, ".")
            sys.path.insert(0, "..")
            import random, types, colorsys, json
            import numpy as np, pandas
            K = colorsys.rgb_to_hsv(1, 0, 0)[2] + random.Random(0).random() * 0
            def late():
                import wave
                return wave.open
        """,
    })  # fmt: skip
    code = f"""
        import sys
        before = list(sys.path)
        from denpa.check.opening.load import load
        import random
        found, _ = load({str(tmp_path / "repo/ch/random.py:K")!r}, 5.0)
        late, _ = load({str(tmp_path / "repo/ch/random.py:late")!r}, 5.0)
        assert found == 1 and sys.modules["random"] is random, found
        assert sys.path == before, sys.path
        late()
        import rich, pandas, wave, json, statistics, pygments
        for m in (rich, pandas, wave, json):
            assert {str(tmp_path)!r} not in m.__file__, m.__file__
    """
    folder = str(tmp_path / "repo")
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONSAFEPATH": "1"}, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


def test_a_neighbour_comes_before_a_package_that_nobody_needs(tmp_path: Path) -> None:
    """As Python does it for a script: `utils` may be installed, too."""
    installed = tmp_path / "site-packages"
    write(tmp_path, {
        "site-packages/utils_of_all/__init__.py": "K = 1\n",
        "site-packages/dates/__init__.py": "K = 3\n",
        "repo/utils_of_all.py": "K = 2\n",
        "repo/dates/july.csv": "1",
        "repo/a.py": "import dates, utils_of_all\nK = utils_of_all.K, dates.K\n",
    })  # fmt: skip
    sys.path.append(str(installed))
    try:  # a folder of data is no package, and a name of a parent's comes last
        assert load(f"{tmp_path / 'repo/a.py'}:K")[0] == (2, 3)
    finally:
        sys.path.remove(str(installed))
        sys.modules.pop("dates", None)


def test_two_folders_with_helpers_of_one_name(tmp_path: Path) -> None:
    for who, k in (("ann", 1), ("bob", 2)):
        write(tmp_path, {
            f"{who}/helper.py": f"K = {k}\n", f"{who}/tools/f.py": f"F = {k}\n",
            f"{who}/a.py": "from helper import K\nfrom tools.f import F\n"
            "def late():\n    import later\n    return later.K\n", f"{who}/later.py": f"K = {k}\n",
        })  # fmt: skip
    for _ in range(2):
        for who, k in (("ann", 1), ("bob", 2)):
            spec = f"{tmp_path / who / 'a.py'}:K"
            assert (load(spec)[0], beside(spec, "F"), beside(spec, "late")()) == (k, k, k)


def test_a_file_is_read_anew(tmp_path: Path) -> None:
    write(
        tmp_path, {"pkg/__init__.py": "", "pkg/a.py": "from .f import K\n", "pkg/f.py": "K = 1\n"}
    )
    assert load(f"{tmp_path / 'pkg/a.py'}:K")[0] == 1
    write(tmp_path, {"pkg/f.py": "K = 22\n"})
    assert load(f"{tmp_path / 'pkg/a.py'}:K")[0] == 22


def test_where_everybody_may_write_nothing_is_run(tmp_path: Path) -> None:
    write(tmp_path, {"open/planted.py": "K = 1\n", "open/mine/a.py": "import planted\nK = 1\n"})
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(UserError, match="No module named 'planted'"):
        load(f"{tmp_path / 'open/mine/a.py'}:planted")
    (tmp_path / "open").chmod(0o755)
    assert load(f"{tmp_path / 'open/mine/a.py'}:K")[0] == 1
    assert remarks_of(f"{tmp_path / 'open/mine/a.py'}:K") == []


def test_a_repository_ends_where_it_ends(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"outer.py": "K = 1\n", "repo/.git/HEAD": "", "repo/a.py": "from outer import K\n"},
    )
    with pytest.raises(UserError, match="there is no file or folder outer"):
        load(f"{tmp_path / 'repo/a.py'}:K")


# -- what is not there -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import cupy", "cupy is not installed; install it with: pip install cupy"),
        ("import cv2.nothing", "cv2 is not installed; install it with: pip install opencv-python"),
        ("from comon.functions import K", "comon is not there; did you mean common, which is in"),
        ("from common.functons import K", r"did you mean common\.functions\?"),
        ("import hidden_module", r"hidden_module is in \S*inner, where imports do not look"),
        ("import zzz_nobody", "no such package is installed; if it is one, pip install zzz_nobody"),
    ],
)
def test_a_module_that_is_missing(tmp_path: Path, line: str, said: str) -> None:
    write(tmp_path, {
        "common/functions.py": "K = 8\n", "inner/hidden_module.py": "",
        "a.py": f"import common\n{line}\nclass A(K): pass\n",
    })  # fmt: skip
    with pytest.raises(UserError, match=rf'a\.py", line [23](.|\n)*{said}') as error:
        load(f"{tmp_path / 'a.py'}:K")
    assert "importlib" not in str(error.value)


def test_a_package_whose_init_fails_is_gone_without(tmp_path: Path) -> None:
    write(tmp_path, {
        "pkg/__init__.py": "import zzz_nobody\n",
        "pkg/sub/__init__.py": "",
        "pkg/g.py": "two = 2\n",
        "pkg/sub/a.py": "from ..g import two\nimport pkg.g\nK = 4 * pkg.g.two\n",
    })  # fmt: skip
    spec = f"{tmp_path / 'pkg/sub/a.py'}:K"
    assert load(spec)[0] == 8
    (remark,) = remarks_of(spec)
    assert "pkg/__init__.py ended with" in remark
    with speaking("ja"):
        assert load(spec)[0] == 8
        (remark,) = remarks_of(spec)
    assert re.search("zzz_nobody.*で終わったので", remark)
