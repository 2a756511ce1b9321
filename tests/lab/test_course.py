"""The labs' files against the table: what stands in them, without running them."""

from __future__ import annotations

import ast
import os
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from denpa.lab.course import COURSE, HERE, Entry, entries, find

LABS = list(entries())
NAMES = [e.name for e in LABS]
DOCS = Path(__file__).parents[2] / "docs"


def test_every_name_is_there_once_and_is_found() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert find("surface") is LABS[0]
    assert find("Surface") is None


def test_every_file_of_the_course_is_in_the_table() -> None:
    files = {p.relative_to(HERE).as_posix() for p in HERE.glob("*/*.py")}
    assert files == {e.path.relative_to(HERE).as_posix() for e in LABS}


def test_titles_are_there_in_both_languages() -> None:
    for titled in (*COURSE, *LABS):
        assert titled.title("en") == titled.words
        assert re.search(r"[぀-ヿ一-鿿]", titled.title("ja")), titled


@pytest.mark.parametrize("entry", LABS, ids=NAMES)
def test_a_lab_is_a_chapter_with_a_claim(entry: Entry) -> None:
    text = entry.path.read_text(encoding="utf-8")
    assert text.startswith(f"# %% [markdown]\n# # {entry.words}\n"), "the title is the table's"
    assert f'lab = Lab("{entry.name}")' in text
    assert text.count("lab.claim(") >= 2
    assert "lab.show(" in text or "lab.picture(" in text
    assert "lab.table(" in text
    cells = re.split(r"^# %%(.*)$", text, flags=re.MULTILINE)[1:]
    kinds = [kind.strip() for kind in cells[::2]]
    assert set(kinds) <= {"[markdown]", "", 'tags=["hide-input"]'}, kinds
    assert kinds.count("[markdown]") >= 2
    # What is thought, not what is drawn, and not how many lines a formatter makes of it.
    code = "".join(body for kind, body in zip(kinds, cells[1::2], strict=True) if not kind)
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(code)))
    assert 12 <= statements <= 110, f"{statements} statements"


@pytest.mark.parametrize("entry", LABS, ids=NAMES)
def test_a_lab_uses_only_what_is_public(entry: Entry) -> None:
    tree = ast.parse(entry.path.read_text(encoding="utf-8"))
    allowed = {"numpy", "denpa", "__future__"} | set(sys.stdlib_module_names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                assert name.name.split(".")[0] in allowed, name.name
                assert name.name.count(".") == 0 or not name.name.startswith("denpa"), name.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.module.split(".")[0] in allowed, node.module
            if node.module.startswith("denpa."):
                public = import_module(node.module).__all__
                for name in node.names:
                    assert name.name in public, f"{node.module}.{name.name} is not public"
        elif isinstance(node, ast.Attribute):
            private = node.attr.startswith("_") and not node.attr.startswith("__")
            assert not private, f"{node.attr} in line {node.lineno} is private"


@pytest.mark.parametrize("entry", LABS, ids=NAMES)
def test_links_between_chapters_lead_somewhere(entry: Entry) -> None:
    chapters = {f"{e.section}/{e.name}.py" for e in LABS}
    for target in re.findall(r"\]\(([^)#\s]+\.(?:py|md))\)", entry.path.read_text("utf-8")):
        path = os.path.normpath(f"{entry.section}/{target}")
        assert path in chapters or (DOCS / "course" / path).exists(), target
