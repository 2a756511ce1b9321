"""A mistake undone in the code itself.

Numbers alone do not tell every mistake: inside a network of several layers, or where a value is
used twice, none of the signatures need fit. So the source of the gradient function is changed in
small ways, one at a time, and run again; the change after which the gradients are those that
differences give is the mistake, its line and its correction in one. (Program repair by mutation:
Debroy and Wong, "Using Mutation to Automatically Suggest Fixes for Faulty Programs", ICST 2010.)
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from denpa.check.examine import Case, Compared
from denpa.check.locate import Location, Source
from denpa.check.numeric import Values, sharper, slope
from denpa.check.repair.edits import edits
from denpa.check.repair.tree import Edit, Scope, expressions, statements
from denpa.check.steady import relative
from denpa.check.subject import Subject


@dataclass(frozen=True)
class Repair:
    """A change of the code after which gradients are right."""

    mistake: str
    got: str  # the code that stands there
    want: str  # the code that belongs there
    location: Location
    expected: str  # the right-hand side as it should be
    errors: dict[str, float]  # of each gradient that it makes right, afterwards
    cost: float
    fill: dict[str, str]  # further words


def repairs(case: Case, wrong: list[Compared], seconds: float = 2.0) -> list[Repair]:
    """Changes of the gradient function that make at least one wrong gradient right and no right one
    wrong; those first that mend most, then the plainest.

    Nothing is tried where the source is not to be had, and nothing more after `seconds` of
    computing.
    """
    rule = case.subject.rule()
    source = None if rule is None else Source.of(rule.function)
    function = None if source is None else _function(source.tree, rule)
    usable = [c for c in wrong if c.numeric is not None and np.isfinite(c.numeric).any()]
    if rule is None or source is None or function is None or not usable:
        return []
    until = time.thread_time() + seconds
    with _quiet():
        scope = _seen(case, rule, function)
        if scope is None:
            return []
        found = []
        for edit in sorted(edits(function, scope), key=lambda e: e.cost):
            if time.thread_time() > until:
                break
            errors = _tried(case, rule, function, edit, usable)
            if errors:
                line = source.line(edit.statement.get())
                expected = _expected(edit)
                if '"' in line.text and "'" not in line.text:  # as the user quotes
                    expected = expected.replace("'", '"')
                found.append(Repair(edit.mistake, edit.got, edit.want, line, expected, errors,
                                    edit.cost, dict(edit.fill)))  # fmt: skip
                if len(errors) == len(usable):
                    break  # the plainest that mends everything
    return sorted(found, key=lambda r: (-len(r.errors), r.cost))


def _function(tree: ast.Module, rule: Any) -> ast.FunctionDef | None:
    """The function's tree, made bare: without decorators; a lambda as a function."""
    top = tree.body[0] if tree.body else None
    if isinstance(top, ast.FunctionDef):
        top.decorator_list = []
        return top
    lambdas = [n for n in ast.walk(tree) if isinstance(n, ast.Lambda)]
    names = getattr(rule.function, "__code__", None)
    if names is not None:
        wanted = list(names.co_varnames[: names.co_argcount])
        lambdas = [n for n in lambdas if [a.arg for a in n.args.args] == wanted]
    if len(lambdas) != 1:
        return None
    body = ast.Return(lambdas[0].body)
    found = ast.FunctionDef("lambda_", lambdas[0].args, [body], [], type_params=[])  # type: ignore[call-arg,unused-ignore]
    ast.copy_location(body, lambdas[0])
    return ast.fix_missing_locations(ast.copy_location(found, lambdas[0]))


def _compiled(function: ast.FunctionDef, original: Callable[..., Any], **more: Any) -> Any:
    """A function of this tree, that sees what the original one sees."""
    module = ast.Module([function], [])
    original = inspect.unwrap(original)
    names = {"np": np, **getattr(original, "__globals__", {}), **more}
    closure = getattr(original, "__closure__", None) or ()
    free = getattr(getattr(original, "__code__", None), "co_freevars", ())
    for name, cell in zip(free, closure, strict=True):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    exec(compile(module, "<changed>", "exec"), names)
    return names[function.name]


