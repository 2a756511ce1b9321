"""`denpa train SOURCE`: data to a trained network and its run folder, in one command."""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, Any

from denpa.cli.arguments import add_common, flag
from denpa.cli.console import Console, one_line
from denpa.core.errors import ArgumentError

if TYPE_CHECKING:
    from denpa.runs import Run

_EXAMPLES = """examples:
  denpa train digits
  denpa train mnist --hidden 512,512 --batch-norm --dropout 0.2 --epochs 10
  denpa train houses.csv --target price
  denpa train photos/ --model cnn
  denpa train digits --explain-compile --epochs 1
  denpa train --resume runs/digits-20250101-120000
"""
_THIS = ""  # --resume without a folder: the one of --out


def add(commands: Any) -> None:
    """Add the command to the parser."""
    from denpa.runs.settings import default_of, options

    parser = commands.add_parser(
        "train",
        help="train a network on data",
        epilog=_EXAMPLES,
        description="Train a network and write a run folder: weights, figures, a report.",
    )
    parser.add_argument(
        "source",
        nargs="?",
        help="digits, mnist, or a file (CSV, TSV, Parquet, NPZ, NPY, IDX) or folder of images",
    )
    groups: dict[str, Any] = {}
    for name, option in options().items():
        meta = option.metadata
        group = meta["group"]
        if group not in groups:
            groups[group] = parser.add_argument_group(group)
        default = default_of(option)
        text = meta["help"]
        if meta["kind"] == "flag":
            groups[group].add_argument(flag(name), action="store_const", const=True, help=text)
            continue
        if meta["kind"] == "choice":
            text += ": " + ", ".join(meta["choices"])
        if default not in (None, ()):
            text += f" (default {default})"
        shown = {"int": "N", "number": "X", "ints": "N,N", "names": "A,B"}.get(meta["kind"])
        groups[group].add_argument(
            flag(name), help=text.replace("%", "%%"), metavar=shown or name.upper()
        )
    run = parser.add_argument_group("run")
    run.add_argument("--out", metavar="DIR", help="the run folder (default runs/NAME-DATE-TIME)")
    run.add_argument(
        "--resume",
        metavar="DIR",
        nargs="?",
        const=_THIS,
        help="go on with the run in DIR (or in --out) as if it had never stopped",
    )
    run.add_argument("--overwrite", action="store_true", help="replace the run that --out holds")
    run.add_argument(
        "--explain-compile",
        action="store_true",
        help="after the first epoch, show the native program of the training step",
    )
    run.add_argument("--lang", default="en", help="language of the report: en, ja (default en)")
    add_common(parser)
    parser.set_defaults(run=run_train)


def run_train(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Train, and show the result. Ctrl-C, which keeps what was reached, ends with 130, and so does
    another signal with 128 and its number."""
    from denpa.runs import resume, train
    from denpa.runs.settings import options

    if arguments.lang not in ("en", "ja"):
        raise ArgumentError(f"--lang must be one of en, ja, not {arguments.lang!r}")
    given = {n: v for n in options() if (v := getattr(arguments, n)) is not None}
    shown: dict[str, Any] = {
        "voice": console,
        "command": command,
        "lang": arguments.lang,
        "explain_compile": arguments.explain_compile,
    }
    if arguments.resume is None:
        run = train(
            arguments.source or "",
            out=arguments.out,
            overwrite=arguments.overwrite,
            **shown,
            **given,
        )
    else:
        run = resume(_resumed(arguments), source=arguments.source, **shown, **given)
    _show(run, console)
    return 128 + int(run.record["signal"] or 2) if run.interrupted else 0


def _resumed(arguments: argparse.Namespace) -> str:
    if arguments.overwrite:
        raise ArgumentError("--resume goes on with a run and --overwrite replaces it; give one")
    if arguments.resume == _THIS:
        if arguments.out is None:
            raise ArgumentError("--resume needs the folder of the run: --resume DIR")
        return str(arguments.out)
    if arguments.out not in (None, arguments.resume):
        raise ArgumentError(
            f"--resume {arguments.resume} writes into that folder; leave --out {arguments.out} out"
        )
    return str(arguments.resume)


def _show(run: Run, console: Console) -> None:
    record = run.record
    if run.interrupted:
        from denpa.data.errors import counted

        kept = f"the weights of epoch {record['best_epoch']}" if record["best_epoch"] else "it"
        how = f"denpa train --resume {shlex.quote(str(run.path))}"
        console.line(
            f"interrupted after {counted(record['epochs'], 'epoch')}; kept {kept}; go on with {how}"
        )
    result = {
        "run": str(run.path),
        **record["metrics"],
        "epochs": record["epochs"],
        "best_epoch": record["best_epoch"],
        "parameters": record["parameters"] * record["members"],
        "seconds": round(record["seconds"], 2),
    }
    if console.json:
        result |= {
            "worth": record["worth"],
            "reason": record["reason"],
            "task": record["data"]["task"],
            "gradient_check": record["gradient_check"],
            "parts": record["data"]["parts"],
        }
    console.result(result)
    console.worth(run.worth)
    console.line(one_line(f"report: {run.report}"))
