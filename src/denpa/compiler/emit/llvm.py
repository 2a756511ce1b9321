"""LLVM, through llvmlite: text of a module in, machine code in memory out.

The only file that knows llvmlite. Four steps, each usable alone:

* `host()`: what this machine's processor can do, as a `Target` that the loop emitter reads;
* `build(text, target)`: LLVM's text to object code, bytes that can be kept on disk;
* `load(objects)`: object code into this process, ready to be called by address;
* `optimised`, `assembly`: what LLVM made of a text, for a reader.

Two choices that are not llvmlite's defaults. Code is position independent in the small code model,
so that a constant is an operand of the instruction that uses it (the large model, usual for code
made in memory, loads each one's address first); this holds only if code and constants lie within
2 GiB of each other, which is why `load` asks for the memory manager that puts all of an object in
one block. And LLVM's own vectorisers are off: the text that comes here has its vectors already.

That memory manager counts beforehand what an object needs, and on x86 it forgets the jump tables of
calls to the C library (the process ends in an assertion). It does count the table of addresses, so
every such call goes through that: `nonlazybind` on declared functions, and `RtLibUseGOT` for the
calls that LLVM makes up itself, as when it turns a loop of zeros into memset.
"""

from __future__ import annotations

import importlib
import re
import struct
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from denpa.core.errors import DenpaError

MISSING = (
    "llvmlite is not installed, so nothing is compiled and every step runs eagerly"
    " (same numbers, slower); to compile: pip install llvmlite"
)


class LLVMError(DenpaError, RuntimeError):
    """LLVM refused what Denpa's compiler gave it: a fault of Denpa, not of the user's network."""


_FLAGS = """
!llvm.module.flags = !{!999999999}
!999999999 = !{i32 7, !"RtLibUseGOT", i32 1}
"""


@cache
def available() -> bool:
    """Whether llvmlite is there and its library loads."""
    try:
        _binding()
    except (ImportError, OSError):  # OSError: installed, for another platform or C library
        return False
    return True


@cache
def _binding() -> Any:
    """`llvmlite.binding`, with this machine's code generator switched on."""
    try:
        binding = importlib.import_module("llvmlite.binding")  # no types of its own
    except ImportError as error:
        raise ImportError(MISSING) from error
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding


def version() -> str:
    """What makes the code, for the names of things that are kept: `"llvmlite 0.50.0, LLVM 22.1.0"`.

    >>> not available() or version().startswith("llvmlite ")
    True
    """
    number = ".".join(str(n) for n in _binding().llvm_version_info)
    return f"llvmlite {importlib.import_module('llvmlite').__version__}, LLVM {number}"


@dataclass(frozen=True)
class Target:
    """The processor that code is made for.

    `triple`, `cpu` and `features` (`"+avx2,-avx512f,…"`) are LLVM's own words; `width` is the
    number of float32 elements in a vector register.
    """

    triple: str
    cpu: str
    features: str
    width: int

    @classmethod
    def of(cls, triple: str, cpu: str = "", features: str = "") -> Target:
        """The target with the width that `features` allow.

        >>> Target.of("x86_64-unknown-linux-gnu", "haswell", "+avx,+avx2,-avx512f").width
        8
        """
        has = set(features.split(","))
        return cls(triple, cpu, features, 16 if "+avx512f" in has else 8 if "+avx2" in has else 4)


@cache
def host() -> Target:
    """The machine that this process runs on."""
    llvm = _binding()
    triple = llvm.get_process_triple()
    if "windows" in triple:  # code in memory is ELF there too: MCJIT loads no other kind
        triple += "-elf"
    return Target.of(triple, llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())


