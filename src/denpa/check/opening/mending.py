"""Arguments found by mending: a run that raises says which sizes are one and which argument is of
another kind; of all that is tried, what reaches the most lines goes on first (best-first search on
coverage; McMinn, "Search-based Software Test Data Generation", 2004)."""

from __future__ import annotations

import ast
import copy
import heapq
import inspect
import itertools
import linecache
import re
import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from denpa.check.argument_roles import is_flag, is_target
from denpa.check.locate import ParsedSource
from denpa.check.opening.arguments import inputs_of
from denpa.check.opening.guess import GuessedArguments, needed
from denpa.check.opening.repairs import Spec, State, fitted, kinds, numbered, repairs
from denpa.check.opening.shapes import reaching
from denpa.check.opening.trials import Trial, attempts
from denpa.check.opening.usage import Use, uses
from denpa.check.opening.words import MATRICES, NUMBERS, VECTORS
from denpa.check.patience import Patience
from denpa.check.subjects.places import read
from denpa.check.subjects.readings import is_number
from denpa.core.tree import leaves

_SECONDS = 1.5  # of work
_INFORMED = 1.2  # what steps cost, at most, that an error asks for
_NUMBER = 50  # how little it fits where nothing is a number
_EACH = 2  # that each start may lead to
_MOST = 1_000_000  # numbers of an input: 1,000 pictures of 28 × 28, and not gigabytes


def begun(names: Sequence[str], used: dict[str, Use], plain: bool, thin: bool = False) -> State:
    """Arguments as their uses say; with `plain`, what is only added and multiplied is a number;
    with `thin`, what need not have two dimensions has one."""
    state = State((), ())
    for name in names:
        use = used.get(name, Use())
        state, dims = state.fresh(4)
        state = replace(state, args=(*state.args, (name, _begun(name, use, dims, plain))))
        held = dict(state.args)[name]
        if thin and held.kind == "array" and use.depth < 2 and not name[0].isupper():
            state = state.put(name, replace(held, dims=held.dims[:1]))
        for key in use.keys:
            held = dict(state.args)[name]
            state, dims = state.fresh(2)
            entry = Spec("array", dims[:1] if VECTORS.fullmatch(key) else dims)
            state = state.with_(name, replace(held, inner=(*held.inner, (key, entry))))
    return _trimmed(state)


def _begun(name: str, use: Use, dims: tuple[str, ...], plain: bool) -> Spec:
    if use.keys or use.mapping:
        return Spec("dict")
    if is_flag(name):
        return Spec("text", (), (), "True")
    if use.word:
        return Spec("text", (), (), "'relu'")
    if use.called:
        return Spec("text", (), (), "np.tanh")
    if use.items > 1 and not use.array and not use.depth:
        return Spec("sizes", dims[: use.items])
    if use.size and not use.array:
        return Spec("int", dims[:1])
    if use.index and not use.array:
        return Spec("int", (1,))
    if use.length:
        return Spec("array", (use.length,))
    if name in NUMBERS and not use.array and re.fullmatch(r"[\d.e+-]+", NUMBERS[name]):
        return Spec("text", (), (), NUMBERS[name])
    if use.index:
        return Spec("labels", (*dims[: max(use.depth, 1)], 2))  # some come twice
    if use.depth > 2:
        return Spec("array", dims[: use.depth])
    if use.exact:
        return Spec("array", dims[: use.exact])
    vector = VECTORS.fullmatch(name) is not None and not MATRICES.fullmatch(name)
    if use.array or use.depth > 1:
        return Spec("array", dims[:1] if vector and use.depth < 2 else dims[:2])
    if plain and not numbered(name):
        return Spec("float")
    return Spec("array", dims[:1] if vector else dims[:2])


