"""Every command into every kind of terminal, with names that would steer it."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from tests.attack.record import Attack, Outcome

COLUMNS = ("wid\x1b[2J\x9b5mth", "to\u202ewn")
TARGET = "ki\x1b]0;owned\x07nd"  # in ASCII, so that it can be typed in every locale
TOWNS = ("Kyo\u2028to\x08wn", "電\ufeff波To\u2066kyo")
CLASSES = ("cat\x1b]0;owned\x07fur", "wolf\r\x7f\u200b🐈dog")
# A letter that is neither a mark of a line's end nor what rich draws with is raw.
RAW = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
DRAWN = re.compile(r"\x1b\[(?:\?25[lh]|2K|1A|(?:0|1|32|3\d|9\d)(?:;\d+)*m)|\x1b\[m|\r")

# What the environment says, and the encoding that follows from it.
LANGUAGES: dict[str, tuple[dict[str, str], str]] = {
    **{
        name: ({"PYTHONIOENCODING": name}, name.partition(":")[0])
        for name in (
            "utf-8",
            "utf-8:strict",
            "utf-8:surrogateescape",
            "cp932",
            "cp932:strict",
            "euc_jp",
            "ascii",
            "ascii:strict",
            "latin-1",
            "cp1252",
            "utf-16",
            "gb18030",
            "koi8-r",
            "utf-8-sig",
            "iso2022_jp",
        )
    },
    "unset": ({}, "utf-8"),
    "C": ({"LC_ALL": "C"}, "utf-8"),
    "POSIX": ({"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, "ascii"),
    "eucJP": ({"LC_ALL": "ja_JP.eucJP", "PYTHONUTF8": "1"}, "utf-8"),
}
NO_SCREEN = ("utf-16", "iso2022_jp", "utf-8-sig")  # in which ASCII is not always its own bytes

KINDS: dict[str, dict[str, str]] = {
    "pipe": {},
    "pty": {"TERM": "xterm-256color"},
    "dumb pty": {"TERM": "dumb"},
    "pty of 1 column": {"TERM": "xterm", "COLUMNS": "1"},
    "pty of no column": {"TERM": "xterm", "COLUMNS": "0", "NO_COLOR": "1"},
    "pty of 10^6 columns": {"TERM": "xterm", "COLUMNS": "1000000"},
    "full": {},
    "closed": {},
    "errors closed": {},
    "errors full": {},
    "all closed": {},
    "broken": {},
}
# What else of the environment is said or left out; without a buffer nothing is left in it.
SAID = ("COLUMNS", "NO_COLOR", "TERM", "PYTHONUTF8", "PYTHONCOERCECLOCALE", "PYTHONUNBUFFERED")
LOST = ("full", "closed", "all closed")  # whose exit code is 1 where it would be 0


@dataclass(frozen=True)
class Command:
    """What is typed, in the folder of `place`; `words` are shown by it, in a pipe."""

    argv: tuple[str | bytes, ...]
    words: tuple[str, ...] = ()
    code: int = 0
    trains: bool = False


NAME = b"rain\xff\x1b]0;owned\x07\xe2\x80\xae\xe9\x9b\xbb.csv"
RUN = b"run\xfe\x1b[2J\xe2\x81\xa6end"
QUICK = ("--epochs", "2", "--hidden", "2", "--backend", "eager")
NAMED = ("cat", "fur", "wolf", "dog", "ki", "nd")
COMMANDS = {
    "train": Command(("train", NAME, "--target", TARGET, *QUICK), ("rain", *NAMED), 0, True),
    "train --json": Command(("train", NAME, "--target", TARGET, *QUICK, "--json"), (), 0, True),
    "evaluate": Command(("evaluate", RUN), ("run", "end", "test_accuracy")),
    "evaluate DATA": Command(("evaluate", RUN, NAME), ("rain", "data_accuracy")),
    "evaluate --json": Command(("evaluate", RUN, NAME, "--json")),
    "predict": Command(("predict", RUN, NAME, "--backend", "eager"), ("prediction", "cat", "dog")),
    "predict --json": Command(("predict", RUN, NAME, "--json", "--backend", "eager")),
    "predict -o": Command(("predict", RUN, NAME, "-o", NAME + b".OUT.csv"), ("written", "OUT")),
    "mistake": Command(("train", b"no\x1b[2Jne\xff.csv"), ("no such file", "no", "ne"), 2),
    "bad column": Command(("train", NAME, "--target", "ki\x1b[2J"), ("wid", "nd"), 2),
    "check": Command(("check", b"law\xff\x1b[2J.py:f", "--input", "x=rand(2)"), ("law", "x")),
    "check --lang ja": Command(("check", b"law\xff\x1b[2J.py:f", "--lang", "ja"), ("law",)),
    "check --json": Command(("check", b"law\xff\x1b[2J.py:f", "--json")),
    "check wrong": Command(("check", b"wrong\xe2\x80\xae.py:f"), ("wrong", "x**3"), 1),
    "check raising": Command(("check", b"rai\xff\x1b[2Jse.py:f"), ("rai", "se", "o", "wned"), 2),
    "check no Python": Command(("check", b"syn\xff\x1b[2Jtax.py:f"), ("syn", "never closed"), 2),
    "check --html": Command(
        ("check", b"law\xff\x1b[2J.py:f", "--overwrite", "--html", b"page\xff\x1b[2J.html"),
        ("wrote", "page"),
    ),
    "check --class": Command(
        ("check", "--class", "handed", "--name", "f", "--jobs", "1"), ("ha", "na", "ya", "ma")
    ),
    "lab run FILE": Command(
        ("lab", "run", b"mine\xff\x1b[2J.py", "--overwrite", "--out", b"lab\xff"), ("said", "lab")
    ),
    "lab run": Command(
        ("lab", "run", "three-plus-five", "--quick", "--overwrite", "--out", b"three\xff"),
        ("add", "three"),
    ),
    "lab list": Command(("lab", "list", "--lang", "ja"), ("vanishing-activations",)),
    "data list": Command(("data", "list"), ("digits",)),
    "explain": Command(("check", "explain", "bias", "--lang", "ja"), ("bias",)),
    "gallery": Command(("check", "gallery"), ("Affine",)),
    "help": Command(("train", "--help"), ("usage", "--epochs")),
    "version": Command(("--version",), ("denpa",)),
}


@cache
def place() -> Path:
    """A folder with data and files of which every name is hostile, and a run on them."""
    import atexit

    from denpa.runs import train

    folder = Path(tempfile.mkdtemp(prefix="terminals-"))
    atexit.register(shutil.rmtree, folder, True)
    (folder / os.fsdecode(NAME)).write_text(table(), "utf-8", newline="")
    law = "def f(x):\n    return (x**3).sum()\n\n\ndef f_grad(x):\n    return 3 * x**{}\n"
    (folder / os.fsdecode(b"law\xff\x1b[2J.py")).write_text(law.format(2))
    (folder / "wrong\u202e.py").write_text(law.format(3).replace("3 * x", "\t3 * x"))
    (folder / os.fsdecode(b"rai\xff\x1b[2Jse.py")).write_text(
        'def f(x):\n\traise ValueError("o\\x1b[2Jwned \\u202e")\n\n\ndef f_grad(x):\n\treturn x\n'
    )
    (folder / os.fsdecode(b"syn\xff\x1b[2Jtax.py")).write_text("def f(x:\n\treturn '\u202e'\n")
    (folder / "handed").mkdir()
    for name in (b"ha\x1b]0;owned\x07na.py", b"ya\xe2\x80\xaema\xff.py"):
        (folder / "handed" / os.fsdecode(name)).write_text(law.format(2))
    (folder / os.fsdecode(b"mine\xff\x1b[2J.py")).write_text(
        'from denpa.lab import Lab\n\nprint("said\\x1b[2Jlab \\u202e電")\n'
        'lab = Lab("mine")\nlab.claim("cl\\x1b[2Jaim", 1.0, near=1.0, within=0.1)\n'
    )
    train(
        str(folder / os.fsdecode(NAME)),
        target=TARGET,
        out=folder / os.fsdecode(RUN),
        epochs=2,
        hidden=(2,),
        backend="eager",
        progress=False,
    )
    return folder


def table() -> str:
    """A table of 24 rows, of which every text is hostile."""
    rows = [f'"{COLUMNS[0]}","{COLUMNS[1]}","{TARGET}"']
    for k in range(24):
        rows.append(f'{k / 7:.3f},"{TOWNS[k // 2 % 2]}","{CLASSES[k % 2]}"')
    return "\n".join(rows) + "\n"


def told(
    argv: list[str | bytes], kind: str, environment: dict[str, str]
) -> tuple[int, bytes, bytes]:
    """The exit code of a command and what came out of it; of a terminal, all is in the first."""
    usual = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONIO"))}
    for name in SAID:
        usual.pop(name, None)
    command: list[str | bytes] = [sys.executable, "-m", "denpa", *argv]
    given: dict[str, Any] = {"cwd": place(), "env": {**usual, **KINDS[kind], **environment}}
    if "pty" in kind:
        return in_terminal(command, given)
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
    streams["stderr"] = subprocess.PIPE
    closed = {"closed": (1,), "errors closed": (2,), "all closed": (0, 1, 2)}.get(kind, ())
    if closed:
        keeping = "".join(f" {n}>&-" for n in closed)
        command = ["sh", "-c", f'exec "$@"{keeping}', "sh", *command]
    with open("/dev/full", "wb") as full:
        if kind == "full":
            streams["stdout"] = full
        if kind == "errors full":
            streams["stderr"] = full
        if kind == "broken":
            read, write = os.pipe()
            os.close(read)
            streams["stdout"] = write
        process = subprocess.Popen(command, **streams, **given)
    if kind == "broken":
        os.close(write)
    out, err = process.communicate(timeout=120)
    return process.returncode, out or b"", err or b""


def in_terminal(command: list[str | bytes], given: dict[str, Any]) -> tuple[int, bytes, bytes]:
    """The same on a terminal."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, **given
    )
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65536):
            seen += piece
    except OSError:  # Linux says that the other end is closed
        pass
    os.close(ours)
    return process.wait(120), seen, b""


