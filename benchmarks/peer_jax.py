"""JAX: `jax` (the whole step one jitted program with donated buffers) and `jax-scan` (many steps
inside one jitted program, the loop being JAX's); each also with one thread a product (`-1t`).

Written for JAX, not translated: weights lie as (in, out), pictures channels last, max-pooling is a
reshape and a maximum (XLA's CPU `reduce_window` has a slow derivative; both together halve the time
of `cnn`), and Adam's bias corrections are two scalars a step. The batches lie ready on the
device, so no slicing or gathering is in JAX's time. Batch norm keeps its running statistics, as
every other peer does. Compiling is outside the time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.peers import Predictor, Refused, Trainer
from benchmarks.workloads import Workload, data, layers, weights

NUMBERS = {1: ("NWC", "WIO", "NWC"), 2: ("NHWC", "HWIO", "NHWC")}


def parameters(w: Workload) -> list[dict[str, Any]]:
    """The first weights, one dictionary a layer, in JAX's layout."""
    given = weights(w)
    found: list[dict[str, Any]] = []
    flatten = None
    places = w.shape[1:]
    for k, layer in enumerate(layers(w)):
        p: dict[str, Any] = {}
        if layer[0] == "conv":
            p = {"W": np.moveaxis(given[f"{k}.weight"], (0, 1), (-1, -2))}
            places = tuple(s - layer[4] + 1 for s in places)
            flatten = layer[3]
        elif layer[0] == "pool":
            places = tuple(s // layer[2] for s in places)
        elif layer[0] == "linear":
            v = given[f"{k}.weight"]
            if flatten:  # its inputs come channels last here: the same weights in that order
                v = np.moveaxis(v.reshape(layer[2], flatten, *places), 1, -1)
                flatten = None
            p = {"W": v.reshape(layer[2], layer[1]).T}
        elif layer[0] == "norm":
            p = {"g": np.ones(layer[1], np.float32), "b": np.zeros(layer[1], np.float32)}
        if "W" in p:
            p["b"] = given[f"{k}.bias"]
        found.append({name: jnp.array(a) for name, a in p.items()})
    return found


def statistics(w: Workload) -> list[tuple[Any, Any]]:
    """Running mean and variance of each batch norm."""
    norms = [layer[1] for layer in layers(w) if layer[0] == "norm"]
    return [(jnp.zeros(n), jnp.ones(n)) for n in norms]


def apply(w: Workload, params: Any, running: Any, x: Any, key: Any, training: bool) -> Any:
    """The outputs of the network and the new running statistics."""
    act = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}[w.activation]
    updated = []
    for layer, p in zip(layers(w), params, strict=True):
        match layer:
            case ("linear", *_):
                x = x @ p["W"] + p["b"]
            case ("conv", dimensions, *_):
                one = (1,) * dimensions
                x = lax.conv_general_dilated(
                    x, p["W"], one, "VALID", dimension_numbers=NUMBERS[dimensions]
                )
                x = x + p["b"]
            case ("pool", _, k):
                x = _pool(x, k)
            case ("flatten",):
                x = x.reshape(len(x), -1)
            case ("act", _):
                x = act(x)
            case ("norm", _):
                mean, var = running[len(updated)]
                if training:
                    n = len(x)
                    m, v = x.mean(0), x.var(0)
                    unbiased = v * (n / (n - 1))
                    updated.append((0.9 * mean + 0.1 * m, 0.9 * var + 0.1 * unbiased))
                else:
                    m, v = mean, var
                    updated.append((mean, var))
                x = p["g"] * (x - m) * lax.rsqrt(v + 1e-5) + p["b"]
            case ("dropout", rate) if training:
                key, now = jax.random.split(key)
                x = jnp.where(jax.random.bernoulli(now, 1 - rate, x.shape), x / (1 - rate), 0)
    return x, updated


