"""Points, tables and the code of notebooks: what marks are made of."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denpa.check import layer
from denpa.check.limits import Ended, Limits, Running
from denpa.check.marking import Rubric, SubmissionRow, marks, read_rubric, run_all, score, summary
from denpa.check.marking.pool import Marking
from denpa.check.marking.rubric import Item, items_of
from denpa.check.marking.table import safe
from denpa.check.mistakes.words import WORDS
from denpa.check.opening.notebook import as_file, cell_and_line
from denpa.core.errors import ArgumentError

RNG = np.random.default_rng(0)


class Affine:
    def __init__(self) -> None:
        self.W, self.b = RNG.standard_normal((4, 3)), RNG.standard_normal(3)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW, self.db = self.x.T @ dout, dout[0]
        return dout @ self.W.T


class InPlace:
    def forward(self, x: Any) -> Any:
        return 2 * x

    def backward(self, dout: Any) -> Any:
        dout *= 2
        return dout + 0


# -- points ----------------------------------------------------------------------------------------


def test_points_are_given_for_each_gradient_that_is_right() -> None:
    found = layer(Affine(), RNG.standard_normal((5, 4)))
    assert score(found) == pytest.approx(2 / 3)
    assert score(found, total=30) == pytest.approx(20)
    assert score(found, {"x": 2, "W": 3, "b": 1}) == 5
    assert score(found, {"x": 2, "W": 3, "b": 1}, total=12) == 10
    assert score(found, {"b": 1}) == 0
    assert score(found, {"dx": 2, "grad_W": 3, "bias": 1}) == 5
    with pytest.raises(ArgumentError, match="points are given for 'V'; the report has x, W, b"):
        score(found, {"V": 1})
    with pytest.raises(ArgumentError, match="Did you mean 'W'"):
        score(found, {"WW": 1})


def test_a_mistake_of_no_one_gradient_costs_what_one_is_worth_or_what_is_said() -> None:
    found = layer(InPlace(), RNG.standard_normal((5, 4)))
    (finding,) = found.findings
    assert finding.mistake == "upstream-changed"
    assert all(c.ok for c in found.compared.values())
    assert score(found, total=4) == 0
    assert score(found, total=4, deductions={"upstream-changed": 1}) == 3
    assert score(found, total=4, deductions={"upstream-changed": 9}) == 0


def test_a_gradient_with_a_mistake_that_no_number_shows_earns_nothing() -> None:
    class Grows(Affine):
        dW = 0.0

        def backward(self, dout: Any) -> Any:
            self.dW = self.dW + self.x.T @ dout
            self.db = dout.sum(0)
            return dout @ self.W.T

    found = layer(Grows(), RNG.standard_normal((5, 4)))
    assert [f.mistake for f in found.findings] == ["accumulated"]
    assert found.compared["W"].ok
    assert score(found, {"x": 2, "W": 3, "b": 1}) == 3
    assert score(found, {"x": 2, "W": 3, "b": 1}, deductions={"accumulated": 1}) == 5


def _data(**gradients: tuple[bool, int]) -> dict[str, Any]:
    return {"findings": [], "not_compared": [], "raised": [], "gradients": {
        k: {"ok": o, "compared": n, "of_input": k == "x"} for k, (o, n) in gradients.items()
    }}  # fmt: skip


def test_a_gradient_of_which_nothing_was_compared_or_that_is_not_there_earns_nothing() -> None:
    items = items_of(_data(x=(True, 3), W=(True, 0)), Rubric({"": {"x": 1, "W": 1, "b": 1}}))
    assert items == [Item("x", 1, 1, True), Item("W", 0, 1, False), Item("b", 0, 1, False)]


def _finding(mistake: str, name: str, *also: str, part: str = "") -> dict[str, Any]:
    return {"mistake": mistake, "name": name, "also": list(also), "part": part}


@pytest.mark.parametrize(
    ("findings", "points"),
    [
        ([_finding("scale", "W")], 4),
        ([_finding("scale", "W"), _finding("sign", "W")], 1),  # W is lost to the sign
        ([_finding("scale", "W", "b")], 4),  # one mistake, in two gradients
        ([_finding("sign", "W", "b")], 1),
        ([_finding("scale", "W"), _finding("scale", "b")], 4),
        ([_finding("scale", "W", part="layer1")], 4),  # in a layer inside: by all that is found
        ([_finding("scale", "W", part="layer1"), _finding("sign", "b", part="layer1")], 0),
    ],
)
def test_a_mistake_costs_once(findings: list[dict[str, Any]], points: float) -> None:
    names = {n for f in findings for n in (f["name"], *f["also"])}
    data = {**_data(**{n: (n not in names, 3) for n in "xWb"}), "findings": findings}
    rubric = Rubric({"": {"x": 1, "W": 3, "b": 1}}, deductions={"scale": 1})
    assert sum(i.points for i in items_of(data, rubric)) == points


SPELT = ("{}", "d{}", "d_{}", "grad_{}", "{}_grad", "g{}", "grad{}")


@given(st.lists(st.sampled_from(["gamma", "beta", "W1", "W2", "Wxh", "kernel2"]), unique=True,
                min_size=1), st.lists(st.sampled_from(SPELT), min_size=6, max_size=6))  # fmt: skip
def test_a_key_means_a_gradient_however_it_is_spelt(names: list[str], spelt: list[str]) -> None:
    keys = [form.format(n) for n, form in zip(names, spelt, strict=False)]
    rubric = Rubric({"A": dict.fromkeys(keys, 1.0)})
    assert list(rubric.parts("A", ["x", *names], ["x"]).values()) == names
    assert rubric.unknown("A", [dict.fromkeys(["x", *names], False)]) == ""


parts = st.dictionaries(st.sampled_from("xWbvu"), st.tuples(st.booleans(), st.integers(1, 9)),
                        min_size=1)  # fmt: skip


@given(parts, st.integers(1, 100), st.integers(1, 4))
def test_all_right_is_the_total_and_all_wrong_is_nothing(
    gradients: dict[str, tuple[bool, int]], total: int, names: int
) -> None:
    right = {k: (True, n) for k, (_, n) in gradients.items()}
    for rubric in (Rubric(total=total), Rubric({"A": dict.fromkeys(right, 2.0)}, total)):
        whole = rubric.of / (1 if rubric.points else names)
        for given_, want in ((right, whole), (dict.fromkeys(right, (False, 1)), 0)):
            got = sum(i.points for i in items_of(_data(**given_), rubric, "A", names))
            assert got == pytest.approx(want)
        some = sum(i.points for i in items_of(_data(**gradients), rubric, "A", names))
        share = sum(ok for ok, _ in gradients.values()) / len(gradients)
        assert some == pytest.approx(whole * share)


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("totl = 3", ["A"], "unknown key totl. Did you mean 'total'?"),
        ("late = 3", ["A"], "unknown key late. Known: total, points, deductions."),
        ("total = 0", ["A"], "total must be more than 0"),
        ("total = '3'", ["A"], "total must be a number of points, 0 or more, not '3'"),
        ("total = true", ["A"], "total must be a number of points"),
        ("total = nan", ["A"], "total must be a number of points"),
        ("points = 3", ["A"], "points must be a table, as [points], not 3"),
        ("[points]\nx = -1", ["A"], "points.A.x must be a number of points"),
        ("[points]\nx = 'a'", [""], "points.x must be a number of points"),
        ("[points]\nx = 0", ["A"], "all points are 0"),
        ("[points]\nx = 1", ["A", "B"], "points.x: with several names"),
        ("[points.A]\nx = 1", ["A", "B"], "no points for B; give [points.B]"),
        ("[points.Afine]\nx = 1", ["Affine"], "key points.Afine. Did you mean 'Affine'?"),
        ("[deductions]\nbias-not-sumed = 1", ["A"], "Did you mean 'bias-not-summed'?"),
        ("[deductions]\nsign = -1", ["A"], "deductions.sign must be a number"),
        ("[points\n", ["A"], "no TOML (Expected"),
    ],
)
def test_a_rubric_that_is_wrong_names_the_key(
    text: str, names: list[str], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "r.toml"
    file.write_text(text)
    with pytest.raises(ArgumentError) as error:
        read_rubric(file, names, list(WORDS))
    assert said in str(error.value)
    assert str(file) in str(error.value)


def test_a_rubric_as_the_documentation_shows_it(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text("total = 12\n[points]\nx = 2\ndW = 3\nb = 1\n[deductions]\nsign = 0.5\n")
    found = read_rubric(file, ["Affine"], list(WORDS))
    assert found == Rubric({"Affine": {"x": 2, "dW": 3, "b": 1}}, 12, {"sign": 0.5})
    assert found.worth("Affine", ["x", "W", "b"]) == {"x": 4, "dW": 6, "b": 2}


def test_a_class_at_a_glance() -> None:
    rows = [
        SubmissionRow(str(n), points=p, of=10)
        for n, p in enumerate((0, 0.3, 1 / 3 * 3, 9.99, 10, 10))
    ]
    found = summary(rows)
    assert found.tenths == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 2]
    assert found.median == pytest.approx((1 + 9.99) / 2, abs=0.01)
    assert summary(rows[:3]).median == 0.3


# -- the table -------------------------------------------------------------------------------------


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠|%"))
    assert "\n" not in cell
    assert "\r" not in cell


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_the_table_has_a_row_for_each_student_whatever_the_names(
    rows: list[tuple[str, str]],
) -> None:
    text = marks(
        [SubmissionRow(student, message=message, points=1, of=2) for student, message in rows]
    )
    table = list(csv.reader(io.StringIO(text, newline="")))
    assert len(table) == len(rows) + 1
    assert all(len(row) == len(table[0]) for row in table)


# -- notebooks -------------------------------------------------------------------------------------


def _as_file(folder: Path, *sources: str) -> str:
    file = folder / "a.ipynb"
    file.write_text(json.dumps({"cells": [{"cell_type": "code", "source": s} for s in sources]}))
    return as_file(file)


def test_of_a_notebook_what_defines_something_is_kept(tmp_path: Path) -> None:
    text = _as_file(
        tmp_path,
        "%matplotlib inline\nimport os\n!pip install x\nprint(1)\n",
        "%%bash\nls\n",
        "LEARNING_RATE = 0.1\nx, *y = [1, 2]\ndata = load()\nn: int = 3\nm: int",
        "@property\n@other(1)\ndef f(self):\n    print(2)\n\nf(3)\nclass A:\n    pass",
        "for i in range(10): train()\nf?",
        "%%time\nclass B: pass",
    )
    names = [type(n).__name__ for n in ast.parse(text).body]
    assert names == ["Import", "Assign", "Assign", "AnnAssign", "AnnAssign", "FunctionDef",
                     "ClassDef", "ClassDef"]  # fmt: skip
    lines = text.split("\n")
    assert cell_and_line("a.py", 1 + lines.index("    pass"), text) == "cell 4, line 8"
    assert cell_and_line("a.py", 1 + lines.index("class B: pass"), text) == "cell 6, line 2"
    assert cell_and_line("a.py", 1, "x = 1") == "1"


@given(st.lists(st.lists(st.sampled_from(["x = 1", "f()", "%time f()", "", "def f():\n    pass"]),
                         max_size=4), min_size=1, max_size=4))  # fmt: skip
def test_lines_of_a_notebook_stay_where_they_are(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
) -> None:
    sources = ["\n".join(lines) for lines in cells]
    text = _as_file(tmp_path_factory.getbasetemp(), *sources)
    for number, line in enumerate(text.split("\n"), 1):
        cell, _, at = cell_and_line("a.py", number, text).partition(", line ")
        assert cell.startswith("cell ")
        if line and not line.startswith("# cell"):
            assert sources[int(cell[5:]) - 1].split("\n")[int(at) - 1] == line


def test_a_cell_with_an_error_of_syntax_is_told_by_python(tmp_path: Path) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(_as_file(tmp_path, "def f(:"))


# -- several at a time -----------------------------------------------------------------------------


def test_so_many_at_a_time_and_no_more() -> None:
    now, most, done = 0, 0, []

    def one(number: int) -> Marking[int]:
        nonlocal now, most
        for _ in range(2):
            now += 1
            most = max(most, now)
            ended: Ended = yield Running("tests.check.test_marking:doubled", {"x": 1}, Limits(9))
            now -= 1
            assert ended.answer == {"x": 2}
        return number

    def at_once() -> Marking[int]:
        return -1
        yield

    run_all([one(0), at_once(), *(one(n) for n in range(1, 5))], 2, done.append)
    assert sorted(done) == [-1, 0, 1, 2, 3, 4]
    assert most == 2


def test_an_interruption_stops_all() -> None:
    started: list[Running] = []

    def sleeps() -> Marking[None]:
        started.append(Running("tests.check.test_marking:sleeps", {}, Limits(30)))
        yield started[-1]

    def interrupts() -> Marking[None]:
        yield Running("tests.check.test_marking:doubled", {"x": 1}, Limits(9))
        raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_all([sleeps(), interrupts()], 2, lambda _: None)
    assert time.monotonic() - began < 20
    assert not started[0].folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)


def doubled(given_: dict[str, Any]) -> dict[str, Any]:
    return {"x": given_["x"] * 2}


def sleeps(_: dict[str, Any]) -> None:
    time.sleep(60)
