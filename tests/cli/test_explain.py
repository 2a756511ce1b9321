"""`denpa explain`: a run, a network in a file, a formula; as text, as JSON, as a page."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp

from .conftest import edit_run, write_flowers, write_pictures, write_table


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs on digits, on a table of classes, on a table of prices, and of two members."""
    folder = tmp_path_factory.mktemp("runs")
    quick: dict[str, Any] = {"epochs": 1, "seed": 1, "progress": False, "backend": "eager"}
    dp.runs.train("digits", hidden=(6,), out=folder / "digits", **quick)
    flowers = str(write_flowers(folder / "flowers.csv"))
    dp.runs.train(flowers, target="kind", hidden=(3,), out=folder / "flowers", **quick)
    prices = str(write_table(folder / "prices.csv"))
    dp.runs.train(prices, target="price", hidden=(3,), out=folder / "prices", **quick)
    dp.runs.train(prices, target="price", hidden=(3,), ensemble=2, out=folder / "two", **quick)
    dp.runs.train(
        str(write_pictures(folder / "pictures")), model="cnn", out=folder / "images", **quick
    )
    return folder


NET = """
import denpa as dp
nn = dp.nn
net = nn.Sequential(nn.Linear(64, 5), nn.ReLU(), nn.Linear(5, 10))
def make():
    print("made")
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(72, 10))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(64, 10)
    def forward(self, x):
        print("seen")
        return self.fc(x.flatten(1))
class Raises(nn.Module):
    def forward(self, x):
        y = x + 1
        return y + [][0]
few = nn.Sequential(nn.Linear(64, 3))
odd = nn.Sequential(nn.Linear(63, 10))
houses = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
flowers = nn.Sequential(nn.Linear(2, 2))
frozen = nn.Sequential(nn.Linear(64, 10))
for p in frozen.parameters():
    p.requires_grad_(False)
class Rows(nn.Module):
    def forward(self, x):
        return [1, 2]
number = 3
def arg(a):
    return net
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    (tmp_path / "net.py").write_text(NET)
    return tmp_path / "net.py"


def rows(text: str) -> dict[str, list[str]]:
    """The table of values: name to shape, equation, numbers, δ."""
    found = [re.split(r"  +", line) for line in text.splitlines()]
    return {r[0]: r[1:] for r in found if len(r) == 5}


# -- a run -----------------------------------------------------------------------------------------


def by_hand(run: dp.runs.Run, x: np.ndarray) -> np.ndarray:
    """The logits of a run with one hidden layer of ReLU."""
    p = {n: v.detach().numpy().astype(np.float64) for n, v in run.net.named_parameters()}
    h = np.maximum(x @ p["linear1.weight"].T + p["linear1.bias"], 0)
    return h @ p["output.weight"].T + p["output.bias"]


def test_of_a_run_the_numbers_are_numpys(runs: Path) -> None:
    run = dp.runs.load(runs / "digits")
    e = run.explain(7)
    z = e.value("output")
    x = e.value("x").reshape(len(z), -1)
    assert z == pytest.approx(by_hand(run, x), rel=1e-12)
    t = e.value("t")
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    assert e.loss == pytest.approx(-np.log(p[np.arange(32), t]).mean())
    assert e.delta("output") == pytest.approx((p - np.eye(10)[t]) / 32, abs=1e-15)
    assert (e.start, e.batch_size, e.classes) == (7, 32, tuple("0123456789"))


def test_the_rows_are_those_of_the_part(runs: Path) -> None:
    from denpa.runs.rows import own_parts

    run = dp.runs.load(runs / "digits")
    parts = own_parts(run.record, run.settings)
    assert parts.validation is not None
    for part, data in (("train", parts.train), ("val", parts.validation), ("test", parts.test)):
        assert data is not None
        e = run.explain(100, part, batch=10)
        assert (e.start, e.batch_size) == (5, 10)
        assert e.value("x") == pytest.approx(data.x[95:105])
        assert e.value("t").tolist() == data.require_target()[95:105].tolist()
    e = run.explain(len(parts.test) - 1, batch=10)
    assert (e.start, e.batch_size, e.title) == (9, 10, "digits · test 349–358")
    assert run.explain(0, batch=10**6).batch_size == len(parts.test)


@pytest.mark.parametrize("name", ["flowers", "prices", "two", "images", "digits"])
def test_the_loss_of_the_whole_part_is_that_of_the_run(runs: Path, name: str) -> None:
    run = dp.runs.load(runs / name)
    assert run.explain(batch=1_000).loss == pytest.approx(run.metrics["test_loss"], rel=1e-5)


def test_of_a_run_on_a_table(runs: Path, denpa: Any) -> None:
    done = denpa("explain", runs / "prices")
    assert done.code == 0, done.err
    found = rows(done.out)
    assert found["linear1.weight"][:2] == ["f32[3, 3]", "parameter"]
    assert found["x"][0] == "f32[24, 3]"
    e = dp.runs.load(runs / "prices").explain()
    assert np.abs(e.value("x")).max() < 5, "in standard units"
    assert [g["law"] and g["law"]["factor"]["latex"] for g in e.to_dict()["groups"]][-1] == (
        "(y - t) / (N / 2)"
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("--sample", 999), "--sample 999 is out of range: the test part has 359 rows (0 to 358)"),
        (("--sample", -1), "--sample -1 is out of range: the test part has 359 rows (0 to 358)"),
        (("--sample", "x"), "--sample must be a whole number, not 'x'"),
        (("--batch", 0), "--batch is at least 1, not 0"),
        (("--part", "foo"), "--part is one that the run has: train, val, test, not 'foo'"),
        (("--data", "digits"), "--data does not go with a run; {run} is taken for one"),
        (("--seed", 0), "--seed does not go with a run; {run} is taken for one"),
        (("--at", "linear1.weight[3,99]"), "--at linear1.weight[3,99]: linear1.weight: index 99 is "
         "out of range for dim 1 of size 64 (-64 to 63)"),
        (("--at", "linear1.weight[3]"), "--at linear1.weight[3]: linear1.weight has the shape "
         "[6, 64]: an element of it has 2 indices, not 1"),
        (("--at", "linear1.weight[a]"), "--at linear1.weight[a]: an index is made of whole "
         "numbers, as in [3,2]"),
        (("--at", "linear1.weigth[0,0]"), "there is no value called 'linear1.weigth' here; there "
         "are 'linear1.weight', 'linear1.bias', 'linear1', …"),
        (("--overwrite",), "--overwrite belongs to -o, which is not given"),
        (("-o", "{run}"), "{run} is a folder; give a file to write to"),
        (("-o", "{run}/report.html"), "{run}/report.html is a part of the run in {run}; give "
         "another file to write to"),
        (("-o", "nowhere/page.html"), "-o nowhere/page.html: No such file or directory"),
        (("--lang", "fr"), "unknown --lang 'fr'; choose from en, ja."),
    ],
)  # fmt: skip
def test_mistakes_with_a_run(runs: Path, denpa: Any, given: tuple[str, ...], text: str) -> None:
    run = str(runs / "digits")
    done = denpa("explain", run, *(str(g).format(run=run) for g in given))
    assert (done.code, done.out) == (2, "")
    assert done.err == f"denpa: error: {text.format(run=run)}\n"


def test_a_run_of_another_version_and_data_that_changed(
    runs: Path, denpa: Any, tmp_path: Path
) -> None:
    shutil.copytree(runs / "flowers", tmp_path / "old")
    edit_run(tmp_path / "old" / "run.json", format=99)
    done = denpa("explain", "old")
    assert done.code == 2
    assert "old was made by another version of Denpa" in done.err
    assert done.err == denpa("evaluate", "old").err
    table = write_flowers(tmp_path / "own.csv")
    denpa("train", table, "--target", "kind", "--hidden", "3", "--epochs", "1", "--out", "own")
    assert denpa("explain", "own").code == 0
    table.write_text(table.read_text().replace("1.", "2."))
    done = denpa("explain", "own")
    assert done.code == 2
    assert "is not as it was when the run was made" in done.err


# -- a network in a file ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "weight", "x"),
    [("net", "2.weight", "f32[32, 64]"), ("make", "2.weight", "f32[32, 1, 8, 8]"),
     ("Net", "fc.weight", "f32[32, 64]")],
)  # fmt: skip
def test_of_a_network(net: Path, denpa: Any, name: str, weight: str, x: str) -> None:
    done = denpa("explain", f"net.py:{name}", "--data", "digits")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"net.py:{name} · digits 0–31\n")
    found = rows(done.out)
    assert weight in found
    assert found["x"][0] == x
    assert "made" not in done.out + done.err
    assert "seen" not in done.out
    again = denpa("explain", f"net.py:{name}", "--data", "digits")
    assert again.out == done.out, "what is drawn is drawn again"


def test_of_a_network_on_a_table(net: Path, denpa: Any, tmp_path: Path) -> None:
    write_table(tmp_path / "prices.csv")
    done = denpa("explain", "net.py:houses", "--data", "prices.csv", "--target", "price",
                 "--sample", 50, "--batch", 8, "--json")  # fmt: skip
    assert done.code == 0, done.err
    assert done.json["batch"]["size"] == 8
    assert done.json["title"] == "net.py:houses · prices 46–53"
    write_flowers(tmp_path / "flowers.csv")
    done = denpa("explain", "net.py:flowers", "--data", "flowers.csv", "--target", "kind", "--json")
    assert done.json["batch"]["classes"] == ["setosa", "virginica"]


@pytest.mark.parametrize(
    ("what", "given", "text"),
    [
        ("net.py", "digits", "name a file and what it holds, as in mylayers.py:Affine"),
        ("net.py:nte", "digits", "net.py has no 'nte'. Did you mean 'Net'?"),
        ("absent.py:net", "digits", "absent.py: there is no such file"),
        ("net.py:number", "digits", "number is int, not a network of denpa.nn"),
        ("net.py:arg", "digits", "arg needs arguments (a); name a network"),
        ("net.py:few", "digits", "the output of the network is (32, 3); the loss of digits takes "
         "(32, 10)"),
        ("net.py:Rows", "digits", "the output of the network is list; the loss of digits takes"),
        ("net.py:odd", "digits", "not take rows of digits:\n(32, 1, 8, 8): linear:"),
        ("net.py:Raises", "digits", "Raises: running it raised\n"),
        ("net.py:frozen", "digits", "computed without a graph"),
        ("net.py:net", "dgits", "dgits"),
        ("net.py:net", "absent.csv", "absent.csv: no such file"),
        ("net.py:net", None, "say which data go through the network: --data digits"),
    ],
)  # fmt: skip
def test_mistakes_with_a_network(
    net: Path, denpa: Any, what: str, given: str | None, text: str
) -> None:
    done = denpa("explain", what, *(() if given is None else ("--data", given)))
    assert (done.code, done.out) == (2, ""), done.err
    assert text in done.err
    assert "this is a bug" not in done.err


def test_further_mistakes_with_a_network(net: Path, denpa: Any) -> None:
    given = ("explain", "net.py:net", "--data", "digits")
    for more, text in (
        (("--sample", 99999), "--sample 99999 is out of range: digits has 1,797 rows (0 to 1796)"),
        (("--part", "test"), "--part does not go with a network; net.py:net is taken for one"),
        (("--target", "x"), "--target does not go with digits: its labels are fixed"),
        (
            ("-o", "net.py", "--overwrite"),
            "net.py is what is read here; give another file to write to",
        ),
    ):
        done = denpa(*given, *more)
        assert (done.code, done.err) == (2, f"denpa: error: {text}\n")


# -- a formula -------------------------------------------------------------------------------------


def test_of_a_formula(denpa: Any) -> None:
    done = denpa("explain", "(a*x - y)**2", "a=2", "x=3", "y=1")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == "(a*x - y)**2"
    found = rows(done.out)
    assert {n: r[-2:] for n, r in found.items() if n in "axy"} == {
        "a": ["2", "30"], "x": ["3", "20"], "y": ["1", "-10"],
    }  # fmt: skip
    done = denpa("explain", "E = λ*正解^2", "λ = 1e-1", "正解=-2", "--json")
    assert done.json["facts"]["given"] == [["λ", 0.1], ["正解", -2.0]]
    assert denpa("explain", "(-x)*x", "x=2").code == 0


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (("(a*x - y)**2", "a=2", "x=3"), "no number is given for y; add y=2"),
        (("(a*x - y)**2",), "give a number for each name: a=2 x=2 y=2"),
        (("a*x", "a=2", "x=b"), "x must be a number, not 'b'"),
        (("a*x", "a=2", "x"), "'x' is no number for a name; write it as in x=3"),
        (("a*x", "a=2", "a=3", "x=1"), "a is given twice"),
        (("a*x", "a=2", "x=1", "--sample", "3"),
         "--sample does not go with a formula; a*x is taken for one"),
        (("nowhere",), "nowhere: no such folder or file; for a formula, give numbers: nowhere=2"),
        (("runs/nowhere", "--sample", "3"), "runs/nowhere: no such folder or file; for a formula, "
         "give numbers: runs=2 nowhere=2"),
        (("runs/no-where.1",), "runs/no-where.1: no such folder or file"),
        (("page.html",), "page.html: no such folder or file"),
        (("",), "the formula is empty"),
    ],
)  # fmt: skip
def test_mistakes_with_a_formula(denpa: Any, given: tuple[str, ...], text: str) -> None:
    done = denpa("explain", *given)
    assert (done.code, done.out, done.err) == (2, "", f"denpa: error: {text}\n")


def test_where_a_formula_does_not_parse(denpa: Any) -> None:
    for given in (("2a + b", "a=1"), ("2a + b",)):
        done = denpa("explain", *given)
        assert done.code == 2
        assert done.err.splitlines() == [
            "denpa: error: column 2: a sign is missing before 'a', such as *",
            "    2a + b",
            "     ^",
        ]  # fmt: skip
    done = denpa("explain", "2a + b", "--lang", "ja")
    assert done.err.splitlines()[0].startswith("denpa: error: 2 文字目: ")


# -- what is written -------------------------------------------------------------------------------


def test_a_page(denpa: Any, tmp_path: Path) -> None:
    given = ("explain", "a*x", "a=2", "x=3", "-o", "page.html")
    done = denpa(*given)
    assert (done.code, done.out, done.err) == (0, "wrote page.html\n", "")
    page = (tmp_path / "page.html").read_text()
    assert '"lang":null' in page
    done = denpa(*given)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "denpa: error: page.html is there already; give another file to write to, or replace it "
        "with --overwrite\n"
    )
    done = denpa(*given, "--overwrite", "--lang", "ja", "--json")
    assert done.json == {"what": "a*x", "loss": 6.0, "batch": None, "output": "page.html"}
    page = (tmp_path / "page.html").read_text()
    assert '<html lang="ja">' in page
    record = json.loads(re.search(r'id="denpa-record">(.*?)</script>', page, re.DOTALL)[1])[
        "record"
    ]  # type: ignore[index]
    assert record["language"] == "ja"
    assert record["facts"]["given"] == [["a", 2.0], ["x", 3.0]]


def test_the_record_as_json(runs: Path, denpa: Any) -> None:
    done = denpa("explain", runs / "digits", "--sample", 40, "--json")
    assert (done.json["schema"], done.json["version"]) == ("denpa.explanation", 1)
    assert (done.json["batch"]["size"], done.json["batch"]["start"]) == (32, 16)


def test_a_derivation(runs: Path, denpa: Any) -> None:
    run = dp.runs.load(runs / "digits")
    for sample, row in ((None, None), (40, 16)):
        given = () if sample is None else ("--sample", sample)
        done = denpa("explain", runs / "digits", "--at", "linear1.weight[3,2]", *given, "--json")
        assert done.code == 0, done.err
        wanted = run.explain(sample or 0).derivation("linear1.weight", (3, 2), row)
        assert done.json["derivation"]["result"] == wanted.result
        assert done.json["derivation"]["sample"] == row
    done = denpa("explain", "a*x", "a=2", "x=3", "--at", "a")
    assert done.code == 0
    assert "3" in done.out


def test_it_speaks_japanese(denpa: Any) -> None:
    done = denpa("explain", "log(x - 1)*x", "x=1", "--lang", "ja")
    head, last = done.out.splitlines()[1], done.out.splitlines()[-1]
    assert head.split() == ["値", "形", "式", "数値", "δ"]
    assert last == "NaN または無限大が最初に現れる値: v"
    assert done.err == ""
