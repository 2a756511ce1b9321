"""`denpa check --class`: a row for each submission, whatever its code does."""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from denpa.check.marking.rows import OUTCOMES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has all the limits")

RIGHT = """
import numpy as np

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T

class Relu:
    def forward(self, x):
        self.mask = x <= 0
        return np.where(self.mask, 0, x)
    def backward(self, dout):
        return np.where(self.mask, 0, dout)
"""
BIAS = RIGHT.replace("dout.sum(axis=0)", "dout[0]")
HOSTILE = {
    "loop": ("while True: pass", "limit"),
    "c_loop": ("sum(range(10**12))", "limit"),
    "memory": ("import numpy; numpy.ones(10**10)", "limit"),
    "forks": ("import os, time\nfor _ in range(7): os.fork()\ntime.sleep(30)", "limit"),
    "exits": ("import sys; sys.exit(0)", "error"),
    "leaves": ("import os; os._exit(0)", "error"),
    "asks": ("name = input('who? ')", "error"),
    "syntax": ("def f(:", "error"),
    "empty": ("", "error"),
    "binary": ("\0", "error"),
}


def notebook(*cells: str) -> str:
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "source": c.splitlines(True), "metadata": {}, "outputs": [],
         "execution_count": None}
        for c in cells
    ]  # fmt: skip
    made.insert(1, {"cell_type": "markdown", "source": ["# Homework"], "metadata": {}})
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 4, "metadata": {}})


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "aoki.py").write_text(RIGHT)
    (folder / "baba.py").write_text(BIAS)
    return folder


def rows_of(done: Any) -> dict[str, dict[str, Any]]:
    assert done.code == 0, done.err
    return {row["student"]: row for row in done.json["students"]}


def test_what_hostile_code_does_costs_its_own_row(denpa, handed_in):
    for name, (code, _) in HOSTILE.items():
        (handed_in / f"{name}.py").write_text(code)
    done = denpa("check", "--class", handed_in, "--name", "Affine", "--timeout", 4, "--memory",
                 "3G", "--json", "--jobs", 2)  # fmt: skip
    rows = rows_of(done)
    assert list(rows) == sorted(["aoki", "baba", *HOSTILE])
    for name, (_, outcome) in HOSTILE.items():
        row = rows[name]
        assert (name, row["outcome"], row["points"]) == (name, outcome, 0)
        assert row["message"]
        assert (row["limit"] is not None) == (outcome == "limit")
    assert (rows["aoki"]["outcome"], rows["aoki"]["points"]) == ("right", 100)
    baba = rows["baba"]
    assert (baba["outcome"], baba["points"]) == ("wrong", 66.67)
    (made,) = baba["mistakes"]
    assert (made["name"], made["of"], made["line"]) == ("bias-not-summed", "b", "12")
    summary = done.json["summary"]
    assert summary["students"] == len(rows)
    assert sum(summary["outcomes"].values()) == sum(summary["tenths"]) == len(rows)
    assert summary["mistakes"] == {"bias-not-summed": 1}
    assert summary["tenths"][10] == summary["tenths"][6] == 1


def test_points_by_a_rubric_for_two_names_in_a_table(denpa, handed_in, tmp_path):
    (tmp_path / "r.toml").write_text(
        "total = 20\n[points.Affine]\nx = 2\nW = 3\nb = 1\n[points.Relu]\nx = 4\n"
    )
    (handed_in / "=HYPERLINK(1).py").write_text(
        BIAS.replace("self.mask, 0, dout", "dout < 0, 0, 1")
    )
    (handed_in / "chiba.py").write_text(RIGHT.partition("class Relu")[0])
    done = denpa("check", "--class", handed_in, "--name", "Affine, Relu", "--rubric", "r.toml",
                 "--csv", "marks.csv", "--html", "class.html", "--quiet")  # fmt: skip
    assert done.code == 0, done.err
    with open(tmp_path / "marks.csv", encoding="utf-8-sig", newline="") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    assert {n: (r["points"], r["of"]) for n, r in table.items()} == {
        "aoki": ("20", "20"), "baba": ("18", "20"), "'=HYPERLINK(1)": ("10", "20"),
        "chiba": ("12", "20"),
    }  # fmt: skip
    columns = ("Affine.x (of 4)", "Affine.W (of 6)", "Affine.b (of 2)", "Relu.x (of 8)")
    assert [table["baba"][k] for k in columns] == ["4", "6", "0", "8"]
    assert [table["chiba"][k] for k in columns] == ["4", "6", "2", "0"]
    assert "Points are scaled: the 10 of the rubric make 20." in done.out
    assert table["baba"]["mistakes"] == "Affine.b: bias-not-summed"
    assert "chiba.py has no 'Relu'" in table["chiba"]["message"]
    page = (tmp_path / "class.html").read_text("utf-8")
    assert "<script" not in page
    assert "bias-not-summed" in page
    assert "4 submissions: 1 right, 2 wrong, 1 with errors" in done.out


