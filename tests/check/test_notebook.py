"""Notebooks, and Python with `# %%`: what of them runs, and where things stand in them."""

from __future__ import annotations

import inspect
import json
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denpa.check.opening.load import UserError, beside, load, remarks_of, run_theirs
from denpa.check.opening.notebook import cells_of, marks, python_of
from denpa.check.opening.open import Given, opened, reported
from denpa.core.errors import ArgumentError
from denpa.words import speaking


def notebook(path: Path, *cells: str, split: bool = True) -> Path:
    """A notebook as Jupyter writes it; a cell that begins with # is prose if a space follows."""
    made = []
    for text in cells:
        source = textwrap.dedent(text).strip("\n")
        prose = source.startswith("# ")
        cell = {"cell_type": "markdown" if prose else "code", "metadata": {}, "source": source}
        if split:
            cell["source"] = source.splitlines(keepends=True)
        made.append(cell if prose else {**cell, "execution_count": 7, "outputs": []})
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4}), encoding="utf-8")
    return path


def said(file: Path, language: str = "en") -> list[str]:
    with speaking(language):
        return remarks_of(f"{file}:_")


HOMEWORK = (
    "# ニューラルネット",
    "%matplotlib inline\nimport numpy as np\n!pip install numpy\n"
    "import sys\nsys.path.append('lib')",
    "x_train = np.loadtxt('a.csv')\nN, EPS = 3, np.finfo(float).eps\n"
    "rng = np.random.default_rng(0)",
    """
    class Affine:
        def __init__(self, W, b):
            self.W, self.b = W, b

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW = self.x.T @ dout
            self.db = dout[0]
            return dout @ self.W.T
    """,
    "import time\nfor epoch in range(10**9):\n    time.sleep(1)",
    """
    class Needs(Affine):
        def forward(self, x):
            return x * x_train.mean()
    """,
    "class Todo:\n    def forward(self, x):\n      x = \n",
    "%%bash\nrm -r data",
    "%%time\ndef late():\n    from inside import K\n    return K",
    "net = Affine(np.ones((4, N)), np.zeros(N))\nshape = net.forward(np.ones((5, 4))).shape\nnet",
)


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "inside.py").write_text("K = 8\n")
    return notebook(tmp_path / "homework.ipynb", *HOMEWORK)


def test_a_layer_of_a_notebook(homework: Path) -> None:
    started = time.monotonic()
    found, name = load(f"{homework}:Affine", 5.0)
    subject = run_theirs(lambda: opened(found, name, Given()), name, "making it", 5.0)
    report = reported(subject, Given())
    (finding,) = report.findings
    assert (finding.name, finding.mistake) == ("b", "bias-not-summed")
    assert finding.location is not None
    assert finding.location.file == f"{homework}, cell 3"
    assert (finding.location.line, finding.location.text) == (11, "self.db = dout[0]")
    assert time.monotonic() - started < 4
    assert beside(f"{homework}:Affine", "N") == 3
    assert beside(f"{homework}:Affine", "late")() == 8


@pytest.mark.parametrize("name", ["Affine", "Needs"])
def test_the_source_of_what_a_notebook_defines(homework: Path, name: str) -> None:
    found, _ = load(f"{homework}:{name}")
    text = textwrap.dedent(HOMEWORK[{"Affine": 3, "Needs": 5}[name]]).strip()
    assert inspect.getsource(found).strip() == text
    assert inspect.getsource(found.forward).strip().startswith("def forward(self, x):")
    assert inspect.getsourcelines(found)[1] in (0, 1)


def test_it_is_said_what_was_not_run(homework: Path) -> None:
    load(f"{homework}:Affine")
    broken, rest = said(homework)
    assert broken.startswith(
        "homework.ipynb, cell 6, line 3 ended with SyntaxError: invalid syntax"
    )
    assert rest == (
        "of homework.ipynb only imports, definitions and constants were run; cells 2, 4, 9 not, or "
        "not wholly"
    )
    assert "セル 2, 4, 9" in said(homework, "ja")[1]


