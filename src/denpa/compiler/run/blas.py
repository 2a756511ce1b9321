"""The matrix product of a BLAS that is already here, by address.

Denpa ships no BLAS. NumPy's wheels have one loaded (OpenBLAS); the package `mkl` brings another,
faster on many processors. `find()` says which one compiled code calls, after a test of every
property that compiled code relies on: transposes, alpha and beta, rows that are longer than the
matrix, integers of the right size, and products made by two threads at once.

The environment variable `DENPA_BLAS` chooses: `openblas` (NumPy's own, whatever its make), `mkl`,
`none` (compiled code then brings its own products), or the path of a library with `cblas_sgemm`.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from denpa.compiler.run import blas_files
from denpa.core.errors import DenpaError

ROW_MAJOR, PLAIN, TRANSPOSED = 101, 111, 112  # of the CBLAS interface

# Name of the product (s or d in place of {}), bits of its integers. The decorated names come first:
# they are sure about their integers, the plain one is 32 bits in all that is usual.
_SYMBOLS = (
    ("scipy_cblas_{}gemm64_", 64),  # OpenBLAS in NumPy's wheels
    ("cblas_{}gemm64_", 64),  # OpenBLAS built with a suffix
    ("cblas_{}gemm_64", 64),  # MKL, BLIS
    ("scipy_cblas_{}gemm", 32),  # OpenBLAS in SciPy's wheels
    ("cblas_{}gemm", 32),
)
_THREADS = (  # setter, getter
    ("scipy_openblas_set_num_threads64_", "scipy_openblas_get_num_threads64_"),
    ("openblas_set_num_threads64_", "openblas_get_num_threads64_"),
    ("scipy_openblas_set_num_threads", "scipy_openblas_get_num_threads"),
    ("openblas_set_num_threads", "openblas_get_num_threads"),
    ("MKL_Set_Num_Threads", "MKL_Get_Max_Threads"),
    ("bli_thread_set_num_threads", "bli_thread_get_num_threads"),
)


class BlasError(DenpaError, RuntimeError):
    """A BLAS that was asked for and is not there, or that computes something wrong."""


@dataclass(eq=False)
class Blas:
    """A BLAS library in this process.

    `sgemm` and `dgemm` are the addresses of `cblas_sgemm` and `cblas_dgemm`, whose integers
    (M, N, K and the leading dimensions, not the enums) have `bits` bits.
    """

    name: str
    path: str
    bits: int
    sgemm: int
    dgemm: int
    set_threads: Callable[[int], None]
    get_threads: Callable[[], int]
    _users: int = field(default=0, repr=False)
    _before: int = field(default=1, repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    @property
    def wanted(self) -> bool:
        """Whether the user chose it, by installing MKL or by `DENPA_BLAS`: then it computes every
        product that is worth a call, and else the large ones."""
        return self.name == "mkl" or bool(os.environ.get("DENPA_BLAS", "").strip())

    @contextmanager
    def one_thread(self) -> Iterator[None]:
        """Inside, a product is computed by the thread that calls it.

        The number of threads is one for the whole library. The first to come in sets it and the
        last to leave puts it back, in whatever thread they are.
        """
        with self._lock:
            if self._users == 0:
                self._before = self.get_threads()
                if self._before != 1:
                    self.set_threads(1)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0 and self._before != 1:
                    self.set_threads(self._before)


@cache
def find() -> Blas | None:
    """The BLAS for compiled code, tested; None if there is none that can be trusted.

    Asked once in a process. A library that fails its test is left out with a warning.

    >>> blas = find()
    >>> blas is None or blas.bits in (32, 64)
    True

    Raises:
        BlasError: `DENPA_BLAS` asks for a library that is not there.
    """
    wish = os.environ.get("DENPA_BLAS", "").strip()
    if wish.lower() == "none":
        return None
    for opened in _candidates(wish):
        try:
            self_test(opened)
        except BlasError as error:
            _warn(error)
        else:
            return opened
    return None


def _warn(error: BlasError) -> None:
    message = f"{error}; compiled code does not use it (DENPA_BLAS chooses another)"
    warnings.warn(message, RuntimeWarning, stacklevel=3)


def _candidates(wish: str) -> Iterator[Blas]:
    """The libraries that `DENPA_BLAS` allows, best first."""
    kind = wish.lower()
    if kind not in ("", "mkl", "openblas"):
        yield _open("BLAS", wish)
        return
    if kind != "openblas":
        try:
            mkl = _mkl()
        except BlasError as error:  # there, and broken
            if kind == "mkl":
                raise
            _warn(error)
            mkl = None
        if mkl is None and kind == "mkl":
            raise BlasError("DENPA_BLAS=mkl, and there is no libmkl_rt here: pip install mkl")
        if mkl is not None:
            yield mkl
    if kind != "mkl":
        loaded = _of_numpy()
        if loaded is None and kind == "openblas":
            raise BlasError(
                "DENPA_BLAS=openblas, and NumPy has no BLAS loaded that can be called;"
                " unset it, or give the path of a library"
            )
        if loaded is not None:
            yield loaded


def _loaded() -> list[tuple[str, str]]:
    """The BLAS libraries that this process has loaded: their make, and their path."""
    from threadpoolctl import ThreadpoolController

    known = [c for c in ThreadpoolController().lib_controllers if c.user_api == "blas"]
    return [(str(c.internal_api), str(c.filepath)) for c in known]


def _of_numpy() -> Blas | None:
    """The BLAS that NumPy has loaded. SciPy may have brought a second one: NumPy's comes first."""
    for name, path in blas_files.of_numpy(_loaded()):
        try:
            return _open(name, path)
        except BlasError:  # no CBLAS interface in this one
            continue
    return None