def _tried(
    case: Case, rule: Any, function: ast.FunctionDef, edit: Edit, wrong: list[Compared]
) -> dict[str, float]:
    """The errors of the gradients that an edit makes right; nothing if it breaks one."""
    try:
        with _applied(edit):
            changed = rule.replaced(_compiled(function, rule.function))
        claims = changed.backward(case.values, case.upstream)
    except Exception:  # most edits make no sense
        return {}
    found = {}
    for c in wrong:
        error = _error(c, claims.get(c.name))
        if error <= min(max(case.tolerance, 1e-7), 0.1 * c.error):
            found[c.name] = error
    names = {c.name for c in wrong}
    for name, c in case.compared.items() if found else ():
        if name not in names and c.ok:
            now = claims.get(name)
            if now is None or np.shape(now) != np.shape(c.claimed):
                return {}
            if relative(np.asarray(now, np.float64), c.claimed) > 1e-9:
                return {}
    return found if not found or _confirmed(case, changed, found) else {}


def _confirmed(case: Case, changed: Subject, names: dict[str, float]) -> bool:
    """Whether a changed rule is right at another point, too: at one it may be luck. Where the code
    does not run there, or gives no number, nothing speaks against it."""
    rng = np.random.default_rng(case.seed + 2)

    def near(a: np.ndarray) -> np.ndarray:
        return a + 0.03 * float(np.mean(np.abs(a))) * rng.standard_normal(a.shape)

    values = {k: near(a) for k, a in case.values.items()}
    upstream = case.upstream  # of a loss it is 1, and code may rely on that
    if upstream.ndim:
        upstream = upstream * rng.uniform(0.7, 1.3, upstream.shape)

    def f(at: Values) -> np.ndarray:
        return np.asarray(np.sum(upstream * np.asarray(case.subject.forward(at), np.float64)))

    try:
        claims = changed.backward(values, upstream)
        for name in names:
            mine = np.asarray(claims[name], np.float64)
            v = {name: rng.standard_normal(mine.shape)}
            along = sharper(f, values, v, slope(f, values, v))
            off = abs(float(along.value) - float(np.sum(mine * v[name]))) - 10 * float(along.error)
            if not along.kink and off > 1e-2 * float(np.linalg.norm(mine)):
                return False
    except Exception:  # outside the domain of the code
        return True
    return True


@contextmanager
def _applied(edit: Edit) -> Iterator[None]:
    """The tree with an edit in it."""
    kept = [(slot, slot.get()) for slot, _ in edit.changes]
    for slot, node in edit.changes:
        slot.put(ast.fix_missing_locations(ast.copy_location(node, slot.get())))
    try:
        yield
    finally:
        for slot, node in kept:
            slot.put(node)


def _error(c: Compared, claim: Any) -> float:
    n = c.numeric
    try:
        mine = np.asarray(claim, np.float64)
    except (TypeError, ValueError):
        return float("inf")
    if n is None or mine.shape != n.shape or not np.isfinite(mine).all():
        return float("inf")
    known = np.isfinite(n)
    return relative(mine[known], n[known])


def _expected(edit: Edit) -> str:
    """The statement as it should be; its right-hand side alone where that has changed."""
    statement = edit.statement.get()
    before = getattr(statement, "value", None)
    was = None if before is None else ast.unparse(before)
    with _applied(edit):
        statement = edit.statement.get()
        whole = isinstance(statement, (ast.AugAssign, ast.Expr, ast.expr))
        if whole or ast.unparse(statement.value) == was:
            return ast.unparse(statement)
        return ast.unparse(statement.value)


