"""The native loop over steps: a small interpreter of a table of kernel calls, the same for every
program. What a program computes is data to it; what is compiled for each program are the kernels.

The table is a list of 64-bit numbers: for a call the kernel's number, how many arguments, for each
its base and byte offset, then the share [lo, hi) of every lane; −1 is a barrier. Bases (arena,
inputs, outputs, constants) have an address and a stride in bytes by which it moves from one step to
the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from denpa.compiler.emit.pool import SPINS, pause

# Slots of 8 bytes in the context. Those that threads write to have cache lines of their own.
FAILED, SGEMM, DGEMM, YIELD, THREADS, LANES = 0, 1, 2, 3, 4, 5
CODE, CODE_END, BASES, STRIDES, BASE_COUNT, FIRST, LAST = 6, 7, 8, 9, 10, 11, 12
SCRATCH, SCRATCH_STEP = 13, 14
COUNT, GENERATION, WAITED, SPENT = 16, 24, 32, 33
SLOTS = 40  # of the context in all
BARRIER = -1  # in the place of a kernel's number

_TEXT = """\
declare i64 @llvm.readcyclecounter()
{pause_declare}
define internal void @denpa.barrier(ptr %ctx) noinline nounwind {{
entry:
  %tp = getelementptr i64, ptr %ctx, i64 {THREADS}
  %threads = load i64, ptr %tp
  %one = icmp eq i64 %threads, 1
  br i1 %one, label %done, label %meet
meet:
  %cp = getelementptr i64, ptr %ctx, i64 {COUNT}
  %gp = getelementptr i64, ptr %ctx, i64 {GENERATION}
  %gen = load atomic i64, ptr %gp acquire, align 8
  %before = atomicrmw add ptr %cp, i64 1 acq_rel
  %last = sub i64 %threads, 1
  %is.last = icmp eq i64 %before, %last
  br i1 %is.last, label %release, label %wait0
release:
  store atomic i64 0, ptr %cp monotonic, align 8
  %gen.next = add i64 %gen, 1
  store atomic i64 %gen.next, ptr %gp release, align 8
  br label %done
wait0:
  %c0 = call i64 @llvm.readcyclecounter()
  br label %wait
wait:
  %n = phi i64 [ 0, %wait0 ], [ %n.next, %again ]
  %now = load atomic i64, ptr %gp acquire, align 8
  %moved = icmp ne i64 %now, %gen
  br i1 %moved, label %through, label %spin
through:
  %c1 = call i64 @llvm.readcyclecounter()
  %cw = sub i64 %c1, %c0
  %wp = getelementptr i64, ptr %ctx, i64 {WAITED}
  %w = atomicrmw add ptr %wp, i64 %cw monotonic
  br label %done
spin:
  {pause}
  %n.next = add i64 %n, 1
  %long = icmp sgt i64 %n, {spins}
  br i1 %long, label %give, label %again
give:
  %yp = getelementptr i64, ptr %ctx, i64 {YIELD}
  %yield = load ptr, ptr %yp
  %y = call i32 %yield()
  br label %again
again:
  br label %wait
done:
  ret void
}}

