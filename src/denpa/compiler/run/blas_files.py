"""Where a BLAS may lie on each platform: names and paths only, nothing is loaded here."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

# Not listed by threadpoolctl, and since macOS 11 no file of the disk: the system's loader knows it.
ACCELERATE = "/System/Library/Frameworks/Accelerate.framework/Accelerate"

_MKL = {  # below the folder into which pip and conda install; with and without a version
    "win32": ("Library/bin/mkl_rt*.dll",),
    "darwin": ("lib/libmkl_rt*.dylib",),
}
_OTHER = ("lib/libmkl_rt.so*",)


def of_mkl() -> list[Path]:
    """The files of the package `mkl`: this environment's, then the one below it, then the user's.

    In one folder the highest version comes first, as an older one may have been left behind.
    """
    folders = [sys.prefix, sys.base_prefix]
    if site.ENABLE_USER_SITE:
        folders.append(site.getuserbase())  # pip install --user
    patterns = _MKL.get(sys.platform, _OTHER)
    return [
        file
        for folder in dict.fromkeys(folders)
        for pattern in patterns
        for file in sorted(Path(folder).glob(pattern), key=_version, reverse=True)
    ]


def _version(path: Path) -> tuple[list[int], str]:
    return [int(part) for part in path.name.split(".") if part.isdigit()], path.name


def of_numpy(listed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names and paths of what NumPy may compute with, the likeliest first.

    `listed` are the libraries in this process (threadpoolctl's word for their make, path). Those of
    NumPy's own wheel come first, those that another wheel brought for itself last: SciPy has one
    with integers of another size.
    """
    found = list(listed)
    if sys.platform == "darwin":  # NumPy's wheels for macOS 14 and later use Apple's
        found.append(("Accelerate", ACCELERATE))
    if sys.platform == "win32":  # conda's, which may be named openblas.dll and then is not listed
        files = sorted(Path(sys.prefix).glob("Library/bin/*openblas*.dll"))
        found += [("openblas", str(f)) for f in files]
    return sorted(found, key=lambda one: _rank(one[1]))


def _rank(path: str) -> int:
    """0 in NumPy's wheel (numpy.libs, or numpy/.dylibs on macOS), 2 in another's, 1 elsewhere."""
    home = _parts(os.path.realpath(np.__file__))[:-2]  # site-packages
    parts = _parts(path)
    if parts[: len(home)] != home or len(parts) == len(home):
        return 1
    return 0 if parts[len(home)] in ("numpy", "numpy.libs") else 2


def _parts(path: str) -> list[str]:
    if sys.platform == "win32":  # where D:\A and d:/a are one folder
        path = path.replace("\\", "/").lower()
    return path.split("/")
