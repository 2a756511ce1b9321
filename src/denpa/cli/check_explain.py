"""`denpa check explain NAME`: what a mistake is, with an example by hand."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from denpa.cli.console import Console


def run_explain(arguments: argparse.Namespace, console: Console) -> int:
    """Explain `arguments.exhibit` in `arguments.lang`; without a name list what can be explained.

    Errors: ArgumentError for an unknown name, with those that are near.
    """
    from denpa.check.explain.book import ENTRIES, explanation, text

    language = arguments.lang
    if arguments.exhibit is None:
        rows = [(name, explanation(name, language).title) for name in ENTRIES]
        if console.json:
            console.result({"mistakes": dict(rows)})
        else:
            console.table(rows, ("NAME", "MISTAKE"))
        return 0
    found = explanation(arguments.exhibit, language)
    if console.json:
        console.result(asdict(found))
    else:
        console.write(text(found, language))
    return 0
