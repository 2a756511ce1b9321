"""The browser that pages are opened in: the system's Chromium, driven by Playwright.

    from tests.browser import axe, watch

    def test_something(browser):              # the fixture, by tests/<folder>/conftest.py
        page = browser.new_page(viewport={"width": 360, "height": 800}, color_scheme="dark")
        said = watch(page)
        page.goto(file.as_uri())
        assert axe(page) == []
        assert said == []

Without Chromium, or without axe-core (`make web` installs it), such a test is skipped and says why;
so ask axe in a test of its own. Where the environment variable CI is set it fails instead: a gate
that skips holds nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "tools" / "web" / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# No sandbox: it needs rights that a container lacks, and what is opened is our own. No /dev/shm,
# which is small there. Every machine the same pixels: no coloured edges of letters, no scrollbars.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-lcd-text",
    "--hide-scrollbars",
)


def missing(what: str) -> NoReturn:
    """Skip the test that is running; fail it where CI is set."""
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(f"{what} (CI is set, so this is not skipped)", pytrace=False)
    pytest.skip(what)


def executable() -> str | None:
    """Where the system's Chromium is: CHROMIUM, or the first of its names on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def launch() -> Iterator[Any]:
    """A Playwright browser, ended with the block."""
    program = executable()
    if program is None:
        missing("no Chromium here: apt install chromium, or CHROMIUM=/path/to/it")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("no Playwright here: pip install -e '.[test]'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The browser of all tests of a worker. Each test opens a page of its own and closes it."""
    with launch() as opened:
        yield opened


@cache
def script() -> str | None:
    return AXE.read_text("utf-8") if AXE.is_file() else None


def axe(page: Any, within: str | None = None, *, also: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds serious or critical on a page, one text each; best empty.

    `within` is a CSS selector of the part that is looked at; `also` names further impacts
    ("moderate", "minor"). The page's Content-Security-Policy stays as it is: the script comes by
    the debugger, not as an element.
    """
    source = script()
    if source is None:
        missing("no axe-core here: `make web` installs it")
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(source)
    found = page.evaluate(
        "(within) => axe.run(within ?? document, {resultTypes: ['violations']})", within
    )
    counted = {"serious", "critical", *also}
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {' '.join(map(str, node['target']))}: "
        f"{node['html'][:200]}: {' '.join(node['failureSummary'].split())}"
        for rule in found["violations"]
        if rule["impact"] in counted
        for node in rule["nodes"]
    ]


def watch(page: Any) -> list[str]:
    """A list that grows by what goes wrong on a page from now on.

    That is errors in scripts, errors and warnings on the console (violations of the
    Content-Security-Policy are among them), and requests to anything but files and `data:`.
    """
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"script: {error}"))
    page.on(
        "console",
        lambda line: (
            said.append(f"console: {line.text}") if line.type in ("error", "warning") else None
        ),
    )
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(("file:", "data:", "blob:", "about:"))
            else said.append(f"request: {asked.url}")
        ),
    )
    return said
