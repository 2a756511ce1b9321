"""What a network consists of: one row for each layer."""

from __future__ import annotations

from typing import Any, NamedTuple

from denpa.autodiff.mode import no_grad
from denpa.autodiff.tensor import Tensor
from denpa.core.graph import Value
from denpa.core.shape import Shape, size_of
from denpa.nn.module import Module
from denpa.nn.state import evaluating


class Row(NamedTuple):
    """One layer: its path, class, shapes and number of own parameters.

    Two strs, two tuples of ints and an int.
    Errors: TypeError for a field that is missing.

    >>> import denpa as dp
    >>> dp.nn.Row("0", "Linear", (2, 4), (2, 3), 15).parameters
    15
    """

    name: str
    type: str
    input_shape: Shape
    output_shape: Shape
    parameters: int


class Summary(list[Row]):
    """The rows of `summary`; `print` shows them as a table with the sum of the parameters.

    A list of `Row`s; `total` is an int.
    Errors: IndexError for the number of a row that is not there.

    >>> import denpa as dp
    >>> rows = dp.nn.summary(dp.nn.Linear(4, 3), dp.ones(2, 4))
    >>> rows.total, rows[0].output_shape
    (15, (2, 3))
    """

    total: int = 0

    def __str__(self) -> str:
        head = ("layer", "type", "input", "output", "parameters")
        body = [
            (
                r.name,
                r.type,
                str(list(r.input_shape)),
                str(list(r.output_shape)),
                f"{r.parameters:,}",
            )
            for r in self
        ]
        foot = ("total", "", "", "", f"{self.total:,}")
        widths = [max(len(row[k]) for row in (head, *body, foot)) for k in range(5)]
        rule = "  ".join("-" * w for w in widths)

        def line(row: tuple[str, ...]) -> str:
            cells = [c.ljust(w) for c, w in zip(row[:4], widths, strict=False)]
            return "  ".join([*cells, row[4].rjust(widths[4])])

        return "\n".join([line(head), rule, *map(line, body), rule, line(foot)])


def summary(net: Module, *example: Tensor) -> Summary:
    """Run the network without data on tensors of the examples' shapes, and list its layers.

    A layer is a module that holds no other, or has parameters of its own; they come in the order
    of their calls. The run is in prediction mode, so no state changes.

    A module and tensors to a `Summary`.
    Errors: TypeError for an example that is no tensor, and what the network raises for the shapes.

    >>> import denpa as dp
    >>> print(dp.nn.summary(dp.nn.Sequential(dp.nn.Linear(4, 3), dp.nn.ReLU()), dp.ones(2, 4)))
    layer  type    input   output  parameters
    -----  ------  ------  ------  ----------
    0      Linear  [2, 4]  [2, 3]          15
    1      ReLU    [2, 3]  [2, 3]           0
    -----  ------  ------  ------  ----------
    total                                  15
    """
    for x in example:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"summary: {x!r} is no tensor; give an example input, such as dp.ones(1, 28, 28)"
            )
    rows = Summary()
    rows.total = sum(size_of(p.shape) for p in net.parameters())
    handles = []

    def note(path: str) -> Any:
        def hook(module: Module, args: Any, output: Any) -> None:
            own = sum(size_of(p.shape) for p in module.parameters(recurse=False))
            rows.append(Row(path, type(module).__name__, _shape(args), _shape(output), own))

        return hook

    for path, module in net.named_modules():
        if not list(module.children()) or list(module.parameters(recurse=False)):
            handles.append(module.register_forward_hook(note(path or type(module).__name__)))
    try:
        with evaluating(net), no_grad():
            net(*(Tensor(Value(x.shape, x.dtype)) for x in example))
    finally:
        for handle in handles:
            handle.remove()
    return rows


def _shape(x: Any) -> Shape:
    """The shape of the first tensor in a nest of them."""
    while isinstance(x, (tuple, list)):
        if not x:
            return ()
        x = x[0]
    return x.shape if isinstance(x, Tensor) else ()