def test_what_was_asked_for_is_made_whatever_it_calls(homework: Path) -> None:
    net, _ = load(f"{homework}:net")
    assert net.W.shape == (4, 3)


def test_what_is_missing_is_told_with_its_cell(homework: Path) -> None:
    needs, _ = load(f"{homework}:Needs")
    with pytest.raises(UserError) as error:
        run_theirs(lambda: needs(1, 2).forward(np.ones(3)), "Needs", "forward")
    text = str(error.value)
    assert 'homework.ipynb, cell 5", line 3, in forward\n    return x * x_train.mean()' in text
    assert "x_train is made in cell 2, line 1, which was not run" in text
    for name, words in (
        ("epoch", "epoch is made in cell 4, line 2, which was not run. Put it into a function"),
        ("Todo", r'cell 6", line 3\n    x =\nSyntaxError: invalid syntax'),
        ("x_train", r'cell 2", line 1, in <module>(.|\n)*FileNotFoundError'),
        ("shape", r"NameError(.|\n)*net is made in cell 9, line 1, which was not run"),
    ):
        with pytest.raises(ArgumentError, match=words) as error:
            load(f"{homework}:{name}")
        assert "denpa/check" not in str(error.value)


def test_a_definition_that_comes_twice_is_the_last(tmp_path: Path) -> None:
    file = notebook(tmp_path / "a.ipynb", "def f(x): return 1", "def f(x): return 2", "K = f(0)")
    f, _ = load(f"{file}:f")
    assert f(0) == 2
    assert inspect.getsource(f) == "def f(x): return 2\n"


# What is run of a notebook, and what is not.
RUN = {
    "K = 10 ** -7": True,
    "K = [2 * i for i in range(3)]": True,
    "K = {'W': np.zeros((3, 4)), 'b': None}": True,
    "K = np.arange(6).reshape(2, 3).T": True,
    "K: float = -1.5": True,
    "K = lambda x: open(x)": True,
    "d = {}\nd['a'] = 1\nK = d": True,
    "import math\nK = math.sqrt(2) if True else None": True,
    "from collections import namedtuple\nK = namedtuple('K', 'x w')": True,
    "rng = np.random.default_rng(0)\nK = rng.normal(size=3)\nnp.random.seed(1)": True,
    "try:\n    import zzz_nobody as xp\nexcept ImportError:\n    xp = np\nK = xp.zeros(3)": True,
    "if np.__version__ > '1':\n    K = 1\nelse:\n    K = 2": True,
    "class A: pass\ndef f(self): pass\nA.f = f\nA.K = K = 1": True,
    "from functools import partial\nK = partial(np.sum, axis=0)": True,
    "K = fit()": False,
    "with open('x') as f: K = 1": False,
    "for K in range(3): pass": False,
    "while True: K = 1": False,
    "K = open('x').read()": False,
    "K = np.load('x.npy')": False,
    "K = np.arange(3).tofile('x.npy')": False,
    "K = [fit() for _ in range(3)]": False,
    "K = dict(a=fit())": False,
    "K = f'{fit()}'": False,
    "import os\nK = os.system('true')": False,
    "import time\nK = time.sleep(100)": False,
    "if fit(): K = 1": False,
    "try:\n    K = fit()\nexcept OSError: pass": False,
    "K = (fit() for _ in range(3))": False,
    "K = np.vectorize(fit)(np.ones(3))": False,
    "K = A().fit(3)": False,
    "K = a.fit(3)": False,
}


@pytest.mark.parametrize("text", RUN)
def test_constants_are_run_and_work_is_not(tmp_path: Path, text: str) -> None:
    start = "import numpy as np\nruns = []\ndef fit(*_): runs.append(1)\nclass A:\n    fit = fit"
    file = notebook(tmp_path / "a.ipynb", start, text, "def last(): return K")
    load(f"{file}:last")
    if RUN[text]:
        assert said(file) == []
        beside(f"{file}:last", "last")()
    else:
        assert said(file) == [
            "of a.ipynb only imports, definitions and constants were run; cell 2 not, or not wholly"
        ]
        with pytest.raises(ArgumentError, match=r"K is made in cell 2, line [12]"):
            beside(f"{file}:last", "K")
    assert beside(f"{file}:last", "runs") == []


