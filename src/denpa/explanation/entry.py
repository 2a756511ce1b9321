"""`dp.explain`: the door to this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.explanation import tape
from denpa.explanation.explained import Explanation


def explain(
    loss: Any,
    /,
    *,
    title: str | None = None,
    start: int = 0,
    classes: Sequence[str] | None = None,
    values: Mapping[str, float] | None = None,
    **given: float,
) -> Explanation:
    """See how a loss came about and where its gradients come from: every value of the pass, every
    message back, the derivation of any of them. `start`: the example to look at first; `classes`:
    the names of the classes that targets are numbers of.

    Call it before `loss.backward()`, or after `backward(retain_graph=True)`. It leaves everything
    as it was: `.grad`, random numbers, statistics, the graph.

    A text in place of the loss is a formula, with a number for each of its letters, as in
    `dp.explain("(a*x - y)**2", a=2, x=3, y=1)`; `values` holds those whose names Python does not
    take there. It has + − * / and powers (** or ^), brackets, numbers, names in any script, and exp
    log ln sqrt sin cos tanh sigmoid (σ) relu abs max min softplus erf square; `E = …` names the
    result. It is computed in float64, and never run as Python.

    Errors: TypeError for what is no tensor and no text; GraphError (a RuntimeError) for a loss of
    more than one element, without a graph, whose graph backward has freed, with a batch of size 0,
    or one of whose tensors was changed in place since; DimError (an IndexError) for a start out of
    range; ArgumentError (a ValueError) for a formula that does not parse, with the column, for a
    letter without a number and a number without a letter, and for too few classes.

    >>> import denpa as dp
    >>> w = dp.tensor(3.0, requires_grad=True)
    >>> float(dp.explain(w * w).delta("w"))
    6.0
    >>> float(dp.explain("(a*x - y)**2", a=2, x=3, y=1).delta("x"))
    20.0
    """
    if isinstance(loss, str):
        return _of_formula(loss, title, {**(values or {}), **given}, set(values or ()) & set(given))
    if given or values:
        names = ", ".join([*given, *(values or {})])
        raise TypeError(f"explain: {names}: numbers go with a formula, a text, not with a tensor")
    found = Explanation(tape.read(loss))
    source = found._tape.loss.source
    found.title = title or (source.text if source is not None else "") or None
    found.start = found._sample(start) or 0 if found.batch_size is not None else 0
    found.classes = None if classes is None else _classes(classes, found)
    return found


def _of_formula(
    text: str, title: str | None, values: Mapping[str, Any], twice: set[str]
) -> Explanation:
    from denpa.explanation.formula import formula  # for those who write one

    if twice:
        raise ArgumentError(f"{', '.join(sorted(twice))}: given in values and by name; give one")
    made = formula(text, values)
    found = Explanation(tape.read(made.loss), made.names)
    found.title = title or " ".join(text.split())
    found.formula, found.given = made.latex, made.given
    return found


def _classes(classes: Sequence[str], e: Explanation) -> tuple[str, ...]:
    """The names of classes, as many as the target needs."""
    if isinstance(classes, str):
        raise TypeError("classes is a list of names, not one text")
    found = tuple(map(str, classes))
    for n in e._tape.nodes:
        if n.role == "target" and n.array.dtype.kind in "iu" and n.array.max() >= len(found):
            raise ArgumentError(
                f"classes has {len(found)} names, and the target {n.name} holds the number "
                f"{n.array.max()}"
            )
    return found
