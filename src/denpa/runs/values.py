"""The values of a run's options: what a text stands for, checked against the option's range."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import Field
from difflib import get_close_matches
from typing import Any

from denpa.core.errors import ArgumentError
from denpa.core.wording import option

AUGMENTATIONS = ("shift", "rotate", "noise")


def nearest(name: str, names: Sequence[str] | Mapping[str, Any]) -> str:
    """` Did you mean 'x'?` for the nearest of the names, else nothing."""
    close = get_close_matches(name, list(names), 1, 0.6)
    return f" Did you mean {close[0]!r}?" if close else ""


def convert(setting: Field[Any], value: Any) -> Any:
    """The value that a text (or a value from JSON) stands for, within the option's range."""
    if value is None:
        return None
    meta, name = setting.metadata, option(setting.name)
    kind = meta["kind"]
    if kind == "choice":
        if value not in meta["choices"]:
            raise ArgumentError(
                f"{name} must be one of {', '.join(meta['choices'])}, not {value!r}."
                + nearest(str(value), meta["choices"])
            )
        return value
    if kind == "flag":
        if not isinstance(value, bool):
            raise ArgumentError(f"{name} is on or off (True or False), not {value!r}")
        return value
    if kind == "names":
        parts = value
        if isinstance(value, str):  # a line of a CSV: "x, y" in quotes is one name
            parts = next(csv.reader([value], skipinitialspace=True), [])
        names = tuple(str(p).strip() for p in parts if str(p).strip())
        if not names and isinstance(value, str):
            raise ArgumentError(f"{name} must name something, separated by commas; it is empty")
        return names
    if kind == "ints":
        return _ints(name, value, meta)
    if kind == "augment":
        return _augment(name, value)
    if kind == "text":
        return str(value)
    return _number(name, value, meta, whole=kind == "int")


def _number(name: str, value: Any, meta: Mapping[str, Any], whole: bool) -> Any:
    try:
        if isinstance(value, bool):
            raise ValueError
        found = int(str(value)) if whole else float(value)
        good = math.isfinite(found)
    except (TypeError, ValueError, OverflowError):
        good, found = False, 0
    good = good and found >= meta.get("low", -math.inf) and found <= meta.get("high", math.inf)
    good = good and meta.get("above", -math.inf) < found < meta.get("below", math.inf)
    if good:
        return found
    bounds = []
    if "above" in meta:
        bounds.append(f"above {meta['above']:g}")
    if "low" in meta:
        open_end = "high" not in meta and "below" not in meta
        bounds.append(f"{meta['low']:g} or more" if open_end else f"from {meta['low']:g}")
    if "high" in meta:
        bounds.append(f"to {meta['high']}")
    if "below" in meta:
        bounds.append(f"to below {meta['below']:g}")
    what = "a whole number" if whole else "a number"
    raise ArgumentError(f"{name} must be {what} {' '.join(bounds)}, not {value!r}")


def _ints(name: str, value: Any, meta: Mapping[str, Any]) -> tuple[int, ...]:
    if value in ("none", (), []):
        return ()
    if isinstance(value, int) and not isinstance(value, bool):
        value = (value,)
    parts = value.split(",") if isinstance(value, str) else list(value)
    most = meta.get("most", 100)
    try:
        found = tuple(int(str(p)) for p in parts)
    except ValueError:
        found = ()
    if not found or min(found) < meta["low"] or len(found) > most:
        shown = value if isinstance(value, str) else ",".join(map(str, value))
        raise ArgumentError(
            f"{name} must be whole numbers of {meta['low']} or more, separated by commas "
            f"(at most {most}), not {shown!r}"
        )
    return found


def _augment(name: str, value: Any) -> dict[str, float]:
    if isinstance(value, Mapping):
        pairs = [(str(k), v) for k, v in value.items()]
    else:
        pairs = []
        for part in str(value).split(","):
            key, _, amount = part.partition("=")
            pairs.append((key.strip(), amount.strip()))
    found: dict[str, float] = {}
    for key, amount in pairs:
        if key not in AUGMENTATIONS:
            raise ArgumentError(
                f"{name} knows {', '.join(AUGMENTATIONS)} (as in shift=2,rotate=10,noise=0.1), "
                f"not {key!r}.{nearest(key, AUGMENTATIONS)}"
            )
        if key in found:
            raise ArgumentError(f"{name} gives {key} twice")
        whole = key == "shift"
        found[key] = _number(f"{name}: {key}", amount, {"low": 0}, whole)
    return found