def build(text: str, target: Target, level: int = 2) -> bytes:
    """Object code of the module `text`, optimised at `level` (0 to 3), for `target`.

    Safe in a thread: everything of a build is its own. llvmlite lets one thread at a time into
    LLVM, so two builds share one core, but Python goes on meanwhile.

    >>> if available():
    ...     objects = build("define i32 @two() { ret i32 2 }", host())
    ...     symbols(objects)
    (['two'], [])

    Raises:
        LLVMError: `text` is not valid; the message shows the lines.
    """
    with _optimised(text, target, level) as (module, machine):
        objects: bytes = machine.emit_object(module)
    return objects


def optimised(text: str, target: Target, level: int = 2) -> str:
    """The module `text` after LLVM's optimisation, as LLVM's text."""
    with _optimised(text, target, level) as (module, _):
        return str(module)


def assembly(text: str, target: Target, function: str, level: int = 2) -> str:
    """The instructions of one function of the module `text`, in `target`'s assembly language."""
    with _optimised(text, target, level) as (module, machine):
        lines = machine.emit_assembly(module).splitlines()
    label = re.compile(rf'_?"?{re.escape(function)}"?:')  # Apple's names begin with _
    start = next((i for i, line in enumerate(lines) if label.match(line)), None)
    if start is None:
        known = [m[1] for line in lines if (m := re.match(r'"?([^\s.":]+)"?:', line))]
        raise LLVMError(f"no function {function!r} in the module; it has {', '.join(known)}")
    end = next(
        (i for i in range(start, len(lines)) if re.match(r"\.?Lfunc_end\d+:", lines[i])), len(lines)
    )
    return "\n".join(x.expandtabs(8) for x in lines[start:end] if not re.match(r"\s+\.cfi_", x))


def _machine(target: Target, level: int) -> Any:
    llvm = _binding()
    if target.triple != host().triple:
        llvm.initialize_all_targets()
        llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=level, reloc="pic", codemodel="small"
    )


@contextmanager
def _optimised(text: str, target: Target, level: int) -> Iterator[tuple[Any, Any]]:
    """The module of `text`, verified and optimised, and the machine that writes it out.

    Both are gone afterwards, in the order that LLVM needs: left to Python's collector, a context
    may be freed before the module that lives in it, and that ends the process.
    """
    llvm = _binding()
    with ExitStack() as stack:
        context = stack.enter_context(llvm.create_context())
        machine = stack.enter_context(_machine(target, level))
        try:
            module = stack.enter_context(llvm.parse_assembly(text + _FLAGS, context))
            module.triple = machine.triple
            with machine.target_data as layout:
                module.data_layout = str(layout)
            module.verify()
        except RuntimeError as error:
            raise LLVMError(_complaint(text, str(error))) from None
        tuning = stack.enter_context(llvm.create_pipeline_tuning_options(speed_level=level))
        tuning.loop_vectorization = False
        tuning.slp_vectorization = False
        tuning.loop_unrolling = False
        builder = stack.enter_context(llvm.create_pass_builder(machine, tuning))
        stack.enter_context(builder.getModulePassManager()).run(module, builder)
        for function in module.functions:
            if function.is_declaration and not function.name.startswith("llvm."):
                function.add_function_attribute("nonlazybind")
        yield module, machine


def _complaint(text: str, error: str) -> str:
    """LLVM's words, and the lines of `text` that they are about with two neighbours each."""
    lines = text.splitlines()
    found = {int(n) - 1 for n in re.findall(r"<string>:(\d+):\d+", error)}
    if not found:  # the verifier quotes instructions and gives no numbers
        heads = {line.strip().split(" = ")[0] for line in error.splitlines() if " = " in line}
        matches = (i for i, line in enumerate(lines) if line.strip().split(" = ")[0] in heads)
        found = set(islice(matches, 4))
    near = sorted({j for i in found for j in range(i - 2, i + 3) if 0 <= j < len(lines)})
    shown = [f"{'>' if j in found else ' '} {j + 1:5d}  {lines[j]}" for j in near]
    head = (
        "LLVM refuses text that Denpa's compiler made (a fault of the compiler, please report it)"
    )
    return "\n".join([f"{head}: {error.strip()}", *shown])


