"""The native side of the thread pool: a mailbox for each worker.

A worker that has done its job looks into its mailbox for some ten microseconds before it sleeps, so
that calls in quick succession need not wake anyone. Its code outlives all programs: nobody runs
code of a program after the call that waits for it has returned.
"""

from __future__ import annotations

MAILBOX = 16  # slots of 8 bytes for each worker: two cache lines
JOB, RUN, CONTEXT, ASLEEP, SEEN, FINISHED = 0, 1, 2, 3, 8, 9
# Measured only on two cores of an AMD EPYC (Zen 5) that others used as well (load 10, where a value
# compiled twice differs from itself by 0.8 to 1.1): `benchmarks.tuned pool`.
# Pauses before a worker sleeps, some ten microseconds. Calls of two and of signal, as a multiple of
# the time with this value: 300: 1.11, 0.86; 1,500: 0.83, 0.97; 6,000: 0.88, 0.95; 30,000: 1.28,
# 1.06.
_LOOKS = 3000
# Pauses before a waiting thread offers its core to others. Steps of two and of deep: 50: 0.91,
# 0.77; 200: 0.93, 0.86; 800: 1.10, 1.20; 3,200: 1.63, 1.53.
SPINS = 400

_TEXT = """\
{pause_declare}
define i64 @denpa.post(ptr %pool, i64 %number, ptr %run, ptr %ctx) nounwind {{
entry:
  %off = mul i64 %number, {MAILBOX}
  %box = getelementptr i64, ptr %pool, i64 %off
  %prun = getelementptr i64, ptr %box, i64 {RUN}
  store ptr %run, ptr %prun
  %pctx = getelementptr i64, ptr %box, i64 {CONTEXT}
  store ptr %ctx, ptr %pctx
  %old = load i64, ptr %box
  %new = add i64 %old, 1
  store atomic i64 %new, ptr %box seq_cst, align 8
  %pas = getelementptr i64, ptr %box, i64 {ASLEEP}
  %was = atomicrmw xchg ptr %pas, i64 0 seq_cst
  ret i64 %was
}}

define i64 @denpa.serve(ptr %pool, i64 %number) nounwind {{
entry:
  %off = mul i64 %number, {MAILBOX}
  %box = getelementptr i64, ptr %pool, i64 %off
  %pas = getelementptr i64, ptr %box, i64 {ASLEEP}
  %pseen = getelementptr i64, ptr %box, i64 {SEEN}
  %pfin = getelementptr i64, ptr %box, i64 {FINISHED}
  br label %idle
idle:
  %seen = load i64, ptr %pseen
  br label %look
look:
  %n = phi i64 [ 0, %idle ], [ %n.next, %again ]
  %job = load atomic i64, ptr %box seq_cst, align 8
  %new = icmp ne i64 %job, %seen
  br i1 %new, label %work, label %again
again:
  {pause}
  %n.next = add i64 %n, 1
  %long = icmp sgt i64 %n, {looks}
  br i1 %long, label %doze, label %look
doze:
  store atomic i64 1, ptr %pas seq_cst, align 8
  %late = load atomic i64, ptr %box seq_cst, align 8
  %came = icmp ne i64 %late, %seen
  br i1 %came, label %awake, label %sleep
awake:
  %was = atomicrmw xchg ptr %pas, i64 0 seq_cst
  %mine = icmp eq i64 %was, 1
  br i1 %mine, label %idle, label %sleep
sleep:
  ret i64 0
work:
  store i64 %job, ptr %pseen
  %prun = getelementptr i64, ptr %box, i64 {RUN}
  %run = load ptr, ptr %prun
  %stop = icmp eq ptr %run, null
  br i1 %stop, label %quit, label %go
go:
  %pctx = getelementptr i64, ptr %box, i64 {CONTEXT}
  %ctx = load ptr, ptr %pctx
  call void %run(ptr %ctx, i64 %number)
  store atomic i64 %job, ptr %pfin seq_cst, align 8
  br label %idle
quit:
  ret i64 1
}}

define void @denpa.finish(ptr %pool, i64 %threads, ptr %yield) nounwind {{
entry:
  br label %next
next:
  %w = phi i64 [ 1, %entry ], [ %w.next, %done ]
  %more = icmp slt i64 %w, %threads
  br i1 %more, label %one, label %exit
one:
  %off = mul i64 %w, {MAILBOX}
  %box = getelementptr i64, ptr %pool, i64 %off
  %job = load i64, ptr %box
  %pfin = getelementptr i64, ptr %box, i64 {FINISHED}
  br label %look
look:
  %n = phi i64 [ 0, %one ], [ %n.next, %again ]
  %fin = load atomic i64, ptr %pfin seq_cst, align 8
  %ready = icmp eq i64 %fin, %job
  br i1 %ready, label %done, label %spin
spin:
  {pause}
  %n.next = add i64 %n, 1
  %long = icmp sgt i64 %n, {spins}
  br i1 %long, label %give, label %again
give:
  %y = call i32 %yield()
  br label %again
again:
  br label %look
done:
  %w.next = add i64 %w, 1
  br label %next
exit:
  ret void
}}
"""


def pause(triple: str) -> tuple[str, str]:
    """The instruction of a waiting loop, and its declaration; nothing where there is none."""
    if triple.startswith(("x86_64", "i686")):
        return "call void @llvm.x86.sse2.pause()", "declare void @llvm.x86.sse2.pause()"
    if triple.startswith(("aarch64", "arm64")):
        return "call void @llvm.aarch64.hint(i32 1)", "declare void @llvm.aarch64.hint(i32)"
    return "", ""


def text(triple: str) -> str:
    """The pool's LLVM."""
    instruction, declare = pause(triple)
    slots = {k: v for k, v in globals().items() if k.isupper() and isinstance(v, int)}
    return _TEXT.format(
        pause=instruction, pause_declare=declare, looks=_LOOKS, spins=SPINS, **slots
    )
