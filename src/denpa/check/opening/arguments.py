"""Arguments as people write them on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from denpa.check.opening.draws import draws
from denpa.core.errors import ArgumentError
from denpa.words import say


def arrays_of(
    text: str, seed: int | np.random.Generator, near: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The arguments that --init or --input gives: "W=rand(4,3), b=zeros(3)" with NumPy's names,
    those of the file (`near`) and those of `draws`: rand(shape…) draws from a normal distribution.
    A generator in place of a seed goes on where it stands.

    Those without a name are numbered: "0", "1", …

    >>> {k: np.shape(v) for k, v in arrays_of("W=rand(4,3), pad=1", 0).items()}
    {'W': (4, 3), 'pad': ()}
    """
    rng = np.random.default_rng(seed)
    names: dict[str, Any] = {**(near or {}), "np": np, **draws(rng)}
    names |= {n: getattr(np, n) for n in ("zeros", "ones", "arange", "eye", "array", "linspace")}
    try:
        places, named = eval(f"(lambda *a, **k: (a, k))({text})", names)
        return {**{str(k): a for k, a in enumerate(places)}, **named}
    except Exception as error:
        raise ArgumentError(
            say(
                "{text!r} is no list of arguments ({kind}: {error}); write them as "
                '"W=rand(4,3), b=zeros(3)"',
                text=text,
                kind=type(error).__name__,
                error=error,
            )
        ) from None


def bound(f: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Call with what `arrays_of` has read."""
    places = [a for k, a in arguments.items() if k.isdecimal()]
    return f(*places, **{k: a for k, a in arguments.items() if not k.isdecimal()})


def inputs_of(
    text: str, seed: int | np.random.Generator, near: Mapping[str, Any] | None = None
) -> tuple[Any, ...]:
    """The arguments that --input gives, lists of numbers as arrays.

    Errors: ArgumentError for an array without numbers, of which nothing could be compared.
    """
    found = []
    for name, a in arrays_of(text, seed, near).items():
        array = _array(a) if isinstance(a, list) else a
        if isinstance(array, np.ndarray) and not array.size:
            raise ArgumentError(
                say(
                    "--input: {name} has the shape {shape}, and so no numbers",
                    name=name,
                    shape=array.shape,
                )
            )
        fits = isinstance(array, np.ndarray) and array.dtype.kind in "biufc"
        found.append(array if fits else a)
    return tuple(found)


def _array(a: list[Any]) -> Any:
    """A list as an array, where it is one."""
    try:
        return np.asarray(a)
    except ValueError:  # arrays of unlike shapes
        return a
