"""Which of somebody's numbers is the learning rate, the momentum, ε: what fits decides, a name only
says what is tried first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from denpa.check.optimizers.hyperparameters import aliases, hyper_of, spread
from denpa.check.optimizers.names import role

# Names that mean one thing wherever they are met.
_SURE: dict[str, tuple[str, ...]] = {
    "lr": ("lr", "learning_rate"),
    "momentum": ("momentum",),
    "rho": (),
    "beta1": ("beta1", "beta_1"),
    "beta2": ("beta2", "beta_2"),
    "eps": (),
    "weight_decay": ("weight_decay", "wd", "l2"),
}
_RANGES = {
    "lr": (1e-7, 10.0),
    "momentum": (0.3, 1.0),
    "rho": (0.3, 1.0),
    "beta1": (0.1, 1.0),
    "beta2": (0.3, 1.0),
    "eps": (0.0, 1e-2),
}
_DECAYS = ("decay", "lr_decay", "learning_rate_decay", "decay_rate", "gamma", "k")
_MOST = 16
_ODD = 20  # the rank of a name that means something else


def readings(
    usual: Mapping[str, float], seen: Mapping[str, object], given: Mapping[str, float]
) -> list[dict[str, float]]:
    """Hyperparameters that named numbers may be, the likeliest by their names first. A number that
    is left over may make the learning rate fall, as `lr_decay` (1/(1 + decay·t)) or `lr_power`.

    >>> found = readings({"lr": 0.1, "eps": 1e-8}, {"epsilon": 0.001, "delta": 1e-6}, {})
    >>> {"lr": 0.001, "eps": 1e-06} in found
    True
    """
    mine = {k: float(x) for k, x in given.items() if k in usual}
    first = hyper_of(usual, seen) | mine
    sure = {
        r: first[r]
        for r, names in _SURE.items()
        if r in first and (r in mine or any(n in spread(seen) for n in names))
    }
    taken = {n for r in sure for n in _SURE[r]}
    pool = {
        n: x
        for n, x in spread({k: v for k, v in seen.items() if not isinstance(v, bool)}).items()
        if n not in taken and x > 0 and role(n) not in ("count", "one", "many") and x <= 10
    }
    found, kept = [first], set[tuple[tuple[str, float], ...]]()
    free = [r for r in usual if r in _RANGES and r not in sure]
    for read, left in sorted(_spread_out(free, pool), key=lambda x: _surprise(x[0])):
        if any(_may(r, pool[n]) for r in free if r not in read for n in left if _rank(r, n) < _ODD):
            continue  # a role goes without, though a number could have it
        whole = sure | {r: pool[n] for r, n in read.items()}
        for name in left:
            if name in aliases("weight_decay") and "weight_decay" in usual:
                whole.setdefault("weight_decay", pool[name])
        for more in _falling(left, pool, whole):
            key = tuple(sorted((whole | more).items()))
            if key not in kept and whole | more != first:
                kept.add(key)
                found.append(whole | more)
        if len(found) >= _MOST:
            break
    return found


def _spread_out(
    free: list[str], pool: Mapping[str, float]
) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Ways to give names to roles, and the names that are left over."""
    options: list[list[str | None]] = []
    for r in free:
        fit = sorted((n for n, x in pool.items() if _may(r, x)), key=lambda n, r=r: _rank(r, n))  # type: ignore[misc]
        options.append([*fit[:4], None])
    for chosen in itertools.islice(itertools.product(*options), 2000):
        named = [n for n in chosen if n is not None]
        if len(set(named)) == len(named):
            read = {r: n for r, n in zip(free, chosen, strict=True) if n is not None}
            yield read, [n for n in pool if n not in named]


def _may(role_: str, x: float) -> bool:
    low, high = _RANGES[role_]
    return low <= x < high


def _rank(role_: str, name: str) -> int:
    names = aliases(role_)
    return names.index(name) if name in names else _ODD


def _surprise(read: Mapping[str, str]) -> int:
    """How far the names are from what they would have to mean; roles without a number cost, too."""
    return sum(_rank(r, n) for r, n in read.items()) - (_ODD + 5) * len(read)


def _falling(
    left: list[str], pool: Mapping[str, float], whole: Mapping[str, float]
) -> Iterator[dict[str, float]]:
    yield {}
    for name in left:
        if name in _DECAYS:
            yield {"lr_decay": pool[name]}
            if 0.5 < pool[name] < 1:
                yield {"lr_power": pool[name]}
