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
    the outcome of every layer alone.
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
