"""Where the imports of somebody's file lead, from wherever it is checked.

Python takes the folder of a script, or of `python -m`, for the place where imports begin. Which of
the two a file was written for is not known here, so both are served: first the file's own folder
and what it adds to sys.path, and, for names that nobody else has, the folders above it up to the
root of its repository, with `src` and `lib` in each. sys.path itself stays as it is: what Denpa and
the libraries import later must not be found among the user's files. For the same reason a name of
the standard library, or of a library that Denpa uses, is never taken from there.
"""

from __future__ import annotations

import ast
import importlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from denpa.words import say

# Only debuggers import `code`, and people have folders of that name.
_STANDARD = sys.stdlib_module_names - {"code"}
_LIBRARIES = {
    "PIL", "IPython", "cupy", "cycler", "denpa", "jax", "jaxlib", "keras", "llvmlite", "matplotlib",
    "numba", "numpy", "pandas", "platformdirs", "pyarrow", "pytest", "rich", "safetensors", "scipy",
    "seaborn", "sklearn", "tensorflow", "threadpoolctl", "torch", "torchvision", "tqdm",
}  # fmt: skip
_PROTECTED = _STANDARD | _LIBRARIES
_LEVELS = 6  # above a file, where no repository says where its root is
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "cv2": "opencv-python",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
}


class ImportContext:
    """The surroundings of one file: its name as a module, and the folders that imports look in."""

    def __init__(self, file: Path, levels: int) -> None:
        """`levels`: of packages that its relative imports climb; 1 for `from .helper import f`."""
        self.file = file.resolve()
        self.folder = self.file.parent
        self.parents = self._parents(levels)  # the packages it is in, by their full names
        self.package = self.file.name == "__init__.py"
        inmost = next(reversed(self.parents), "")
        if not inmost:  # alone, a file called random.py must not take the place of random
            self.name = f"_checked_{self.file.stem.replace('.', '_')}"
        elif self.package:
            self.name = inmost
            del self.parents[inmost]
        else:
            self.name = f"{inmost}.{self.file.stem.replace('.', '_')}"
        self.kept = list(sys.path)  # as it was before the file ran
        self.before = set(sys.modules)
        self.added: list[str] = []
        self.above = list(_above(self.folder))
        self.above += [folder.parent for folder in list(self.parents.values())[:1]]

    def _parents(self, levels: int) -> dict[str, Path]:
        """The folders with an __init__.py around the file, or as many as its imports climb."""
        folders = [self.folder]
        while (folders[-1] / "__init__.py").is_file() or len(folders) <= levels:
            if folders[-1] == folders[-1].parent:
                break
            folders.append(folders[-1].parent)
        inside = folders[-2::-1]
        names = [f.name.replace(".", "_") for f in inside]
        # Where that name is somebody else's already: relative imports go by any.
        if names and (names[0] in _PROTECTED or names[0] in sys.modules):
            names[0] = f"_checked_{names[0]}"
        return {".".join(names[: k + 1]): f for k, f in enumerate(inside)}

    def near(self) -> list[str]:
        """The file's folder, and what it has put into sys.path, seen from that folder."""
        added = [p for p in sys.path if p not in self.kept]
        self.added += [p for p in added if p not in self.added]
        return [str(self.folder), *(str(self.folder / p) for p in self.added)]

    def everywhere(self) -> list[str]:
        """All folders that imports may lead to, nearest first."""
        return list(dict.fromkeys([*self.near(), *(str(p) for p in self.above)]))

    def outside(self) -> list[str]:
        """What sys.path was, without the folders of the user."""
        mine = {Path(p).resolve() for p in self.near()}
        return [p for p in self.kept if p and Path(p).resolve() not in mine]

    def holds(self, module: ModuleType) -> bool:
        """Whether a module was found in these folders."""
        held = getattr(module, "__dict__", {})  # not getattr: some import what they are asked for
        try:
            place = held.get("__file__") or next(iter(held.get("__path__", [])), "")
        except KeyError:  # a package without __init__.py asks the one around it, which is gone
            return True
        path = Path(place)
        if not place or {"site-packages", "dist-packages"} & set(path.parts):
            return False
        return any(Path(p) in path.parents for p in self.everywhere())


