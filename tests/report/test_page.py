"""Pages are made of templates that come with the package, and a name in one has to be given."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from jinja2 import UndefinedError

from denpa.check.marking import class_page
from denpa.check.marking.rows import FoundMistake, SubmissionRow
from denpa.report.page import render
from denpa.report.words import words
from tests.house.repository import ROOT, files, pyproject

TEMPLATES = resources.files("denpa.report") / "templates"
PAGES = ("training", "check", "marks")


def test_the_wheel_gets_every_file_that_the_pages_are_made_of() -> None:
    """Hatch packs what git knows under `packages`, unless something else is said there."""
    known = {path.name for path in files() if path.parent == ROOT / "src/denpa/report/templates"}
    assert known == {file.name for file in TEMPLATES.iterdir()}
    told = "".join(file.read_text("utf-8") for file in TEMPLATES.iterdir())
    named = re.findall(r'{% (?:extends|include|from) "(.*?)"', told)
    code = "".join(p.read_text("utf-8") for p in (ROOT / "src/denpa/report").glob("*.py"))
    read = {n for n in known if n.endswith(".css") and f'"templates/{n}"' in code}
    assert known == {*named, *read, *(f"{page}.html.jinja" for page in (*PAGES, "worksheet"))}
    wheel = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel == {"packages": ["src/denpa", "src/denpa_pytest.py"]}


@pytest.mark.parametrize("page", PAGES)
def test_what_a_template_shows_has_to_be_given(page: str) -> None:
    given = {"title": "t", "kind": "k", "heading": "h"}
    with pytest.raises(UndefinedError, match="is undefined"):
        render(page, "en", words("en"), **given)


def test_figures_and_tables_are_numbered_as_they_come() -> None:
    rows = [
        SubmissionRow(
            "a", outcome="wrong", points=5, of=10, mistakes=[FoundMistake("sign", "dx", "<i>")]
        )
    ]
    for _ in range(2):  # each page counts from one
        shown = class_page(rows, "Affine")
        assert re.findall(r"<b>((?:Figure|Table) \d)\.</b>", shown) == [
            "Figure 1",
            "Table 1",
            "Table 2",
        ]
        assert shown.count("&lt;i&gt;") == 1
        assert "<i>" not in shown


def test_what_a_student_hands_in_is_text() -> None:
    bad = "</pre><script>alert(1)</script>{{ 12345679 * 9 }}\x00"
    row = SubmissionRow(bad, outcome="error", message=bad, at=bad, report=bad, of=10)
    shown = class_page([row], bad, note=bad)
    assert "<script" not in shown
    assert "111111111" not in shown
    assert "\x00" not in shown
    assert shown.count("{{ 12345679 * 9 }}") >= 5
