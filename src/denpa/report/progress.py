"""The bar that shows training live, used by `fit` and by the command alike.

On a terminal one line is redrawn in place, at most ten times a second. Anywhere else (a file, a
pipe, a notebook) each finished epoch is one plain line. `rich` is imported only for a terminal.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from math import ceil, inf
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from denpa.report.printing import Output
from denpa.report.scale import number

if TYPE_CHECKING:
    from rich.progress import Progress

_PERIOD = 0.1  # seconds between two drawings: a batch may take microseconds
_BAR = (8, 32)  # letters of the bar, at least and at most
_NAMES = {"val_loss": "val loss", "val_accuracy": "val accuracy"}


def shown(name: str, value: float, *, steady: bool = False) -> str:
    """Return a metric and its value, accuracies in percent.

    With `steady`, zeros at the end stay, so that a line that is redrawn does not jump.

    >>> from denpa.report.progress import shown
    >>> shown("val_accuracy", 0.9722)
    'val accuracy 97.2%'
    """
    label = _NAMES.get(name, name.replace("_", " "))
    if name.endswith("accuracy") and value == value:  # not NaN
        return f"{label} {100 * float(value):.1f}%"
    if steady and 1e-3 <= abs(value) < 1e4:
        return f"{label} {float(value):#.4g}".rstrip(".")
    return f"{label} {number(float(value))}"


class TrainingBar:
    """Shows the epoch, the batch within it, loss, accuracy and the time left.

    Use it as a context manager, so that the cursor is visible again however training ends::

        with TrainingBar(epochs=10) as bar:
            bar.update(epoch=1, batch=3, batches=40, loss=0.7, accuracy=0.8)
            bar.end_epoch(epoch=1, loss=0.6, accuracy=0.8, val_loss=0.7, seconds=1.2)

    `file` is standard output when None; it may be an `Output`. With `enabled=False` nothing is
    ever written. What becomes of the file never ends training: of one that is full or closed there
    is a warning. `live` forces the redrawn line on or off; None asks the file whether it is a
    terminal. A resumed training begins with `update(epoch=k, ...)`: time left is reckoned from the
    first call.

    >>> import io
    >>> from denpa.report.progress import TrainingBar
    >>> out = io.StringIO()
    >>> with TrainingBar(epochs=2, file=out) as bar:
    ...     bar.update(epoch=1, batch=1, batches=1, loss=0.5)
    ...     bar.end_epoch(epoch=1, loss=0.5, val_loss=0.6, seconds=0.25)
    >>> print(out.getvalue(), end="")
    epoch 1/2 · loss 0.5 · val loss 0.6 · 0.25 s
    """

    def __init__(
        self,
        epochs: int,
        *,
        file: TextIO | Output | None = None,
        enabled: bool = True,
        live: bool | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if epochs < 0:
            raise ValueError(f"epochs is {epochs}: expected 0 or more")
        self.epochs = epochs
        self.output = file if isinstance(file, Output) else Output(file=file)
        self.enabled = enabled
        self.live = enabled and (_redrawn(self.output) if live is None else live)
        self._now = now
        self._progress: Progress | None = None
        self._drawn = -inf
        self._epoch, self._batch, self._batches = 0, 0, 0
        self._metrics: dict[str, float] = {}

    def __enter__(self) -> TrainingBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def update(
        self,
        *,
        epoch: int,
        batch: int,
        batches: int,
        loss: float | None = None,
        accuracy: float | None = None,
    ) -> None:
        """Tell that `batch` of `batches` in `epoch` (all counted from 1) is done.

        Cheap enough to call for every batch: it draws only when a tenth of a second has passed.
        """
        if not self.live:
            return
        self._epoch, self._batch, self._batches = epoch, batch, batches
        for name, value in (("loss", loss), ("accuracy", accuracy)):
            if value is not None:
                self._metrics[name] = value
        self._draw()

    def end_epoch(
        self, *, epoch: int, seconds: float | None = None, **metrics: float | None
    ) -> None:
        """Tell that an epoch is over, with its metrics by name; prints the line of a plain file."""
        if not self.enabled:
            return
        known = {name: value for name, value in metrics.items() if value is not None}
        if self.live:
            self._epoch, self._batch = epoch, self._batches
            self._metrics.update(known)
            self._draw()
            return
        wide = len(str(self.epochs))
        parts = [f"epoch {epoch:{wide}}/{self.epochs}"]
        parts += [shown(name, value) for name, value in known.items()]
        if seconds is not None:
            parts.append(f"{number(float(seconds), 3)} s")
        self.output.say(" · ".join(parts))

    def close(self) -> None:
        """Draw the last state, leave the line standing and show the cursor; safe to call twice."""
        if self._progress is None:
            return
        self._show(self._progress, ended=True)
        progress, self._progress = self._progress, None
        try:
            progress.stop()  # draws once more, then shows the cursor
        finally:
            atexit.unregister(self.close)

    def _draw(self) -> None:
        moment = self._now()
        if moment - self._drawn < _PERIOD:
            return
        self._drawn = moment
        if self._progress is None:
            self._progress = self._open()
        self._show(self._progress)
        self._progress.refresh()

    def _open(self) -> Progress:
        from rich.progress import Progress

        progress = Progress(
            console=self.output.canvas(force_terminal=True),
            auto_refresh=False,
            speed_estimate_period=inf,
            redirect_stdout=self.output.stream is sys.stdout,
            redirect_stderr=Output("stderr").terminal,
            get_time=self._now,
        )
        task = progress.add_task("", total=self.epochs)
        progress.update(task, completed=self._done)
        progress.advance(task, 0)  # the speed is reckoned from here
        progress.start()
        atexit.register(self.close)  # the cursor comes back even when nobody closes the bar
        return progress

    @property
    def _done(self) -> float:
        """The epochs that are done, with the share of the one that is not."""
        return max(self._epoch - 1, 0) + (self._batch / self._batches if self._batches else 1.0)

    def _show(self, progress: Progress, ended: bool = False) -> None:
        """Give the line its columns, as many as there is room for: the least important go first."""
        from rich.progress import BarColumn, TextColumn

        (task,) = progress.tasks
        progress.update(task.id, completed=self._done)
        wide, many = len(str(self.epochs)), len(str(self._batches))
        parts = {"epoch": f"epoch {self._epoch:{wide}}/{self.epochs}", "bar": " " * _BAR[0]}
        if self._batches:
            parts["batch"] = f"batch {self._batch:{many}}/{self._batches}"
        parts |= {name: shown(name, value, steady=True) for name, value in self._metrics.items()}
        seconds = task.elapsed if ended else task.time_remaining
        if seconds is not None:
            clock = str(timedelta(seconds=ceil(seconds))).removeprefix("0:")
            parts["time"] = clock if ended else f"{clock} left"
        extra = [name for name in self._metrics if name not in ("loss", "accuracy")]
        for gone in (None, *reversed(extra), "bar", "batch", "accuracy", "time", "loss"):
            parts.pop(gone or "", None)
            # One column is left free: a full line would wrap, and wrapping flickers.
            room = progress.console.width - sum(len(text) + 2 for text in parts.values())
            if room >= 0:
                break
        width = min(_BAR[0] + room, _BAR[1])
        # Named colours: a terminal of 16 turns others into the grey of what is not done.
        bar: Any = BarColumn(width, complete_style="green", finished_style="green")
        if progress.console.options.ascii_only:  # where both parts would be the same letter
            full = "#" * int(width * self._done / self.epochs)
            bar = TextColumn(f"{full.ljust(width, '-')} ", markup=False)
        progress.columns = tuple(
            bar if name == "bar" else TextColumn(f"{text} ", markup=False)
            for name, text in parts.items()
        )


def _redrawn(output: Output) -> bool:
    """Whether it is a terminal on which a line can be redrawn."""
    return output.terminal and os.environ.get("TERM", "") != "dumb"
