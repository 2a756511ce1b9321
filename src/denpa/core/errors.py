"""The errors a user can cause. Each says what was given, what was expected and what to do;
where it happened (the user's line, the layer) is added by whoever runs the op."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from denpa.core.wording import Wording, command_line


class DenpaError(Exception):
    """Base of Denpa's own errors; `where` is the user's line and layer, once known."""

    where: str = ""

    def __init__(self, *args: Any) -> None:
        super().__init__(*(Wording(x) if type(x) is str else x for x in args))

    @property
    def command_line(self) -> str:
        """The text in the words of the command line (`denpa.core.wording`)."""
        text = command_line(self.args[0]) if self.args else ""
        return f"{text}\n    {self.where}" if self.where else text

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text}\n    {self.where}" if self.where else text


class ShapeError(DenpaError, RuntimeError):
    """Shapes that do not fit each other (PyTorch raises RuntimeError)."""


class DTypeError(DenpaError, RuntimeError, TypeError):
    """An element type that the op cannot take (PyTorch raises RuntimeError or TypeError)."""


class DimError(DenpaError, IndexError):
    """A dimension or index out of range (PyTorch raises IndexError)."""


class ArgumentError(DenpaError, ValueError):
    """A value that an argument cannot have."""


class GraphError(DenpaError, RuntimeError):
    """A derivative asked for that the recorded graph cannot give."""


class AnomalyError(DenpaError, RuntimeError):
    """What made the NaN or the infinity that did harm (anomaly mode). `blame` says the same as
    data: the op, the line and the layer, and which element of its result."""

    blame: Any = None

    def __reduce__(self) -> Any:
        """Without `blame`, whose line of code cannot be pickled."""
        return type(self), self.args, {"where": self.where}


class NotOffered(AttributeError, NotImplementedError):
    """A name that is not there: PyTorch may have it, Denpa does not."""


def not_offered(place: str, name: str, known: Iterable[str]) -> NotOffered:
    """The error for `place.name`, with the nearest names that there are."""
    near = difflib.get_close_matches(name, [k for k in known if not k.startswith("_")], 3, 0.75)
    hint = f"; the nearest names are {', '.join(near)}" if near else ""
    return NotOffered(f"{place} does not offer {name!r}{hint}")
