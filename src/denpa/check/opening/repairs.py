"""Arguments as sizes that belong together, and how an error mends them: "shapes (5,8) and (3,11)
not aligned" says that two sizes are one.

Sizes are all different to begin with; two become one only where the code cannot do otherwise. So
what runs in the end is the most general input that does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

Size = str | int  # the name of a size, or a number that is fixed


@dataclass(frozen=True)
class Spec:
    """One argument: its kind ("array", "labels", "onehot", "binary", "int", "float", "sizes",
    "dict", "list", "text") and its sizes; `inner` are the entries of a dict or list."""

    kind: str
    dims: tuple[Size, ...] = ()
    inner: tuple[tuple[str, Spec], ...] = ()
    word: str = ""

    def text(self, sizes: Mapping[str, int]) -> str:
        """As --input takes it."""
        shape = [_number(d, sizes) for d in self.dims]
        inside = ", ".join(map(str, shape))
        if self.kind in ("array", "binary"):
            word = "rand" if self.kind == "array" else "binary"
            return f"{word}({inside})" if shape else "0.7"
        if self.kind == "labels":
            *whole, k = shape
            form = f".reshape({', '.join(map(str, whole))})" if len(whole) > 1 else ""
            return f"labels({prod(whole)}, {k}){form}"
        if self.kind == "onehot":
            return f"onehot({inside})"
        if self.kind == "columns":  # one-hot columns
            return f"onehot({shape[1]}, {shape[0]}).T"
        if self.kind == "rows":  # a list of lists
            return f"rand({inside}).tolist()"
        if self.kind == "int":
            return str(shape[0])
        if self.kind == "sizes":
            return f"({', '.join(map(str, shape))},)"
        if self.kind == "dict":
            return "{" + ", ".join(f"{k!r}: {s.text(sizes)}" for k, s in self.inner) + "}"
        return self.word or "0.7"


@dataclass(frozen=True)
class State:
    """Arguments and the numbers of their sizes."""

    args: tuple[tuple[str, Spec], ...]
    sizes: tuple[tuple[str, int], ...]

    def text(self) -> str:
        """As --input takes it."""
        sizes = dict(self.sizes)
        return ", ".join(f"{n}={s.text(sizes)}" for n, s in self.args)

    def sized(self, name: Size, number: int) -> State | None:
        """With another number for a size."""
        if isinstance(name, int) or not 1 < number < _LARGEST:
            return None
        return replace(self, sizes=tuple((n, number if n == name else k) for n, k in self.sizes))

    def merged(self, one: str, other: str) -> State:
        """Two sizes made one."""
        args = tuple((n, _renamed(s, one, other)) for n, s in self.args)
        return replace(self, args=args)

    def with_(self, name: str, spec: Spec) -> State:
        """Another argument in the place of one."""
        return replace(self, args=tuple((n, spec if n == name else s) for n, s in self.args))

    def fresh(self, n: int) -> tuple[State, tuple[str, ...]]:
        """With n new sizes."""
        taken = {k for _, k in self.sizes}
        last = max((int(name[1:]) for name, _ in self.sizes), default=0)
        free = itertools.islice((k for k in _numbers() if k not in taken), n)
        names = tuple(f"s{last + k + 1}" for k in range(n))
        more = tuple(zip(names, free, strict=True))
        return replace(self, sizes=self.sizes + more), names

    def used(self) -> set[str]:
        """The sizes that arguments have."""
        return {d for _, s in self.flat() for d in s.dims if isinstance(d, str)}

    def flat(self) -> Iterator[tuple[str, Spec]]:
        """Arguments, and the entries of dicts as "name/key"."""
        for name, spec in self.args:
            yield name, spec
            for key, inner in spec.inner:
                yield f"{name}/{key}", inner

    def numbers(self) -> int:
        """How many numbers the arguments hold together.

        >>> State((("x", Spec("array", ("s1", 4))),), (("s1", 5),)).numbers()
        20
        """
        sizes = dict(self.sizes)
        return sum(
            prod(_number(d, sizes) for d in s.dims)
            for _, s in self.flat()
            if s.kind not in ("int", "sizes")
        )

    def shaped(self, shapes: Mapping[str, tuple[int, ...]]) -> State:
        """With arguments of these shapes, where they are arrays."""
        sizes, state = {k: n for n, k in self.sizes}, self
        for name, spec in self.args:
            if name in shapes and spec.kind in ("array", "float"):
                dims = tuple(n if n == 1 else sizes.get(n, n) for n in shapes[name])
                state = state.put(name, Spec("array", dims))
        return state

    def put(self, path: str, spec: Spec) -> State:
        """Another argument or entry of a dict."""
        name, _, key = path.partition("/")
        if not key:
            return self.with_(name, spec)
        held = dict(self.args)[name]
        inner = tuple((k, spec if k == key else s) for k, s in held.inner)
        return self.with_(name, replace(held, inner=inner))


_LARGEST = 5000


def _numbers() -> Iterator[int]:
    """Numbers that are none of the others', nor one more or less."""
    yield from (5, 8, 3)
    yield from itertools.count(11, 3)


