"""What a check says that is no mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from denpa.words import translated


@dataclass(frozen=True)
class Remark:
    """A key of `REMARKS` and what is filled in."""

    key: str
    fill: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """In words.

        >>> Remark("aliased", {"a": "x", "b": "W"}).text()
        'x and W share memory: a change of one in place changes the other; each was moved alone'
        """
        fill = {k: x.text(language) if isinstance(x, Remark) else x for k, x in self.fill.items()}
        return translated(REMARKS.get(self.key, self.key), language, **fill)


class Said(Remark):
    """A remark in its own words, in which remarks may stand."""

    def __init__(self, text: str, /, **fill: object) -> None:
        super().__init__(text, fill)


REMARKS: dict[str, str] = {
    "seeded": (
        "the code draws random numbers without a seed{where}; each evaluation was given the same "
        "ones"
    ),
    "single": "the code computes in float32: gradients are compared to three digits",
    "kinks": "d{name}: {k} of {n} numbers lie on a kink, where no derivative exists; they were "
    "left out",
    "budget": "d{name}: the budget ended after {k} of {n} numbers",
    "unseen": "d{name}: nothing could be compared, the output is not finite around these values",
    "steep": "d{name}: differences are good to {error} only here, so much the numbers bend or "
    "cancel",
    "rounding": (
        "d{name}: in float32 rounding alone is an error of {error}; no mistake, but an unstable "
        "formula"
    ),
    "step-small": (
        "a step of {step} is too small: rounding alone makes a difference wrong by {error} "
        "(with {best}: {least})"
    ),
    "step-large": (
        "a step of {step} is too large: curvature makes a difference wrong by {error} "
        "(with {best}: {least})"
    ),
    "step-fine": "a step of {step} serves: a central difference with it is off by {error}",
    "carries": (
        "a state is carried from one call of forward to the next; each was given the state of a "
        "fresh object"
    ),
    "aliased": (
        "{a} and {b} share memory: a change of one in place changes the other; each was moved alone"
    ),
    "taken-over": "backward changes dout in place and returns it: whoever else holds it sees "
    "other numbers",
    "small": (
        "{names}: right but for {error} or less; a small constant does this, such as the 1e-7 of "
        "log(y + 1e-7), that the derivative leaves out. Leave it so"
    ),
    "more": " (and {n} more like this)",
    "follows": "wrong in the whole network, too: {names}; check again once {part} is mended",
}
