"""Where a file may be written: never over what is read, nor over a part of a run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from denpa.core.errors import ArgumentError
from denpa.core.run_files import RUN, own_name
from denpa.core.wording import option
from denpa.words import say


def check_output(path: Path, inputs: Iterable[str | os.PathLike[str]], overwrite: bool) -> None:
    """Raise where a file must not be written, before the work is done.

    Errors: ArgumentError for a folder, one of the inputs (also by another name), a file of a run,
    and, without `overwrite`, for anything that is there already.

    >>> check_output(Path("core.py"), ["core.py"], overwrite=True)
    >>> check_output(Path(__file__), [__file__], overwrite=True)
    Traceback (most recent call last):
        ...
    denpa.core.errors.ArgumentError: ... is what is read here; give another file to write to
    """
    if any(_same(path, name) for name in inputs):
        text = say("{path} is what is read here; give another file to write to", path=path)
        raise ArgumentError(text)
    # Also behind a link: what is replaced is the link, but its user means what is behind it.
    for place in (path, Path(os.path.realpath(path))):
        if own_name(place.name) and (place.parent / RUN).is_file():
            raise ArgumentError(
                say(
                    "{path} is a part of the run in {folder}; give another file to write to",
                    path=path,
                    folder=place.parent,
                )
            )
    if path.is_dir():
        raise ArgumentError(say("{path} is a folder; give a file to write to", path=path))
    if os.path.lexists(path) and not overwrite:
        raise ArgumentError(
            say(
                "{path} is there already; give another file to write to, or replace it with "
                "{option}",
                path=path,
                option=option("overwrite", True),
            )
        )


def _same(path: Path, name: str | os.PathLike[str]) -> bool:
    try:
        return path.samefile(Path(name).expanduser())
    except (OSError, ValueError):
        return False