def _number(d: Size, sizes: Mapping[str, int]) -> int:
    return d if isinstance(d, int) else sizes[d]


def _renamed(spec: Spec, one: str, other: str) -> Spec:
    dims = tuple(other if d == one else d for d in spec.dims)
    return replace(
        spec, dims=dims, inner=tuple((k, _renamed(s, one, other)) for k, s in spec.inner)
    )


# -- what an error says ----------------------------------------------------------------------------

Costed = Iterator[tuple[float, State]]


def repairs(state: State, error: Exception) -> Costed:
    """States in which this error may not come, and how far-fetched each is."""
    text = str(error)
    unlike = dict.fromkeys(_unlike(text))
    for p, q in unlike:
        yield from _equal(state, p, q)
    if not unlike and (_NUMBERLESS.search(text) or isinstance(error, AssertionError)):
        for one, other in itertools.permutations(sorted(state.used()), 2):
            yield 1, state.merged(one, other)
    if isinstance(error, KeyError):
        yield from _keyed(state, str(error.args[0]) if error.args else "")
    found = re.search(r"index (\d+) is out of bounds for axis \d+ with size (\d+)", text)
    if found is not None:
        yield from _within(state, int(found[1]), int(found[2]))
    found = re.search(r"unpack \(expected (\d+)", text)
    if found is not None:
        yield from _unpacked(state, int(found[1]))
    yield from kinds(state, text)


_SHAPE = r"\(([\d,\s]*)\)"
_UNLIKE = (
    r"not aligned: (\d+) \(dim \d+\) != (\d+)",
    r"size (\d+) is different from (\d+)",
    r"has size (\d+) and .* has size (\d+)",
    r"size of axis is (\d+) but size of corresponding boolean axis is (\d+)",
    r"length (\d+) .*length (\d+)",
)


# Sizes should have been equal, and not which: np.tensordot's words, and those of people's checks.
_NUMBERLESS = re.compile("mismatch|must match|not match|same (length|shape|size)")


def _unlike(text: str) -> Iterator[tuple[int, int]]:
    """Pairs of numbers that should have been equal."""
    for pattern in _UNLIKE:
        if (m := re.search(pattern, text)) is not None:
            yield int(m[1]), int(m[2])
    if (m := re.search(rf"array of size (\d+) into shape {_SHAPE}", text)) is not None:
        shape = _ints(m[2])
        if shape:
            yield int(m[1]), prod(shape)
    if "broadcast" in text or "aligned" in text or "operand" in text:
        shapes = [s for s in (_ints(s) for s in re.findall(_SHAPE, text)) if s]
        for a, b in itertools.combinations(shapes, 2):
            ends = list(zip(reversed(a), reversed(b), strict=False))
            ends += zip(a, b, strict=False) if "remapped" in text else ()
            ends += [(a[0], b[0])] if len(a) != len(b) else []
            yield from ((p, q) for p, q in ends if p != q and 1 not in (p, q))


def _ints(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in re.findall(r"\d+", text))


def _equal(state: State, p: int, q: int) -> Costed:
    """Ways in which two numbers become one: sizes that are one; a size that is one more or less, as
    with a bias; one that is made of others; a long vector that is cut into parts."""
    sizes = [(n, k) for n, k in state.sizes if n in state.used()]
    for off in (0, 1, -1):
        ones = [n for n, k in sizes if k == p - off]
        others = [n for n, k in sizes if k == q - off]
        for one, other in itertools.product(ones, others):
            yield 0.3, state.merged(one, other)
            yield 0.4, state.merged(other, one)
    yield from _sums(state, sizes, p, q)
    known = {k + off for _, k in sizes for off in (0, 1, -1)}
    if not {p, q} <= known:
        for (one, _), (other, _) in itertools.permutations(sizes, 2):
            yield 2.5, state.merged(one, other)
    flat = {s.dims[0] for _, s in state.flat() if s.kind == "array" and len(s.dims) == 1}
    for (have, want), (n, k) in itertools.product(((p, q), (q, p)), sizes):
        for off in (0, 1, -1):
            if k == have - off and (s := state.sized(n, want - off)) is not None:
                yield (0.6 if not off else 1.5), s
        if n in flat and k > have and (s := state.sized(n, k - have + want)) is not None:
            yield 1, s
    large = max(p, q) * 10 if max(p, q) > 30 else 1000
    for n, k in sizes:
        if n in flat and k < large and (s := state.sized(n, large)) is not None:
            yield 2, s


