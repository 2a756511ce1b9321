"""What every way to run somebody's update can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from denpa.check.optimizers.reading import UpdateCode

Arrays = dict[str, np.ndarray]
Advance = Callable[[Mapping[str, Any]], dict[str, Any]]


class Style:
    """One way to run somebody's update."""

    single = False  # keeps no parameters apart: it is run with one of them
    fresh = True  # can be run from the beginning again
    function = False  # asks for the gradient as a function of the place where it is taken
    shapes: dict[str, tuple[int, ...]] | None = None  # of its own parameters, if it has them
    like = True  # parameters of one shape may take the place of its own
    first = 1  # the number of the first step
    other_firsts: tuple[int, ...] = ()  # what it may be besides
    owns_gradients = False  # it may set the gradients to zero
    row = ""  # of the table of styles

    def begin(self, start: Arrays) -> Advance:
        """Start anew with these parameters; call what is returned with gradients, one set for each
        step. It returns the parameters after the step; None in the place of one that was neither
        changed nor returned."""
        raise NotImplementedError

    def seen(self) -> dict[str, Any]:
        """Names and values that may be hyperparameters."""
        return {}

    def code(self) -> UpdateCode | None:
        """The source to show, None where it is a library's."""
        return None
