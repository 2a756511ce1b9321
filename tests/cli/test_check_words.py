"""What `denpa check` says of every kind of mistake on its command line, in the language asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
EXERCISES = """
import numpy as np

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b
    def backward(self, dout):
        raise NotImplementedError

class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y
    def backward(self, dout):
        return dout * self.y * (1 - self.y)

class Strange:
    def __init__(self, zeug):
        self.n = zeug.n
    def forward(self, x):
        return x
    def backward(self, dout):
        return dout

class Raises:
    def forward(self, x):
        return x / self.missing
    def backward(self, dout):
        return dout

class Words:
    def forward(self, x):
        return "none"
    def backward(self, dout):
        return dout

class Bare:
    n = 1

def alone(x, y):
    return x

def endless():
    while True:
        pass

def early():
    import os
    os._exit(3)

if __name__ == "__main__":
    net = Sigmoid()
"""
FEW = "class Sigmoid:" + EXERCISES.partition("class Sigmoid:")[2].partition("class")[0]
GIVEN = (
    "",
    "none.py:A",
    "folder",
    "words.txt",
    "ex.py",
    "ex.py:Afine",
    "ex.py:zzz",
    "ex.py:net",
    "ex.py:Affine",
    "ex.py:Strange",
    "ex.py:Raises",
    "ex.py:Words",
    "ex.py:Bare",
    "ex.py:alone",
    "ex.py:endless --timeout 0.2",
    "ex.py:early",
    "ex.py:Sigmoid --input x=rand(",
    "ex.py:Sigmoid --input x=np.zeros((0,2))",
    "ex.py:Sigmoid --rule adamm",
    "ex.py:Sigmoid --grad zzz",
    "ex.py:Sigmoid --data zzz",
    "ex.py:Sigmoid --data none.csv",
    "ex.py:Sigmoid --batch 3",
    "ex.py:Sigmoid --batch x",
    "ex.py:Sigmoid --batch",
    "ex.py:Sigmoid --budget -1",
    "ex.py:Sigmoid --memory much",
    "ex.py:Sigmoid --bogus",
    "ex.py:Sigmoid more",
    "ex.py:Sigmoid --data digits --input x=1",
    "ex.py:Sigmoid --html none/r.html",
    "ex.py:Sigmoid --name A",
    "broken.py:A",
    "broken.ipynb:A",
    "missing.py:A",
    "explain zzzqqq",
    "gallery zzzqqq",
    "--class none --name A",
    "--class folder",
    "--class folder --name A --jobs 0",
    "--class folder --name A --rubric none.toml",
    "--class folder --name A --rubric bad.toml",
    "--class folder --tests none.py",
    "--class folder --name A --beside none",
    "--class empty --name A",
)


@pytest.fixture
def check(denpa, tmp_path: Path):
    for name, text in (
        ("ex.py", EXERCISES), ("broken.py", "class A(:\n"), ("broken.ipynb", "{"),
        ("missing.py", "import zzz_nobody\nclass A(zzz_nobody.B): pass\n"), ("words.txt", "A"),
        ("folder/a.py", "A = 1\n"), ("bad.toml", "points = 1\n"), ("empty/a.txt", ""),
        ("few.py", "import numpy as np\n" + FEW),
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return lambda given, *more: denpa("check", *given.split(), *more)


@pytest.mark.parametrize("given", GIVEN)
def test_every_mistake_is_told_in_the_language_asked_for(check, given: str) -> None:
    japanese, english = check(given, "--lang", "ja"), check(given, "--lang", "en")
    assert japanese.code == english.code == 2, japanese.out + japanese.err
    assert "bug in Denpa" not in english.err
    assert "不具合" not in japanese.err
    first = japanese.err.splitlines()[0]
    assert JAPANESE.search(first), first
    assert not JAPANESE.search(english.err), english.err
    # Beside what Python says and names, nothing is left in English.
    rest = re.sub(r"\w*(Error|Exit)\b.*|\(.*?\)|'.*?'|denpa check \w+", "", first)
    if "--data" in given:  # what the readers of data say is quoted behind it
        rest = rest.partition("読み込めませんでした: ")[0]
    assert not re.search(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b", rest.partition("error: ")[2]), first


def test_exercises_have_an_outcome_of_their_own(check) -> None:
    done = check("ex.py:Affine", "--json")
    assert done.code == 2
    assert done.json["outcome"] == "unwritten"
    assert done.json["error"] == "Affine: backward is not written yet (line 10)"
    outcomes = {
        "ex.py": "choose", "ex.py:zzz": "error", "ex.py:endless --timeout 0.2": "limit",
    }  # fmt: skip
    for given, outcome in outcomes.items():
        assert check(given, "--json").json["outcome"] == outcome, given


def test_a_file_alone_lists_one_name_a_line(check) -> None:
    done = check("ex.py")
    rows = done.err.splitlines()
    assert rows[0].endswith("does not say what to check; name one:")
    assert [r.split()[2] for r in rows[1:]] == [f"ex.py:{n}" for n in (
        "Affine", "Sigmoid", "Strange", "Raises", "Words"
    )]  # fmt: skip
    assert rows[1].endswith("backward is not written yet (line 10)")
    listed = check("ex.py", "--json").json["offers"]
    assert [o["command"] for o in listed] == [r.split("   ")[0].strip() for r in rows[1:]]
    assert check("few.py").code == 0  # the one thing in it


def test_a_class_with_an_exercise_that_is_not_filled_in(check, tmp_path: Path) -> None:
    (tmp_path / "folder/b.py").write_text(EXERCISES)
    done = check("--class folder --name Affine --csv marks.csv")
    assert done.code == 0, done.err
    assert "b.py,unwritten,0" in (tmp_path / "marks.csv").read_text()
    data = check("--class folder --name Affine", "--json").json
    assert data["summary"]["outcomes"]["unwritten"] == 1
    assert "未記入 1" in check("--class folder --name Affine", "--lang", "ja").out


def test_help_tells_what_may_be_checked(check, capsys) -> None:
    with pytest.raises(SystemExit):
        check("--help")
    said = capsys.readouterr().out
    for form in ("FILE ", "FILE:NAME", "--grad df", "--rule adam", "notebook.ipynb:NAME",
                 "package.module:NAME", "--class FOLDER", "with your rights",
                 "0 right, 1 wrong, 2"):  # fmt: skip
        assert form in said


def test_words_find_explanations(check) -> None:
    for word, name in (("bias", "bias-not-summed"), ("transpoze", "transposed"),
                       ("転置", "transposed"), ("バイアス", "bias-not-summed")):  # fmt: skip
        done = check(f"explain {word}")
        assert done.code == 0
        assert done.out.splitlines()[2].startswith(f"{name} "), done.out
    assert "bias-not-summed" in check("explain bias", "--json").json["mistakes"]