def _sums(state: State, sizes: Sequence[tuple[str, int]], p: int, q: int) -> Costed:
    """Two numbers that are sums of sizes, as where arrays are put side by side."""
    pairs = list(itertools.permutations(sizes, 2))
    ones = [(a, b) for (a, x), (b, y) in pairs if x + y == p]
    others = [(a, b) for (a, x), (b, y) in pairs if x + y == q]
    for (a, b), (c, d) in itertools.product(ones[:4], others[:4]):
        yield 0.6, state.merged(a, c).merged(b, d)
        yield 0.7, state.merged(c, a).merged(d, b)


def _keyed(state: State, key: str) -> Costed:
    for name, spec in state.args:
        wider, dims = state.fresh(2)
        if spec.kind == "dict" and key not in dict(spec.inner):
            for shape in (dims, dims[:1]):
                inner = (*spec.inner, (key, Spec("array", shape)))
                yield 1, wider.put(name, replace(spec, inner=inner))
        elif spec.kind != "dict":
            yield 2, wider.put(name, Spec("dict", (), ((key, Spec("array", dims)),)))


def _within(state: State, index: int, size: int) -> Costed:
    for path, spec in state.flat():
        if spec.kind == "labels":
            for n, k in state.sizes:
                if k == size:
                    yield 1, state.put(path, replace(spec, dims=(*spec.dims[:-1], n)))
            if size > 1:
                yield 2, state.put(path, replace(spec, dims=(*spec.dims[:-1], size)))
        if spec.kind == "int" and (spec.dims != (1,)):
            yield 1, state.put(path, Spec("int", (1,)))
    for n, k in state.sizes:
        if k == size and (s := state.sized(n, index + 1)) is not None:
            yield 2, s


def _unpacked(state: State, n: int) -> Costed:
    for path, spec in state.flat():
        wider, dims = state.fresh(n)
        if spec.kind in ("array", "float"):
            yield 2, state.put(path, Spec("array", (n,)))
            yield 2, wider.put(path, Spec("array", dims))
        if spec.kind == "int":
            yield 2, wider.put(path, Spec("sizes", dims))


def numbered(name: str) -> bool:
    """Whether it is one of several of a kind, b1 beside b2: a number in the place of one of them
    would hide a gradient that is summed over too much."""
    return re.fullmatch(r"[A-Za-z]+_?\d", name) is not None


_DEEPER = (
    r"too many (subscripts|indices)|enough (dimensions|values)|of dimension|out of range|"
    r"at least|same number of dim"
)


def kinds(state: State, text: str) -> Costed:
    """Every argument as something else."""
    whole = re.search(r"integer|index|indices|hashable|bool", text) is not None
    far = 2.0 if whole else 5.0
    deeper = re.search(_DEEPER, text) is not None
    for path, spec in state.flat():
        if spec.kind in ("dict", "text", "sizes"):
            continue
        wider, dims = state.fresh(3)
        own = spec.dims if spec.kind == "array" else ()
        first = own[:1] or dims[:1]
        second = own[1:2] or dims[1:2]
        wide = (*first, *second)
        other = [
            (2.0, Spec("array", first)),
            (2.0, Spec("array", second)),
            (2.0, Spec("array", wide)),
            (3.0, Spec("array", (*wide, dims[2]))),
            (3.0, Spec("array", (*first, 1))),
            (4.0, Spec("array", (1, *first))),
        ]
        other += [
            (far, Spec("labels", (*wide[: len(own) or 1], 2))),
            (far + 1, Spec("list", (), (), "[0, 2, 1, 2]")),
        ]
        if deeper and spec.kind == "array":
            other = [
                (1.0, Spec("array", (dims[0], *own))),
                (1.1, Spec("array", (*own, dims[0]))),
                *other,
            ]
        if "/" not in path and not numbered(path):
            other += [(2.0, Spec("float")), (far, Spec("int", (1,))), (far, Spec("int", dims[:1]))]
        if "sub" in text or "index" in text:
            other.append((3.0, Spec("sizes", dims)))
        for cost, new in other:
            if new != spec and (
                (new.kind, len(new.dims)) != (spec.kind, len(spec.dims)) or 1 in new.dims
            ):
                yield cost, wider.put(path, new)


def fitted(state: State, shapes: Iterable[tuple[int, ...]]) -> Costed:
    """The same with arguments that have the shapes of the gradients that were returned."""
    sizes = {k: n for n, k in state.sizes}
    numbers = dict(state.sizes)
    for path, spec in state.flat():
        if spec.kind not in ("array", "float"):
            continue
        own = tuple(_number(d, numbers) for d in spec.dims)
        for shape in shapes:
            if shape == own or not shape:
                continue
            dims = tuple(n if n == 1 else sizes.get(n, n) for n in shape)
            if len(shape) == len(own) == 1 and (s := state.sized(spec.dims[0], shape[0])):
                yield 0.5, s
            yield 1, state.put(path, Spec("array", dims))
