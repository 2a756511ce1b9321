"""Random Python programs, run compiled against eager.

    python -m tests.compiler.pyfuzz --count 2000 --start 0

runs programs whose step is compiled against the same ones run eagerly: the results of every call,
and all that the program can see afterwards. `--table` runs each part of the generator alone. The
number of a program is all that it is made from.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.compiler.pyalone import table
from tests.compiler.pyparts.plan import LOSSES, Chain, Plan
from tests.compiler.pyparts.source import source
from tests.compiler.pyprograms import random_plan
from tests.compiler.pyrun import Run, eagerly, judged, with_denpa


def random_program(seed: int) -> tuple[Plan, Run, int]:
    """Program number `seed`, what it does eagerly, and how many drafts that raise came before."""
    rng = random.Random(seed)
    for tries in range(100):
        plan = random_plan(rng)
        run = eagerly(source(plan))
        if run.error is None:
            return plan, run, tries
    raise AssertionError(f"no program {seed}")


def _smaller(plan: Plan) -> Iterator[Plan]:
    """Programs with one thing less."""
    for e in plan.events:
        yield replace(plan, events=tuple(x for x in plan.events if x is not e))
    for p in plan.parts:
        yield plan.without(p.id)
    if plan.two:
        yield replace(plan, two=False)
    if plan.quiet:
        yield replace(plan, quiet=False)
    if plan.hooked and not any("handle" in e.code for e in plan.events):
        yield replace(plan, hooked="")
    if plan.small_batches:
        yield replace(plan, small_batches=())
    plain = Plan()
    for k, default in enumerate(plain.places):
        places = list(plan.places)
        if places[k] != default and not any(places[k].outer in e.code for e in plan.events):
            places[k] = default
            yield replace(plan, places=(places[0], places[1], places[2]))
    for name in ("wrap", "form", "optimizer", "middle"):
        if getattr(plan, name) != getattr(plain, name):
            yield replace(plan, **{name: getattr(plain, name)})
    if plan.loss != LOSSES[0]:
        yield replace(plan, loss=LOSSES[0])
    for p in plan.parts:
        if not any(e.part == p.id for e in plan.events):
            simple = replace(p, chain=Chain(p.chain.prefix), site="inline")
            if simple != p:
                yield replace(plan, parts=tuple(simple if x is p else x for x in plan.parts))
        if p.site != "inline" and p.chain.root != "network's own":
            simple = replace(p, site="inline")
            yield replace(plan, parts=tuple(simple if x is p else x for x in plan.parts))
    last = max([e.at for e in plan.events], default=1)
    if plan.calls > last + 1:
        yield replace(plan, calls=last + 1)
    if plan.calls > last + 2:
        yield replace(plan, calls=last + 2)
    if plan.events and min(e.at for e in plan.events) > 2:
        yield replace(
            plan,
            events=tuple(replace(e, at=e.at - 1) for e in plan.events),
            calls=max(plan.calls - 1, 2),
        )


def minimised(plan: Plan, fails: Callable[[Plan], bool], seconds: float = 20.0) -> Plan:
    """A smaller program that fails too."""
    ends = time.monotonic() + seconds
    shrunk = True
    while shrunk:
        shrunk = False
        for small in _smaller(plan):
            if time.monotonic() > ends:
                return plan
            if fails(small):
                plan, shrunk = small, True
                break
    return plan


def shown(plan: Plan) -> str:
    """The source without the imports."""
    text = source(plan)
    return text[text.index("from denpa import nn\n") + 21 :].strip()


def _short(text: str) -> str:
    return re.sub(r"[0-9]+", "#", text.split("\n")[0])[:150]


def _table(title: str, counts: Counter[str], totals: Counter[str], rows: int) -> list[str]:
    if not counts:
        return []
    order = sorted(counts, key=lambda k: (-counts[k] / totals[k], -counts[k], k))
    lines = [f"\n{title} (of the programs that have it):"]
    lines += [f"  {counts[k]:4d} of {totals[k]:4d}  {k}" for k in order[:rows]]
    return lines


def fuzz(start: int, count: int, backend: str, show: int, rows: int = 40) -> int:
    """Run programs and report; 1 if any is wrong, or too few pure ones are compiled."""
    compiled = with_denpa(backend)
    found: Counter[tuple[str, str]] = Counter()
    by_tag: dict[str, Counter[str]] = {
        k: Counter() for k in ("wrong", "crashed", "refused", "ok eager")
    }
    # A program with effects may be refused; so these count among the pure ones.
    totals: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    texts: Counter[str] = Counter()
    drafts, wrong = 0, 0
    causes: Counter[str] = Counter()
    for seed in range(start, start + count):
        if sys.stderr.isatty():
            print(f"\r{seed} ", end="", file=sys.stderr, flush=True)
        plan, expected, tries = random_program(seed)
        drafts += tries
        verdict = judged(plan, compiled, expected)
        whose = "impure" if not plan.pure else "strange" if plan.strange else "pure"
        found[whose, verdict.kind] += 1
        tags = set(plan.tags)
        totals[False].update(tags)
        totals[True].update(tags if plan.pure else ())
        if verdict.kind in by_tag and (plan.pure or verdict.kind in ("wrong", "crashed")):
            by_tag[verdict.kind].update(tags)
        if verdict.kind in ("refused", "ok eager"):
            texts[f"{verdict.kind}, {whose}: {_short(verdict.text)}"] += 1
        if verdict.kind in ("wrong", "crashed"):
            wrong += 1
            if wrong <= show:
                kind = verdict.kind
                small = minimised(plan, lambda p, kind=kind: judged(p, compiled).kind == kind)
                print(f"program {seed}: {kind}: {verdict.text}")
                print(f"made small: {judged(small, compiled).text}\n\n{shown(small)}\n")
                causes[", ".join([*(f"change:{e.kind}" for e in small.events)] or small.tags)] += 1
    for kind, counts in by_tag.items():
        print("\n".join(_table(kind, counts, totals[kind in ("refused", "ok eager")], rows)))
    if causes:
        print("\nwhat remained of the wrong ones shown:")
        print("\n".join(f"  {n:4d}  {c}" for c, n in causes.most_common(rows)))
    if texts:
        print("\nwhat was said:")
        print("\n".join(f"  {n:4d}  {t}" for t, n in texts.most_common(20)))
    return _summary(found, drafts, count)


def _summary(found: Counter[tuple[str, str]], drafts: int, count: int) -> int:
    print(f"\n{count} programs ({drafts} drafts that raise were left out)")
    for name in ("pure", "strange", "impure"):
        line = ", ".join(f"{n} {k}" for (w, k), n in sorted(found.items()) if w == name)
        print(f"  {name}: {line or 'none'}")
    pure = sum(n for (w, _), n in found.items() if w == "pure")
    share = found["pure", "ok compiled"] / max(pure, 1)
    print(f"  {100 * share:.1f} % of the pure ones are compiled")
    wrong = sum(n for (_, k), n in found.items() if k in ("wrong", "crashed"))
    return 1 if wrong or share < 0.9 else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a program is wrong, or too few are compiled."""
    parser = argparse.ArgumentParser(prog="python -m tests.compiler.pyfuzz")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--backend", choices=("graph", "native"), default="graph")
    parser.add_argument("--show", type=int, default=1, help="wrong programs to print, made small")
    parser.add_argument("--rows", type=int, default=40, help="rows of each table")
    parser.add_argument("--table", action="store_true", help="each part of the generator alone")
    given = parser.parse_args(arguments)
    if given.table:
        return table(with_denpa(given.backend))
    return fuzz(given.start, given.count, given.backend, given.show, given.rows)


if __name__ == "__main__":
    raise SystemExit(main())