def _pool(x: Any, k: int) -> Any:
    """Max-pooling of (batch, *places, channels) by k: rows that do not fill a window are cut."""
    batch, *places, channels = x.shape
    x = x[(slice(None), *(slice(s // k * k) for s in places))]
    split = [n for s in places for n in (s // k, k)]
    axes = tuple(range(2, 2 * len(places) + 1, 2))
    return x.reshape(batch, *split, channels).max(axes)


def _loss(w: Workload, z: Any, y: Any) -> Any:
    if w.loss == "classes":
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1))
    if w.loss == "binary":
        return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))
    return jnp.mean((z - y) ** 2)


def _step(w: Workload, state: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """One training step: the new state (weights, moments, step number, statistics, key), loss."""
    params, first, second, t, running, key = state
    now = key
    if w.dropout:
        key, now = jax.random.split(key)

    def objective(params: Any) -> tuple[Any, Any]:
        z, updated = apply(w, params, running, x, now, True)
        return _loss(w, z, y), updated

    (loss, running), g = jax.value_and_grad(objective, has_aux=True)(params)
    tree = jax.tree.map
    t = t + 1
    if w.optimizer == "adam":
        first = tree(lambda m, g: 0.9 * m + 0.1 * g, first, g)
        second = tree(lambda v, g: 0.999 * v + 0.001 * g * g, second, g)
        rate, scale = w.lr / (1 - 0.9**t), lax.rsqrt(1 - 0.999**t)
        params = tree(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) * scale + 1e-8), params, first, second
        )
    elif w.optimizer == "momentum":
        first = tree(lambda m, g: 0.9 * m + g, first, g)
        params = tree(lambda p, m: p - w.lr * m, params, first)
    else:
        params = tree(lambda p, g: p - w.lr * g, params, g)
    return (params, first, second, t, running, key), loss


def _images_last(x: np.ndarray) -> np.ndarray:
    return np.moveaxis(x, 1, -1) if x.ndim > 2 else x


def _threads(peer: str) -> None:
    """One thread a product, where the peer's name says so; JAX reads it at its first operation."""
    if peer.endswith("-1t"):
        given = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{given} --xla_cpu_multi_thread_eigen=false"


def trainer(peer: str, w: Workload, check: bool) -> Trainer:
    """See the module; nothing here is random but dropout, so `check` changes nothing."""
    _threads(peer)
    params = parameters(w)

    def zeros(needed: bool) -> Any:  # SGD carries no moments
        return jax.tree.map(jnp.zeros_like, params) if needed else ()

    state: Any = (
        params, zeros(w.optimizer != "sgd"), zeros(w.optimizer == "adam"), jnp.float32(0),
        statistics(w), jax.random.key(0),
    )  # fmt: skip
    x, y = data(w)
    x = np.ascontiguousarray(_images_last(x)).reshape(
        w.batches, w.batch, *_images_last(x).shape[1:]
    )
    y = y.reshape(w.batches, w.batch, *y.shape[1:])
    xs, ys = jnp.asarray(x), jnp.asarray(y)
    place = 0

    if "scan" in peer:

        @partial(jax.jit, donate_argnums=0)
        def many(state: Any, xs: Any, ys: Any) -> Any:
            def body(state: Any, s: Any) -> Any:
                return _step(w, state, xs[s % w.batches], ys[s % w.batches])

            # XLA's fast convolutions are not used inside a loop on CPU (ten times slower): no loop.
            return lax.scan(body, state, jnp.arange(w.loop), unroll=w.loop if w.convs else 1)

        def run_scan(n: int) -> Sequence[float]:
            nonlocal state
            for _ in range(n // w.loop):
                state, losses = many(state, xs, ys)
            jax.block_until_ready(state)
            return [float(v) for v in np.asarray(losses)]

        return Trainer(run_scan, w.loop)

    jitted = jax.jit(partial(_step, w), donate_argnums=0)
    parts = [(xs[k], ys[k]) for k in range(w.batches)]

    def run(n: int) -> Sequence[float]:
        nonlocal state, place
        for s in range(place, place + n):
            state, loss = jitted(state, *parts[s % w.batches])
        place += n
        jax.block_until_ready(state)
        return [float(loss)]

    return Trainer(run)


def predictor(peer: str, w: Workload) -> Predictor:
    """One jitted call from NumPy to NumPy."""
    if "scan" in peer:
        raise Refused("has no loop in a prediction")
    _threads(peer)
    params, running = parameters(w), statistics(w)
    f = jax.jit(lambda params, x: apply(w, params, running, x, None, False)[0])

    def predict(x: np.ndarray) -> object:
        return np.asarray(f(params, _images_last(x)))

    return predict