define void @denpa.run(ptr %ctx, i64 %thread) nounwind {{
entry:
  %clock = call i64 @llvm.readcyclecounter()
  %p.threads = getelementptr i64, ptr %ctx, i64 {THREADS}
  %threads = load i64, ptr %p.threads
  %p.lanes = getelementptr i64, ptr %ctx, i64 {LANES}
  %lanes = load i64, ptr %p.lanes
  %p.code = getelementptr i64, ptr %ctx, i64 {CODE}
  %code = load ptr, ptr %p.code
  %p.end = getelementptr i64, ptr %ctx, i64 {CODE_END}
  %end = load i64, ptr %p.end
  %p.bases = getelementptr i64, ptr %ctx, i64 {BASES}
  %bases = load ptr, ptr %p.bases
  %p.strides = getelementptr i64, ptr %ctx, i64 {STRIDES}
  %strides = load ptr, ptr %p.strides
  %p.nb = getelementptr i64, ptr %ctx, i64 {BASE_COUNT}
  %nb = load i64, ptr %p.nb
  %p.first = getelementptr i64, ptr %ctx, i64 {FIRST}
  %first = load i64, ptr %p.first
  %p.last = getelementptr i64, ptr %ctx, i64 {LAST}
  %last = load i64, ptr %p.last
  %p.scratch = getelementptr i64, ptr %ctx, i64 {SCRATCH}
  %scratch = load ptr, ptr %p.scratch
  %p.sstep = getelementptr i64, ptr %ctx, i64 {SCRATCH_STEP}
  %sstep = load i64, ptr %p.sstep
  %mine = mul i64 %thread, %sstep
  %my = getelementptr i8, ptr %scratch, i64 %mine
  %argv = getelementptr i64, ptr %my, i64 %nb
  br label %step
step:
  %s = phi i64 [ %first, %entry ], [ %s.next, %stepped ]
  %s.more = icmp slt i64 %s, %last
  br i1 %s.more, label %base, label %finish
base:
  %b = phi i64 [ 0, %step ], [ %b.next, %base.body ]
  %b.more = icmp slt i64 %b, %nb
  br i1 %b.more, label %base.body, label %next
base.body:
  %q1 = getelementptr i64, ptr %bases, i64 %b
  %address = load i64, ptr %q1
  %q2 = getelementptr i64, ptr %strides, i64 %b
  %stride = load i64, ptr %q2
  %moved = mul i64 %stride, %s
  %here = add i64 %address, %moved
  %q3 = getelementptr i64, ptr %my, i64 %b
  store i64 %here, ptr %q3
  %b.next = add i64 %b, 1
  br label %base
next:
  %pc = phi i64 [ 0, %base ], [ %pc1, %met ], [ %pc.after, %lanes.done ]
  %in = icmp slt i64 %pc, %end
  br i1 %in, label %decode, label %stepped0
decode:
  %q4 = getelementptr i64, ptr %code, i64 %pc
  %fn = load i64, ptr %q4
  %pc1 = add i64 %pc, 1
  %is.barrier = icmp slt i64 %fn, 0
  br i1 %is.barrier, label %met, label %call
met:
  call void @denpa.barrier(ptr %ctx)
  br label %next
call:
  %q5 = getelementptr i64, ptr %code, i64 %pc1
  %nargs = load i64, ptr %q5
  %pc2 = add i64 %pc, 2
  %twice = mul i64 %nargs, 2
  %pc3 = add i64 %pc2, %twice
  br label %arg
arg:
  %k = phi i64 [ 0, %call ], [ %k.next, %arg.body ]
  %k.more = icmp slt i64 %k, %nargs
  br i1 %k.more, label %arg.body, label %ready
arg.body:
  %k2 = mul i64 %k, 2
  %kb = add i64 %pc2, %k2
  %q6 = getelementptr i64, ptr %code, i64 %kb
  %which = load i64, ptr %q6
  %q7 = getelementptr i64, ptr %q6, i64 1
  %off = load i64, ptr %q7
  %q8 = getelementptr i64, ptr %my, i64 %which
  %from = load i64, ptr %q8
  %at = add i64 %from, %off
  %q9 = getelementptr i64, ptr %argv, i64 %k
  store i64 %at, ptr %q9
  %k.next = add i64 %k, 1
  br label %arg
ready:
  %q10 = getelementptr [{kernels} x ptr], ptr @denpa.kernels, i64 0, i64 %fn
  %kernel = load ptr, ptr %q10
  %l2 = mul i64 %lanes, 2
  %pc.after = add i64 %pc3, %l2
  br label %lane
lane:
  %l = phi i64 [ %thread, %ready ], [ %l.next, %lane.end ]
  %l.more = icmp slt i64 %l, %lanes
  br i1 %l.more, label %lane.body, label %lanes.done
lane.body:
  %share = mul i64 %l, 2
  %sh = add i64 %pc3, %share
  %q11 = getelementptr i64, ptr %code, i64 %sh
  %lo = load i64, ptr %q11
  %q12 = getelementptr i64, ptr %q11, i64 1
  %hi = load i64, ptr %q12
  %some = icmp slt i64 %lo, %hi
  br i1 %some, label %work, label %lane.end
work:
  %status = call i64 %kernel(ptr %argv, i64 %lo, i64 %hi, ptr %ctx)
  %bad = icmp ne i64 %status, 0
  br i1 %bad, label %report, label %lane.end
report:
  %s1 = add i64 %s, 1
  %s32 = shl i64 %s1, 32
  %what = or i64 %s32, %pc1
  %old = cmpxchg ptr %ctx, i64 0, i64 %what acq_rel monotonic
  br label %lane.end
lane.end:
  %l.next = add i64 %l, %threads
  br label %lane
lanes.done:
  br label %next
stepped0:
  call void @denpa.barrier(ptr %ctx)
  %failed = load atomic i64, ptr %ctx acquire, align 8
  %is.failed = icmp ne i64 %failed, 0
  %failed.step = lshr i64 %failed, 32
  %s.here = add i64 %s, 1
  %earlier = icmp ule i64 %failed.step, %s.here
  %out = and i1 %is.failed, %earlier
  br i1 %out, label %finish, label %stepped
stepped:
  %s.next = add i64 %s, 1
  br label %step
finish:
  %clock.end = call i64 @llvm.readcyclecounter()
  %spent = sub i64 %clock.end, %clock
  %p.spent = getelementptr i64, ptr %ctx, i64 {SPENT}
  %all = atomicrmw add ptr %p.spent, i64 %spent monotonic
  ret void
}}
"""


def text(kernels: Sequence[str], triple: str) -> str:
    """The driver's LLVM for a program of these kernels."""
    instruction, declare = pause(triple)
    names = globals()
    slots = {k: v for k, v in names.items() if k.isupper() and isinstance(v, int)}
    table = ", ".join(f"ptr {k}" for k in kernels)
    body = _TEXT.format(
        pause=instruction, pause_declare=declare, spins=SPINS, kernels=len(kernels), **slots
    )
    return f"@denpa.kernels = internal constant [{len(kernels)} x ptr] [{table}]\n{body}"
