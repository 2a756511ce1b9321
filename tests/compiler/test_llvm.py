"""LLVM's text to machine code, kept as bytes, loaded here or in another process."""

from __future__ import annotations

import ctypes
import math
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest

from denpa.compiler.emit import llvm

pytestmark = pytest.mark.skipif(not llvm.available(), reason="needs llvmlite")

# x[i] = exp(x[i]) + sin(x[i]) + 3, and then the first `clear` elements are zero
KERNEL = """
declare float @expf(float)
declare float @llvm.sin.f32(float)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define void @kernel(ptr %x, i64 %n, i64 %clear) {
entry:
  br label %loop
loop:
  %i = phi i64 [0, %entry], [%next, %loop]
  %p = getelementptr float, ptr %x, i64 %i
  %v = load float, ptr %p
  %e = call float @expf(float %v)
  %s = call float @llvm.sin.f32(float %v)
  %a = fadd float %e, %s
  %b = fadd float %a, 3.0
  store float %b, ptr %p
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %out
out:
  %bytes = shl i64 %clear, 2
  call void @llvm.memset.p0.i64(ptr %x, i8 0, i64 %bytes, i1 false)
  ret void
}
"""
SIGNATURE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


def run(library: llvm.Library) -> np.ndarray:
    x = np.linspace(-2, 2, 7, dtype=np.float32)
    SIGNATURE(library.address("kernel"))(x.ctypes.data, 7, 2)
    return x


def expected() -> np.ndarray:
    x = np.linspace(-2, 2, 7)
    y = np.exp(x) + np.sin(x) + 3
    y[:2] = 0
    return y


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_kernel_that_calls_libm_and_the_c_library(level: int) -> None:
    objects = llvm.build(KERNEL, llvm.host(), level)
    defined, needed = llvm.symbols(objects)
    assert defined == ["kernel"]
    assert {"expf", "sinf", "memset"} == set(needed)
    np.testing.assert_allclose(run(llvm.load(objects)), expected(), rtol=1e-6)