def _mkl() -> Blas | None:
    """The MKL of the package `mkl`, told to bring no threads of its own if it is ours alone."""
    path = next(iter(blas_files.of_mkl()), None)
    if path is None:
        return None
    # What NumPy computes with is loaded by now, and its threads are not ours to take away. NumPy's
    # own record of how it was built does not tell: conda exchanges the BLAS afterwards.
    shared = any(make == "mkl" for make, _ in _loaded())
    blas = _open("mkl", str(path))
    if "MKL_THREADING_LAYER" not in os.environ and not shared:
        with suppress(
            AttributeError
        ):  # MKL_THREADING_SEQUENTIAL; heeded before the first call only
            ctypes.CDLL(str(path)).MKL_Set_Threading_Layer(1)
    return blas


def _open(name: str, path: str) -> Blas:
    """The library at `path`; its product and the way to set its threads are found by name."""
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise BlasError(
            f"cannot load the BLAS library {path!r} ({error}); DENPA_BLAS is one of"
            " openblas, mkl, none, or the path of a library"
        ) from None
    for symbol, bits in _SYMBOLS:
        addresses = [_address(library, symbol.format(kind)) for kind in "sd"]
        if all(addresses):
            setter, getter = _thread_functions(library)
            return Blas(name, path, bits, addresses[0], addresses[1], setter, getter)
    tried = ", ".join(symbol.format("s") for symbol, _ in _SYMBOLS)
    raise BlasError(f"the library {path!r} has no CBLAS matrix product; looked for {tried}")


def _address(library: ctypes.CDLL, symbol: str) -> int:
    function = getattr(library, symbol, None)
    return 0 if function is None else ctypes.cast(function, ctypes.c_void_p).value or 0


def _thread_functions(library: ctypes.CDLL) -> tuple[Callable[[int], None], Callable[[], int]]:
    for setter, getter in _THREADS:
        if hasattr(library, setter) and hasattr(library, getter):
            put = getattr(library, setter)
            put.argtypes, put.restype = [ctypes.c_int], None
            take = getattr(library, getter)
            take.argtypes, take.restype = [], ctypes.c_int
            return put, take
    return (lambda n: None), (lambda: 1)  # it has no such switch


# One product of the test: sizes, which operands are transposed, factors, unused elements in a row.
_Case = tuple[int, int, int, bool, bool, float, float, int]
_Numbers = np.ndarray[tuple[int], np.dtype[Any]]


def _cases() -> Iterator[_Case]:
    pairs = list(itertools.product((False, True), repeat=2))
    for left, right in pairs:
        yield 17, 9, 33, left, right, 1.0, 0.0, 3
        yield 1, 5, 7, left, right, 1.0, 0.0, 0  # one row, and one column: libraries branch here
        yield 6, 1, 4, left, right, 1.0, 0.0, 2
        yield 3, 21, 8, left, right, 2.0, 1.0, 1
    yield 4, 3, 5, False, True, -1.0, 0.5, 1
    yield 4, 3, 0, False, False, 1.0, 1.0, 1  # nothing to add up: C stays
    yield 4, 3, 0, False, False, 1.0, 0.0, 1  # … or is cleared


def self_test(blas: Blas) -> None:
    """Small products against NumPy's own loops, in float32 and float64.

    All numbers are whole and small enough that every order of summation is exact, so the test is
    for equality; they need nine bits, so a library that rounds operands to bfloat16 fails.

    Raises:
        BlasError: the product that came out wrong, and the library.
    """
    numbers = np.random.default_rng(0).integers(-300, 301, 3000)
    with blas.one_thread():
        for dtype in (np.float32, np.float64):
            gemm = _callable(blas, dtype)
            for case in _cases():
                _check(blas, gemm, numbers.astype(dtype), case)
            _check_slices(blas, gemm, numbers.astype(dtype))


