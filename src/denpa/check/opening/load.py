"""From FILE:NAME to what the file holds under that name."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from denpa.check.opening.arguments import arrays_of, bound, inputs_of
from denpa.check.opening.context import enter, leave, levels_of, serve
from denpa.check.opening.execution import Stopped, UserError, limit, quiet, run_theirs, told
from denpa.check.opening.notebook import cells_of, is_notebook
from denpa.check.opening.opened import FileRun, lacking, raised, remarks
from denpa.check.opening.ownership import OPENED
from denpa.core.errors import ArgumentError
from denpa.words import say

__all__ = [
    "Stopped",
    "UserError",
    "arrays_of",
    "beside",
    "bound",
    "inputs_of",
    "load",
    "member",
    "remarks_of",
    "run_theirs",
]


@dataclass
class Loaded:
    """A file that was run, and what of it, and of the packages around it, was not."""

    path: str
    file: Path
    module: ModuleType
    run: FileRun
    packages: list[str] = field(default_factory=list)

    def get(self, name: str) -> Any:
        """What it holds under a name. Errors: those of `load`."""
        if not hasattr(self.module, name) and (
            name in self.run.absent or not _close(name, held_by(self.module))
        ):
            lacking(self.run, self.path, name)
        return member(self.module, self.path, name)


_SHOWN = 6  # files of a folder that are told
_LOADED: dict[Path, Loaded] = {}


def load(spec: str, seconds: float = 0.0) -> tuple[Any, str]:
    """The object that FILE:NAME names, and NAME. FILE is Python, with `# %%` or without, or a
    Jupyter notebook; or a module as `python -m` takes it, such as pkg.layers. A statement of it may
    take `seconds` (0: as long as it likes).

    Errors: ArgumentError for a file or name that is not there; UserError where the file raises, and
    so does not make that name.
    """
    path, _, name = spec.rpartition(":")
    if not path or not name:
        raise ArgumentError(
            say("name a file and what it holds, as in mylayers.py:Affine, not {spec!r}", spec=spec)
        )
    return opened_file(path, name, seconds).get(name), name


def beside(spec: str, name: str) -> Any:
    """Another object of the file that `spec` names, which is loaded."""
    return _LOADED[file_of(spec.rpartition(":")[0])].get(name)


def remarks_of(spec: str, unusual: bool = False) -> list[str]:
    """What of the file that `spec` names, which is loaded, was not run; or of that only what is
    `unusual`, since it raised: of a notebook most is not run."""
    loaded = _LOADED[file_of(spec.rpartition(":")[0])]
    return [*loaded.packages, *(raised if unusual else remarks)(loaded.file, loaded.run)]


def opened_file(path: str, asked: str, seconds: float) -> Loaded:
    """Run a file, for the sake of the name that is asked for."""
    file = file_of(path)
    cells = cells_of(file)
    OPENED.update(cell.file for cell in cells)
    levels = 0
    for cell in cells if not is_notebook(file) else ():
        with suppress(SyntaxError, ValueError):  # told when it is run
            levels = max(levels, levels_of(ast.parse(cell.text)))
    run, context = FileRun(cells, asked, seconds), enter(file, levels)
    serve(context, run)
    packages: list[str] = []
    try:
        with quiet():
            for name, folder in context.parents.items():
                packages += _package(name, folder, seconds)
            module = run_theirs(lambda: importlib.import_module(context.name), path, "importing it")
    finally:
        leave(context)
    loaded = Loaded(path, file, module, run, packages)
    _LOADED[file] = loaded
    return loaded


def _package(name: str, folder: Path, seconds: float) -> list[str]:
    """Import a package that the file is in. One whose __init__.py raises is gone without: the file
    may not need what it does."""
    try:
        with limit(seconds):
            importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        bare = ModuleType(name)
        bare.__path__ = [str(folder)]
        sys.modules[name] = bare
        what = f"{folder.name}/__init__.py"
        why = told(error, "it").splitlines()[-1]
        return [say("{what} ended with {why}; the file was run without it", what=what, why=why)]
    return []


def file_of(path: str) -> Path:
    """The file of a path, of the folder of a package, or of a module such as pkg.layers, without
    links. Errors: ArgumentError where there is none."""
    file = Path(path)
    if file.is_dir() and (file / "__init__.py").is_file():
        file = file / "__init__.py"
    if file.is_dir():
        raise ArgumentError(_folder(path, file))
    if not file.is_file():
        file = _of_module(path) or file
    if not file.is_file():
        folder = file.parent
        names = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        near = get_close_matches(file.name, [n for n in names if _is_code(Path(n))], 1, 0.6)
        meant = folder / near[0] if near else ""
        hint = say("; did you mean {meant}?", meant=meant) if near else ""
        raise ArgumentError(say("{path}: there is no such file", path=path) + hint)
    if not _is_code(file):
        raise ArgumentError(say("{path}: not a Python file, nor a Jupyter notebook", path=path))
    return file.resolve()


def _folder(path: str, folder: Path) -> str:
    """What to write in place of a folder."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and _is_code(p))
    shown = ", ".join(str(p) for p in files[:_SHOWN]) + " …" * (len(files) > _SHOWN)
    if not files:
        return say("{path} is a folder without a Python file or a notebook", path=path)
    return say(
        "{path} is a folder; name a file of it: {shown}. What a class has handed in is marked "
        "with --class {path} --name NAME",
        path=path,
        shown=shown,
    )


def _is_code(file: Path) -> bool:
    return file.suffix in (".py", ".pyw", ".ipynb")


def _of_module(name: str) -> Path | None:
    """The file of a module, found from here as `python -m` finds it, without running a package."""
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    places = [str(Path.cwd()), str(Path.cwd() / "src"), *sys.path]
    spec = None
    for k in range(len(parts)):
        spec = PathFinder.find_spec(".".join(parts[: k + 1]), places)
        if spec is None:
            return None
        places = list(spec.submodule_search_locations or ())
    return Path(spec.origin) if spec is not None and spec.origin else None


def member(module: Any, path: str, name: str) -> Any:
    """What a module holds under a name. Errors: ArgumentError with the names that are near."""
    if hasattr(module, name):
        return getattr(module, name)
    own = list(held_by(module))
    close = _close(name, own)
    if close:
        hint = say(" Did you mean {name!r}?", name=close)
    else:
        hint = say(" It has {names}.", names=", ".join(own))
    absent = say("{path} has no {name!r}.", path=path, name=name)
    raise ArgumentError(absent + (hint if own else ""))


def _close(name: str, known: Iterable[str]) -> str:
    """The name that is meant, whatever its capitals; empty where none is near."""
    lower = {n.lower(): n for n in known}
    return next((lower[n] for n in get_close_matches(name.lower(), lower, 1, 0.5)), "")


def held_by(module: Any) -> dict[str, Any]:
    """What a module itself makes, by name, and not what it imports or hides."""
    found = {}
    for name, x in vars(module).items():
        if inspect.isclass(x) or inspect.isfunction(x):
            theirs = f"{x.__module__}.".startswith(f"{module.__name__}.")
        else:
            theirs = not inspect.ismodule(x) and (callable(x) or hasattr(x, "forward"))
        if theirs and not name.startswith("_"):
            found[name] = x
    return found
