"""What objects show of themselves in a notebook: their own numbers, escaped, small, and no more."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.core.errors import GraphError
from denpa.core.graph import Graph, Value
from denpa.words import speaking
from tests.browser import axe, watch
from tests.report.faces_reader import numeral, picture, read

NASTY = "<img src=x onerror=alert(1)>\"'&"
SMALL = 20_000


# -- tensors ---------------------------------------------------------------------------------------


def test_the_numbers_of_a_small_tensor_and_its_gradient() -> None:
    a = np.random.default_rng(1).normal(size=(3, 4)) * [1, 1e3, 1e-6, 1]
    t = dp.tensor(a, requires_grad=True)
    (t * t).sum().backward()
    seen = read(t)
    values, gradient = seen.tables
    for table, true in ((values, a), (gradient, 2 * a)):
        assert table[0] == ["", "0", "1", "2", "3"]
        assert [row[0] for row in table[1:]] == ["0", "1", "2"]
        shown = np.array([[numeral(x) for x in row[1:]] for row in table[1:]])
        np.testing.assert_allclose(shown, true, rtol=6e-4)
    assert [float(x) for x in seen.titles] == [*a.ravel(), *(2 * a).ravel()]
    for fact in ("Tensor", "3 × 4", "float64", "requires_grad"):
        assert fact in seen.text
    assert "made by" not in "".join(seen.text)
    assert "made by mul" in read(t * t).text


def test_a_vector_whole_numbers_truths_and_a_single_number() -> None:
    assert read(dp.tensor([10, -20000])).tables == [[["0", "1"], ["10", "-20000"]]]
    assert read(dp.tensor([True, False])).tables == [[["0", "1"], ["True", "False"]]]
    assert "-2.5" in read(dp.tensor(-2.5)).text
    assert "a single number" in read(dp.tensor(-2.5)).text
    assert "empty: no numbers" in read(dp.zeros(0, 3)).text
    assert read(dp.nn.Linear(2, 2).weight).text[0] == "Parameter"


@pytest.mark.parametrize("shape", [(13, 2), (2, 11), (31,), (2, 3, 4), (784, 50), (64, 3, 5, 5)])
def test_many_numbers_are_a_heat_map_with_its_scale(shape: tuple[int, ...]) -> None:
    a = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    t = dp.tensor(a)
    seen = read(t)
    assert seen.tables == []
    assert len(seen.images) == 1
    told = " ".join(seen.text)
    least, most, mean = (numeral(re.search(rf"{k} (\S+)", told)[1]) for k in ("min", "max", "mean"))
    np.testing.assert_allclose([least, most], [a.min(), a.max()], rtol=6e-4)
    np.testing.assert_allclose(mean, a.mean(dtype=np.float64), rtol=6e-4)
    legend = [numeral(x) for x in seen.text if re.fullmatch(r"-?[\d.]+", x)]
    assert legend[-2:] == pytest.approx([-np.abs(a).max(), np.abs(a).max()], rel=6e-3)
    assert len(t._repr_html_()) < SMALL


def test_tints_are_the_size_of_the_numbers_and_hues_their_sign() -> None:
    a = np.linspace(-1, 1, 13 * 8).reshape(13, 8)
    pixels = picture(read(dp.tensor(a)).images[0])
    side = pixels.shape[0] // 13
    assert pixels.shape[:2] == (13 * side, 8 * side)
    corner = pixels[1::side, ::side]  # no dash there
    assert corner.shape[:2] == a.shape
    blue = corner[..., 2] > corner[..., 0]
    assert (blue == (a > 0)).all()
    order = np.argsort(np.abs(a).ravel())
    tints = corner[..., 3].ravel()[order]
    assert (np.diff(tints) >= 0).all()
    assert tints[-1] == 255
    assert tints[0] < 60
    dashed = [(pixels[i * side : (i + 1) * side, j * side : (j + 1) * side] != corner[i, j]).any()
              for i in range(13) for j in range(8)]  # fmt: skip
    assert (np.array(dashed) == (a < 0).ravel()).all()


def test_nan_and_infinity_are_counted_and_leave_the_scale_alone() -> None:
    a = np.ones((20, 20))
    a[0, :3], a[1, 1], a[2, 2] = np.nan, np.inf, -2.0
    seen = read(dp.tensor(a))
    told = " ".join(seen.text)
    assert "3 NaN · 1 infinite" in told
    assert "min -2 · max 1" in told
    assert "of the 396 finite ones" in told
    pixels = picture(seen.images[0])
    assert len({*map(int, pixels[0, 0, :3])}) == 1  # grey
    assert read(dp.tensor([np.nan, 1.0])).tables[0][1] == ["NaN", "1"]
    assert "1 NaN" in read(dp.tensor([np.nan, 1.0])).text
    read(dp.tensor(np.full((20, 20), np.nan)))


def test_a_tensor_of_a_trace_has_no_numbers_to_show() -> None:
    def f(x: Any) -> Any:
        x._repr_html_()
        return x * 2

    with pytest.raises(GraphError, match="not known while a function is being traced"):
        dp.compile(f)(dp.ones(3))
    abstract = Value((2, 3), np.dtype("float32"))
    assert read(dp.Tensor(abstract)).text[-1] == "tensor(traced f32[2, 3])"


def test_to_look_changes_nothing() -> None:
    t = dp.tensor(np.ones((30, 30)), requires_grad=True)
    y = (t * 2).sum()
    before = repr(t), repr(y), t._value.version, y._value.inputs
    t._repr_html_(), y._repr_html_()
    assert (repr(t), repr(y), t._value.version, y._value.inputs) == before
    y.backward()
    assert (t.grad.numpy() == 2).all()


# -- networks and graphs ---------------------------------------------------------------------------


def test_a_network_is_its_layers() -> None:
    net = dp.nn.Sequential(dp.nn.Linear(4, 3), dp.nn.ReLU(), dp.nn.Linear(3, 2, bias=False))
    net[0].requires_grad_(False)
    seen = read(net.eval())
    assert seen.tables == [
        [
            ["layer", "class", "parameters", "number"],
            ["0", "Linear(in_features=4, out_features=3, bias=True)", "weight 3 × 4, bias 3", "15"],
            ["1", "ReLU()", "", ""],
            ["2", "Linear(in_features=3, out_features=2, bias=False)", "weight 2 × 3", "6"],
            ["all", "", "", "21"],
        ]
    ]
    for fact in ("Sequential", "21 parameters", "6 of them are trained", "evaluation mode"):
        assert fact in seen.text


def test_shared_parameters_count_once_and_a_deep_network_is_cut() -> None:
    net = dp.nn.Sequential(dp.nn.Linear(2, 2), dp.nn.Linear(2, 2))
    net[1].weight = net[0].weight
    seen = read(net)
    assert seen.tables[0][-1][-1] == "8"
    assert "shared parameters are counted once in the sum" in seen.text
    deep = dp.nn.Sequential(*(dp.nn.Linear(3, 3) for _ in range(500)))
    seen = read(deep)
    assert [row[0] for row in seen.tables[0]][-2:] == ["499", "all"]
    assert "… 460 more …" in seen.tables[0][33]
    assert seen.tables[0][-1][-1] == "6,000"
    assert len(deep._repr_html_()) < SMALL


def test_names_are_text() -> None:
    class Odd(dp.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_parameter(NASTY.replace(".", ""), dp.nn.Parameter(dp.ones(2)))
            self.add_module("層", dp.nn.ReLU())

        def extra_repr(self) -> str:
            return NASTY

    Odd.__name__ = NASTY
    seen = read(Odd())
    assert f"{NASTY}({NASTY})" in seen.tables[0][1]
    assert any(NASTY in cell for row in seen.tables[0] for cell in row)
    assert "<img" not in Odd()._repr_html_()
    history = dp.train.History([{"epoch": 1, "train_loss": 0.5, NASTY: 1.0}], reason=NASTY)
    assert NASTY in read(history).text
    assert "<img" not in history._repr_html_()


def test_a_graph_has_the_names_of_its_print() -> None:
    x, w = dp.tensor([1.0, 2.0], requires_grad=True), dp.tensor([[1.0, 2.0], [3.0, 4.0]])
    y = ((x @ w).tanh() * 2).sum()
    graph = Graph([x._value], [y._value])
    (table,) = read(graph).tables
    printed = [line.strip() for line in str(graph).splitlines()[1:-1]]
    for row, line in zip(table[2:], printed, strict=True):
        name, equation, shape, _ = row
        assert line.partition("  #")[0] == f"{name}: {shape} = {equation}"
    assert table[1][:3] == ["v0", "input", "f64[2]"] or table[1][1] == "input"
    assert f"results: v{len(table) - 2}" in read(graph).text
    for _ in range(3000):
        y = y + 1
    assert len(Graph([x._value], [y._value])._repr_html_()) < SMALL


# -- training --------------------------------------------------------------------------------------

ROWS = [{"epoch": k, "train_loss": 1 / k, "val_loss": 1 / k + 0.01 * k, "val_accuracy": 1 - 0.5 / k}
        for k in range(1, 31)]  # fmt: skip


def test_a_history_is_its_last_epochs_and_a_curve() -> None:
    history = dp.train.History(ROWS, "val_loss", 28, "stopped", {"val_accuracy": 0.25})
    seen = read(history)
    (table,) = seen.tables
    assert table[0] == ["Epoch", "Training loss", "Validation loss", "Validation accuracy"]
    assert [row[0] for row in table[1:]] == ["1", "… 22 more …", *map(str, range(24, 31))]
    assert numeral(table[-1][1]) == pytest.approx(1 / 30, rel=6e-4)
    assert table[-1][3] == "98.33%"
    told = " ".join(seen.text)
    for fact in ("stopped early", "30 epochs", "best Validation loss: epoch 28", "25%"):
        assert fact in told
    strong = re.findall(r'<tr class="dp-strong"><td>(.*?)</td>', history._repr_html_())
    assert strong == ["28"]
    (table,) = read(dp.train.History(ROWS, "val_loss", 14)).tables
    shown = [row[0] for row in table[1:]]
    assert shown == ["1", "… 12 more …", "14", "… 9 more …", *map(str, range(24, 31))]
    assert history._repr_html_().count("<svg") == 1


def test_a_curve_goes_through_the_losses() -> None:
    history = dp.train.History(ROWS, "val_loss", 28)
    line = re.search(r'<path d="([^"]*)" class="dp-line dp-s0"/>', history._repr_html_())
    lines = re.findall(r'd="(M[^"]*)" class="dp-line dp-s0"', history._repr_html_())
    assert line is not None
    points = max(([float(x) for x in re.findall(r"-?[\d.]+", p)] for p in lines), key=len)
    x, y = np.array(points[0::2]), np.array(points[1::2])
    assert len(x) == 30
    np.testing.assert_allclose(np.diff(x), np.diff(x)[0], atol=0.02)
    loss = np.array([row["train_loss"] for row in ROWS])
    a, b = np.polyfit(loss, y, 1)
    assert a < 0
    np.testing.assert_allclose(a * loss + b, y, atol=0.02)


def test_histories_at_their_limits() -> None:
    assert "no epoch has ended yet" in read(dp.train.History()).text
    nan = [{"epoch": 1, "train_loss": float("nan")}, {"epoch": 2, "train_loss": float("inf")}]
    assert [row[1] for row in read(dp.train.History(nan, reason="diverged")).tables[0][1:]] == [
        "NaN",
        "∞",
    ]
    long = [{"epoch": k, "train_loss": 1 / k} for k in range(1, 5001)]
    assert len(dp.train.History(long)._repr_html_()) < SMALL
    rng = np.random.default_rng(4)
    wild = [{"epoch": k, "train_loss": v, "val_loss": 2 * v}
            for k, v in enumerate(rng.lognormal(size=5000).tolist(), 1)]  # fmt: skip
    for epochs in (60, 61, 250, 5000):
        assert len(dp.train.History(wild[:epochs])._repr_html_()) < 2 * SMALL
    members = [{"epoch": k, "member": m, "train_loss": 1.0} for m in (1, 2) for k in (1, 2)]
    assert "2 members" in read(dp.train.History(members)).text


def test_a_run_is_its_folder_its_figures_and_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = dp.runs.train("digits", epochs=2, seed=1, out="a <b> 'c", progress=False)
    seen = read(run)
    figures = {row[0]: row[1] for row in seen.tables[0][1:]}
    assert figures["Test accuracy"] == f"{100 * run.metrics['test_accuracy']:.2f}".rstrip("0") + "%"
    told = "".join(seen.text)
    assert str(run.path) in told
    assert "better than the baseline" in told
    assert 'href="a%20%3Cb%3E%20%27c/report.html"' in run._repr_html_()
    assert len(run._repr_html_()) < SMALL
    run.report.unlink()
    assert "href" not in run._repr_html_()
    monkeypatch.chdir(tmp_path.parent)  # and with it the folder, whose path is relative
    seen = read(run)
    assert "No such file" in " ".join(seen.text)
    assert figures == {row[0]: row[1] for row in seen.tables[0][1:]}


# -- checks ----------------------------------------------------------------------------------------


def test_a_report_of_a_check_says_what_is_wrong_and_shows_it() -> None:
    x = np.array([[0.5, 2.0, -1.0]])
    right = read(dp.check.gradient(np.sin, x, grad=lambda x, g: g * np.cos(x)))
    assert right.tables[0][1][:2] == ["dx", "1 × 3"]
    assert right.tables[0][1][3] == "3 / 3"
    wrong = dp.check.gradient(np.sin, x, grad=lambda x, g: -g * np.cos(x))
    seen = read(wrong)
    told = "".join(seen.text)
    assert wrong.findings[0].text in told
    assert wrong.findings[0].why in told
    claimed, numeric = seen.tables[1:]
    shown = [[numeral(v) for v in t[1][1:]] for t in (claimed, numeric)]
    np.testing.assert_allclose(shown[0], -np.array(shown[1]), rtol=1e-3)
    ratio = np.array(shown[1]) / np.cos(x[0])
    assert np.isfinite(ratio).all()


# -- all of them -----------------------------------------------------------------------------------


def everything(folder: Path) -> list[Any]:
    rng = np.random.default_rng(3)
    t = dp.tensor(rng.normal(size=(3, 4)), requires_grad=True)
    (t * t).sum().backward()
    a = rng.normal(size=(20, 30))
    a[3, 4], a[0, 0] = np.nan, np.inf
    x = dp.tensor([1.0, 2.0], requires_grad=True)
    run = dp.runs.train("digits", epochs=3, seed=1, out=folder / "digits", progress=False)
    return [
        t, dp.tensor(rng.normal(size=(784, 50))), dp.tensor(a),
        dp.tensor(rng.normal(size=(4, 3, 5, 5))),
        dp.tensor(2.5), dp.nn.Sequential(dp.nn.Conv2d(1, 8, 3), dp.nn.ReLU(), dp.nn.Linear(5, 2)),
        dp.train.History(ROWS, "val_loss", 28, "stopped", {"val_accuracy": 0.25}), run,
        Graph([x._value], [(x * x).sum()._value]),
        dp.check.gradient(np.sin, np.array([0.5]), grad=lambda x, g: -g * np.cos(x)),
    ]  # fmt: skip


def test_every_face_is_readable_in_every_light(browser: Any, tmp_path: Path) -> None:
    things = everything(tmp_path)
    for language in ("en", "ja"):
        with speaking(language):
            faces = [x._repr_html_() for x in things]
        assert max(map(len, faces)) < SMALL
        for scheme in ("light", "dark"):
            file = tmp_path / "faces.html"
            file.write_text(
                f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>x</title>'
                f"<style>:root{{color-scheme:{scheme}}}body{{background:Canvas;color:CanvasText;"
                f"font-family:sans-serif}}</style><body>{'<hr>'.join(faces)}",
                "utf-8",
            )
            for width in (1200, 360):
                page = browser.new_page(viewport={"width": width, "height": 800},
                                        color_scheme=scheme)  # fmt: skip
                said = watch(page)
                page.goto(file.as_uri())
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert axe(page) == []
                assert said == []
                page.close()


def test_what_is_said_is_japanese_where_that_is_spoken() -> None:
    with speaking("ja"):
        assert "学習モード" in read(dp.nn.Linear(2, 2)).text
        assert "値" in read(dp.ones(2)).text
        assert "早期終了" in read(dp.train.History(ROWS, reason="stopped")).text


def test_nothing_is_loaded_before_something_is_looked_at() -> None:
    code = """
import sys, denpa as dp
t, net = dp.ones(2, 2), dp.nn.Linear(2, 2)
repr(t), repr(net)
early = {m for m in sys.modules if m.startswith(("denpa.report", "markupsafe", "jinja2", "PIL"))}
t._repr_html_(), net._repr_html_()
late = {m for m in sys.modules if m.startswith(("jinja2", "PIL", "rich", "pandas"))}
print(sorted(early), sorted(late), "denpa.report.faces_tensor" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] [] True"
