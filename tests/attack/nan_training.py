"""Training runs that go wrong in a known row, batch, layer or update, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import denpa as dp
from denpa.train.batches import order

ROWS, SIZE, SEED = 40, 8, 3
INF = float("inf")


class Case(NamedTuple):
    """A run and, by hand, pieces that its error must say in this order (none: it trains)."""

    name: str
    run: Callable[[str], Any]
    said: tuple[str, ...]


class Log(dp.nn.Module):
    """The logarithm as a layer of the user's."""

    def forward(self, x: Any) -> Any:
        return dp.log(x)  # the user's line


class Attention(dp.nn.Module):
    """A softmax over what is above 0."""

    def forward(self, x: Any) -> Any:
        scores = x.masked_fill(x <= 0, -INF)
        return dp.softmax(scores, 1)  # the user's line


class Rows(dp.utils.data.Dataset):
    """A data set of the user's, which nobody has looked at."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, i: int) -> Any:
        return self.x[i], self.y[i]


def table(*wrong: tuple[int, int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Harmless numbers, with others at (row, column)."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0.5, 2.0, (ROWS, 3)).astype(np.float32)
    for row, column, value in wrong:
        x[row, column] = value
    return x, rng.normal(size=(ROWS, 1)).astype(np.float32)


def when(row: int) -> str:
    """The moment at which a row is first seen."""
    place = int(np.flatnonzero(order(ROWS, SEED, 1) == row)[0])
    return f"epoch 1, batch {place // SIZE + 1}"


def train(backend: str, net: Any, data: Any, optimizer: Any = None, epochs: int = 2) -> None:
    """A run in anomaly mode."""
    with dp.autograd.detect_anomaly():
        dp.train.fit(
            net,
            dp.nn.MSELoss(),
            data,
            optimizer=optimizer or dp.optim.SGD(net.parameters(), lr=1e-3),
            epochs=epochs,
            batch_size=SIZE,
            seed=SEED,
            backend=backend,
            progress=False,
        )


def behind(*layers: Any) -> Any:
    """A network with a linear layer after these."""
    dp.manual_seed(0)
    return dp.nn.Sequential(*layers, dp.nn.Linear(3, 1))


def by(rule: Any, **options: Any) -> Callable[[str], None]:
    """A linear layer trained by a rule, with targets that make slopes above 1."""

    def run(backend: str) -> None:
        net = behind()
        x, y = table()
        train(backend, net, (x, y + 100), rule(net.parameters(), **options))

    return run


def idle(rule: Any, **options: Any) -> Callable[[str], None]:
    """A parameter whose gradient is 0: nothing that it is multiplied by is another number."""

    def run(backend: str) -> None:
        net = behind()
        x, y = table()
        train(backend, net, (x * 0, y), rule(net.parameters(), **options))

    return run


class SignSGD(dp.optim.Optimizer):
    """An optimizer of the user's, wrong where a slope is 0."""

    def __init__(self, params: Any, lr: float = 0.1) -> None:
        super().__init__(params, {"lr": lr})

    @staticmethod
    def update(p: Any, g: Any, state: Any, hyper: Any) -> Any:
        return p - hyper["lr"] * g / abs(g), {}


TRAINED = (
    Case(
        "a negative number in one row",
        lambda b: train(b, behind(Log()), table((17, 2, -1.0))),
        (
            when(17),
            "forward pass",
            "row 17 of the training data",
            "log made nan from -1",
            "the user's line",
            "layer 0 (Log)",
        ),
    ),
    Case(
        "another row, last column",
        lambda b: train(b, behind(dp.nn.ReLU(), Log()), table((39, 0, -3.0), (39, 1, 0.0))),
        (when(39), "row 39", "log made -inf from 0", "linear made nan of it", "layer 1 (Log)"),
    ),
    Case(
        "a row all masked",
        lambda b: train(b, behind(Attention()), table((5, 0, -1.0), (5, 1, -1.0), (5, 2, -1.0))),
        (
            when(5),
            "row 5 of",
            "softmax",
            "made nan from -inf and -inf",
            "is -inf throughout",
            "layer 0 (Attention)",
        ),
    ),
    Case(
        "NaN in an unseen data set",
        lambda b: train(b, behind(), Rows(*table((9, 1, np.nan)))),
        (when(9), "the inputs hold nan in row 9, column 1 of the training data"),
    ),
    Case(
        "infinite target",
        lambda b: train(
            b,
            behind(),
            Rows(
                table()[0], np.where(np.arange(ROWS) == 4, np.inf, 1.0).astype(np.float32)[:, None]
            ),
        ),
        (when(4), "the targets hold inf in row 4, column 0 of the training data"),
    ),
    Case(
        "NaN in arrays",
        lambda b: train(b, behind(), table((3, 2, np.nan))),
        ("inputs hold 1 values that are NaN or infinite", "the first in row 3, column 2"),
    ),
    Case(
        "constant column without eps",
        lambda b: train(
            b, behind(dp.nn.BatchNorm1d(3, eps=0.0)), table(*((r, 1, 1.0) for r in range(ROWS)))
        ),
        ("epoch 1, batch 1", "batch_norm", "layer 0 (BatchNorm1d)"),
    ),
    Case(
        "SGD, one step too large",
        by(dp.optim.SGD, lr=3e38),
        (
            "epoch 1, batch 1",
            "parameter 0.",
            "layer 0 (Linear)",
            "the update of SGD made",
            "lower the learning rate",
        ),
    ),
    Case(
        "SGD, growing",
        by(dp.optim.SGD, lr=1e6),
        (
            "epoch 1, batch",
            "forward pass",
            "the loss became inf",
            "has grown to",
            "lower the learning rate",
        ),
    ),
    Case(
        "RMSprop without eps",
        idle(dp.optim.RMSprop, eps=0.0),
        (
            "epoch 1, batch 1",
            "parameter 0.weight, layer 0 (Linear)",
            "the update of RMSprop made nan",
        ),
    ),
    Case(
        "Adam without eps",
        idle(dp.optim.Adam, eps=0.0),
        ("epoch 1, batch 1", "parameter 0.weight, layer 0 (Linear)", "the update of Adam made nan"),
    ),
    Case(
        "an optimizer of the user's",
        idle(SignSGD),
        ("epoch 1, batch 1", "parameter 0.weight", "the update of SignSGD made nan"),
    ),
    Case("masked attention", lambda b: train(b, behind(Attention()), table((5, 0, -1.0))), ()),
    Case("nothing wrong", by(dp.optim.Adam), ()),
)
