"""What one does with the picture of a pass: groups open in place, it is moved, enlarged, played,
and stepped through element by element; what is long is folded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from tests.browser import axe, watch

F = nn.functional


def number(text: str) -> float:
    return float(text.replace("−", "-").strip("() "))


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Any:
    """Opens the saved page of an explanation; what goes wrong on it fails the test."""
    opened: list[tuple[Any, list[str]]] = []

    def show(e: Any, mark: str = "lang=en", **options: Any) -> Any:
        file = tmp_path / f"{len(opened)}.html"
        e.save(file)
        page = browser.new_page(**{"viewport": {"width": 1200, "height": 900}, **options})
        opened.append((page, watch(page)))
        page.goto(f"{file.as_uri()}#{mark}")
        page.wait_for_selector(".unit")
        return page

    yield show
    for page, said in opened:
        page.close()
        assert said == []


@pytest.fixture(scope="module")
def convolution() -> Any:
    dp.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(64, 3),
    )  # fmt: skip
    net.x = dp.randn(6, 1, 8, 8)
    return dp.explain(F.cross_entropy(net(net.x), dp.tensor([0, 2, 1, 1, 0, 2]))), net


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm = nn.Linear(3, 3), nn.LayerNorm(3)

    def forward(self, x: Any) -> Any:
        return self.norm(self.first(x)) + x


@pytest.fixture(scope="module")
def blocks() -> Any:
    dp.manual_seed(0)
    net = nn.Sequential(Block(), Block())
    return dp.explain(net(dp.randn(4, 3)).square().mean()), net


BOXES = """() => {
  const r = (e) => {
    const b = e.getBoundingClientRect();
    return [b.left, b.right, b.top, b.bottom]; };
  return [[...document.querySelectorAll('.unit')].map((e) => [e.dataset.name, r(e)]),
    [...document.querySelectorAll('.frame')].map((e) => [e.dataset.frame, r(e)])]; }"""


def inside(a: list[float], b: list[float]) -> bool:
    return a[0] >= b[0] - 1 and a[1] <= b[1] + 1 and a[2] >= b[2] - 1 and a[3] <= b[3] + 1


def apart(a: list[float], b: list[float]) -> bool:
    return a[1] <= b[0] + 1 or b[1] <= a[0] + 1 or a[3] <= b[2] + 1 or b[3] <= a[2] + 1


@pytest.mark.parametrize("width", [1200, 360])
def test_groups_open_in_place_one_in_the_other(shown: Any, blocks: Any, width: int) -> None:
    e, _net = blocks
    page = shown(e, viewport={"width": width, "height": 800})
    groups = e.to_dict()["groups"]
    assert page.locator(".frame").count() == 0
    while page.locator(".unit .toggle").count():
        page.locator(".unit .toggle").first.click()
    units, frames = page.evaluate(BOXES)
    assert {name for name, _ in frames} == {g["id"] for g in groups}
    places = dict(frames)
    nodes = {n["name"]: n for n in e.to_dict()["nodes"]}
    parent = {g["id"]: g["parent"] for g in groups}
    for g, box in frames:
        if parent[g]:
            assert inside(box, places[parent[g]])
    for name, box in units:
        own = nodes[name]["group"]
        while own is not None and nodes[name]["op"]:
            assert inside(box, places[own]), (name, own)
            own = parent[own]
    for k, (name, box) in enumerate(units):
        assert all(apart(box, other) for _, other in units[:k]), name
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inner = next(g["id"] for g in groups if g["parent"])
    page.locator(f'.frame [data-group="{inner}"]').click()
    assert page.locator(".frame").count() == len(groups) - 1
    focused = page.evaluate(
        "[document.activeElement.dataset.group, document.activeElement.ariaExpanded]"
    )
    assert focused == [inner, "false"], "the keyboard stays with the group"


def test_what_a_closed_layer_reads_stands_beside_it(shown: Any, convolution: Any) -> None:
    e, net = convolution
    page = shown(e)
    for name in ("x", "0.weight", "0.bias", "1.weight", "t"):
        assert page.locator(f'[data-name="{name}"]').count() == 1, name
    shown_bias = page.locator('[data-name="1.bias"] .d .cell').all_inner_texts()
    assert [number(t) for t in shown_bias] == pytest.approx(e.delta("1.bias"), abs=6e-4)
    del net


def test_a_kernel_is_derived_and_its_examples_add_up(shown: Any, convolution: Any) -> None:
    """∂E/∂w of a convolution, by central differences; by example, coupled by batch norm."""
    e, net = convolution
    w = net[0].weight
    ends = []
    for h in (1e-3, -1e-3):
        with dp.no_grad():
            kept = w.detach().numpy().copy()
            changed = kept.astype(np.float64)
            changed[2, 0, 1, 1] += h
            w.copy_(dp.tensor(changed.astype(np.float32)))
            target = dp.tensor([0, 2, 1, 1, 0, 2])
            ends.append(float(F.cross_entropy(net(net.x), target).numpy()))
            w.copy_(dp.tensor(kept))
    page = shown(e, "lang=en&at=0.weight:2,0,1,1")
    gradient = number(page.locator(".headline .m b").inner_text())
    assert gradient == pytest.approx((ends[0] - ends[1]) / 2e-3, rel=0.02)
    page.locator("summary", has_text="By example").click()
    terms = [number(t) for t in page.locator(".byExample .n").all_inner_texts()]
    assert len(terms) == 6
    assert sum(terms) == pytest.approx(gradient, rel=2e-3)
    assert "the others" in page.locator(".byExample .note").inner_text()
    assert page.locator(".byExample canvas").count() == 6, "each with its picture"
    # the enlarged kernel: its middle is the element, a click on its corner another
    page.locator(".enlarged canvas").first.click(position={"x": 4, "y": 4})
    assert page.locator(".headline input").input_value() == "2, 0, 0, 0"


def test_the_picture_is_dragged_and_a_drag_chooses_nothing(shown: Any, convolution: Any) -> None:
    page = shown(convolution[0], viewport={"width": 1200, "height": 1300})
    page.evaluate("document.querySelector('.graph-scroll').scrollLeft = 120")
    place = page.locator('[data-name="1"] .body').bounding_box()
    page.mouse.move(place["x"] + 8, place["y"] + 8)
    page.mouse.down()
    page.mouse.move(place["x"] + 70, place["y"] + 12, steps=5)
    page.mouse.up()
    moved = page.evaluate("document.querySelector('.graph-scroll').scrollLeft")
    assert moved == pytest.approx(120 - 62, abs=3)
    assert not page.locator(".level").count()
    page.locator('[data-name="1"] .body canvas').first.click(position={"x": 3, "y": 3})
    assert page.locator(".level").count(), "a click without a drag does"


def test_the_picture_has_sizes(shown: Any, convolution: Any) -> None:
    page = shown(convolution[0])
    wide = "() => document.querySelector('.graph').getBoundingClientRect().width"
    first = page.evaluate(wide)
    page.get_by_label("larger").click()
    assert page.evaluate(wide) == pytest.approx(1.3 * first, rel=0.01)
    page.get_by_label("all of it").click()
    assert page.evaluate(wide) <= page.evaluate(
        "document.querySelector('.graph-scroll').clientWidth + 1"
    )
    name = page.locator(".unit").last.get_attribute("data-name")
    page.locator(f'[data-name="{name}"]').focus()
    page.keyboard.press("Enter")
    assert page.locator(".level").count() or name == "t", "elements are chosen at any size"


def test_arrows_walk_over_elements_and_examples_change(shown: Any, blocks: Any) -> None:
    e, _net = blocks
    page = shown(e, "lang=en&at=0.first.weight:1,1")
    field = page.locator(".headline input")
    seen = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(field.input_value())
        at = tuple(int(k) for k in seen[-1].split(","))
        said = number(page.locator(".headline .m b").inner_text())
        assert said == pytest.approx(e.delta("0.first.weight")[at], rel=1e-4)
    assert seen == ["1, 2", "2, 2", "2, 1", "1, 1"]
    page.get_by_role("button", name="all", exact=True).click()
    assert len(page.locator('[data-name="x"] .v .cell').all_inner_texts()) == 12
    page.locator(".examples button").nth(2).click()
    row = [number(t) for t in page.locator('[data-name="x"] .v .cell').all_inner_texts()]
    assert row == pytest.approx(e.value("x")[2], abs=6e-3)


def test_it_plays_and_pauses_and_space_types_in_a_field(shown: Any, blocks: Any) -> None:
    page = shown(blocks[0])
    page.clock.install()
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    assert page.get_by_label("pause").count() == 1
    page.clock.run_for(1500)
    assert page.locator(".count").inner_text().startswith("1 /")
    page.clock.run_for(1400)
    assert page.locator(".count").inner_text().startswith("2 /")
    page.get_by_label("pause").click()
    page.clock.run_for(5000)
    assert page.locator(".count").inner_text().startswith("2 /")
    page.locator(".finder input").focus()
    page.keyboard.type("no such name")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.locator(".count").inner_text().startswith("2 /")
    assert page.locator(".finder input").get_attribute("aria-invalid") == "true"


def test_language_and_theme_change_and_the_step_stays(shown: Any, blocks: Any) -> None:
    page = shown(blocks[0], "lang=en&step=3")
    paper = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    count = page.locator(".count").inner_text()
    page.get_by_role("button", name="日本語").click()
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert page.locator(".count").inner_text() == count
    text = page.inner_text("main")
    left = re.sub(r"[^a-z ]", "", text.replace("Denpa", ""))
    assert "順伝播" in text
    assert not re.search(r"\b(the|step|forward|example|value)\b", left), "no English is left"
    page.get_by_role("button", name="明暗").click()
    assert page.evaluate(paper) != light


def test_a_long_chain_is_folded_and_opens(shown: Any) -> None:
    w = dp.tensor(0.9, requires_grad=True)
    y = w * 2.0
    for _ in range(30):
        y = dp.tanh(y)
    e = dp.explain(y)
    page = shown(e, f"lang=en&at={e.names[0]}")
    said = number(page.locator(".chain .result").inner_text())
    value, slope = 1.8, 2.0
    for _ in range(30):
        value = np.tanh(value)
        slope *= 1 - value * value
    assert said == pytest.approx(slope, rel=1e-3)
    assert page.locator(".level").count() < 20
    page.locator("button.fold", has_text="more levels").click()
    assert page.locator(".level").count() == 31
    numbers = [number(t) for t in page.locator(".level .result").all_inner_texts()]
    assert numbers[0] == pytest.approx(slope, rel=1e-3)


def test_a_fan_out_of_many_is_folded(shown: Any) -> None:
    """E = Σ k·a over 12 places: ∂E/∂a = 78, by 12 messages."""
    a = dp.tensor(1.5, requires_grad=True)
    total = a * 1.0
    for k in range(2, 13):
        total = total + a * float(k)
    e = dp.explain(total)
    page = shown(e, f"lang=en&at={e.names[0]}")
    first = page.locator(".level.first")
    assert number(first.locator(".result").inner_text()) == 78
    assert first.locator("button.term").count() == 4
    fold = first.locator(".fold").inner_text()
    assert re.fullmatch(r"… 8 more terms, together 36", fold), "1 + … + 8"
    first.locator(".fold").click()
    factors = [t.split("·")[-1] for t in page.locator(".level.first button.term").all_inner_texts()]
    assert sorted(number(f) for f in factors) == list(range(1, 13))


def test_a_weighted_sum_is_written_with_its_numbers_and_opens(shown: Any) -> None:
    """The forward step of one unit of eight inputs: w·x + … + b, folded, then in full."""
    dp.manual_seed(6)
    net = nn.Linear(8, 2).double()
    x = np.round(np.random.default_rng(0).normal(size=(3, 8)), 3)
    page = shown(dp.explain(net(dp.tensor(x)).square().sum()), "lang=en&step=1&example=0")
    w, b = (p.detach().numpy() for p in net.parameters())
    products = w[0] * x[0]
    line = page.locator(".reading .line.numbers").first
    terms = line.locator(".term").all_inner_texts()
    shown_terms = [float(np.prod([number(f) for f in t.split("·")])) for t in terms]
    largest = products[np.argsort(-np.abs(products))][:3]
    assert shown_terms == pytest.approx(largest, rel=2e-3)
    found = re.fullmatch(r"… 5 more terms, together (\S+)", line.locator(".fold").inner_text())
    assert found
    assert number(found[1]) == pytest.approx(products.sum() - largest.sum(), abs=1e-3)
    assert number(line.locator(".result").inner_text()) == pytest.approx(
        products.sum() + b[0], abs=1e-4)  # fmt: skip
    line.locator(".fold").click()
    full = [
        float(np.prod([number(f) for f in t.split("·")]))
        for t in line.locator(".term").all_inner_texts()
    ]
    assert full == pytest.approx(products, abs=2e-3)


def test_an_index_out_of_range_says_the_range(shown: Any, blocks: Any) -> None:
    page = shown(blocks[0], "lang=en&at=0.first.weight:1,1")
    field = page.locator(".headline input")
    for wrong in ("3, 0", "1", "a, b", "1.5, 0", ""):
        field.fill(wrong)
        field.press("Enter")
        assert page.locator(".headline .said").inner_text() == "the range is 0–2, 0–2", wrong
    field.fill("-1, -1")
    field.press("Enter")
    assert page.locator(".headline input").input_value() == "2, 2"


def test_many_units_are_drawn_where_they_are_seen(shown: Any) -> None:
    x = dp.tensor([0.5, -1.0, 2.0], requires_grad=True)
    y = x
    for k in range(240):
        y = dp.sin(y) if k % 2 else y * 1.1
    e = dp.explain(y.sum())
    groups = ",".join(g["id"] for g in e.to_dict()["groups"])
    page = shown(e, f"lang=en&open={groups}")
    assert page.locator(".unit").count() > 200
    page.wait_for_selector(".fitted")
    assert page.locator(".fitted").count() < 60
    last = page.locator(".unit.loss .cell")
    page.get_by_label("find a value").fill("loss")
    page.keyboard.press("Enter")
    page.wait_for_selector(".unit.loss .cell")
    assert number(last.first.inner_text()) == pytest.approx(e.loss, rel=1e-3)


def test_a_page_that_may_not_move_does_not(shown: Any, blocks: Any) -> None:
    page = shown(blocks[0], "lang=en&step=2", reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('.denpa *')].filter((e) => {"
        "const s = getComputedStyle(e); return s.animationName !== 'none'"
        " || (parseFloat(s.transitionDuration) || 0) > 0; }).length"
    )
    assert moving == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("mark", ["lang=en&at=0.weight:2,0,1,1", "lang=ja&open=g0,g1&step=20"])
def test_axe_finds_nothing_serious_on_pictures_and_frames(
    shown: Any, convolution: Any, scheme: str, width: int, mark: str
) -> None:
    size = {"width": width, "height": 800}
    page = shown(convolution[0], mark, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    if page.locator("summary").count():
        page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
