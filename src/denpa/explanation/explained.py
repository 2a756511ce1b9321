"""What `dp.explain` gives: one pass, to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from os.path import lexists
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError, DimError
from denpa.core.faces import face
from denpa.core.files import write_atomically
from denpa.explanation import axes, blame
from denpa.explanation.analysis import Analysis
from denpa.explanation.blame import Blame
from denpa.explanation.derivation import Derivation
from denpa.explanation.levels import Level
from denpa.explanation.messages import Message, Messages
from denpa.explanation.overview import overview
from denpa.explanation.record import record
from denpa.explanation.sparse import Index
from denpa.explanation.spelling_links import Linker
from denpa.explanation.spelling_worksheet import TaskSheet, spell
from denpa.explanation.tape import Node
from denpa.explanation.worksheet import Worksheet


class Explanation(Analysis):
    """One forward and one backward pass with all their numbers. Made by `dp.explain`.

    Values and messages are computed again in float64. Nothing of what it reads is changed.

    >>> import denpa as dp
    >>> a, x = dp.tensor(2.0, requires_grad=True), dp.tensor(3.0, requires_grad=True)
    >>> e = dp.explain((a * x - 1) ** 2 + x)
    >>> [float(m.array) for m in e.messages("x").arriving], float(e.messages("x").delta)
    ([1.0, 20.0], 21.0)
    """

    # -- what there is ---------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all values, in the order of computation."""
        return tuple(self._named)

    @property
    def batch_size(self) -> int | None:
        """How many examples went through together; None where there is no batch."""
        return self._tape.batch

    @property
    def loss(self) -> float:
        """The value of the loss."""
        return float(self._tape.loss.array.reshape(()))

    def _node(self, name: str) -> Node:
        if not isinstance(name, str):
            raise TypeError(f"a value is named by a text, not {type(name).__name__}")
        node = self._named.get(name) or self._words.get(name)
        if node is None:
            import difflib

            near = difflib.get_close_matches(name, self._named, 3, 0.5) or list(self._named)[:8]
            raise ArgumentError(
                f"there is no value called {name!r} here; there are {', '.join(map(repr, near))}"
                + (", …" if len(self._named) > len(near) else "")
            )
        return node

    def value(self, name: str) -> np.ndarray:
        """The numbers of a value. Errors: ArgumentError (a ValueError) for an unknown name."""
        return self._node(name).array

    def delta(self, name: str) -> np.ndarray | None:
        """δ = ∂E/∂value, of its shape; None where no message arrives.

        Errors: ArgumentError (a ValueError) for an unknown name.
        """
        return self._node(name).delta

    def messages(self, name: str) -> Messages:
        """What arrives at a value, from each of its readers, and the sum.

        Errors: ArgumentError (a ValueError) for an unknown name.
        """
        n = self._node(name)
        arriving = tuple(
            Message(n.name, e.target.name, e.message, self._factor(e))
            for e in n.heard
            if e.message is not None
        )
        symbols = {x.name: self._symbols[x] for x in (n, *(e.target for e in n.readers))}
        return Messages(n.name, n.array, arriving, n.delta, symbols)

    def jacobian(self, name: str, sample: int | None = None) -> np.ndarray:
        """The messages of a layer one by one, δ_{n←n'}: row n is an element of the value `name`,
        column n' an element of what reads it; a row's sum is δ_n. For one example of the batch.

        Errors: ArgumentError for an unknown name, a value that no message arrives at, or one that
        is no vector; DimError (an IndexError) for an example out of range.
        """
        n = self._node(name)
        at = self._sample(sample) if n.axis is not None else None
        edges = [e for e in n.readers if e.message is not None]
        if not edges:
            raise ArgumentError(f"no message arrives at {name}")
        if n.axis is not None and at is None:
            raise ArgumentError(f"{name} has {self.batch_size} rows; say which: sample=0")
        own = [i for i in np.ndindex(n.shape) if n.axis is None or i[n.axis] // n.per == at]
        columns: dict[tuple[int, Index], int] = {}
        entries: list[tuple[int, int, float]] = []
        for row, i in enumerate(own):
            for e in edges:
                y = e.target
                assert y.delta is not None
                for j, partial in e.map.reach(i):
                    column = columns.setdefault((y.number, j), len(columns))
                    entries.append((row, column, partial * float(y.delta[j])))
        matrix = np.zeros((len(own), len(columns)))
        for row, column, term in entries:
            matrix[row, column] += term
        return matrix

    # -- one element -----------------------------------------------------------------------------

    def _sample(self, sample: int | None) -> int | None:
        if sample is None:
            return None
        size = self._tape.batch
        if size is None:
            raise ArgumentError("sample=: this pass has no batch of examples")
        if not isinstance(sample, (int, np.integer)) or isinstance(sample, bool):
            raise TypeError(f"sample is the number of a row, not {sample!r}")
        if not -size <= sample < size:
            raise DimError(
                f"example {sample} is out of range: the batch has {size} (0 to {size - 1})"
            )
        return int(sample) % size

    def _index(self, n: Node, index: Any) -> Index:
        given = index if isinstance(index, (tuple, list)) else (index,)
        if len(given) != len(n.shape):
            raise DimError(
                f"{n.name} has the shape {list(n.shape)}: an element of it has {len(n.shape)} "
                f"indices, not {len(given)}"
            )
        for d, (i, size) in enumerate(zip(given, n.shape, strict=True)):
            if not isinstance(i, (int, np.integer)) or isinstance(i, bool):
                raise TypeError(f"an index is made of whole numbers, not {i!r}")
            if not -size <= i < size:
                raise DimError(
                    f"{n.name}: index {i} is out of range for dim {d} of size {size} "
                    f"({-size} to {size - 1})"
                )
        return tuple(int(i) % size for i, size in zip(given, n.shape, strict=True))

    def derivation(
        self, name: str, index: Sequence[int] | int = (), sample: int | None = None
    ) -> Derivation:
        """Where ∂E/∂(one element) comes from: the chain rule down to the loss, with all terms.

        With `sample`, of a parameter, it is that example's term of the sum over the batch.

        Errors: ArgumentError (a ValueError) for an unknown name, or a value that no message arrives
        at; DimError (an IndexError) for an index or an example out of range.

        >>> import denpa as dp
        >>> a, x = dp.tensor(2.0, requires_grad=True), dp.tensor(3.0, requires_grad=True)
        >>> found = dp.explain((a * x - 1) ** 2).derivation("a")
        >>> found.result, found.gradient, [level.name for level in found.levels]
        (30.0, 30.0, ['a', 'u', 'v', 'loss'])
        """
        n = self._node(name)
        if n.delta is None:
            raise ArgumentError(f"no message arrives at {name}: nothing of the loss depends on it")
        at = self._index(n, index)
        row = self._sample(sample)
        if row is not None and n.axis is not None:
            if at[n.axis] // n.per != row:
                raise ArgumentError(
                    f"{name}{list(at)} belongs to example {at[n.axis] // n.per}, not to {row}"
                )
            row = None
        levels: list[Level] = []
        linker, spelled = Linker(self), []
        node, here = n, at
        while True:
            level, follow = self._deriver.level(node, here, row)
            levels.append(level)
            spelled.append(linker.spelling(level, row if node.axis is None else None))
            if follow is None:
                break
            edge, here = follow
            node = edge.target
            if node.axis is not None:
                row = None
        result = levels[0].total
        size, gradient, tolerance = self._deriver.rounding(n, at, sample if row is None else row)
        if sample is not None and n.axis is None:
            gradient = None
        return Derivation(
            n.name, at, self._sample(sample), tuple(levels), result, size, gradient, tolerance,
            {lv.name: self._symbols[self._named[lv.name]] for lv in levels}
            | {t.to: self._symbols[self._named[t.to]] for lv in levels for t in lv.terms},
            {m.name: self._right_side(m) for m in {self._named[lv.name] for lv in levels} if m.op},
            {t.edge: self._factor(self._tape.edges[t.edge]) for lv in levels for t in lv.terms},
            n.role, tuple(spelled), linker.shortcut(levels),
        )  # fmt: skip

    def worksheet(
        self,
        name: str,
        index: Sequence[int] | int | None = None,
        *,
        sample: int | None = None,
        lang: str = "en",
        answers: bool = False,
    ) -> Worksheet:
        """Tasks for a class: the forward pass is given, and each step back to ∂E/∂(one element) is
        to be computed. Without an index it is the element with the largest |δ|; `sample` is the
        example of the batch that it follows, without it the one that counts most. With `answers`,
        what belongs into the blanks follows by the same numbers.

        Errors: as `derivation`; ArgumentError (a ValueError) for another language than "en" and
        "ja".

        >>> import denpa as dp
        >>> w = dp.tensor([1.0, -2.0], requires_grad=True)
        >>> dp.explain((w * w).sum()).worksheet("w", lang="ja").index
        (1,)
        """
        n = self._node(name)
        if n.delta is None:
            raise ArgumentError(f"no message arrives at {name}: nothing of the loss depends on it")
        if index is None:
            size = np.where(np.isnan(n.delta), np.inf, np.abs(n.delta))
            if sample is not None and n.axis is not None:  # of this example alone
                mine = np.full(n.shape, -1.0)
                rows = n.rows(self._sample(sample) or 0)
                mine[rows] = size[rows]
                size = mine
            index = tuple(int(i) for i in np.unravel_index(int(size.argmax()), n.shape))
        found = self.derivation(name, index, sample)
        row = found.sample
        for level in found.levels if row is None else ():
            m = self._named[level.name]
            if m.axis is not None:
                row = level.index[m.axis] // m.per
                break
        sheet = TaskSheet(self, n, found.index, row)
        solution = spell(sheet, lang, True) if answers else None
        return Worksheet(n.name, found.index, row, spell(sheet, lang, False), solution)

    # -- the batch -------------------------------------------------------------------------------

    def blame(self, name: str | None = None, index: Sequence[int] | int | None = None) -> Blame:
        """Which example pushed a weight, a parameter or (without a name) the whole network.

        The terms add up to the batch's gradient: of one weight its number, of more of them the
        length |G| of their gradient G, each example's term being its part along G.

        Errors: ArgumentError (a ValueError) for an unknown name, what is no parameter, or a pass
        without a batch; DimError (an IndexError) for an index out of range.
        """
        size = self._tape.batch
        if size is None:
            raise ArgumentError("blame: this pass has no batch of examples")
        if name is None:
            chosen = [n for n in self._tape.nodes if n.role == "parameter" and n.delta is not None]
        else:
            chosen = self._parameters(name)
        coupled = tuple(n.name for n in axes.coupled(self._tape))
        called = "" if name is None else name
        if index is not None:
            if len(chosen) != 1:
                names = ", ".join(n.name for n in chosen)
                raise ArgumentError(
                    f"{name or 'the network'} has several parameters ({names}); an index is for one"
                )
            (n,) = chosen
            at = self._index(n, index)
            return blame.of_element(self._tape, called, n, at, coupled)
        return blame.of_parameters(self._tape, called, chosen, coupled)

    def _parameters(self, name: str) -> list[Node]:
        """A parameter, or those of a layer."""
        under = [
            n for n in self._tape.nodes if n.role == "parameter" and n.path.startswith(f"{name}.")
        ]
        n = self._named.get(name)
        if n is not None and n.op is None:
            under = [n]
        if not under:
            self._node(name)
            raise ArgumentError(f"blame is about parameters; {name} is none, nor a layer with any")
        under = [n for n in under if n.delta is not None]
        if not under:
            raise ArgumentError(f"no message arrives at {name}")
        return under

    # -- faces -----------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The record: JSON-able, with a version. What pages are drawn from."""
        return record(self)

    def save(
        self, path: str | PathLike[str], *, lang: str | None = None, overwrite: bool = False
    ) -> None:
        """Write the picture as one HTML file that opens offline, in English and Japanese; `lang` is
        the one it opens in, that of the reader's browser without.

        Errors: FileExistsError for a file that exists, without `overwrite`; ArgumentError (a
        ValueError) for an unknown language; OSError where it cannot be written.
        """
        if not overwrite and lexists(path):
            raise FileExistsError(f"{path} exists; pass overwrite=True to replace it")
        text = face("explanation.page")(self.to_dict(), lang)
        write_atomically(path, text.encode())

    def _repr_html_(self) -> str:
        made: str = face("explanation.face")(self.to_dict())
        return made

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        made: dict[str, Any] = face("explanation.bundle")(self)
        return made

    def __repr__(self) -> str:
        return overview(self)
