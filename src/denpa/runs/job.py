"""A run that is about to begin: its settings, its data in parts, its network, its folder."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from denpa import nn
from denpa.core.errors import ArgumentError
from denpa.core.wording import Wording, command_line, either, option
from denpa.data import Data, possible_leaks
from denpa.data.errors import counted
from denpa.functional.generator import manual_seed
from denpa.runs.callbacks import Speed
from denpa.runs.folder import RunFolder
from denpa.runs.parts import Parts, divide, load
from denpa.runs.recipe import Loss, describe, make_loss
from denpa.runs.settings import Settings
from denpa.runs.voice import Voice
from denpa.train.gradcheck import GradientCheck
from denpa.train.history import History
from denpa.train.models import build


@dataclass
class Job:
    """A run that is about to begin."""

    settings: Settings
    parts: Parts
    spec: dict[str, Any]
    folder: RunFolder
    voice: Voice
    command: str
    lang: str
    created: str
    started: float
    resume: bool
    in_memory: bool = False  # the data: they cannot be read again
    earlier: float = 0.0  # seconds of training before it was resumed
    before: dict[str, Any] | None = None  # run.json of a finished run that is gone on with
    predictions: list[dict[str, Any]] = field(default_factory=list)  # files of them so far
    signal: int | None = None  # that ended it
    histories: list[History] = field(default_factory=list)
    check: GradientCheck | None = None
    explain: bool = False  # say what was compiled
    speed: Speed = field(default_factory=Speed)

    @property
    def loss(self) -> Loss:
        """The loss of the run."""
        return make_loss(self.settings, self.spec["rescale"])


def read_data(settings: Settings, source: Any = None) -> tuple[Settings, Data, Data | None]:
    """Read the data and settle what is left to them; the last part is a test part of its own."""
    data, own_test = load(settings, source)
    assert data.task is not None
    settled = settings.settle(
        kind=data.kind, task=data.task, own_test=own_test is not None, rows=len(data.targets)
    )
    return settled, data, own_test


def new_folder(name: str, now: datetime) -> Path:
    """A run folder that is not there yet."""
    base = Path("runs") / f"{name}-{now:%Y%m%d-%H%M%S}"
    path, k = base, 1
    while path.exists():
        k += 1
        path = base.with_name(f"{base.name}-{k}")
    return path


def make_job(
    settings: Settings,
    data: Data,
    own_test: Data | None,
    folder: RunFolder,
    voice: Voice,
    command: str,
    lang: str,
    created: datetime,
    resume: bool,
    in_memory: bool = False,
) -> Job:
    """Divide the data, describe the network, and say what was found.

    Errors: ArgumentError for another language than "en" and "ja", before anything is trained.
    """
    if lang not in ("en", "ja"):
        raise ArgumentError(f"{option('lang')} is 'en' or 'ja', not {lang!r}")
    started = time.perf_counter()
    parts = divide(settings, data, own_test)
    spec = describe(settings, parts.train)
    when = created.isoformat(timespec="seconds")
    job = Job(settings, parts, spec, folder, voice, command, lang, when, started, resume, in_memory)
    for line in facts(job):
        voice.line(line)
    leaks = possible_leaks(parts.train)
    for sentence in leaks:
        voice.warn(sentence)
    whole = replace(parts.whole, notes=(*parts.whole.notes, *leaks))  # for the report
    job.parts = replace(parts, whole=whole)
    return job


def facts(job: Job) -> list[str]:
    """What the data are, in words."""
    data, sizes = job.parts.whole, job.parts.sizes()
    rows, shape = len(data), data.x.shape[1:]
    if data.kind == "images":
        size = " x ".join(map(str, shape[1:]))
        what = f"{rows:,} images of {size} pixels, {shape[0]} channel{'s' * (shape[0] > 1)}"
    elif data.kind == "signals":
        what = f"{rows:,} signals of {shape[0]} channel{'s' * (shape[0] > 1)}, length {shape[1]}"
    else:
        what = f"{rows:,} rows, {shape[0]} feature{'s' * (shape[0] > 1)}"
    lines = [f"data: {data.name}, {what}", _under("task", data.why_task)]
    if data.classes:
        names = ", ".join(data.classes[:10]) + (", ..." if len(data.classes) > 10 else "")
        lines.append(f"classes: {len(data.classes)} ({names})")
    lines += [_under("note", note) for note in data.notes]
    lines.append("parts: " + ", ".join(f"{name} {n:,}" for name, n in sizes.items() if n))
    s, spec = job.settings, job.spec
    layers = [f"{spec['inputs']}"] if "inputs" in spec else [f"conv {c}" for c in spec["channels"]]
    layers += [str(n) for n in (*spec["hidden"], spec["outputs"])]
    more = [s.activation] + ["batch norm"] * s.batch_norm
    more += [f"dropout {s.dropout:g}"] * bool(s.dropout)
    lines.append(f"network: {s.model} {' - '.join(layers)}, {', '.join(more)}")
    rate = f"learning rate {s.lr:g}" + (f" ({s.schedule})" if s.schedule != "none" else "")
    batches = f"{counted(s.epochs or 0, 'epoch')} in batches of {s.batch_size}"
    lines.append(f"training: {s.loss}, {s.optimizer}, {rate}, {batches}")
    return lines


def _under(label: str, text: str) -> str:
    """A text behind its label, in the words of both readers."""
    return Wording(f"{label}: {either(str(text), command_line(text))}")


def fresh_network(job: Job, member: int) -> nn.Sequential:
    """A network of the run before training; members of an ensemble differ in their seed."""
    manual_seed(job.settings.seed + member - 1)
    return build(job.spec)


def bytes_needed(job: Job) -> int:
    """Bytes that the run will write: the model, and in two checkpoints the weights as they are, the
    best, and the optimizer's two."""
    size: int = sum(p.numel() for p in fresh_network(job, 1).parameters())
    return 4 * size * 9 * job.settings.ensemble
