"""Parameters off the values that hide mistakes: a gain of ones hides that a gradient forgets it, an
identity matrix that it should be turned round, zeros whatever is multiplied by them."""

from __future__ import annotations

import numpy as np

_TINY = 0.01  # below it tanh and its kind are as good as linear
_DISTINCT = 2  # sizes of numbers that a matrix of zeros and one other has at most


def special(a: np.ndarray) -> bool:
    """Whether numbers are as no training leaves them: 0 or 1, all alike, rows or columns alike,
    tiny, of a symmetric or orthogonal matrix.

    >>> [special(np.array(a)) for a in (1.0, 0.3, [1.0, 1.0], [0.2, -0.7], [0.001, 0.002])]
    [True, False, True, False, True]
    >>> special(np.eye(3)), special(np.arange(6.0).reshape(2, 3))
    (True, False)
    """
    if not a.size or not np.isfinite(a).all():
        return False
    if a.size == 1:
        return bool(np.isin(a, (-1, 0, 1)).all())
    if np.max(np.abs(a)) < _TINY or (a.size > _DISTINCT and _few(a)) or np.ptp(a) == 0:
        return True
    if a.ndim < 2:
        return False
    alike = any(n > 1 and not np.ptp(a, axis=k).any() for k, n in enumerate(a.shape))
    return alike or (a.ndim == 2 and a.shape[0] == a.shape[1] and _turns(a))


def _few(a: np.ndarray) -> bool:
    return len(np.unique(np.abs(a).reshape(-1)[:1000])) <= _DISTINCT


def _turns(a: np.ndarray) -> bool:
    """Whether a square matrix is its own transpose, or its transpose is its inverse."""
    inner = a.T @ a
    scale = float(inner[0, 0])
    if np.array_equal(a, a.T):
        return True
    return scale > 0 and bool(np.allclose(inner, scale * np.eye(len(a)), atol=1e-9 * scale))


def generic(a: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers of the same size and shape without such a pattern; what is positive stays so, as a
    variance must.

    >>> moved = generic(np.ones((3, 3)), np.random.default_rng(0))
    >>> special(moved), bool((moved > 0.5).all())
    (False, True)
    """
    size = float(np.max(np.abs(a)))
    if np.min(a) > 0 and size >= _TINY:
        return np.asarray(a * rng.uniform(0.6, 1.6, a.shape))
    if size >= _TINY:
        return np.asarray(a + 0.4 * size * rng.standard_normal(a.shape))
    if a.ndim < 2:  # of both signs: behind a layer that is 0, a rectifier is to let some through
        signs = 1.0 - 2.0 * (np.arange(a.size).reshape(a.shape) % 2)
        return np.asarray(signs * rng.uniform(0.1, 0.6, a.shape))
    wide = max(a.size // max(a.shape, default=1), min(a.shape, default=1), 4)
    return np.asarray(rng.standard_normal(a.shape) / np.sqrt(wide))


def nudged(a: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers a little away from where they are, with their signs."""
    return np.asarray(a * rng.uniform(0.75, 1.35, a.shape))
