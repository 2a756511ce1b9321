"""What a run has come to: its network judged, and everything written into its folder."""

from __future__ import annotations

from dataclasses import replace

from denpa import nn
from denpa.core.run_files import HISTORY, MODEL, REPORT, RUN
from denpa.core.wording import Wording
from denpa.report.record import Worth
from denpa.runs.evaluation import Evaluation, judge
from denpa.runs.files import pack_model, run_text, sha256
from denpa.runs.folder import keep_account, resuming
from denpa.runs.job import Job
from denpa.runs.recipe import join, unit_of
from denpa.runs.record import begun
from denpa.runs.report import report_data
from denpa.runs.run import Run
from denpa.runs.saver import keep_last
from denpa.train.history import History
from denpa.train.worth import baseline_of


def finish(job: Job, members: list[nn.Sequential], seconds: float) -> Run:
    """Judge the network and write everything."""
    from denpa.report.training import render_report

    parts, folder, loss = job.parts, job.folder, job.loss
    task = parts.whole.task or ""
    net = join(members, task)
    name, data = parts.judge()
    evaluation = judge(
        net,
        loss,
        data,
        job.settings.backend,
        part=name,
        baseline=baseline_of(parts.train),
        unit=unit_of(job.spec),
    )
    history = job.histories[0]
    record = begun(job, status="finished")
    record["metrics"] = {f"{name}_{k}": v for k, v in evaluation.figures.items()}
    if len(members) == 1 and history.best_epoch is not None and name != "val":
        best = history.best
        record["metrics"] |= {k: v for k, v in best.items() if k.startswith("val_")}
    worth = joined_worth(evaluation, job.histories)
    record |= {
        "worth": worth.to_dict(),
        "members": len(members),
        "epochs": len(history),
        "best_epoch": history.best_epoch if parts.validation is not None else None,
        "reason": job.histories[-1].reason,
        "signal": job.signal if job.histories[-1].reason == "interrupted" else None,
        "seconds": round(seconds, 3),
        "speed": job.speed.to_dict(),
    }
    packed = pack_model(
        net,
        {
            "network": job.spec,
            "members": len(members),
            "task": task,
            "encoding": parts.whole.encoding,
        },
    )
    watched = parts.validation if parts.validation is not None else parts.train
    page = report_data(
        record,
        net=members[0],
        loss=loss,
        history=history,
        evaluation=evaluation,
        worth=worth,
        watched=watched,
        lang=job.lang,
    )
    files: dict[str, str | bytes] = {
        MODEL: packed,
        HISTORY: _history(job.histories).to_csv(),
        REPORT: render_report(page, lang=job.lang),
    }
    record["files"] = {name: sha256(content) for name, content in files.items()}
    # run.json is the last: with it the others are what it says.
    files[RUN] = run_text(record)
    with keep_account(folder, tuple(files), packed, len(history)):
        for name, content in files.items():
            folder.write(name, content)
        keep_last(folder, len(members))
        # One that was stopped replaces nothing: going on with it does, when it has ended.
        if job.histories[-1].reason != "interrupted":
            folder.complete()
        elif folder.place != folder.path:
            job.voice.line(
                Wording(
                    f"{folder.path} still holds the run that was there; {resuming(folder.path)} "
                    "goes on with the new one, which then takes its place"
                )
            )
    net.eval()
    return Run(folder.place, record, net, parts.whole.encoding, worth)


def joined_worth(evaluation: Evaluation, histories: list[History]) -> Worth:
    """With what is known of training: of several networks, the first that was still improving."""
    seen = [c for history in histories if (c := history.convergence) is not None]
    first = next((c for c in seen if c.improving), seen[0] if seen else None)
    assert evaluation.worth is not None
    return replace(evaluation.worth, convergence=first)


def _history(histories: list[History]) -> History:
    """The rows of all networks; with several, the first column says which."""
    if len(histories) == 1:
        return histories[0]
    rows: list[dict[str, float]] = []
    for k, history in enumerate(histories, start=1):
        rows += [{"member": k, **row} for row in history.rows]
    return History(rows)
