"""Docstrings as they are written in Denpa, for Sphinx: plain text, `code`, * lists, doctests."""

from __future__ import annotations

import re
from typing import Any

# `code`, and *emphasis* as in Markdown: all else that looks like markup is meant as it stands.
_MARKUP = re.compile(r"(`+)(?P<code>.+?)\1|(?<![\w*])\*(?P<em>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])")
_SPECIAL = re.compile(r"([*|\\]|_(?![A-Za-z0-9]))")


def _inline(text: str) -> str:
    """Escape what reStructuredText would take for markup, outside of code."""
    done, at = [], 0
    for match in _MARKUP.finditer(text):
        done.append(_SPECIAL.sub(r"\\\1", text[at : match.start()]))
        done.append(f"*{match['em']}*" if match["em"] else f"``{match['code'].strip()}``")
        at = match.end()
    done.append(_SPECIAL.sub(r"\\\1", text[at:]))
    return "".join(done)


def rewrite(lines: list[str]) -> list[str]:
    """The docstring's lines as reStructuredText."""
    out: list[str] = []
    in_code = False
    for line in lines:
        bare = line.strip()
        if bare.startswith(">>>"):
            if not in_code and out and out[-1].strip():
                out.append("")
            in_code = True
        elif not bare:
            in_code = False
        if in_code or not bare:
            out.append(line)
            continue
        indent = line[: len(line) - len(line.lstrip())]
        if bare.startswith("* "):
            if (
                out
                and out[-1].strip()
                and not out[-1].lstrip().startswith("* ")
                and not out[-1].startswith(indent + "  ")
            ):
                out.append("")
            out.append(f"{indent}* {_inline(bare[2:])}")
        else:
            out.append(indent + _inline(bare))
    return out


def _process(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    lines[:] = rewrite(lines)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
