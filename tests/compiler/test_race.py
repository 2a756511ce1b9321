"""One program with many barriers, run over and over with any number of threads: always the same
bits.

Eight lanes on fewer processors, so that threads are put aside in the middle of everything.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from denpa import nn
from denpa.autodiff.backward import grad
from denpa.autodiff.tensor import Tensor
from denpa.compiler.emit import llvm
from denpa.compiler.run import threads as runtime
from denpa.compiler.run.native import Native
from denpa.core.dtype import float32, int64
from denpa.core.graph import Graph, Value
from denpa.optim import Adam
from tests.compiler.forced import compiled
from tests.compiler.judge import compare

LANES = 8
RUNS = 1000
STEPS = 2
BATCH, SIZES = 24, (12, 32, 32, 10)
Network = tuple[Graph, list[tuple[int, int]]]


@cache
def network() -> Network:
    """A whole training step: two hidden layers with batch norm, cross-entropy, Adam."""
    F = nn.functional
    settings = Adam(nn.Linear(1, 1).parameters()).defaults

    def given(*shape: int, dtype: Any = float32, requires_grad: bool = False) -> Tensor:
        return Tensor(Value(shape, dtype, None, requires_grad))

    x, labels = given(BATCH, SIZES[0]), given(BATCH, dtype=int64)
    inputs, weights, h = [x, labels], [], x
    for k, (a, b) in enumerate(pairwise(SIZES)):
        w, c = given(b, a, requires_grad=True), given(b, requires_grad=True)
        weights += [w, c]
        h = F.linear(h, w, c)
        if k < len(SIZES) - 2:
            mean, variance = h.mean(0), h.var(0, correction=0)
            h = ((h - mean) * (variance + 1e-5).rsqrt()).relu()
    loss = F.cross_entropy(h, labels)
    outputs, state = [loss], []
    inputs += weights
    for k, (w, g) in enumerate(zip(weights, grad(loss, weights), strict=True)):
        old = {"step": given(), "exp_avg": given(*w.shape), "exp_avg_sq": given(*w.shape)}
        new, moments = Adam.update(w, g, dict(old), settings)
        state.append((2 + k, len(outputs)))
        outputs.append(new)
        for name, value in old.items():
            state.append((len(inputs), len(outputs)))
            inputs.append(value)
            outputs.append(moments[name])
    return Graph([t._value for t in inputs], [t._value for t in outputs]), state


def start() -> list[np.ndarray]:
    """The table, its labels, weights, and moments that are zero."""
    rng = np.random.default_rng(0)
    graph = network()[0]
    arrays: list[np.ndarray] = [rng.standard_normal((60, SIZES[0]), np.float32)]
    arrays.append(rng.integers(0, 10, 60))
    count = 2 * (len(SIZES) - 1)
    for k, v in enumerate(graph.inputs[2:]):
        a = rng.standard_normal(v.shape) * 0.3 if k < count else np.zeros(v.shape)
        arrays.append(np.asarray(a, v.dtype))
    return arrays


class _AsTold:
    """As many threads as the test says, whatever is faster."""

    def choose(self, threads: int) -> int:
        return threads

    def saw(self, *_: Any) -> None:
        return None


def _as_told(program: Native) -> Native:
    assert hasattr(program, "_pace")
    program._pace = _AsTold()  # type: ignore[assignment]
    return program


@cache
def program() -> Native:
    graph, state = network()
    return _as_told(compiled(graph, state, (0, 1), lanes=LANES))


ORDER = np.random.default_rng(1).integers(0, 60, STEPS * BATCH)


def run(native: Native, threads: int) -> bytes:
    """All bits that some steps leave: the losses and the state."""
    arrays = start()
    native.threads = threads
    losses = native.run(arrays, STEPS, ORDER)
    return b"".join(a.tobytes() for a in (*losses, *arrays[2:]))


def test_the_program_is_what_it_should_be() -> None:
    plan = program().plan
    assert plan.lanes == LANES
    assert sum(c.kernel < 0 for c in plan.calls) >= 5
    divided = [c for c in plan.calls if c.kernel >= 0 and sum(a < b for a, b in c.shares) > 1]
    assert len(divided) > 10


def test_it_computes_what_eager_does() -> None:
    graph, state = network()
    arrays = start()
    now = [a[ORDER[:BATCH]] for a in arrays[:2]] + [a.copy() for a in arrays[2:]]
    expected = graph(*now)
    loss = program().run(arrays, 1, ORDER[:BATCH])[0][0]
    inputs = {o: i for i, o in state}
    got = [loss if o == 0 else arrays[inputs[o]] for o in range(len(expected))]
    assert compare(expected, got, graph, now) is None


def test_the_same_bits_with_any_number_of_threads() -> None:
    expected = run(program(), 1)
    for k in range(RUNS):
        assert run(program(), 1 + k % LANES) == expected, f"run {k}, {1 + k % LANES} threads"


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Other programs that want all processors."""
    work = "import time\nend = time.time() + 60\nwhile time.time() < end: pass"  # then by itself
    others = [subprocess.Popen([sys.executable, "-c", work]) for _ in range(processes)]
    try:
        yield
    finally:
        for p in others:
            p.kill()
            p.wait()


def test_the_same_bits_while_others_compute() -> None:
    expected = run(program(), 1)
    with busy(max(2, os.cpu_count() or 1)):
        for k in range(60):
            assert run(program(), (2, 3, 8)[k % 3]) == expected


@pytest.mark.skipif(not hasattr(os, "sched_yield"), reason="no sched_yield to count here")
def test_a_thread_that_waits_gives_its_core_away() -> None:
    """Where it does not, a barrier takes as long as the system lets the others run. Counted and not
    timed: the busier the machine, the more often a thread waits for long."""
    given = []

    @ctypes.CFUNCTYPE(ctypes.c_int)
    def give() -> int:
        given.append(threading.get_ident())
        os.sched_yield()
        return 0

    graph, state = network()
    address = ctypes.cast(give, ctypes.c_void_p).value or 0
    with patch.object(runtime, "yield_address", lambda: address):
        native = _as_told(compiled(graph, state, (0, 1), lanes=LANES))
    expected = run(program(), 1)
    with busy(max(2, os.cpu_count() or 1)):
        for _ in range(60):
            assert run(native, LANES) == expected
            if given:
                break
    assert given


def test_the_number_of_threads_may_change_by_itself() -> None:
    """With the choice of threads left to the program, which looks at the clock."""
    graph, state = network()
    native = compiled(graph, state, (0, 1), lanes=LANES)
    expected = run(program(), 1)
    with patch.object(runtime.Pace, "_AGAIN", 0.0):
        for _ in range(50):
            assert run(native, LANES) == expected


def test_a_missing_barrier_is_seen() -> None:
    """What the test above is worth: without barriers the bits change soon."""
    if (os.cpu_count() or 1) == 1:
        pytest.skip("on one processor a thread is seldom put aside at the wrong moment")
    code = program().codegen()
    plan = replace(code.plan, calls=[c for c in code.plan.calls if c.kernel >= 0])
    objects = llvm.build(code.text, llvm.host())
    broken = _as_told(Native(code.graph, network()[1], plan, objects, lambda: code))
    expected = run(program(), 1)
    assert run(broken, 1) == expected  # one thread does all lanes of a kernel before the next
    assert any(run(broken, 2 + k % 3) != expected for k in range(300))
