"""What arrives at a value on the way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Message:
    """What one reader sends back to a value: `array` has the value's shape. `to` is the value that
    the message goes to, `sender` the one that sends it, `law` the derivative in LaTeX."""

    to: str
    sender: str
    array: np.ndarray
    law: str


@dataclass(frozen=True)
class Messages:
    """The messages that arrive at a value, in the order of arrival; δ is their sum."""

    name: str
    value: np.ndarray
    arriving: tuple[Message, ...]
    delta: np.ndarray | None

    def to_dict(self) -> dict[str, object]:
        """As JSON can hold it, with a version."""
        return {
            "schema": "denpa.messages",
            "version": 1,
            "name": self.name,
            "value": self.value.tolist(),
            "delta": None if self.delta is None else self.delta.tolist(),
            "arriving": [
                {"sender": m.sender, "message": m.array.tolist(), "law": m.law}
                for m in self.arriving
            ],
        }
