"""What `denpa lab run FILE` does in a process of its own: run somebody's lab and write what it
found.

The parent imports this file before it starts that process: none of it is the code's own time.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from denpa.check.limits import reason_of
from denpa.cli.console import one_line
from denpa.cli.mistakes import is_mistake, told
from denpa.core.jsonable import jsonable
from denpa.lab import style  # noqa: F401  # with what it draws with
from denpa.lab.run import run_file
from denpa.lab.session import line
from denpa.lab.words import translate
from denpa.words import speaking

_WARNINGS = 20  # that are told, at most


def answer(given: dict[str, Any]) -> dict[str, Any]:
    """What a lab of this `path` has found, as JSON can hold it, its files in `folder`; or the
    `error` that the user has made, with the `limit` that it comes from."""
    language = given["lang"]
    with speaking(language), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            result = run_file(Path(given["path"]), quick=given["quick"], seed=given["seed"])
            written = result.write(Path(given["folder"]), language)
            found = {
                "record": jsonable(result.record(language)),
                "claims": [line(claim, language) for claim in result.lab.claims],
                "note": translate(result.lab.note, language) if result.lab.note else "",
                "seconds": result.seconds,
                "holds": result.holds,
                "written": written,
            }
        except BaseException as error:
            limit = reason_of(error)
            left = isinstance(error, (KeyboardInterrupt, SystemExit))
            if limit is None and not is_mistake(error) and not left:
                raise
            text = told(error) or type(error).__name__
            if left:
                text = f"{given['path']}: {type(error).__name__}: {error}"
            found = {"error": text, "limit": limit, "whole": False}
    said = dict.fromkeys(one_line(w.message) for w in caught)
    return {**found, "warnings": list(said)[:_WARNINGS]}
