"""The page of a pass in a real browser: clicked and typed as a person would, and the numbers that
are shown compared with NumPy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa import nn
from denpa.report import explanation
from tests.browser import axe, watch

F = nn.functional


def number(text: str) -> float:
    plain = text.replace("−", "-").replace("∞", "inf").strip("() ")
    return float(plain)


def same(shown: str, true: float, what: str) -> None:
    """The text shown is the true number rounded to the digits shown."""
    plain = shown.replace("−", "-").strip("() ")
    mantissa, _, power = plain.partition("e")
    digits = len(mantissa.split(".")[1]) if "." in mantissa else 0
    unit = 10.0 ** (int(power or 0) - digits)
    assert abs(float(plain) - true) <= 0.5001 * unit + 1e-12, f"{what}: {shown}, is {true!r}"


def cells(page: Any, name: str, which: str) -> list[str]:
    found: list[str] = page.locator(f'[data-name="{name}"] .{which} .cell').all_inner_texts()
    return found


class Pages:
    """Saved pages, opened."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser, self.folder, self.opened = browser, folder, list[Any]()

    def open(self, e: Any, mark: str = "lang=en", **options: Any) -> Any:
        file = self.folder / f"{len(self.opened)}.html"
        e.save(file)
        page = self.browser.new_page(**{"viewport": {"width": 1200, "height": 900}, **options})
        page.said = watch(page)
        page.goto(f"{file.as_uri()}#{mark}")
        page.wait_for_selector(".unit")
        self.opened.append(page)
        return page

    def close(self) -> None:
        for page in self.opened:
            said = page.said
            page.close()
            assert said == []


@pytest.fixture
def pages(browser, tmp_path):
    made = Pages(browser, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def formula():
    a, x, y = (dp.tensor(v, requires_grad=True) for v in (2.0, 3.0, 1.0))
    p = a * x
    u = p - y
    q = u**2
    E = q + x
    return dp.explain(E)


class Network:
    """A 2-3-2 network with round weights, and forwards and backwards written out in NumPy."""

    def __init__(self) -> None:
        dp.manual_seed(5)
        net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 2)).double()
        with dp.no_grad():
            for p in net.parameters():
                p.copy_(dp.tensor(np.round(p.detach().numpy() * 2.2, 1)))
        X = np.array([[1.0, 0.5], [-0.5, 2.0], [1.5, -1.0], [0.0, 1.0]])
        T = np.array([0, 1, 0, 1])
        x, t = dp.tensor(X), dp.tensor(T)
        criterion = nn.CrossEntropyLoss()
        loss = criterion(net(x), t)
        self.e = dp.explain(loss, start=1)
        W1, b1, W2, b2 = (p.detach().numpy() for p in net.parameters())
        z1 = X @ W1.T + b1
        h = 1 / (1 + np.exp(-z1))
        z2 = h @ W2.T + b2
        p = np.exp(z2) / np.exp(z2).sum(1, keepdims=True)
        d2 = (p - np.eye(2)[T]) / 4
        dh = d2 @ W2
        d1 = dh * h * (1 - h)
        E = -np.log(p[np.arange(4), T]).mean()
        self.rows = ("x", "0", "1", "2")
        self.true = {
            "x": (X, d1 @ W1), "0.weight": (W1, d1.T @ X), "0.bias": (b1, d1.sum(0)),
            "0": (z1, d1), "1": (h, dh), "2.weight": (W2, d2.T @ h), "2.bias": (b2, d2.sum(0)),
            "2": (z2, d2), "loss": (np.array(E), np.array(1.0)),
        }  # fmt: skip


@pytest.fixture(scope="module")
def network():
    return Network()


def derivation(page: Any, gradient: float, what: str) -> None:
    """The open derivation: every number of its first level, added up again."""
    same(page.locator(".headline .m b").inner_text(), gradient, f"{what} headline")
    first = page.locator(".level.first")
    same(first.locator(".result").inner_text(), gradient, f"{what} result")
    assert "✓" in first.locator(".agrees").inner_text(), what
    total, size = 0.0, 1e-300
    for term in first.locator(".term").all_inner_texts():
        product = float(np.prod([number(x) for x in term.split("·")]))
        total, size = total + product, size + abs(product)
    fold = first.locator(".fold")
    if fold.count() and (rest := re.search(r"together ([−\d.e]+)$", fold.inner_text())):
        total, size = total + number(rest[1]), size + abs(number(rest[1]))
    if first.locator(".term").count():
        assert abs(total - gradient) <= 2e-3 * size, f"{what}: {total}, not {gradient}"


OVERLAPS = """() => {
  const r = [...document.querySelectorAll('.unit')].map((e) => e.getBoundingClientRect());
  let n = 0;
  for (let i = 0; i < r.length; i++) for (let j = 0; j < i; j++)
    if (r[i].left < r[j].right - 1 && r[j].left < r[i].right - 1
      && r[i].top < r[j].bottom - 1 && r[j].top < r[i].bottom - 1) n++;
  return n; }"""


