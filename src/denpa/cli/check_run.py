"""What `denpa check` does in a process of its own: run somebody's code, and say what was found.

The parent imports this file before it starts that process: none of it is the code's own time.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import fields
from typing import Any

from denpa.check.limits import reason_of
from denpa.check.opening.kinds import parts_of
from denpa.check.opening.load import load, remarks_of, run_theirs
from denpa.check.opening.offers import named
from denpa.check.opening.options import Options, asked
from denpa.check.opening.unwritten import refuse_unwritten
from denpa.check.report import Report
from denpa.cli.console import one_line
from denpa.cli.mistakes import is_mistake, told
from denpa.core.errors import ArgumentError
from denpa.core.jsonable import jsonable
from denpa.words import say, speaking

_WARNINGS = 20  # that are told, at most


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """The report on what the arguments of the command name, as JSON can hold it; or the `error`
    that the user has made, with the `limit` that it comes from."""
    arguments = argparse.Namespace(**given)
    with speaking(arguments.lang), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            found = _shown(_examined(arguments), arguments)
        except BaseException as error:
            limit = reason_of(error)
            if limit is None and not is_mistake(error) and not isinstance(error, KeyboardInterrupt):
                raise
            text = told(error) or type(error).__name__
            if not isinstance(error, ArgumentError) or getattr(error, "english", False):
                text = say("{text}", text=text)
            found = {"error": text, "limit": limit, **_kind(error)}
    said = dict.fromkeys(one_line(w.message) for w in caught)
    return {**found, "warnings": list(said)[:_WARNINGS]}


def _kind(error: BaseException) -> dict[str, Any]:
    """How an error is told: as `whole` lines, as which `outcome`, with which `offers`."""
    defaults = {"whole": False, "outcome": "error", "offers": []}
    return {name: getattr(error, name, default) for name, default in defaults.items()}


def _shown(report: Report, arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "ok": None if report.nothing else report.ok,
        "text": str(report),
        "data": jsonable(report.to_dict()),
        "html": None if arguments.html is None else report.to_html(),
    }


def _examined(arguments: argparse.Namespace) -> Report:
    """The one place where the command and the checker meet."""
    if arguments.rule is None:
        given = {**vars(arguments), "language": arguments.lang}
        return asked(arguments.what, Options(**{f.name: given[f.name] for f in fields(Options)}))
    for option in ("init", "input", "grad", "data"):
        if getattr(arguments, option) is not None:
            raise ArgumentError(
                say(
                    "--{option} does not go with --rule: what the update is made with is read from "
                    "its defaults. In Python, denpa.check.update_rule(step, rule, lr=…) says it",
                    option=option,
                )
            )
    spec, also = named(arguments.what)
    found, name = load(spec)
    refuse_unwritten(name, parts_of(found))
    from denpa.check.optimizers.update import update_rule  # for those who ask

    def compared() -> Report:
        return update_rule(
            found,
            arguments.rule,
            language=arguments.lang,
            seed=arguments.seed,
            timeout=arguments.timeout,
        )

    checked: Report = run_theirs(compared, name, "running it")
    checked.notes = [*also, *remarks_of(spec), *checked.notes]
    return checked