def levels_of(tree: ast.AST) -> int:
    """How many packages relative imports climb: 2 for `from ..other import f`.

    >>> levels_of(ast.parse("from ..other import f"))
    2
    """
    found = [n.level for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return max(found, default=0)


def _above(folder: Path) -> Iterator[Path]:
    """The folders above one, to the root of its repository, with the sources in each. Where
    everybody may put files, nobody's are run."""
    home = Path(os.path.expanduser("~"))
    for level, place in enumerate((folder, *folder.parents)):
        if level and (level > _LEVELS or place in (home, Path(place.anchor)) or _public(place)):
            return
        yield place
        yield from (place / n for n in ("src", "lib") if (place / n).is_dir())
        if (place / ".git").exists():
            return


def _public(place: Path) -> bool:
    if os.name == "nt":  # the bits of a mode say nothing there
        return False
    try:
        return bool(place.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return True


# -- what Python asks ------------------------------------------------------------------------------


class _Near(MetaPathFinder):
    """Asked before all others: the file itself, its packages, and its neighbours."""

    def __init__(self, context: ImportContext, loader: Loader) -> None:
        self.context, self.loader = context, loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        context = self.context
        if fullname == context.name:
            return _spec(fullname, context.file, self.loader)
        folder = context.parents.get(fullname)
        if folder is not None:
            return _package(fullname, folder)
        if path is not None:
            return None
        found = PathFinder.find_spec(fullname, context.near())
        if found is None or found.loader is None:  # a folder without __init__.py comes last
            return None
        if fullname in _PROTECTED:
            return PathFinder.find_spec(fullname, context.outside())
        return found


class _Above(MetaPathFinder):
    """Asked after all others: the folders above the file."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        folders = [Path(p) for p in self.context.everywhere()]
        if path is not None:  # of two packages of one name, the one that has the module
            inside = fullname.split(".")[:-1]
            folders = [f.joinpath(*inside) for f in folders]
        elif fullname in _PROTECTED:
            return None
        found = PathFinder.find_spec(fullname, [str(f) for f in folders if f.is_dir()])
        if found is not None and found.loader is None:  # folders of that name: with code, or data
            places = list(found.submodule_search_locations or ())
            if not any(_has_code(Path(p)) for p in places):
                return None
        return found


def _has_code(folder: Path) -> bool:
    return any(folder.glob("*.py")) or any(folder.glob("*/*.py"))


def _spec(name: str, file: Path, loader: Loader) -> ModuleSpec | None:
    package = [str(file.parent)] if file.name == "__init__.py" else None
    return spec_from_file_location(name, file, loader=loader, submodule_search_locations=package)


def _package(name: str, folder: Path) -> ModuleSpec | None:
    start = folder / "__init__.py"
    if start.is_file():
        return spec_from_file_location(name, start, submodule_search_locations=[str(folder)])
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


_current: ImportContext | None = None


def enter(file: Path, levels: int) -> ImportContext:
    """Let imports lead to the surroundings of a file from now on, functions that import when they
    are called included, and forget those of the file before. The arguments are those of
    ImportContext."""
    global _current
    if _current is not None:
        _forget(_current)
    _current = ImportContext(file, levels)
    for name in [n for n in sys.modules if f"{n}.".startswith(f"{_current.name}.")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return _current


def _forget(context: ImportContext) -> None:
    """Take the modules of a file's surroundings away, but for a file that stands alone: nobody else
    has its name, and its source may be asked for."""
    stays = _PROTECTED if context.parents or context.package else {*_PROTECTED, context.name}
    names = [n for n in set(sys.modules) - context.before if n.partition(".")[0] not in stays]
    for name in [n for n in names if context.holds(sys.modules[n])]:
        del sys.modules[name]


def serve(context: ImportContext, loader: Loader) -> None:
    """Answer what Python asks for; `loader` runs the file itself."""
    sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, (_Near, _Above))]
    sys.meta_path.insert(0, _Near(context, loader))
    sys.meta_path.append(_Above(context))


def leave(context: ImportContext) -> None:
    """Put sys.path back, after the file has run; what it added is remembered."""
    context.near()
    sys.path[:] = context.kept


# -- what is not there -----------------------------------------------------------------------------


def missing(error: ImportError) -> str:
    """What to do about a module that was not found: it has another name, or is to be installed."""
    name = error.name
    if not isinstance(error, ModuleNotFoundError) or not name:
        return ""
    top, _, below = name.partition(".")
    if below and top in sys.modules:
        return _near_submodule(name)
    distribution = _DISTRIBUTIONS.get(top, top)
    if top in _LIBRARIES or top in _DISTRIBUTIONS:
        return say(
            "{top} is not installed; install it with: pip install {distribution}",
            top=top,
            distribution=distribution,
        )
    folders = [Path(p) for p in _current.everywhere()] if _current is not None else []
    for folder in folders:
        near = get_close_matches(top, list(_modules(folder)), 1, 0.75)
        if near:
            return say(
                "{top} is not there; did you mean {near}, which is in {resolve}?",
                top=top,
                near=near[0],
                resolve=folder.resolve(),
            )
    for folder in folders:
        for inside in sorted(p for p in folder.glob("*/") if top in _modules(p)):
            return say(
                "{top} is in {inside}, where imports do not look; write before them "
                "sys.path.append({inside2!r})",
                top=top,
                inside=inside,
                inside2=str(inside),
            )
    place = _current.folder if _current else Path()
    return say(
        "there is no file or folder {top} from {place} up, and no such package is installed; if "
        "it is one, pip install {distribution}",
        top=top,
        place=place,
        distribution=distribution,
    )


def _near_submodule(name: str) -> str:
    package, _, last = name.rpartition(".")
    names = [
        n for p in getattr(sys.modules.get(package), "__path__", []) for n in _modules(Path(p))
    ]
    near = get_close_matches(last, names, 1, 0.6)
    hint = say(" did you mean {}?")
    return hint.strip().format(f"{package}.{near[0]}") if near else ""


def _modules(folder: Path) -> set[str]:
    """The names that can be imported from a folder."""
    try:
        inside = list(folder.iterdir())
    except OSError:
        return set()
    files = {p.stem for p in inside if p.suffix == ".py"}
    return files | {p.name for p in inside if p.is_dir() and _has_code(p)}
