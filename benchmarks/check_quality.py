"""How well the gradient check does: the planted mistakes of the gallery, the files of
`benchmarks/strangers` through the real command, and how long a file and a class take.

`python -m benchmarks.check_quality [--only PART …] [--details]`. The exit status is 1 where a
figure is below its bound, or a verdict is wrong that `strangers/known.csv` does not have.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.corpora import (
    CORPORA,
    Outcome,
    command,
    judged,
    known,
    outcomes,
    rows,
)
from denpa.check.gallery import examined

PARTS = ("gallery", *CORPORA, "speed")
_OPENED, _NAMED, _GALLERY = 0.85, 0.9, 0.98
_WIDTHS = "{:<9}{:>6}{:>8}{:>9}{:>9}{:>8}{:>7}{:>9}{:>12}{:>8}{:>8}"
_HEADER = ("", "files", "opened", "false ✗", "silent ✓", "caught", "named", "wrongly", "line right",
           "median", "most")  # fmt: skip
# Small layers that open, right and wrong, for a class.
_SMALL = ("f001", "f002", "f003", "f004", "f021", "f023", "f024", "f025", "f039", "f056", "f065",
          "f070", "f073", "f075", "f088", "f089", "f091")  # fmt: skip
_CLASS, _ONE = 100, "f002"
_FAULT = "FAULT "


def gallery() -> list[str]:
    """Print the table of planted mistakes; what is wrong with it."""
    started = time.perf_counter()
    found = examined(seeds=range(5))
    checks = found["mutants"] + found["correct_cases"]
    each = (time.perf_counter() - started) / checks
    print(f"{'mistake':<24}{'planted':>9}{'named':>9}")
    for mistake, n in found["by_mistake"].items():
        print(f"{mistake:<24}{n['planted']:>9}{n['named']:>9}")
    share = found["named"] / found["mutants"]
    print(f"{'all':<24}{found['mutants']:>9}{found['named']:>9}   {share:.1%}")
    print(
        f"right layers {found['correct_cases']}, called wrong {found['false_alarms']}; "
        f"{each * 1e3:.0f} ms a check"
    )
    for line in (*found["missed"], *found["alarms"]):
        print(f"  {line}")
    faults = [f"gallery: a right layer is called wrong: {alarm}" for alarm in found["alarms"]]
    if share < _GALLERY:
        faults.append(f"gallery: {share:.1%} are named, expected {_GALLERY:.0%}")
    return faults


def apart() -> tuple[str, list[str]]:
    """What `gallery` prints in a process of its own, beside the files; what is wrong with it."""
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.check_quality", "--only", "gallery"],
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    lines = ended.stdout.splitlines()
    faults = [line.removeprefix(_FAULT) for line in lines if line.startswith(_FAULT)]
    if ended.returncode != bool(faults):
        faults.append(f"gallery: exit status {ended.returncode}: {ended.stderr}")
    return "\n".join(line for line in lines if not line.startswith(_FAULT)), faults


def strangers(found: Mapping[str, Iterator[Outcome]], details: bool) -> list[str]:
    """Print the table of the corpora and what went wrong in them; what is below its bound."""
    verdicts = judged()
    print(_WIDTHS.format(*_HEADER))
    every: list[Outcome] = []
    for corpus, told in found.items():
        ready = list(told)
        print(_counts(corpus, ready, verdicts), flush=True)
        every += ready
    print(_counts("all", every, verdicts))
    for o in every:
        for line in _told(o, verdicts, details):
            print(line)
    return bounds(every, known())


def bounds(every: Sequence[Outcome], excused: dict[tuple[str, str, str], str]) -> list[str]:
    """What is below its bound; and what `known.csv` excuses though it is mended."""
    said = {
        (o.row.corpus, o.row.file, "✗" if o.row.right else "✓")
        for o in every
        if o.false_alarm or o.silent
    }
    faults = [
        f"{corpus}/{file}: {mark}, and the author says otherwise"
        for corpus, file, mark in sorted(said - set(excused))
    ]
    corpora = {o.row.corpus for o in every}
    for key in excused:
        if key not in said and key[0] in corpora:
            print(f"  mended: {'/'.join(key[:2])} no longer belongs in known.csv")
    opened, caught = sum(o.opened for o in every), sum(o.caught for o in every)
    if opened < _OPENED * len(every):
        faults.append(f"opened {opened} of {len(every)}, expected {_OPENED:.0%}")
    named = sum(o.named for o in every)
    if named < _NAMED * caught:
        faults.append(f"named {named} of {caught} caught, expected {_NAMED:.0%}")
    return faults


def _counts(title: str, found: Sequence[Outcome], verdicts: dict[tuple[str, str, str], str]) -> str:
    right = sum(o.row.right for o in found)
    wrong, caught = len(found) - right, sum(o.caught for o in found)
    misnamed = sum(any(verdicts.get(key) == "wrong" for key in o.keys) for o in found)
    seconds = [o.seconds for o in found]
    return _WIDTHS.format(
        title, len(found), sum(o.opened for o in found),
        f"{sum(o.false_alarm for o in found)}/{right}", f"{sum(o.silent for o in found)}/{wrong}",
        f"{caught}/{wrong}", sum(o.named for o in found), misnamed,
        sum(o.line_right for o in found), f"{median(seconds):.2f}s", f"{max(seconds):.1f}s",
    )  # fmt: skip


def _told(o: Outcome, verdicts: dict[tuple[str, str, str], str], details: bool) -> list[str]:
    """What is not as it should be with one file, a line each; with `details` what was found."""
    title = f"{o.row.corpus}/{o.row.file}:{o.row.name}"
    lines = []
    if not o.opened:
        error = " ".join(str(o.data.get("error")).split())
        lines.append(f"  not opened       {title}: {error[:110]}")
    if o.false_alarm:
        said = ", ".join(f"{f['mistake']} of {f['name']}" for f in o.findings)
        lines.append(f"  false ✗          {title}: {said}")
    if o.silent:
        lines.append(f"  silent ✓         {title}: {o.row.mistake}")
    if o.caught and not o.named:
        lines.append(f"  not named        {title}: {o.row.mistake}")
    if o.caught and not o.line_right:
        said = ", ".join(str(f["line"]) for f in o.findings)
        lines.append(f"  line             {title}: {said} in place of {o.row.line}")
    for key in o.keys:
        if verdicts.get(key, "") not in ("right", ""):
            lines.append(f"  {verdicts[key]:<16} {title}: {key[2]}, but {o.row.mistake}")
        elif key not in verdicts and key[2] != "unknown":
            lines.append(f"  not judged       {title}: {key[2]}; {o.row.mistake}")
    if details and o.caught:
        lines.append(f"  {title}\n    author: line {o.row.line}, {o.row.mistake}")
        for f in o.findings:
            lines.append(
                f"    denpa:  line {f['line']}, {f['mistake']} of {f['name']}: {f['text']}"
            )
            if f.get("expected"):
                lines.append(f"            should be {f['expected']}")
    return lines


def speed() -> list[str]:
    """Print the time of one small file and of a class; what failed."""
    small = {r.path.stem: r for r in rows("styles1")}
    times = [command("check", small[_ONE].spec, "--json") for _ in range(5)]
    print(f"one file: {median(t[2] for t in times):.2f} s (median of 5, a right layer)")
    handed = [small[_SMALL[n % len(_SMALL)]] for n in range(_CLASS)]
    with tempfile.TemporaryDirectory() as folder:
        for n, row in enumerate(handed):
            text = re.sub(rf"\b{row.name}\b", "Handed", row.path.read_text("utf-8"))
            Path(folder, f"student{n:03}.py").write_text(text, "utf-8")
        status, out, seconds = command(
            "check", "--class", folder, "--name", "Handed", "--jobs", "2", "--json"
        )
    print(f"a class of {_CLASS} files: {seconds:.1f} s (--jobs 2)")
    faults = [f"one file: exit status {t[0]}" for t in times if t[0] != 0]
    if status != 0:
        return [*faults, f"class: exit status {status}"]
    marks, right = json.loads(out)["summary"]["outcomes"], sum(row.right for row in handed)
    if (marks["right"], marks["wrong"]) != (right, _CLASS - right):
        faults.append(f"class: {marks}, expected {right} right and {_CLASS - right} wrong")
    return faults


def main(argv: Sequence[str] | None = None) -> int:
    """Print it all; 1 if something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check_quality")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART",
                        help=f"of {', '.join(PARTS)}")  # fmt: skip
    parser.add_argument("--details", action="store_true",
                        help="what is found beside what the authors say")  # fmt: skip
    asked = parser.parse_args(argv)
    began = time.perf_counter()
    faults: list[str] = []
    if corpora := [c for c in CORPORA if c in asked.only]:
        with ThreadPoolExecutor(2) as pool:
            planted = pool.submit(apart) if "gallery" in asked.only else None
            found = {c: outcomes(c, pool) for c in corpora}
            if planted is not None:
                text, faults = planted.result()
                print(text, flush=True)
            faults += strangers(found, asked.details)
    elif "gallery" in asked.only:
        faults = gallery()
    if "speed" in asked.only:
        faults += speed()
    print(f"{time.perf_counter() - began:.0f} s in all")
    for fault in faults:
        print(f"{_FAULT}{fault}")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
