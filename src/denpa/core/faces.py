"""What the engine's objects look like on a page, without the engine knowing of pages.

A tensor, a network or an explanation can show itself as HTML. What makes the HTML lives in
`denpa.report`, which the engine must not import: it would load templates and charts for everybody,
and turn the direction of imports around. So an object asks for its face by a name of this table,
and the report is loaded when the first of them is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

FACES: dict[str, tuple[str, str]] = {
    "explanation.page": ("denpa.report.explanation", "page"),
    "explanation.face": ("denpa.report.explanation", "face"),
    "explanation.bundle": ("denpa.report.widget", "bundle"),
    "spelling": ("denpa.report.derivation", "html"),
    "spelling.styled": ("denpa.report.derivation", "styled"),
    "worksheet.page": ("denpa.report.derivation", "worksheet"),
    "tensor": ("denpa.report.faces_tensor", "face"),
    "module": ("denpa.report.faces_engine", "module"),
    "graph": ("denpa.report.faces_engine", "graph"),
    "history": ("denpa.report.faces_training", "history"),
    "run": ("denpa.report.faces_training", "run"),
}
"""The module and the function that makes each face."""


def face(name: str) -> Callable[..., Any]:
    """The function that makes a face; its module is loaded now.

    >>> face("explanation.page").__name__
    'page'
    """
    module, function = FACES[name]
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found
