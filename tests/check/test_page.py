"""The page and the plot of a check: whole, self-contained, and true to the numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from denpa.check import Finding, Report, gradient, layer, update_rule
from denpa.check.locate import Location
from denpa.check.mistakes.words import WORDS
from denpa.check.pages.code import excerpt
from denpa.check.pages.curves import ways
from denpa.check.pages.page import maps, page
from denpa.check.pages.plot import plot
from denpa.check.pages.words import words
from denpa.core.errors import ArgumentError
from denpa.report.heat import error_heat, heat, lay_out
from tests.report.test_training import Page

RNG = np.random.default_rng(0)


class Affine:
    def __init__(self, W: Any, b: Any) -> None:
        self.W, self.b = W, b
        self.dW: Any = None
        self.db: Any = None

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout: Any) -> Any:
        self.dW = self.x.T @ dout
        self.db = dout[0]  # <b>
        return dout @ self.W.T


class Broken(Affine):
    def backward(self, dout: Any) -> Any:
        self.dW = (self.x.T @ dout).sum(axis=1)
        return np.full_like(self.x, np.nan)


class Sigmoid:
    def forward(self, x: Any) -> Any:
        self.x = x
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout: Any) -> Any:
        return dout * self.x * (1 - self.x)


class Network:
    def __init__(self) -> None:
        self.layers = [Right(*_init(4, 5)), Sigmoid()]

    def forward(self, x: Any) -> Any:
        for one in self.layers:
            x = one.forward(x)
        return x

    def backward(self, dout: Any) -> Any:
        for one in reversed(self.layers):
            dout = one.backward(dout)
        return dout


class Right(Affine):
    def backward(self, dout: Any) -> Any:
        dx = super().backward(dout)
        self.db = dout.sum(axis=0)
        return dx


def _init(*shape: int) -> tuple[np.ndarray, np.ndarray]:
    return RNG.standard_normal(shape), RNG.standard_normal(shape[-1])


def reports(language: str) -> dict[str, Report]:
    x = RNG.standard_normal((5, 4))
    large = Affine(*_init(70, 9))
    return {
        "wrong": layer(Affine(*_init(4, 3)), x, language=language),
        "right": layer(Right(*_init(4, 3)), x, language=language),
        "broken": layer(Broken(*_init(4, 3)), x, language=language),
        "large": layer(large, RNG.standard_normal((6, 70)), language=language),
        "network": layer(Network(), x, language=language),
        "kinks": gradient(np.abs, np.zeros(3), grad=np.sign, language=language),
        "nothing": Report("empty"),
    }


@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_are_whole_and_fetch_nothing(language: str) -> None:
    for report in reports(language).values():
        read = Page(page(report, language))
        assert not read.handlers
        assert "script" not in read.tags
        assert set(read.loads) <= {"data:,"}
        said = " ".join(read.words)
        assert "{" not in said.replace("{…}", "")
        for finding in report.findings:
            assert finding.text in said
            assert finding.why in said


def test_the_wrong_line_is_marked_and_the_right_one_beside() -> None:
    shown = page(reports("en")["wrong"])
    wrong = re.search(r'<span class="del"><i>\d+</i>−(.*?)</span>', shown)
    right = re.search(r'<span class="add"><i></i>\+(.*?)</span>', shown)
    assert wrong is not None
    assert right is not None
    assert wrong[1].strip() == "self.db = dout[0]  # &lt;b&gt;"
    assert right[1].strip() == "self.db = dout.sum(axis=0)"
    assert "def backward(self, dout: Any)" in shown
    assert "Three examples, two outputs" in shown  # the explanation
    assert "1 of 3 gradients wrong" in shown


def test_a_network_shows_its_layers_and_the_numbers_of_the_wrong_one() -> None:
    said = " ".join(Page(page(reports("en")["network"])).words)
    assert "1 of 2 layers wrong: layers[1] (Sigmoid)" in said
    assert "layers[1] (Sigmoid): dx is wrong: there is a plateau" in said
    assert "layers[0] (Right)" in said
    assert said.count("against differences") == 2  # title and heading of one chart
    assert not any(c.ok for c in reports("en")["network"].compared.values())  # not of the whole's


def test_the_report_of_an_update_rule() -> None:
    place = Location("nowhere.py", 3, "v = b2 * v + (1 - b2) * g")
    finding = Finding("v", "sign", 0.5, "g is not squared", "why", place, "g**2", verified=0.0)
    said = " ".join(Page(page(Report("adam", [finding]))).words)
    assert "Check of an update rule" in said
    assert "Expected   g**2" in said
    assert "the definition with this mistake gives the same numbers" in said
    assert "In training" not in said  # that is about gradients


def test_what_has_no_partner_is_said() -> None:
    said = " ".join(Page(page(reports("en")["broken"])).words)
    assert "dW: the claim has shape [4], the right gradient [4, 3]" in said
    assert "db: the code computes no gradient" in said
    assert "dx: what the code claims; × is NaN or infinite" in said


def test_reports_make_their_page_and_plot_themselves() -> None:
    report = reports("en")["wrong"]
    assert report.to_html() == page(report, "en")
    report.language = "ja"
    assert report.to_html() == page(report, "ja")
    assert "db(コード)" in report.plot().svg()
    assert "db, claimed" in report.plot("en").svg()


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ArgumentError, match="'en' or 'ja', not 'de'"):
        page(Report("empty"), "de")


def test_both_languages_have_the_same_texts() -> None:
    fields = {language: {k: set(re.findall(r"\{(\w+)\}", v)) for k, v in words(language).items()}
              for language in ("en", "ja")}  # fmt: skip
    assert fields["en"] == fields["ja"]
    assert set(WORDS) >= {"shape", "missing", "nan"}  # the problems that the table has words for


# -- heat maps -------------------------------------------------------------------------------------


def test_layout_of_any_shape() -> None:
    assert lay_out(3.0).cells.tolist() == [[3.0]]
    line = lay_out(np.arange(40.0))
    assert line.cells.shape == (2, 32)
    assert line.gap.sum() == 24
    tiles = lay_out(np.arange(2 * 3 * 2 * 2.0).reshape(2, 3, 2, 2))
    assert tiles.cells[0, :5].tolist()[:2] == [0.0, 1.0]
    assert np.isnan(tiles.cells[0, 2])
    assert tiles.cells[0, 3] == 4.0  # the next tile
    assert lay_out(np.zeros((0, 3))).cells.size == 0


def test_blocks_keep_the_largest_and_its_sign() -> None:
    a = np.zeros((130, 3))
    a[5, 1], a[4, 1] = -7.0, 3.0
    a[0, 0] = np.nan
    found = lay_out(a)
    assert found.block == (3, 1)
    assert found.cells[1, 1] == -7.0
    assert found.cells[0, 0] == 0.0  # its other numbers are known
    assert np.abs(found.cells).max() == 7.0


def test_a_single_wrong_number_is_seen_in_the_error_map() -> None:
    right = RNG.standard_normal((20, 30))
    wrong = right.copy()
    wrong[3, 4] *= 1.5
    svg = error_heat(wrong, right, "error", words("en")).svg()
    dark = re.findall(r'd="([^"]*)" class="dp-miss" fill-opacity="([\d.]+)"', svg)
    assert [(d.count("M"), float(o) > 0.5) for d, o in dark] == [(599, False), (1, True)]


def test_negative_numbers_are_seen_in_grey() -> None:
    a = np.ones((9, 20))
    a[2, 3] = a[4, 5] = -1.0
    svg = heat(a, "W", 1.0, words("en")).svg()
    (dashes,) = re.findall(r'd="([^"]*)" class="dp-cut"', svg)
    assert dashes.count("M") == 2


def test_claim_and_differences_share_one_scale() -> None:
    report = reports("en")["wrong"]
    drawn = maps(report.compared["b"], (3,), "db", words("en"))
    assert [d.title for d in drawn] == ["db, claimed", "db, by differences", "db, error"]
    scales = [re.findall(r"darkest = ±([\d.]+)", d.body) for d in drawn[:2]]
    largest = np.abs(report.compared["b"].claimed).max()
    assert scales[0] == scales[1] != [f"{largest:.3g}"]  # here differences are larger
    tripled = gradient(np.sin, np.zeros(2), grad=lambda x: 3 * np.cos(x)).compared["x"]
    drawn = maps(tripled, (2,), "dx", words("en"))
    assert all("darkest = ±3" in d.body for d in drawn[:2])


# -- the plot --------------------------------------------------------------------------------------


def test_the_plot_is_one_svg_that_stands_alone(tmp_path: Path) -> None:
    found = plot(reports("en")["wrong"])
    to = found.save(tmp_path / "affine.svg")
    root = ElementTree.fromstring(to.read_text("utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "db, error" in found._repr_svg_()
    assert found._repr_svg_() in found._repr_html_()
    with pytest.raises(ArgumentError, match=r"name a file that ends in \.svg"):
        found.save(tmp_path / "affine.png")
    with pytest.raises(ArgumentError, match="nothing to draw"):
        plot(Report("empty"))
    for report in list(reports("ja").values())[:-1]:
        ElementTree.fromstring(plot(report, "ja").svg())


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_ways_of_an_update_rule(language: str) -> None:
    wrong = update_rule(lambda p, g: p + 0.1 * g, "sgd", lr=0.1, language=language)
    assert wrong.places[:4] == ["W[0, 0]", "W[0, 1]", "W[0, 2]", "W[1, 0]"]
    assert len(wrong.places) == wrong.right.shape[1]
    shown = page(wrong)
    said = words(language)
    assert shown.count(said["ways.yours"]) >= len(ways(wrong, said))
    assert said["ways.caption.wrong"] in shown
    # Each mark carries its number: the last ones of the element that is drawn of W.
    drawn = ways(wrong, said)[0]
    k = wrong.places.index(drawn.title.partition("]")[0] + "]")
    assert f"8: {wrong.yours[-1, k]:.6g}" in drawn.body
    assert f"8: {wrong.right[-1, k]:.6g}" in drawn.body
    w = [j for j, place in enumerate(wrong.places) if place[0] == "W"]
    assert k == w[int(np.abs(wrong.yours - wrong.right)[:, w].max(axis=0).argmax())]
    ElementTree.fromstring(plot(wrong).svg())
    right = update_rule(lambda p, g: p - 0.1 * g, "sgd", lr=0.1, language=language)
    assert said["ways.caption.right"] in page(right)


# -- code ------------------------------------------------------------------------------------------


def test_excerpts(tmp_path: Path) -> None:
    path = tmp_path / "far.py"
    body = "".join(f"    a{k} = {k}\n" for k in range(30))
    path.write_text(f"def backward(dout):\n{body}    dx = 1 < 2\n    return dx\n\nb = 1\n")
    lines = excerpt(Location(str(path), 32, "dx = 1 < 2"), "dout")
    assert "⋮" in lines[1].text
    assert lines[-3:] == [
        ("del", "32", "−", "    dx = 1 < 2"),
        ("add", "", "+", "    dx = dout"),
        ("", "33", " ", "    return dx"),
    ]
    moved = excerpt(Location(str(path), 3, "dx = 1"), "")  # the file has changed
    assert moved == [("del", "3", "−", "dx = 1")]
