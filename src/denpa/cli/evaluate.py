"""`denpa evaluate RUN [DATA]`: how good a run's network is."""

from __future__ import annotations

import argparse
from typing import Any

from denpa.cli.arguments import add_backend, add_common
from denpa.cli.console import Console


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "evaluate",
        help="judge a trained network on data",
        description="Judge the network of a run on DATA, or on the run's own test part.\n"
        "Figures are named by the rows: test_..., or data_... for DATA, which is read as the\n"
        "training data were, header and form of dates included. Rows of DATA that the network\n"
        "was trained on are counted (trained_on).",
    )
    parser.add_argument("run_folder", metavar="RUN", help="a folder that denpa train has written")
    parser.add_argument("data", metavar="DATA", nargs="?", help="data with targets")
    parser.add_argument("--target", help="the column, array or file with the targets of DATA")
    parser.add_argument(
        "--missing",
        help="missing values: error, drop, mean of the training part (text: the share of each "
        "value); default: the run's",
    )
    parser.add_argument("--data-dir", help="where the files of mnist are")
    parser.add_argument(
        "--follow-links",
        action="store_true",
        help="follow links that lead out of a folder of pictures",
    )
    add_backend(parser)
    add_common(parser)
    parser.set_defaults(run=run_evaluate)


def run_evaluate(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Judge and show the figures."""
    from denpa.runs import load

    found = load(arguments.run_folder).evaluate(
        arguments.data,
        target=arguments.target,
        missing=arguments.missing,
        data_dir=arguments.data_dir,
        follow_links=arguments.follow_links,
        backend=arguments.backend,
    )
    part, seen, count = found.part, found.trained_on, len(found.data)
    for note in found.data.fillings if arguments.data else ():
        console.warn(note)
    if seen and arguments.data:
        console.warn(
            f"{seen:,} of these {count:,} rows are rows that the network was trained "
            "on: on those the figures say nothing about new data. Its own test part is judged by "
            f"denpa evaluate {arguments.run_folder}"
        )
    figures = {f"{part}_{name}": value for name, value in found.figures.items()}
    shown = {"run": arguments.run_folder, "data": arguments.data or f"{part} part of the run"}
    result: dict[str, Any] = {**shown, "examples": count, **figures}
    worth = found.worth
    assert worth is not None
    if console.json:
        result |= {"trained_on": seen, "worth": worth.to_dict()}
    if console.json and found.confusion is not None:
        result["classes"] = list(found.data.classes)
        result["confusion"] = found.confusion
    console.result(result)
    console.worth(worth)
    return 0