def fault(name: str, kind: str, language: str) -> str | None:
    """What is not as it should be with a command, or None."""
    command, (environment, encoding) = COMMANDS[name], LANGUAGES[language]
    argv = list(command.argv)
    folder = Path(tempfile.mkdtemp(dir=place()))
    if command.trains:
        argv += ["--out", os.fsencode(folder / "run\x1b[2Ja\u202eb")]
    if "-o" in argv:
        argv[argv.index("-o") + 1] = os.fsencode(folder / "p\x1b[2J.OUT.csv")
    code, out, err = told(argv, kind, environment)
    wanted = 1 if kind in LOST and not command.code else command.code
    if code != wanted:
        return f"exit code {code}, not {wanted}: {err[-300:]!r} {out[-300:]!r}"
    for data in (out, err):
        if problem := raw(data.decode(encoding), "pty" in kind):
            return problem
    if command.trains and (problem := incomplete(folder / "run\x1b[2Ja\u202eb")):
        return problem
    lines = err.decode(encoding).splitlines()
    errors = sum(line.startswith("denpa: error: ") for line in lines)  # of a mistake, its own
    if kind in ("full", "closed") and errors != 1:
        return f"the loss of standard output is not told in one line: {lines}"
    if kind in (*LOST, "broken", "errors closed", "errors full"):
        return None
    return lacking(out.decode(encoding), err.decode(encoding), command, "--json" in argv)


