from __future__ import annotations

import io
import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from denpa.report import charts, heat, svg
from denpa.report.png import png_bytes

NS = "{http://www.w3.org/2000/svg}"
HEAT = ("heat.scale", "heat.scale.dash", "heat.error.scale", "heat.unknown", "heat.blocks")
NASTY = "<script>alert(1)</script>&\"'\x00\x0b\ud800"


def parsed(picture: svg.Drawing) -> ElementTree.Element:
    shown = picture.svg(standalone=True)
    shown.encode()  # no lone surrogates
    return ElementTree.fromstring(shown)


def texts(root: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in root.iter(NS + "text")]


def line(series, x=None, **options):
    x = list(range(1, 1 + len(next(iter(series.values()))))) if x is None else x
    given = {"title": "Loss", "xlabel": "epoch", "ylabel": "loss", **options}
    return parsed(charts.line_chart(series, x=x, **given))


def paths(root, cls):
    return [p.get("d") for p in root.iter(NS + "path") if cls in (p.get("class") or "").split()]


def test_line_chart_puts_each_value_where_the_axis_says():
    root = line({"train": [0.0, 5.0, 10.0]})
    (d,) = paths(root, "dp-s0")
    points = np.array([[float(v) for v in p.split()] for p in re.split("[ML]", d)[1:]])
    assert np.allclose(np.diff(points[:, 0]), (points[-1, 0] - points[0, 0]) / 2, atol=0.01)
    assert np.allclose(np.diff(points[:, 1]), (points[-1, 1] - points[0, 1]) / 2, atol=0.01)
    assert points[0, 1] > points[-1, 1]  # larger values stand higher
    # The tick labelled 10 is on the same pixel row as the value 10.
    rows = {t.text: float(t.get("y")) - 3.8 for t in root.iter(NS + "text") if t.get("x") == "38"}
    assert rows["10"] == pytest.approx(points[-1, 1], abs=0.02)
    assert rows["0"] == pytest.approx(points[0, 1], abs=0.02)


def test_line_chart_names_itself_its_axes_and_its_series():
    root = line({"train": [1, 2], "validation": [2, 3]}, ylabel="cross-entropy")
    assert root.find(NS + "title").text == "Loss"
    assert {"Loss", "epoch", "cross-entropy", "train", "validation"} <= set(texts(root))


@pytest.mark.parametrize("hole", [math.nan, math.inf, -math.inf, None])
def test_a_value_that_is_not_finite_is_a_gap(hole):
    root = line({"train": [1, 2, hole, 4, 5]})
    (d,) = paths(root, "dp-s0")
    assert d.count("M") == 2
    assert d.count("L") == 2
    assert "nan" not in d
    assert "inf" not in d


def test_a_log_axis_has_gaps_at_zero_and_equal_steps_for_equal_ratios():
    root = line({"loss": [0.01, 0.1, 1, 0, -1, 10, 1]}, log=True)
    (d,) = paths(root, "dp-s0")
    assert d.count("M") == 2
    rows = [float(p.split()[1]) for p in re.split("[ML]", d)[1:4]]
    assert rows[0] - rows[1] == pytest.approx(rows[1] - rows[2], abs=0.02)
    assert {"0.01", "0.1", "1", "10"} <= set(texts(root))


def test_a_lonely_point_is_a_dot():
    root = line({"train": [0.5]})
    assert len(list(root.iter(NS + "circle"))) == 1
    assert not paths(root, "dp-s0")
    many = [math.nan] * 50
    many[20] = 1.0
    assert len(list(line({"train": many}).iter(NS + "circle"))) == 1


def test_nothing_to_draw_is_said():
    assert "no finite value" in texts(line({"train": [math.nan]}))
    assert "no finite value" in texts(line({"train": []}))
    assert "nothing" in texts(line({"train": [None]}, log=True, empty="nothing"))


def test_marker_is_drawn_and_named_only_inside_the_axis():
    root = line({"train": [3, 2, 1]}, marker=(2, "best: 2"))
    assert "best: 2" in texts(root)
    assert len(paths(root, "dp-mark")) == 1
    assert not paths(line({"train": [3, 2, 1]}, marker=(9, "best: 9")), "dp-mark")


def test_series_differ_in_colour_and_in_dash():
    styles = [re.findall(rf"\.dp-s{i}{{stroke:(#\w+)(;stroke-dasharray:[\d. ]+)?}}", svg.STYLE)
              for i in range(4)]  # fmt: skip
    light = [found[0] for found in styles]
    assert len({colour for colour, _ in light}) == 4
    assert len({dash for _, dash in light}) == 4
    assert "prefers-color-scheme:dark" in svg.STYLE


