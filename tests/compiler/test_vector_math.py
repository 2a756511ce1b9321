"""exp, log, tanh, … as LLVM text: right to the last place, and the same bits at every width."""

from __future__ import annotations

import ctypes
import dataclasses
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from denpa.compiler.emit import llvm, vector_math
from denpa.compiler.emit.vector_math import ARITY, FUNCTIONS, define, symbol

pytestmark = pytest.mark.skipif(not llvm.available(), reason="needs llvmlite")

Array = np.ndarray[Any, Any]
TYPES = {"float": np.float32, "double": np.float64}
UNARY = sorted(n for n in FUNCTIONS if ARITY[n] == 1)
WIDTHS = {"float": (1, 4, 8, 16), "double": (1, 4)}

# The greatest error allowed of float and double, in units in the last place: what was measured,
# rounded up (double: erf is judged by a libm that errs itself, sin and cos are libm).
ULP = {
    "exp": (1.1, 1.1),
    "log": (0.9, 0.9),
    "log1p": (1.5, 1.5),
    "expm1": (1.7, 2.0),
    "tanh": (1.95, 2.3),
    "sigmoid": (1.7, 1.7),
    "erf": (1.2, 1.6),
    "softplus": (2.3, 2.6),
    "sin": (0.51, 1.0),
    "cos": (0.51, 1.0),
}

LOOP = """
define void @{entry}(ptr %out, ptr %a, ptr %b, i64 %n) {{
entry:
  br label %body
body:
  %i = phi i64 [0, %entry], [%next, %body]
  %p = getelementptr {type}, ptr %a, i64 %i
  %x = load {kind}, ptr %p, align 4
  %q = getelementptr {type}, ptr %b, i64 %i
  %y = load {kind}, ptr %q, align 4
  %z = call {kind} {function}({arguments})
  %r = getelementptr {type}, ptr %out, i64 %i
  store {kind} %z, ptr %r, align 4
  %next = add nuw i64 %i, {width}
  %more = icmp ult i64 %next, %n
  br i1 %more, label %body, label %done
done:
  ret void
}}
"""


def loop(entry: str, function: str, type: str, width: int, arguments: str) -> str:
    kind = type if width == 1 else f"<{width} x {type}>"
    arguments = arguments.replace("kind", kind)
    return LOOP.format(**locals())


def entry(name: str, type: str, width: int) -> str:
    return f"{name}_{type}_{width}"


def compiled(cases: list[tuple[str, str, int]], extra: str = "", level: int = 2) -> llvm.Library:
    """One library with a loop over arrays for each (name, type, width)."""
    parts: list[str] = []
    declares: set[str] = set()
    for case in cases:
        found = define(*case)
        declares |= found.declares
        arguments = ", ".join(["kind %x", "kind %y"][: ARITY[case[0]]])
        parts += [found.text, loop(entry(*case), symbol(*case), *case[1:], arguments)]
    return llvm.load(llvm.build("\n".join([*sorted(declares), *parts, extra]), llvm.host(), level))


def call(library: llvm.Library, name: str, a: Array, b: Array | None = None) -> Array:
    """The loop `name` over a, filled up to a multiple of 16 elements."""
    b = a if b is None else b
    a, b = (np.concatenate([x, np.ones(-len(x) % 16, x.dtype)]) for x in (a, b))
    out = np.empty_like(a)
    pointers = (x.ctypes.data for x in (out, a, b))
    signature = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, ctypes.c_int64)
    signature(library.address(name))(*pointers, len(a))
    return out[: len(out) - (-len(out) % 16)]


@pytest.fixture(scope="module")
def library() -> llvm.Library:
    # NumPy has no erf: the C library's, for reference
    text = "declare double @erf(double)\n" + loop("reference", "@erf", "double", 1, "double %x")
    cases = [(n, t, w) for t, widths in WIDTHS.items() for w in widths for n in sorted(FUNCTIONS)]
    return compiled(cases, text)


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))  # without overflow, so that it is right where it is denormal too
    return np.where(x < 0, e, 1) / (1 + e)


def softplus(x: Array) -> Array:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


REFERENCE: dict[str, Callable[[Array], Array]] = {
    **{n: getattr(np, n) for n in UNARY if hasattr(np, n)},
    "sigmoid": sigmoid,
    "softplus": softplus,
}


def exact(library: llvm.Library, name: str, x: Array) -> Array:
    """The function in more digits than x has: float64 for float32, the machine's most for it."""
    with np.errstate(all="ignore"):  # a signalling NaN is reported when it is cast
        wide = x.astype(np.float64)
        if name == "erf":
            return call(library, "reference", wide)[: len(x)]
        return REFERENCE[name](wide if x.dtype == np.float32 else wide.astype(np.longdouble))


