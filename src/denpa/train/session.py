"""A whole run: read, split, build, check, train, judge, and leave a run folder behind.

`train_run` and `resume_run` are what `denpa train` calls; `evaluate_run` and `predict_run`, in
`denpa.train.reuse`, are what the other commands call.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from denpa import nn
from denpa.autodiff.mode import detect_anomaly
from denpa.core.errors import ArgumentError
from denpa.data.errors import counted
from denpa.train import assemble, run_folder
from denpa.train.callbacks import EarlyStopping
from denpa.train.closing import Run, finish, make_record
from denpa.train.gradcheck import check_gradients
from denpa.train.history import History
from denpa.train.loop import fit
from denpa.train.plan import Plan, bytes_needed, fresh_network, make_plan, new_folder, read_data
from denpa.train.run_folder import RunFolder
from denpa.train.settings import Settings, convert, flag, options
from denpa.train.watch import (
    Bar,
    CarefulCheckpoint,
    Explain,
    Interrupt,
    KeepBest,
    Silent,
    Voice,
)

_CHECKED = 8  # rows of the gradient check
_FIXED_LENGTH = ("step", "cosine", "onecycle")  # schedules that are laid out over all epochs


def train_run(
    settings: Settings,
    *,
    out: str | Path | None = None,
    overwrite: bool = False,
    voice: Voice | None = None,
    command: str = "",
    lang: str = "en",
    explain: bool = False,
) -> Run:
    """Train as the settings say and write a run folder.

    `out` defaults to `runs/NAME-DATE-TIME`; with `explain`, the voice tells after the first epoch
    what was compiled. Errors: a DataError or an ArgumentError, one line of
    text, for everything that is wrong with settings, data or folder.
    """
    voice = voice or Silent()
    now = datetime.now().astimezone()
    if out is not None:
        RunFolder(out).check_free(overwrite)
    settings, data, own_test = read_data(settings)
    folder = RunFolder(out if out is not None else new_folder(data.name, now))
    plan = make_plan(settings, data, own_test, folder, voice, command, lang, now, resume=False)
    plan.explain = explain
    folder.open(bytes_needed(plan))
    folder.clear()
    return _go(plan)


def resume_run(
    path: str | Path,
    given: Mapping[str, Any],
    *,
    voice: Voice | None = None,
    command: str = "",
    lang: str = "en",
    explain: bool = False,
) -> Run:
    """Go on with the run in folder `path`, bit for bit as if it had never stopped.

    `given`: settings by name that were asked for; all but `epochs` must be those of the run.
    """
    voice = voice or Silent()
    record = run_folder.read_run(path, finished=False)
    saved = {k: v for k, v in record["settings"].items() if v is not None}
    saved.setdefault("backend", "eager")  # runs of versions that had no other
    known = Settings.from_values({k: v for k, v in saved.items() if k != "test"})
    known = replace(known, test=saved.get("test"))
    for name, value in given.items():
        wanted = value if name == "source" else convert(options()[name], value)
        have = getattr(known, name)
        if name == "epochs" or wanted == have:
            continue
        if name == "source" and str(Path(wanted).resolve()) == record["data"]["path"]:
            continue
        what = "the data" if name == "source" else flag(name)
        raise ArgumentError(
            f"{path}: the run was started with {what} {_text(have)}, not {_text(wanted)}; leave "
            f"{what} out to resume it, or start a new run"
        )
    if given.get("epochs") is not None:
        known = _longer(known, convert(options()["epochs"], given["epochs"]), record, path)
    where = record["data"]["path"]
    source = known.source if where is None or not Path(where).exists() else where
    own = known.source == "mnist"
    asked = replace(known, source=source, test=None if own else known.test)
    settings, data, own_test = read_data(asked)
    settings = replace(settings, source=known.source)
    folder = RunFolder(path)
    begun = datetime.fromisoformat(record["created"])
    plan = make_plan(settings, data, own_test, folder, voice, command, lang, begun, resume=True)
    plan.explain = explain
    if plan.parts.hashes() != record["data"]["sha256_parts"]:
        raise ArgumentError(
            f"{path}: {known.source} is not as it was when the run was started (its SHA-256 "
            "differs); bring the old data back, or start a new run"
        )
    plan.earlier = float(record.get("seconds") or 0.0)
    folder.open(bytes_needed(plan))
    return _go(plan)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return str(value)


def _longer(known: Settings, epochs: int, record: dict[str, Any], path: str | Path) -> Settings:
    if epochs == known.epochs:
        return known
    if known.schedule in _FIXED_LENGTH or known.warmup >= epochs:
        raise ArgumentError(
            f"{path}: --epochs cannot change from {known.epochs} with --schedule {known.schedule}, "
            "whose learning rates are laid out over all epochs; start a new run"
        )
    if epochs < record.get("epochs", 0):
        has = counted(record["epochs"], "epoch")
        raise ArgumentError(f"{path}: the run has {has}; --epochs is {epochs}")
    return replace(known, epochs=epochs)


def _go(plan: Plan) -> Run:
    voice, settings, folder = plan.voice, plan.settings, plan.folder
    few = plan.parts.train.take(range(min(_CHECKED, len(plan.parts.train))))
    net, loss = assemble.core(fresh_network(plan, 1)), assemble.core_loss(settings)
    plan.check = check_gradients(net, loss, *assemble.scaled(plan.spec, few), seed=settings.seed)
    voice.line(str(plan.check))
    if not plan.check.ok:
        voice.warn(
            "the gradients differ from the numeric ones: the figures of this run are not to be "
            "trusted. Please report this with the data"
        )
    folder.write_run(make_record(plan, status="running"))
    members: list[nn.Sequential] = []
    anomaly = detect_anomaly() if settings.anomaly else nullcontext()
    with Interrupt(voice) as interrupt:
        with anomaly:
            for member in range(1, settings.ensemble + 1):
                net = fresh_network(plan, member)
                history = _fit(plan, net, member, interrupt)
                interrupt.check()
                if members and not history.rows:
                    break  # interrupted before the first epoch of a further network
                members.append(net)
                plan.histories.append(history)
                if history.reason == "interrupted":
                    break
        if plan.speed.steps:
            voice.line(str(plan.speed))
        run = finish(plan, members, time.perf_counter() - plan.started + plan.earlier)
        interrupt.check()
    return run


def _fit(plan: Plan, net: nn.Sequential, member: int, interrupt: Interrupt) -> History:
    settings, parts, folder = plan.settings, plan.parts, plan.folder
    assert settings.epochs is not None
    assert settings.batch_size is not None
    if settings.ensemble > 1:
        plan.voice.line(f"network {member} of {settings.ensemble}")
    inner = assemble.core(net)
    optimizer = assemble.make_optimizer(settings, inner)
    train, held = parts.train, parts.validation
    batches = -(-len(train) // settings.batch_size)
    schedule, per = assemble.make_schedule(settings, optimizer, batches)
    # Early stopping stands before the checkpoint, which then holds its count up to this epoch.
    stopping = [] if settings.patience is None else [EarlyStopping(settings.patience)]
    path = folder.checkpoint(member)
    callbacks = [KeepBest(), *stopping, CarefulCheckpoint(path, plan.voice)]
    callbacks += [Bar(plan.voice), interrupt, plan.speed]
    if plan.explain and member == 1:
        callbacks.append(Explain(plan.voice))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the loss became", RuntimeWarning)  # said below
        history = fit(
            inner,
            assemble.core_loss(settings),
            assemble.scaled(plan.spec, train),
            optimizer=optimizer,
            epochs=settings.epochs,
            batch_size=settings.batch_size,
            validation=None if held is None else assemble.scaled(plan.spec, held),
            callbacks=callbacks,
            progress=False,
            seed=settings.seed + member - 1,
            schedule=schedule,
            schedule_per=per,
            penalty=assemble.make_penalty(settings),
            transform=assemble.make_transform(settings),
            clip=settings.clip,
            resume=path if plan.resume and path.is_file() else None,
            backend=settings.backend,
        )
    if history.reason == "diverged":
        remedy = (
            f"lower the learning rate (--lr is {settings.lr:g}), clip the gradients (--clip 1), or "
            "find the op with --anomaly"
        )
        if history.best_epoch is None:
            raise ArgumentError(
                f"the loss became NaN or infinite in epoch {len(history)} and no epoch was good "
                f"before: {remedy}"
            )
        plan.voice.warn(
            f"the loss became NaN or infinite in epoch {len(history)}; the weights are those of "
            f"epoch {history.best_epoch}. To train on, {remedy}"
        )
    return history
