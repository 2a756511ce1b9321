"""Backwards that are given what forward has returned: `Z1, A1, A2 = forward(W1, W2, X)`, then
`backward(Z1, A1, A2, W2, X, Y)`, with a loss beside them or in the same class. What is of one name
is one thing."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.remarks import Remark
from denpa.check.subjects.binding import required
from denpa.check.subjects.calling import Calling
from denpa.check.subjects.layer import Layer
from denpa.check.subjects.written import Written


@dataclass(frozen=True)
class ChainPlan:
    """What runs first (functions, or methods by their names), what it takes and what it returns
    under which names; `value` makes the number, of which `takes` are the arguments."""

    first: Any
    given: tuple[str, ...]
    left: tuple[str, ...]
    value: Any
    takes: tuple[str, ...]
    names: tuple[str, ...]  # of all that is put in
    said: tuple[Remark, ...] = ()


def _of(owner: Any, f: Any) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(owner, f) if isinstance(f, str) else f
    return found


def held(plan: ChainPlan, owner: Any, given: Sequence[Any]) -> dict[str, Any]:
    """All things by their names, once forward has run."""
    by_name = dict(zip(plan.names, given, strict=False))
    returned = _of(owner, plan.first)(*(by_name[n] for n in plan.given))
    parts = returned if isinstance(returned, tuple) and len(plan.left) > 1 else [returned]
    return by_name | dict(zip(plan.left, parts, strict=False))


def number(plan: ChainPlan, owner: Any, given: Sequence[Any]) -> Any:
    """The value that a chain comes to."""
    things = held(plan, owner, given)
    return _of(owner, plan.value)(*(things[n] for n in plan.takes))


def signed(names: Sequence[str]) -> inspect.Signature:
    """The signature of a function that takes these."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Signature([inspect.Parameter(n, kind) for n in names])


class _Chained(Calling):
    plan: ChainPlan

    def _runs(self, owner: Any) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            return number(self.plan, owner, given)

        run.__signature__ = signed(self.plan.names)  # type: ignore[attr-defined]
        return run

    def _backs(self, owner: Any) -> Callable[..., Any]:
        plain = super()._backs(owner)
        takes = required(plain) or []

        def back(*given: Any) -> Any:
            things = held(self.plan, owner, given)
            return plain(*(things[n] for n in takes))

        names = list(self.plan.names)
        back.__signature__ = signed(names)  # type: ignore[attr-defined]
        return back


class ChainedFunctions(_Chained, Written):
    """Functions of a file in a chain. `plans`: with other losses, where none is in the file."""

    def __init__(
        self,
        plans: Sequence[ChainPlan],
        back: Any,
        arrays: Sequence[Any],
        title: str,
        lenient: bool = False,
    ) -> None:
        self.plan, self.plans = plans[0], plans
        super().__init__(None, plans[0].first, back, arrays, title, plans[0].said, True, lenient)

    def others(self) -> Iterator[Written]:
        """See `Written`."""
        for plan in self.plans:
            if plan is not self.plan:
                twin = copy.copy(self)
                twin.plan, twin.said = plan, plan.said
                try:
                    with np.errstate(all="ignore"):
                        twin.forward(twin.values)
                except Exception:  # a loss that does not fit
                    continue
                yield twin


class ChainedMethods(_Chained, Layer):
    """Methods of an object in a chain."""

    def __init__(
        self,
        plan: ChainPlan,
        obj: Any,
        back: str,
        arrays: Sequence[Any],
        title: str,
        lenient: bool = False,
    ) -> None:
        self.plan = plan
        run = plan.value if isinstance(plan.value, str) else plan.first
        super().__init__(obj, arrays, title, run, back, (), True, lenient)
