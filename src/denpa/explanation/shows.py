"""How the numbers of a value are best looked at: as a picture, as tiles, or in rows."""

from __future__ import annotations

from math import isqrt
from typing import Any

from denpa.explanation.tape import Node, Tape


def show(n: Node, tape: Tape) -> dict[str, Any] | None:
    """The kind of picture, and its sizes; None where the page decides by the shape.

    Images (N, C, H, W) are pictures; so are rows of 64 or more square numbers (8 × 8, 28 × 28) that
    go in, and the weights that read them are one tile for each unit.
    """
    if n.axis == 0 and n.per == 1 and len(n.shape) == 4:
        _, channels, height, width = n.shape
        if n.role == "input" and channels in (1, 3):
            return {"kind": "image", "height": height, "width": width, "channels": channels}
        return None
    size = _size(n, tape)
    if size is None:
        return None
    height, width = size
    if n.role == "parameter":
        columns = max(10, isqrt(2 * n.shape[0]))
        return {"kind": "tiles", "height": height, "width": width, "columns": columns}
    return {"kind": "image", "height": height, "width": width, "channels": 1}


def _size(n: Node, tape: Tape) -> tuple[int, int] | None:
    """Height and width of the picture that a row of this value is."""
    if len(n.shape) != 2:
        return None
    if n.role == "parameter":
        reads = [e.target for e in n.readers]
        op = reads[0].op if len(reads) == 1 else None
        if op is not None and op.name == "linear" and n is reads[0].inputs[1]:
            x = reads[0].inputs[0]
            return _size(x, tape) if isinstance(x, Node) else None
        return None
    if n.role == "input":
        side = isqrt(n.shape[1])
        return (side, side) if side * side == n.shape[1] and side >= 8 else None
    if n.op is not None and n.op.name == "reshape" and n.axis == 0:  # an image as a row
        x = n.inputs[0]
        if isinstance(x, Node) and x.role == "input" and len(x.shape) == 4 and x.shape[1] == 1:
            return x.shape[2], x.shape[3]
    return None