def _seen(case: Case, rule: Any, function: ast.FunctionDef) -> Scope | None:
    """What a run of the function sees; None if it does not run."""
    shapes: dict[int, tuple[int, ...]] = {}
    last: dict[str, Any] = {}

    def see(at: int, x: Any) -> Any:
        shape = getattr(x, "shape", () if isinstance(x, (int, float)) else None)
        if isinstance(shape, tuple):
            shapes[at] = tuple(shape)
        return x

    watched = [
        (slot, slot.get())
        for s in statements(function)
        for slot in expressions(s.get())
        if isinstance(slot.get(), _VALUES)
        and isinstance(getattr(slot.get(), "ctx", _LOAD), ast.Load)
    ]
    for slot, node in reversed(watched):  # from within
        call = ast.Call(ast.Name("__see", _LOAD), [ast.Constant(id(node)), slot.get()], [])
        slot.put(ast.fix_missing_locations(ast.copy_location(call, node)))
    try:
        f = _compiled(function, rule.function, __see=see)
        with _locals_of(f, last):
            rule.replaced(f).backward(case.values, case.upstream)
    except Exception:
        return None
    finally:
        for slot, node in watched:
            slot.put(node)
    arrays: dict[str, tuple[int, ...]] = {}
    masks: set[str] = set()
    flags: set[str] = set()
    numbers: dict[str, float] = {}
    sizes: dict[int, str] = {}
    for name, x in _named(last):
        if isinstance(x, (bool, str)) or name.startswith("__"):
            continue
        if isinstance(x, (int, float)) or getattr(x, "shape", None) == ():
            with suppress(TypeError, ValueError):  # such as an array of objects
                if np.isfinite(float(x)) and float(x) not in (0, 1):
                    numbers[name] = float(x)
        elif isinstance(getattr(x, "shape", None), tuple) and hasattr(x, "dtype") and x.shape:
            arrays[name] = tuple(x.shape)
            if "bool" in str(x.dtype):
                masks.add(name)
            elif _are_flags(x):
                flags.add(name)
            sizes.setdefault(len(x), f"len({name})")
            sizes.setdefault(int(np.prod(x.shape)), f"{name}.size")
    for _, node in watched:  # self.h[k], and the step of time before it
        if isinstance(node, ast.Subscript) and shapes.get(id(node)):
            for text in _steps(node):
                arrays.setdefault(text, shapes[id(node)])
    return Scope(
        shapes,
        arrays,
        frozenset(masks),
        frozenset(flags),
        frozenset(case.values),
        numbers,
        tuple(sizes.values())[:8],
    )


def _are_flags(x: Any) -> bool:
    """Whether an array holds 0 and 1 only, as targets in one-hot form do."""
    try:
        return bool(np.all((np.asarray(x) == 0) | (np.asarray(x) == 1)))
    except (TypeError, ValueError, RuntimeError):  # another library's tensor
        return False


def _steps(node: ast.Subscript) -> list[str]:
    """An indexed array as it is written, and the one a step before or after."""
    found, at = [ast.unparse(node)], node.slice
    if isinstance(at, ast.Name):
        found += [f"{ast.unparse(node.value)}[{at.id} {sign} 1]" for sign in "-+"]
    if isinstance(at, ast.BinOp) and isinstance(at.left, ast.Name):
        found += [f"{ast.unparse(node.value)}[{at.left.id}]"]
    return found


_VALUES = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.Compare)
_LOAD = ast.Load()


def _named(last: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Locals, attributes of self (or ctx), and entries of dicts that self holds."""
    for name, x in last.items():
        yield name, x
        own = getattr(x, "__dict__", None)
        if own is None or inspect.ismodule(x) or inspect.isclass(x):
            continue
        for key, held in own.items():
            yield f"{name}.{key}", held
            if isinstance(held, dict):
                yield from ((f"{name}.{key}[{k!r}]", v) for k, v in held.items())


@contextmanager
def _locals_of(f: Any, into: dict[str, Any]) -> Iterator[None]:
    """Note the local variables of f when it returns."""
    before = sys.gettrace()

    def trace(frame: Any, event: str, _: Any) -> Any:
        if frame.f_code is not f.__code__:
            return None

        def inside(frame: Any, event: str, _: Any) -> Any:
            if event == "return":
                into.update(frame.f_locals)
            return inside

        return inside

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing printed or warned: the user's code runs hundreds of times, changed."""
    with redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