def raw(text: str, screen: bool) -> str | None:
    """What would steer a terminal, but for what rich draws."""
    found = RAW.search(DRAWN.sub("", text) if screen else text)
    if found is not None:
        return f"{found[0]!r} is raw: {text[max(0, found.start() - 40) : found.end() + 20]!r}"
    return "a traceback" if "Traceback" in text else None


def lacking(out: str, err: str, command: Command, is_json: bool) -> str | None:
    """What is not shown, or not right, of what the command has to say."""
    if is_json:
        start = out.index("{")  # on a terminal warnings stand before it
        found = json.JSONDecoder().raw_decode(out[start:].replace("\r\n", "\n"))[0]
        labels = found.get("predictions", {}).get("prediction", CLASSES)
        return None if set(labels) <= set(CLASSES) else f"classes are {set(labels)}"
    seen = re.sub(r"\s", "", DRAWN.sub("", out + err))  # a narrow table is folded
    gone = [word for word in command.words if re.sub(r"\s", "", word) not in seen]
    return f"not shown: {gone} in {out[-500:]!r}" if gone else None


def incomplete(run: Path) -> str | None:
    """What a run folder lacks."""
    try:
        status = json.loads((run / "run.json").read_text("utf-8"))["status"]
        sizes = [(run / n).stat().st_size for n in ("model.safetensors", "report.html")]
    except OSError as error:
        return f"the run folder is not complete: {error}"
    return None if status == "finished" and all(sizes) else f"the run is {status}"


def terminals(count: int, seed: int) -> Outcome:
    """Try `count` combinations of language, kind of terminal and command."""
    known = [
        c for c in product(COMMANDS, KINDS, LANGUAGES) if c[2] not in NO_SCREEN or "pty" not in c[1]
    ]
    picked = random.Random(seed).sample(known, min(count, len(known)))
    place()

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for name, kind, language in picked:
            yield f"{name} | {kind} | {language}", lambda c=(name, kind, language): fault(*c)

    return Outcome().judge(cases())


ATTACKS = (
    Attack("terminals", "runs to its end; nothing raw, nothing lost", terminals, few=3, many=400),
)
