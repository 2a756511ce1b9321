"""The labs as chapters: their files are copied into the course's folder and read as notebooks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode

from denpa.lab.course import COURSE

_NOTE = "This folder is made anew when the documentation is built.\n"


def read(text: str) -> NotebookNode:
    """A lab's file as a notebook for the kernel that builds the documentation."""
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    for cell in notebook.cells:
        # Every file here begins so, which is nothing to a reader of the chapter.
        cell.source = cell.source.removeprefix("from __future__ import annotations\n").lstrip("\n")
    return notebook


def _copy(app: Any) -> None:
    """Copy each lab whose file has changed, and drop what is no lab any more."""
    folder = Path(app.srcdir) / "course"
    wanted = {}
    for section in COURSE:
        for entry in section.labs:
            if entry.path.exists():
                wanted[folder / section.folder / f"{entry.name}.py"] = entry.path
    for old in folder.glob("*/*.py"):
        if old not in wanted:
            old.unlink()
    for new, path in wanted.items():
        new.parent.mkdir(exist_ok=True)
        if not new.exists() or new.read_bytes() != path.read_bytes():
            shutil.copyfile(path, new)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.connect("config-inited", lambda app, config: _copy(app))
    app.add_source_suffix(".py", "myst-nb", override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
