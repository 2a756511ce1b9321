"""The pytest plugin of Denpa: the fixture `gradients`, whose failures name the mistake.

    def test_affine(gradients):
        gradients.layer(Affine(W, b), x)

It stands beside the package, not in it: pytest imports every plugin at its start, and a module
inside `denpa` would bring NumPy into each run of every project that has Denpa installed. Nothing of
Denpa is imported before the fixture checks something.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from denpa.check import Report

_OPTION = "--gradients-html"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for pages of failing checks."""
    group = parser.getgroup("gradients", "gradient checks (denpa)")
    group.addoption(
        _OPTION, metavar="DIR", default=None,
        help="write an HTML page of each failing gradient check into this folder",
    )  # fmt: skip


class Gradients:
    """Checks that raise a GradientError where a gradient is wrong, and return the report if not.

    Each method takes what the function of `dp.check` of its name takes.
    """

    def __init__(self, name: str, folder: Path | None) -> None:
        self._name, self._folder, self._pages = name, folder, 0

    def layer(self, obj: Any, x: Any, *targets: Any, **options: Any) -> Report:
        """A layer class in textbook form: forward(x), backward(dout), self.W beside self.dW."""
        __tracebackhide__ = True
        return self._checked("layer", obj, x, *targets, **options)

    def gradient(self, f: Callable[..., Any], *x: Any, **options: Any) -> Report:
        """A function and its gradient `grad`."""
        __tracebackhide__ = True
        return self._checked("gradient", f, *x, **options)

    def model(self, *given: Any, **options: Any) -> Report:
        """A network of Denpa with its loss."""
        __tracebackhide__ = True
        return self._checked("model", *given, **options)

    def function(self, *given: Any, **options: Any) -> Report:
        """A `denpa.autograd.Function`."""
        __tracebackhide__ = True
        return self._checked("function", *given, **options)

    def torch(self, *given: Any, **options: Any) -> Report:
        """A module or Function of PyTorch."""
        __tracebackhide__ = True
        return self._checked("torch", *given, **options)

    def jax(self, *given: Any, **options: Any) -> Report:
        """A function of JAX."""
        __tracebackhide__ = True
        return self._checked("jax", *given, **options)

    def update_rule(self, step: Any, rule: str, **options: Any) -> Report:
        """An optimizer's update against its definition."""
        __tracebackhide__ = True
        return self._checked("update_rule", step, rule, **options)

    def _checked(self, kind: str, *given: Any, **options: Any) -> Report:
        __tracebackhide__ = True
        from denpa import check

        try:
            found: Report = getattr(check, kind)(*given, **options)
        except Exception as error:
            # Of what the user's code raises its own frames are shown, not those of the check.
            error.__traceback__ = _theirs(error.__traceback__)
            raise
        if not found.ok:
            wrong = check.GradientError(found)
            page = self._page(found, str(options.get("language", "en")))
            if page is not None:
                wrong.add_note(f"page: {page}")
            raise wrong
        return found

    def _page(self, found: Report, language: str) -> Path | None:
        if self._folder is None:
            return None
        from denpa.check.pages.page import page

        self._pages += 1
        number = f"-{self._pages}" if self._pages > 1 else ""
        self._folder.mkdir(parents=True, exist_ok=True)
        to = self._folder / f"{self._name}{number}.html"
        to.write_text(page(found, language), "utf-8")
        return to


def _theirs(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of Denpa; as it is, if there are no others."""
    frames = []
    while trace is not None:
        if not _ours(trace):
            frames.append(trace)
        trace = trace.tb_next
    kept: TracebackType | None = None
    for t in reversed(frames):
        kept = TracebackType(kept, t.tb_frame, t.tb_lasti, t.tb_lineno)
    return kept


def _ours(trace: TracebackType) -> bool:
    name = trace.tb_frame.f_globals.get("__name__", "")
    return str(name).partition(".")[0] in ("denpa", "denpa_pytest")


@pytest.fixture
def gradients(request: pytest.FixtureRequest) -> Gradients:
    """Gradient checks: `gradients.layer(obj, x)`, `gradients.gradient(f, x, grad=df)`, ….

    A wrong gradient fails the test with the mistake's name, its line, and what is right.
    """
    folder = request.config.getoption(_OPTION)
    name = re.sub(r"[^\w.-]+", "-", request.node.nodeid).strip("-")
    return Gradients(name, None if folder is None else Path(folder))