def _trimmed(state: State) -> State:
    """Without the sizes that nothing has, and the others small."""
    used = [n for n, _ in state.sizes if n in state.used()]
    empty = State((), ())
    numbered = dict(empty.fresh(len(used))[0].sizes)
    again = dict(zip(used, numbered.values(), strict=True))
    return replace(state, sizes=tuple((n, again.get(n, k)) for n, k in state.sizes if n in again))


class Mending:
    """The search for arguments of one computation.

    `run` takes a text of arguments and returns what was returned, and how much does not fit yet.
    """

    def __init__(
        self, run: Callable[[str], tuple[Any, int]], files: Sequence[str], seconds: float
    ) -> None:
        self.run, self.files = run, files
        self.patience = Patience(seconds)
        self.known: set[str] = set()
        self.count = itertools.count()
        self.queue: list[tuple[float, int, float, State, Exception | None, Any, int, int]] = []
        self.nearest: tuple[int, float, str] | None = None  # what runs, and does not fit
        self.best: tuple[int, str, Exception | None] | None = None  # what came furthest

    def found(self, starts: Sequence[State]) -> Iterator[State]:
        """States that fit, as they are found."""
        for k, state in enumerate(starts):
            self._try(state, k)
        told = 0
        while self.queue and told < _EACH:
            _, _, cost, state, error, returned, wrong, lines = heapq.heappop(self.queue)
            if error is None and not wrong:
                told += 1
                yield state
                continue
            if self.patience.over:
                continue  # what fits may still be among them
            if error is not None:
                others = repairs(state, error)
            else:
                shapes = dict.fromkeys(
                    a.shape for a in leaves(returned) if isinstance(a, np.ndarray)
                )
                named = (
                    {n: np.shape(a) for n, a in returned.items() if np.ndim(a)}
                    if isinstance(returned, dict)
                    else {}
                )
                others = itertools.chain(
                    [(0.5, state.shaped(named))], fitted(state, shapes), kinds(state, "")
                )
            for more, other in others:
                if self.patience.over:
                    break
                self._try(other, cost + more, lines - 1 if more <= _INFORMED else 0)

    def _try(self, state: State, cost: float, least: int = 0) -> None:
        """`least`: lines that a step which an error asks for is credited with, though it may fail
        earlier at first."""
        state = replace(state, sizes=tuple((n, k) for n, k in state.sizes if n in state.used()))
        text = state.text()
        if text in self.known or state.numbers() > _MOST:
            return
        self.known.add(text)
        box: list[Any] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lines, error = reaching(self.files, lambda: box.append(self.run(text)))
        if error is not None:  # its frames hold the arrays of every try
            error.__traceback__ = error.__context__ = error.__cause__ = None
        returned, wrong = box[0] if box else (None, 0)
        if error is None and 0 < wrong < _NUMBER:
            self.nearest = min(self.nearest or (wrong, cost, text), (wrong, cost, text))
        if error is not None and (self.best is None or lines > self.best[0]):
            self.best = lines, text, error
        lines = max(lines, least)
        rank = cost - lines + 3 * min(wrong, 5)
        entry = (rank, next(self.count), cost, state, error, returned, wrong, lines)
        heapq.heappush(self.queue, entry)


def told(f: Any, names: Sequence[str], start: State) -> State | None:
    """Arguments with the shapes that the text at the head of a function, or a remark in it, says:
    "x (N, D); mu, logvar (N, Z)". None where it says none."""
    source = ParsedSource.of(inspect.unwrap(f))
    text = "" if source is None else _remarks(source) + "".join(source.lines)
    sizes: dict[str, str] = {}
    state, any_ = start, False
    for head, tail in _SAID.findall(text):
        own = [n for n in re.findall(r"\w+", head) if n in names]
        shapes = re.findall(r"[(\[]([^()\[\]]*)[)\]]", tail)
        if not own or len(shapes) not in (1, len(own)):
            continue
        for name, shape in zip(own, shapes * len(own) if len(shapes) == 1 else shapes, strict=True):
            dims: list[str | int] = []
            for word in [w.strip() for w in shape.split(",") if w.strip()]:
                if word.isdigit():
                    dims.append(int(word))
                    continue
                if word not in sizes:
                    state, (sizes[word],) = state.fresh(1)
                dims.append(sizes[word])
            held = dict(state.args)[name]
            if held.kind in ("array", "float") and 0 < len(dims) < 6:
                state, any_ = state.with_(name, Spec("array", tuple(dims))), True
            elif held.kind == "labels" and len(dims) < 3:
                state = state.with_(name, replace(held, dims=(*dims, held.dims[-1])))
    return _trimmed(state) if any_ else None