def test_a_formula_is_stepped_through_by_the_keyboard(pages, formula):
    page = pages.open(formula)
    truth = {"a": (2, 30), "x": (3, 21), "y": (1, -10), "p": (6, 10), "u": (5, 10), "q": (25, 1),
             "E": (28, 1)}  # fmt: skip
    for name, (value, delta) in truth.items():
        same(cells(page, name, "v")[0], value, name)
        same(cells(page, name, "d")[0], delta, f"δ {name}")
    page.keyboard.press("Home")
    seen = [page.locator(".unit.has-value").count()]
    for _ in range(11):
        page.keyboard.press("ArrowRight")
        seen.append(page.locator(".unit.has-value").count())
    assert seen == [3, 4, 5, 6, 7, 7, 7, 7, 7, 7, 7, 7]
    page.keyboard.press("ArrowLeft")
    sums = page.locator(".reading .numbers").first.inner_text()
    assert sorted(re.findall(r"\d+", sums)) == ["1", "20", "21"], "the messages, and their sum"
    page.keyboard.press("ArrowLeft")
    assert not page.locator('[data-name="x"].has-message').count(), "not before the sum"
    page.locator('[data-name="a"]').focus()
    page.keyboard.press("Enter")
    derivation(page, 30, "a")
    page.keyboard.press("Escape")
    assert not page.locator(".level").count()
    assert page.evaluate("document.activeElement.dataset.name") == "a"


@pytest.mark.parametrize("mark", ["lang=en", "lang=ja", "lang=en&open=g0"])
def test_every_number_of_a_network_is_numpys(pages, network, mark):
    page = pages.open(network.e, mark)
    for example in range(4):
        page.locator(".examples button").nth(example).click()
        for name, pair in network.true.items():
            for which, a in zip("vd", pair, strict=True):
                part = a[example] if name in network.rows else a
                shown = cells(page, name, which)
                assert len(shown) == np.size(part)
                for text, v in zip(shown, np.ravel(part), strict=True):
                    same(text, float(v), f"{name} {which}")
    assert page.evaluate(OVERLAPS) == 0
    body = page.inner_text("body")
    assert ("逆伝播" in body and "順伝播" in body) == ("ja" in mark)


@pytest.mark.parametrize("mark", ["lang=en", "lang=en&open=g0"])
def test_every_gradient_is_derived_by_a_click(pages, network, mark):
    page = pages.open(network.e, mark)
    for name, (_, grad) in network.true.items():
        if name == "loss":
            continue
        rows = np.ravel(grad[1] if name in network.rows else grad)
        for k, g in enumerate(rows):
            page.locator(f'[data-name="{name}"] .d .cell').nth(k).click()
            if page.locator(".level.first .quotient").count():
                same(page.locator(".level.first .result").inner_text(), float(g), name)
            else:
                derivation(page, float(g), f"{name}[{k}]")


def test_another_term_another_element_and_a_typed_index(pages, network):
    page = pages.open(network.e)
    page.locator('[data-name="0.weight"] .d .cell').nth(0).click()
    before = page.locator(".chain .result").inner_text()
    page.locator(".level.first button.term").first.click()
    assert page.locator(".chain .result").inner_text() != before
    page.keyboard.press("ArrowDown")
    field = page.locator(".headline input")
    assert field.input_value() == "1, 0"
    field.fill("2, 1")
    field.press("Enter")
    derivation(page, float(network.true["0.weight"][1][2, 1]), "typed")
    page.locator(".headline input").fill("7, 0")
    page.locator(".headline input").press("Enter")
    assert page.locator(".headline input").get_attribute("aria-invalid") == "true"
    page.locator("details.more summary").first.click()
    terms = [number(t) for t in page.locator(".byExample .n").all_inner_texts()]
    assert sum(terms) == pytest.approx(network.true["0.weight"][1][2, 1], rel=2e-3)
    assert [abs(t) for t in terms] == sorted((abs(t) for t in terms), reverse=True)


def test_a_value_is_found_by_its_name_and_its_group_opens(pages, network):
    page = pages.open(network.e)
    inner = next(n.name for n in network.e._tape.nodes if n.op and n.op.name == "exp")
    field = page.locator(".finder input")
    field.fill(inner)
    field.press("Enter")
    assert page.evaluate("document.activeElement.dataset.name") == inner
    close = page.get_by_role("button", name="close CrossEntropyLoss")
    close.click()
    assert not page.locator(f'[data-name="{inner}"]').count()


def test_the_messages_of_a_layer_one_by_one(pages, network):
    page = pages.open(network.e)
    steps = page.locator(".tick").count()
    for _ in range(steps):
        page.keyboard.press("ArrowLeft")
        if page.locator(".reading details.more").count():
            break
    page.locator(".reading details.more summary").first.click()
    shown = [number(t) for t in page.locator(".matrix td.sum").first.locator(
        "xpath=ancestor::table").locator("td.sum").all_inner_texts()]  # fmt: skip
    assert shown == pytest.approx(network.true["x"][1][1], abs=1e-4), "rows add up to δ of x"


