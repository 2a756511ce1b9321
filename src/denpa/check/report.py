"""What a check found, for people: a record with a page and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from denpa.check.record import Record

if TYPE_CHECKING:
    from denpa.check.pages.plot import Plot


@dataclass(repr=False)
class Report(Record):
    """The outcome of a check: `findings`, and `compared` with the numbers of every gradient.

    Printed it reads as the command shows it. Of a network whose gradients are wrong, `parts` has
    the outcome of every layer alone. `ok` (bool) is whether something was compared and all is
    right.

    Errors: `to_html` and `plot` an ArgumentError (a ValueError) for another language than "en" and
    "ja".

    >>> import numpy as np, denpa as dp
    >>> report = dp.check.gradient(np.sin, np.array([1.0, 2.0]), grad=lambda x, g: g * np.cos(x))
    >>> report.ok, report.findings, report.compared["x"].checked
    (True, [], 2)
    """

    def to_html(self, language: str | None = None) -> str:
        """As one HTML page that needs nothing else, in English ("en") or Japanese ("ja")."""
        from denpa.check.pages.page import page

        return page(self, language)

    def plot(self, language: str | None = None) -> Plot:
        """The wrong gradients and their errors over ε as a picture: notebooks show it,
        `.save("x.svg")` writes it."""
        from denpa.check.pages.plot import plot

        return plot(self, language)

    def _repr_html_(self) -> str:
        from denpa.check.pages.face import face

        return face(self)
