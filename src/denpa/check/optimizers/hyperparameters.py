"""The numbers of somebody's optimizer: which hyperparameter of a rule each of them is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# How hyperparameters are called, the surest name first.
_ALIASES: dict[str, tuple[str, ...]] = {
    "rho": ("rho", "decay_rate", "alpha", "decay", "beta", "gamma", "beta2", "momentum"),
    "momentum": ("momentum", "mu", "beta", "rho", "gamma", "mom", "momentum_rate", "alpha", "mass"),
    "beta1": ("beta1", "beta_1", "b1", "rho1", "decay1", "rho_1"),
    "beta2": ("beta2", "beta_2", "b2", "rho2", "decay2", "rho_2"),
    "lr": (
        "lr",
        "learning_rate",
        "eta",
        "step_size",
        "stepsize",
        "rate",
        "alpha",
        "lr0",
        "gamma",
        "lam",
        "lmbda",
        "lambda_",
        "epsilon",
    ),
    "eps": ("eps", "epsilon", "e", "delta", "fuzz"),
    "weight_decay": ("weight_decay", "wd", "lambda_", "lambd", "lam", "l2", "weight_decay_rate"),
    "initial_accumulator_value": ("initial_accumulator_value", "initial_accumulator"),
    "momentum_decay": ("momentum_decay", "schedule_decay"),
}
_RANGES = {"rho": (0.5, 1), "momentum": (0.3, 1), "beta1": (0, 1), "beta2": (0, 1), "lr": (0, 100)}
_OPTIONS = (
    "amsgrad",
    "centered",
    "maximize",
    "dampening",
    "lr_decay",
    "decoupled_weight_decay",
    "eps_inside_sqrt",
)


def is_number(x: Any) -> bool:
    """A Python or NumPy number, not a bool."""
    return isinstance(x, (int, float)) or (getattr(x, "shape", None) == () and hasattr(x, "item"))


def spread(found: Mapping[str, Any]) -> dict[str, Any]:
    """Names and numbers, with the pair `betas` as beta1 and beta2.

    >>> spread({"betas": (0.9, 0.99), "m": {}, "lr": 0.1})
    {'beta1': 0.9, 'beta2': 0.99, 'lr': 0.1}
    """
    flat: dict[str, Any] = {}
    for name, x in found.items():
        pair = isinstance(x, (tuple, list)) and len(x) == 2 and all(is_number(v) for v in x)
        if pair and name.strip("_") in ("betas", "beta"):
            flat |= {"beta1": float(x[0]), "beta2": float(x[1])}
        elif is_number(x):
            flat[name.strip("_") if name != "lambda_" else name] = float(x)
    return flat


def hyper_of(usual: Mapping[str, float], found: Mapping[str, Any]) -> dict[str, float]:
    """The hyperparameters of a rule among names and numbers that were found.

    >>> hyper_of({"lr": 0.1, "rho": 0.9}, {"alpha": 0.99, "learning_rate": 0.01})
    {'rho': 0.99, 'lr': 0.01}
    """
    flat, taken, known = spread(found), set[str](), {}
    for name, aliases in _ALIASES.items():
        if name not in usual:
            continue
        low, high = _RANGES.get(name, (0, 10))
        for k, alias in enumerate(aliases):
            x = flat.get(alias)
            if x is None or alias in taken or (alias in usual and alias != name):
                continue
            if k == 0 or low <= x < high:
                known[name] = x
                taken.add(alias)
                break
    return known


def options_of(usual: Mapping[str, float], found: Mapping[str, Any]) -> dict[str, float]:
    """Options such as amsgrad, and a momentum where the rule has none of its own."""
    names = [n for n in (*_OPTIONS, "momentum") if n not in usual and is_number(found.get(n))]
    return {n: float(found[n]) for n in names if found[n]}


def canonical(name: str, usual: Mapping[str, float]) -> str | None:
    """Which hyperparameter of a rule somebody's name means, None if none.

    >>> canonical("learning_rate", {"lr": 0.1}), canonical("m", {"lr": 0.1})
    ('lr', None)
    """
    for known, aliases in _ALIASES.items():
        if known in usual and name in aliases and (name == known or name not in usual):
            return known
    return name if name in _OPTIONS else None


def aliases(name: str) -> tuple[str, ...]:
    """How a hyperparameter is called."""
    return _ALIASES.get(name, (name,))
