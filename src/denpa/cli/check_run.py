"""What `denpa check` does in a process of its own: run somebody's code, and say what was found.

The parent imports this file before it starts that process: none of it is the code's own time.
"""

from __future__ import annotations

import argparse
import inspect
import warnings
from typing import Any

from denpa.check.limits import reason_of
from denpa.check.opening.load import beside, load, remarks_of, run_theirs
from denpa.check.opening.offers import named
from denpa.check.opening.open import Given, near, opened, reported
from denpa.check.report import Report
from denpa.cli.check_data import examples_of
from denpa.cli.console import one_line, plain
from denpa.cli.main import is_mistake, told

_WARNINGS = 20  # that are told, at most


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """The report on what the arguments of the command name, as JSON can hold it; or the `error`
    that the user has made, with the `limit` that it comes from."""
    arguments = argparse.Namespace(**given)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            found = _shown(_examined(arguments), arguments)
        except BaseException as error:
            limit = reason_of(error)
            if limit is None and not is_mistake(error) and not isinstance(error, KeyboardInterrupt):
                raise
            text = told(error) or type(error).__name__
            found = {"error": text, "whole": getattr(error, "whole", False), "limit": limit}
    said = dict.fromkeys(one_line(w.message) for w in caught)
    return {**found, "warnings": list(said)[:_WARNINGS]}


def _shown(report: Report, arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "ok": None if report.nothing else report.ok,
        "text": str(report),
        "data": plain(report.to_dict()),
        "html": None if arguments.html is None else report.to_html(),
    }


def _examined(arguments: argparse.Namespace) -> Report:
    """The one place where the command and the checker meet."""
    spec = named(arguments.what)
    found, name = load(spec)
    partly = remarks_of(spec)
    if arguments.rule is not None:
        from denpa.check.rules.update import update_rule  # for those who ask

        def compared() -> Report:
            return update_rule(
                found, arguments.rule, language=arguments.lang, seed=arguments.seed,
                timeout=arguments.timeout,
            )  # fmt: skip

        checked: Report = run_theirs(compared, name, "running it")
        return checked
    gradient = None if arguments.grad is None else beside(spec, arguments.grad)
    bare = inspect.isfunction(found) and not inspect.signature(found).parameters
    if bare and gradient is None and not arguments.jax:
        found = run_theirs(found, name, "calling it")
    examples = None
    if arguments.data is not None:
        examples = examples_of(
            arguments.data, arguments.target, arguments.batch or 32, arguments.seed
        )
    options = {k: getattr(arguments, k) for k in ("step", "evaluations")}
    given = Given(
        arguments.init, arguments.input, gradient, arguments.jax, arguments.loss, examples,
        arguments.seed, arguments.budget, arguments.lang,
        {k: v for k, v in options.items() if v is not None}, spec, near(found),
    )  # fmt: skip
    subject = run_theirs(lambda: opened(found, name, given), name, "making it")
    report: Report = run_theirs(lambda: reported(subject, given), name, "checking it")
    report.notes = [*(s.text(arguments.lang) for s in partly), *report.notes]
    return report
