"""A whole run: read, divide, build, check, train, judge, and leave a run folder behind."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from denpa import nn
from denpa.core.errors import ArgumentError
from denpa.core.run_files import RUN
from denpa.core.wording import Wording, option
from denpa.runs.anomaly import watching
from denpa.runs.callbacks import Bar, Explain, Interrupt, KeepBest
from denpa.runs.files import identity, run_text
from denpa.runs.folder import RunFolder, Taken
from denpa.runs.job import Job, bytes_needed, fresh_network, make_job, new_folder, read_data
from denpa.runs.outcome import finish
from denpa.runs.recipe import (
    core,
    core_loss,
    make_optimizer,
    make_penalty,
    make_schedule,
    make_transform,
    scaled,
)
from denpa.runs.record import begun
from denpa.runs.resuming import going_on, nothing_left, resumed
from denpa.runs.run import Run
from denpa.runs.saver import Saver, found_checkpoint
from denpa.runs.settings import Settings, options
from denpa.runs.values import nearest
from denpa.runs.voice import Printed, Silent, Voice
from denpa.train.callbacks import EarlyStopping
from denpa.train.gradcheck import check_gradients
from denpa.train.history import History
from denpa.train.loop import fit

_CHECKED = 8  # rows of the gradient check


def train(
    source: Any,
    *,
    out: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    progress: bool = True,
    lang: str = "en",
    explain_compile: bool = False,
    voice: Voice | None = None,
    command: str = "",
    **settings: Any,
) -> Run:
    """Train a network on data and leave a run folder behind: what `denpa train` does.

    Args:
        source: a name ("digits", "mnist"), a path (see `data.read`), a data frame, arrays (x, y).
        out: the run folder; None for `runs/NAME-DATE-TIME`.
        overwrite: replace the run that `out` holds.
        progress: print what was found and a bar.
        lang: language of the report, "en" or "ja".
        explain_compile: tell after the first epoch what was compiled.
        voice: who is told instead (`Voice`).
        command: how the run was asked for, as the report shows it.
        settings: fields of `Settings`, which are options of the command (`target`, `epochs`, …).

    Returns a Run.

    Errors: DataError (a ValueError) for data that cannot be used, the text says where and why;
    ArgumentError (a ValueError) for a setting out of its range or not for these data, a folder that
    is taken or cannot be written to, and a loss that is NaN or infinite before any epoch was good;
    TypeError for a setting that there is not.

    >>> import tempfile, denpa as dp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = folder + "/digits"
    ...     run = dp.runs.train("digits", epochs=2, seed=1, out=out, progress=False)
    >>> run.evaluate().figures["accuracy"] > 0.9
    True
    >>> dp.runs.train("digits", lr=-1)
    Traceback (most recent call last):
        ...
    denpa.core.errors.ArgumentError: lr must be a number above 0, not -1
    """
    voice = voice or (Printed() if progress else Silent())
    now = datetime.now().astimezone()
    in_memory = not isinstance(source, (str, Path))
    called = type(source).__name__ if in_memory else str(source)
    _check_names("train", settings)
    asked = Settings.from_values({**settings, "source": called})
    if out is not None:
        RunFolder(out).check_apart(None if in_memory else source)
        RunFolder(out).check_free(overwrite)
    settled, data, own_test = read_data(asked, source if in_memory else None)
    folder = RunFolder(out if out is not None else new_folder(data.name, now))
    job = make_job(
        settled,
        data,
        own_test,
        folder,
        voice,
        command,
        lang,
        now,
        resume=False,
        in_memory=in_memory,
    )
    job.explain = explain_compile
    need = bytes_needed(job)
    while True:
        try:
            job.folder.begin(overwrite)
            break
        except Taken:
            if out is not None:
                raise
            job.folder = RunFolder(new_folder(data.name, now))  # begun in the same second
    return _go(job, need)


def resume(
    path: str | os.PathLike[str],
    *,
    source: Any = None,
    progress: bool = True,
    lang: str = "en",
    explain_compile: bool = False,
    voice: Voice | None = None,
    command: str = "",
    **settings: Any,
) -> Run:
    """Go on with the run in folder `path`, bit for bit as if it had never stopped.

    Args:
        path: the run folder, of a run that was interrupted, killed or has finished.
        source: the data, where they were in memory, or to be sure that they are the same.
        progress: print what was found and a bar.
        lang: language of the report, "en" or "ja".
        explain_compile: tell after the first epoch what was compiled.
        voice: who is told instead (`Voice`).
        command: how the run was asked for, as the report shows it.
        settings: all but `epochs` must be those of the run.

    Returns a Run.

    Errors: ArgumentError (a ValueError) where there is no run, the data are not as they were or a
    setting is another, and for fewer epochs than it has; DataError (a ValueError) for data that
    cannot be read, as those that were in memory without `source`; TypeError for a setting that
    there is not.

    >>> import tempfile, numpy as np, denpa as dp
    >>> data, options = (np.eye(8), np.arange(8) % 2), {"progress": False, "backend": "eager"}
    >>> with tempfile.TemporaryDirectory() as out:
    ...     run = dp.runs.train(data, epochs=1, out=out, **options)
    ...     more = dp.runs.resume(out, source=data, epochs=3, **options)
    >>> run.record["epochs"], more.record["epochs"]
    (1, 3)
    """
    voice = voice or (Printed() if progress else Silent())
    _check_names("resume", settings)
    folder = RunFolder(path)
    folder.go_on()
    try:
        job = resumed(folder, source, lang, voice, command, settings)
    except BaseException:
        folder.release()
        raise
    job.explain = explain_compile
    return _go(job, bytes_needed(job))


def _check_names(function: str, settings: Iterable[str]) -> None:
    """Python's error for an argument that there is not."""
    for name in settings:
        if name not in options():
            raise TypeError(
                f"{function}() got an unexpected setting {name!r}.{nearest(name, options())}"
            )


