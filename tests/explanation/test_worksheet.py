"""Worksheets: what is given suffices for what is asked, and the answers are NumPy's numbers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.core.errors import ArgumentError, DimError

X = np.array([[0.5, 1.0], [-0.5, 2.0], [1.5, 0.3], [0.0, -1.0]], np.float32)
T = np.array([0, 1, 1, 0])
BLANK = re.compile("_{10,}")


@pytest.fixture(scope="module")
def small():
    dp.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 2))
    e = dp.explain(nn.CrossEntropyLoss()(net(dp.tensor(X)), dp.tensor(T)))
    yield e, [p.detach().numpy().astype(float) for p in net.parameters()]
    del net


def number(shown: str) -> float:
    return float(shown.replace("−", "-").strip("()"))


def answers(text: str) -> dict[str, float]:
    """What each line of the solutions ends with, by its left-hand side."""
    found = {}
    for line in text.split("Solutions")[1].splitlines():
        if " = " in line and line.startswith("  "):
            left, *_, right = re.sub(r"^  (\(\w+\) )?", "", line).split(" = ")
            found[left] = number(right)
    return found


def test_the_answers_are_numpys_numbers(small) -> None:
    e, (w1, b1, w2, b2) = small
    h = 1 / (1 + np.exp(-(X @ w1.T + b1)))
    z = h @ w2.T + b2
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    dz = (p - np.eye(2)[T]) / 4
    dh = dz @ w2
    d1 = dh * h * (1 - h)
    sheet = e.worksheet("0.weight", (1, 0), sample=2, answers=True)
    n = sheet.sample
    assert n == 2
    true = {
        "∂E/∂z⁽²⁾[2, 0]": dz[n, 0],
        "∂E/∂z⁽²⁾[2, 1]": dz[n, 1],
        "∂z⁽²⁾[2, 0]/∂h⁽¹⁾[2, 1]": w2[0, 1],
        "∂z⁽²⁾[2, 1]/∂h⁽¹⁾[2, 1]": w2[1, 1],
        "∂E/∂z⁽²⁾[2, 0] · ∂z⁽²⁾[2, 0]/∂h⁽¹⁾[2, 1]": dz[n, 0] * w2[0, 1],
        "∂E/∂z⁽²⁾[2, 1] · ∂z⁽²⁾[2, 1]/∂h⁽¹⁾[2, 1]": dz[n, 1] * w2[1, 1],
        "∂E/∂h⁽¹⁾[2, 1]": dh[n, 1],
        "∂h⁽¹⁾[2, 1]/∂z⁽¹⁾[2, 1]": h[n, 1] * (1 - h[n, 1]),
        "∂E/∂z⁽¹⁾[2, 1]": d1[n, 1],
        "∂z⁽¹⁾[2, 1]/∂w⁽¹⁾[1, 0]": X[n, 0],
        "∂E/∂w⁽¹⁾[1, 0]|n=2": d1[n, 1] * X[n, 0],
        "∂E/∂w⁽¹⁾[1, 0]": (d1[:, 1] * X[:, 0]).sum(),
    }
    found = answers(sheet.text())
    assert list(found) == list(true), "from the loss back"
    for left, x in true.items():
        assert found[left] == pytest.approx(x, rel=1e-4), left
    others = re.search(r"together (\S+)\n", sheet.text())
    assert others is not None
    assert number(others[1]) + d1[n, 1] * X[n, 0] == pytest.approx(found["∂E/∂w⁽¹⁾[1, 0]"], 1e-4)


def test_all_of_a_small_pass_is_given(small) -> None:
    e, (w1, b1, w2, b2) = small
    given = e.worksheet("0.weight", (1, 0), sample=2).text().split("Back from E")[0]
    for symbol, true in {
        "W⁽¹⁾": w1, "b⁽¹⁾": b1, "W⁽²⁾": w2, "b⁽²⁾": b2, "x[2]": X[2], "t[2]": np.eye(2)[1],
    }.items():  # fmt: skip
        line = next(x for x in given.splitlines() if x.strip().startswith(f"{symbol} = ["))
        shown = [number(s) for s in re.findall(r"−?\d[\d.e−]*", line.split(" = ")[1])]
        assert shown == pytest.approx(true.ravel().tolist(), rel=1e-3)
    assert "h⁽¹⁾ = σ(z⁽¹⁾)" in given


def test_of_a_large_pass_what_is_needed_is_given() -> None:
    dp.manual_seed(1)
    net = nn.Sequential(nn.Linear(40, 20), nn.Tanh(), nn.Linear(20, 10))
    x, t = dp.randn(30, 40), dp.tensor(np.arange(30) % 10)
    e = dp.explain(nn.functional.cross_entropy(net(x), t))
    sheet = e.worksheet("0.weight", answers=True)
    delta = e.delta("0.weight")
    assert sheet.index == np.unravel_index(np.abs(delta).argmax(), delta.shape), "the largest"
    text = sheet.text()
    given = text.split("Back from E")[0]
    assert len(given.splitlines()) < 20
    j, i = sheet.index
    assert f"x[{sheet.sample}, {i}] = " in given
    assert f"h⁽¹⁾[{sheet.sample}, {j}] = " in given
    rest = re.search(r"9 more terms, together (\S+)\n", text)
    assert rest is not None
    n = sheet.sample
    dz, w2 = e.delta("2")[n], e.value("2.weight")[:, j]
    most = int(np.abs(dz * w2).argmax())
    assert number(rest[1]) == pytest.approx(np.delete(dz * w2, most).sum(), rel=1e-4)
    found = answers(text)
    assert found[f"∂E/∂w⁽¹⁾[{j}, {i}]"] == pytest.approx(delta[j, i], rel=1e-4)


def test_tasks_and_solutions_have_the_same_numbers(small) -> None:
    text = small[0].worksheet("0.weight", (2, 1), answers=True).text()
    tasks, solutions = (re.findall(r"^(\d+\. .*)$", part, re.M) for part in text.split("Solutions"))
    assert tasks == solutions
    assert [int(t.split(".")[0]) for t in tasks] == list(range(1, len(tasks) + 1))
    before, after = text.split("Solutions")
    assert BLANK.search(before)
    assert not BLANK.search(after)
    plain = small[0].worksheet("0.weight", (2, 1)).text()
    assert "Solutions" not in plain
    assert plain == before.rstrip()


def test_a_fan_out_is_a_task_of_its_own() -> None:
    a = dp.tensor(2.0, requires_grad=True)
    x = dp.tensor(3.0, requires_grad=True)
    text = dp.explain((a * x - 1) ** 2 + x).worksheet("x", answers=True).text()
    assert "x is used in more than one place: add up the messages that arrive there" in text
    found = answers(text)
    assert (found["∂(q + x)/∂x"], found["∂E/∂u · ∂u/∂x"], found["∂E/∂x"]) == (1, 20, 21)
    squared = dp.explain((x * x).exp()).worksheet("x", answers=True).text()
    assert "∂u/∂x = x + x = 6" in squared, "one equation that reads it twice"


def test_in_japanese(small) -> None:
    text = small[0].worksheet("2.bias", lang="ja", answers=True).text()
    for word in ("連鎖律", "順伝播", "逆伝播", "メッセージ", "誤差", "解答"):
        assert word in text
    assert "局所微分" in small[0].worksheet("0.bias", lang="ja").text()
    assert not re.search(r"\b(the|message|example)\b", text)


def test_it_is_a_page_without_script_that_is_not_overwritten(small, tmp_path: Path) -> None:
    sheet = small[0].worksheet("0.weight", lang="ja", answers=True)
    path = tmp_path / "sheet.html"
    sheet.save(path)
    page = path.read_text("utf-8")
    assert '<html lang="ja">' in page
    assert "<script" not in page
    assert "break-before:page" in page
    assert page.count('<article class="sheet') == 2
    with pytest.raises(FileExistsError, match="overwrite=True"):
        sheet.save(path)
    sheet.save(path, overwrite=True)
    assert small[0].worksheet("0.weight").html().count('<article class="sheet') == 1


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda e: e.worksheet("0.weight", lang="fr"), ArgumentError, "'en' or 'ja', not 'fr'"),
        (lambda e: e.worksheet("0.weight", (9, 0)), DimError, "out of range"),
        (lambda e: e.worksheet("0.weight", sample=4), DimError, r"the batch has 4 \(0 to 3\)"),
        (lambda e: e.worksheet("t"), ArgumentError, "no message arrives at t"),
        (lambda e: e.worksheet("0", (1, 0), sample=2), ArgumentError, "belongs to example 1"),
    ],
)
def test_what_cannot_be_asked_says_so(small, ask, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        ask(small[0])


def test_of_a_value_of_one_example(small) -> None:
    sheet = small[0].worksheet("1", sample=3)
    assert (sheet.sample, sheet.index[0]) == (3, 3)
    assert "Add up the terms of all examples" not in sheet.text()
