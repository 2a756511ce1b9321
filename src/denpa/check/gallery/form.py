"""The form of an exhibit: a right layer as a textbook writes it, its mutants beside it.

The exhibits are data in `check/exhibits`, two files for a subject. `dense.py` is code and nothing
else. `dense.toml` says of each class there what it is made with and what goes into its forward, as
--init and --input of `denpa check` say it (and with `rng`, a generator of NumPy), and which pieces
of it, replaced by which, are a mistake. A subject that `uses` others has the names of their files.

A mutant replaces a piece of the class's own source and the result is compiled, so that what is
shown, what runs and what is checked are the same text.
"""

from __future__ import annotations

import ast
import difflib
import linecache
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from denpa.check.opening.arguments import inputs_of

FOLDER = Path(__file__).parents[1] / "exhibits"


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
    also: Sequence[str] = ()
    hard: bool = False
    layer: str = ""
    title: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every mistake that may be told first."""
        return (self.mistake, *self.also)


@dataclass(frozen=True)
class Exhibit:
    """A right layer: the subject whose file has its class, what to make it with and what to put in,
    as texts, and its mutants.

    `scales`: factors of the input at which the layer is right as well; `learns`: whether gradient
    descent on it means something (see `training`).
    """

    subject: str
    mutants: tuple[Mutant, ...]
    given: str
    init: str = ""
    scales: Sequence[float] = (1e-3, 30.0, 1e3)
    learns: bool = True


@cache
def _table(subject: str) -> dict[str, Any]:
    """What is said of the classes of a subject."""
    return tomllib.loads((FOLDER / f"{subject}.toml").read_text("utf-8"))


@cache
def _code(subject: str) -> tuple[dict[str, str], dict[str, Any]]:
    """The text of every class of a subject, and the names that are known there."""
    path, names = FOLDER / f"{subject}.py", dict[str, Any]()
    text = path.read_text("utf-8")
    tree, lines = ast.parse(text), text.splitlines(keepends=True)
    for other in _table(subject).get("uses", ()):
        names |= _code(other)[1]
    names["__name__"] = f"{__package__}.of.{subject}"
    exec(compile(tree, str(path), "exec", dont_inherit=True), names)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {c.name: "".join(lines[c.lineno - 1 : c.end_lineno]) for c in classes}, names


def _subjects() -> Iterator[str]:
    """By their names, but each after those that it uses."""
    for path in sorted(FOLDER.glob("*.toml")):
        yield from _table(path.stem).get("uses", ())
        yield path.stem


def _mutants(layer: str, rows: Sequence[Sequence[Any]]) -> Iterator[Mutant]:
    """The rows of a table, each with a title of its own."""
    shown = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", layer).lower()
    seen = Counter[str]()
    for mistake, name, old, new, *more in rows:
        base = f"{shown}-{mistake}-{re.sub(r'[^A-Za-z0-9_]', '', name)}"
        seen[base] += 1
        title = base if seen[base] == 1 else f"{base}-{seen[base]}"
        yield Mutant(mistake, name, old, new, layer=layer, title=title, **dict(*more))


EXHIBITS: dict[str, Exhibit] = {
    layer: Exhibit(subject, **{**said, "mutants": tuple(_mutants(layer, said["mutants"]))})
    for subject in dict.fromkeys(_subjects())
    for layer, said in _table(subject).items()
    if layer != "uses"
}


def source(layer: str, mutant: Mutant | None = None) -> str:
    """The text of a layer of the gallery, right or with a mistake."""
    text = _code(EXHIBITS[layer].subject)[0][layer]
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
    around = _code(EXHIBITS[layer].subject)[1]  # helpers beside the class
    names: dict[str, Any] = {**around, "__name__": f"{__package__}.of.{layer}"}
    exec(compile(text, file, "exec", dont_inherit=True), names)
    return names[layer]


def drawn(text: str, rng: np.random.Generator) -> tuple[Any, ...]:
    """The arguments that a text of an exhibit names, their random numbers from a generator.

    >>> import numpy as np
    >>> [np.shape(a) for a in drawn("rand(4, 3), rng.integers(0, 3, 4), 0.5",
    ...                             np.random.default_rng(0))]
    [(4, 3), (4,), ()]
    """

    def apart(*shape: int) -> np.ndarray:
        """Numbers no two of which are near to each other or to zero: no kink lies between them."""
        n = int(np.prod(shape))
        return (rng.permutation(n).reshape(shape) - n / 2 + 0.3) * (3.0 / n)

    return inputs_of(text, rng, {"rng": rng, "apart": apart})


def built(layer: str, mutant: Mutant | None = None, seed: int = 0) -> tuple[Any, tuple[Any, ...]]:
    """A layer of the gallery, right or with a mistake, and what to put into its forward.

    >>> import numpy as np
    >>> layer, (x,) = built("Affine")
    >>> layer.forward(x).shape, layer.backward(np.ones((5, 3))).shape
    ((5, 3), (5, 4))
    """
    shown, rng = EXHIBITS[layer], np.random.default_rng(seed)
    made = compiled(layer, mutant)(*drawn(shown.init, rng))
    return made, drawn(shown.given, rng)
