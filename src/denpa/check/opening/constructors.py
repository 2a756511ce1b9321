"""Arguments for constructors that nobody gave, as texts that --init takes, by the names of their
parameters. They are tried in order; the object that runs, forward and backward, is used."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from denpa.check.argument_roles import RATES
from denpa.check.locate import ParsedSource
from denpa.check.opening.guess import Sizes, needed, rand_
from denpa.check.opening.usage import numbered_keys
from denpa.check.opening.words import (
    CALLED,
    CONSTRUCTED,
    DERIVATIVES,
    HIDDEN,
    INS,
    LISTS,
    MATRICES,
    NUMBERS,
    OUTS,
    VECTORS,
)


def constructors(f: Any, sizes: Sizes, near: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Arguments for a constructor, by the names of its parameters: matrices as (in, out) and
    (out, in), then as kernels of convolutions. `near`: what the file holds, of which functions may
    be given to parameters of the same name.

    >>> class Affine:
    ...     def __init__(self, W, b): ...
    >>> next(constructors(Affine, Sizes()))
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