def test_code_of_one_process_runs_in_another(tmp_path: Path) -> None:
    file = tmp_path / "kernel.o"
    file.write_bytes(llvm.build(KERNEL, llvm.host()))
    program = f"""
        import ctypes, numpy as np
        from denpa.compiler.emit import llvm
        x = np.zeros(3, np.float32)
        library = llvm.load(open({str(file)!r}, "rb").read())
        f = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
        f(library.address("kernel"))(x.ctypes.data, 3, 1)
        print(x.tolist())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.stdout.strip() == "[0.0, 4.0, 4.0]", done.stderr


@pytest.mark.parametrize("name", ["exp", "log", "pow", "sin", "cos", "erf", "tanh", "log1p"])
@pytest.mark.parametrize("kind", ["float", "double"])
def test_libm_resolves(name: str, kind: str) -> None:
    symbol = name + ("f" if kind == "float" else "")
    args = ", ".join(f"{kind} %x{i}" for i in range(2 if name == "pow" else 1))
    text = f"""
        declare {kind} @{symbol}({args})
        define {kind} @f({args}) {{
          %y = call {kind} @{symbol}({args})
          ret {kind} %y
        }}"""
    library = llvm.load(llvm.build(text, llvm.host()))
    ctype = ctypes.c_float if kind == "float" else ctypes.c_double
    values = (0.7, 1.5)[: 2 if name == "pow" else 1]
    got = ctypes.CFUNCTYPE(ctype, *[ctype] * len(values))(library.address("f"))(*values)
    assert got == pytest.approx(getattr(math, name)(*values), rel=1e-6)


@pytest.mark.parametrize(
    "call",
    [  # one call that LLVM makes up, one of a function that it knows nothing about
        "call void @llvm.memset.p0.i64(ptr %x, i8 0, i64 %n, i1 false)",
        "call i32 @getpid()",
    ],
)
def test_a_single_call_to_the_c_library_fits_in_the_memory_that_was_counted(call: str) -> None:
    text = f"""
        declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
        declare i32 @getpid()
        define i32 @f(ptr %x, i64 %n) {{
          {call}
          ret i32 7
        }}"""
    library = llvm.load(llvm.build(text, llvm.host()))
    x = np.ones(100, np.uint8)
    f = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64)(library.address("f"))
    assert f(x.ctypes.data, x.size) == 7
    assert x.sum() == (100 if "getpid" in call else 0)


def test_a_name_that_is_nowhere_is_an_error_and_not_the_end_of_the_process() -> None:
    text = "declare void @not_there()\ndefine void @f() {\n call void @not_there()\n ret void\n}"
    objects = llvm.build(text, llvm.host())
    with pytest.raises(llvm.LLVMError, match=r"calls not_there, not in the C library or libm"):
        llvm.load(objects)


def test_an_unknown_function_of_a_library() -> None:
    library = llvm.load(llvm.build(KERNEL, llvm.host()))
    with pytest.raises(llvm.LLVMError, match=r"no function 'kernal' in the library; it has kernel"):
        library.address("kernal")


def test_every_damage_to_object_code_that_shows_is_an_error() -> None:
    objects = llvm.build(KERNEL, llvm.host())
    for bad in (b"", b"MZ\x90\x00 something else", objects[:30], objects[:100], objects[:-40]):
        with pytest.raises(llvm.LLVMError, match=r"object code"):
            llvm.load(bad)


def test_a_text_that_does_not_parse_is_shown_with_its_lines() -> None:
    bad = KERNEL.replace("fadd float %a, 3.0", "fadd double %a, 3.0")
    with pytest.raises(llvm.LLVMError) as caught:
        llvm.build(bad, llvm.host())
    message = str(caught.value)
    assert "a fault of the compiler" in message
    assert ">    15    %b = fadd double %a, 3.0" in message
    assert "     14    %a = fadd float %e, %s" in message  # and its neighbours


def test_a_text_that_parses_and_is_wrong_is_shown_with_its_lines() -> None:
    bad = KERNEL.replace("%a = fadd float %e, %s", "%a = fadd float %b, %s")
    with pytest.raises(llvm.LLVMError) as caught:
        llvm.build(bad, llvm.host())
    assert "does not dominate all uses" in str(caught.value)
    assert ">    14    %a = fadd float %b, %s" in str(caught.value)


def test_a_text_may_have_module_flags_of_its_own() -> None:
    flags = '!llvm.module.flags = !{!0}\n!0 = !{i32 1, !"wchar_size", i32 4}\n'
    np.testing.assert_allclose(
        run(llvm.load(llvm.build(KERNEL + flags, llvm.host()))), expected(), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("features", "width"),
    [("+sse2", 4), ("+avx,-avx2", 4), ("+avx2,-avx512f", 8), ("+avx2,+avx512f", 16), ("+neon", 4)],
)
def test_width(features: str, width: int) -> None:
    assert llvm.Target.of("", features=features).width == width


def test_the_host_is_asked_once_and_its_vectors_are_used() -> None:
    host = llvm.host()
    assert host is llvm.host()
    text = f"""
        define void @f(ptr %x) {{
          %v = load <{host.width} x float>, ptr %x, align 4
          %w = fmul <{host.width} x float> %v, %v
          store <{host.width} x float> %w, ptr %x, align 4
          ret void
        }}"""
    lines = llvm.assembly(text, host, "f").splitlines()
    assert sum("mul" in line for line in lines) == 1  # one register holds `width` elements


def test_assembly_and_optimised_show_one_function_for_any_target() -> None:
    two = KERNEL + "define i32 @other() {\n  %s = add i32 40, 2\n  ret i32 %s\n}\n"
    assert "ret i32 42" in llvm.optimised(two, llvm.host())
    arm = llvm.Target.of("aarch64-unknown-linux-gnu", "cortex-a72", "+neon")
    shown = llvm.assembly(two, arm, "other")
    assert shown.splitlines()[0].startswith("other:")
    assert "#42" in shown
    assert "kernel" not in shown
    assert "kernel" in llvm.assembly(two, arm, "kernel")
    with pytest.raises(llvm.LLVMError, match=r"no function 'oter'.*it has kernel, other"):
        llvm.assembly(two, arm, "oter")


def test_builds_in_threads_give_the_same_bytes() -> None:
    alone = llvm.build(KERNEL, llvm.host())
    made: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: made.append(llvm.build(KERNEL, llvm.host())))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [alone] * 4


def test_a_library_is_released_with_its_last_reference() -> None:
    library = llvm.load(llvm.build(KERNEL, llvm.host()))
    engine = library._engine
    other = llvm.load(llvm.build(KERNEL, llvm.host()))  # the same names live side by side
    del library
    assert engine.closed
    np.testing.assert_allclose(run(other), expected(), rtol=1e-6)


def test_libraries_and_failures_in_cycles_are_collected_in_an_order_that_llvm_survives() -> None:
    program = f"""
        import gc
        from denpa.compiler.emit import llvm
        text = {KERNEL!r}
        for i in range(20):
            knot = [llvm.load(llvm.build(text, llvm.host()))]
            knot.append(knot)
            try:
                llvm.build(text.replace("%a = fadd float %e", "%a = fadd float %b"), llvm.host())
            except llvm.LLVMError as error:
                knot.append(error)
                error.knot = knot
            del knot
        gc.collect()
        print("alive")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True
    )
    assert done.stdout.strip() == "alive", done.stderr[-2000:]


def test_a_program_that_only_imports_the_wrapper_does_not_load_llvm() -> None:
    program = "import sys, denpa.compiler.emit.llvm; print('llvmlite' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


def test_without_llvmlite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    llvm._binding.cache_clear()
    llvm.available.cache_clear()
    try:
        assert not llvm.available()
        with pytest.raises(ImportError, match="pip install llvmlite"):
            llvm.build(KERNEL, llvm.Target.of("x86_64-unknown-linux-gnu"))
    finally:
        llvm._binding.cache_clear()
        llvm.available.cache_clear()
