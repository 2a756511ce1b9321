"""Run one call in two libraries and compare everything that a user can see.

A case is a call that takes the library as a parameter, and its inputs as NumPy arrays. The call
runs in PyTorch and in the subject; what is compared are the structure of the result, dtypes,
shapes, values, ``requires_grad``, the gradient of every input for a fixed random cotangent and,
where a case asks for it, the gradient of that gradient.

The subject is Denpa. With ``DENPA_PARITY_SELF=1`` it is PyTorch itself: then every case must pass,
which shows that the cases are right.
"""

from __future__ import annotations

import importlib
import os
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

SELF = os.environ.get("DENPA_PARITY_SELF") == "1"
torch: Any = importlib.import_module("torch")
subject: Any = torch if SELF else importlib.import_module("denpa")

Array = np.ndarray[Any, Any]

# Relative to the largest finite value of the array that is compared.
TOLERANCE = {"float16": 2e-3, "float32": 2e-5, "float64": 1e-10}
# Second derivatives (taken in float64) that are zero on paper are rounding noise in both.
NOISE = 1e-12
FLOATS = ("float32", "float64")
FAMILIES = (IndexError, ValueError, TypeError, KeyError, AttributeError, RuntimeError)


@dataclass(frozen=True)
class D:
    """A dtype by name; each library resolves it for itself."""

    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Case:
    """One call in both libraries. float64 arrays take the dtype under test, others keep theirs."""

    name: str
    call: Callable[..., Any]
    inputs: tuple[Any, ...] = ()
    grad: bool = True
    second: bool | None = False
    optional: bool = False  # Denpa may lack it, if it says so with NotImplementedError
    dtypes: tuple[str, ...] = FLOATS  # "given" keeps the dtypes of all inputs
    scale: float = 1.0  # widens the tolerance, with a reason beside it
    strided: bool | None = None  # run once more on non-contiguous inputs


def normal(*shape: int, seed: int = 0) -> Array:
    """Standard normal numbers in float64, the same on every run."""
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def leaf(m: Any, *shape: int) -> Any:
    """A tensor of standard normal numbers that takes a gradient."""
    return m.tensor(normal(*shape), requires_grad=True)


def positive(*shape: int, seed: int = 0) -> Array:
    """Numbers in [0.2, 3)."""
    return np.random.default_rng([seed, *shape]).uniform(0.2, 3.0, shape)


def unit(*shape: int, seed: int = 0) -> Array:
    """Numbers in [0.05, 0.95)."""
    return np.random.default_rng([seed, *shape]).uniform(0.05, 0.95, shape)


def ints(high: int, *shape: int, seed: int = 0, low: int = 0) -> Array:
    """int64 numbers in [low, high)."""
    return np.random.default_rng([seed, *shape]).integers(low, high, shape)


def bools(*shape: int, seed: int = 0) -> Array:
    """Truth values."""
    return np.random.default_rng([seed, *shape]).random(shape) < 0.5


def resolve(lib: Any, value: Any) -> Any:
    """Put the library's own dtypes in the place of their names."""
    if isinstance(value, D):
        return getattr(lib, value.name)
    if isinstance(value, tuple):
        return tuple(resolve(lib, v) for v in value)
    if isinstance(value, np.ndarray):
        return lib.tensor(value)
    return value


def forms(
    faces: str,
    name: str,
    inputs: Sequence[Any],
    *args: Any,
    flags: dict[str, Any] | None = None,
    tag: str = "",
    **kwargs: Any,
) -> list[Case]:
    """Cases for one function by its faces: m (the library), t (a method), f (nn.functional)."""

    def maker(face: str) -> Callable[..., Any]:
        def run(lib: Any, *tensors: Any) -> Any:
            rest, kw = resolve(lib, args), {k: resolve(lib, v) for k, v in kwargs.items()}
            if face == "t":
                return getattr(tensors[0], name)(*tensors[1:], *rest, **kw)
            home = {"m": lib, "f": getattr(lib, "nn", lib)}[face]
            home = home.functional if face == "f" else home
            return getattr(home, name)(*tensors, *rest, **kw)

        return run

    def brief(value: Any) -> str:
        if not isinstance(value, np.ndarray):
            return repr(value)
        return str(value.shape) if value.dtype == np.float64 else f"{value.dtype}{value.shape}"

    shown = [brief(a) for a in (*inputs, *args)]
    shown += [f"{k}={brief(v)}" for k, v in kwargs.items()]
    where = {"m": "", "t": "Tensor.", "f": "F."}
    label = f"{name}({', '.join(shown)}){tag}".replace(" ", "")
    return [Case(where[f] + label, maker(f), tuple(inputs), **(flags or {})) for f in faces]


