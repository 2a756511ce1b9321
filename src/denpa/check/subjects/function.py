"""Functions with a rule of their own: `autograd.Function` of Denpa and of PyTorch."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from denpa.check.frameworks.base import Framework, outputs
from denpa.check.subject import GradientRule, Values
from denpa.check.subjects.tensors import Tensors, names_of
from denpa.core.errors import ArgumentError
from denpa.words import say


class Context:
    """The `ctx` of a call outside any graph: keeps what forward leaves for backward."""

    def __init__(self, needs: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs
        self.saved_tensors: tuple[Any, ...] = ()
        self.dirty: tuple[Any, ...] = ()
        self.constant: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors; backward reads them from `saved_tensors`."""
        self.saved_tensors = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Nothing: forward mode is not checked."""

    def mark_dirty(self, *tensors: Any) -> None:
        """Arguments that forward changes on purpose."""
        self.dirty = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Outputs without a gradient."""
        self.constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Nothing: every output gets a gradient here."""


class OfFunction(Tensors):
    """A Function alone: forward and backward are called as they stand, without a graph, so that a
    gradient of the wrong shape is seen as it is and no engine objects first.

    The first argument of floats counts as the input, the others as parameters, which is how such
    functions are written: forward(ctx, x, weight, bias).
    """

    def __init__(self, framework: Framework, cls: Any, arguments: Any, title: str = "") -> None:
        self.cls, self.rule_of = cls, cls.backward
        self.split = framework.splits(cls)
        names = names_of(cls.forward, len(arguments), 0 if self.split else 1)
        super().__init__(framework, arguments, names, title or cls.__name__)
        if not self.values:
            raise ArgumentError(
                say(
                    "{title}: no argument is an array of floats, so there is nothing to "
                    "differentiate; give the arguments of apply, such as np.ones((5, 4))",
                    title=self.title,
                )
            )
        self.inputs = self.inputs[:1]

    def _run(self, values: Values) -> tuple[Context, list[Any], list[Any]]:
        given = self.arguments(values)
        ctx = Context(tuple(k in self.slots for k in range(len(given))))
        if self.split:
            result = self.cls.forward(*given)
            self.cls.setup_context(ctx, tuple(given), result)
        else:
            result = self.cls.forward(ctx, *given)
        self.one(result, "forward")  # says what is wrong where it holds no floats
        whole = list(result) if isinstance(result, tuple) else [result]
        return ctx, given, whole

    def _counted(self, ctx: Context, whole: list[Any]) -> list[Any]:
        kept = [t for t in whole if not any(t is c for c in ctx.constant)]
        return outputs(self.framework, kept)

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        with self.framework.fixed(self.kind(values)), self.framework.no_grad():
            ctx, _, whole = self._run(values)
            return self.framework.array(self.one(self._counted(ctx, whole)))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        with self.framework.fixed(self.kind(values)), self.framework.no_grad():
            ctx, given, whole = self._run(values)
            row, at, messages = np.asarray(upstream).reshape(-1), 0, []
            counted = self._counted(ctx, whole)
            for t in whole:
                array = self.framework.array(t)
                if any(t is c for c in counted):
                    part = row[at : at + array.size].reshape(array.shape).astype(array.dtype)
                    at += array.size
                else:
                    part = np.zeros(array.shape)
                messages.append(self.framework.tensor(part))
            found = self.rule_of(ctx, *messages)
        parts = list(found) if isinstance(found, (tuple, list)) else [found]
        if len(parts) < len(given) or any(g is not None for g in parts[len(given) :]):
            raise ArgumentError(
                say(
                    "{title}.backward returned {count} gradients for the {count2} arguments of "
                    "forward; return one for each, in their order, and None for those without",
                    title=self.title,
                    count=len(parts),
                    count2=len(given),
                )
            )
        claims = {name: self._held(parts[k]) for k, name in self.slots.items()}
        return self.known(values, claims)

    def _held(self, x: Any) -> Any:
        return self.framework.array(x) if isinstance(x, self.framework.Tensor) else x

    def habits(self, values: Values, upstream: np.ndarray) -> list[str]:
        """See `Subject`."""
        with self.framework.fixed(self.kind(values)), self.framework.no_grad():
            ctx, given, _ = self._run(values)
        for k, name in self.slots.items():
            if not any(given[k] is t for t in ctx.dirty) and not np.array_equal(
                self.framework.array(given[k]), values[name].astype(self.kind(values))
            ):
                return ["input-changed"]
        return []

    def code(self) -> Any:
        """See `Subject`."""
        return self.cls

    def rule(self) -> GradientRule | None:
        """See `Subject`."""

        def replaced(f: Callable[..., Any]) -> OfFunction:
            twin = copy.copy(self)
            twin.rule_of = f
            return twin

        return GradientRule(self.cls.backward, replaced)
