"""Arguments for functions of arrays that nobody gave, by the names of their parameters."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from denpa.check.argument_roles import is_flag, is_target
from denpa.check.opening.constructors import keys_of, layered
from denpa.check.opening.guess import (
    GuessedArguments,
    Sizes,
    first_of,
    needed,
    rand_,
)
from denpa.check.opening.usage import uses
from denpa.check.opening.words import (
    DATA,
    MATRICES,
    NUMBERS,
    PARAMETERS,
    STATES,
    VECTORS,
    WORLDS,
    World,
)

_POSITION = re.compile(r".*(idx|index|Idx|Index|_ix|_id|word|token)")
_WEIGHTS, _BIASES = ("weights", "Ws", "W_list", "ws"), ("biases", "bs", "b_list", "bias_list")


def _held(name: str, f: Any, others: Sequence[Any]) -> list[str]:
    """What the file itself holds for an argument: a dict of parameters, or numbers of the shape of
    a state."""
    near = getattr(inspect.unwrap(f), "__globals__", {})
    found = []
    for key in dict.fromkeys((name, "params", "parameters")):
        kept = near.get(key)
        dict_ = isinstance(kept, dict) and any(isinstance(a, np.ndarray) for a in kept.values())
        if name in PARAMETERS and dict_:
            found.append(key)
    if STATES.fullmatch(name):
        arrays = [a for a in near.values() if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
        thin = [a.shape for a in arrays if a.ndim == 1 or (a.ndim == 2 and 1 in a.shape)]
        found += [rand_(s) for s in dict.fromkeys(thin)]
        held = [
            a
            for d in near.values()
            if isinstance(d, dict)
            for a in d.values()
            if isinstance(a, np.ndarray)
        ]
        found += [rand_(s) for s in dict.fromkeys(a.shape for a in held) if s[-1:] == (1,)]
    return list(dict.fromkeys(found))[:4]


def functions(f: Any, skip: int, others: Sequence[Any] = ()) -> Iterator[GuessedArguments]:
    """Arguments for a function of arrays, by the names of its parameters: examples as rows first,
    then as columns, as images, as sequences, one alone."""
    names = [p.name for p in needed(f)][skip:] or first_of(f)[:1] or ["x"]
    shaped = [n for n in names if MATRICES.fullmatch(n)]
    aims = [n for n in names if is_target(n, names)]
    aims = aims[1:] if len(aims) == len(names) else aims
    sizes = Sizes()
    for world in WORLDS:
        own = layered(names, sizes, world["columns"])
        gates = re.fullmatch(r"rand\(\d+, (12|9)\)", world["matrix"])
        if gates is not None:
            own |= {n: f"rand(3, {gates[1]})" for n in own if n in ("Wh", "W_h", "Whh", "W_hh")}
        choices = []
        for name in names:
            if name in own and name not in aims:
                choices.append([own[name]])
            elif name in aims:
                choices.append(list(world["targets"]))
            elif kept_ := _held(name, f, others):
                choices.append([*kept_, world["state"]])
            elif name in _WEIGHTS and _BIASES and set(_BIASES) & set(names):
                choices.append(
                    ["[rand(6, 4), rand(3, 6)]" if world["columns"] else "[rand(4, 6), rand(6, 3)]"]
                )
            elif name in _BIASES:
                choices.append(
                    ["[rand(6, 1), rand(3, 1)]" if world["columns"] else "[rand(6), rand(3)]"]
                )
            elif _POSITION.fullmatch(name) and name not in aims:
                choices.append(["1", "labels(5, 3)", "2"])
            elif re.search("vectors|Vectors|matrix", name):
                choices.append(["rand(5, 4)" if world["family"] == "vector" else world["matrix"]])
            elif name in PARAMETERS and uses(f, [name])[name].items:  # log_k, beta = p[0], p[1:]
                choices.append(["rand(5)", "rand(4)", world["other"]])
            elif name in PARAMETERS and (kept := _dict_of(f, others, name, world)):
                plain = world["matrix"] if MATRICES.fullmatch(name) else world["other"]
                choices.append([plain, kept] if len(name) < 6 or name == "theta" else [kept, plain])
            elif name in NUMBERS and name not in ("p", "k", "f", "C", "T", "G", "size", "axis"):
                choices.append([NUMBERS[name]])
            elif name in DATA:
                choices.append([world["data"]])
            elif MATRICES.fullmatch(name):
                choices.append([world["matrix"]])
            elif VECTORS.fullmatch(name) and (shaped or len(names) > 2 or len(name) > 1):
                choices.append([world["vector"]])
            elif STATES.fullmatch(name) and len(names) > 1:
                choices.append([world["state"]])
            elif is_flag(name):
                choices.append(["True"])
            elif name in ("p", "k", "f", "C", "T", "G", "size", "axis") and len(names) > 1:
                choices.append([world["other"], NUMBERS[name]])
            else:
                choices.append([world["other"]])
        for texts in itertools.islice(itertools.product(*choices), 12):
            text = ", ".join(f"{n}={t}" for n, t in zip(names, texts, strict=True))
            yield GuessedArguments(text, world["family"])


def _dict_of(f: Any, others: Sequence[Any], name: str, world: World) -> str:
    """A dict of parameters with the keys that the code looks for."""
    keys = keys_of(f, name)
    for other in others:
        keys += [k for k in keys_of(other, name) if k not in keys]
    keys = keys or ["W1", "b1", "W2", "b2"]
    own = layered(keys, Sizes(), world["columns"])
    texts = {
        k: own.get(k) or (world["matrix"] if MATRICES.fullmatch(k) else world["vector"])
        for k in keys
    }
    return "{" + ", ".join(f"{k!r}: {v}" for k, v in texts.items()) + "}"
