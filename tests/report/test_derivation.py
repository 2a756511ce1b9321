"""What is spelt of a pass, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import denpa as dp
from tests.browser import watch


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("wide", [360, 1200])
def test_a_worksheet_is_drawn(browser: Any, tmp_path: Path, lang: str, wide: int) -> None:
    a = dp.tensor(2.0, requires_grad=True)
    x = dp.tensor(3.0, requires_grad=True)
    path = tmp_path / "sheet.html"
    dp.explain((a * x - 1) ** 2 + x).worksheet("x", lang=lang, answers=True).save(path)
    page = browser.new_page(viewport={"width": wide, "height": 800})
    said = watch(page)
    page.goto(path.as_uri())
    assert page.locator(".result").last.inner_text() == "21"
    assert page.locator("article").count() == 2
    assert page.locator("article").first.locator(".blank").count() > 5
    assert page.locator("article").last.locator(".blank").count() == 0
    fraction = page.locator("mfrac").first.bounding_box()
    assert fraction["height"] > 1.5 * page.locator("mfrac mi").first.bounding_box()["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    assert said == []
    page.close()
