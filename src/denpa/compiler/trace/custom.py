"""User-defined Functions in a compiled function.

`Function.apply` records, in a trace, the equations of the user's forward, and beside them the call
as the rule of its outputs (`Value.rule`). Wherever the trace differentiates, the user's backward
runs and gives more equations; what the passes and the native compiler read are ops of the table.
The rules serve while the trace lasts: afterwards the tensors that they name mean other numbers.
So the derivative of a program whose backward is called outside is made at its end, by `pull`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from denpa.compiler.trace.slots import GRAD, SLOT, grad_of, value_of
from denpa.compiler.trace.tracing import Tracer
from denpa.core.errors import GraphError
from denpa.core.graph import Value
from denpa.core.shape import describe

Found = tuple[list[Value], dict[int, tuple[Value, Any, bool]]]  # cotangents, messages


def pull(tracer: Tracer, differentiate: Callable[[], Found]) -> Found | Exception:
    """The derivative of a traced function, made while its trace lasts.

    Nobody may ever ask for it, so an error is returned, for the one who does.
    """
    values = [(c.tensor, value_of(c.tensor)) for c in tracer.captured.values()]
    grads = [(g.tensor, grad_of(g.tensor)) for g in tracer.gradients.values()]
    before = tracer.differentiated, dict(tracer.stale)
    found: Found | Exception
    try:
        found = differentiate()
    except Exception as error:
        found = error
    tracer.differentiated, tracer.stale = before
    values += [(c.tensor, c.value) for c in list(tracer.captured.values())[len(values) :]]
    grads += [(g.tensor, g.before) for g in list(tracer.gradients.values())[len(grads) :]]
    changed = [t for t, v in values if value_of(t) is not v]
    changed += [t for t, g in grads if grad_of(t) is not g]
    for t, v in values:
        SLOT.__set__(t, v)
    for t, g in grads:
        GRAD.__set__(t, g)
    if changed and not isinstance(found, Exception):
        found = GraphError(
            f"the backward of a Function changes {describe(value_of(changed[0]))} or its .grad; "
            "where backward is called outside the compiled function, this is not offered: call it "
            'inside, or use denpa.compile(backend="eager")'
        )
    return found


def forget(tracer: Tracer) -> None:
    """The trace is over: let go of what the rules hold, and differentiate by them no more."""
    for hub in tracer.functions:
        assert hub.op is not None
        hub.op = replace(hub.op, vjp=_over)


def _over(*_: Any) -> Any:
    raise GraphError(
        "a Function that was applied while a compiled function was traced is differentiated after "
        "the trace; call backward inside, or return the result"
    )
