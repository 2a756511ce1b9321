"""The C library's allocator, told to keep what is freed.

A training step frees and asks for the same arrays again and again. By default glibc hands arrays of
128 kB and more back to the operating system at once, and takes them back page by page: measured, a
third of the time of a step in eager mode (784-50-10: 1.17 to 0.92 ms; a small CNN: 66 to 41 ms).
"""

from __future__ import annotations

import ctypes
import os

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # <malloc.h>
# Bytes. Eager steps on one thread of an AMD EPYC (Zen 5): with glibc's own habits two takes 1.03 to
# 1.25 times as long, mlp 1.05, cnn 1.7. How much is kept does not matter there: 128 KB (and 16 MB
# of reserve), 64 MB and 1 GB take 0.99 to 1.04 times as long (`benchmarks.tuned memory._KEPT`).
_KEPT = 256 << 20


def keep_freed_memory() -> bool:
    """Let glibc keep up to 256 MB of freed memory for the next allocations of this process.

    Called when tensors are imported. Does nothing with another C library, or where the environment
    sets MALLOC_TRIM_THRESHOLD_ itself. Returns whether it was done.
    """
    if "MALLOC_TRIM_THRESHOLD_" in os.environ:
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return all(
        mallopt(option, size)
        for option, size in (
            (_TRIM_THRESHOLD, _KEPT),
            (_MMAP_THRESHOLD, 32 << 20),  # the largest that glibc accepts
            (_TOP_PAD, 16 << 20),
        )
    )
