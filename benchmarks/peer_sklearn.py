"""scikit-learn's MLPClassifier and MLPRegressor through `partial_fit`, an epoch a call.

One `partial_fit` of all rows is one pass of mini-batch steps, without shuffling, weight decay or a
validation set. It has no batch norm, dropout or convolution. Its regressor minimises half the mean
square, so its SGD rate is doubled and its loss counted twice.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.peers import Predictor, Refused, Trainer
from benchmarks.workloads import Workload, data, layers, weights


def model(w: Workload) -> Any:
    """An estimator with the first weights, and a fresh optimizer."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    if w.batch_norm or w.dropout or w.convs:
        raise Refused("has no batch norm, dropout or convolution")
    if w.activation not in ("relu", "tanh", "sigmoid"):
        raise Refused(f"has no {w.activation}")
    kind = MLPRegressor if w.loss == "squares" else MLPClassifier
    half = w.loss == "squares" and w.optimizer != "adam"
    found = kind(
        hidden_layer_sizes=w.sizes[1:-1],
        activation={"sigmoid": "logistic"}.get(w.activation, w.activation),
        solver="adam" if w.optimizer == "adam" else "sgd",
        momentum=0.9 if w.optimizer == "momentum" else 0.0,
        nesterovs_momentum=False,
        learning_rate_init=w.lr * (2 if half else 1),
        batch_size=w.batch,
        alpha=0,
        shuffle=False,
    )
    _fit(found, w, *_rows(w))  # makes the arrays
    given = weights(w)
    keys = [k for k, layer in enumerate(layers(w)) if layer[0] == "linear"]
    for k, v, b in zip(keys, found.coefs_, found.intercepts_, strict=True):
        v[...] = given[f"{k}.weight"].T
        b[...] = given[f"{k}.bias"]
    del found._optimizer  # the next call makes a new one
    found.t_ = 0
    return found


def _rows(w: Workload) -> tuple[np.ndarray, np.ndarray]:
    x, y = data(w)
    y = y.ravel()
    return x, y.astype(np.int64) if w.loss == "binary" else y


def _fit(m: Any, w: Workload, x: np.ndarray, y: np.ndarray) -> None:
    if w.loss == "squares":
        m.partial_fit(x, y)
    else:
        m.partial_fit(x, y, classes=np.arange(max(2, w.sizes[-1])))


def trainer(peer: str, w: Workload, check: bool) -> Trainer:
    """See the module; with `check` a call is a batch, since a call tells one loss."""
    warnings.simplefilter("ignore")
    m = model(w)
    x, y = _rows(w)
    double = 2.0 if w.loss == "squares" else 1.0
    place = 0

    def run(n: int) -> Sequence[float]:
        nonlocal place
        if check:
            for s in range(place, place + n):
                at = s % w.batches * w.batch
                _fit(m, w, x[at : at + w.batch], y[at : at + w.batch])
            place += n
        else:
            for _ in range(n // w.batches):
                _fit(m, w, x, y)
        return [double * m.loss_]

    return Trainer(run, 1 if check else w.batches, os.cpu_count())


def predictor(peer: str, w: Workload) -> Predictor:
    """`predict`: for a classifier the labels, as its users call it."""
    warnings.simplefilter("ignore")
    found: Predictor = model(w).predict
    return found
