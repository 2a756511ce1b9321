"""The reference, written from the package itself: every public name, and every command's help.

`python/*.md` and `commands.md` in docs/reference are made anew at each build.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

MODULES = (
    "denpa", "denpa.Tensor", "denpa.nn", "denpa.nn.functional", "denpa.nn.init", "denpa.nn.penalty",
    "denpa.nn.utils", "denpa.optim", "denpa.optim.lr_scheduler", "denpa.autograd", "denpa.func",
    "denpa.train", "denpa.runs", "denpa.data", "denpa.utils.data", "denpa.vision", "denpa.check",
    "denpa.lab",
)  # fmt: skip


def public(module: ModuleType) -> list[str]:
    """The public names of a module: its `__all__`, or what it defines itself."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return [n for n in listed if not isinstance(getattr(module, n), ModuleType)]
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]


def described(name: str, known: dict[int, str]) -> list[str]:
    """The directive that describes one public name; `known` are the objects that have one."""
    module, _, last = name.rpartition(".")
    value = getattr(import_module(module), last)
    if inspect.isclass(value) or inspect.isroutine(value):
        first = known.setdefault(id(value), name)
        if first != name:
            kind = "class" if inspect.isclass(value) else "function"
            return [f".. py:{kind}:: {name}", "", f"   The same as :py:obj:`{first}`.", ""]
    if inspect.isclass(value) and value.__module__.startswith("denpa"):
        own = [n for n, v in vars(value).items() if not n.startswith("_") and inspect.getdoc(v)]
        # An exception's or a record's inherited members say nothing here.
        return [f".. autoclass:: {name}", *(["   :members:"] if own else []), ""]
    if inspect.isroutine(value):
        return [f".. autofunction:: {name}", ""]
    return [f".. py:data:: {name}", "", f"   {_data(value)}", ""]


def _data(value: Any) -> str:
    if value is None or isinstance(value, float):
        return f"The number {value!r}." if value is not None else "The same as ``None``."
    if type(value).__name__.endswith("DType"):
        return f"The dtype {value}."
    if inspect.isclass(value) or inspect.isroutine(value):
        return f"The same as ``{value.__module__}.{value.__qualname__}``."
    return f"``{value}``"


def _first(text: str | None) -> str:
    """The first paragraph of a docstring."""
    return " ".join((text or "").split("\n\n")[0].split())


def page(name: str, known: dict[int, str]) -> str:
    """The page of one module, in groups where its names come from several."""
    if name == "denpa.Tensor":
        body = [".. autoclass:: denpa.Tensor", "   :members:", "   :inherited-members:", ""]
        return "\n".join([f"# {name}", "", "```{eval-rst}", *body, "```", ""])
    module = import_module(name)
    groups: dict[str, list[str]] = {}
    for n in public(module):
        if f"{name}.{n}" in MODULES:
            continue  # it has a page of its own
        origin = str(getattr(getattr(module, n), "__module__", None) or "")
        groups.setdefault(origin if origin.startswith("denpa.") else "", []).append(n)
    lines = [f"# {name}", "", _first(module.__doc__), ""]
    for origin, names in groups.items():
        if len(groups) > 1:
            title = _first(import_module(origin).__doc__) if origin else "Constants and dtypes."
            lines += [f"## {re.split('[:,.;] ', title)[0].rstrip('.')}", ""]
        lines += ["```{eval-rst}"]
        for n in names:
            lines += described(f"{name}.{n}", known)
        lines += ["```", ""]
    return "\n".join(lines)


def commands() -> str:
    """The page of the command line: the help of every command."""
    from denpa.cli.main import parser

    os.environ["COLUMNS"] = "96"
    lines = ["# The command line", "", "What `--help` says of each command.", ""]

    def add(parser: argparse.ArgumentParser, level: int) -> None:
        lines.extend([f"{'#' * level} `{parser.prog}`", "", "```text"])
        lines.extend([parser.format_help().rstrip(), "```", ""])
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for child in action.choices.values():
                    add(child, min(level + 1, 3))

    add(parser(), 2)
    return "\n".join(lines)


def _write(app: Any) -> None:
    folder = Path(app.srcdir) / "reference"
    (folder / "python").mkdir(parents=True, exist_ok=True)
    known = {id(import_module("denpa").Tensor): "denpa.Tensor"}
    pages = {folder / "python" / f"{name}.md": page(name, known) for name in MODULES}
    pages[folder / "commands.md"] = commands()
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.connect("config-inited", lambda app, config: _write(app))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
