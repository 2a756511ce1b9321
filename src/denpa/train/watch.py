"""Who watches a run from inside the command: its voice, its bar, its checkpoints, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
import warnings
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from denpa.train.callbacks import Checkpoint, ProgressBar
from denpa.train.events import BatchEnded, EpochEnded, Event, TrainStarted
from denpa.train.loop import Training
from denpa.views.progress import TrainingBar


class Voice(Protocol):
    """Where a run says what it does; the command's console is one."""

    def line(self, text: object = "") -> None:
        """Say something."""

    def warn(self, text: object) -> None:
        """Say that something is not as it should be."""

    def progress(self, epochs: int) -> TrainingBar:
        """A bar for the training."""


class Silent:
    """A voice that says nothing but warnings."""

    def line(self, text: object = "") -> None:
        """Say nothing."""

    def warn(self, text: object) -> None:
        """Pass it on to Python's warnings."""
        warnings.warn(str(text), RuntimeWarning, stacklevel=3)

    def progress(self, epochs: int) -> TrainingBar:
        """A bar that is never drawn."""
        return TrainingBar(epochs, enabled=False)


class Interrupt:
    """The first Ctrl-C ends training after the running batch, the second at once."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.count = 0
        self._before: Any = None

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.count > 1:
            raise KeyboardInterrupt

    def __call__(self, event: Event, training: Training) -> None:
        """End training between batches once Ctrl-C was pressed."""
        # Said here and not in the handler, which may have come in the middle of another line.
        if self.count and isinstance(event, (BatchEnded, EpochEnded)):
            self.voice.line("stopping here, and writing what was reached; Ctrl-C again aborts")
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise when Ctrl-C was pressed twice: `fit` ends cleanly at either."""
        if self.count > 1:
            raise KeyboardInterrupt


def keep_best(event: Event, training: Training) -> None:
    """Callback: where there is validation, the network ends with the weights of its best epoch."""
    if isinstance(event, TrainStarted) and event.validation_examples:
        training.keep = "best"


class Bar(ProgressBar):
    """The bar that the voice gives."""

    def __init__(self, voice: Voice) -> None:
        super().__init__()
        self._voice = voice

    def __call__(self, event: Event, training: Training) -> None:
        """Draw what the event says."""
        if isinstance(event, TrainStarted):
            self._bar = self._voice.progress(event.epochs)
        else:
            super().__call__(event, training)


class CarefulCheckpoint(Checkpoint):
    """A checkpoint that cannot be written is said aloud, and does not end training: the disk may
    have room again at the end."""

    def __init__(self, path: Path, voice: Voice) -> None:
        super().__init__(path)
        self.voice = voice

    def __call__(self, event: Event, training: Training) -> None:
        """Write the file when an epoch has ended."""
        try:
            super().__call__(event, training)
        except OSError as error:
            self.voice.warn(
                f"{self.path}: the checkpoint could not be written ({error.strerror or error}); "
                "training goes on. Free some space"
            )