def test_names_are_text_whatever_they_hold(pages):
    net = nn.Sequential()
    net.add_module('<img src=x onerror="alert(1)">', nn.Linear(2, 2))
    net.add_module("二</script>", nn.Linear(2, 1))
    e = dp.explain(net(dp.ones(3, 2)).square().mean(), title="<b>題</b></script>")
    page = pages.open(e)
    assert page.locator("h1").inner_text() == "<b>題</b></script>"
    assert page.locator("main img").count() == 0
    assert "onerror" in page.locator(".unit code").first.inner_text()


def test_nan_is_shown_and_where_it_began(pages):
    x = dp.tensor([1.0, -1.0, 4.0], requires_grad=True)
    y = dp.log(x)
    page = pages.open(dp.explain((y * 2.0).sum()))
    assert cells(page, "y", "v")[1] == "NaN"
    assert "begins here" in page.locator('[data-name="y"]').inner_text()
    assert "y" in page.locator("header .alarm").inner_text()


def test_a_part_of_a_large_batch_says_what_is_left_out(pages, monkeypatch):
    from denpa.explanation import record

    def some(writer: Any) -> list[int]:
        writer.left["samples"] = 50
        return list(range(35, 45))

    monkeypatch.setattr(record._Writer, "_samples", some)
    dp.manual_seed(1)
    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    x, t = dp.randn(60, 2), dp.tensor(np.arange(60) % 2)
    loss = F.cross_entropy(net(x), t)
    e = dp.explain(loss, start=40)
    page = pages.open(e)
    assert "examples are not stored" in page.locator("header .note").inner_text()
    for k, v in enumerate(e.value("2")[40]):
        same(cells(page, "2", "v")[k], float(v), "row 40")
    page.locator('[data-name="2"] .d .cell').nth(1).click()
    assert page.locator(".headline input").input_value() == "40, 1", "as the whole batch counts"
    page.locator(".headline input").fill("3, 1")
    page.locator(".headline input").press("Enter")
    assert "not stored" in page.locator(".headline .said").inner_text()
    page.locator('[data-name="0.bias"] .d .cell').nth(1).click()
    first = page.locator(".level.first")
    assert "other examples" in first.inner_text()
    same(first.locator(".result").inner_text(), float(e.delta("0.bias")[1]), "the whole batch's")


@pytest.mark.parametrize("width", [360, 768, 1200])
@pytest.mark.parametrize("which", ["formula", "network"])
def test_nothing_overlaps_or_scrolls_sideways(pages, request, which, width):
    made = request.getfixturevalue(which)
    e = made if which == "formula" else made.e
    page = pages.open(e, "lang=en&open=g0", viewport={"width": width, "height": 800})
    assert page.evaluate(OVERLAPS) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mark", ["lang=en", "lang=ja&at=0.weight:1,0", "lang=en&step=7&open=g0"])
def test_axe_finds_nothing_serious(pages, network, mark, scheme):
    page = pages.open(network.e, mark, color_scheme=scheme)
    assert axe(page) == []


def test_a_deep_pass_opens_quickly_and_its_inside_too(pages):
    """5,000 equations, closed: a benchmark's bound, ten times over."""
    w = dp.tensor(0.5, requires_grad=True)
    y = w
    for _ in range(2500):
        y = dp.tanh(y * w)
    page = pages.open(dp.explain(y))
    assert page.locator(".unit").count() < 100
    took = page.evaluate("performance.getEntriesByType('navigation')[0].domComplete")
    assert took < 10_000
    page.locator(".toggle").first.click()
    assert page.locator(".unit").count() > 30


def test_an_unknown_record_is_refused(browser, tmp_path, formula):
    record = formula.to_dict() | {"version": 99}
    file = tmp_path / "page.html"
    file.write_text(explanation.page(record), "utf-8")
    page = browser.new_page()
    said = watch(page)
    page.goto(file.as_uri())
    assert any("another version" in s for s in said)
    page.close()


def test_save_replaces_nothing_unasked(formula, tmp_path):
    file = tmp_path / "a.html"
    formula.save(file)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        formula.save(file)
    formula.save(file, lang="ja", overwrite=True)
    assert '<html lang="ja">' in file.read_text("utf-8")
    with pytest.raises(ValueError, match="'en' or 'ja'"):
        formula.save(tmp_path / "b.html", lang="de")
    assert not (tmp_path / "b.html").exists()


def test_a_cell_of_a_notebook_shows_the_numbers_without_a_script(formula):
    text = formula._repr_html_()
    assert "<script" not in text
    assert len(text) < 20_000
    rows = re.findall(r"<code>(\w+)</code>.*?</tr>", text)
    assert rows == ["a", "x", "y", "p", "u", "q", "E"]
    assert re.search(r"<code>x</code>.*?>3<.*?>21<", text)


def test_on_a_phone_the_page_goes_along_with_the_steps(pages, network):
    page = pages.open(network.e, viewport={"width": 360, "height": 800})
    page.keyboard.press("Home")
    seen = """() => { const r = document.querySelector('.unit.now').getBoundingClientRect();
      return r.top >= 0 && r.bottom <= innerHeight; }"""
    for _ in range(page.locator(".tick").count() - 2):
        page.keyboard.press("ArrowRight")
        assert page.evaluate(seen)
