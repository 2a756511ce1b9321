"""What a function changed outside while it was traced: what each call of the program does as well,
and what is refused, since it would happen once."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.compiler.trace.reach import Refused
from denpa.compiler.trace.records import GONE, Difference
from denpa.compiler.trace.slots import value_of
from denpa.compiler.trace.tracing import Tracer
from denpa.core.errors import GraphError
from denpa.core.source import current_scope, here, where

_STORED = (Tensor, bool, str, type(None))  # a number may be a counter, which never is the same


def stores(tracer: Tracer) -> list[Difference]:
    """Entries and attributes outside that the function sets to tensors or flags, as each call
    of the program will.

    Errors: GraphError for any other change of what is outside: it would happen once.
    """
    wrong = tracer.reach.optimizers.changed()
    found = [] if wrong else list(tracer.reach.guards.differences())
    first: Difference | None = None
    memory: dict[int, Any] = {
        id(value_of(c.tensor).storage): c.tensor for c in tracer.captured.values()
    }
    for d in found:
        if isinstance(d.container, dict) and isinstance(d.new, _STORED):
            storage = d.new._value.storage if isinstance(d.new, Tensor) else None
            if storage is not None and memory.setdefault(id(storage), d.new) is not d.new:
                raise Refused(
                    f"sets {d.path} to a view of another tensor that is kept, with which it would "
                    "share memory; store a .clone()",
                    tracer.reach.line_of(d),
                )
        elif d.old is GONE or d.old is None or d.lazily:  # perhaps made when first asked for
            first = first or d
        else:
            wrong = wrong or d
    if wrong:
        error = GraphError(
            f"the compiled function {wrong.what}; this would happen once, when the function is "
            "traced, and never again. Return the value, and change it outside"
        )
        error.where = tracer.reach.line_of(wrong) or where(here(), current_scope())
        raise error
    if first:
        raise Refused(
            f"{first.what}, which would happen once, when it is traced; make that before the "
            "first call, or return it",
            tracer.reach.line_of(first),
        )
    return found


def carries(tracer: Tracer, d: Difference) -> bool:
    """Whether an entry goes from one tensor to another like it, and nothing else has the first:
    then it is a state, as `self.h = f(self.h)`."""
    return (
        id(d.old) in tracer.captured
        and tracer.captured[id(d.old)].grad_of is None
        and (d.new.shape, d.new.dtype) == (d.old.shape, d.old.dtype)
        and not (d.new.requires_grad or d.old.requires_grad)
        and id(d.new) not in tracer.captured
        and tracer.reach.guards.held(d.old) == 1
    )
