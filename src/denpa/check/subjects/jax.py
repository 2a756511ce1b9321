"""JAX functions, among them those with `custom_vjp`: `dp.check.jax`. JAX is imported when this is
called, and computes in float64 for as long as a check lasts."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from denpa.check.frameworks.base import needed
from denpa.check.remarks import Remark, Said
from denpa.check.report import Report
from denpa.check.subject import GradientRule, InnerLayer, Subject, Values
from denpa.check.subjects.model import checked
from denpa.check.subjects.tensors import names_of
from denpa.core.errors import ArgumentError
from denpa.words import in_its_language, say


def _double(jax: Any) -> AbstractContextManager[Any]:
    """float64 within a context, under the name that this version of JAX has for it."""
    switch = getattr(jax, "enable_x64", None)
    if switch is None:  # before 0.8
        switch = importlib.import_module("jax.experimental").enable_x64
    found: AbstractContextManager[Any] = switch(True)
    return found


class OfJax(Subject):
    """A function of arrays, or of pytrees of arrays. `rules` is the custom_vjp that it is, or else
    uses: of itself, fwd and bwd are called as they stand; in other functions JAX runs them."""

    def __init__(self, f: Any, arguments: Sequence[Any], title: str = "") -> None:
        self.jax: Any = needed("jax", "JAX")
        inner = getattr(f, "__wrapped__", None)  # jax.jit changes no number
        f = inner if isinstance(inner, self.jax.custom_vjp) and hasattr(f, "lower") else f
        self.f, self.own = f, isinstance(f, self.jax.custom_vjp)
        if not callable(f):
            raise ArgumentError(
                say("{kind} is nothing that can be called with arrays", kind=type(f).__name__)
            )
        self.title = title or getattr(f, "__name__", type(f).__name__)
        names = names_of(f.fun if self.own else f, len(arguments))
        self.values: dict[str, np.ndarray] = {}
        self.of: list[tuple[int, str | None]] = []  # of each leaf: its argument and its name
        leaves, self.tree = self.jax.tree_util.tree_flatten_with_path(tuple(arguments))
        self.leaves: list[Any] = []
        self.fixed = set(getattr(f, "nondiff_argnums", ()) or ())
        for path, leaf in leaves:
            k, array = path[0].idx, leaf
            kind = str(getattr(leaf, "dtype", type(leaf).__name__))
            name = None
            if "float" in kind and k not in self.fixed:
                array = np.asarray(leaf, np.float64)
                name = names[k] + self.jax.tree_util.keystr(path[1:])
                self.values[name] = array
            self.of.append((k, name))
            self.leaves.append(array)
        if not self.values:
            raise ArgumentError(
                say(
                    "{title}: no argument holds floats, so there is nothing to differentiate; "
                    "give the arguments of the function, such as np.ones((5, 4))",
                    title=self.title,
                )
            )
        first = next(k for k, n in self.of if n is not None)
        self.inputs = tuple(n for k, n in self.of if n is not None and k == first)
        self.override: Callable[..., Any] | None = None

    def _arguments(self, values: Values) -> list[Any]:
        made = [
            leaf if name is None else self.jax.numpy.asarray(values[name])
            for leaf, (_, name) in zip(self.leaves, self.of, strict=True)
        ]
        return list(self.jax.tree_util.tree_unflatten(self.tree, made))

    def _row(self, result: Any) -> np.ndarray:
        parts = [np.array(x) for x in self.jax.tree_util.tree_leaves(result)]
        parts = [x for x in parts if x.dtype.kind == "f"]
        if not parts:
            raise ArgumentError(
                say("{title} returned no floats; a derivative needs some", title=self.title)
            )
        return parts[0] if len(parts) == 1 else np.concatenate([x.reshape(-1) for x in parts])

    def _upstream(self, result: Any, row: np.ndarray) -> Any:
        """The upstream gradient in the form of what the function returned."""
        leaves, tree = self.jax.tree_util.tree_flatten(result)
        flat, at, made = np.asarray(row).reshape(-1), 0, []
        for x in leaves:
            a = np.asarray(x)
            if a.dtype.kind == "f":
                part = flat[at : at + a.size].reshape(a.shape).astype(a.dtype)
                made.append(self.jax.numpy.asarray(part))
                at += a.size
            else:  # JAX's own form of a gradient that is none
                made.append(np.zeros(a.shape, self.jax.dtypes.float0))
        return self.jax.tree_util.tree_unflatten(tree, made)

    def forward(self, values: Values) -> np.ndarray:
        """See `Subject`."""
        with _double(self.jax):
            return self._row(self.f(*self._arguments(values)))

    def backward(self, values: Values, upstream: np.ndarray) -> dict[str, Any]:
        """See `Subject`."""
        with _double(self.jax), self._overridden():
            given = self._arguments(values)
            claimed = self._alone(given, upstream) if self.own else self._pulled(given, upstream)
        claims: dict[str, Any] = {}
        for k, message in claimed.items():
            names = [n for j, n in self.of if j == k]
            parts = self.jax.tree_util.tree_leaves(message)
            if message is not None and len(parts) != len(names):
                raise ArgumentError(
                    say(
                        "{title}: bwd returned {count} arrays for argument {k}, which has "
                        "{count2}; return the same structure as the argument",
                        title=self.title,
                        count=len(parts),
                        k=k,
                        count2=len(names),
                    )
                )
            for name, g in zip(names, parts, strict=False):
                if name is not None:
                    claims[name] = np.array(g)
        return claims

    def _alone(self, given: list[Any], upstream: np.ndarray) -> dict[int, Any]:
        result, kept = self.f.fwd(*given)
        rule = self.override or self.f.bwd
        found = rule(
            *(given[k] for k in sorted(self.fixed)), kept, self._upstream(result, upstream)
        )
        places = [k for k in range(len(given)) if k not in self.fixed]
        if not isinstance(found, (tuple, list)) or len(found) != len(places):
            count = len(found) if isinstance(found, (tuple, list)) else type(found).__name__
            raise ArgumentError(
                say(
                    "{title}: {count} arguments have gradients, and bwd returned {count2}; "
                    "return a tuple with one for each",
                    title=self.title,
                    count=len(places),
                    count2=count,
                )
            )
        return dict(zip(places, found, strict=True))

    def _pulled(self, given: list[Any], upstream: np.ndarray) -> dict[int, Any]:
        places = sorted({k for k, n in self.of if n is not None})

        def of_floats(*floats: Any) -> Any:
            whole = list(given)
            for k, x in zip(places, floats, strict=True):
                whole[k] = x
            return self.f(*whole)

        result, pull = self.jax.vjp(of_floats, *(given[k] for k in places))
        return dict(zip(places, pull(self._upstream(result, upstream)), strict=True))

    # -- what is inside ----------------------------------------------------------------------------

    def _used(self) -> dict[str, Any]:
        """The functions with custom_vjp that the function names, by their global names."""
        f = getattr(self.f, "__wrapped__", self.f)
        names = getattr(getattr(f, "__code__", None), "co_names", ())
        held = getattr(f, "__globals__", {})
        found = {n: held[n] for n in names if isinstance(held.get(n), self.jax.custom_vjp)}
        return {n: g for n, g in found.items() if getattr(g, "bwd", None) is not None}

    def _rules(self) -> Any:
        used = list(self._used().values())
        return self.f if self.own else used[0] if len(used) == 1 else None

    @contextmanager
    def _overridden(self) -> Iterator[None]:
        rules = self._rules()
        if self.override is None or rules is None or self.own:
            yield
            return
        before, rules.bwd = rules.bwd, self.override
        try:
            yield
        finally:
            rules.bwd = before

    def parts(self, values: Values) -> list[InnerLayer]:
        """See `Subject`."""
        if self.own or not self._used():
            return []
        f = getattr(self.f, "__wrapped__", self.f)
        calls: list[tuple[str, Any, tuple[Any, ...]]] = []

        def watching(name: str, inner: Any) -> Callable[..., Any]:
            def watched(*given: Any) -> Any:
                if not any(
                    isinstance(x, self.jax.core.Tracer)
                    for x in self.jax.tree_util.tree_leaves(given)
                ):
                    calls.append((name, inner, given))
                return inner(*given)

            return watched

        used = self._used()
        f.__globals__.update({n: watching(n, g) for n, g in used.items()})
        try:
            with _double(self.jax), self.jax.disable_jit():
                f(*self._arguments(values))
        finally:
            f.__globals__.update(used)
        found: dict[str, InnerLayer] = {}
        for name, inner, given in calls:
            if name not in found:
                runs = sum(n == name for n, *_ in calls)
                found[name] = InnerLayer(name, OfJax(inner, given, name), runs)
        return list(found.values())

    def remarks(self) -> list[Remark]:
        """See `Subject`."""
        if not self.own:
            return []
        with _double(self.jax):
            given = self._arguments(self.values)
            mine, theirs = self._row(self.f.fwd(*given)[0]), self._row(self.f(*given))
        if mine.shape == theirs.shape and np.allclose(mine, theirs, 1e-6, 1e-12):
            return []
        return [Said("fwd returns another value than the function itself")]

    def code(self) -> Any:
        """See `Subject`."""
        rules = self._rules()
        return None if rules is None else rules.bwd

    def rule(self) -> GradientRule | None:
        """See `Subject`."""
        rules = self._rules()
        if rules is None:
            return None

        def replaced(f: Callable[..., Any]) -> OfJax:
            twin = copy.copy(self)
            twin.override = f
            return twin

        return GradientRule(rules.bwd, replaced)


@in_its_language
def jax(
    f: Callable[..., Any],
    *x: Any,
    seed: int = 0,
    budget: float = 10.0,
    language: str = "en",
    **options: Any,
) -> Report:
    """Check the gradient of a JAX function, with the derivatives that it declares.

    `f` is a function of arrays or pytrees of arrays (`x`; those of floats are differentiated), such
    as one decorated with `jax.custom_vjp`, whose bwd is then shown and corrected. Parameters in a
    pytree are named by their path: params['W']. Returns a Report.

    Errors: ArgumentError (a ValueError) where JAX is missing, for what cannot be called, and where
    nothing can be differentiated; what the code raises passes through.

    Not run as a test, since it needs JAX::

        found = dp.check.jax(jax.numpy.tanh, np.ones((5, 4)))
        found.ok  # True
    """
    return checked(OfJax(f, x), seed, budget, language, **options)
