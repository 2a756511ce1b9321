"""A worksheet: backpropagation by hand, on a pass of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from os.path import lexists

from denpa.core.faces import face
from denpa.core.files import write_atomically
from denpa.explanation import spelling_forms
from denpa.explanation.sparse import Index
from denpa.explanation.spelling import Spelt


@dataclass(frozen=True)
class Worksheet:
    """Tasks that lead from the loss back to one gradient. Made by `Explanation.worksheet`.

    `sheet` has the forward pass and the tasks with room to write on, `answers` the same tasks by
    the same numbers with what belongs there; None if they were not asked for.

    >>> import denpa as dp
    >>> a, x = dp.tensor(2.0, requires_grad=True), dp.tensor(3.0, requires_grad=True)
    >>> sheet = dp.explain((a * x - 1) ** 2).worksheet("a", answers=True)
    >>> print(sheet.text())
    Backpropagation by hand
    =======================
    ...
    ∂u/∂a = x = 3
    ...
    ∂E/∂a = ∂E/∂u · ∂u/∂a = ∂E/∂u · x = 10 · 3 = 30
    """

    name: str
    index: Index
    sample: int | None
    sheet: Spelt
    answers: Spelt | None = None

    def text(self) -> str:
        """As plain text."""
        pages = [self.sheet] if self.answers is None else [self.sheet, self.answers]
        return "\n\n\n".join(map(spelling_forms.text, pages))

    def html(self) -> str:
        """As a whole page that prints on A4; answers begin on a new one. It has no script."""
        made: str = face("worksheet.page")(self.sheet, self.answers)
        return made

    def save(self, path: str | PathLike[str], *, overwrite: bool = False) -> None:
        """Write the page as one HTML file.

        Errors: FileExistsError for a file that exists, without `overwrite`; OSError where it cannot
        be written.
        """
        if not overwrite and lexists(path):
            raise FileExistsError(f"{path} exists; pass overwrite=True to replace it")
        write_atomically(path, self.html().encode())

    def __str__(self) -> str:
        return self.text()
