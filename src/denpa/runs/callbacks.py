"""What hangs onto the training of a run: its bar, its checkpoints, its speed, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from denpa.runs.voice import Voice
from denpa.train.callbacks import Checkpoint, ProgressBar
from denpa.train.events import BatchEnded, EpochEnded, Event, TrainEnded, TrainStarted
from denpa.train.training import Training


class Interrupt:
    """The first Ctrl-C ends training after the running batch, the second at once."""

    per_batch = "latest"

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


class CarefulCheckpoint(Checkpoint):
    """A checkpoint that cannot be written is said aloud, and does not end training: the disk may
    have room again at the end."""

    per_batch = "never"

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
