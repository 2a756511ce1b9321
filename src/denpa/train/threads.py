"""How many threads a small network's matrix products get: one.

OpenBLAS wakes all its threads even for a product of a few microseconds, and they wait for one
another spinning. On an idle machine that gains nothing; with another program on the same cores it
costs twenty times: an epoch of digits takes 0.05 s alone, 0.9 s beside a second training run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from denpa.nn import Module

# Floating-point operations of the largest product; above, a second thread may pay. On two cores of
# an AMD EPYC (Zen 5) that others used as well (load 10) it does not: with 2e6, eager steps whose
# largest product is of 2.9e6 take 22 times as long, and with 8e6, those of 5.1e6 0.04 times. Not
# measured on quiet cores (`benchmarks.tuned threads._SMALL`).
_SMALL = 4e6


def is_small(net: Module, batch_size: int) -> bool:
    """Whether every matrix product of a step is too small to share between threads.

    >>> import denpa as dp
    >>> is_small(dp.nn.Linear(64, 256), batch_size=32)
    True
    >>> is_small(dp.nn.Linear(784, 512), batch_size=128)
    False
    """
    shapes = [p.shape for p in net.parameters()]
    if any(len(s) > 2 for s in shapes):  # a convolution repeats its kernel at many places
        return False
    return all(2.0 * batch_size * s[0] * s[1] < _SMALL for s in shapes if len(s) == 2)


@contextmanager
def fitting_threads(net: Module, batch_size: int) -> Iterator[None]:
    """Inside, BLAS computes with one thread if the network is small."""
    if not is_small(net, batch_size):
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield
