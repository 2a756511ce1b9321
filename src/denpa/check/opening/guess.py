"""Arguments that nobody gave, as texts that --init and --input take: for a constructor by the names
of its parameters, for a computation by names and by the shapes of what is there. They are tried in
order; what runs, forward and backward, is used."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.argument_roles import RATES, is_flag, is_target
from denpa.check.locate import ParsedSource
from denpa.check.opening.usage import numbered_keys, uses
from denpa.check.opening.words import (
    CALLED,
    CONSTRUCTED,
    DATA,
    DERIVATIVES,
    HIDDEN,
    INS,
    LISTS,
    MATRICES,
    NUMBERS,
    OUTS,
    PARAMETERS,
    STATES,
    TINY,
    VECTORS,
)
from denpa.check.subjects.places import leaves


@dataclass(frozen=True)
class Sizes:
    """How many numbers go in and come out, where the data say."""

    ins: int = 4
    outs: int = 3
    hidden: int = 6


@dataclass(frozen=True)
class GuessedArguments:
    """Arguments as text, and what they are: "rows" (examples along dimension 0), "columns",
    "column" (one example), "vector", "row" (a batch of one), "numbers", …"""

    text: str
    family: str = "rows"


def needed(f: Any) -> list[inspect.Parameter]:
    """The parameters that must be given."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [p for p in parameters if p.kind in kinds and p.default is inspect.Parameter.empty]


def layered(names: Sequence[str], sizes: Sizes, columns: bool = False) -> dict[str, str]:
    """W1, b1, W2, b2, …: each takes what the one before gives. Wx and Wh are those of a recurrent
    layer.

    >>> layered(["W1", "b1", "W2", "b2"], Sizes())
    {'W1': 'rand(4, 6)', 'b1': 'rand(6)', 'W2': 'rand(6, 3)', 'b2': 'rand(3)'}
    """
    numbered = [(n, re.fullmatch(r"([A-Za-z]+)_?(\d+)", n)) for n in names]
    ranks = sorted({int(m[2]) for _, m in numbered if m is not None and _wide(m[1]) is not None})
    widths = [sizes.ins, *[sizes.hidden] * (len(ranks) - 1), sizes.outs]
    found: dict[str, str] = {}
    for name, m in numbered:
        if m is not None and (wide := _wide(m[1])) is not None:
            k = ranks.index(int(m[2]))
            pair = (widths[k + 1], widths[k]) if columns else (widths[k], widths[k + 1])
            vector = (widths[k + 1], 1) if columns else (widths[k + 1],)
            found[name] = rand_(pair if wide else vector)
        elif name in _RECURRENT:
            found[name] = rand_(_RECURRENT[name](sizes, columns))
    return found


def rand_(shape: Sequence[int]) -> str:
    """The text that draws an array of a shape."""
    return f"rand({', '.join(map(str, shape))})"


def _wide(name: str) -> bool | None:
    """Whether a letter before a number is that of a matrix; None if neither of both."""
    if name in ("W", "w", "U", "V", "weight", "weights", "Theta", "theta", "syn", "weight_"):
        return True
    return False if name in ("b", "bias", "B", "beta") else None


_RECURRENT: dict[str, Callable[[Sizes, bool], tuple[int, ...]]] = {
    **dict.fromkeys(("Wh", "W_h", "Whh", "W_hh", "Wa_a", "Waa", "Wh_h", "W_rec", "whh", "w_hh"),
                    lambda s, c: (s.outs, s.outs)),
    **dict.fromkeys(("Wxh", "W_xh", "Wax", "Wx_h", "wxh"),
                    lambda s, c: (s.outs, s.ins) if c else (s.ins, s.outs)),
    **dict.fromkeys(("Why", "W_hy", "Wya", "why"),
                    lambda s, c: (s.ins, s.outs) if c else (s.outs, s.ins)),
    **dict.fromkeys(("by", "b_y"), lambda s, c: (s.ins, 1) if c else (s.ins,)),
}  # fmt: skip


