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
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from denpa.report.scale import number

if TYPE_CHECKING:
    from rich.live import Live

_PERIOD = 0.1  # seconds between two drawings: a batch may take microseconds
_BAR = (8, 32)  # letters of the bar, at least and at most
_NAMES = {"val_loss": "val loss", "val_accuracy": "val accuracy"}


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds, with hours when there are any.

    >>> from denpa.report.progress import clock
    >>> clock(75), clock(3675)
    ('1:15', '1:01:15')
    """
    whole = max(0, round(seconds))
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


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


def bar(share: float, width: int, *, plain: bool = False) -> str:
    """Return a bar of `width` letters, filled up to `share` (0 to 1).

    >>> from denpa.report.progress import bar
    >>> bar(0.5, 6, plain=True)
    '###---'
    """
    full = int(min(max(share, 0.0), 1.0) * width)
    filled, rest = ("#", "-") if plain else ("━", "─")
    return filled * full + rest * (width - full)


class TrainingBar:
    """Shows the epoch, the batch within it, loss, accuracy and the time left.

    Use it as a context manager, so that the cursor is visible again however training ends::

        with TrainingBar(epochs=10) as bar:
            bar.update(epoch=1, batch=3, batches=40, loss=0.7, accuracy=0.8)
            bar.end_epoch(epoch=1, loss=0.6, accuracy=0.8, val_loss=0.7, seconds=1.2)

    `file` is standard output when None. With `enabled=False` nothing is ever written. `live`
    forces the redrawn line on or off; None asks the file whether it is a terminal. A resumed
    training begins with `update(epoch=k, ...)`: time left is reckoned from the first call.

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
        file: TextIO | None = None,
        enabled: bool = True,
        live: bool | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if epochs < 0:
            raise ValueError(f"epochs is {epochs}: expected 0 or more")
        self.epochs = epochs
        self.file = sys.stdout if file is None else file
        self.enabled = enabled
        self.live = enabled and (_terminal(self.file) if live is None else live)
        self._now = now
        self._display: Live | None = None
        self._start: tuple[float, float] | None = None  # (time, share done) at the first update
        self._drawn = float("-inf")
        self._closed = False
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
        moment = self._now()
        if self._start is None:
            self._start = (moment, self.share)
        if moment - self._drawn >= _PERIOD:
            self._draw(moment)

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
            moment = self._now()
            if self._start is None:
                self._start = (moment, self.share)
            if moment - self._drawn >= _PERIOD:
                self._draw(moment)
            return
        wide = len(str(self.epochs))
        parts = [f"epoch {epoch:{wide}}/{self.epochs}"]
        parts += [shown(name, value) for name, value in known.items()]
        if seconds is not None:
            parts.append(f"{number(float(seconds), 3)} s")
        print(" · ".join(parts), file=self.file, flush=True)

    @property
    def share(self) -> float:
        """The share of all training that is done, 0 to 1."""
        within = self._batch / self._batches if self._batches else 1.0
        done = max(self._epoch - 1, 0) + (within if self._epoch else 0.0)
        return min(done / self.epochs, 1.0) if self.epochs else 1.0

    def time_left(self) -> float | None:
        """Return the seconds left at the speed so far, or None before it can be known."""
        if self._start is None:
            return None
        began, share = self._start
        done = self.share - share
        return (self._now() - began) * (1.0 - self.share) / done if done > 0 else None

    def render(self, width: int, *, plain: bool = False) -> str:
        """Return the line in at most `width` columns; the least important parts go first."""
        wide, many = len(str(self.epochs)), len(str(self._batches))
        parts = {"epoch": f"epoch {self._epoch:{wide}}/{self.epochs}", "bar": ""}
        if self._batches:
            parts["batch"] = f"batch {self._batch:{many}}/{self._batches}"
        parts |= {name: shown(name, value, steady=True) for name, value in self._metrics.items()}
        parts["time"] = self._time()
        extra = [name for name in self._metrics if name not in ("loss", "accuracy")]
        for gone in (None, *reversed(extra), "bar", "batch", "accuracy", "time", "loss"):
            parts.pop(gone or "", None)
            words = {name: text for name, text in parts.items() if text}
            room = width - sum(len(text) + 2 for text in words.values())
            if "bar" in parts and room >= _BAR[0]:
                parts["bar"] = bar(self.share, min(room, _BAR[1]), plain=plain)
                return "  ".join(text for text in parts.values() if text)
            if "bar" not in parts and room >= -2:
                return "  ".join(words.values())
        return parts["epoch"][:width]

    def _time(self) -> str:
        """Return the time left, or the time it took once training is over."""
        if self._start is not None and (self._closed or self.share >= 1.0):
            return clock(self._now() - self._start[0])
        left = self.time_left()
        return "" if left is None else f"{clock(left)} left"

    def _draw(self, moment: float) -> None:
        if self._display is None:
            self._display = self._open()
        self._display.refresh()
        self._drawn = moment

    def _open(self) -> Live:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        console = Console(file=self.file, force_terminal=True, legacy_windows=None)
        plain = not (console.encoding or "").lower().startswith("utf")

        def line() -> Text:
            # One column is left free: a full line would wrap, and wrapping flickers.
            return Text(self.render(console.width - 1, plain=plain), no_wrap=True, end="")

        display = Live(
            console=console, get_renderable=line, auto_refresh=False, transient=False,
            redirect_stdout=self.file is sys.stdout, redirect_stderr=_terminal(sys.stderr),
        )  # fmt: skip
        display.start()
        atexit.register(self.close)  # the cursor comes back even when nobody closes the bar
        return display

    def close(self) -> None:
        """Draw the last state, leave the line standing and show the cursor; safe to call twice."""
        if self._display is None:
            return
        display, self._display = self._display, None
        self._closed = True
        try:
            display.stop()  # draws once more, then shows the cursor
        finally:
            atexit.unregister(self.close)


def _terminal(file: Any) -> bool:
    """Return whether the file is a terminal on which a line can be redrawn."""
    try:
        return bool(file.isatty()) and os.environ.get("TERM", "") != "dumb"
    except (AttributeError, ValueError):  # no such method; a closed file
        return False
