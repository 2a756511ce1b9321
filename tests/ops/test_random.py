"""The counter-based generator against its published test vectors."""

from __future__ import annotations

import numpy as np

import denpa.ops  # noqa: F401  (fills the table)
from denpa.core.op import OPS

uniform = OPS["uniform"]
# philox4x64-10 on counter 0, key 0: the known answers distributed with the paper's code (Random123)
KNOWN = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]


def test_known_answers_in_float64():
    u = uniform(np.array([0, 0]), shape=(4,), dtype=np.dtype("float64"))
    assert [int(x * 2**53) for x in u] == [w >> 11 for w in KNOWN]


def test_known_answers_in_float32_take_the_low_half_first():
    u = uniform(np.array([0, 0]), shape=(3,), dtype=np.dtype("float32"))
    halves = [KNOWN[0] & 0xFFFFFFFF, KNOWN[0] >> 32, KNOWN[1] & 0xFFFFFFFF]
    assert [int(x * 2**24) for x in u] == [h >> 8 for h in halves]


def test_a_draw_does_not_depend_on_how_much_was_drawn_before():
    state = np.array([7, 3])
    long = uniform(state, shape=(1000,), dtype=np.dtype("float32"))
    short = uniform(state, shape=(10,), dtype=np.dtype("float32"))
    assert np.array_equal(long[:10], short)
    other = uniform(np.array([7, 4]), shape=(1000,), dtype=np.dtype("float32"))
    assert abs(np.corrcoef(long, other)[0, 1]) < 0.1


def test_moments():
    u = uniform(np.array([5, 0]), shape=(100_000,), dtype=np.dtype("float32"))
    assert u.min() >= 0
    assert u.max() < 1
    assert abs(u.mean() - 1 / 2) < 4 * (1 / 12 / 1e5) ** 0.5
    assert abs(u.var() - 1 / 12) < 0.001
