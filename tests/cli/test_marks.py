"""What a teacher reads of a class: points, what was not compared, tables, an interruption."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import denpa as package
from denpa.check.marking import SubmissionRow
from denpa.check.marking.rows import OUTCOMES, FoundMistake
from denpa.check.marking.words import words
from denpa.cli.class_table import WIDTH, table
from tests.cli.test_check_class import BIAS, RIGHT, notebook, rows_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has all the limits")

LOST = RIGHT.replace("self.dW = ", "dW = ")
FROZEN = RIGHT.replace("        self.dW = self.x.T @ dout\n", "")

SHIFT = """
class Affine:
    def __init__(self, b):
        self.b = b
    def forward(self, x):
        return 2 * x + self.b
    def backward(self, dout):
        self.db = dout.sum(axis=0)
        return 2 * dout
"""


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "aoki.py").write_text(RIGHT)
    (folder / "baba.py").write_text(BIAS)
    return folder


def mark(denpa: Any, *more: object, rubric: str = "") -> Any:
    if rubric:
        Path("r.toml").write_text(rubric)
        more = (*more, "--rubric", "r.toml")
    return denpa("check", "--class", "submissions", "--name", "Affine", "--json", *more)


# -- the keys of a rubric --------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [
    ("x", "W", "b"), ("dx", "dW", "db"), ("grad_x", "W_grad", "gb"), ("x", "grad_W", "bias"),
    ("inputs", "weights", "b"), ("d_x", "w", "dB"),
])  # fmt: skip
def test_a_gradient_in_any_of_its_spellings(denpa, handed_in, keys):
    (handed_in / "chiba.py").write_text(re.sub(r"\bx\b", "features", RIGHT))
    (handed_in / "doi.py").write_text(RIGHT.replace("W", "weight"))
    (handed_in / "endo.py").write_text(RIGHT.replace(".b", ".bias").replace(".db", ".dbias"))
    x, w, b = keys
    rows = rows_of(mark(denpa, rubric=f"[points]\n{x} = 2\n{w} = 3\n{b} = 1\n"))
    assert {n: (r["outcome"], r["points"]) for n, r in rows.items()} == {
        "aoki": ("right", 6), "baba": ("wrong", 5), "chiba": ("right", 6), "doi": ("right", 6),
        "endo": ("right", 6),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("W = 1\nc = 2", "unknown key points.c: no submission has such a gradient. They have x, "),
        ("W = 1\nWeigth = 2", "They have x, W, b."),
        ("WW = 1", "Did you mean 'W'? They have x, W, b."),
        ("dWW = 1", "Did you mean 'W'?"),
        ("dx = 2\nW = 1\nx = 1", "points.dx and points.x are the same gradient; give one of them"),
    ],
)
def test_a_key_that_no_submission_has_is_the_rubrics_error(denpa, handed_in, tmp_path, keys, said):
    files = ("--csv", "m.csv", "--html", "m.html")
    done = mark(denpa, *files, rubric=f"[points]\n{keys}\n")
    assert done.code == 2
    assert "r.toml: " in done.json["error"]
    assert said in done.json["error"]
    assert not (tmp_path / "m.csv").exists()
    assert not (tmp_path / "m.html").exists()


def test_a_key_that_one_submission_has_stays(denpa, handed_in):
    (handed_in / "chiba.py").write_text(SHIFT)
    rows = rows_of(mark(denpa, rubric="[points]\nx = 2\nW = 3\n"))
    assert (rows["aoki"]["outcome"], rows["aoki"]["points"]) == ("right", 5)
    chiba = rows["chiba"]
    assert (chiba["outcome"], chiba["points"]) == ("incomplete", 2)
    assert chiba["message"] == (
        "W of the rubric was not compared: there is no such gradient beside x, b"
    )


def test_keys_of_several_names(denpa, handed_in):
    rubric = "[points.Affine]\nx = 1\n[points.Relu]\nxx = 2\n"
    done = mark(denpa, "--name", "Affine,Relu", rubric=rubric)
    assert done.code == 2
    assert (
        "unknown key points.Relu.xx: no submission has such a gradient. Did you mean 'x'"
        in (done.json["error"])
    )


def test_where_nothing_ran_no_key_is_blamed(denpa, handed_in):
    for file in handed_in.iterdir():
        file.write_text("class Affine: pass")
    rows = rows_of(mark(denpa, rubric="[points]\nx = 2\nq = 3\n"))
    assert all((r["outcome"], r["points"], r["of"]) == ("error", 0, 5) for r in rows.values())


# -- what was not compared -------------------------------------------------------------------------


def test_what_was_not_compared_is_not_right(denpa, handed_in, tmp_path):
    (handed_in / "chiba.py").write_text(LOST)
    (handed_in / "doi.py").write_text(FROZEN)
    rows = rows_of(mark(denpa, "--csv", "m.csv", "--html", "m.html"))
    chiba, doi = rows["chiba"], rows["doi"]
    assert (chiba["outcome"], chiba["points"]) == ("wrong", 66.67)
    (made,) = chiba["mistakes"]
    assert (made["name"], made["of"], made["line"]) == ("missing", "W", "11")
    assert (doi["outcome"], doi["points"]) == ("incomplete", 66.67)
    why = "dW was not compared: backward leaves no gradient of W that can be found"
    assert doi["message"] == why
    with open(tmp_path / "m.csv", encoding="utf-8-sig", newline="") as file:
        line = {row["student"]: row for row in csv.DictReader(file)}["doi"]
    assert (line["outcome"], line["message"]) == ("incomplete", why)
    assert (line["Affine.W (of 33.33)"], line["Affine.b (of 33.33)"]) == ("0", "33.3333")
    page = (tmp_path / "m.html").read_text("utf-8")
    assert "<td" in page.partition(">doi<")[2].partition(why)[0]
    assert '<span class="verdict ">incomplete</span>' in page
    asked = rows_of(mark(denpa, rubric="[points]\nx = 1\nb = 1\n"))  # dW is not asked for
    assert (asked["doi"]["outcome"], asked["doi"]["points"]) == ("right", 2)
    assert asked["chiba"]["outcome"] == "wrong"
    japanese = rows_of(mark(denpa, "--lang", "ja"))["doi"]["message"]
    assert japanese == "dW は比べていません: backward のあとに W の勾配が見つかりません"


def test_a_deduction_stands_in_place_of_the_points(denpa, handed_in):
    (handed_in / "chiba.py").write_text(
        BIAS.replace("self.dW = self.x.T @ dout", "self.dW = 2 * self.x.T @ dout")
    )
    (handed_in / "doi.py").write_text(LOST)
    points = "[points]\nx = 2\nW = 3\nb = 1\n[deductions]\n"
    for deductions, want in {
        "bias-not-summed = 0.5": (6, 5.5, 2.5, 3),
        "scale = 1": (6, 5, 4, 3),
        "scale = 1\nbias-not-summed = 0.5": (6, 5.5, 4.5, 3),
        "missing = 1": (6, 5, 2, 5),
        "bias-not-summed = 0": (6, 6, 3, 3),
    }.items():
        rows = rows_of(mark(denpa, rubric=points + deductions))
        assert tuple(r["points"] for r in rows.values()) == want, deductions
        assert [r["outcome"] for r in rows.values()] == ["right", "wrong", "wrong", "wrong"]


def test_input_at_the_top_of_a_file_is_told_and_costs_nothing(denpa, handed_in):
    (handed_in / "chiba.py").write_text("name = input('who? ')\n" + RIGHT)
    (handed_in / "doi.py").write_text(RIGHT.replace("self.x = x", "self.x = x; input()"))
    (handed_in / "endo.ipynb").write_text(notebook("input()", RIGHT))
    rows = rows_of(mark(denpa))
    assert (rows["chiba"]["outcome"], rows["chiba"]["points"]) == ("right", 100)
    assert "chiba.py, line 1 ended with EOFError" in rows["chiba"]["message"]
    assert (rows["doi"]["outcome"], rows["doi"]["at"]) == ("error", "8")
    assert (rows["endo"]["outcome"], rows["endo"]["message"]) == ("right", "")


def test_the_line_of_what_hangs_and_of_what_raises(denpa, handed_in):
    hangs = RIGHT.replace(
        "self.dW = ", "\n        while True:\n            pass\n        self.dW ="
    )
    (handed_in / "chiba.py").write_text(hangs)
    (handed_in / "doi.ipynb").write_text(notebook("import numpy as np", hangs))
    (handed_in / "endo.py").write_text(RIGHT.replace("self.x = x", "raise KeyError"))
    (handed_in / "fuji.py").write_text(RIGHT.replace("self.x = x", "self.x = ("))
    rows = rows_of(mark(denpa, "--timeout", 4))
    assert {n: rows[n]["outcome"] for n in ("chiba", "doi", "endo", "fuji")} == {
        "chiba": "limit", "doi": "limit", "endo": "error", "fuji": "error",
    }  # fmt: skip
    assert rows["chiba"]["at"] in ("12", "13")
    assert rows["doi"]["at"] in ("cell 2, line 12", "cell 2, line 13")
    assert (rows["endo"]["at"], rows["fuji"]["at"]) == ("8", "8")


def test_a_report_repeats_its_finding_where_the_student_has_the_file(denpa, handed_in, monkeypatch):
    (handed_in / "chiba.ipynb").write_text(notebook("import numpy as np", BIAS))
    rows = rows_of(mark(denpa, "--seed", 3))
    monkeypatch.chdir(handed_in)
    for name in ("baba", "chiba"):
        line = rows[name]["report"].split("again: ")[1].splitlines()[0]
        assert f"'{rows[name]['file']}:Affine'" in line
        assert "seed=3" in line
        found = eval(line, {"denpa": package})
        assert [f.mistake for f in found.findings] == ["bias-not-summed"]


# -- names and folders -----------------------------------------------------------------------------


def test_a_name_that_nobody_has_is_told_before_anything_runs(denpa, handed_in):
    (handed_in / "chiba.py").write_text("class Linear: pass\nwhile True: pass")
    (handed_in / "doi.ipynb").write_text(notebook(RIGHT))
    began = time.monotonic()
    for name, said in {
        "Afine": "--name Afine: none of the 4 files has it. Did you mean Affine (in 3 of 4 files)?",
        "affine": "Did you mean Affine (in 3 of 4 files)?",
        "Softmax": "They have Affine (in 3 of 4), Relu (in 3 of 4), Linear (in 1 of 4).",
        "Affine,Rlu": "--name Rlu: none of the 4 files has it. Did you mean Relu",
    }.items():
        done = denpa("check", "--class", handed_in, "--name", name, "--json")
        assert done.code == 2
        assert said in done.json["error"]
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("text", [
    "if True:\n    class Other: pass", "from mine import *", "import mine as Other",
    "globals()['Other'] = 1", "def f(:\n    Other", "for Other in (1,): pass",
])  # fmt: skip
def test_a_name_that_somebody_may_have_is_looked_for(denpa, handed_in, text):
    (handed_in / "chiba.py").write_text(text)
    done = denpa("check", "--class", handed_in, "--name", "Other", "--json")
    assert done.code == 0
    assert len(done.json["students"]) == 3


def test_folders_in_which_nothing_is_to_be_marked(denpa, tmp_path):
    for name in ("words", "empty", "folders/a", "folders/b"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "words/notes.txt").write_text("")
    for folder, said in {
        "words": "neither a .py nor an .ipynb file nor a folder; it has notes.txt. Give the folder",
        "empty": "it is empty. Give the folder that has a file, or a folder, for each student",
        "folders": "none of its 2 folders has a .py or an .ipynb file",
    }.items():
        done = denpa("check", "--class", folder, "--name", "Affine", "--json")
        assert done.code == 2
        assert said in done.json["error"]


def test_two_files_in_a_folder(denpa, handed_in):
    for name, files in {"chiba": {"a": RIGHT, "b": RIGHT}, "doi": {"a": "x = 1", "b": "y = 1"}
                        }.items():  # fmt: skip
        (handed_in / name).mkdir()
        for file, text in files.items():
            (handed_in / name / f"{file}.py").write_text(text)
    rows = rows_of(mark(denpa))
    assert rows["chiba"]["message"] == (
        "which file is it: a.py, b.py? Say so for all folders with --file a.py"
    )
    assert rows["doi"]["message"].startswith("no file defines Affine: a.py, b.py.")


def test_two_files_of_one_student_are_two_rows(denpa, handed_in):
    (handed_in / "aoki.ipynb").write_text(notebook(BIAS))
    rows = rows_of(mark(denpa))
    assert rows["aoki (py)"]["outcome"] == "right"
    assert rows["aoki (ipynb)"]["outcome"] == "wrong"


# -- the table -------------------------------------------------------------------------------------

texts = st.text(st.characters(categories=("L", "P", "Zs", "Nd", "Cc")), max_size=90)
letters = st.text(st.sampled_from("勾配abc é\n"), max_size=90)
said = st.one_of(texts, letters)
made = st.builds(FoundMistake, said, said, said, said)
rows_ = st.builds(
    SubmissionRow, said, outcome=st.sampled_from(OUTCOMES), points=st.floats(0, 1e6), message=said,
    mistakes=st.lists(made, max_size=3), at=said,
)  # fmt: skip


@given(st.lists(rows_, max_size=4), st.sampled_from(["en", "ja"]))
def test_no_line_of_the_table_is_wider_than_a_terminal(
    rows: list[SubmissionRow], language: str
) -> None:
    lines = table(rows, words(language))
    assert all(cell_len(line) <= WIDTH for line in lines)
    assert len(lines) == 2 + sum(max(len(r.told), 1) for r in rows)


@pytest.mark.parametrize("letter", ["a", "勾", "é"])
def test_what_is_long_is_cut_by_its_width_on_a_terminal(letter: str) -> None:
    text = letter * 150
    row = SubmissionRow(
        text, message=text, at=text, mistakes=[FoundMistake(text, text, text, text)]
    )
    for line in table([row], words("ja"))[2:]:
        assert WIDTH - 2 <= cell_len(line) <= WIDTH
        assert line.endswith("…")


def test_each_mistake_has_a_line_of_its_own() -> None:
    row = SubmissionRow("suzuki", points=3, outcome="wrong", mistakes=[
        FoundMistake("scale", "W", "it is twice what it should be", "10"),
        FoundMistake("bias-not-summed", "b", "the bias gradient is not summed", "11"),
    ], message="lee.py: a note")  # fmt: skip
    head, _, first, second, third = table([row], words("en"))
    assert head.split() == ["student", "outcome", "points", "line", "mistakes"]
    assert first.split()[:6] == ["suzuki", "wrong", "3", "10", "W:", "scale"]
    assert second.split()[:4] == ["11", "b:", "bias-not-summed", "–"]
    assert third.split() == ["lee.py:", "a", "note"]


# -- interruption ----------------------------------------------------------------------------------


def is_marked(pid: int, name: str) -> bool:
    """Whether a worker of that process has a copy of the file by now; folders come and go."""
    try:
        return any(Path(tempfile.gettempdir()).glob(f"denpa-{pid}-*/*/{name}"))
    except FileNotFoundError:  # a folder that was listed is gone
        return False


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_keeps_the_rows_that_are_done(handed_in, tmp_path, as_json):
    (handed_in / "chiba.py").write_text("while True: pass")
    (handed_in / "doi.py").write_text(RIGHT)
    command = [
        sys.executable, "-m", "denpa", "check", "--class", str(handed_in), "--name", "Affine",
        "--jobs", "1", "--timeout", "100", "--csv", "m.csv", "--html", "m.html",
        *["--json"] * as_json,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    until = time.monotonic() + 60
    while not is_marked(process.pid, "chiba.py"):  # the third
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in err
    with open(tmp_path / "m.csv", encoding="utf-8-sig", newline="") as file:
        held = [(r["student"], r["outcome"], r["points"], r["of"]) for r in csv.DictReader(file)]
    assert held == [
        ("aoki", "right", "100", "100"), ("baba", "wrong", "66.67", "100"),
        ("chiba", "interrupted", "", "100"), ("doi", "interrupted", "", "100"),
    ]  # fmt: skip
    page = (tmp_path / "m.html").read_text("utf-8")
    assert "Interrupted: 2 of 4 submissions are marked." in page
    if as_json:
        data = json.loads(out)
        assert data["interrupted"] is True
        assert data["summary"]["outcomes"]["interrupted"] == 2
        assert data["summary"]["mean"] == 83.34
    else:
        assert "Interrupted: 2 of 4 submissions are marked." in out
        assert "2 not marked; mean 83.34 of 100 points" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--init", "W=rand(4,3"), "--init 'W=rand(4,3': "),
        (("--init", "W=rand(4,3), bias=rand(3)"), "--init fits none of the"),
        (("--csv", "nowhere/m.csv"), "--csv nowhere/m.csv: it cannot be written there"),
    ],
)
def test_what_the_teacher_mistypes_costs_no_student(denpa, handed_in, options, said):
    done = mark(denpa, *options)
    assert done.code == 2
    assert said in done.json["error"]


def test_a_name_that_is_part_of_another_is_no_name_of_a_file_that_cannot_be_read(denpa, handed_in):
    (handed_in / "zeta.py").write_text("class Affine(\n")
    done = denpa("check", "--class", handed_in, "--name", "Affin", "--json")
    assert done.code == 2
    assert "Did you mean Affine" in done.json["error"]


def test_every_mistake_that_is_reported_may_cost_points(denpa, handed_in):
    from denpa.check.explain.entries import ENTRIES

    lines = "".join(f"{name} = 1\n" for name in ENTRIES)
    assert mark(denpa, rubric=f"[points]\nx = 2\n[deductions]\n{lines}").code == 0
