"""What must be true of the documentation that was built: the last step of `make docs`.

Every public name is in both indexes and in the search; every lab has its chapter, executed, with
claims and a figure or the picture of a pass in both languages; Japanese pages have Japanese titles;
no link is broken.
"""

from __future__ import annotations

import re
import sys
from html import unescape
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from reference import MODULES, public
from sphinx.util.inventory import InventoryFile

from denpa.lab.course import entries

BUILT = Path(__file__).parent / "_build"
# Themes' own files, and what programs write: docstrings, help, measured figures.
ENGLISH = (
    "_",
    "benchmarks",
    "genindex",
    "index",
    "py-modindex",
    "reference/c",
    "reference/python/",
    "search",
)
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def names_missing(root: Path) -> list[str]:
    """Public names that the index does not have."""
    with (root / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, path: path)
    kinds = getattr(inventory, "data", inventory)  # a dict in some versions of Sphinx
    known = {name for kind in kinds if kind.startswith("py:") for name in kinds[kind]}
    wanted = {f"{m}.{n}" for m in MODULES if m != "denpa.Tensor" for n in public(import_module(m))}
    return [f"{root.name}: {name} is not in the index" for name in sorted(wanted - known)]


def search_missing(root: Path) -> list[str]:
    """Public names that the page's search does not find."""
    index = (root / "searchindex.js").read_text(encoding="utf-8")
    wanted = {n for m in MODULES if m != "denpa.Tensor" for n in public(import_module(m))}
    return [
        f"{root.name}: a search for {n} finds nothing" for n in sorted(wanted) if n not in index
    ]


def chapters_missing(root: Path) -> list[str]:
    """Labs whose chapter is not there, was not executed, or shows nothing."""
    found = []
    for entry in entries():
        page = root / "course" / entry.section / f"{entry.name}.html"
        if not page.exists():
            found.append(f"{root.name}: no chapter {entry.section}/{entry.name}")
            continue
        text = page.read_text(encoding="utf-8")
        for language in ("en", "ja"):
            for shown in ("lab-(?:figure|picture)", "lab-claim", "lab-table"):
                if not re.search(rf'class="lab-{language}"><[^>]*{shown}', text):
                    found.append(f"{root.name}: {entry.name} has no {shown} in {language}")
        if "lab-fails" in text:
            found.append(f"{root.name}: {entry.name} shows a claim that does not hold")
        if root.name == "ja" and entry.title("ja") not in unescape(text):
            found.append(f"ja: {entry.name} is not called {entry.title('ja')!r} as in the table")
    return found


def titles_in_english() -> list[str]:
    """Pages of the Japanese site whose title has no Japanese letter."""
    found = []
    for page in sorted((BUILT / "ja").rglob("*.html")):
        name = page.relative_to(BUILT / "ja").as_posix()
        if name.startswith(ENGLISH):
            continue
        title = re.search(r"<h1>(.*?)<a", page.read_text(encoding="utf-8"), re.DOTALL)
        if title and not JAPANESE.search(title[1]):
            found.append(f"ja: {name} is called {title[1]!r}")
    return found


def broken_links(root: Path) -> list[str]:
    """Links within the site that lead nowhere."""
    found = []
    for page in sorted(root.rglob("*.html")):
        if page.relative_to(root).parts[0] in ("_static", "_modules"):
            continue
        text = page.read_text(encoding="utf-8")
        for link in set(re.findall(r'(?:href|src)="([^"#?]+)', text)):
            if re.match(r"[a-z]+:|//", link):
                continue
            if not (page.parent / unquote(unescape(link))).exists():
                found.append(f"{page.relative_to(BUILT)}: {link} leads nowhere")
    return found


def main() -> int:
    """Tell what is wrong; 1 if anything is."""
    wrong = titles_in_english()
    for root in (BUILT / "en", BUILT / "ja"):
        wrong += names_missing(root) + search_missing(root)
        wrong += chapters_missing(root) + broken_links(root)
    print("\n".join([*wrong[:200], f"documentation: {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
