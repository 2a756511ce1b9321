"""Where a BLAS is looked for, on systems that are not this one.

The trees have the names that pip and conda install: `mkl` in lib or Library/bin of the environment,
OpenBLAS in numpy.libs (Linux, Windows) or numpy/.dylibs (macOS) of NumPy's wheel and likewise of
SciPy's, conda's in lib or Library/bin. Nothing in them can be loaded.
"""

from __future__ import annotations

import site
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from denpa.compiler.run import blas

LINUX, MAC, WINDOWS = "linux", "darwin", "win32"
Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A function that makes files in an environment, and pretends that Python runs there."""

    def make(system: str, *files: str) -> Path:
        root = tmp_path / "env"
        for name in files:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(b"no library")
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(sys, "prefix", str(root))
        monkeypatch.setattr(sys, "base_prefix", str(root))
        monkeypatch.setattr(site, "ENABLE_USER_SITE", False)
        packages = "Lib/site-packages" if system == WINDOWS else "lib/python3.13/site-packages"
        monkeypatch.setattr(np, "__file__", str(root / packages / "numpy" / "__init__.py"))
        monkeypatch.delenv("DENPA_BLAS", raising=False)
        return root

    return make


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every library that Denpa would have loaded, in order. Each lacks a matrix product."""
    log: list[tuple[str, str]] = []

    def refuse(name: str, path: str) -> None:
        log.append((name, path))
        raise blas.BlasError("no product in it")

    monkeypatch.setattr(blas, "_open", refuse)
    return log


def listed(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, str]) -> None:
    """What threadpoolctl says is in the process."""
    rows = [SimpleNamespace(user_api="blas", internal_api=a, filepath=b) for a, b in found]
    rows.append(SimpleNamespace(user_api="openmp", internal_api="openmp", filepath="/lib/libgomp"))
    monkeypatch.setattr(
        "threadpoolctl.ThreadpoolController", lambda: SimpleNamespace(lib_controllers=rows)
    )


@pytest.mark.parametrize(
    ("system", "files", "first"),
    [
        (LINUX, ["lib/libmkl_rt.so.2", "lib/libmkl_core.so.2"], "lib/libmkl_rt.so.2"),  # pip
        (LINUX, ["lib/libmkl_rt.so", "lib/libmkl_rt.so.2"], "lib/libmkl_rt.so.2"),  # conda
        (LINUX, ["lib/libmkl_rt.so.2", "lib/libmkl_rt.so.3"], "lib/libmkl_rt.so.3"),
        (LINUX, ["lib/libmkl_rt.so.9", "lib/libmkl_rt.so.10"], "lib/libmkl_rt.so.10"),
        (MAC, ["lib/libmkl_rt.2.dylib", "lib/libmkl_core.2.dylib"], "lib/libmkl_rt.2.dylib"),
        (MAC, ["lib/libmkl_rt.dylib"], "lib/libmkl_rt.dylib"),
        (WINDOWS, ["Library/bin/mkl_rt.2.dll", "Library/bin/mkl_core.2.dll"],
         "Library/bin/mkl_rt.2.dll"),
        (WINDOWS, ["Library/bin/mkl_rt.1.dll", "Library/bin/mkl_rt.2.dll",
                   "Library/lib/mkl_rt.lib"], "Library/bin/mkl_rt.2.dll"),
        (WINDOWS, ["lib/libmkl_rt.so.2", "Framework/bin/mkl_rt.2.dll"], None),
        (LINUX, ["lib/libmkl_rt.2.dylib", "lib/mkl_rt.2.dll"], None),
    ],
)  # fmt: skip
def test_mkl(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, system: str,
    files: list[str], first: str | None,
) -> None:  # fmt: skip
    root = tree(system, *files)
    listed(monkeypatch)
    if first is None:
        assert blas._mkl() is None
        assert opened == []
        return
    with pytest.raises(blas.BlasError):
        blas._mkl()
    assert opened == [("mkl", str(root / first))]


