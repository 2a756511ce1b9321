"""What hangs onto the training of a run: its bar, its speed, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from denpa.runs.voice import Voice
from denpa.train.callbacks import ProgressBar
from denpa.train.events import BatchEnded, EpochEnded, Event, TrainEnded, TrainStarted
from denpa.train.training import Training

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Interrupt:
    """The first Ctrl-C ends training after the running batch (where epochs are so short that not
    each is kept, after the epoch), the second at once; so do TERM and HUP, unless somebody cares
    for them already: under nohup HUP is ignored.

    `number` is the signal that came, 0 for none.
    """

    per_batch = "latest"

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.count = self.number = 0
        self.ready: Callable[[], bool] = lambda: True  # to stop in the middle of an epoch
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            free = [s for s in _ENDING if signal.getsignal(s) is signal.SIG_DFL]
            for one in (signal.SIGINT, *free):
                if signal.getsignal(one) is not None:  # one that is not Python's stays
                    self._before[one] = signal.signal(one, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.count, self.number = self.count + 1, number
        if self.count > 1:
            raise KeyboardInterrupt(number)

    def __call__(self, event: Event, training: Training) -> None:
        """End training between batches once a signal has come."""
        # Said here and not in the handler, which may have come in the middle of another line.
        if not self.count or training._stop is not None:
            return
        if isinstance(event, EpochEnded):
            training.stop("interrupted")
        elif not (isinstance(event, BatchEnded) and self.ready()):
            return
        once = "Ctrl-C again" if self.number == signal.SIGINT else "a second signal"
        self.voice.line(f"stopping here, and writing what was reached; {once} aborts")
        if isinstance(event, BatchEnded):
            raise KeyboardInterrupt(self.number)

    def check(self) -> None:
        """Raise when a second signal came: `fit` ends cleanly at either."""
        if self.count > 1:
            raise KeyboardInterrupt(self.number)


class KeepBest:
    """Where there is validation, the network ends with the weights of its best epoch."""

    per_batch = "never"

    def __call__(self, event: Event, training: Training) -> None:
        """Say so when training starts."""
        if isinstance(event, TrainStarted) and event.validation_examples:
            training.keep = "best"


class Bar(ProgressBar):
    """The bar that the voice gives."""

    per_batch = "latest"

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self._voice = voice

    def __call__(self, event: Event, training: Training) -> None:
        """Draw what the event says."""
        if isinstance(event, TrainStarted):
            self._bar = self._voice.progress(event.epochs)
        else:
            super().__call__(event, training)


class Speed:
    """What computed the updates, how many there were, and how fast; of all networks of a run."""

    per_batch = "never"

    def __init__(self) -> None:
        self.backend, self.steps, self.compiling = "native", 0, 0.0
        self.rate: float | None = None  # steps a second of the last network

    def __call__(self, event: Event, training: Training) -> None:
        """Take it down at the end."""
        if isinstance(event, TrainEnded):
            notes = event.notes
            if notes["backend"] == "eager":
                self.backend = "eager"
            self.steps += notes["steps"]
            self.compiling += notes["compile_seconds"]
            self.rate = notes["steps_per_second"] or self.rate

    def to_dict(self) -> dict[str, Any]:
        """For run.json."""
        return {
            "backend": self.backend,
            "steps": self.steps,
            "steps_per_second": None if self.rate is None else round(self.rate, 1),
            "compile_seconds": round(self.compiling, 3),
        }

    def __str__(self) -> str:
        how = "natively" if self.backend == "native" else "eagerly"
        text = f"trained {how}: {self.steps:,} steps"
        text += "" if self.rate is None else f", {self.rate:,.0f} a second"
        return text + (f", compiled in {self.compiling:.1f} s" if self.compiling >= 0.05 else "")


class Explain:
    """Says after the first epoch what was compiled."""

    per_batch = "never"

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self._said = False

    def __call__(self, event: Event, training: Training) -> None:
        """Once; an eager run has nothing to show, and says that."""
        if self._said or not isinstance(event, EpochEnded) or training.steps is None:
            return
        self._said = True
        found = training.steps.compiled
        if found is None:
            self.voice.line("nothing was compiled: this training runs eagerly")
        else:
            self.voice.line(str(found.explain(program=0)))