def _remarks(source: ParsedSource) -> str:
    """What a file says outside of its code: its remarks and its own text at the head."""
    lines = linecache.getlines(source.file)
    with suppress(SyntaxError):
        head = ast.get_docstring(ast.parse("".join(lines))) or ""
        return "\n".join([head, *(x.strip(" #\t\n") for x in lines if x.strip()[:1] == "#"), ""])
    return ""


_SAID = re.compile(
    r"((?:\w+(?:\s*,\s*|\s+(?:and|&)\s+))*\w+)[ \t]*[:=\-–]*[ \t]*"
    r"(?:(?:an? )?(?:array|ndarray|matrix|shape|of shape)[ \t]*)*"
    r"([(\[][\w+*, ]+[)\]](?:\s*,\s*[(\[][\w+*, ]+[)\]])*)"
)


def _upright(state: State) -> State:
    """With vectors as columns."""
    for path, spec in state.flat():
        if spec.kind == "array" and len(spec.dims) == 1:
            state = state.put(path, replace(spec, dims=(*spec.dims, 1)))
    return state


def starts_of(f: Any, names: Sequence[str], others: Sequence[Any] = ()) -> list[State]:
    """What the code of a function, and of others that take the same, says of its arguments."""
    used = uses(f, names)
    for other in others:
        for name, use in uses(other, names).items():
            used[name].join(use)
    found = [begun(names, used, plain) for plain in (True, False)]
    thin = begun(names, used, False, True)
    cased = {n[0].isupper() for n in names if n[0].isalpha() and used[n].array}
    found.insert(0 if len(cased) == 2 else 2, thin)  # X and w: a matrix and a vector
    near = getattr(inspect.unwrap(f), "__globals__", {})
    own = [g for g in near.values() if inspect.isfunction(g) and g.__globals__ is near]
    sources = [
        source for g in (f, *own) if (source := ParsedSource.of(inspect.unwrap(g))) is not None
    ]
    if any(re.search(r",\s*1\)|keepdims", "".join(s.lines)) for s in sources):
        found.insert(1, _upright(found[1]))
    said = told(f, names, found[0])
    if said is not None:
        found = [said, *([_upright(said)] if len(found) > 3 else []), *found]
    return list(dict.fromkeys(found))


def coded(state: State, given: Collection[str]) -> Iterator[State]:
    """The same with arguments that have no gradient (those not in `given`) as targets are: rows of
    0 and 1, or columns, 0 and 1 alone; as found last."""
    free = [(n, s) for n, s in state.args if n not in given and s.kind == "array"]
    heads = [s.dims[0] for n, s in state.args if s.kind == "array" and len(s.dims) > 1]
    for name, spec in state.args:  # as many targets as examples, though the code does not ask
        if name not in given and spec.kind in ("array", "labels") and spec.dims:
            for head in dict.fromkeys(heads):
                dims = (head, *spec.dims[1:])
                if head != spec.dims[0] and spec.kind == "labels":
                    yield state.put(name, replace(spec, dims=(*dims[:-1], 2)))
                if head != spec.dims[0]:
                    yield state.put(name, replace(spec, dims=dims))
    loose = [n for n, s in state.args if n not in given and s.kind == "float"]
    pairs = itertools.permutations(sorted(state.used()), 2) if len(loose) == 1 else ()
    for dims in itertools.islice(pairs, 12):
        yield state.put(loose[0], Spec("onehot", dims))
    named = [n for n, _ in free if is_target(n, [n for n, _ in state.args])]
    for name, spec in [p for p in free if p[0] in named] or free[-1:]:
        if len(spec.dims) == 2:
            yield state.put(name, replace(spec, kind="onehot"))
            yield state.put(name, replace(spec, kind="columns"))
        yield state.put(name, replace(spec, kind="binary"))
    yield state


