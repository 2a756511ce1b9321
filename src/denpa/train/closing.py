"""The end of a run: judge the network, and write down everything."""

from __future__ import annotations

import hashlib
import platform
import sys
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from denpa import nn
from denpa.train import assemble, run_folder
from denpa.train.assemble import NAMED
from denpa.train.gather import report_data
from denpa.train.history import History
from denpa.train.judge import Verdict, judge
from denpa.train.plan import Plan
from denpa.train.run_folder import HISTORY, MODEL, REPORT, RUN
from denpa.train.worth import baseline_of
from denpa.views.record import Worth


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, what run.json holds, the history of each network, and what the
    result is worth."""

    folder: Path
    record: dict[str, Any]
    histories: list[History]
    worth: Worth

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it."""
        return bool(self.record["reason"] == "interrupted")


def finish(plan: Plan, members: list[nn.Sequential], seconds: float) -> Run:
    """Judge the network and write everything."""
    from denpa.views.report import render_report

    parts, folder, loss = plan.parts, plan.folder, plan.loss
    task = parts.whole.task or ""
    net = assemble.join(members, task)
    name, data = parts.judge()
    verdict = judge(
        net, loss, data, plan.settings.backend, part=name, baseline=baseline_of(parts.train),
        unit=assemble.unit_of(plan.spec),
    )  # fmt: skip
    history = plan.histories[0]
    record = make_record(plan, status="finished")
    record["metrics"] = {f"{name}_{k}": v for k, v in verdict.figures.items()}
    if len(members) == 1 and history.best_epoch is not None and name != "val":
        best = history.best
        record["metrics"] |= {k: v for k, v in best.items() if k.startswith("val_")}
    worth = joined_worth(verdict, plan.histories)
    record |= {
        "worth": worth.to_dict(),
        "members": len(members),
        "epochs": len(history),
        "best_epoch": history.best_epoch if parts.validation is not None else None,
        "reason": plan.histories[-1].reason,
        "seconds": round(seconds, 3),
        "speed": plan.speed.to_dict(),
    }
    packed = run_folder.pack_model(
        net,
        {
            "network": plan.spec,
            "members": len(members),
            "task": task,
            "encoding": parts.whole.encoding,
        },
    )
    record["model_sha256"] = hashlib.sha256(packed).hexdigest()
    with run_folder.keep_account(folder, (MODEL, HISTORY, RUN, REPORT)):
        folder.write(MODEL, packed)
        folder.write(HISTORY, _history(plan.histories).to_csv())
        folder.write_run(record)
        watched = parts.validation if parts.validation is not None else parts.train
        page = report_data(
            record, net=members[0], loss=loss, history=history, verdict=verdict,
            worth=worth, watched=watched, lang=plan.lang,
        )  # fmt: skip
        folder.write(REPORT, render_report(page, lang=plan.lang))
    return Run(folder.path, record, plan.histories, worth)


def joined_worth(verdict: Verdict, histories: list[History]) -> Worth:
    """With what is known of training: of several networks, the first that was still improving."""
    seen = [c for history in histories if (c := history.convergence) is not None]
    first = next((c for c in seen if c.improving), seen[0] if seen else None)
    assert verdict.worth is not None
    return replace(verdict.worth, convergence=first)


def _history(histories: list[History]) -> History:
    """The rows of all networks; with several, the first column says which."""
    if len(histories) == 1:
        return histories[0]
    rows: list[dict[str, float]] = []
    for k, history in enumerate(histories, start=1):
        rows += [{"member": k, **row} for row in history.rows]
    return History(rows)


def make_record(plan: Plan, status: str) -> dict[str, Any]:
    """What run.json holds of a run that begins; `finish` adds how it ended."""
    settings, parts, check = plan.settings, plan.parts, plan.check
    assert check is not None
    data = parts.whole
    seeds = [settings.seed + k for k in range(settings.ensemble)]
    own = settings.source in NAMED
    return {
        "format": run_folder.FORMAT,
        "status": status,
        "command": plan.command,
        "created": plan.created,
        "settings": settings.to_dict(),
        "seeds": {"split": settings.seed, "networks": seeds},
        "versions": versions(),
        "data": {
            "name": data.name,
            "path": None if own else str(Path(settings.source).expanduser().resolve()),
            "source": data.source,
            "licence": data.licence,
            "sha256": data.sha256,
            "kind": data.kind,
            "task": data.task,
            "why_task": data.why_task,
            "target": data.target,
            "classes": list(data.classes),
            "shape": list(data.x.shape[1:]),
            "parts": parts.sizes(),
            "sha256_parts": parts.hashes(),
            "notes": list(data.notes),
        },
        "network": plan.spec,
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
        "platform": platform.platform(),
    }