# -- what is in the file ---------------------------------------------------------------------------

PYTHON = st.sampled_from([
    "x = 7", "x = 7 \\\n % 4", "s = '''\n%not a magic\n!nor this\n'''", "if x:\n    y = (1\n  % 2)",
    "def f():\n    return 'a?'", "# a comment?",
])  # fmt: skip
MAGIC = st.sampled_from([
    "%matplotlib inline", "!ls -la 'it", "!pip install a \\\n  b", "?np.dot", "np.dot?", "f??",
    "files = !ls", "y = %timeit -o f()", "pip install numpy", "%load_ext autoreload", "!echo $(ls",
    "if True:\n    !ls\n    %time f()", '!echo """',
])  # fmt: skip


@given(st.lists(st.one_of(PYTHON, MAGIC), max_size=6))
def test_a_cell_without_magics_is_python(parts: list[str]) -> None:
    """Each line of Python stays as it is and where it was; the others are not seen."""
    source = "\n".join(parts)
    text = python_of(source)
    compile(text, "cell", "exec")
    lines = text.split("\n")
    assert len(lines) == len(source.split("\n"))
    at = 0
    for part in parts:
        n = len(part.split("\n"))
        if part in PYTHON.elements:  # type: ignore[attr-defined]
            assert "\n".join(lines[at : at + n]) == part
        at += n


def test_a_cell_that_is_no_python_stays_as_it_is() -> None:
    assert python_of("x = (\n % 4\ny = ") == "x = (\n % 4\ny = "
    assert python_of("%%html\n<b>a?</b>").startswith("# %%html\n#")
    assert python_of("\n%%capture out\nx = 1") == "\n# %%capture out\nx = 1"


def test_forms_of_notebooks(tmp_path: Path) -> None:
    file = tmp_path / "a.ipynb"
    notebook(file, "# prose", "K = 1", "", "K = 2", split=False)
    assert [(c.number, c.text) for c in cells_of(file)] == [(1, "K = 1"), (2, ""), (3, "K = 2")]
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["K = 3\n", "L = 4"]}]}]}
    file.write_text(json.dumps(old), encoding="utf-8-sig")
    assert load(f"{file}:K")[0] == 3
    for bad in ("", "{}", "[]", '{"cells": [{}]}', '{"cells": 3}', "import numpy"):
        file.write_text(bad)
        with pytest.raises(ArgumentError, match="is no Jupyter notebook"):
            load(f"{file}:K")


# -- python with cells -----------------------------------------------------------------------------

PERCENT = """
    # an experiment
    # %%
    import numpy as np

    # %% [markdown]
    # Words

    # %%
    def f(x):
        # %% not a cell
        return np.sum(x**2) * factor
    def df(x): return 2 * x

    # %% training
    while True:
        factor = 3
"""


