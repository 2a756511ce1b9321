"""Which BLAS compiled code calls, and that one which computes wrongly is found out."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.compiler.run import blas
from denpa.compiler.run.blas import Blas, BlasError

_alive: list[Any] = []  # callbacks, whose addresses are of use only while they live


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("DENPA_BLAS", raising=False)
    blas.find.cache_clear()
    yield
    blas.find.cache_clear()
    _alive.clear()


def right(left: np.ndarray, other: np.ndarray, alpha: float, beta: float, c: np.ndarray) -> None:
    """alpha·left·other + beta·c into c; left is (M, K), other (K, N), c (M, N)."""
    product = np.einsum("mk,kn->mn", left.astype(float), other.astype(float))
    c[...] = alpha * product + (beta * c if beta else 0)


def fake(
    compute: Callable[..., None] = right,
    *,
    bits: int = 64,
    says: int | None = None,
    twist: Callable[[dict[str, Any]], None] = lambda call: None,
) -> Blas:
    """A BLAS of `bits`-bit integers in Python that `says` it has others; `twist` spoils a call."""

    def gemm(real: Any, dtype: Any) -> int:
        size = ctypes.c_int64 if bits == 64 else ctypes.c_int32
        e, p = ctypes.c_int, ctypes.c_void_p
        types = [e, e, e, size, size, size, real, p, size, p, size, real, p, size]
        names = ["order", "left", "right", "m", "n", "k", "alpha", "a", "lda", "b", "ldb"]
        names += ["beta", "c", "ldc"]

        def matrix(address: int, rows: int, columns: int, ld: int) -> np.ndarray:
            length = (rows - 1) * ld + columns if rows else 0
            flat = np.ctypeslib.as_array((real * length).from_address(address))
            return np.lib.stride_tricks.as_strided(
                flat, (rows, columns), (ld * flat.itemsize, flat.itemsize)
            )

        def call(*args: Any) -> None:
            v = dict(zip(names, args, strict=True))
            twist(v)
            left, other = v["left"] == blas.TRANSPOSED, v["right"] == blas.TRANSPOSED
            m, n, k = v["m"], v["n"], v["k"]
            if min(m, n, k) < 0 or v["lda"] < (m if left else k) or v["ldb"] < (k if other else n):
                return  # as libraries do, less the message
            rows_a, rows_b = k if left else m, n if other else k
            if max((rows_a - 1) * v["lda"], (rows_b - 1) * v["ldb"]) > 1 << 20:
                return  # spoilt so much that it would read outside of the process
            c = matrix(v["c"], m, n, v["ldc"])
            a = matrix(v["a"], k, m, v["lda"]).T if left else matrix(v["a"], m, k, v["lda"])
            b = matrix(v["b"], n, k, v["ldb"]).T if other else matrix(v["b"], k, n, v["ldb"])
            compute(a, b, v["alpha"], v["beta"], c)

        callback = ctypes.CFUNCTYPE(None, *types)(call)
        _alive.append(callback)
        return ctypes.cast(callback, ctypes.c_void_p).value or 0

    single, double = gemm(ctypes.c_float, np.float32), gemm(ctypes.c_double, np.float64)
    says = bits if says is None else says
    return Blas("fake", "nowhere.so", says, single, double, lambda n: None, lambda: 1)


@pytest.mark.parametrize("bits", [32, 64])
def test_a_right_one_passes(bits: int) -> None:
    blas.self_test(fake(bits=bits))


@pytest.mark.parametrize(("bits", "says"), [(32, 64), (64, 32)])
def test_integers_of_the_wrong_size_are_found(bits: int, says: int) -> None:
    with pytest.raises(BlasError, match=rf"fake \(nowhere.so, {says}-bit integers\) computes"):
        blas.self_test(fake(bits=bits, says=says))


def wrong_left(call: dict[str, Any]) -> None:
    if call["m"] == call["k"] or call["left"] == blas.TRANSPOSED:
        call["left"] = blas.PLAIN
        call["lda"] = max(call["lda"], call["k"])


def wrong_right(call: dict[str, Any]) -> None:
    call["right"] = blas.PLAIN
    call["ldb"] = max(call["ldb"], call["n"])


def no_beta(call: dict[str, Any]) -> None:
    call["beta"] = 0.0


def no_alpha(call: dict[str, Any]) -> None:
    call["alpha"] = 1.0


def tight_rows(call: dict[str, Any]) -> None:
    call["ldc"] = call["n"]


def columns_first(call: dict[str, Any]) -> None:
    call["a"], call["b"] = call["b"], call["a"]
    call["lda"], call["ldb"] = max(call["ldb"], call["k"]), max(call["lda"], call["n"])


def into_the_padding(call: dict[str, Any]) -> None:
    if call["right"] == blas.PLAIN:
        call["n"] = min(call["ldb"], call["ldc"])


TWISTS = [
    (into_the_padding, "ldc="),
    (wrong_left, "Aᵀ·B"),
    (wrong_right, "A·Bᵀ"),
    (no_beta, "C with"),
    (no_alpha, "·C with"),
    (tight_rows, "ldc="),
    (columns_first, "A·B"),
]


@pytest.mark.parametrize(("twist", "named"), TWISTS)
def test_a_wrong_reading_of_the_arguments_is_found(twist: Any, named: str) -> None:
    with pytest.raises(BlasError, match=named) as caught:
        blas.self_test(fake(twist=twist))
    assert "float32 wrongly" in str(caught.value)


def test_wrong_only_in_float64_is_found() -> None:
    good, bad = fake(), fake(twist=no_beta)
    mixed = Blas("mixed", "", 64, good.sgemm, bad.dgemm, lambda n: None, lambda: 1)
    with pytest.raises(BlasError, match="float64 wrongly"):
        blas.self_test(mixed)


def reads_c(a: np.ndarray, b: np.ndarray, alpha: float, beta: float, c: np.ndarray) -> None:
    c[...] = alpha * (a.astype(float) @ b.astype(float)) + beta * c


def forgets_to_clear(
    a: np.ndarray, b: np.ndarray, alpha: float, beta: float, c: np.ndarray
) -> None:
    if a.shape[1]:
        right(a, b, alpha, beta, c)


def last_row(a: np.ndarray, b: np.ndarray, alpha: float, beta: float, c: np.ndarray) -> None:
    odd = len(c) % 4  # the rest of a kernel of four rows
    right(a[: len(c) - odd] if odd else a, b, alpha, beta, c[: len(c) - odd] if odd else c)


def rounds(a: np.ndarray, b: np.ndarray, alpha: float, beta: float, c: np.ndarray) -> None:
    short = (a.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32)  # bfloat16
    right(short, b, alpha, beta, c)


@pytest.mark.parametrize("compute", [reads_c, forgets_to_clear, last_row, rounds])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_wrong_product_is_found(compute: Callable[..., None]) -> None:
    with pytest.raises(BlasError, match="wrongly"):
        blas.self_test(fake(compute))


def test_one_workspace_for_two_threads_is_found() -> None:
    shared: list[np.ndarray] = []
    both = threading.Barrier(2)

    def unsafe(a: np.ndarray, b: np.ndarray, alpha: float, beta: float, c: np.ndarray) -> None:
        shared[:] = [a.copy()]
        if len(c) in (15, 19):  # rows that are divided: the other thread has written there too
            both.wait()
        if len(shared[0]) == len(c):
            right(shared[0], b, alpha, beta, c)

    with pytest.raises(BlasError, match="in rows of two threads at once"):
        blas.self_test(fake(unsafe))


@pytest.mark.skipif(sys.platform != "linux", reason="NumPy's wheels for Linux have OpenBLAS")
def test_there_is_one() -> None:
    """Without it the tests below would say nothing."""
    assert "openblas" in np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    assert blas.find() is not None


def test_the_one_that_numpy_has_passes_and_is_asked_once() -> None:
    found = blas.find()
    if found is None:
        pytest.skip("NumPy's BLAS has no CBLAS interface here")
    assert blas.find() is found
    assert Path(found.path).exists() or sys.platform == "darwin"
    blas.self_test(found)
    wrong = Blas("w", "w.so", 96 - found.bits, found.sgemm, found.dgemm, lambda n: None, lambda: 1)
    with pytest.raises(BlasError, match="wrongly"):  # its integers mistaken: refused, no crash
        blas.self_test(wrong)


def test_the_test_is_quick() -> None:
    """2.5 ms measured: so many small products, and no more."""
    work = []

    def counted(a: np.ndarray, b: np.ndarray, alpha: float, beta: float, c: np.ndarray) -> None:
        work.append(a.shape[0] * a.shape[1] * b.shape[1])
        right(a, b, alpha, beta, c)

    blas.self_test(fake(counted))
    assert 50 < len(work) < 500
    assert sum(work) < 1_000_000


def test_a_failing_library_is_left_out_with_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = fake(twist=no_beta), fake()
    monkeypatch.setattr(blas, "_candidates", lambda wish: iter([bad]))
    with pytest.warns(RuntimeWarning, match=r"fake .*wrongly; compiled code does not use it"):
        assert blas.find() is None
    assert blas.find() is None  # and no second warning, which would be an error here
    blas.find.cache_clear()
    monkeypatch.setattr(blas, "_candidates", lambda wish: iter([bad, good]))
    with pytest.warns(RuntimeWarning, match="does not use it"):
        assert blas.find() is good


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, brought = fake(), fake()
    monkeypatch.setattr(blas, "_of_numpy", lambda: mine)
    monkeypatch.setattr(blas, "_mkl", lambda: brought)
    for wish, expected in [("", brought), ("mkl", brought), ("OpenBLAS", mine), ("none", None)]:
        monkeypatch.setenv("DENPA_BLAS", wish)
        blas.find.cache_clear()
        assert blas.find() is expected
    monkeypatch.delenv("DENPA_BLAS")
    monkeypatch.setattr(blas, "_mkl", lambda: None)
    blas.find.cache_clear()
    assert blas.find() is mine


def test_the_environment_asks_for_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "_of_numpy", lambda: None)
    monkeypatch.setattr(blas, "_mkl", lambda: None)
    for wish, message in [
        ("mkl", "no libmkl_rt here: pip install mkl"),
        ("openblas", "NumPy has no BLAS loaded that can be called"),
        ("no/such/lib.so", r"cannot load the BLAS library 'no/such/lib.so'.*openblas, mkl, none"),
    ]:
        monkeypatch.setenv("DENPA_BLAS", wish)
        with pytest.raises(BlasError, match=message):
            blas.find()
    monkeypatch.delenv("DENPA_BLAS")
    assert blas.find() is None  # nothing asked for, nothing there: no complaint


def test_a_library_by_path(monkeypatch: pytest.MonkeyPatch) -> None:
    found = blas._of_numpy()
    if found is None:
        pytest.skip("NumPy's BLAS has no CBLAS interface here")
    monkeypatch.setenv("DENPA_BLAS", found.path)
    named = blas.find()
    assert named is not None
    assert (named.sgemm, named.dgemm, named.bits) == (found.sgemm, found.dgemm, found.bits)
    other = sys.modules["_ctypes"].__file__ or ""
    monkeypatch.setenv("DENPA_BLAS", other)
    blas.find.cache_clear()
    with pytest.raises(BlasError, match="has no CBLAS matrix product; looked for"):
        blas.find()


def test_a_broken_mkl_is_told_and_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libmkl_rt.so.2").write_bytes(b"cut off")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path))
    mine = fake()
    monkeypatch.setattr(blas, "_of_numpy", lambda: mine)
    with pytest.warns(RuntimeWarning, match="cannot load the BLAS library"):
        assert blas.find() is mine
    monkeypatch.setenv("DENPA_BLAS", "mkl")
    blas.find.cache_clear()
    with pytest.raises(BlasError, match="cannot load the BLAS library"):
        blas.find()


class Threads:
    """The number of threads of a library, and every number that it was set to."""

    def __init__(self, now: int) -> None:
        self.now, self.log = now, [now]

    def put(self, n: int) -> None:
        self.now = n
        self.log.append(n)

    def blas(self) -> Blas:
        return Blas("counted", "", 64, 0, 0, self.put, lambda: self.now)


def test_one_thread_nests_and_restores() -> None:
    threads = Threads(4)
    library = threads.blas()
    with library.one_thread():
        with library.one_thread():
            assert threads.now == 1
        assert threads.now == 1
    assert threads.now == 4
    with pytest.raises(KeyError), library.one_thread():
        raise KeyError
    assert threads.log == [4, 1, 4, 1, 4]


def test_one_thread_that_is_one_already_touches_nothing() -> None:
    threads = Threads(1)
    with threads.blas().one_thread():
        pass
    assert threads.log == [1]


def test_one_thread_in_several_python_threads() -> None:
    threads = Threads(8)
    library = threads.blas()
    inside: list[int] = []
    both = threading.Barrier(2)

    def first() -> None:
        with library.one_thread():
            both.wait()  # the second is in
            inside.append(threads.now)
        both.wait()  # the first is out, the second still in

    def second() -> None:
        with library.one_thread():
            both.wait()
            both.wait()
            inside.append(threads.now)

    workers = [threading.Thread(target=work) for work in (first, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert inside == [1, 1]
    assert threads.log == [8, 1, 8]


def test_one_thread_of_the_real_library() -> None:
    from threadpoolctl import threadpool_info, threadpool_limits

    found = blas.find()
    if found is None or found.name == "mkl":
        pytest.skip("no BLAS whose threads threadpoolctl sees")

    def seen() -> int:
        return next(i["num_threads"] for i in threadpool_info() if i["filepath"] == found.path)

    with threadpool_limits(limits=2, user_api="blas"):
        before = seen()
        with found.one_thread():
            assert seen() == 1
        assert seen() == before
