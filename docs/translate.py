"""The catalogues of the Japanese documentation: `python docs/translate.py update|check`.

`update` takes new and changed paragraphs into docs/locale, where an empty msgstr waits for its
Japanese. `check` fails where a catalogue lacks one or is behind its page.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent
LOCALE = DOCS / "locale"
# Written by programs in English: docstrings, help, measured figures.
LEFT_OUT = ("reference/python/*", "reference/commands", "benchmarks")
_HEADER = (
    'msgid ""\nmsgstr ""\n"Language: ja\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
)


def _templates(folder: Path) -> None:
    """Extract what is to be translated."""
    patterns = ",".join(("_build", "_ext", "locale", "*.py", "**.ja.md"))
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", "gettext", "-D", "nb_execution_mode=off",
         "-D", f"exclude_patterns={patterns}", str(DOCS), str(folder)],
        check=True,
    )  # fmt: skip
    twins = [str(p.relative_to(DOCS)).removesuffix(".ja.md") for p in DOCS.rglob("*.ja.md")]
    for pattern in (*LEFT_OUT, *twins):
        for path in folder.glob(f"{pattern}.pot"):
            path.unlink()


def update(locale: Path) -> None:
    """Bring the catalogues up to the pages."""
    with tempfile.TemporaryDirectory() as folder:
        _templates(Path(folder))
        # Catalogues that have the page's text already are left as they are, to the byte.
        subprocess.run(
            [sys.executable, "-m", "sphinx_intl", "update", "-p", folder, "-d", str(locale),
             "-l", "ja", "-w", "0"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        pages = {Path("sphinx")} | {
            p.relative_to(folder).with_suffix("") for p in Path(folder).rglob("*.pot")
        }
    root = locale / "ja" / "LC_MESSAGES"
    for path in sorted(root.rglob("*.po")):
        if path.relative_to(root).with_suffix("") not in pages:
            path.unlink()
            continue
        text = path.read_text(encoding="utf-8")
        body = text.split("\n\n", 1)[1] if "\n\n" in text else ""
        body = re.sub(r"^#, python-\S+\n", "", body, flags=re.MULTILINE)
        body = "\n\n".join(b for b in body.split("\n\n") if not b.startswith("#~"))
        path.write_text(f"{_HEADER}\n{body.rstrip()}\n", encoding="utf-8")


def _displays(message: str) -> list[str]:
    """The displayed formulas; Sphinx does not take one that is translated."""
    return re.findall(r"\$\$.*?\$\$", message)


def _has_words(message: str) -> bool:
    """Whether there is something to translate: code, mathematics and numbers stay as they are."""
    return bool(re.search(r"[A-Za-z]{2,}", re.sub(r"`[^`]*`|\$[^$]*\$", "", message)))


def _structure(page: Path) -> tuple[int, int]:
    """How many headings and rows of tables a page has."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return sum(x.startswith("#") for x in lines), sum(x.startswith("|") for x in lines)


def check() -> list[str]:
    """What is missing, a line for each message; empty where all is translated."""
    with tempfile.TemporaryDirectory() as folder:
        now = Path(folder) / "locale"
        shutil.copytree(LOCALE, now)
        update(now)
        missing = []
        for path in sorted(now.rglob("*.po")):
            name = path.relative_to(now).as_posix()
            for block in path.read_text(encoding="utf-8").split("\n\n")[1:]:
                message = "".join(re.findall(r'"(.*)"', block.split("msgstr")[0]))
                empty = block.endswith('msgstr ""') and _has_words(message)
                translated = "".join(re.findall(r'"(.*)"', block.split("msgstr")[-1]))
                if translated and _displays(message) != _displays(translated):
                    missing.append(f"{name}: display mathematics has to stay: {message[:60]}")
                if empty or "#, fuzzy" in block:
                    missing.append(f"{name}: {message[:80]}")
        for twin in sorted(DOCS.rglob("*.ja.md")):
            page = twin.with_name(twin.name.replace(".ja.md", ".md"))
            ours, theirs = _structure(page), _structure(twin)
            if ours != theirs:
                missing.append(f"{twin.name}: {theirs} headings and rows, {page.name} has {ours}")
        for path in LOCALE.rglob("*.po"):
            if not (now / path.relative_to(LOCALE)).exists():
                missing.append(f"{path.relative_to(LOCALE)}: no page has this name any more")
        return missing


def main(action: str) -> int:
    """Do what the command line says."""
    if action == "update":
        update(LOCALE)
        return 0
    if action == "check":
        missing = check()
        print("\n".join([*missing, f"{len(missing)} paragraphs have no Japanese"]))
        return 1 if missing else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [""]))
