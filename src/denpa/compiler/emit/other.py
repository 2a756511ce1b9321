"""The native code of kernels that are neither loops over expressions nor products: random numbers,
sorting, and the gathering of mini-batches."""

from __future__ import annotations

from denpa.compiler.emit.code import Arguments, Code
from denpa.compiler.lower.kernels import Rows, Sort, Uniform
from denpa.core.dtype import DType
from denpa.core.shape import size_of

_PHILOX = (
    "define internal void @denpa.philox(i64 %block, i64 %seed, i64 %draw, ptr %out) "
    "alwaysinline nounwind {"
)


def _philox() -> str:
    """Philox 4x64-10 of counter (block, 0, draw, 0) under key (seed, 0), four words.

    Source: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3* (2011).
    """
    code = Code()
    counter = ["%block", "0", "%draw", "0"]
    key = ["%seed", "0"]
    weyl = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
    factor = (0xD2E7470EE14C6C93, 0xCA5A826395121157)

    def signed(x: int) -> int:
        return x - (1 << 64) if x >> 63 else x

    for turn in range(10):
        if turn:
            key = [code.op(f"add i64 {k}, {signed(w)}") for k, w in zip(key, weyl, strict=True)]
        high, low = [], []
        for f, c in zip(factor, counter[::2], strict=True):
            wide = code.op(f"zext i64 {c} to i128")
            both = code.op(f"mul i128 {wide}, {f}")
            low.append(code.op(f"trunc i128 {both} to i64"))
            high.append(code.op(f"trunc i128 {code.op(f'lshr i128 {both}, 64')} to i64"))
        mixed = [
            code.op(f"xor i64 {code.op(f'xor i64 {h}, {c}')}, {k}")
            for h, c, k in zip(reversed(high), counter[1::2], key, strict=True)
        ]
        counter = [mixed[0], low[1], mixed[1], low[0]]
    for k, word in enumerate(counter):
        place = code.op(f"getelementptr i64, ptr %out, i64 {k}")
        code.say(f"store i64 {word}, ptr {place}")
    return "\n".join([_PHILOX, "entry:", *code.lines, "  ret void", "}"]) + "\n"


def uniform(kernel: Uniform, name: str) -> tuple[Code, Arguments, str]:
    """Numbers in [0, 1), block after block of the generator; a lane writes its share only."""
    code = Code()
    code.functions["@denpa.philox"] = _philox()
    args = Arguments(code)
    out, state = kernel.writes[0], kernel.reads[0]
    dtype = out.buffer.dtype
    each = 4 if dtype.itemsize == 8 else 8  # numbers of a block
    to, held = args.pointer(out.buffer), args.pointer(state.buffer)
    if state.const:
        held = code.op(f"getelementptr i64, ptr {held}, i64 {state.const}")
    seed = code.op(f"load i64, ptr {held}")
    draw = code.op(f"load i64, ptr {code.op(f'getelementptr i64, ptr {held}, i64 1')}")
    code.entry.append("  %words = alloca [4 x i64], align 32")
    code.entry.append("  %numbers = alloca [8 x double], align 64")
    split = kernel.split
    inner = size_of(kernel.extents[split + 1 :]) if split is not None else size_of(kernel.extents)
    outer = size_of(kernel.extents[:split]) if split is not None else 1
    whole = kernel.extents[split] * inner if split is not None else inner
    element = code.memory(dtype)

    def numbers(block: str) -> str:
        code.say(f"call void @denpa.philox(i64 {block}, i64 {seed}, i64 {draw}, ptr %words)")
        code.width = each
        if each == 4:
            words = code.op("load <4 x i64>, ptr %words, align 32")
            kept = code.op(f"lshr <4 x i64> {words}, splat (i64 11)")
            x = code.op(f"uitofp <4 x i64> {kept} to <4 x double>")
            y = code.op(f"fmul <4 x double> {x}, {code.number(2.0**-53, dtype)}")
        else:
            keep = 24 if dtype.itemsize == 4 else 11
            words = code.op("load <8 x i32>, ptr %words, align 32")
            kept = code.op(f"lshr <8 x i32> {words}, splat (i32 {32 - keep})")
            t = code.type(dtype)
            x = code.op(f"sitofp <8 x i32> {kept} to {t}")  # < 2**24: the sign does not matter
            y = code.op(f"fmul {t} {x}, {code.number(2.0**-keep, dtype)}")
        code.width = 1
        return y

    def fill(start: str, stop: str) -> None:
        first = code.op(f"sdiv i64 {start}, {each}")
        last = code.op(f"sdiv i64 {code.op(f'add i64 {stop}, {each - 1}')}, {each}")

        def block(q: str) -> None:
            y = numbers(q)
            begin = code.op(f"mul i64 {q}, {each}")
            end = code.op(f"add i64 {begin}, {each}")
            early = code.op(f"icmp slt i64 {begin}, {start}")
            late = code.op(f"icmp sgt i64 {end}, {stop}")
            partial = code.op(f"or i1 {early}, {late}")
            vector = f"<{each} x {element}>"
            code.say(f"store {vector} {y}, ptr %numbers, align 32")

            def direct() -> None:
                place = code.op(f"getelementptr {element}, ptr {to}, i64 {begin}")
                code.say(f"store {vector} {y}, ptr {place}, align {dtype.itemsize}")

            def pieces() -> None:
                low = code.op(f"select i1 {early}, i64 {start}, i64 {begin}")
                high = code.op(f"select i1 {late}, i64 {stop}, i64 {end}")

                def piece(i: str) -> None:
                    off = code.op(f"sub i64 {i}, {begin}")
                    spot = code.op(f"getelementptr {element}, ptr %numbers, i64 {off}")
                    x = code.op(f"load {element}, ptr {spot}")
                    place = code.op(f"getelementptr {element}, ptr {to}, i64 {i}")
                    code.say(f"store {element} {x}, ptr {place}")

                code.loop(low, high, 1, piece)

            code.unless(partial, direct)
            inside = code.op(f"xor i1 {partial}, true")
            code.unless(inside, pieces)

        code.loop(first, last, 1, block)

    def stretch(i: str) -> None:
        base = code.op(f"mul i64 {i}, {whole}")
        if split is None:
            fill(base, code.op(f"add i64 {base}, {whole}"))
            return
        start = code.op(f"add i64 {base}, {code.op(f'mul i64 %lo, {inner}')}")
        stop = code.op(f"add i64 {base}, {code.op(f'mul i64 %hi, {inner}')}")
        fill(start, stop)

    code.loop("0", str(outer), 1, stretch)
    return code, args, code.text(name)