def test_thousands_of_points_keep_their_spike():
    values = np.ones(20_000)
    values[12_345] = 7.0
    picture = charts.line_chart({"a": values.tolist()}, x=list(range(20_000)), title="t", xlabel="",
                             ylabel="")  # fmt: skip
    assert len(picture.svg()) < 40_000
    (d,) = paths(parsed(picture), "dp-s0")
    rows = [float(p.split()[1]) for p in re.split("[ML]", d)[1:]]
    assert min(rows) < max(rows) - 100


def test_hover_tells_the_values_without_a_script():
    root = line({"train": [0.25, 0.125]})
    notes = [t.text for r in root.iter(NS + "rect") for t in r.iter(NS + "title")]
    assert notes == ["epoch 1\ntrain: 0.25", "epoch 2\ntrain: 0.125"]


def test_unequal_series_are_an_error():
    with pytest.raises(ValueError, match="series 'train' has 2 values and x has 3: give one value"):
        charts.line_chart({"train": [1, 2]}, x=[1, 2, 3], title="", xlabel="", ylabel="")


numbers = st.one_of(st.none(), st.floats(width=64))


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers), max_size=30), st.booleans(), st.text(max_size=9))
def test_any_line_chart_is_well_formed_and_finite(rows, log, name):
    series = {name: [a for a, _ in rows], name + "2": [b for _, b in rows]}
    picture = charts.line_chart(series, x=list(range(len(rows))), title=name, xlabel=name,
                             ylabel=name, log=log)  # fmt: skip
    for attribute in ("x", "y", "cx", "cy", "d"):
        for node in parsed(picture).iter():
            assert not re.search("nan|inf", node.get(attribute) or "")


@pytest.mark.parametrize("standalone", [True, False])
def test_every_chart_escapes_every_text(standalone):
    pictures = [
        charts.line_chart({NASTY: [1, 2]}, x=[1, 2], title=NASTY, xlabel=NASTY, ylabel=NASTY,
                       marker=(1, NASTY)),
        charts.histogram([1], [0, 1], title=NASTY, xlabel=NASTY, ylabel=NASTY, notes=[NASTY]),
        charts.scatter([1], [2], title=NASTY, xlabel=NASTY, ylabel=NASTY),
        charts.confusion([[1, 1], [0, 1]], [NASTY, "b"], title=NASTY, xlabel=NASTY, ylabel=NASTY),
        heat.heat([[math.nan]], NASTY, 1.0, dict.fromkeys(HEAT, NASTY)),
        heat.error_heat(np.ones(200), np.ones(200), NASTY, dict.fromkeys(HEAT, NASTY)),
    ]  # fmt: skip
    for picture in pictures:
        shown = picture.svg(standalone=standalone)
        root = ElementTree.fromstring(shown)
        assert not [node for node in root.iter() if node.tag.endswith("script")]
        title = next(node for node in root if node.tag.endswith("title"))
        assert title.text.startswith("<script>alert(1)</script>&\"'")
        assert ("<style>" in shown) is standalone


def test_histogram_bars_have_the_heights_of_their_counts():
    root = parsed(charts.histogram([1, 2, 4], [0, 1, 2, 3], title="h"))
    (d,) = paths(root, "dp-bar")
    rows = [float(v) for v in re.findall(r"V([\d.]+)", d)]
    base = rows[-1]
    assert (base - rows[1]) / (base - rows[0]) == pytest.approx(2, rel=0.01)
    assert (base - rows[2]) / (base - rows[0]) == pytest.approx(4, rel=0.01)


def test_a_spike_is_cut_marked_and_labelled():
    root = parsed(charts.histogram([9000, 3, 2, 1], [0, 1, 2, 3, 4], title="h"))
    assert "9,000" in texts(root)
    assert len(paths(root, "dp-cut")) == 1
    assert not paths(parsed(charts.histogram([9, 8, 7], [0, 1, 2, 3], title="h")), "dp-cut")


def test_a_histogram_of_one_value_or_of_nothing_is_drawn():
    parsed(charts.histogram([5], [1.0, 1.0], title="constant"))
    parsed(charts.histogram([0, 0], [0.0, 1.0, 2.0], title="empty", ylabel="n"))


@pytest.mark.parametrize(
    ("counts", "edges", "message"),
    [
        ([1, 2], [0, 1], "has 2 counts and 2 edges: expected at least one count"),
        ([], [0], "has 0 counts and 1 edges"),
        ([-1], [0, 1], "counts must be finite and not negative"),
        ([1], [0, math.nan], "edges finite and ascending"),
        ([1], [1, 0], "edges finite and ascending"),
    ],
)
def test_a_histogram_that_cannot_be_drawn_is_an_error(counts, edges, message):
    with pytest.raises(ValueError, match=message):
        charts.histogram(counts, edges, title="h")


