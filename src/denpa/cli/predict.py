"""`denpa predict RUN DATA`: the network's answers for new data."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from denpa.cli.arguments import add_backend, add_common
from denpa.cli.console import Console, one_line
from denpa.report.printing import visible


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "predict",
        help="predict new data with a trained network",
        description="Predict a class and probabilities, or a value, for each row of DATA.\n"
        "DATA is read as the training data were: with a header or without one, dates in the same\n"
        "form. The column 'row' counts the rows below the header from 0; errors name the lines\n"
        "of the file, of which the header is line 1.",
    )
    parser.add_argument("run_folder", metavar="RUN", help="a folder that denpa train has written")
    parser.add_argument("data", metavar="DATA", help="data like those of the training")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=".csv, .npz or .parquet (default: CSV on the screen)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace FILE if it is there")
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
    parser.set_defaults(run=run_predict)


def run_predict(arguments: argparse.Namespace, console: Console, command: str) -> int:
    """Predict; write a file, or the table on standard output."""
    from denpa.runs import load
    from denpa.runs.predictions import check_output

    run = load(arguments.run_folder)
    if arguments.output is not None:  # known before the work is done
        check_output(Path(arguments.output), run.inputs(arguments.data), arguments.overwrite)
    found = run.predict(
        arguments.data,
        missing=arguments.missing,
        data_dir=arguments.data_dir,
        follow_links=arguments.follow_links,
        backend=arguments.backend,
    )
    for note in found.notes:
        console.warn(note)
    if found.dropped:
        console.warn(
            "rows that lack a value were left out (--missing drop); the column 'row' says which "
            "row of the data each prediction is for"
        )
    if arguments.output is not None:
        listed = found.save(arguments.output, overwrite=arguments.overwrite)
        console.line(one_line(f"{len(found):,} predictions written to {arguments.output}"))
        if not listed:
            console.line(
                one_line(
                    f"they are not entered in {arguments.run_folder}/run.json: it cannot be "
                    "written now, or is another run's by now"
                )
            )
        if console.json:
            result = {"run": arguments.run_folder, "data": arguments.data}
            console.result({**result, "examples": len(found), "output": arguments.output})
    elif console.json:
        result = {"run": arguments.run_folder, "data": arguments.data}
        console.result({**result, "examples": len(found), "predictions": found.columns()})
    else:
        console.write(visible(found.to_csv().rstrip("\n")))  # a tab in a name is one, not spaces
    return 0
