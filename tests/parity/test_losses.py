"""Losses: as functions and as modules, every reduction and option."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .harness import Case, bools, check, each, ints, normal, positive, unit

REDUCTIONS = ["none", "mean", "sum"]
Y, T = normal(5, 3), normal(5, 3, seed=1)
P, Q = unit(5, 3), unit(5, 3, seed=1)
B = bools(5, 3).astype(float)
Z, LABELS = normal(6, 4, seed=2), ints(4, 6, seed=3)
IMAGE, PIXELS = normal(2, 4, 3, 5, seed=4), ints(4, 2, 3, 5, seed=5)
SEQUENCE, WORDS = normal(2, 4, 5, seed=6), ints(4, 2, 5, seed=7)
SOFT = np.exp(Z[::-1]) / np.exp(Z[::-1]).sum(1, keepdims=True)
SOFT_IMAGE = np.abs(IMAGE[::-1]) / np.abs(IMAGE[::-1]).sum(1, keepdims=True)
WEIGHT = positive(4, seed=8)
IGNORED = np.array([0, 2, -100, 3, -100, 1])
FAR = np.array([[100.0, -100.0, 0.0, 40.0], [-1e4, 1e4, 3.0, 0.0]])


def pair(
    name: str, module: str, arrays: Any, tag: str = "", optional: bool = False, **kw: Any
) -> Any:
    """The function and the module of one loss. A third input is the option ``weight``."""
    shown = f"{tag}{arrays[0].shape}" + "".join(f",{k}={v}" for k, v in kw.items())

    def split(t: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return t[:2], {"weight": t[2].detach()} if len(t) > 2 else {}

    def function(m: Any, *t: Any) -> Any:
        first, extra = split(t)
        return getattr(m.nn.functional, name)(*first, **extra, **kw)

    def layer(m: Any, *t: Any) -> Any:
        first, extra = split(t)
        loss = getattr(m.nn, module)(**extra, **kw)
        return loss(*first), list(loss.state_dict())

    # PyTorch's own backward of the loss over images fails on strided inputs
    strided = False if "image" in tag else None
    for label, run in [(f"F.{name}{shown}", function), (f"nn.{module}{shown}", layer)]:
        yield Case(label.replace(" ", ""), run, arrays, optional=optional, strided=strided)


def regressions() -> Iterator[Case]:
    for r in REDUCTIONS:
        for name, module in [
            ("mse_loss", "MSELoss"),
            ("l1_loss", "L1Loss"),
            ("huber_loss", "HuberLoss"),
        ]:
            yield from pair(name, module, (Y, T), reduction=r)
            yield from pair(name, module, (normal(), normal(seed=1)), "scalar", reduction=r)
            yield from pair(name, module, (Y, Y), "equal", reduction=r)
        for delta in [0.3, 2.0]:
            yield from pair("huber_loss", "HuberLoss", (Y, T), delta=delta, reduction=r)
        yield from pair("smooth_l1_loss", "SmoothL1Loss", (Y, T), optional=True, reduction=r)
    yield from pair("mse_loss", "MSELoss", (Y, T))
    yield from pair("l1_loss", "L1Loss", (Y, T))
    yield from pair("huber_loss", "HuberLoss", (Y, T))
    yield from pair("mse_loss", "MSELoss", (np.zeros((0, 3)), np.zeros((0, 3))), "empty")
    yield Case("MSELoss positional", lambda m, a, b: m.nn.MSELoss(None, None, "sum")(a, b), (Y, T),
               optional=True)  # fmt: skip


@each(regressions(), second=True, strided=True)
def test_regression(case: Case, dtype: str) -> None:
    check(case, dtype)


def binaries() -> Iterator[Case]:
    for r in REDUCTIONS:
        for name, module, y in [
            ("binary_cross_entropy", "BCELoss", P),
            ("binary_cross_entropy_with_logits", "BCEWithLogitsLoss", Y),
        ]:
            yield from pair(name, module, (y, B), reduction=r)
            yield from pair(name, module, (y, Q), "soft", reduction=r)
            yield from pair(name, module, (y, B, positive(3)), "weighted", reduction=r)
            yield from pair(name, module, (y, B, positive(5, 1)), "weighted", reduction=r)
            yield from pair(name, module, (y.reshape(-1), B.reshape(-1)), "flat", reduction=r)
    logits = "binary_cross_entropy_with_logits"
    yield from pair(logits, "BCEWithLogitsLoss", (FAR, (FAR > 0).astype(float)), "far")
    yield from pair(logits, "BCEWithLogitsLoss", (FAR, (FAR <= 0).astype(float)), "far-wrong")
    # at p = 0 and p = 1 PyTorch bounds the loss and its slope, not the slope of the target
    ends, sides = np.array([0.0, 1.0, 0.0, 1.0, 0.5]), np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    yield Case("BCE at its ends", lambda m, y, t: m.nn.functional.binary_cross_entropy(
        y, t.detach(), reduction="none"), (ends, sides), second=None)  # fmt: skip
    for r in REDUCTIONS:
        yield Case(f"F.{logits} pos_weight {r}", lambda m, y, t, w,
                r=r: getattr(m.nn.functional, logits)(
            y, t, pos_weight=w.detach(), reduction=r), (Y, B, positive(3)))  # fmt: skip
        yield Case(f"BCEWithLogitsLoss pos_weight {r}", lambda m, y, t, w,
                r=r: m.nn.BCEWithLogitsLoss(
            pos_weight=w.detach(), reduction=r)(y, t), (Y, B, positive(3)))  # fmt: skip


@each(binaries(), second=True, strided=True)
def test_binary(case: Case, dtype: str) -> None:
    check(case, dtype)


def classes() -> Iterator[Case]:
    name, module = "cross_entropy", "CrossEntropyLoss"
    data: list[tuple[str, Any, Any]] = [
        ("", Z, LABELS), ("image", IMAGE, PIXELS), ("sequence", SEQUENCE, WORDS),
        ("one", Z[0], LABELS[0]),
        ("soft", Z, SOFT), ("softimage", IMAGE, SOFT_IMAGE), ("softone", Z[0], SOFT[0]),
        ("onehot", Z, np.eye(4)[LABELS]), ("far", FAR, np.array([1, 0])),
    ]  # fmt: skip
    for tag, x, target in data:
        for r in REDUCTIONS:
            t = np.asarray(target)
            yield from pair(name, module, (x, t), tag, reduction=r)
            yield from pair(name, module, (x, t, WEIGHT), tag + "weighted", reduction=r)
            for smooth in [0.1, 1.0]:
                yield from pair(name, module, (x, t), tag, reduction=r, label_smoothing=smooth)
            yield from pair(
                name, module, (x, t, WEIGHT), tag + "weighted", reduction=r, label_smoothing=0.2
            )
    for r in REDUCTIONS:
        yield from pair(name, module, (Z, IGNORED), "ignored", reduction=r)
        yield from pair(name, module, (Z, IGNORED), "ignored", reduction=r, label_smoothing=0.3)
        both = (Z, IGNORED, WEIGHT)
        yield from pair(name, module, both, "ignoredweighted", reduction=r)
        yield from pair(name, module, both, "ignoredweighted", reduction=r, label_smoothing=0.3)
        for ignore in [0, 2, -1]:
            t = np.where(LABELS == 1, ignore, LABELS)
            yield from pair(name, module, (Z, t), "ignore", reduction=r, ignore_index=ignore)
            yield from pair(name, module, (Z, t, WEIGHT), "ignore", reduction=r,
                    ignore_index=ignore,
                            label_smoothing=0.1)  # fmt: skip
            log = np.log(SOFT)
            yield from pair(
                "nll_loss", "NLLLoss", (log, t), "ignore", reduction=r, ignore_index=ignore
            )
            yield from pair("nll_loss", "NLLLoss", (log, t, WEIGHT), "ignore", reduction=r,
                            ignore_index=ignore)  # fmt: skip
        for tag, x, t in data[:4]:
            yield from pair("nll_loss", "NLLLoss", (x, np.asarray(t)), tag, reduction=r)
            yield from pair(
                "nll_loss", "NLLLoss", (x, np.asarray(t), WEIGHT), tag + "weighted", reduction=r
            )
    everything = np.full(6, -100)
    yield from pair(name, module, (Z, everything), "allignored")
    yield from pair(name, module, (Z, everything), "allignored", reduction="sum")
    yield from pair(name, module, (np.zeros((0, 4)), np.zeros(0, "int64")), "empty")
    yield from pair(
        "kl_div",
        "KLDivLoss",
        (np.log(SOFT), SOFT[::-1].copy()),
        optional=True,
        reduction="batchmean",
    )


@each(classes(), strided=True)
def test_classes(case: Case, dtype: str) -> None:
    check(case, dtype)


def seconds() -> Iterator[Case]:
    yield Case("cross_entropy", lambda m, x, t: m.nn.functional.cross_entropy(x, t), (Z, LABELS))
    yield Case("cross_entropy soft", lambda m, x, t: m.nn.functional.cross_entropy(x, t), (Z, SOFT))
    yield Case("nll of log_softmax", lambda m, x, t: m.nn.functional.nll_loss(x.log_softmax(1), t),
               (Z, LABELS))  # fmt: skip


@each(seconds(), second=True)
def test_second_order(case: Case, dtype: str) -> None:
    check(case, dtype)