def test_a_page_holds_submissions_as_text(denpa, handed_in, tmp_path):
    (handed_in / "<b>&.py").write_text("raise ValueError('<script>alert(1)</script>')")
    assert denpa("check", "--class", handed_in, "--name", "Relu", "--html", "c.html").code == 0
    page = (tmp_path / "c.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;b&gt;&amp;" in page


def test_notebooks_and_folders(denpa, handed_in, tmp_path):
    (handed_in / "chiba.ipynb").write_text(
        notebook("%matplotlib inline\nimport numpy as np\nraise SystemExit", BIAS)
    )
    (handed_in / "doi.ipynb").write_text("{}")
    for name, files in {
        "endo": {"homework.py": RIGHT}, "fuji": {"a.py": RIGHT, "b.py": "x = 1"},
        "goto": {"a.py": RIGHT, "b.py": RIGHT}, "hara": {"read.me": "no"},
        "ito": {"work.py": f"from helper import one\nfrom common import two\n{RIGHT}",
                "helper.py": "one = 1", "data.csv": "1"},
    }.items():  # fmt: skip
        (handed_in / name).mkdir()
        for file, text in files.items():
            (handed_in / name / file).write_text(text)
    (tmp_path / "common.py").write_text("two = 2")
    rows = rows_of(
        denpa("check", "--class", handed_in, "--name", "Affine", "--beside", "common.py", "--json")
    )
    assert {n: r["outcome"] for n, r in rows.items()} == {
        "aoki": "right", "baba": "wrong", "chiba": "wrong", "doi": "error", "endo": "right",
        "fuji": "right", "goto": "nothing", "hara": "nothing", "ito": "right",
    }  # fmt: skip
    (made,) = rows["chiba"]["mistakes"]
    assert (made["name"], made["line"]) == ("bias-not-summed", "cell 2, line 12")
    assert (
        "which file is it: a.py, b.py? Say so for all folders with --file a.py"
        in (rows["goto"]["message"])
    )
    rows = rows_of(
        denpa("check", "--class", handed_in, "--name", "Affine", "--file", "b.py", "--json")
    )
    assert {n: rows[n]["outcome"] for n in ("fuji", "goto", "endo")} == {
        "fuji": "error", "goto": "right", "endo": "nothing",
    }  # fmt: skip


def test_nothing_of_a_submission_is_changed_and_no_other_is_seen(denpa, handed_in):
    (handed_in / "chiba.py").write_text(
        "open('written', 'w').write('x'); open(__file__, 'a').write('# more')\n" + RIGHT
    )
    (handed_in / "doi.py").write_text("from aoki import Affine")
    before = {p.name: p.read_text() for p in handed_in.iterdir()}
    rows = rows_of(denpa("check", "--class", handed_in, "--name", "Affine", "--json"))
    assert {p.name: p.read_text() for p in handed_in.iterdir()} == before
    assert rows["chiba"]["outcome"] == "right"
    assert rows["doi"]["outcome"] == "error"
    assert "aoki" in rows["doi"]["message"]
    assert all("/denpa-" not in r["message"] + r["report"] for r in rows.values())


@pytest.mark.parametrize("given", [("--name", "Affine"), ("--tests", "t.py")])
def test_links_and_what_is_too_large_are_not_copied(denpa, handed_in, tmp_path, given):
    (tmp_path / "t.py").write_text("from homework import Affine\ndef test(): assert Affine\n")
    for name in ("chiba", "doi", "endo"):
        (handed_in / name).mkdir()
        (handed_in / name / "homework.py").write_text(RIGHT)
    (handed_in / "chiba/all").symlink_to("/")
    (handed_in / "chiba/loop").symlink_to(".")
    (handed_in / "doi/data").mkdir()
    (handed_in / "doi/data/large.bin").write_bytes(bytes(2**22))
    os.mkfifo(handed_in / "endo/pipe")
    done = denpa("check", "--class", handed_in, *given, "--written", "4M", "--json")
    rows = rows_of(done)
    assert {n: rows[n]["outcome"] for n in ("aoki", "chiba", "doi", "endo")} == {
        "aoki": "right", "chiba": "right", "doi": "limit", "endo": "error",
    }  # fmt: skip
    assert "its files are larger (4M) than what may be written" in rows["doi"]["message"]
    assert "it cannot be copied" in rows["endo"]["message"]


TESTS = """
import numpy as np
import pytest
from homework import Affine, Relu

def test_affine(gradients):
    gradients.layer(Affine(np.random.randn(4, 3), np.zeros(3)), np.random.randn(5, 4))

@pytest.mark.parametrize("n", [2, 3])
def test_relu(gradients, n):
    gradients.layer(Relu(), np.random.randn(n, 4))

class TestShape:
    def test_out(self):
        assert Relu().forward(np.ones((2, 3))).shape == (2, 3)
"""


def test_a_teachers_tests(denpa, handed_in, tmp_path):
    (tmp_path / "test_it.py").write_text(TESTS)
    (handed_in / "chiba.ipynb").write_text(notebook(BIAS))
    (handed_in / "doi.py").write_text("def f(:")
    (handed_in / "endo.py").write_text("class Affine: pass")
    (handed_in / "fuji.py").write_text(
        RIGHT.replace("np.where(self.mask, 0, dout)", "__import__('os')._exit(0)")
    )
    (handed_in / "goto.py").write_text(RIGHT.replace("self.x = x", "while True: pass"))
    (handed_in / "hara").mkdir()
    (handed_in / "hara/homework.py").write_text("from mine import *\n")
    (handed_in / "hara/mine.py").write_text(RIGHT)
    (handed_in / "hara/conftest.py").write_text("raise SystemExit")
    (tmp_path / "r.toml").write_text(
        "[points]\ntest_affine = 3\ntest_relu = 2\n'TestShape.test_out' = 1\n"
    )
    rows = rows_of(denpa("check", "--class", handed_in, "--tests", "test_it.py", "--rubric",
                         "r.toml", "--timeout", 4, "--json", "--jobs", 2))  # fmt: skip
    assert {n: (r["outcome"], r["points"]) for n, r in rows.items()} == {
        "aoki": ("right", 6), "baba": ("wrong", 3), "chiba": ("wrong", 3), "doi": ("error", 0),
        "endo": ("error", 0), "fuji": ("error", 4), "goto": ("limit", 3), "hara": ("right", 6),
    }  # fmt: skip
    assert all(r["of"] == 6 for r in rows.values())
    for name, line in (("baba", "12"), ("chiba", "cell 1, line 12")):
        (made,) = rows[name]["mistakes"]
        assert (made["name"], made["of"], made["line"]) == (
            "bias-not-summed",
            "test_affine.b",
            line,
        )
    assert "SyntaxError" in rows["doi"]["message"]
    assert "cannot import name" in rows["endo"]["message"]
    assert "fuji.py, test_relu[2]: it left with exit code 0" in rows["fuji"]["message"]
    assert "goto.py, test_affine: it took more than 4 s" in rows["goto"]["message"]
    assert "✓ test_affine\n✗ test_relu[2]" in rows["fuji"]["report"]


def test_in_japanese(denpa, handed_in, tmp_path):
    (handed_in / "loop.py").write_text("while True: pass")
    (handed_in / "empty").mkdir()
    (handed_in / "no.ipynb").write_text("{}")
    done = denpa("check", "--class", handed_in, "--name", "Affine", "--lang", "ja", "--html",
                 "c.html", "--timeout", 4)  # fmt: skip
    assert done.code == 0
    for text in (
        "正解",
        "誤り",
        "制限超過",
        "処理時間が 4 秒",
        "提出 5 件: 正解 1",
        "多かった",
        ".ipynb ファイルもありません",
        "ノートブック (nbformat 4) ではありません",
    ):
        assert text in done.out
    page = (tmp_path / "c.html").read_text("utf-8")
    assert '<html lang="ja">' in page
    for text in ("採点", "得点", "間違い", "バイアス"):
        assert text in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--class", "none", "--name", "A"], "--class none: there is no such folder"),
        (["--class", "bare", "--name", "A"], "--class bare: neither a .py nor an .ipynb file"),
        (["--class", "."], "--class needs --name NAME, what each is to have, or --tests FILE"),
        (["--class", ".", "--name", "A", "--tests", "t.py"], "--class needs --name NAME"),
        (["a.py:A", "--class", ".", "--name", "A"], "'a.py:A' would be one file"),
        (["--class", ".", "--name", "A", "--jobs", "0"], "--jobs must be at least 1, not 0"),
        (["--class", ".", "--name", "A", "--timeout", "0"], "--timeout must be more than 0"),
        (["--class", ".", "--name", "A", "--beside", "no"], "--beside no: there is no such file"),
        (["--class", ".", "--name", "A", "--rubric", "no.toml"], "no.toml: No such file"),
        (["--class", ".", "--tests", "no.py"], "--tests no.py: No such file"),
        (["--class", ".", "--tests", "two.py"], "imports one, two: say with --file NAME.py"),
        (["--class", ".", "--tests", "zero.py"], "imports no module that is not there"),
        (["--class", ".", "--tests", "t.py", "--rubric", "r.toml"], "t.py has no such test"),
        (["a.py:A", "--name", "B"], "--name belongs to --class, which is not given"),
        (["a.py:A", "--jobs", "2"], "--jobs belongs to --class"),
    ],
)
def test_mistakes_on_the_command_line(denpa, tmp_path, given, said):
    (tmp_path / "bare").mkdir()
    (tmp_path / "a.py").write_text(RIGHT)
    (tmp_path / "t.py").write_text("from homework import A\ndef test_a(): pass\n")
    (tmp_path / "two.py").write_text("import one, two, numpy\n")
    (tmp_path / "zero.py").write_text("import numpy\n")
    (tmp_path / "r.toml").write_text("[points]\ntest_b = 1\n")
    done = denpa("check", *given, "--json")
    assert done.code == 2
    assert said in done.err
    assert said in done.json["error"]
    assert done.json["ok"] is None


def test_every_outcome_has_a_word_in_both_languages():
    from denpa.check.marking.words import words

    en, ja = words("en"), words("ja")
    assert en.keys() == ja.keys()
    for outcome in OUTCOMES:
        assert en[outcome] != ja[outcome]
