"""The files of `benchmarks/strangers`: what their manifests say is there, and a few of each round
have the verdict of their authors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from benchmarks.check_quality import bounds
from benchmarks.corpora import CORPORA, ROOT, VERDICTS, Outcome, Row, judged, known, rows, table

from .scoping import strange_names

EVERY = {(row.corpus, row.file): row for corpus in CORPORA for row in rows(corpus)}
WRONG = [row for row in EVERY.values() if not row.right]
FEW = {
    "styles1": "f002 f003 f008 f021 f065 f088 f090 f024 f052 f092/blocks",
    "styles2": "g004 g010 g013 g025 g026 g014 g020 g024 g039 g051 g091/",
    "wrong1": "w01 w02 w03 w04 w08 w10 w12 w13 w16 w19",
    "styles3": "h001 h021 h022 h041 h045 h063 h093 h046 h054 h075",
    "wrong3": "x01 x05 x07 x08 x10 x12 x14 x17 x18 x22",
    "styles4": "i018 i030 i047 i056 i067 i074 i100 i053 i082 i096",
    "wrong4": "y06 y07 y08 y09 y16 y18 y22 y24",
    "wrong2": "v01 v02 v04 v05 v06 v08 v09 v15 v17 v22",
}


def stem(row: Row) -> str:
    return row.file.removesuffix(".py").removesuffix(".ipynb")


SOME = [row for row in EVERY.values() if stem(row) in FEW[row.corpus].split()]


def test_the_rounds_have_their_sizes() -> None:
    sizes = {c: [r.right for r in EVERY.values() if r.corpus == c] for c in CORPORA}
    assert {c: (sum(s), len(s)) for c, s in sizes.items()} == {
        "styles1": (74, 99), "styles2": (74, 99), "wrong1": (0, 24), "wrong2": (0, 24),
        "styles3": (75, 100), "wrong3": (0, 24), "styles4": (75, 100), "wrong4": (0, 24),
    }  # fmt: skip
    assert len(SOME) == sum(len(few.split()) for few in FEW.values()) == 79


@pytest.mark.parametrize("row", EVERY.values(), ids=lambda row: f"{row.corpus}-{row.file}")
def test_a_row_names_a_file_and_what_is_in_it(row: Row) -> None:
    files = [row.path] if row.path.is_file() else sorted(row.path.rglob("*.py"))
    text = "\n".join(path.read_text("utf-8") for path in files)
    assert [name for name in row.name.split("/") if name not in text] == []
    if row.right:
        assert (row.mistake, row.line) == ("", "")
    else:
        assert row.mistake
        assert (row.code() or "").strip(" \t#"), f"line {row.line} is not there, or is empty"


@pytest.mark.parametrize("corpus", CORPORA)
def test_a_file_has_one_row(corpus: str) -> None:
    found = [r.file for r in rows(corpus)]
    assert len(found) == len(set(found))
    tops = {Path(file).parts[0] for file in found}
    there = {p.name for p in (ROOT / corpus).iterdir()} - {"manifest.csv", "__pycache__"}
    assert tops == there


@pytest.mark.parametrize(
    "name", ["judged.csv", "known.csv", *(f"{c}/manifest.csv" for c in CORPORA)]
)
def test_a_table_has_as_many_cells_in_every_row(name: str) -> None:
    assert [r for r in table(name) if None in r or None in r.values()] == []


def test_the_line_of_a_notebook_is_counted_as_a_report_counts_it() -> None:
    first, last = EVERY["styles1", "f016.ipynb"], EVERY["styles2", "g082.ipynb"]
    assert first.place == ("f016.ipynb, cell 3", "8")  # the first of four cells is a text
    assert first.code() == "    dZ1 = np.dot(W2.T, dZ2) * (1 - A1)"
    assert last.place == ("g082.ipynb, cell 3", "8")
    assert (last.code() or "").startswith("    db1 = ")


@pytest.mark.parametrize("row", SOME, ids=lambda row: f"{row.corpus}-{row.file}")
def test_the_verdict_is_the_authors(row: Row) -> None:
    found = dp.check.file(row.spec)
    assert not found.nothing
    assert found.ok == row.right, str(found)
    for finding in found.findings:
        assert strange_names(finding.expected, finding.location) == set(), finding.expected


@pytest.mark.parametrize("name", ["judged.csv", "known.csv"])
def test_what_a_person_wrote_down_is_of_files_that_are_there(name: str) -> None:
    read: Any = {"judged.csv": judged, "known.csv": known}[name]()
    assert [key[:2] for key in read if key[:2] not in EVERY] == []
    assert len(read) == len(table(name))  # none is there twice
    if name == "judged.csv":
        assert set(read.values()) <= set(VERDICTS)
        assert [key for key in read if EVERY[key[:2]].right] == []
    else:
        assert [key for key, reason in read.items() if not reason] == []
        assert [key for key in read if key[2] != "✓✗"[EVERY[key[:2]].right]] == []


def said(row: Row, status: int, *findings: dict[str, Any]) -> Outcome:
    return Outcome(row, status, {"findings": list(findings)}, 0.5)


def finding(mistake: str, file: str, line: int) -> dict[str, Any]:
    return {"name": "x", "mistake": mistake, "text": mistake, "file": file, "line": line}


def test_what_is_told_first_is_the_name_and_any_finding_may_have_the_line() -> None:
    row = EVERY["wrong1", "w05.py"]
    line = int(row.line)
    vague, good = finding("unknown", "a/w05.py", line), finding("sign", "a/w05.py", line + 1)
    other = finding("sign", "a/other.py", line)
    told = [said(row, 1, *f) for f in ([vague, good], [good, vague], [good], [other])]
    assert [o.named for o in told] == [False, True, True, True]
    assert [o.line_right for o in told] == [True, True, False, False]
    assert told[0].keys == [("wrong1", "w05.py", m) for m in ("unknown", "sign")]


def test_the_bounds_notice_each_kind_of_failure() -> None:
    right = [row for row in EVERY.values() if row.right][:20]
    wrong, named = WRONG[:20], finding("sign", "a.py", 1)
    good = [said(r, 0) for r in right] + [said(r, 1, named) for r in wrong]
    assert bounds(good, {}) == []
    excuse = {(right[0].corpus, right[0].file, "✗"): "why"}
    accused = [said(right[0], 1, named), *good[1:]]
    assert len(bounds(accused, {})) == 1
    assert bounds(accused, excuse) == []
    silent = [*good[:-1], said(wrong[-1], 0)]
    assert len(bounds(silent, excuse)) == 1
    closed = [said(r.row, 2) for r in good[:7]]
    assert bounds([*closed, *good[7:]], {}) == ["opened 33 of 40, expected 85%"]
    assert bounds([*closed[:6], *good[6:]], {}) == []
    vague = [said(r, 1, finding("unknown", "a.py", 1)) for r in wrong[:3]]
    assert bounds([*good[:20], *vague, *good[23:]], {}) == ["named 17 of 20 caught, expected 90%"]