def rows(kernel: Rows, name: str) -> tuple[Code, Arguments, str]:
    """Copies of a table's rows, by their numbers; without numbers the input is used where it is.

    Arguments: the batch, the table, the numbers of this step's rows (null: nothing to do).
    """
    code = Code()
    args = Arguments(code)
    to = args.pointer(kernel.out)
    table, numbers = args.pointer("table"), args.pointer("numbers")
    size = kernel.width * kernel.out.dtype.itemsize
    code.declares.add("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")

    def copy(i: str) -> None:
        spot = code.op(f"getelementptr i64, ptr {numbers}, i64 {i}")
        row = code.op(f"load i64, ptr {spot}")
        source = code.op(f"getelementptr i8, ptr {table}, i64 {code.op(f'mul i64 {row}, {size}')}")
        target = code.op(f"getelementptr i8, ptr {to}, i64 {code.op(f'mul i64 {i}, {size}')}")
        code.say(
            f"call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, i64 {size}, i1 false)"
        )

    start, stop = ("0", str(kernel.extents[0])) if kernel.split is None else ("%lo", "%hi")
    none = code.op(f"icmp eq ptr {numbers}, null")
    code.unless(none, lambda: code.loop(start, stop, 1, copy))
    return code, args, code.text(name)


_MERGE = """\
define internal i1 {before}({t} %a, {t} %b) alwaysinline nounwind {{
{compare}
}}
define internal void {name}(ptr %x, i64 %sx, ptr %out, ptr %scratch, i64 %so, i64 %n) nounwind {{
entry:
  br label %fill
fill:
  %i = phi i64 [ 0, %entry ], [ %i.next, %fill.body ]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %fill.body, label %wide
fill.body:
  %fo = mul i64 %i, %so
  %fp = getelementptr i64, ptr %out, i64 %fo
  store i64 %i, ptr %fp
  %i.next = add i64 %i, 1
  br label %fill
wide:
  %w = phi i64 [ 1, %fill ], [ %w.next, %wide.end ]
  %from = phi ptr [ %out, %fill ], [ %to, %wide.end ]
  %to = phi ptr [ %scratch, %fill ], [ %from, %wide.end ]
  %again = icmp slt i64 %w, %n
  br i1 %again, label %run, label %finish
run:
  %lo = phi i64 [ 0, %wide ], [ %hi0, %run.end ]
  %some = icmp slt i64 %lo, %n
  br i1 %some, label %run.body, label %wide.end
run.body:
  %mid0 = add i64 %lo, %w
  %hi0 = add i64 %mid0, %w
  %mid = call i64 @llvm.smin.i64(i64 %mid0, i64 %n)
  %hi = call i64 @llvm.smin.i64(i64 %hi0, i64 %n)
  br label %step
step:
  %k = phi i64 [ %lo, %run.body ], [ %k.next, %put ]
  %l = phi i64 [ %lo, %run.body ], [ %l.next, %put ]
  %r = phi i64 [ %mid, %run.body ], [ %r.next, %put ]
  %left = icmp slt i64 %k, %hi
  br i1 %left, label %choose, label %run.end
choose:
  %lok = icmp slt i64 %l, %mid
  %rok = icmp slt i64 %r, %hi
  %both = and i1 %lok, %rok
  %l.safe = select i1 %lok, i64 %l, i64 %lo
  %r.safe = select i1 %rok, i64 %r, i64 %lo
  %lo1 = mul i64 %l.safe, %so
  %lp = getelementptr i64, ptr %from, i64 %lo1
  %li = load i64, ptr %lp
  %ro1 = mul i64 %r.safe, %so
  %rp = getelementptr i64, ptr %from, i64 %ro1
  %ri = load i64, ptr %rp
  %lx = mul i64 %li, %sx
  %lq = getelementptr {m}, ptr %x, i64 %lx
  %a = load {m}, ptr %lq
  %rx = mul i64 %ri, %sx
  %rq = getelementptr {m}, ptr %x, i64 %rx
  %b = load {m}, ptr %rq
  %right.first = call i1 {before}({t} %b, {t} %a)
  %use.r0 = and i1 %both, %right.first
  %l.out = xor i1 %lok, true
  %use.r = or i1 %use.r0, %l.out
  br label %put
put:
  %pick = select i1 %use.r, i64 %ri, i64 %li
  %ko = mul i64 %k, %so
  %kp = getelementptr i64, ptr %to, i64 %ko
  store i64 %pick, ptr %kp
  %k.next = add i64 %k, 1
  %one.r = zext i1 %use.r to i64
  %r.next = add i64 %r, %one.r
  %one.l = sub i64 1, %one.r
  %l.next = add i64 %l, %one.l
  br label %step
run.end:
  br label %run
wide.end:
  %w.next = mul i64 %w, 2
  br label %wide
finish:
  %same = icmp eq ptr %from, %out
  br i1 %same, label %done, label %back
back:
  %j = phi i64 [ 0, %finish ], [ %j.next, %back.body ]
  %j.more = icmp slt i64 %j, %n
  br i1 %j.more, label %back.body, label %done
back.body:
  %jo = mul i64 %j, %so
  %jp = getelementptr i64, ptr %from, i64 %jo
  %jx = load i64, ptr %jp
  %jq = getelementptr i64, ptr %out, i64 %jo
  store i64 %jx, ptr %jq
  %j.next = add i64 %j, 1
  br label %back
done:
  ret void
}}
"""


