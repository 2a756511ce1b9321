"""Limited-memory BFGS: a quasi-Newton method for the whole objective at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.autodiff.mode import enable_grad, no_grad, untraceable
from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import ArgumentError
from denpa.core.shape import describe
from denpa.optim.optimizer import Optimizer
from denpa.optim.update import Closure, Hyper, at_least_zero


@dataclass
class _Point:
    """The objective along the search direction: at step t its value, its gradient and its slope."""

    t: Any
    f: Any
    g: np.ndarray
    slope: Any


def _cubic_minimum(a: _Point, b: _Point, low: Any, high: Any) -> Any:
    """Where the cubic through two values and two slopes is least, kept inside [low, high].

    Source: Nocedal, Wright, *Numerical optimization* (2006), equation 3.59.
    """
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1**2 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    left, right = (a, b) if a.t <= b.t else (b, a)
    d2 = np.sqrt(square)
    part = (right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2)
    return min(max(right.t - (right.t - left.t) * part, low), high)


def strong_wolfe(
    probe: Callable[[Any], _Point],
    start: _Point,
    t: Any,
    length: Any,
    *,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance: float = 1e-9,
    limit: int = 25,
) -> tuple[_Point, int]:
    """A step length with enough decrease, f(t) ≤ f(0) + c₁ t f'(0), and a small slope, |f'(t)| ≤
    c₂|f'(0)|.

    `probe(t)` evaluates, `start` is the point t = 0, `length` the largest component of the
    direction. Returns the point found and the number of evaluations, at most `limit` + 1. Source:
    Nocedal, Wright, *Numerical optimization* (2006), algorithms 3.5 and 3.6.
    """

    def too_high(x: _Point) -> Any:
        return x.f > start.f + c1 * x.t * start.slope

    def flat(x: _Point) -> Any:
        return abs(x.slope) <= -c2 * start.slope

    # Grow the step until an interval is known that holds a good one.
    before, here = start, probe(t)
    count, tries = 1, 0
    ends: list[_Point] | None = None
    while tries < limit:
        if too_high(here) or (tries > 1 and here.f >= before.f):
            ends = [before, here]
        elif flat(here):
            return here, count
        elif here.slope >= 0:
            ends = [before, here]
        if ends is not None:
            break
        t = _cubic_minimum(before, here, here.t + 0.01 * (here.t - before.t), here.t * 10)
        before, here = here, probe(t)
        count, tries = count + 1, tries + 1
    if ends is None:
        ends = [start, here]

    # Shrink the interval around the minimum of the cubic.
    low, high = (0, 1) if ends[0].f <= ends[1].f else (1, 0)
    slow = False  # the last step made little progress
    while tries < limit:
        left, right = sorted((ends[0].t, ends[1].t))
        if (right - left) * length < tolerance:
            break
        t = _cubic_minimum(ends[0], ends[1], left, right)
        margin = 0.1 * (right - left)
        if min(right - t, t - left) < margin:
            # Close to an end twice in a row, or at it: move a tenth of the interval inwards.
            if slow or t >= right or t <= left:
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                slow = False
            else:
                slow = True
        else:
            slow = False
        here = probe(t)
        count, tries = count + 1, tries + 1
        if too_high(here) or here.f >= ends[low].f:
            ends[high] = here
            low, high = (0, 1) if ends[0].f <= ends[1].f else (1, 0)
            continue
        done = flat(here)
        if not done and here.slope * (ends[high].t - ends[low].t) >= 0:
            ends[high] = ends[low]
        ends[low] = here
        if done:
            break
    return ends[low], count


class LBFGS(Optimizer):
    r"""Quasi-Newton steps from the last differences of parameters and gradients.

    .. math::
        \theta \leftarrow \theta - t\, H_k \nabla f(\theta), \qquad
        H_{k+1} = (I - \rho s y^\top) H_k (I - \rho y s^\top) + \rho s s^\top, \quad \rho = 1 /
        y^\top s

    with s the difference of the parameters and y that of the gradients; H is applied by the
    two-loop recursion over at most `history_size` pairs. One `step(closure)` makes up to `max_iter`
    iterations; the closure clears the gradients, computes the loss, calls `backward` and returns
    the loss. `line_search_fn` is None (steps of length `lr`) or "strong_wolfe".

    Source: Nocedal, *Updating quasi-Newton matrices with limited storage* (1980); Liu, Nocedal,
    *On the limited memory BFGS method for large scale optimization* (1989).

    Errors: ValueError for more than one group of parameters, an unknown line search or a negative
    lr; TypeError for a step without a closure. Those of Optimizer.

    >>> import denpa as dp
    >>> x = dp.tensor([3.0, 4.0], requires_grad=True)
    >>> opt = dp.optim.LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     opt.zero_grad()
    ...     loss = x[0] ** 2 + 100 * x[1] ** 2
    ...     loss.backward()
    ...     return loss
    >>> loss = opt.step(closure)  # of the first evaluation
    >>> closure().item() < 1e-6
    True
    """

    _elementwise = False  # one state for all parameters, flattened

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        self._check(defaults)
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError(
                "LBFGS doesn't support per-parameter options (parameter groups): "
                f"{len(self.param_groups)} groups were given"
            )

    @staticmethod
    def _check(options: Hyper) -> None:
        at_least_zero(options, {"lr": "learning rate"})
        if options["line_search_fn"] not in (None, "strong_wolfe"):
            # PyTorch raises RuntimeError, at the first step.
            raise LineSearchError(
                f"only 'strong_wolfe' is supported: line_search_fn is None or 'strong_wolfe', "
                f"not {options['line_search_fn']!r}"
            )

    # -- all parameters as one vector --------------------------------------------------

    def _params(self) -> list[Tensor]:
        params: list[Tensor] = self.param_groups[0]["params"]
        return params

    def _gradient(self) -> np.ndarray:
        parts = [
            np.zeros(p.shape, p.dtype).reshape(-1)
            if p._grad is None
            else p._grad._held().reshape(-1)
            for p in self._params()
        ]
        return np.concatenate(parts)  # (n,)

    def _move(self, t: Any, d: np.ndarray) -> None:
        """θ += t·d."""
        at = 0
        for p in self._params():
            array = p._held()
            if not array.flags.writeable:
                raise RuntimeError(
                    f"the parameter {describe(p)} cannot be written to: its NumPy array is "
                    "read-only or was expanded; make it from a copy (.clone())"
                )
            array += (d[at : at + array.size] * t).reshape(array.shape)
            p._value.shared().version += 1
            at += array.size

    def _restore(self, saved: list[np.ndarray]) -> None:
        for p, array in zip(self._params(), saved, strict=True):
            np.copyto(p._held(), array)
            p._value.shared().version += 1

    # -- the step ----------------------------------------------------------------------

    def step(self, closure: Closure | None = None) -> Any:
        """Iterate; `closure` is called at every point. Returns the loss of its first call."""
        untraceable("LBFGS.step, which decides by numbers,", "compile its closure")
        if closure is None:
            raise TypeError("LBFGS.step needs a closure that recomputes the loss and its gradients")
        self._stepped = True
        with no_grad(), np.errstate(all="ignore"):
            return self._iterate(closure)

    def _iterate(self, closure: Closure) -> Any:
        group = self.param_groups[0]
        lr = float(group["lr"])
        max_iter, max_eval = group["max_iter"], group["max_eval"]
        tolerance = group["tolerance_change"]

        def evaluate() -> tuple[Any, float, np.ndarray]:
            with enable_grad():
                loss = closure()
            return loss, float(loss), self._gradient()

        state = self.state[self._params()[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first, loss, g = evaluate()
        evaluations = 1
        state["func_evals"] += 1
        if _largest(g) <= group["tolerance_grad"]:
            return first
        memory = _Memory(state, group["history_size"])
        for k in range(1, max_iter + 1):
            state["n_iter"] += 1
            d = memory.direction(g)
            before = loss
            fresh = state["n_iter"] == 1
            t = min(1.0, 1.0 / np.sum(np.abs(g), dtype=g.dtype)) * lr if fresh else lr
            slope = g.dot(d)
            memory.t = t
            if slope > -tolerance:
                break
            calls = 0
            if group["line_search_fn"] is None:
                self._move(t, d)
                if k != max_iter:  # nobody would read a last evaluation
                    _, loss, g = evaluate()
                    calls = 1
            else:
                saved = [p._held().copy() for p in self._params()]

                def probe(t: Any, d: np.ndarray = d, saved: Any = saved) -> _Point:
                    self._move(t, d)
                    _, f, g = evaluate()
                    self._restore(saved)
                    return _Point(t, f, g, g.dot(d))

                found, calls = strong_wolfe(
                    probe, _Point(0, loss, g, slope), t, _largest(d), limit=max_eval - evaluations
                )
                t, loss, g = found.t, found.f, found.g
                memory.t = t
                self._move(t, d)
            evaluations += calls
            state["func_evals"] += calls
            if (
                k == max_iter
                or evaluations >= max_eval
                or _largest(g) <= group["tolerance_grad"]
                or _largest(d * t) <= tolerance
                or abs(loss - before) < tolerance
            ):
                break
        memory.save(state, loss_before=before)
        return first


class LineSearchError(ArgumentError, RuntimeError):
    """A line search that there is not (PyTorch raises RuntimeError)."""


def _largest(x: np.ndarray) -> Any:
    return np.max(np.abs(x), initial=0)


class _Memory:
    """The pairs (y, s) of the last iterations, and the direction −H g that they give."""

    def __init__(self, state: dict[str, Any], size: int) -> None:
        self.size = size
        self.d: Any = _array(state.get("d"))
        self.t: Any = _number(state.get("t"))
        self.g: Any = _array(state.get("prev_flat_grad"))  # of the iteration before
        self.y = [_array(x) for x in state.get("old_dirs", ())]
        self.s = [_array(x) for x in state.get("old_stps", ())]
        self.rho = [_number(x) for x in state.get("ro", ())]
        self.scale: Any = _number(state.get("H_diag", 1))

    def direction(self, g: np.ndarray) -> np.ndarray:
        """The two-loop recursion; the pair of the last move is taken in first."""
        if self.d is None or self.g is None:
            self.d = -g
        else:
            y, s = g - self.g, self.d * self.t
            ys = y.dot(s)
            if ys > 1e-10:  # otherwise H would lose its positive definiteness
                if len(self.y) == self.size:
                    for memory in (self.y, self.s, self.rho):
                        memory.pop(0)
                self.y.append(y)
                self.s.append(s)
                self.rho.append(1.0 / ys)
                self.scale = ys / y.dot(y)
            q = -g
            alphas = []
            for y, s, rho in zip(self.y[::-1], self.s[::-1], self.rho[::-1], strict=True):
                alphas.append(s.dot(q) * rho)
                q = q - y * alphas[-1]
            q = q * self.scale
            for y, s, rho, alpha in zip(self.y, self.s, self.rho, alphas[::-1], strict=True):
                q = q + s * (alpha - y.dot(q) * rho)
            self.d = q
        self.g = g.copy()
        direction: np.ndarray = self.d
        return direction

    def save(self, state: dict[str, Any], loss_before: float) -> None:
        """Under PyTorch's names."""
        state["d"] = tensor_of(self.d)
        state["t"] = float(self.t)
        state["old_dirs"] = [tensor_of(x) for x in self.y]
        state["old_stps"] = [tensor_of(x) for x in self.s]
        state["ro"] = [tensor_of(x) for x in self.rho]
        scale = self.scale
        state["H_diag"] = tensor_of(scale) if isinstance(scale, np.generic) else scale
        state["prev_flat_grad"] = tensor_of(self.g)
        state["prev_loss"] = loss_before


def _array(x: Any) -> Any:
    return x._held() if isinstance(x, Tensor) else x


def _number(x: Any) -> Any:
    """A number in the precision it was computed in."""
    return x._held()[()] if isinstance(x, Tensor) else x


LBFGS.step._tracked = True  # type: ignore[attr-defined]
