"""The form of an exhibit: a right layer as a textbook writes it, its mutants beside it.

`@exhibit` stands above the class; a mutant replaces a piece of the class's own source and the
result is compiled, so that what is shown, what runs and what is checked are the same text.
"""

from __future__ import annotations

import difflib
import inspect
import linecache
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

Draw = Callable[[np.random.Generator], Any]
"""Makes an argument of a constructor or of `forward` from random numbers."""


@dataclass(frozen=True)
class Mutant:
    """A piece of a layer's source replaced so that a gradient is wrong.

    `name` is the input or parameter whose gradient is wrong (the first, where one mistake spoils
    several), `also` further names that describe the very same numbers. A `hard` one is beyond the
    check: it must be caught, and called unknown; of those that count as named it is none.
    """

    mistake: str
    name: str
    old: str
    new: str
    also: tuple[str, ...] = ()
    hard: bool = False
    layer: str = ""
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every mistake that may be told first."""
        return (self.mistake, *self.also)


@dataclass(frozen=True)
class Exhibit:
    """A right layer: its class, what to make it with, what to put in, and its mutants.

    `scales`: factors of the input at which the layer is right as well; `learns`: whether gradient
    descent on it means something (see `training`).
    """

    made: type
    init: tuple[Draw, ...]
    given: tuple[Draw, ...]
    mutants: tuple[Mutant, ...]
    scales: tuple[float, ...] = (1e-3, 30.0, 1e3)
    learns: bool = True

    @cached_property
    def source(self) -> str:
        """The text of the class, from its `class` line on."""
        text = inspect.getsource(self.made)
        return text[re.search(r"^class ", text, re.M).start() :]  # type: ignore[union-attr]


EXHIBITS: dict[str, Exhibit] = {}


def exhibit(
    init: Sequence[Draw] = (), given: Sequence[Draw] = (), mutants: Sequence[Mutant] = (),
    scales: Sequence[float] = (1e-3, 30.0, 1e3), learns: bool = True,
) -> Callable[[type], type]:  # fmt: skip
    """Put a class into the gallery."""

    def put(made: type) -> type:
        name, seen, titled = made.__name__, dict[str, int](), []
        for m in mutants:
            shown = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
            base = f"{shown}-{m.mistake}-{re.sub(r'[^A-Za-z0-9_]', '', m.name)}"
            seen[base] = n = seen.get(base, 0) + 1
            titled.append(replace(m, layer=name, title=base if n == 1 else f"{base}-{n}"))
        EXHIBITS[name] = Exhibit(made, tuple(init), tuple(given), tuple(titled), tuple(scales),
                                 learns)  # fmt: skip
        return made

    return put


def source(layer: str, mutant: Mutant | None = None) -> str:
    """The text of a layer of the gallery, right or with a mistake."""
    text = EXHIBITS[layer].source
    if mutant is None:
        return text
    n = text.count(mutant.old)
    if n != 1:
        raise ValueError(f"{mutant.title}: {mutant.old!r} stands {n} times in {layer}, not once")
    return text.replace(mutant.old, mutant.new)


def changed(mutant: Mutant) -> list[tuple[int, str]]:
    """The lines that a mutant has and the right layer has not: (number, text without spaces)."""
    lines = source(mutant.layer, mutant).splitlines()
    same = difflib.SequenceMatcher(None, source(mutant.layer).splitlines(), lines, autojunk=False)
    spans = [range(b, e) for tag, _, _, b, e in same.get_opcodes() if tag != "equal"]
    return [(k + 1, lines[k].strip()) for span in spans for k in span]


def difference(mutant: Mutant) -> list[str]:
    """The layer's lines with the mutant's beside them: "  same", "- right", "+ wrong"."""
    before, after = source(mutant.layer).splitlines(), source(mutant.layer, mutant).splitlines()
    return [line for line in difflib.ndiff(before, after) if not line.startswith("?")]


def compiled(layer: str, mutant: Mutant | None = None) -> Any:
    """The class of a layer, from a source that tracebacks and `inspect` find."""
    text = source(layer, mutant)
    file = f"<gallery {layer if mutant is None else mutant.title}>"
    linecache.cache[file] = len(text), None, text.splitlines(True), file
    around = vars(sys.modules[EXHIBITS[layer].made.__module__])  # helpers beside the class
    names: dict[str, Any] = {**around, "__name__": f"{__package__}.of.{layer}"}
    exec(compile(text, file, "exec", dont_inherit=True), names)
    return names[layer]


# -- what to make layers with ----------------------------------------------------------------------


def rand(*shape: int, scale: float = 1.0) -> Draw:
    """Normal numbers."""
    return lambda rng: scale * rng.standard_normal(shape)


def positive(*shape: int) -> Draw:
    """Numbers from 0.2 to 2."""
    return lambda rng: rng.uniform(0.2, 2.0, shape)


def apart(*shape: int) -> Draw:
    """Numbers no two of which are near to each other or to zero: no kink lies between them."""

    def draw(rng: np.random.Generator) -> np.ndarray:
        n = int(np.prod(shape))
        return (rng.permutation(n).reshape(shape) - n / 2 + 0.3) * (3.0 / n)

    return draw


def one_hot(n: int, k: int) -> Draw:
    """n targets of k classes, one row each."""
    return lambda rng: np.eye(k)[rng.integers(0, k, n)]


def integers(high: int, *shape: int) -> Draw:
    """Whole numbers below `high`."""
    return lambda rng: rng.integers(0, high, shape)


def bits(*shape: int) -> Draw:
    """Zeros and ones, as floats."""
    return lambda rng: rng.integers(0, 2, shape).astype(np.float64)


def shares(n: int, k: int) -> Draw:
    """n rows of k positive numbers that sum to 1."""
    return lambda rng: rng.dirichlet(np.full(k, 3.0), n)


def fixed(value: Any) -> Draw:
    """The same every time."""
    return lambda rng: np.array(value) if isinstance(value, list) else value