def each(
    cases: Iterable[Case | Iterable[Case]], **changes: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Parametrise a test with (case, dtype); ``changes`` are set where a case left the default."""
    fresh = Case("", lambda: None)
    flat: list[Case] = []
    for entry in cases:
        flat.extend([entry] if isinstance(entry, Case) else entry)
    flat = [
        replace(c, **{k: v for k, v in changes.items() if getattr(c, k) == getattr(fresh, k)})
        for c in flat
    ]
    count: dict[str, int] = {}
    for i, c in enumerate(flat):  # equal labels, unlike arrays
        count[c.name] = count.get(c.name, 0) + 1
        flat[i] = c if count[c.name] == 1 else replace(c, name=f"{c.name}#{count[c.name]}")
    return pytest.mark.parametrize(
        ("case", "dtype"),
        [pytest.param(c, d, id=f"{c.name}-{d}") for c in flat for d in c.dtypes],
    )


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor of either library."""
    return hasattr(value, "detach") and hasattr(value, "dtype")


def dtype_name(dtype: Any) -> str:
    """'float32' for torch.float32 as for np.dtype('float32')."""
    return str(dtype).removeprefix("torch.")


def numpy(tensor: Any) -> Array:
    """A tensor's values."""
    force = {"force": True} if getattr(tensor, "_is_zerotensor", bool)() else {}  # PyTorch's lazy 0
    return np.asarray(tensor.detach().numpy(**force))


def tensors_in(value: Any) -> Iterator[Any]:
    """The tensors of a nested result, in order."""
    if is_tensor(value):
        yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from tensors_in(v)
    elif isinstance(value, (tuple, list)):
        for v in value:
            yield from tensors_in(v)


def facts(value: Any, label: str) -> Iterator[tuple[str, Any]]:
    """What a user can see of a result, as flat (label, plain value) pairs."""
    if is_tensor(value):
        yield f"{label}.dtype", dtype_name(value.dtype)
        yield f"{label}.shape", tuple(int(n) for n in value.shape)
        yield f"{label}.requires_grad", bool(value.requires_grad)
        yield label, numpy(value)
    elif isinstance(value, dict):
        yield f"{label}.keys", list(value)
        for k, v in value.items():
            yield from facts(v, f"{label}[{k!r}]")
    elif isinstance(value, (tuple, list)):
        yield f"{label}.length", len(value)
        for i, v in enumerate(value):
            yield from facts(v, f"{label}[{i}]")
    elif isinstance(value, (bool, int, float, str, bytes, np.ndarray)) or value is None:
        yield f"{label}.type", type(value).__name__
        yield label, value
    else:
        yield label, dtype_name(value)  # a dtype, or something with one spelling in both


def cotangent(case: Case, index: int, like: Any) -> Array:
    """A fixed random cotangent in the dtype of an output."""
    seed = zlib.crc32(case.name.encode())
    values = np.random.default_rng([seed, index]).standard_normal(tuple(like.shape))
    return np.asarray(values, dtype=dtype_name(like.dtype))


def leaf_and_view(lib: Any, array: Array, strided: bool) -> tuple[Any, Any]:
    """A leaf, and how to get what the call sees: the leaf or a strided view of equal values."""
    if not strided or array.ndim == 0:
        leaf = lib.tensor(array)
        return leaf, lambda: leaf
    if array.ndim == 1:
        leaf = lib.tensor(np.repeat(array, 2))
        return leaf, lambda: leaf[::2]
    leaf = lib.tensor(np.ascontiguousarray(np.swapaxes(array, 0, -1)))
    return leaf, lambda: leaf.transpose(0, -1)


def observe(lib: Any, case: Case, dtype: str, strided: bool = False) -> dict[str, Any]:
    """Run a case in one library and note everything that can be seen."""
    leaves, seen = [], []
    for value in case.inputs:
        if not isinstance(value, np.ndarray):
            seen.append(value)
            continue
        cast = value.astype(dtype) if value.dtype == np.float64 and dtype != "given" else value
        leaf, view = leaf_and_view(lib, cast, strided)
        if case.grad and cast.dtype.kind == "f":
            leaf.requires_grad = True
            leaves.append(leaf)
        seen.append(view())
    out = case.call(lib, *seen)
    noted = dict(facts(out, "out"))
    terms = [
        (t * lib.tensor(cotangent(case, i, t))).sum()
        for i, t in enumerate(tensors_in(out))
        if t.requires_grad
    ]
    if not terms or not leaves:
        return noted
    total = sum(terms[1:], terms[0])
    if case.second and dtype != "float32":
        first = lib.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
        noted.update(facts([g if g is None else g.detach() for g in first], "grad"))
        again = [
            (g * lib.tensor(cotangent(case, 100 + i, g))).sum()
            for i, g in enumerate(first)
            if g is not None and g.requires_grad
        ]
        if again:
            sum(again[1:], again[0]).backward()
        # a structural zero and a computed one are equally right here, so None counts as zeros
        for i, t in enumerate(leaves):
            zeros = np.zeros_like(numpy(t))
            noted[f"second[{i}]"] = zeros if t.grad is None else numpy(t.grad)
    else:
        total.backward()
        noted.update(facts([t.grad for t in leaves], "grad"))
    return noted


def unlike(label: str, got: Any, want: Any, scale: float = 1.0) -> str | None:
    """One line on how two plain values differ, or None."""
    if isinstance(want, np.ndarray) and isinstance(got, np.ndarray):
        if want.dtype != got.dtype or want.shape != got.shape:
            return f"{label}: {got.dtype}{got.shape}, PyTorch has {want.dtype}{want.shape}"
        if want.dtype.kind != "f":
            wrong = got != want
        else:
            a, b = got.astype(np.float64), want.astype(np.float64)
            finite = np.isfinite(b)
            room = TOLERANCE[str(want.dtype)] * scale * np.max(np.abs(b[finite]), initial=0.0)
            room += NOISE if label.startswith("second") else 0.0
            with np.errstate(invalid="ignore"):
                wrong = np.where(finite, ~(np.abs(a - b) <= room), a != b)
            wrong &= ~(np.isnan(a) & np.isnan(b))
        if not wrong.any():
            return None
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        return (
            f"{label}: {int(wrong.sum())} of {want.size} values differ, "
            f"first at {at}: {got[at]!r}, PyTorch has {want[at]!r}"
        )
    if isinstance(want, float) and isinstance(got, float):
        same = np.isclose(got, want, rtol=1e-9 * scale, atol=0.0, equal_nan=True)
        return None if same else f"{label}: {got!r}, PyTorch has {want!r}"
    if type(got) is type(want) and got == want:
        return None
    return f"{label}: {got!r}, PyTorch has {want!r}"


def compare(got: dict[str, Any], want: dict[str, Any], scale: float = 1.0) -> None:
    """Fail with every difference between two sets of facts."""
    lines = [f"{k}: absent, PyTorch has {want[k]!r}" for k in want if k not in got]
    lines += [f"{k}: {got[k]!r}, PyTorch has none" for k in got if k not in want]
    found = (unlike(k, got[k], want[k], scale) for k in want if k in got)
    lines += [line for line in found if line]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def reference(run: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """PyTorch's facts, and whether it warned."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        noted = run()
    return noted, bool(seen)


def not_offered(error: Exception) -> bool:
    """Whether an error says honestly that something does not exist."""
    if isinstance(error, TypeError):
        return "unexpected keyword" in str(error)
    return isinstance(error, (NotImplementedError, AttributeError))


def both(run: Callable[[Any], dict[str, Any]], scale: float = 1.0, optional: bool = False) -> None:
    """Run in PyTorch and in the subject, compare. Denpa may warn only where PyTorch does."""
    want, warned = reference(lambda: run(torch))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if warned else "error")
        try:
            got = run(subject)
        except (NotImplementedError, AttributeError, TypeError) as error:
            if optional and not_offered(error):
                pytest.skip(f"not offered: {error}")
            raise
    compare(got, want, scale)


def check(case: Case, dtype: str) -> None:
    """Compare a case in both libraries, and once more on non-contiguous inputs."""
    both(lambda lib: observe(lib, case, dtype), case.scale, case.optional)
    if case.strided:
        both(lambda lib: observe(lib, case, dtype, strided=True), case.scale, case.optional)


def check_seen(run: Callable[[Any], Any], scale: float = 1.0, optional: bool = False) -> None:
    """Compare whatever ``run(library)`` returns, tensors and plain values alike."""
    both(lambda lib: dict(facts(run(lib), "out")), scale, optional)


def raised(m: Any, call: Callable[[Any], Any]) -> Exception:
    """The error of a call; a call that is accepted fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning before the error is not the error
        try:
            call(m)
        except Exception as error:
            return error
    return pytest.fail(f"{m.__name__} accepts this call", pytrace=False)


def check_refused(call: Callable[[Any], Any]) -> None:
    """Both libraries refuse, with the same class of error, and Denpa in one or two lines."""
    theirs, ours = raised(torch, call), raised(subject, call)
    family = next((f for f in FAMILIES if isinstance(theirs, f)), None)
    # PyTorch asserts in a few places; there any of our families is right
    wanted = (family,) if family else (*FAMILIES, AssertionError)
    assert isinstance(ours, wanted), f"{ours!r}; PyTorch raises {theirs!r}"
    if isinstance(ours, NotImplementedError):
        assert isinstance(theirs, NotImplementedError), f"{ours!r}; PyTorch raises {theirs!r}"
    assert len(str(ours)) > 10, f"says too little: {ours!r}"
    assert SELF or len(str(ours).strip().splitlines()) <= 2, f"says too much: {ours!r}"
