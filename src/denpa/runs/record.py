"""What run.json holds of a run: its settings, its data, what it was made with, and how it ended."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.wording import command_line
from denpa.runs.files import FORMAT
from denpa.runs.job import Job
from denpa.runs.parts import NAMED


def begun(job: Job, status: str) -> dict[str, Any]:
    """What is known of a run that begins; how it ended comes to that."""
    settings, parts, check = job.settings, job.parts, job.check
    assert check is not None
    words = command_line if job.command else str  # of the reader of the report
    data = parts.whole
    seeds = [settings.seed + k for k in range(settings.ensemble)]
    named = settings.source in NAMED or job.in_memory
    return {
        "format": FORMAT,
        "status": status,
        "command": job.command,
        "created": job.created,
        "settings": settings.to_dict(),
        "seeds": {"split": settings.seed, "networks": seeds},
        "versions": versions(),
        "data": {
            "name": data.name,
            "path": None if named else os.path.realpath(Path(settings.source).expanduser()),
            "source": data.source,
            "licence": data.licence,
            "sha256": data.sha256,
            "kind": data.kind,
            "task": data.task,
            "why_task": words(data.why_task),
            "target": data.target,
            "classes": list(data.classes),
            "shape": list(data.x.shape[1:]),
            "parts": parts.sizes(),
            "sha256_parts": parts.hashes(),
            "notes": [words(note) for note in data.notes],
        },
        "predictions": job.predictions,
        "network": job.spec,
        "parameters": check.parameters,
        "gradient_check": {
            "checked": check.checked,
            "parameters": check.parameters,
            "largest_relative_error": check.worst,
            "where": check.where,
            "ok": check.ok,
            "text": str(check),
        },
    }


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    return {
        "denpa": metadata.version("denpa"),
        "numpy": np.__version__,
        "python": sys.version.split()[0],
        # Not platform.platform(), which starts a process to ask for the processor.
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
