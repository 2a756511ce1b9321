"""Functions that belong together and are no pair: a chain in which one is given what another has
returned, functions that share variables of their file, functions that others have made."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from denpa.check.locate import ParsedSource
from denpa.check.opening.arguments import arrays_of, bound
from denpa.check.opening.bundles import bundled, of_file
from denpa.check.opening.chains import chain
from denpa.check.opening.constructors import constructors
from denpa.check.opening.functions import functions
from denpa.check.opening.guess import needed
from denpa.check.opening.load import run_theirs
from denpa.check.opening.mending import of_function, tried
from denpa.check.opening.method_pairs import ANY, matching
from denpa.check.opening.objects import trials_of
from denpa.check.opening.trials import Trial, attempts
from denpa.check.patience import Patience
from denpa.check.remarks import Said
from denpa.check.subjects.chained import ChainedFunctions, number, signed
from denpa.check.subjects.pair import Pair
from denpa.words import say

if TYPE_CHECKING:
    from denpa.check.opening.settings import Given

_OTHERS = 6  # functions that may be the gradient of one
_SECONDS = 1.5


def together(f: Any, name: str, given: Given) -> Iterator[Trial]:
    """Trials of a function with others of its file."""
    yield from chained(f, name, given, False)
    whole = of_file(f, name)
    if whole is not None:
        styles = [s for s in matching(whole) if name in s[1:]]
        yield from trials_of(whole, name, styles, given)


def chained(f: Any, name: str, given: Given, sure: bool) -> Iterator[Trial]:
    """Trials of a chain that a function is in; `sure`: of one that is no forward with a cache."""
    found = chain(name, getattr(inspect.unwrap(f), "__globals__", {}))
    if found is None or found[2] is not sure:
        return
    back, plans, _ = found

    def takes(*_: Any) -> None: ...

    takes.__signature__ = signed(plans[0].names)  # type: ignore[attr-defined]
    takes.__wrapped__ = plans[0].first  # type: ignore[attr-defined]

    def build(x: Sequence[Any], lenient: bool = False) -> ChainedFunctions:
        return ChainedFunctions(plans, back, x, name, lenient)

    def runs(x: Sequence[Any]) -> Any:
        return number(plans[0], None, x)

    for guess in functions(takes, 0, (back,)):
        if "(1, " in guess.text:  # one hidden unit, where sums over units are not seen
            continue
        yield from attempts(guess, None, runs, build, given)
    texts = of_function(takes, build, (back,), given, plans[0].names, False)
    yield from tried(texts, None, runs, build, given)


def partnered(f: Any, name: str, given: Given) -> Iterator[Trial]:
    """Pairs with a function of the file that is called by another name: either may be the
    gradient. What is right so is right; what is wrong may be another function."""
    near = getattr(inspect.unwrap(f), "__globals__", {})
    takes = [p.name for p in needed(f)]
    own = [
        g for n, g in near.items() if inspect.isfunction(g) and g is not f and g.__globals__ is near
    ]
    patience = Patience(_SECONDS)
    for other in [g for g in own if needed(g)][:_OTHERS]:
        theirs = [p.name for p in needed(other)]
        both = [(f, other), (other, f)] if set(takes) & set(theirs) or len(theirs) < 3 else []
        for forward, backward in both:

            def build(
                x: Sequence[Any],
                lenient: bool = False,
                forward: Any = forward,
                backward: Any = backward,
            ) -> Pair:
                return Pair(forward, backward, x, name, lenient=lenient)

            def runs(x: Sequence[Any], forward: Callable[..., Any] = forward) -> Any:
                return forward(*x)

            texts = of_function(forward, build, (backward,), given, seconds=0.3)
            for trial in tried(texts, None, runs, build, given):
                trial.guessed, trial.said = (
                    True,
                    (
                        Said(
                            "{backward} is taken for the gradient of {forward}",
                            backward=backward.__name__,
                            forward=forward.__name__,
                        ),
                    ),
                )
                yield trial
                if patience.over:
                    return


def of_maker(f: Any, name: str, given: Given) -> Any:
    """What a function makes that returns functions of its own; None where it makes none."""
    if not _makes(f):
        return None
    guessed = constructors(f, given.sizes, given.near)
    for text in [given.init] if given.init is not None else guessed:

        def make(text: str = text) -> Any:
            return bound(f, arrays_of(text, given.seed, given.near))

        try:
            made = run_theirs(make, name, "making it")
        except Exception:  # other arguments may do
            continue
        whole = bundled(made, name)
        if whole is not None and (list(matching(whole)) or ANY):
            return whole
        if inspect.isfunction(made):
            return made
    return None


def answering(f: Any) -> tuple[Any, Any] | None:
    """A function that returns its value and a function that goes back, as two that share what it
    returns; None for any other."""
    if not _makes(f) or not needed(f):
        return None

    def forward(*given: Any) -> Any:
        parts = list(f(*given))
        parts.sort(key=callable)
        if not callable(parts[-1]):
            raise TypeError(say("{f} returned no function that goes back", f=f.__name__))
        return parts[0], parts[-1]

    def backward(dout: Any, cache: Any) -> Any:
        return cache(dout) if needed(cache) else _times(cache(), dout)

    forward.__signature__ = inspect.signature(f)  # type: ignore[attr-defined]
    forward.__wrapped__ = f  # type: ignore[attr-defined]
    backward.__wrapped__ = f  # type: ignore[attr-defined]
    backward.__signature__ = signed(("dout", "cache"))  # type: ignore[attr-defined]
    return forward, backward


def _times(returned: Any, dout: Any) -> Any:
    if isinstance(returned, dict):
        return {n: _times(g, dout) for n, g in returned.items()}
    if isinstance(returned, (tuple, list)):
        return tuple(_times(g, dout) for g in returned)
    return returned * dout


def _makes(f: Any) -> bool:
    """Whether a function returns functions that it defines."""
    source = ParsedSource.of(f)
    if source is None or not isinstance(source.tree.body[0], ast.FunctionDef):
        return False
    body = source.tree.body[0].body
    inner = {n.name for n in body if isinstance(n, ast.FunctionDef)}
    ends = [n.value for n in body if isinstance(n, ast.Return) and n.value is not None]
    told = [n for e in ends for n in ast.walk(e)]
    return any(
        isinstance(n, ast.Lambda) or (isinstance(n, ast.Name) and n.id in inner) for n in told
    )
