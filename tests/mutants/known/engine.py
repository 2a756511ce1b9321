"""Faults of the core and the tape, with the test that was written for each."""

from __future__ import annotations

from tests.mutants.record import Fault

FAULTS: list[Fault] = [
    Fault(
        "autodiff/layout.py",
        "a view behind a convolution is of a copy",
        '        value.array = array = np.array(array, order="C")',
        '        array = np.array(array, order="C")',
        "tests/autodiff/test_layout.py",
    ),
    Fault(
        "autodiff/layout.py",
        "the strides of a transpose are forgotten",
        (
            "    if not (out.array.flags.c_contiguous or _as_it_lies()):\n"
            "        out.form = out.array\n"
        ),
        "",
        "tests/autodiff/test_layout.py",
    ),
    Fault(
        "autodiff/mode.py",
        "inference_mode(False) does not switch recording on",
        "        super().__init__(not mode)",
        "        super().__init__(not mode and STATE.recording)",
        "tests/autodiff/test_backward.py -k switches",
    ),
    Fault(
        "autodiff/mode.py",
        "inference_mode the wrong way",
        "        super().__init__(not mode)",
        "        super().__init__(mode)",
        "tests/autodiff/test_backward.py -k switches",
    ),
    Fault(
        "autodiff/mode.py",
        "inference_mode ignores its mode",
        "        super().__init__(not mode)",
        "        super().__init__(False)",
        "tests/autodiff/test_backward.py -k switches",
    ),
    Fault(
        "autodiff/mode.py",
        "a switch within itself restores the outermost state",
        "setattr(STATE, self._name, self._before.pop())",
        "setattr(STATE, self._name, self._before[0])",
        "tests/autodiff/test_backward.py -k switches",
    ),
    Fault(
        "autodiff/rebind.py",
        "int += 0.5 is truncated",
        "if not can_store(value.dtype, old.dtype):",
        "if False:",
        "tests/functional/test_creation.py -k 'dtypes or half'",
    ),
    Fault(
        "core/dtype.py",
        "bool += 1 is stored",
        "return _category(value.kind) <= _category(place.kind)",
        "return _category(value.kind) != 2 or _category(place.kind) == 2",
        "tests/functional/test_creation.py -k dtypes",
    ),
    Fault(
        "core/dtype.py",
        "float32 += float64 is refused",
        "return _category(value.kind) <= _category(place.kind)",
        (
            "return _category(value.kind) <= _category(place.kind) and value.itemsize <= "
            "place.itemsize"
        ),
        "tests/functional/test_creation.py -k 'dtypes or wide'",
    ),
    Fault(
        "core/folders.py",
        "on Windows the folder is in another one of its name",
        'user_cache_path("denpa", appauthor=False)',
        'user_cache_path("denpa")',
        "tests/core/test_folders.py",
    ),
    Fault(
        "core/graph.py",
        "typecheck does not look at dtypes",
        "if found != (v.shape, v.dtype):",
        "if found[0] != v.shape:",
        "tests/core/test_graph.py",
    ),
    Fault(
        "core/graph.py",
        "typecheck does not look at shapes",
        "if found != (v.shape, v.dtype):",
        "if found[1] != v.dtype:",
        "tests/core/test_graph.py",
    ),
    Fault(
        "core/graph.py",
        "stop is not looked at",
        ("        if id(value) in limit:\n            continue\n"),
        "",
        "tests/core/test_graph.py",
    ),
    Fault(
        "core/graph.py",
        "a graph goes past its inputs",
        "values = equations_of(self.outputs, stop=self.inputs)",
        "values = equations_of(self.outputs)",
        "tests/core/test_graph.py",
    ),
    Fault(
        "core/graph.py",
        "an output that is a stop is lost",
        "seen = {id(v): v for v in outputs}",
        "seen = {id(v): v for v in outputs if id(v) not in {id(s) for s in stop}}",
        "tests/core/test_graph.py",
    ),
]