class _NoGoodEpoch(ArgumentError):
    """The loss is not finite, and never was."""


def _go(job: Job, need: int) -> Run:
    """Train, and leave the folder to others; a new run that came to nothing leaves nothing."""
    folder = job.folder
    try:
        with Interrupt(job.voice) as interrupt:
            folder.reserve(need)
            return _trained(job, interrupt)
    except BaseException as error:
        if isinstance(error, _NoGoodEpoch) or not folder.checkpoint().is_file():
            folder.abandon()
        raise
    finally:
        folder.release()


def _trained(job: Job, interrupt: Interrupt) -> Run:
    voice, settings, folder = job.voice, job.settings, job.folder
    few = job.parts.train.take(range(min(_CHECKED, len(job.parts.train))))
    net, loss = core(fresh_network(job, 1)), core_loss(settings)
    job.check = check_gradients(net, loss, *scaled(job.spec, few), seed=settings.seed)
    voice.line(str(job.check))
    if not job.check.ok:
        voice.warn(
            "the gradients differ from the numeric ones: the figures of this run are not to be "
            "trusted. Please report this with the data"
        )
    record = {**begun(job, status="running"), "before": job.before}
    if job.resume:  # before anything is written: what cannot go on stays as it is
        found_checkpoint(folder, identity(record), 1)
    with folder.known():
        folder.write(RUN, run_text(record))
    members: list[nn.Sequential] = []
    watched = watching(settings.anomaly, job.parts.train)
    with watched, Saver(folder, voice, record, settings.ensemble) as saver:
        for member in range(1, settings.ensemble + 1):
            net = fresh_network(job, member)
            history = _fit(job, net, member, interrupt, saver)
            interrupt.check()
            if members and not history.rows:
                break  # interrupted before the first epoch of a further network
            members.append(net)
            job.histories.append(history)
            if history.reason == "interrupted":
                break
    job.signal = interrupt.number or None
    if job.resume and not job.speed.steps:
        nothing_left(job)
    if not job.histories[0].rows and settings.epochs:
        raise KeyboardInterrupt(interrupt.number)  # before there was anything to keep
    if job.speed.steps:
        voice.line(str(job.speed))
    run = finish(job, members, time.perf_counter() - job.started + job.earlier)
    interrupt.check()
    return run


def _fit(job: Job, net: nn.Sequential, member: int, interrupt: Interrupt, saver: Saver) -> History:
    settings, parts = job.settings, job.parts
    assert settings.epochs is not None
    assert settings.batch_size is not None
    if settings.ensemble > 1:
        job.voice.line(f"network {member} of {settings.ensemble}")
    inner = core(net)
    optimizer = make_optimizer(settings, inner)
    train, held = parts.train, parts.validation
    batches = -(-len(train) // settings.batch_size)
    schedule, per = make_schedule(settings, optimizer, batches)
    # Early stopping stands before the checkpoint, which then holds its count up to this epoch.
    stopping = [] if settings.patience is None else [EarlyStopping(settings.patience)]
    path = going_on(job, member, saver) if job.resume else None
    saver.member = member
    interrupt.ready = saver.ready
    # And the signals before it, so that it saves the epoch after which training is stopped.
    callbacks = [KeepBest(), *stopping, interrupt, saver, Bar(job.voice), job.speed]
    if job.explain and member == 1:
        callbacks.append(Explain(job.voice))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the loss became", RuntimeWarning)  # said below
        history = fit(
            inner,
            core_loss(settings),
            scaled(job.spec, train),
            optimizer=optimizer,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            validation=None if held is None else scaled(job.spec, held),
            callbacks=callbacks,
            progress=False,
            seed=settings.seed + member - 1,
            schedule=schedule,
            schedule_per=per,
            penalty=make_penalty(settings),
            transform=make_transform(settings),
            clip=settings.clip,
            resume=path,
            backend=settings.backend,
        )
    if history.reason == "diverged":
        remedy = (
            f"lower the learning rate ({option('lr')} is {settings.lr:g}), clip the gradients "
            f"({option('clip', 1)}), or find the op with {option('anomaly', True)}"
        )
        if history.best_epoch is None:
            raise _NoGoodEpoch(
                f"the loss became NaN or infinite in epoch {len(history)} and no epoch was good "
                f"before: {remedy}"
            )
        job.voice.warn(
            Wording(
                f"the loss became NaN or infinite in epoch {len(history)}; the weights are those "
                f"of epoch {history.best_epoch}. To train on, {remedy}"
            )
        )
    return history
