"""The labs as chapters: their files are read as notebooks, their full runs stand at the end.

The files are copied into docs/course, one folder a section, when the documentation is built.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from jupyter_cache import get_cache
from nbformat import NotebookNode

from denpa.lab.course import COURSE, entries
from denpa.lab.session import rich, short
from denpa.lab.words import translate

RECORDS = Path(__file__).parents[1] / "full-runs"
_PLACE = "<!-- labs -->"
_WORDS = {
    "en": {
        "title": "The full run", "with": "{data}{seconds} of processor time", "data": "{} data, ",
        "alt": "The figure of the full run.", "lab": "lab", "took": "processor time",
        "claims": "claims",
        "hold": "all {n} hold", "fail": "{bad} of {n} fail", "left": "not run: hours",
        "later": "not recorded",
    },
    "ja": {
        "title": "完全な実行", "with": "{data}CPU 時間 {seconds}", "data": "{} データ、",
        "alt": "完全な実行の図。", "lab": "実験", "took": "CPU 時間", "claims": "主張",
        "hold": "{n} 件すべて成立", "fail": "{n} 件中 {bad} 件が不成立", "left": "未実行（数時間）",
        "later": "記録なし",
    },
}  # fmt: skip


def read(text: str) -> NotebookNode:
    """A lab's file as a notebook for the kernel that builds the documentation."""
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    for cell in notebook.cells:
        # What is there for the tools that keep the files in order is nothing to a reader.
        source = cell.source.removeprefix("from __future__ import annotations\n").lstrip("\n")
        cell.source = re.sub(r"  # fmt: skip$", "", source, flags=re.MULTILINE)
    name = re.search(r'^lab = Lab\("([\w-]+)"\)', text, re.MULTILINE)
    record = _record(name[1]) if name else None
    if record is not None:
        shown = "".join(_full_run(record, language) for language in _WORDS)
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"```{{raw}} html\n{shown}\n```"))
    return notebook


def _record(name: str) -> dict[str, Any] | None:
    """What the full run of a lab found, if it was recorded."""
    path = RECORDS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _took(seconds: float, language: str) -> str:
    units = {"en": (" s", " min", " h"), "ja": (" 秒", " 分", " 時間")}[language]
    for unit, size in zip(units[::-1], (3600, 60, 0), strict=True):
        if seconds >= 2 * size:
            return f"{seconds / max(size, 1):.2g}{unit}" if size else f"{max(seconds, 1):.0f}{unit}"
    raise AssertionError("seconds are not negative")


def _full_run(record: dict[str, Any], language: str) -> str:
    """The last part of a chapter: the full run's claims, figure and time."""
    words = _WORDS[language]
    data = words["data"].format(record["data"].upper()) if record["data"] == "mnist" else ""
    said = words["with"].format(data=data, seconds=_took(record["processor_seconds"], language))
    lines = [f'<div class="lab-{language}"><h2>{words["title"]}</h2><p>{html.escape(said)}</p>']
    ending = ".ja" if language == "ja" else ""
    for stem in (record["lab"], *(f"{record['lab']}-{n}" for n in range(2, 9))):
        if (RECORDS / f"{stem}{ending}.svgz").exists():
            source = f"../../_static/full-runs/{stem}{ending}.svg"
            lines.append(f'<img class="lab-figure" alt="{words["alt"]}" src="{source}"/>')
    for claim in record["claims"]:
        kind, mark = ("holds", "✓") if claim["holds"] else ("fails", "✗")
        text = translate(claim["claim"], language)
        if not isinstance(claim["measured"], bool):
            text += f": {short(claim['measured'])} ({claim['expected']})"
        lines.append(f'<p class="lab-claim lab-{kind}">{mark} {rich(text)}</p>')
    return "".join([*lines, "</div>"])


def _full_runs(language: str) -> Iterator[str]:
    """The rows of the table of all full runs."""
    words = _WORDS[language]
    yield f"<tr><th>{words['lab']}</th><th>{words['took']}</th><th>{words['claims']}</th></tr>"
    for entry in entries():
        link = (
            f'<a href="{entry.section}/{entry.name}.html">{html.escape(entry.title(language))}</a>'
        )
        record = _record(entry.name)
        if record is None:
            why = words["left" if entry.hours else "later"]
            yield f"<tr><td>{link}</td><td>{why}</td><td></td></tr>"
            continue
        bad = sum(not c["holds"] for c in record["claims"])
        verdict = words["fail" if bad else "hold"].format(n=len(record["claims"]), bad=bad)
        took = _took(record["processor_seconds"], language)
        yield f"<tr><td>{link}</td><td>{took}</td><td>{verdict}</td></tr>"


def _fill(app: Any, docname: str, source: list[str]) -> None:
    """Put the labs where a page of the course has a place for them."""
    if docname == "course/index":
        trees = [
            "\n".join(
                ["```{toctree}", f":caption: {section.words}", ":maxdepth: 1", ""]
                + [f"{section.folder}/{e.name}" for e in section.labs if e.path.exists()]
                + ["```", ""]
            )
            for section in COURSE
        ]
        source[0] = source[0].replace(_PLACE, "\n".join(trees))
    elif docname == "course/full-runs":
        tables = "".join(
            f'<table class="lab-table lab-{language}">{"".join(_full_runs(language))}</table>'
            for language in _WORDS
        )
        source[0] = source[0].replace(_PLACE, f"```{{raw}} html\n{tables}\n```")


def _copy(app: Any) -> None:
    """Copy each lab whose file has changed, and drop what is no lab any more."""
    folder = Path(app.srcdir) / "course"
    wanted = {
        folder / e.section / f"{e.name}.py": e.path for e in entries() if e.path.exists()
    }  # fmt: skip
    for old in folder.glob("*/*.py"):
        if old not in wanted:
            old.unlink()
    for new, path in wanted.items():
        new.parent.mkdir(exist_ok=True)
        if not new.exists() or new.read_bytes() != path.read_bytes():
            shutil.copyfile(path, new)


def _cache(app: Any) -> None:
    """Make the cache of executed chapters before several processes open it: two that make its
    tables at once stop the build."""
    if app.config.nb_execution_mode == "cache":
        _ = get_cache(app.config.nb_execution_cache_path).db


def _unpack(app: Any, error: Exception | None) -> None:
    """Write the figures of the full runs beside the pages: servers send a packed one wrongly."""
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "_static" / "full-runs"
    folder.mkdir(parents=True, exist_ok=True)
    for packed in RECORDS.glob("*.svgz"):
        (folder / f"{packed.stem}.svg").write_bytes(gzip.decompress(packed.read_bytes()))


def _prompts(app: Any) -> None:
    """What stands on a folded cell, in the page's language."""
    if app.config.language == "ja":
        app.config.nb_code_prompt_show = "図を描くコードを表示"
        app.config.nb_code_prompt_hide = "コードを隠す"
    else:
        app.config.nb_code_prompt_show = "Show the code that draws"
        app.config.nb_code_prompt_hide = "Hide the code"


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.connect("config-inited", lambda app, config: _copy(app))
    # Before MyST-NB takes its settings out of the configuration.
    app.connect("config-inited", lambda app, config: _prompts(app), priority=100)
    app.connect("config-inited", lambda app, config: _cache(app))
    app.connect("source-read", _fill)
    app.connect("build-finished", _unpack)
    app.add_source_suffix(".py", "myst-nb", override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
