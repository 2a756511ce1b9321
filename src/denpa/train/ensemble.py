"""Ensembles: several networks, one answer."""

from __future__ import annotations

from collections.abc import Sequence

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ArgumentError
from denpa.functional import softmax
from denpa.nn import Module, ModuleList


class Ensemble(Module):
    """The mean of the members' predictions: of the outputs, or, with `probabilities`, of the
    softmax of the outputs (returned as its logarithm, so that a cross-entropy or an argmax can
    follow).

    Source: Breiman, *Bagging predictors* (1996).

    `members`: networks, as a list; x of any shape that they take to the shape of their outputs.

    Errors: ArgumentError (a ValueError) for no member; TypeError for one that is no Module;
    RuntimeError (ShapeError) for outputs whose shapes do not broadcast.

    >>> import denpa as dp
    >>> net = dp.train.Ensemble([dp.nn.Linear(3, 2), dp.nn.Linear(3, 2)])
    >>> net(dp.ones(4, 3)).shape
    (4, 2)
    """

    def __init__(self, members: Sequence[Module], probabilities: bool = False) -> None:
        super().__init__()
        if not members:
            raise ArgumentError("an ensemble needs at least one network")
        self.members = ModuleList(members)
        self.probabilities = probabilities

    def forward(self, x: Tensor) -> Tensor:
        """Outputs of the members' shape."""
        total = None
        for member in self.members:
            y = member(x)
            y = softmax(y, dim=-1) if self.probabilities else y
            total = y if total is None else total + y
        assert total is not None
        mean: Tensor = total / len(self.members)
        return mean.log() if self.probabilities else mean