def test_mkl_of_the_environment_before_that_of_the_python_below_and_of_the_user(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tree(LINUX, "lib/libmkl_rt.so.2")
    listed(monkeypatch)
    below, user = tmp_path / "below", tmp_path / "user"
    for folder in (below, user):
        (folder / "lib").mkdir(parents=True)
        (folder / "lib" / "libmkl_rt.so.3").write_bytes(b"no library")
    monkeypatch.setattr(sys, "base_prefix", str(below))
    monkeypatch.setattr(site, "ENABLE_USER_SITE", True)
    monkeypatch.setattr(site, "getuserbase", lambda: str(user))
    for folder, name in [(root, "libmkl_rt.so.2"), (below, "libmkl_rt.so.3"),
                         (user, "libmkl_rt.so.3")]:  # fmt: skip
        opened.clear()
        with pytest.raises(blas.BlasError):
            blas._mkl()
        assert opened == [("mkl", str(folder / "lib" / name))]
        (folder / "lib" / name).unlink()
    assert blas._mkl() is None
    (user / "lib" / "libmkl_rt.so.3").write_bytes(b"no library")
    monkeypatch.setattr(site, "ENABLE_USER_SITE", False)  # a virtual environment: not looked at
    assert blas._mkl() is None


@pytest.mark.parametrize("layer", [None, "INTEL"])
@pytest.mark.parametrize("theirs", [True, False])
def test_mkl_keeps_its_threads_where_numpy_computes_with_it(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, theirs: bool, layer: str | None
) -> None:
    root = tree(LINUX, "lib/libmkl_rt.so.2")
    monkeypatch.delenv("MKL_THREADING_LAYER", raising=False)
    if layer is not None:
        monkeypatch.setenv("MKL_THREADING_LAYER", layer)
    path = str(root / "lib" / "libmkl_rt.so.2")
    here = [("mkl", path)] if theirs else [("openblas", "/usr/lib/libopenblas.so.0")]
    listed(monkeypatch, *here)
    calls: list[int] = []
    now: list[tuple[str, str]] = list(here)

    def load(name: str, where: str) -> blas.Blas:
        now.append((name, where))  # from here on threadpoolctl lists it
        listed(monkeypatch, *now)
        return blas.Blas(name, where, 32, 0, 0, lambda n: None, lambda: 1)

    monkeypatch.setattr(blas, "_open", load)
    library = SimpleNamespace(MKL_Set_Threading_Layer=calls.append)
    monkeypatch.setattr(blas.ctypes, "CDLL", lambda where: library)
    assert blas._mkl() is not None
    assert calls == ([] if theirs or layer else [1])  # 1 is MKL_THREADING_SEQUENTIAL


ACCELERATE = ("Accelerate", "/System/Library/Frameworks/Accelerate.framework/Accelerate")


@pytest.mark.parametrize(
    ("system", "others", "own"),
    [  # SciPy is listed first where it was imported first
        (LINUX, ["scipy.libs/libscipy_openblas-68440149.so"],
         "numpy.libs/libscipy_openblas64_-32a4b2a6.so"),
        (LINUX, ["numpy_quaddtype.libs/libscipy_openblas-68440149.so"],
         "numpy.libs/libscipy_openblas64_-32a4b2a6.so"),
        (MAC, ["scipy/.dylibs/libscipy_openblas.dylib"],
         "numpy/.dylibs/libscipy_openblas64_.dylib"),
        (WINDOWS, ["scipy.libs/libscipy_openblas-48c358d105077551cc9cc3ba79387ed5.dll"],
         "numpy.libs/libscipy_openblas64_-43e11ff0749b8cbe0a615c9cf6737e0e.dll"),
    ],
)  # fmt: skip
def test_numpys_wheel_before_scipys(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, system: str,
    others: list[str], own: str,
) -> None:  # fmt: skip
    tree(system)
    packages = Path(np.__file__).parent.parent
    rows = [("openblas", str(packages / name)) for name in (*others, own)]
    listed(monkeypatch, *rows)
    assert blas._of_numpy() is None  # none of them has a product
    expected = [rows[-1], *rows[:-1]]
    if system == MAC:
        expected.insert(1, ACCELERATE)
    assert opened == expected


def test_numpys_wheel_is_known_behind_a_link(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tree(LINUX, "lib/python3.13/site-packages/numpy/__init__.py")
    link = tmp_path / "link"
    link.symlink_to(root, target_is_directory=True)
    packages = Path(np.__file__).parent.parent.resolve()
    monkeypatch.setattr(np, "__file__", str(link / Path(np.__file__).relative_to(root)))
    rows = [("openblas", str(packages / f"{n}.libs" / "libscipy_openblas.so"))
            for n in ("scipy", "numpy")]  # fmt: skip
    listed(monkeypatch, *rows)
    assert blas._of_numpy() is None
    assert opened == rows[::-1]


def test_windows_writes_one_path_in_many_ways(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(WINDOWS)
    packages = r"d:\python\LIB\site-packages"
    monkeypatch.setattr("os.path.realpath", lambda path: path)
    monkeypatch.setattr(np, "__file__", r"D:\Python\Lib\site-packages\numpy\__init__.py")
    scipy = ("openblas", packages + r"\scipy.libs\libscipy_openblas-48c358d1.dll")
    numpy = ("openblas", packages + r"\numpy.libs\libscipy_openblas64_-43e11ff0.dll")
    listed(monkeypatch, scipy, numpy)
    assert blas._of_numpy() is None
    assert opened == [numpy, scipy]


@pytest.mark.parametrize("name", ["openblas.dll", "libopenblas.dll"])
def test_condas_openblas_on_windows_is_found_without_being_listed(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    root = tree(WINDOWS, f"Library/bin/{name}", "Library/bin/libcblas.dll")
    scipy = ("openblas", str(root / "Lib/site-packages/scipy.libs/libscipy_openblas-48c358d1.dll"))
    listed(monkeypatch, scipy)
    assert blas._of_numpy() is None
    assert opened == [("openblas", str(root / "Library" / "bin" / name)), scipy]


def test_condas_openblas_before_a_wheels(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(LINUX)
    packages = Path(np.__file__).parent.parent
    scipy = ("openblas", str(packages / "scipy.libs/libscipy_openblas-68440149.so"))
    conda = ("openblas", str(root / "lib/libopenblasp-r0.3.30.so"))
    listed(monkeypatch, scipy, conda)
    assert blas._of_numpy() is None
    assert opened == [conda, scipy]


def test_apples_accelerate_where_nothing_is_listed(
    tree: Tree, opened: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(MAC)  # NumPy's wheels for macOS 14 bring no library
    listed(monkeypatch)
    assert blas._of_numpy() is None
    assert opened == [ACCELERATE]
