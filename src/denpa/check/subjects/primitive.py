"""Primitives of the table: an `Op`'s value against its own message rule."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from denpa.check.subject import GradientRule, Subject, Values
from denpa.core.op import Op, Sample


class Primitive(Subject):
    """An op and one of its samples: shapes are filled with random numbers of the op's domain, away
    from 0, where many have a kink; arrays are taken as they are.

    >>> from denpa.core.op import OPS
    >>> import denpa.ops
    >>> subject = Primitive(OPS["exp"], OPS["exp"].samples[0])
    >>> u = np.ones(subject.forward(subject.values).shape)
    >>> y, dx = subject.forward(subject.values), subject.backward(subject.values, u)["x0"]
    >>> np.array_equal(dx, y)
    True
    """

    def __init__(self, op: Op, sample: Sample, seed: int = 0, dtype: str = "float64") -> None:
        rng = np.random.default_rng([seed, zlib.crc32(repr((op.name, sample.params)).encode())])
        self.op, self.params, self.dtype = op, sample.params, dtype
        self.title = f"op {op.name}"
        self.analytic = op.analytic and dtype == "float64"
        self.given: list[Any] = list(sample.inputs)
        self.values = {}
        for k, given in enumerate(sample.inputs):
            if not isinstance(given, np.ndarray):
                x = rng.uniform(*op.domain, given)
                self.values[f"x{k}"] = np.asarray(np.where(np.abs(x) < 0.05, x + 0.1, x))
        self.inputs = tuple(self.values)

    def _inputs(self, values: Values) -> list[Any]:
        found = []
        for k, given in enumerate(self.given):
            x = values.get(f"x{k}", given)
            found.append(x if np.iscomplexobj(x) or f"x{k}" not in values else x.astype(self.dtype))
        return found

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        with np.errstate(all="ignore"):
            return np.asarray(self.op.eval(*self._inputs(values), **self.params))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        assert self.op.vjp is not None
        inputs = self._inputs(values)
        wants = [f"x{k}" in self.values for k in range(len(inputs))]
        y = self.forward(values)
        g = upstream.astype(y.dtype)
        with np.errstate(all="ignore"):
            found = self.op.vjp(g, y, inputs, self.params, wants)
        return {f"x{k}": np.asarray(m) for k, m in enumerate(found) if wants[k] and m is not None}

    def code(self) -> Any:
        """See `Subject`."""
        return self.op.vjp

    def rule(self) -> GradientRule | None:
        """See `Subject`."""
        return None  # rules are made by kind: a change of one would change many