def _merge_sort(dtype: DType, descending: bool) -> tuple[str, str]:
    """A stable merge sort of positions (bottom-up), NaN as the largest number, as in NumPy."""
    t = Code.memory(dtype)
    name = f"@denpa.sort.{dtype.name}.{'down' if descending else 'up'}"
    a, b = ("%b", "%a") if descending else ("%a", "%b")
    if dtype.kind == "f":
        compare = (
            f"  %less = fcmp olt {t} {a}, {b}\n  %nan = fcmp uno {t} {b}, {b}\n"
            f"  %ord = fcmp ord {t} {a}, {a}\n  %last = and i1 %nan, %ord\n"
            "  %y = or i1 %less, %last\n  ret i1 %y"
        )
    else:
        word = "slt" if dtype.kind == "i" else "ult"
        compare = f"  %y = icmp {word} {t} {a}, {b}\n  ret i1 %y"
    text = _MERGE.format(name=name, before=f"{name}.before", t=t, m=t, compare=compare)
    return name, text


def sort(kernel: Sort, name: str) -> tuple[Code, Arguments, str]:
    """argsort of every line along one axis."""
    code = Code()
    args = Arguments(code)
    function, text = _merge_sort(kernel.x.buffer.dtype, kernel.descending)
    code.functions[function] = text
    code.declares.add("declare i64 @llvm.smin.i64(i64, i64)")
    pointers = [args.pointer(x.buffer) for x in (kernel.x, kernel.out, kernel.scratch)]
    starts: dict[int, str] = {}

    def line() -> None:
        places = []
        for access, base in zip((kernel.x, kernel.out, kernel.scratch), pointers, strict=True):
            element = code.memory(access.buffer.dtype)
            place = base
            if access.const:
                place = code.op(f"getelementptr {element}, ptr {place}, i64 {access.const}")
            for a, i in starts.items():
                off = code.op(f"mul i64 {i}, {access.coefs[a]}")
                place = code.op(f"getelementptr {element}, ptr {place}, i64 {off}")
            places.append(place)
        x, out, scratch = places
        code.say(
            f"call void {function}(ptr {x}, i64 {kernel.x.coefs[kernel.dim]}, ptr {out}, "
            f"ptr {scratch}, i64 {kernel.out.coefs[kernel.dim]}, i64 {kernel.extents[kernel.dim]})"
        )

    def nest(axes: list[int]) -> None:
        if not axes:
            line()
            return
        first, *rest = axes
        bounds = ("%lo", "%hi") if kernel.split == first else ("0", str(kernel.extents[first]))

        def body(i: str) -> None:
            starts[first] = i
            nest(rest)

        code.loop(*bounds, 1, body)

    nest([a for a in range(len(kernel.extents)) if a != kernel.dim])
    return code, args, code.text(name)