def test_confusion_prints_counts_and_recall():
    root = parsed(charts.confusion([[48, 2], [10, 30]], ["cat", "dog"]))
    assert {"48", "2", "10", "30", "96.0%", "75.0%", "cat", "dog", "recall"} <= set(texts(root))
    notes = [t.text for r in root.iter(NS + "rect") for t in r.iter(NS + "title")]
    assert "cat → dog: 2 (4.0%)" in notes


def test_confusion_of_many_long_names_is_shortened_but_not_lost():
    names = [f"a class with a very long name, number {i}" for i in range(26)]
    root = parsed(charts.confusion(np.eye(26, dtype=int) * 123456, names))
    shown = texts(root)
    assert sum(t.endswith("…") for t in shown) == 52
    notes = [t.text for r in root.iter(NS + "rect") for t in r.iter(NS + "title")]
    assert any(names[25] in note for note in notes)
    assert "123k" in shown


def test_a_class_that_is_absent_has_no_recall():
    assert "–" in texts(parsed(charts.confusion([[3, 0], [0, 0]], ["a", "b"])))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 2, 3], [1, 2, 3]], r"of shape \(2, 3\) with 2 class names: expected shape \(2, 2\)"),
        ([1, 2], "needs a matrix"),
        ([[1, -1], [0, 1]], "none negative"),
        ([[1, math.nan], [0, 1]], "finite numbers"),
    ],
)
def test_a_confusion_matrix_that_does_not_fit_is_an_error(matrix, message):
    with pytest.raises(ValueError, match=message):
        charts.confusion(matrix, ["a", "b"])


def test_a_heat_map_tints_by_size_and_colours_by_sign():
    words = dict.fromkeys(HEAT, "") | {"heat.scale": "largest {largest}"}
    root = parsed(heat.heat([[1.0, -2.0], [math.nan, 0.0]], "W", 2.0, words))
    tints = [(p.get("class"), p.get("fill-opacity")) for p in root.iter(NS + "path")]
    assert tints == [("dp-hit", "0.05"), ("dp-hit", "0.55"), ("dp-miss", "0.95"), ("dp-axis", None)]
    assert {"W", "largest 2", "1.00", "-2.00", "0"} <= set(texts(root))


def test_scatter_draws_pairs_on_one_scale_and_leaves_out_what_is_not_finite():
    root = parsed(charts.scatter([1, 2, math.nan], [1, 2, 3], title="t", xlabel="x", ylabel="y"))
    dots = [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter(NS + "circle")]
    assert len(dots) == 2
    (a, b), (c, d) = dots
    assert c - a == pytest.approx(b - d, abs=0.02)  # equal values lie on the diagonal
    with pytest.raises(ValueError, match="has 1 true and 2 predicted values"):
        charts.scatter([1], [1, 2], title="t", xlabel="", ylabel="")


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 1)])
def test_png_is_read_back_by_another_library(shape):
    image = np.random.default_rng(0).random(shape)
    read = np.asarray(Image.open(io.BytesIO(png_bytes(image)))).reshape(5, 7, -1)
    assert np.array_equal(read, np.rint(image * 255).astype(np.uint8).reshape(5, 7, -1))


def test_png_clips_and_blackens_nan():
    read = np.asarray(Image.open(io.BytesIO(png_bytes(np.array([[-1.0, 2.0, np.nan, 0.2]])))))
    assert read.tolist() == [[0, 255, 0, 51]]
    with pytest.raises(ValueError, match=r"an image of shape \(2, 2, 4\) cannot be drawn"):
        png_bytes(np.zeros((2, 2, 4)))


def test_a_large_image_is_shrunk_by_averages_of_blocks():
    def shrunk(image, largest):
        return np.asarray(Image.open(io.BytesIO(png_bytes(image, largest))))

    image = 4 * np.arange(16.0).reshape(4, 4) / 255
    assert shrunk(image, 2).tolist() == [[10, 18], [42, 50]]
    assert shrunk(image, 3).shape == (2, 2)
    assert np.array_equal(shrunk(image, 4), np.rint(255 * image))
    assert shrunk(np.ones((5, 3, 3)), 2).shape == (2, 1, 3)
    assert (shrunk(np.ones((5, 3)), 2) == 255).all()  # the last blocks are smaller


def test_the_same_image_is_the_same_file():
    image = np.random.default_rng(0).random((9, 7, 3))
    assert png_bytes(image) == png_bytes(image.copy())
