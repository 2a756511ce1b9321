"""The updates of a training run: as one native program over many mini-batches, or one by one.

Both ways run the same Python function. Natively it is traced once for each shape of a batch; then
native code runs for about 50 ms at a time, after which Python shows what was reached and answers
Ctrl-C. How many batches that are depends on the machine, their results do not.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NamedTuple

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.compiler.run.backend import builder
from denpa.compiler.run.bound import SLICE
from denpa.compiler.run.compiled import Compiled
from denpa.core.errors import AnomalyError, ArgumentError
from denpa.nn import Module
from denpa.nn.utils import clip_grad_norm_
from denpa.optim import Optimizer
from denpa.train import metrics
from denpa.train.batches import Batches, order, stream
from denpa.train.targets import counted, right, warn_if_stretched
from denpa.train.threads import fitting_threads

Loss = Callable[[Tensor, Tensor], Tensor]
Transform = Callable[[np.ndarray, np.random.Generator], np.ndarray]
BACKENDS = ("native", "eager")
_NOISE = 0x6E6F697365


def check_backend(backend: str) -> None:
    """Raise an ArgumentError for what is neither "native" nor "eager"."""
    if backend not in BACKENDS:
        raise ArgumentError(f"backend must be 'native' or 'eager', not {backend!r}")


def compiled(
    function: Callable[..., Any], roots: Callable[[], Mapping[str, Any]], weak: bool = False
) -> Compiled | None:
    """The function as native programs; None, after one warning, where llvmlite is missing.

    `roots`: what the function reads, by name; `weak`: without keeping it alive. Where it cannot be
    compiled a call is a GraphError.
    """
    if builder("native") is None:
        return None
    return Compiled(function, "native", roots=roots, strict=True, weak=weak)


class Done(NamedTuple):
    """Batches that are done: examples, loss and right answers of each."""

    sizes: list[int]
    losses: list[float]
    right: list[int] | None


class Steps:
    """One training run's updates. `schedule` is one that steps per batch, or None."""

    def __init__(
        self,
        net: Module,
        loss: Loss,
        optimizer: Optimizer,
        *,
        penalty: Callable[[Module], Tensor] | None,
        transform: Transform | None,
        clip: float | None,
        schedule: Any,
        seed: int,
        batch_size: int,
        backend: str,
    ) -> None:
        self.net, self.loss, self.optimizer = net, loss, optimizer
        self.penalty, self.transform, self.clip = penalty, transform, clip
        self.schedule, self.seed, self.batch_size = schedule, seed, batch_size
        self.compiled: Compiled | None = None
        self.done = 0
        self.timed, self.seconds = 0, 0.0  # steps without those that had to be compiled first
        self.compiling = 0.0  # seconds of those
        self._pace = 1  # batches that native code does in 50 ms
        self._moving = _moving(schedule)  # options of groups that the schedule sets
        self._ahead = schedule is None or _known_ahead(schedule)
        self._resources = ExitStack()
        if backend == "native":
            self.compiled = compiled(self.training_step, self._parts)
        if self.compiled is None:
            self._one_thread()
        else:  # inputs of the programs from the start, so that a resumed run makes the same ones
            self.compiled.vary(self._moving)

    @property
    def backend(self) -> str:
        """What computes: "native", or "eager" also where native was asked for in vain."""
        return "eager" if self.compiled is None else "native"

    def notes(self) -> dict[str, Any]:
        """What computed, how many updates, and how fast."""
        rate = self.timed / self.seconds if self.timed else None
        return {
            "backend": self.backend,
            "steps": self.done,
            "steps_per_second": rate,
            "compile_seconds": self.compiling,
        }

    def close(self) -> None:
        """Give the threads of BLAS back."""
        self._resources.close()

    def _parts(self) -> dict[str, Any]:
        """What an update reads."""
        parts = {"net": self.net, "loss": self.loss, "optimizer": self.optimizer}
        return parts if self.penalty is None else {**parts, "penalty": self.penalty}

    # -- one update --------------------------------------------------------------------------------

    def _update(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        self.optimizer.zero_grad()
        output = self.net(x)
        error = self.loss(output, y)
        warn_if_stretched(error, output, y)
        objective = error if self.penalty is None else error + self.penalty(self.net)
        objective.backward()
        if self.clip is not None:
            clip_grad_norm_(self.net.parameters(), self.clip)
        self.optimizer.step()
        return error, output

    def training_step(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor | None]:
        """What is compiled: an update; the loss without penalty, and the right answers."""
        error, output = self._update(x, y)
        return error.detach(), right(output, y)

    def _eagerly(self, x: Tensor, y: Tensor) -> Done:
        error, output = self._update(x, y)
        found = metrics.correct(output.detach().numpy(), y.numpy())
        return Done([len(x)], [float(error)], None if found is None else [found])

    def _one(self, x: Tensor, y: Tensor) -> Done:
        """One batch, with whatever computes."""
        if self.compiled is None:
            return self._eagerly(x, y)
        try:
            error, found = self.compiled(x, y)
            count = counted(found)
            return Done([len(x)], [float(error)], None if count is None else [count])
        except AnomalyError:
            raise
        except Exception as error:  # what is wrong in eager mode too is told from there
            reason = error
        result = self._eagerly(x, y)
        self._give_up(reason, 7)
        return result

    # -- an epoch ----------------------------------------------------------------------------------

    def epoch(self, source: Batches, epoch: int, together: Callable[[], bool]) -> Iterator[Done]:
        """All batches of one epoch, some at a time; one at a time unless `together()`."""
        found = (
            self._arrays(source.arrays, source.batch_size, epoch, together)
            if self.compiled is not None and source.arrays is not None and self.transform is None
            else self._batches(source, epoch)
        )
        while True:
            before = self._count()
            started = time.perf_counter()
            chunk = next(found, None)
            seconds = time.perf_counter() - started
            if chunk is None:
                return
            self.done += len(chunk.sizes)
            if self._count() == before:
                self.timed, self.seconds = self.timed + len(chunk.sizes), self.seconds + seconds
            else:
                self.compiling += seconds
            yield chunk

    def _count(self) -> int:
        return 0 if self.compiled is None else len(self.compiled.programs())

    def _batches(self, source: Batches, epoch: int) -> Iterator[Done]:
        noise = np.random.Generator(stream(self.seed, _NOISE, epoch))
        for x, y in source.epoch(self.seed, epoch):
            if self.transform is not None:
                x = tensor_of(self.transform(x.numpy(), noise).astype(x.dtype, copy=False))
            chunk = self._one(x, y)
            if self.schedule is not None:
                self.schedule.step()
            yield chunk

    def _arrays(
        self,
        arrays: tuple[np.ndarray, ...],
        size: int,
        epoch: int,
        together: Callable[[], bool],
    ) -> Iterator[Done]:
        places = order(len(arrays[0]), self.seed, epoch)
        whole = len(places) // size * size
        at = 0
        while at < len(places):
            many = self.compiled is not None and self._ahead and together()
            end = at + size * (self._pace if many else 1)
            if at < whole < end:  # the last, partial batch is another program: by itself
                end = whole
            chosen = places[at:end]
            at += len(chosen)
            started = time.perf_counter()
            chunk = self._rows(arrays, chosen, size)
            seconds = time.perf_counter() - started
            if many:
                # The rule of `Bound.steps`, for batches: one class for both would be longer.
                paced = int(len(chunk.sizes) * SLICE / max(seconds, 1e-9))
                self._pace = max(1, min(8 * self._pace, paced))
            yield chunk

    def _rows(self, arrays: tuple[np.ndarray, ...], chosen: np.ndarray, size: int) -> Done:
        """The batches of the chosen rows; their rates are read off the schedule beforehand."""
        n = -(-len(chosen) // size)
        if n == 1 or self.schedule is None:
            chunk = self._chunk(arrays, chosen, size, {})
            if self.schedule is not None:
                self.schedule.step()
            return chunk
        groups = self.optimizer.param_groups
        rates: dict[str, list[list[float]]] = {key: [] for key in self._moving}
        for _ in range(n):
            for key, rows in rates.items():
                rows.append([g[key] for g in groups])
            self.schedule.step()
        after = [{key: g[key] for key in rates} for g in groups]
        chunk = self._chunk(arrays, chosen, size, {k: np.array(v) for k, v in rates.items()})
        for group, values in zip(groups, after, strict=True):
            group.update(values)
        return chunk

    def _chunk(
        self,
        arrays: tuple[np.ndarray, ...],
        chosen: np.ndarray,
        size: int,
        rates: dict[str, np.ndarray],
    ) -> Done:
        sizes = [size] * (len(chosen) // size) + [len(chosen) % size] * (len(chosen) % size > 0)
        reason: Exception | None = None
        if self.compiled is not None:
            one = len(self.optimizer.param_groups) == 1
            options = {k: v[:, 0] if one else v for k, v in rates.items()}
            try:
                errors, found = self.compiled.epoch(
                    *arrays, batch_size=size, order=chosen, options=options
                )
                counts = None if found is None else found.numpy().tolist()
                known = counts is not None and min(counts) >= 0
                return Done(sizes, errors.numpy().tolist(), counts if known else None)
            except AnomalyError:
                raise
            except Exception as error:  # what is wrong in eager mode too is told from there
                reason = error
        done = []
        for k in range(len(sizes)):
            rows = chosen[k * size : (k + 1) * size]
            for key, x in rates.items():
                for group, rate in zip(self.optimizer.param_groups, x[k], strict=True):
                    group[key] = float(rate)
            done.append(self._eagerly(*(tensor_of(a[rows]) for a in arrays)))
        if reason is not None:
            self._give_up(reason, 8)
        counts = [d.right[0] for d in done if d.right is not None]
        known = len(counts) == len(done)
        return Done(sizes, [d.losses[0] for d in done], counts if known else None)

    # -- how it goes on ----------------------------------------------------------------------------

    def _give_up(self, reason: Exception, level: int) -> None:
        self.compiled = None
        self._one_thread()
        what = " ".join(str(reason).split()) or type(reason).__name__
        warnings.warn(
            f"this training runs eagerly, which is slower, since it cannot be compiled: {what}",
            RuntimeWarning,
            stacklevel=level,
        )

    def _one_thread(self) -> None:
        threads: AbstractContextManager[None] = fitting_threads(self.net, self.batch_size)
        self._resources.enter_context(threads)


def _moving(schedule: Any) -> frozenset[str]:
    """The options of the optimizer's groups that a schedule sets."""
    found = {"lr"}
    for one in (schedule, *getattr(schedule, "_schedulers", ())):
        if getattr(one, "cycle_momentum", False):
            found.add("betas" if getattr(one, "use_beta1", False) else "momentum")
    return frozenset(found)


def _known_ahead(schedule: Any) -> bool:
    """Whether the rates of an epoch can be read off a schedule before its batches are done.

    A schedule of the user's own may look at anything, so it steps after each batch; so does one
    that sets Adam's betas.
    """
    ours = type(schedule).__module__.startswith("denpa.optim.")
    inner = getattr(schedule, "_schedulers", ())
    return ours and "betas" not in _moving(schedule) and all(map(_known_ahead, inner))