def test_a_python_file_with_cells_is_a_notebook(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(textwrap.dedent(PERCENT))
    assert [(c.number, c.first) for c in cells_of(file)] == [(1, 3), (2, 9), (3, 15)]
    f, _ = load(f"{file}:f", 5.0)
    assert inspect.getsourcelines(f)[1] == 10
    assert said(file) == [
        "of a.py only imports, definitions and constants were run; cell 3 not, or not wholly"
    ]
    with pytest.raises(UserError, match="factor is made in cell 3, line 16, which was not run"):
        run_theirs(lambda: f(1), "f", "calling it")


def test_marks() -> None:
    assert marks("s = '''\n# %%\n'''\n#%%\nx = [\n# %%\n1]\n# %% a\n#  %%\n") == [4, 8, 9]
    assert marks("x = 1  # %%\n  # %%\n## %%\n") == []
    assert marks("# %%\nx = (\n") == [1]


# -- a file that fails -----------------------------------------------------------------------------

Files = Callable[[str], Path]


@pytest.fixture
def file(tmp_path: Path) -> Files:
    def write(text: str) -> Path:
        (tmp_path / "p.py").write_text(textwrap.dedent(text))
        return tmp_path / "p.py"

    return write


def test_definitions_are_had_though_the_file_raises(file: Files) -> None:
    path = file("""
        import numpy as np
        before = [len("abc")]
        data = np.loadtxt("no_such_file.csv")
        import zzz_nobody
        EPS = 1e-7
        class A:
            def forward(self, x): return x * EPS
            def late(self): return data
        before.append(print("no"))
        if __name__ == "__main__":
            net = A()
    """)
    a = load(f"{path}:A")[0]()
    assert a.forward(2) == 2e-7
    assert beside(f"{path}:A", "before") == [3]
    assert said(path) == [
        "p.py, line 4 ended with FileNotFoundError: no_such_file.csv not found.; after it only "
        "imports, definitions and constants were run",
        "p.py, line 5 ended with ModuleNotFoundError: No module named 'zzz_nobody'",
    ]
    with pytest.raises(UserError, match=r"data is made in line 4, which ended with FileNotFound"):
        run_theirs(a.late, "A", "late")
    with pytest.raises(UserError, match=r'p\.py", line 4, in <module>(.|\n)*FileNotFoundError'):
        load(f"{path}:data")
    with pytest.raises(ArgumentError, match='line 12, below if __name__ == "__main__"'):
        load(f"{path}:net")


def test_a_file_that_runs_is_run_whole(file: Files) -> None:
    path = file("""
        from __future__ import annotations
        "not a docstring"
        order = []
        for k in range(3): order.append(k)
        def f(x: no_such_type): return order
        f.extra = f(0)
        globals()["made"] = f
    """)
    assert load(f"{path}:made")[0].extra == [0, 1, 2]
    assert said(path) == []


def test_work_does_not_keep_definitions_waiting(file: Files) -> None:
    """A loop that trains gets some of the processor's time; what no definition makes gets all."""
    text = "t = 0\nwhile True:\n    t += 1\ndef f(x): return t\n"
    started = time.monotonic()
    assert load(f"{file(text)}:f", 0.5)[0](0) > 0
    assert time.monotonic() - started < 5
    assert [r.split(";")[0] for r in said(file(text))] == [
        "p.py, line 2 ended with it took longer than 0.5 s (--timeout)"
    ]


@pytest.mark.parametrize("text", ["raise SystemExit(0)", "exit()", "assert False", "1 / 0"])
def test_whatever_ends_it(file: Files, text: str) -> None:
    path = file(f"{text}\ndef f(x): return x\n")
    assert load(f"{path}:f")[0](3) == 3
    assert len(said(path)) == 1


def test_ctrl_c_ends_all(file: Files) -> None:
    for text in ("raise KeyboardInterrupt", "class A:\n    raise KeyboardInterrupt"):
        with pytest.raises(KeyboardInterrupt):
            load(f"{file(text)}:A")


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbfK = 1\n", "# -*- coding: cp932 -*-\nK = '重み'\n".encode("cp932")]
)
def test_encodings(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.py").write_bytes(content)
    assert load(f"{tmp_path / 'a.py'}:K")[0] in (1, "重み")
    (tmp_path / "b.py").write_bytes("K = '重み'\n".encode("cp932"))
    with pytest.raises(ArgumentError, match=r"b\.py is not written in UTF-8(.|\n)*coding: cp932"):
        load(f"{tmp_path / 'b.py'}:K")


def test_the_time_of_work_is_the_processors(file: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    from denpa.check.opening import opened as module

    monkeypatch.setattr(module, "_PATIENCE", 0.2)
    slept = "import time\ntime.sleep(0.6)\nslept = 1\ndef f(x): return slept\n"
    assert load(f"{file(slept)}:f", 20.0)[0](0) == 1
    assert said(file(slept)) == []
    busy = "while True: pass\ndef f(x): return 1\n"
    started = time.monotonic()
    assert load(f"{file(busy)}:f", 20.0)[0](0) == 1
    assert time.monotonic() - started < 10
