from __future__ import annotations

import signal

import numpy as np
import pytest

from denpa import nn
from denpa.runs.callbacks import Interrupt
from denpa.runs.voice import Silent
from denpa.train import fit

X = np.ones((8, 2), np.float32)
Y = np.ones((8, 1), np.float32)


def train(interrupt, signals):
    """Press Ctrl-C after the third batch, so many times."""
    batches = []

    def press(event, training):
        if type(event).__name__ == "BatchEnded":
            batches.append(event.batch)
            if len(batches) == 3:
                for _ in range(signals):
                    signal.raise_signal(signal.SIGINT)

    history = fit(nn.Linear(2, 1), nn.MSELoss(), (X, Y), epochs=3, batch_size=2, progress=False,
                  callbacks=[press, interrupt])  # fmt: skip
    return batches, history


def test_the_first_ctrl_c_ends_training_after_the_batch():
    before = signal.getsignal(signal.SIGINT)
    with Interrupt(Silent()) as interrupt:
        batches, history = train(interrupt, 1)
        interrupt.check()  # the first is no reason to abort what follows
    assert batches == [1, 2, 3]
    assert history.reason == "interrupted"
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_ctrl_c_aborts():
    with Interrupt(Silent()) as interrupt:
        train(interrupt, 2)
        with pytest.raises(KeyboardInterrupt):
            interrupt.check()