def _callable(blas: Blas, dtype: Any) -> Callable[..., None]:
    """The product as a Python function, its integers packed so that a wrong size shows.

    They always travel as 64 bits. For a library of 32 bits the upper half is filled with ones: it
    must not look at them, and one of 64 bits sees a negative size, complains, and does nothing.
    """
    real = ctypes.c_float if dtype == np.float32 else ctypes.c_double
    enum, pointer, size = ctypes.c_int, ctypes.c_void_p, ctypes.c_int64
    types: list[Any] = [enum] * 3 + [size] * 3 + [real, pointer, size, pointer, size]
    types += [real, pointer, size]
    raw = ctypes.CFUNCTYPE(None, *types)(blas.sgemm if dtype == np.float32 else blas.dgemm)
    junk = -(1 << 32) if blas.bits == 32 else 0

    def gemm(
        turns: tuple[bool, bool],
        sizes: tuple[int, int, int],
        alpha: float,
        a: int,
        lda: int,
        b: int,
        ldb: int,
        beta: float,
        c: int,
        ldc: int,
    ) -> None:
        left, right = (TRANSPOSED if turn else PLAIN for turn in turns)
        m, n, k = (x + junk for x in sizes)
        raw(
            ROW_MAJOR,
            left,
            right,
            m,
            n,
            k,
            alpha,
            a,
            lda + junk,
            b,
            ldb + junk,
            beta,
            c,
            ldc + junk,
        )

    return gemm


def _check(blas: Blas, gemm: Callable[..., None], numbers: _Numbers, case: _Case) -> None:
    m, n, k, left, right, alpha, beta, pad = case
    (am, ak), (bk, bn) = ((k, m) if left else (m, k)), ((n, k) if right else (k, n))
    a = numbers[: am * (ak + pad)].reshape(am, ak + pad)
    b = numbers[1000:][: bk * (bn + pad)].reshape(bk, bn + pad)
    c = numbers[2000:][: m * (n + pad)].reshape(m, n + pad).copy()
    plain_a = a[:, :ak].T if left else a[:, :ak]  # (M, K)
    plain_b = b[:, :bn].T if right else b[:, :bn]  # (K, N)
    whole = np.einsum("mk,kn->mn", plain_a.astype(float), plain_b.astype(float))
    want = c.copy()  # what lies beyond the width of C must stay
    want[:, :n] = alpha * whole + beta * c[:, :n]
    if beta == 0:
        c[:, :n] = np.nan  # must not be read
    lda, ldb, ldc = max(1, a.shape[1]), max(1, b.shape[1]), c.shape[1]
    if blas.bits == 64 and m == 1 and not left:
        lda = 1 << 32  # never used, as there is one row; in 32 bits it is 0, which is refused
    gemm(
        (left, right),
        (m, n, k),
        alpha,
        a.ctypes.data,
        lda,
        b.ctypes.data,
        ldb,
        beta,
        c.ctypes.data,
        ldc,
    )
    if not np.array_equal(c, want):
        turns = f"A{'ᵀ' if left else ''}·B{'ᵀ' if right else ''}"
        _fail(
            blas,
            numbers.dtype,
            f"{alpha:g}·{turns} + {beta:g}·C with M={m}, N={n}, K={k}, ldc={ldc}",
        )


def _check_slices(blas: Blas, gemm: Callable[..., None], numbers: _Numbers) -> None:
    """Two threads, each with its own rows of C += A·B, so that no round that went wrong is lost."""
    m, n, k = 34, 40, 24
    a, b = numbers[: m * k].reshape(m, k), numbers[-k * n :].reshape(k, n)
    c, rounds = np.zeros((m, n), numbers.dtype), 5
    start = threading.Barrier(2)

    def rows(first: int, last: int) -> None:
        start.wait()
        for _ in range(rounds):
            gemm(
                (False, False),
                (last - first, n, k),
                1.0,
                a[first:].ctypes.data,
                k,
                b.ctypes.data,
                n,
                1.0,
                c[first:].ctypes.data,
                n,
            )

    other = threading.Thread(target=rows, args=(19, m))
    other.start()
    rows(0, 19)
    other.join()
    if not np.array_equal(c, rounds * np.einsum("mk,kn->mn", a.astype(float), b.astype(float))):
        _fail(
            blas,
            numbers.dtype,
            f"A·B + 1·C with M={m}, N={n}, K={k} in rows of two threads at once",
        )


def _fail(blas: Blas, dtype: np.dtype[Any], product: str) -> None:
    raise BlasError(
        f"the BLAS {blas.name} ({blas.path}, {blas.bits}-bit integers) computes"
        f" {product} in {dtype.name} wrongly"
    )
