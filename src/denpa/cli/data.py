"""`denpa data list` and `denpa data get NAME`: the named data sets."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from denpa.cli.arguments import add_common
from denpa.cli.console import Console


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("data", help="list and get the named data sets")
    actions = parser.add_subparsers(dest="action", metavar="list|get", required=True)
    listing = actions.add_parser("list", help="the named data sets, and whether they are here")
    listing.set_defaults(run=run_list)
    getting = actions.add_parser("get", help="get a named data set, from its place or by download")
    getting.add_argument("data_set", metavar="NAME", help="digits or mnist")
    getting.set_defaults(run=run_get)
    for action in (listing, getting):
        action.add_argument("--data-dir", help="where the files are, or are to be put")
        add_common(action)


def run_list(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Show what there is."""
    from denpa.data import available

    found = available(arguments.data_dir)
    if console.json:
        console.result({"data": [asdict(info) for info in found]})
        return 0
    rows = [
        (i.name, i.n, " x ".join(map(str, i.shape)), i.classes, i.licence, _where(i)) for i in found
    ]
    console.table(rows, ("name", "examples", "shape", "classes", "licence", "here"))
    return 0


def _where(info: Any) -> str:
    if info.embedded:
        return "in the package"
    return info.path if info.present else f"no: denpa data get {info.name}"


def run_get(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Have the data set on this machine, checked against its hashes."""
    from denpa.data import available, get

    data, test = get(arguments.data_set, arguments.data_dir)
    info = next(i for i in available(arguments.data_dir) if i.name == arguments.data_set)
    result = {"name": data.name, "examples": len(data), "path": info.path}
    if test is not None:
        result["test_examples"] = len(test)
    console.result({**result, "licence": data.licence, "source": data.source})
    return 0