def allowed(name: str, type: str) -> float:
    return ULP[name][list(TYPES).index(type)]


def ulps(y: Array, truth: Array) -> Array:
    """The error of each element in units in the last place of the rounded truth."""
    with np.errstate(all="ignore"):
        rounded = truth.astype(y.dtype)
        unit = np.spacing(np.abs(rounded)).astype(truth.dtype)
        error = np.abs(y.astype(truth.dtype) - truth) / unit
    same = (y == rounded) | (np.isnan(y) & np.isnan(rounded))
    return np.where(np.isfinite(rounded) & np.isfinite(y), error, np.where(same, 0, np.inf))


def every_exponent(type: str) -> Array:
    """Random bits, and numbers where the functions bend."""
    rng = np.random.default_rng(3)
    wild = rng.integers(0, 256, 2**16 * np.dtype(TYPES[type]).itemsize, dtype=np.uint8)
    limit = 110 if type == "float" else 760
    tame = [rng.normal(0, 2, 2**14), rng.uniform(-limit, limit, 2**14), rng.uniform(-1, 1, 2**14)]
    return np.concatenate([wild.view(TYPES[type]), np.concatenate(tame).astype(TYPES[type])])


def worst(library: llvm.Library, name: str, type: str, x: Array) -> float:
    """The greatest error; in pieces that stay in the cache."""
    greatest, where = -1.0, x[0]
    for part in np.split(x, range(2**17, len(x), 2**17)):
        y = call(library, entry(name, type, 8 if type == "float" else 4), part)[: len(part)]
        error = ulps(y, exact(library, name, part))
        at = int(error.argmax())
        if error[at] > greatest:
            greatest, where = float(error[at]), part[at]
    print(f"{name} of {type}: {greatest:.3f} units in the last place at {where!r}")
    return greatest


def binade(start: float) -> Array:
    """All float32 from `start`, a power of two, to the next one."""
    first = np.float32(start).view(np.uint32)
    return np.arange(first, first + 2**23, dtype=np.uint32).view(np.float32)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        *[("exp", s) for s in (-0.5, 64.0, -64.0)],  # the last two end at infinity and at 0
        ("log", 0.5),
        *[("tanh", s) for s in (0.125, -8.0)],
        *[("sigmoid", s) for s in (-1.0, -16.0)],
        ("erf", -1.0),
        ("log1p", 0.25),
        ("expm1", 0.25),
        ("softplus", -0.5),
        ("sin", 2.0),
    ],
)
def test_every_float_of_a_binade(library: llvm.Library, name: str, start: float) -> None:
    assert worst(library, name, "float", binade(start)) <= allowed(name, "float")


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", UNARY)
def test_every_exponent(library: llvm.Library, name: str, type: str) -> None:
    assert worst(library, name, type, every_exponent(type)) <= allowed(name, type)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_width_gives_the_same_bits(library: llvm.Library, name: str, type: str) -> None:
    x = every_exponent(type)
    results = [call(library, entry(name, type, w), x, x[::-1].copy()) for w in WIDTHS[type]]
    bits = [np.where(np.isnan(y), 0, y).tobytes() for y in results]  # but for NaN's own bits
    assert all(other == bits[0] for other in bits)
    assert all(np.array_equal(np.isnan(y), np.isnan(results[0])) for y in results)


def test_the_optimiser_changes_no_bit(library: llvm.Library) -> None:
    plain = compiled([(n, "float", 8) for n in UNARY], level=0)
    x = every_exponent("float")
    for name in UNARY:
        a, b = (call(lib, entry(name, "float", 8), x) for lib in (plain, library))
        assert np.array_equal(a, b, equal_nan=True), name


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", UNARY)
def test_the_ends_of_the_numbers_are_numpy_s(library: llvm.Library, name: str, type: str) -> None:
    info = np.finfo(TYPES[type])
    tiny, least, most = info.smallest_subnormal, info.tiny, info.max
    overflow = math.log(float(most))
    ends = [0, math.inf, tiny, 3 * tiny, least, most, 1e-30, 1, overflow * 1.01, overflow * 1.2]
    x = np.array([s * float(v) for v in ends for s in (1, -1)] + [math.nan], TYPES[type])
    y = call(library, entry(name, type, 4), x)[: len(x)]
    with np.errstate(all="ignore"):
        expected = REFERENCE.get(name, np.vectorize(math.erf, [x.dtype]))(x)
    assert np.array_equal(np.isnan(y), np.isnan(expected))
    y, expected = y[~np.isnan(y)], expected[~np.isnan(y)]
    assert np.array_equal(np.signbit(y), np.signbit(expected))
    assert np.array_equal(y[np.isinf(expected)], expected[np.isinf(expected)])
    finite = np.isfinite(expected)
    # denormal numbers and zero within two of the smallest
    assert np.allclose(y[finite], expected[finite], rtol=4 * info.eps, atol=2 * float(tiny))