Run = Callable[[str], tuple[Any, int, Sequence[str]]]


def mended(
    starts: Sequence[State], run: Run, files: Sequence[str], seconds: float = _SECONDS
) -> Iterator[str]:
    """Texts of arguments with which code runs forward and backward, and every gradient has the
    shape of what it is the gradient of; last, where none is found, what came furthest. `run` takes
    a text and returns what was returned, how much does not fit, and what has gradients."""
    box: dict[str, Sequence[str]] = {}

    def noted(text: str) -> tuple[Any, int]:
        returned, wrong, box[text] = run(text)
        return returned, wrong

    tried: set[str] = set()
    best: tuple[int, str, Exception | None] | None = None
    near: list[tuple[int, float, str]] = []
    for start in starts:
        search = Mending(noted, files, seconds / len(starts))
        for state in search.found([start]):
            for other in coded(state, box.get(state.text(), ())):
                text = other.text()
                if text not in tried:
                    tried.add(text)
                    yield text
        near += [search.nearest] if search.nearest is not None else []
        if search.best is not None and (best is None or search.best[0] > best[0]):
            best = search.best
    if not tried and near:
        yield min(near)[2]
    elif not tried and best is not None:
        yield best[1]


def of_function(
    f: Any,
    build: Callable[[Sequence[Any]], Any],
    others: Sequence[Any],
    given: Any,
    names: Sequence[str] = (),
    several: bool = True,
    seconds: float = _SECONDS,
) -> Iterator[str]:
    """Texts of arguments for a function of arrays; `others`: what goes back."""
    names = list(names) or [p.name for p in needed(f)]
    if not names:
        return

    def run(text: str) -> tuple[Any, int, Sequence[str]]:
        values = inputs_of(text, given.seed + 1, given.near)
        if several:
            returned = f(*copy.deepcopy(values))
            if not others and not any(is_number(y) for y in _parts(returned)):
                return returned, _NUMBER, ()
        return judged(build(values))

    near = [g for g in (f, *others) if hasattr(inspect.unwrap(g), "__code__")]
    files = [inspect.unwrap(g).__code__.co_filename for g in near]
    yield from mended(starts_of(f, names, others), run, files, seconds)


def family(text: str) -> str:
    """What an input is: a batch of one is no batch."""
    return "row" if re.match(r"\w+=\w+\(1, ", text) else "rows"


def tried(
    texts: Iterator[str], init: str | None, runs: Any, build: Callable[..., Any], given: Any
) -> Iterator[Trial]:
    """Trials with texts that were found so."""
    for text in texts:
        for trial in attempts(GuessedArguments(text, family(text)), init, runs, build, given):
            trial.general = True
            yield trial


def judged(subject: Any) -> tuple[Any, int, Sequence[str]]:
    """The gradients of a subject, how many do not fit, and what they are of."""
    wrong, returned = int(getattr(subject, "misfits", 0)), None
    if wrong:
        upstream = np.ones(np.shape(subject.forward(subject.values)))
        returned = subject.backward(subject.values, upstream)
    of = list(getattr(subject, "values", ()))
    paths = getattr(subject, "arguments", {})
    given = [np.asarray(read(subject.given, paths[n])) for n in of if n in paths]
    whole = [a for a in given if a.ndim and a.dtype.kind in "iu"]
    return returned, wrong + len(whole), of  # nothing has a gradient by whole numbers


def _parts(returned: Any) -> Sequence[Any]:
    return returned if isinstance(returned, (tuple, list)) else [returned]