class Library:
    """Machine code in this process. It lives as long as this object: hold it while you call it."""

    def __init__(self, names: list[str], context: Any, engine: Any) -> None:
        self.names = names  # the functions that may be called, empty where they are not known
        self._engine = engine
        # The finalizer holds engine and context, so that no collector frees them in another order.
        weakref.finalize(self, _close, engine, context).atexit = False

    def address(self, name: str) -> int:
        """Where the function `name` begins, for `ctypes.CFUNCTYPE(...)(address)`."""
        address = int(self._engine.get_function_address(name))
        if not address:
            known = ", ".join(self.names)
            raise LLVMError(f"no function {name!r} in the library; it has {known}")
        return address


def _close(*parts: Any) -> None:
    for part in parts:
        part.close()


def load(objects: bytes) -> Library:
    """Puts object code that `build` made for this machine, now or in another process, into memory.

    It may call the C library and libm (`expf`, `memcpy` …).

    Raises:
        LLVMError: the bytes are no object code, or they call a function that is not there.
    """
    llvm = _binding()
    names, needed = symbols(objects)
    missing = [name for name in needed if not _resolve(name)]
    if missing:  # found by LLVM it would be the end of the process, not an exception
        raise LLVMError(f"the code calls {', '.join(missing)}, not in the C library or libm")
    context = llvm.create_context()
    engine = llvm.create_mcjit_compiler(
        llvm.parse_assembly("", context), _machine(host(), 2), use_lmm=True
    )
    library = Library(names, context, engine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(objects))
    engine.finalize_object()
    return library


def _resolve(name: str) -> bool:
    """Whether LLVM finds `name` in this process; libm is looked into if it is not yet in view."""
    llvm = _binding()
    if name == "_GLOBAL_OFFSET_TABLE_" or llvm.address_of_symbol(name):
        return True
    import ctypes
    import ctypes.util

    try:
        libm = ctypes.CDLL(ctypes.util.find_library("m") or ctypes.util.find_library("msvcrt"))
        address = ctypes.cast(getattr(libm, name), ctypes.c_void_p).value
    except (OSError, AttributeError):
        return False
    llvm.add_symbol(name, address)
    return True


def symbols(objects: bytes) -> tuple[list[str], list[str]]:
    """The names that object code defines for others, and those that it needs from others."""
    if objects[:4] == b"\xcf\xfa\xed\xfe":  # Mach-O (Apple): its names are not read here
        return [], []
    if objects[:6] != b"\x7fELF\x02\x01":
        kind = "is empty" if not objects else f"begins with {objects[:6]!r}"
        raise LLVMError(f"expected 64-bit little-endian ELF object code; what was given {kind}")
    defined: list[str] = []
    needed: list[str] = []
    try:
        for name, info, section in _elf_symbols(objects):
            if name and info >> 4:  # not local
                (defined if section else needed).append(name)
    except (struct.error, ValueError, IndexError) as error:
        raise LLVMError(f"the object code is damaged or cut off ({error})") from None
    return defined, needed


def _elf_symbols(objects: bytes) -> Iterator[tuple[str, int, int]]:
    """(name, info, section) of every symbol; System V ABI, Elf64_Ehdr, Elf64_Shdr, Elf64_Sym."""
    (table,) = struct.unpack_from("<Q", objects, 40)
    entry, count = struct.unpack_from("<HH", objects, 58)
    headers = [struct.unpack_from("<IIQQQQIIQQ", objects, table + i * entry) for i in range(count)]
    for _, kind, _, _, offset, size, link, _, _, step in headers:
        if kind == 2:  # SHT_SYMTAB
            strings = headers[link][4]
            for at in range(offset, offset + size, step):
                name, info, _, section = struct.unpack_from("<IBBH", objects, at)
                end = objects.index(b"\0", strings + name)
                yield objects[strings + name : end].decode(), info, section
