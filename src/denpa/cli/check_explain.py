"""`denpa check explain NAME`: what a mistake is, with an example by hand."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from denpa.cli.console import Console
from denpa.words import say

_MOST = 8  # that are listed for a word


def run_explain(arguments: argparse.Namespace, console: Console) -> int:
    """Explain `arguments.exhibit` in `arguments.lang`; without a name list what can be explained,
    for words that are no name those that are meant.

    Errors: ArgumentError for a word that no explanation has.
    """
    from denpa.check.explain.book import explanation, text
    from denpa.check.explain.entries import ENTRIES
    from denpa.check.explain.find import find

    language = arguments.lang
    wanted = arguments.exhibit
    near = [] if wanted is None or wanted in ENTRIES else find(wanted, ENTRIES)
    if len(near) == 1:
        wanted = near[0]
    elif near or wanted is None:
        rows = [(name, explanation(name, language).title) for name in near[:_MOST] or ENTRIES]
        if console.json:
            console.result({"mistakes": dict(rows)})
        else:
            console.table(rows, (say("NAME"), say("MISTAKE")))
            console.write(say("denpa check explain NAME explains one"))
        return 0
    found = explanation(wanted, language)
    if console.json:
        console.result(asdict(found))
    else:
        console.write(text(found, language))
    return 0
