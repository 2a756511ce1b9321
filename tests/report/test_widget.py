"""The picture of a pass in Jupyter's own front end: run, clicked, and its numbers against NumPy."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.report import widget
from tests.browser import missing
from tests.report.faces_reader import Reader
from tests.report.jupyter import lab, notebook

CELL = """
import denpa as dp
a, x, y = (dp.tensor(v, requires_grad=True) for v in (2.0, 3.0, 1.0))
p = a * x
u = p - y
E = u**2 + x
dp.explain(E)
"""
FACE = """
t = dp.tensor([[0.125, 0.25], [0.5, -8.0]])
t
"""


def explained() -> Any:
    x = dp.tensor(3.0, requires_grad=True)
    return dp.explain(x * x)


def test_outside_a_kernel_there_is_a_table_and_a_text() -> None:
    e = explained()
    assert not widget.live()
    assert e._repr_mimebundle_() == {"text/plain": repr(e), "text/html": e._repr_html_()}
    assert "<script" not in e._repr_html_()


def test_anywidget_is_loaded_for_a_kernel_alone() -> None:
    code = """
import sys, denpa as dp
x = dp.tensor(3.0, requires_grad=True)
e = dp.explain(x * x)
e._repr_mimebundle_(), e._repr_html_()
print({"anywidget", "ipywidgets", "IPython", "traitlets"} & {*sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_kernel_without_anywidget_shows_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shell:
        kernel = object()

    class Python:
        get_ipython = staticmethod(Shell)

    monkeypatch.setitem(sys.modules, "IPython", Python)
    assert widget.live()
    monkeypatch.setattr(widget, "find_spec", lambda name: None)
    assert not widget.live()
    assert set(explained()._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_a_model_holds_the_record_and_the_words() -> None:
    made = widget.widget_class()
    assert made is widget.widget_class()
    assert made.__name__ == "ExplanationWidget"
    e = explained()
    seen = made(record=json.dumps(e.to_dict()), texts="{}", lang="ja")
    state = seen.get_state()
    assert json.loads(state["record"]) == e.to_dict()
    assert state["lang"] == "ja"
    assert re.search(r"^export default \{ render \};$", state["_esm"], re.M)
    seen.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The address of a JupyterLab and the folder that it serves."""
    if find_spec("jupyterlab") is None:
        missing("no JupyterLab here: pip install -e '.[test]'")
    folder = tmp_path_factory.mktemp("books")
    with lab(folder, tmp_path_factory.mktemp("state")) as address:
        yield address, folder


@pytest.fixture
def book(browser: Any, server: Any, request: pytest.FixtureRequest) -> Any:
    """A page of JupyterLab with a notebook of three cells, and a kernel that answers."""
    address, folder = server
    name = f"{request.node.name}.ipynb"
    notebook(folder / name, CELL, FACE, "6 * 7")
    page = browser.new_page(viewport={"width": 1200, "height": 1400})
    page.set_default_timeout(60_000)
    page.address, page.file, page.asked = address, folder / name, list[str]()
    page.on("request", lambda r: page.asked.append(r.url))
    page.goto(f"{address}/lab/tree/{name}?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    # What is run before the kernel answers is dropped without a word.
    page.get_by_text(re.compile(r"Python 3.*\| Idle")).first.wait_for()
    yield page
    page.close()


def run(page: Any, k: int) -> Any:
    """Run a cell as a person does, and give what it shows."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(k)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    return cell.locator(".jp-OutputArea-output")


def look(page: Any) -> list[str]:
    """How elements of the notebook's own page look."""
    script = """() => ['h1', 'h2', 'p', 'button', 'code', 'b', 'math', 'table'].map((name) => {
      const probe = document.body.appendChild(document.createElement(name));
      const c = getComputedStyle(probe);
      const found = [name, c.font, c.color, c.background, c.padding, c.margin, c.cursor, c.border];
      probe.remove();
      return found.join('|'); })"""
    found: list[str] = page.evaluate(script)
    return found


def test_a_pass_is_clicked_in_jupyterlab(book: Any) -> None:
    page = book
    before = look(page)
    out = run(page, 0)
    out.locator("[data-name=x]").first.wait_for()

    def shown(name: str, which: str) -> list[float]:
        cells = out.locator(f'[data-name="{name}"] .{which} .cell').all_inner_texts()
        return [float(c.replace("−", "-")) for c in cells]

    a, x, y = 2.0, 3.0, 1.0
    u = a * x - y
    assert shown("x", "v") == [x]
    assert shown("p", "v") == [a * x]
    assert shown("u", "d") == [2 * u]
    assert shown("a", "d") == [2 * u * x]
    assert shown("x", "d") == [2 * u * a + 1]
    # At the beginning the values that were given are there, and no message.
    arrived = out.locator('[data-name="x"].has-message')
    out.locator('[data-name="x"]').focus()
    page.keyboard.press("Home")
    assert out.locator(".unit.has-value").count() == 3
    assert arrived.count() == 0
    page.keyboard.press("End")
    assert out.locator(".unit.has-value").count() == 7
    assert arrived.count() == 1
    # A number clicked tells where it comes from.
    out.locator('[data-name="x"] .d .cell').first.click()
    told = out.locator(".reading-place").inner_text()
    assert "20" in told
    assert "21" in told
    assert look(page) == before  # the style stays within
    assert [r for r in page.asked if not r.startswith((page.address, "data:", "blob:"))] == []


def test_keys_in_the_picture_are_not_the_notebooks(book: Any) -> None:
    page = book
    cells = page.locator(".jp-Notebook .jp-Cell")
    active = page.locator(".jp-Notebook .jp-Cell.jp-mod-active")
    out = run(page, 0)
    out.locator("[data-name=x]").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("b")  # of the notebook: a cell below
    assert cells.count() == 4
    out.locator('[data-name="x"]').focus()  # which makes its cell the active one
    before = active.get_attribute("data-windowed-list-index")
    for key in ("b", "a", "d", "d", "x", "Enter", "ArrowDown", "Home", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert cells.count() == 4
    assert active.get_attribute("data-windowed-list-index") == before
    assert out.locator(".unit.has-value").count() == 4  # the picture has heard them


def test_a_tensor_shows_its_table(book: Any) -> None:
    page = book
    run(page, 0).locator("[data-name=x]").first.wait_for()
    out = run(page, 1)
    out.locator("table").wait_for()
    cells = out.locator("tbody td").all_inner_texts()
    np.testing.assert_array_equal([float(c) for c in cells], [0.125, 0.25, 0.5, -8.0])
    assert "Tensor" in out.inner_text()


def test_a_saved_notebook_holds_the_table_beside_the_picture(book: Any) -> None:
    """What a reader without widgets shows, such as a site of notebooks."""
    page = book
    run(page, 0).locator("[data-name=x]").first.wait_for()
    page.keyboard.press("Control+s")
    until = time.monotonic() + 30
    while "widget-view" not in page.file.read_text("utf-8") and time.monotonic() < until:
        page.wait_for_timeout(100)
    saved = json.loads(page.file.read_text("utf-8"))
    (output,) = saved["cells"][0]["outputs"]
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    found = Reader("".join(output["data"]["text/html"]))
    assert found.bad == []
    rows = {row[0]: row[-2:] for row in found.tables[0]}
    assert rows["x"] == ["3", "21"]
    assert rows["y"] == ["1", "−10"]
    assert "21" in "".join(output["data"]["text/plain"])