@pytest.mark.parametrize("type", TYPES)
def test_no_value_leaves_its_range(library: llvm.Library, type: str) -> None:
    x = np.linspace(-50, 50, 2**18).astype(TYPES[type])
    for name, low in (("tanh", -1), ("erf", -1), ("sigmoid", 0), ("sin", -1), ("cos", -1)):
        y = call(library, entry(name, type, 4), x)
        assert low <= y.min(), name
        assert y.max() <= 1, name


def test_sin_of_large_floats_beside_small_ones(library: llvm.Library) -> None:
    x = np.geomspace(1e-3, 3e38, 2**12).astype(np.float32)
    np.random.default_rng(0).shuffle(x)
    for name in ("sin", "cos"):
        assert worst(library, name, "float", x) <= allowed(name, "float")


@pytest.mark.parametrize("type", TYPES)
def test_pow(library: llvm.Library, type: str) -> None:
    rng = np.random.default_rng(1)
    a, b = np.exp(rng.normal(0, 2, 2**12)), rng.uniform(-8, 8, 2**12)
    a, b = a.astype(TYPES[type]), b.astype(TYPES[type])
    truth = np.power(a.astype(np.longdouble), b.astype(np.longdouble))
    assert ulps(call(library, entry("pow", type, 4), a, b), truth).max() <= 1.0
    cases = [(0, 0), (math.nan, 0), (1, math.nan), (-2, 3), (-2, 0.5), (0, -1), (math.inf, -1)]
    a, b = np.array(cases, TYPES[type]).T.copy()
    with np.errstate(all="ignore"):
        expected = np.power(a, b)
    assert np.array_equal(call(library, entry("pow", type, 4), a, b)[:7], expected, equal_nan=True)


def test_pow_of_a_constant_is_the_same_pow() -> None:
    found = define("pow", "float", 4)
    arguments = "kind %x, kind splat (float 2.0)"
    text = loop("square", symbol("pow", "float", 4), "float", 4, arguments)
    made = llvm.optimised("\n".join([*found.declares, found.text, text]), llvm.host())
    assert made.count("call float @powf") == 4  # LLVM would make it x·x, at times another number
    assert "fmul" not in made


@pytest.mark.parametrize(
    ("name", "field", "at"),
    [("exp", "exp", 3), ("tanh", "exp", 1), ("log", "log", 2), ("erf", "erf_near", 3),
     ("erf", "erf_far", 4), ("exp", "ln2", 1)],
)  # fmt: skip
def test_a_wrong_coefficient_is_seen(
    library: llvm.Library, monkeypatch: pytest.MonkeyPatch, name: str, field: str, at: int
) -> None:
    numbers = vector_math.NUMBERS["float"]
    changed = list(getattr(numbers, field))
    changed[at] *= 1.01 if field != "ln2" else 4
    wrong = dataclasses.replace(numbers, **{field: tuple(changed)})
    monkeypatch.setitem(vector_math.NUMBERS, "float", wrong)
    broken = compiled([(name, "float", 8)])
    x = every_exponent("float")
    y = call(broken, entry(name, "float", 8), x)[: len(x)]
    assert ulps(y, exact(library, name, x)).max() > allowed(name, "float")


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("name", sorted(FUNCTIONS - {"sin", "cos", "pow"}))
def test_no_branch_no_call_no_table(name: str, type: str) -> None:
    text = define(name, type, 8).text
    assert not re.search(r"\b(br|load|fast|contract|reassoc|afn)\b", text)
    assert set(re.findall(r"call .*?@([\w.]+)\(", text)) <= {
        f"llvm.{n}.v8{'f32' if type == 'float' else 'f64'}" for n in ("fma", "fabs", "copysign")
    }


def test_errors_say_what_there_is() -> None:
    with pytest.raises(ValueError, match="no vector function 'tan'; there are cos, erf, exp"):
        symbol("tan", "float", 8)
    with pytest.raises(ValueError, match="expected the type 'float' or 'double', was given 'half'"):
        define("exp", "half", 8)
    with pytest.raises(ValueError, match=r"a width of 1 \(a scalar\) or more, was given 0"):
        define("exp", "float", 0)
