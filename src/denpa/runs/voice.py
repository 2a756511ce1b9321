"""Where a run says what it does."""

from __future__ import annotations

import warnings
from typing import Protocol

from denpa.report.printing import Output, visible
from denpa.report.progress import TrainingBar


class Voice(Protocol):
    """Where a run says what it does; the console of the command is one.

    Any object with the methods `line(text)`, `warn(text)` and `progress(epochs)`, which returns a
    TrainingBar; `train` and `resume` take one as `voice`.

    Errors: TypeError if Voice itself is called: it is a type to annotate with.

    >>> import denpa as dp
    >>> from denpa.runs.voice import Silent
    >>> class Loud(Silent):
    ...     def line(self, text=""):
    ...         print(str(text).upper())
    >>> voice: dp.runs.Voice = Loud()
    >>> voice.line("trained")
    TRAINED
    """

    def line(self, text: object = "") -> None:
        """Say something."""

    def warn(self, text: object) -> None:
        """Say that something is not as it should be."""

    def progress(self, epochs: int) -> TrainingBar:
        """A bar for the training."""


class Silent:
    """A voice that says nothing but warnings."""

    def line(self, text: object = "") -> None:
        """Say nothing."""

    def warn(self, text: object) -> None:
        """Pass it on to Python's warnings."""
        warnings.warn(visible(str(text)), RuntimeWarning, stacklevel=3)

    def progress(self, epochs: int) -> TrainingBar:
        """A bar that is never drawn."""
        return TrainingBar(epochs, enabled=False)


class Printed(Silent):
    """A voice that prints, with a bar; for scripts and notebooks."""

    def __init__(self) -> None:
        self._output = Output()

    def line(self, text: object = "") -> None:
        """Print it."""
        self._output.say(str(text))

    def progress(self, epochs: int) -> TrainingBar:
        """A bar on standard output."""
        return TrainingBar(epochs, file=self._output)
