"""Networks that are one class: `loss(x, t)`, `gradient(x, t)` and a dict `params`, as in the first
Japanese textbook on deep learning from scratch (Saito 2016, TwoLayerNet)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.check.remarks import Remark
from denpa.check.subject import Rule
from denpa.check.subjects.layer import Layer
from denpa.core.errors import ArgumentError


def is_whole(x: Any) -> bool:
    """Whether an object or class has loss and gradient, and is no layer itself.

    >>> is_whole(dict)
    False
    """
    able = all(callable(getattr(x, m, None)) for m in ("loss", "gradient"))
    return able and not all(callable(getattr(x, m, None)) for m in ("forward", "backward"))


class Whole(Layer):
    """A network with loss(x, t) and gradient(x, t), which returns {"W1": …, "b1": …} (or keeps it
    in self.grads). There is no gradient for x: only the parameters are compared."""

    def __init__(self, net: Any, x: Any, t: Any, rule: Callable[..., Any] | None = None) -> None:
        if not isinstance(getattr(net, "params", None), dict):
            raise ArgumentError(
                f"{type(net).__name__} has loss and gradient, but no dict params; keep the "
                'parameters there, as in self.params = {"W1": …, "b1": …}'
            )
        self.net, self.example = net, (x, t)
        own = type(net)
        made = copy.deepcopy(net)
        made.grads = {}
        methods: dict[str, Any] = {
            "forward": lambda self, x: self.loss(x, t),
            "backward": lambda self: _collect(self, self.gradient(x, t)),
            "__module__": own.__module__,
            "__qualname__": own.__qualname__,
        }
        if rule is not None:
            methods["gradient"] = rule
        made.__class__ = type(own.__name__, (own,), methods)
        super().__init__(made, (x,), own.__name__)
        self.values = {k: a for k, a in self.values.items() if k not in self.inputs}
        self.inputs = ()
        # Behind a layer that is 0 for an example, a bias of 0 is on the kink of a ReLU.
        self.still = [k for k, a in self.values.items() if a.size and not a.any()]
        rng = np.random.default_rng(0)
        for k in self.still:
            self.values[k] = 0.01 * rng.standard_normal(self.values[k].shape)

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        return [*super().remarks(), *([Remark("moved")] if self.still else [])]

    def code(self) -> Any:
        """See `Subject`."""
        return type(self.net).gradient

    def rule(self) -> Rule | None:
        """See `Subject`."""
        return Rule(type(self.net).gradient, lambda f: Whole(self.net, *self.example, f))


def _collect(net: Any, found: Any) -> None:
    if isinstance(found, dict):
        for name, gradient in found.items():
            plain = name.removeprefix("grad_").removeprefix("d")
            net.grads[name if name in net.params else plain] = gradient