def keys_of(f: Any, name: str) -> list[str]:
    """The words by which a function looks into an argument: config["in"], params.get("W1").

    >>> keys_of(lambda config: config["in"] + config.get("out", 3), "config")
    ['in', 'out']
    """
    source = ParsedSource.of(getattr(f, "__init__", f) if inspect.isclass(f) else f)
    found: list[str] = []
    for node in ast.walk(source.tree) if source is not None else ():
        held: Any = None
        key: Any = None
        if isinstance(node, ast.Subscript):
            held, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            held, key = (node.func.value if node.func.attr == "get" else None), node.args[0]
        word = key.value if isinstance(key, ast.Constant) else None
        ours = isinstance(held, ast.Name) and held.id == name
        words = [word] if isinstance(word, str) else numbered_keys(key) if key is not None else []
        found += [w for w in words if ours and w not in found]
    return found


# -- constructors ----------------------------------------------------------------------------------


def constructors(
    f: Any, sizes: Sizes = Sizes(), near: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """Arguments for a constructor, by the names of its parameters: matrices as (in, out) and
    (out, in), then as kernels of convolutions. `near`: what the file holds, of which functions may
    be given to parameters of the same name.

    >>> class Affine:
    ...     def __init__(self, W, b): ...
    >>> next(constructors(Affine))
    'W=rand(4, 3), b=rand(3)'
    """
    parameters = needed(f)
    names = [p.name for p in parameters]
    tried = set()
    for strange in (False, True):
        for *texts, columns in CONSTRUCTED:
            matrix, vector = (t.format(i=sizes.ins, o=sizes.outs) for t in texts)
            found = _constructed(f, names, sizes, (matrix, vector, columns), near or {}, strange)
            if found is None:
                continue
            text = ", ".join(f"{k}={v}" for k, v in found.items())
            if text not in tried:
                tried.add(text)
                yield text
            if not names:
                return


def _constructed(
    f: Any, names: Sequence[str], sizes: Sizes, world: tuple[str, str, bool],
    near: Mapping[str, Any], strange: bool,
) -> dict[str, str] | None:  # fmt: skip
    matrix, _, columns = world
    own = layered(names, sizes, columns)
    gates = re.fullmatch(r"rand\(\d+, (12|9)\)", matrix)
    if gates is not None:  # of a recurrent layer with 4 or 3 matrices in one
        if not set(own) & {"Wh", "W_h", "Whh", "W_hh"}:
            return None
        own = {n: rand_((sizes.outs, int(gates[1]))) for n in own}
    found: dict[str, str] = {}
    unknown = 0
    for name in names:
        text = own.get(name) or _argument(f, name, names, sizes, world, near, strange)
        if text is None:
            if not strange:
                return None
            text = str((sizes.ins, sizes.outs, sizes.hidden)[min(unknown, 2)])
            unknown += 1
        found[name] = text
    return found


def _argument(
    f: Any, name: str, names: Sequence[str], sizes: Sizes, world: tuple[str, str, bool],
    near: Mapping[str, Any], strange: bool = False,
) -> str | None:  # fmt: skip
    matrix, vector, _ = world
    list_ = f"[{sizes.ins}, {sizes.hidden}, {sizes.outs}]"
    plain = name.strip("_")
    if plain in CALLED:
        return _callable(f, name, near)
    if plain in ("x", "X") and {"y", "Y", "t"} & set(names):  # made with the data
        return f"rand(5, {sizes.ins})"
    if plain in ("y", "Y", "t") and {"x", "X"} & set(names):
        return "binary(5, 1)"
    if plain in DERIVATIVES:
        own = next((n for n in near if n in (f"{_callable(f, 'activation', near)}_prime",)), None)
        return own or DERIVATIVES[plain]
    if plain in INS:
        return str(sizes.ins)
    if plain in HIDDEN:  # alone it is what comes out
        return str(sizes.hidden if OUTS & set(names) else sizes.outs)
    if plain in OUTS and not (plain == "C" and len(names) == 1):
        return str(sizes.outs)
    if plain in NUMBERS and not (plain == "size" and len(names) > 1):
        return NUMBERS[plain]
    if plain in LISTS and not strange:
        return list_
    if plain in ("batch_size", "n_batch"):
        return "5"
    if MATRICES.fullmatch(plain):
        return matrix
    if VECTORS.fullmatch(plain):
        return vector
    if plain in RATES:
        return "0.1"
    keys = keys_of(f, name)
    if keys:
        inner = {k: _argument(f, k, keys, sizes, world, near) or str(sizes.outs) for k in keys}
        inner |= {k: str(sizes.ins) for k in keys if k in ("in", "input")}
        inner |= {k: str(sizes.outs) for k in keys if k in ("out", "output")}
        return "{" + ", ".join(f"{k!r}: {v}" for k, v in inner.items()) + "}"
    source = ParsedSource.of(getattr(f, "__init__", f) if inspect.isclass(f) else f)
    cut = re.compile(rf"\b{re.escape(name)}\[(1:|:-1)\]")  # each size beside the next
    return list_ if source is not None and cut.search("".join(source.lines)) else None


def _callable(f: Any, name: str, near: Mapping[str, Any]) -> str:
    """What an activation is: a word, if it is compared with words, or a function."""
    source = ParsedSource.of(f)
    text = "" if source is None else "".join(source.lines)
    called = re.search(rf"(self\.)?\b_?{name}\s*\(", text.replace(f"def {name}", ""))
    words = re.findall(r"['\"](relu|sigmoid|tanh|linear|identity|softmax)['\"]", text, re.I)
    if words or not called:
        return repr(words[0]) if words else "'relu'"
    own = [n for n in ("tanh", "sigmoid", "relu", "Tanh", "Sigmoid") if callable(near.get(n))]
    return own[0] if own else "np.tanh"


# -- inputs of objects -----------------------------------------------------------------------------

_RANGES = ("rand", "unit", "positive")


def inputs(obj: Any, run: Any, sizes: Sizes) -> Iterator[GuessedArguments]:
    """Arguments for a method that computes: an input that suits the object's arrays; targets as
    rows of 0 and 1, as numbers of classes, as columns; last, whole numbers, which an embedding
    takes, and one example alone.

    Only those are written with `rand` for which another range may be put in its place.
    """
    names = [p.name for p in needed(run)]
    names = _with_targets(run, names or first_of(run))
    if not names:
        yield GuessedArguments("", "rows")
        return
    for x, family in _examples(obj, sizes):
        yield from _with_others(obj, run, names, x, family, sizes)


def _with_targets(run: Any, names: list[str]) -> list[str]:
    """The arguments, and targets behind them that need not be given, as in loss(X, y=None)."""
    try:
        found = [p.name for p in inspect.signature(run).parameters.values()
                 if p.kind is p.POSITIONAL_OR_KEYWORD]  # fmt: skip
    except (TypeError, ValueError):
        return names
    rest = found[len(names) :] if found[: len(names)] == names else []
    if len(names) == 1 and rest[:1] and is_target(rest[0], found):
        return [*names, rest[0]]
    return names


def first_of(run: Any) -> list[str]:
    """The first argument, of those that need not be given."""
    try:
        found = list(inspect.signature(run).parameters.values())
    except (TypeError, ValueError):
        return ["x"]
    if not found:
        return []
    return ["x"] if found[0].kind is inspect.Parameter.VAR_POSITIONAL else [found[0].name]


def _arrays(obj: Any) -> list[np.ndarray]:
    """The arrays of an object, and its lists of numbers as such."""
    held = [x for _, x in itertools.islice(leaves(obj), 60) if isinstance(x, (np.ndarray, list))]
    return [x if isinstance(x, np.ndarray) else np.asarray(x, np.float64) for x in held]


def _examples(obj: Any, sizes: Sizes) -> Iterator[tuple[str, str]]:
    arrays = _arrays(obj)
    flat = list(dict.fromkeys(a.shape for a in arrays if a.ndim == 2 and min(a.shape) > 1))[:4]
    thin = list(dict.fromkeys(a.shape for a in arrays if a.ndim == 2 and min(a.shape) == 1))
    deep = list(dict.fromkeys(a.shape for a in arrays if a.ndim > 2))[:2]
    lines = list(dict.fromkeys(a.shape for a in arrays if a.ndim == 1))[:2]
    ins = [s[0] for s in flat[:1]] or [max(s) for s in thin[:1]] or [s[0] for s in lines[:1]]
    outs = [s[1] for s in flat[:1]]
    for s in deep:
        k = len(s) - 2
        if len(s) == 3:
            yield f"rand(5, {s[0]})", "rows"
        for size in ((7, 6), (8, 8), (28, 28)):
            yield f"rand(2, {s[1]}, {', '.join(map(str, size[:k]))})", "rows"
        yield f"rand(2, {', '.join(map(str, (7, 6)[:k]))}, {s[-2]})", "rows"
        yield "rand(8, 8)", "one"
    d = ins[0] if ins else sizes.ins
    yield f"rand(5, {d})", "rows"
    columns = [s[1] for s in flat[:1]] or [s[0] for s in thin if s[1] == 1]
    for c in dict.fromkeys([*columns, *([] if flat else [sizes.ins])]):
        yield f"rand({c}, 5)", "columns"
    for k in dict.fromkeys([*(s[0] for s in (*flat[1:], *thin)), *(s[1] for s in flat[:1])]):
        yield f"rand(5, {k})", "rows"
    if not arrays:
        yield "rand(5, 1)", "rows"
        yield "rand(1, 5)", "columns"
    for shape in ((5, 3), (2, 2, 7, 6), (2, 2, 6, 6), (2, 6, 6, 2), (2, 2, 8, 8), (4, 2, 9)):
        yield rand_(shape), "rows"
    for n in dict.fromkeys([d, *outs, *(k for s in flat for k in s)]):
        yield f"rand(2, 3, {n})", "rows"
        yield f"[rand({n}, 1), rand({n}, 1), rand({n}, 1)]", "rows"
    yield "rand(6, 6)", "one"
    yield "rand(2, 6, 6)", "one"
    yield "rand(6, 6, 2)", "one"
    for c in dict.fromkeys([*outs, d, 5]):
        yield f"rand({c}, 1)", "column"
    for n in dict.fromkeys([d, *outs, 6]):
        yield f"rand({n})", "vector"
    yield "labels(5, 3)", "rows"
    yield "labels(6, 3).reshape(2, 3)", "rows"
    yield "[0, 2, 1, 2]", "rows"
    yield "0.7", "number"
    yield f"rand(1, {d})", "row"


def _widths(obj: Any, x: str, family: str, sizes: Sizes) -> list[int]:
    """How many columns (or rows) an output may have."""
    arrays = _arrays(obj)
    found: list[int] = []
    for a in reversed(arrays):
        if a.ndim and a.size:
            found += [a.shape[0] if family in ("columns", "column") else a.shape[-1], a.shape[0]]
    shape = [int(n) for n in re.findall(r"\d+", x.split("[")[-1])] if x.startswith("rand") else []
    if not arrays and shape:
        found.append(shape[0] if family in ("columns", "column") else shape[-1])
    found = [n for n in dict.fromkeys(found) if 1 < n < 60]
    return list(dict.fromkeys([*found[:4], sizes.outs, 10]))[:5]


def targets(x: str, family: str, widths: Sequence[int]) -> list[str]:
    """Targets for an input, in the forms that losses take."""
    same = [x] if x.startswith("rand") else []
    shape = [int(n) for n in re.findall(r"\d+", x)] if same else [5]
    n = shape[0] if family not in ("columns", "column") else shape[-1]
    found: list[str] = []
    if family == "columns":
        found += [f"onehot({n}, {k}).T" for k in widths]
        found += [f"binary(1, {n})", f"labels({n}, {widths[0]})", *same]
        found += [f"rand({k}, {n})" for k in widths]
    elif family in ("column", "vector"):
        ends = ".T" if family == "column" else "[0]"
        found += [f"onehot(1, {k}){ends}" for k in widths]
        found += [f"rand({k}, 1)" if ends == ".T" else f"rand({k})" for k in widths]
        found += ["1", "labels(1, 2)", "binary(1, 1)", "1.0", *same]
    elif family == "number":
        found += ["1.0", "0.3"]
    else:
        found += [f"onehot({n}, {k})" for k in widths]
        found += [f"labels({n}, {k})" for k in widths]
        found += [f"binary({n}, 1)", f"binary({n})", *same, f"rand({n}, 1)", f"rand({n})"]
        found += [f"rand({n}, {k})" for k in widths]
        if len(shape) > 2:
            found += [
                f"labels({shape[0] * shape[1]}, {k}).reshape({shape[0]}, {shape[1]})"
                for k in widths
            ]
    if "labels" in x or x.startswith("[0"):
        found = ["[2, 1, 2, 0]", "labels(6, 3).reshape(2, 3)", *found]
    return list(dict.fromkeys(found))


def _with_others(
    obj: Any, run: Any, names: Sequence[str], x: str, family: str, sizes: Sizes
) -> Iterator[GuessedArguments]:
    """One input with everything else that a method asks for."""
    rest = list(names)
    aims = [n for n in rest if is_target(n, rest)]
    if aims and len(aims) == len(rest):
        aims = aims[1:]
    widths = _widths(obj, x, family, sizes)
    data = next((n for n in rest if n not in aims), "")
    if data in PARAMETERS or _LOWER.fullmatch(data):  # objective(w, X, y)
        data = next((n for n in rest if n not in aims and n in DATA), data)
    wide = int(m[1]) if (m := re.fullmatch(r"rand\(\d+, (\d+)\)", x)) else 0
    choices: list[list[str]] = []
    for name in rest:
        if name == data:
            choices.append([x])
        elif name in aims:
            choices.append(targets(x, family, widths))
        elif is_flag(name):
            choices.append(["True"])
        elif name in TINY and uses(run, [name])[name].factor:  # noise: so small a factor is none
            choices.append([x, *(f"rand(5, {k})" for k in widths), NUMBERS[name]])
        elif wide and name.islower() and (name in PARAMETERS or _LOWER.fullmatch(name)):
            own = [f"rand({wide})", f"rand({wide + 1})"]  # a vector of weights, and with its bias
            choices.append([*own, x, *(f"rand(5, {k})" for k in widths[:2])])
        elif name in NUMBERS:
            choices.append([NUMBERS[name]])
        elif STATES.fullmatch(name):
            first = re.search(r"rand\((\d+)", x)
            n = first[1] if first else "5"
            choices.append([f"rand({n}, {k})" for k in widths] + [f"rand({k}, 1)" for k in widths]
                           + [f"rand({k})" for k in widths])  # fmt: skip
        else:
            choices.append([x, *(f"rand(5, {k})" for k in widths[:2])])
    for texts in itertools.islice(itertools.product(*choices), 40):
        yield GuessedArguments(
            ", ".join(f"{n}={t}" for n, t in zip(rest, texts, strict=True)), family
        )


_LOWER = re.compile(f"{MATRICES.pattern}|{VECTORS.pattern}|coefs?|params?")


def ranged(guess: GuessedArguments) -> Iterator[GuessedArguments]:
    """The same with its input in other ranges: between 0 and 1, and positive. Of several arguments
    first the first alone."""
    for name in _RANGES[1:]:
        yield GuessedArguments(guess.text.replace("rand(", f"{name}(", 1), guess.family)
    if guess.text.count("rand(") > 1:
        for name in _RANGES[1:]:
            yield GuessedArguments(guess.text.replace("rand(", f"{name}("), guess.family)
