"""`dp.compile`: a function that trains or predicts as native programs, one for each shape."""

from __future__ import annotations

import copy
import inspect
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, MappingProxyType, MethodType
from typing import Any

from denpa.autodiff.mode import STATE
from denpa.autodiff.tensor import Tensor
from denpa.compiler.run.backend import Build, builder
from denpa.compiler.run.bound import Bound
from denpa.compiler.run.epochs import Epoch
from denpa.compiler.trace.arguments import (
    argument_names,
    describe_changes,
    flatten,
    without_arrays,
)
from denpa.compiler.trace.program import trace
from denpa.compiler.trace.reach import Refused
from denpa.compiler.trace.records import dict_of
from denpa.compiler.trace.tracing import NotYet
from denpa.core.dtype import get_default_dtype
from denpa.core.errors import ArgumentError, GraphError
from denpa.core.shape import describe
from denpa.core.source import ROOT, Source, where

LIMIT = 8  # programs for different shapes; more of them are a sign that shapes never repeat
_TRACES = 64  # traces in all; more are a sign that something that is fixed changes all the time
_AT_ONCE = 8  # traces after which a program is compiled when it is asked for the second time
_REFUSALS = 2  # refused traces of one kind of call, after which it runs eagerly
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Compiled:
    """A compiled function or module: call it as the original. Made by `denpa.compile`.

    Other attributes are those of the original (`.parameters()`, `.eval()`, …).
    """

    def __init__(
        self,
        original: Any,
        backend: str,
        *,
        roots: Callable[[], Mapping[str, Any]] | None = None,
        strict: bool = False,
        weak: bool = False,
    ) -> None:
        self._original = original
        self._backend = backend
        self._roots = roots  # what Denpa's own code reads in it
        self._weak = weak  # do not keep these alive
        self._strict = strict  # raise where it would run eagerly from now on
        self._build: Build | None = None
        self._eager = False
        self._ready = False
        self._programs: dict[Any, list[Bound]] = {}
        self._examples: dict[Any, Any] = {}  # for epochs, by the shapes of tables and batch
        self._varying: frozenset[str] = frozenset()
        self._traces = 0
        self._refused: dict[Any, int] = {}  # keys whose trace was refused, and how often
        self._made: dict[str, Any] = {}  # native code by what it computes
        self._why = ""  # it runs eagerly
        self._due: GraphError | None = None  # to be raised by the next call
        self._doubt: tuple[Any, str, str] | None = None  # an error of the last trace
        self._moved: dict[str, str] = {}  # what changed between calls -> where it is read
        self._lock = threading.RLock()
        for name in ("__name__", "__qualname__", "__doc__", "__module__"):
            if hasattr(original, name):
                self.__dict__[name] = getattr(original, name)
        self.__wrapped__ = original

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_original":
            raise AttributeError(name)
        return getattr(self._original, name)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method: one compiled function for each instance, which keeps it."""
        if instance is None:
            return self
        own = dict_of(instance)
        if own is None:  # it has slots: the latest of them
            kept, found = self.__dict__.get("_latest", (None, None))
            if kept is not instance:
                found = Compiled(self._original.__get__(instance, owner), self._backend)
                self._latest = instance, found
            return found
        known = own.setdefault("_compiled", {})
        if self not in known:
            known[self] = Compiled(self._original.__get__(instance, owner), self._backend)
        return known[self]

    def __copy__(self) -> Compiled:
        return Compiled(self._original, self._backend)

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled:
        """A function is its own copy, as in Python; a module or a method is of a new object."""
        if isinstance(self._original, FunctionType):
            return self
        return Compiled(copy.deepcopy(self._original, memo), self._backend)

    def __reduce__(self) -> Any:
        """For pickling: a function by its name, as in Python; programs are made anew."""
        f = self._original
        if isinstance(f, MethodType):
            return getattr, (f.__self__, f.__name__)
        if not isinstance(f, FunctionType):
            return Compiled, (f, self._backend)
        found: Any = sys.modules.get(f.__module__)
        for name in f.__qualname__.split("."):
            found = getattr(found, name, None)
        if found is not self:
            raise TypeError(
                f"a compiled function is pickled by its name, and {f.__module__}.{f.__qualname__} "
                "is not this one; pickle what it was made of, and compile it where it is loaded"
            )
        return f.__qualname__

    def __repr__(self) -> str:
        n = len(self.programs())
        state = f"runs eagerly, since {self._why}" if self._why else f"{n} programs"
        return f"compiled({self._original!r}; {state})"

    def programs(self) -> list[Bound]:
        """The programs made so far."""
        return [b for found in self._programs.values() for b in found]

    def vary(self, options: Iterable[str]) -> None:
        """Optimizer options that change from call to call: inputs of the programs made from now."""
        self._varying |= frozenset(options)

    def explain(self, kernel: int | None = None, show: str = "plan", program: int = -1) -> Any:
        """What was compiled: kernels, what was fused, shares and barriers, work, bytes, memory.

        `kernel`: one kernel of the list in detail; `show`: "plan", "graph" (the equations), or of
        one kernel "llvm" or "assembly"; `program`: which of `programs()`, the last by default. The
        result prints as text; `to_dict()` gives it as data.

        Errors: ArgumentError if nothing has been compiled yet, or there is no such kernel.
        """
        found = self.programs()
        if self._why and (self._eager or not found):
            raise ArgumentError(f"explain: {self._name()} runs eagerly, since {self._why}")
        if not found:
            raise ArgumentError(
                "explain: nothing is compiled yet; call the function once with real arguments"
            )
        chosen = found[program]
        given = chosen.program.graph.inputs[: len(chosen.program.specs)]
        title = f"{self._name()} of {', '.join(map(describe, given))}"
        from denpa.compiler.listing.explanation import explain  # rarely needed

        return explain(chosen.native().codegen(), kernel=kernel, show=show, title=title)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program for these arguments; trace and compile it if there is none yet."""
        if STATE.tracer is not None:  # inside another one: part of it
            return self._original(*args, **kwargs)
        leaves: list[Tensor] = []
        key: Any = tuple([flatten(a, leaves) for a in args])
        if kwargs:
            key = (key, flatten(kwargs, leaves))
        for t in leaves:
            v = t._value
            if v.array is None:
                return self._original(*args, **kwargs)
            if v.requires_grad and (t._grad is not None or v.hooks):
                return self.eagerly(args, kwargs)  # it may read that gradient, hooks change it
        with self._lock:
            bound = self._find(key, args, kwargs, leaves)
            if bound is not None:
                return bound.call(leaves)
        return self.eagerly(args, kwargs)

    def eagerly(self, args: Any, kwargs: Any) -> Any:
        """Eager mode; arrays are tensors there too."""
        doubt, self._doubt = self._doubt, None
        result = self._original(*without_arrays(args), **without_arrays(kwargs))
        if doubt is not None:  # the error of the trace was not the function's own
            try:
                self._refuse(*doubt)
            except GraphError as error:  # this call is done; the next is told
                self._due = error
        return result

    def eagerly_on(self, *args: Any) -> Any:
        """The same, called as the function is."""
        return self.eagerly(args, {})

    # -- programs ----------------------------------------------------------------------------------

    def _find(self, key: Any, args: Any, kwargs: Any, leaves: list[Tensor]) -> Bound | None:
        """The program for a key (as `flatten` gives it); None: run eagerly."""
        if not self._ready:
            self._build, self._ready = builder(self._backend), True
        if self._due is not None:
            error, self._due = self._due, self._due if self._strict else None
            raise error
        if self._build is None or self._eager:
            return None
        key = (key, STATE.recording, STATE.anomaly, get_default_dtype())
        known = self._programs.get(key)
        if known is not None:
            for bound in known:
                if bound.holds():
                    if bound.takes(leaves):
                        return bound
                    self._say_given_from_outside()
                    return None
            for bound in known:
                self._varying |= bound.program.guards.moved_options()
            self._note(known[0])
        if self._refused.get(key, 0) >= _REFUSALS:
            return None
        if known is None and len(self._programs) >= LIMIT:
            self._too_many(args, kwargs, key)
            return None
        return self._trace(key, args, kwargs, leaves)

    def _say_given_from_outside(self) -> None:
        """This call runs eagerly, which is said once."""
        if not self.__dict__.get("_said"):
            self._said = True
            _warn(
                f"{self._name()} is given a tensor that it also reads or updates from outside; "
                "such a call runs eagerly. Read it in one of the two ways"
            )

    def _note(self, bound: Bound) -> None:
        """Remember what changed, to name it if that goes on."""
        d = bound.changed()
        if d is not None:
            self._moved[d.moved] = bound.program.guards.lines(d)

    def _trace(self, key: Any, args: Any, kwargs: Any, leaves: list[Tensor]) -> Bound | None:
        assert self._build is not None
        if self._traces >= _TRACES:
            self._eager = True
            what, place = next(reversed(self._moved.items()), ("what it reads changes", ""))
            self._tell(
                f"it was traced {_TRACES} times: something that it reads through Python changes "
                f"from call to call ({what}). Pass what changes as a tensor argument",
                place,
            )
            return None
        specs = [(t._value.shape, t._value.dtype, t._value.requires_grad) for t in leaves]
        roots = None if self._roots is None else self._roots()
        self._traces += 1
        try:
            program = trace(
                self._original, args, kwargs, specs, self._varying | {"lr"}, roots, self._weak
            )
        except NotYet:
            self._traces -= 1
            return None
        except Refused as error:
            self._refuse(key, f"it {error.text}", error.place)
            return None
        except GraphError as error:
            if not self._programs:
                raise
            self._doubt = key, " ".join(error.args), error.where  # it went well before
            return None
        except Exception as error:  # of the function's own, most likely: eager mode has it too
            what = f"tracing it ends with {type(error).__name__}: {error}"
            self._doubt = key, what, _line_of(error)
            return None
        self._refused.pop(key, None)
        bound = Bound(program, self._build, STATE.anomaly, self._made)
        found = self._programs.setdefault(key, [])
        found.insert(0, bound)
        del found[LIMIT:]  # those that no longer hold, such as from before a checkpoint was loaded
        # If something changes at every call, no program is used twice: one is compiled when it is.
        return bound if self._traces <= _AT_ONCE else None

    def _refuse(self, key: Any, reason: str, place: str) -> None:
        """Calls of this kind run eagerly; the first time it may have been for once."""
        self._refused[key] = self._refused.get(key, 0) + 1
        if self._refused[key] >= _REFUSALS:
            self._tell(reason, place)
        elif len(self._refused) > LIMIT:  # each call is of a new kind
            self._eager = True
            self._tell(reason, place)

    def _tell(self, reason: str, place: str) -> None:
        """Say that the function runs eagerly, why, and where that stands in it."""
        self._why = reason
        if self._strict:
            error = GraphError(reason)
            error.where = place
            raise error
        _warn(f"{self._name()} runs eagerly, since {reason}", place)

    def _name(self) -> str:
        return getattr(self._original, "__name__", type(self._original).__name__)

    def _too_many(self, args: Any, kwargs: Any, key: Any) -> None:
        """Say, once, which argument takes ever new sizes or numbers."""
        if self.__dict__.get("_warned"):
            return
        self._warned = True
        seen = [k[0] for k in (*self._programs, key)]
        names = argument_names(self._original, args, kwargs)
        what = describe_changes(seen, names, len(args))
        advice = (
            "pad to a few sizes, or leave out the last, partial batch"
            if " dim " in what
            else "pass what changes as a tensor"
        )
        code = getattr(
            inspect.unwrap(getattr(self._original, "forward", self._original)), "__code__", None
        )
        _warn(
            f"{self._name()} has {LIMIT} programs already; {what}. New ones run eagerly from now "
            f"on; {advice}",
            where(Source(code, 0), "") if code is not None else "",
        )

    # -- many steps --------------------------------------------------------------------------------

    def epoch(
        self,
        *tables: Any,
        batch_size: int,
        order: Any = None,
        drop_last: bool = False,
        options: Mapping[str, Any] = _NOTHING,
        progress: Callable[[int], None] | None = None,
    ) -> Any:
        """Call the function on one mini-batch after the other; the loop is in native code.

        * `tables`: the arguments, arrays or tensors with the examples along dimension 0, on the
          same number of rows.
        * `order`: the numbers of the rows in the order in which they are taken (N,), such as a
          permutation; the rows as they stand if None.
        * `drop_last`: leave out a last batch with fewer rows than `batch_size`.
        * `options`: numbers of the optimizers' groups that change from batch to batch, such as
          {"lr": rates}, each an array (batches,), or (batches, groups).
        * `progress(done)`: called now and then with the number of batches done.

        Returns what the function returns, with a leading dimension of batches; cut from the
        record of gradients. Ctrl-C ends it after a whole step.

        Errors: ShapeError for tables of different lengths or results that cannot be stacked;
        IndexError for rows that there are not.
        """
        return Epoch(self, tables, batch_size, order, drop_last, options, progress).run()


def _line_of(error: Exception) -> str:
    """The user's line at which an error was raised."""
    found, trace = None, error.__traceback__
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(ROOT):
            found = Source(trace.tb_frame.f_code, trace.tb_lasti)
        trace = trace.tb_next
    return "" if found is None else where(found, "")


def _warn(text: str, place: str = "") -> None:
    """Warn at the user's line that called."""
    frame, level = sys._getframe(1), 2
    while frame is not None and frame.f_code.co_filename.startswith(ROOT):
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    warnings.warn(f"{text}\n    {place}" if place else text, RuntimeWarning, stacklevel=level)
