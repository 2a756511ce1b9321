"""Attacks on run folders: each file damaged, exchanged, removed and rewritten, then used in all
ways that a folder is used."""

from __future__ import annotations

import functools
import json
import os
import random
import re
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import denpa as dp
from denpa.core.errors import ArgumentError
from denpa.core.sealed import seal, unseal
from denpa.data import DataError
from denpa.runs.files import run_text, sha256
from tests.attack.record import Attack, Outcome
from tests.attack.tensors import peak
from tests.runs.folders import folder, table

_SECONDS, _BYTES = 2.0, 500 << 20
_KINDS = ("classes", "prices", "digits", "ensemble")
_FILES = ("run.json", "model.safetensors", "history.csv", "checkpoint.safetensors")
_POWERS = (10**9, 10**12, 2**63, 2**64, 10**30, -1, 0, 1, 2)
_VALUES = (*_POWERS, 0.5, -0.0, 1e308, None, True, "", "many", "\x1b[2J", "名" * 99, [], {}, [[]])
_BOMBS = (
    "[" * 10**5,
    '{"a":' * 10**5,
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 5000,
    "[1,]",
    '"\\ud800"',
)
Tamper = Callable[[random.Random, Path], None]


def _rewrite(file: Path, change: Callable[[bytes], bytes]) -> None:
    file.write_bytes(change(file.read_bytes()))


def _flip(rng: random.Random, run: Path) -> None:
    def change(raw: bytes) -> bytes:
        data = bytearray(raw)
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return bytes(data)

    _rewrite(run / rng.choice(_FILES), change)


def _cut(rng: random.Random, run: Path) -> None:
    more = rng.choice((b"", b"", b"\0", b"{}", b"\n1,2\n"))
    _rewrite(run / rng.choice(_FILES), lambda raw: raw[: rng.randrange(len(raw) + 1)] + more)


def _swap(rng: random.Random, run: Path) -> None:
    """A file of another run, or of this run under another name."""
    name = rng.choice(_FILES)
    other = folder(rng.choice(_KINDS)) if rng.random() < 0.7 else run
    shutil.copyfile(other / (name if other != run else rng.choice(_FILES)), run / "swapped")
    os.replace(run / "swapped", run / name)


def _replace(rng: random.Random, run: Path) -> None:
    """What is no file, or is elsewhere."""
    file = run / rng.choice(_FILES)
    file.unlink()
    match rng.randrange(6):
        case 0:
            file.mkdir()
        case 1 if hasattr(os, "mkfifo"):
            os.mkfifo(file)
        case 2 if os.name != "nt":
            file.symlink_to(rng.choice(("/dev/zero", "/etc/passwd", file.name, run.parent)))
        case 3:
            file.touch()
        case 4:
            with open(file, "wb") as out:
                out.truncate(1 << 30)
        case _:
            pass  # missing


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each object or list in a value with each of its keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        yield value, key
        if isinstance(item, (dict, list)):
            yield from _places(item)


def _change(rng: random.Random, tree: Any) -> None:
    """Replace, remove, exchange or add a value somewhere in a tree."""
    places = [p for p in _places(tree) if isinstance(p[0], dict) or rng.random() < 0.2]
    holder, key = rng.choice(places)
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1:
            other, name = rng.choice(places)
            holder[key] = json.loads(json.dumps(other[name]))
        case 2 if isinstance(holder[key], list):
            holder[key] = holder[key] * rng.choice((2, 200)) + [rng.choice(_VALUES)]
        case 3 if isinstance(holder, dict):
            holder[rng.choice(("more", "", "model", "kernel", "\x1b"))] = rng.choice(_VALUES)
        case 4 if isinstance(holder[key], (int, float)):
            holder[key] = holder[key] * rng.choice((-1, 2, 10**9)) + rng.choice((0, 1, 0.5))
        case _:
            holder[key] = rng.choice(_VALUES)


def _field(rng: random.Random, run: Path) -> None:
    tree = json.loads((run / "run.json").read_text("utf-8"))
    _change(rng, tree)
    (run / "run.json").write_text(json.dumps(tree), "utf-8")


def _signed_field(rng: random.Random, run: Path) -> None:
    tree = json.loads((run / "run.json").read_text("utf-8"))
    _change(rng, tree)
    _sign(run, tree)


def _sign(run: Path, tree: Any) -> None:
    """Write run.json with the digest that belongs to it."""
    tree = {k: v for k, v in tree.items() if k != "sha256"}
    (run / "run.json").write_text(run_text(tree), "utf-8")


def _header(rng: random.Random, run: Path) -> None:
    """A field of the model's header, Denpa's or that of a tensor."""
    file = run / "model.safetensors"
    raw = file.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    head = json.loads(raw[8 : 8 + size])
    if rng.random() < 0.8:
        meta = json.loads(head["__metadata__"]["denpa"])
        _change(rng, meta)
        head["__metadata__"]["denpa"] = json.dumps(meta)
    else:
        _change(rng, head)
    text = json.dumps(head).encode("utf-8", "surrogatepass")
    file.write_bytes(len(text).to_bytes(8, "little") + text + raw[8 + size :])


def _signed_header(rng: random.Random, run: Path) -> None:
    """A field of Denpa's part of the model's header, with all digests that belong to it."""
    file = run / "model.safetensors"
    header, arrays = unseal(file.read_bytes())
    _change(rng, header)
    raw = seal(arrays, header)
    file.write_bytes(raw)
    tree = json.loads((run / "run.json").read_text("utf-8"))
    tree["files"][file.name] = sha256(raw)
    _sign(run, tree)


def _bomb(rng: random.Random, run: Path) -> None:
    """A value that no JSON has, or too much of one, in the place of a value of run.json."""
    text = (run / "run.json").read_text("utf-8")
    spots = [m.span(1) for m in re.finditer(r'": ("[^"]*"|[-\d.e]+|null|true|false)', text)]
    start, end = rng.choice(spots)
    (run / "run.json").write_text(text[:start] + rng.choice(_BOMBS) + text[end:], "utf-8")


def _recode(rng: random.Random, run: Path) -> None:
    """run.json in another encoding, with a mark before it, a key twice, other line ends."""
    text = (run / "run.json").read_text("utf-8")
    raw = text.encode()
    forms = (
        b"\xef\xbb\xbf" + raw,
        text.encode("utf-16"),
        raw.replace(b'"status"', b'"format": 3, "status"', 1),
        raw.replace(b"\n", b"\r\n"),
        raw.replace(b"e", b"\xe9", 1),
        b"[" + raw + b"]",
        raw + raw,
        b" " * 10**6 + raw,
    )
    (run / "run.json").write_bytes(rng.choice(forms))


_TAMPERS: tuple[Tamper, ...] = (
    *(_flip, _flip, _field, _field, _field, _header, _header),
    *(_cut, _swap, _replace, _bomb, _recode),
)


_SIGNED: tuple[Tamper, ...] = (_signed_field, _signed_header)


@contextmanager
def _no_waiting() -> Iterator[None]:
    """A TimeoutError for what waits, as on a pipe that nobody writes."""

    def stop(number: int, frame: object) -> None:
        raise TimeoutError("waited for 20 s")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 20)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _rows(kind: str) -> Any:
    return "digits" if kind == "digits" else table(9).drop(columns=["price", "sort"])


_FIRST = ("metrics", "worth", "text", "interrupted", "settings")
_NAMES = (*_FIRST, "history", "figures", "part", "values", "scores")


def _answers(kind: str, run: dp.runs.Run) -> list[Any]:
    """All that a folder answers."""
    judged = run.evaluate(backend="eager")
    found = run.predict(_rows(kind), backend="eager")
    scores = [] if found.scores is None else found.scores.tolist()
    page = [run.metrics, run.worth.to_dict(), repr(run), run.interrupted, run.settings.to_dict()]
    return [*page, run.history.rows, judged.figures, judged.part, list(found.values), scores]


def _use(kind: str, path: Path, way: str) -> list[Any]:
    if way == "resume":
        return _answers(kind, dp.runs.resume(path, progress=False))
    return _answers(kind, dp.runs.load(path))


@functools.cache
def _before(kind: str, way: str) -> list[Any]:
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / "run"
        shutil.copytree(folder(kind), run)
        return _use(kind, run, way)


def _told(error: Exception, run: Path, *, named: bool) -> str | None:
    """What is wrong with a refusal, None for nothing."""
    text = str(error)
    if "\n" in text or not text.replace(str(run), "").isprintable() or len(text) > 800:
        return f"no line: {text[:300]!r}"
    return None if str(run) in text or not named else f"names no file: {text}"


def _case(kind: str, way: str, run: Path, *, same: bool) -> str | None:
    before, start = _before(kind, way), time.process_time()
    try:
        with _no_waiting(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = _use(kind, run, way)
    except (ArgumentError, DataError, FileNotFoundError) as error:
        # Of other columns, classes and shapes that were signed, it is the data that do not fit.
        named = same or not isinstance(error, DataError)
        problem = _told(error, run, named=named)
    else:
        other = [n for n, a, b in zip(_NAMES, before, found, strict=True) if not _equal(a, b)]
        problem = f"other answers: {', '.join(other)}" if same and other else None
    seconds = time.process_time() - start
    return f"{seconds:.1f} s" if problem is None and seconds > _SECONDS else problem


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, list) and a and isinstance(a[0], dict):  # a history: of any clock
        a, b = ([{**row, "seconds": 0} for row in rows] for rows in (a, b))
    return bool(a == b)


def _attack(count: int, seed: int, tampers: tuple[Tamper, ...], *, same: bool) -> Outcome:
    outcome, memory = Outcome(), 0

    def cases() -> Iterator[tuple[str, Callable[[], str | None]]]:
        for k in range(count):
            rng = random.Random(f"{seed} {k}")
            tamper, kind = tampers[k % len(tampers)], _KINDS[k // len(tampers) % len(_KINDS)]
            way = "resume" if rng.random() < 0.25 else "load"
            with tempfile.TemporaryDirectory() as place:
                run = Path(place) / "run"
                shutil.copytree(folder(kind), run)
                tamper(rng, run)
                what = tamper.__name__.strip("_<>")

                def case(kind: str = kind, way: str = way, run: Path = run) -> str | None:
                    return _case(kind, way, run, same=same)

                yield f"seed {seed}, case {k} ({what}, {kind}, {way})", case

    for kind in _KINDS[: -(-count // len(tampers))]:
        for way in ("load", "resume"):
            _before(kind, way)
    memory = peak()
    outcome.judge(cases())
    more = peak() - memory
    outcome.add(f"{more / 2**20:.0f} MB more at the most" if more > _BYTES else None)
    return outcome


def run_folders(count: int, seed: int) -> Outcome:
    """Folders of finished runs with one thing tampered with, loaded, judged, asked and resumed."""
    return _attack(count, seed, _TAMPERS, same=True)


def signed_run_folders(count: int, seed: int) -> Outcome:
    """The same by someone who writes the digests anew, which are no signatures: other figures
    cannot be told then, but what cannot be right is."""
    return _attack(count, seed, _SIGNED, same=False)


ATTACKS = (
    Attack(
        "run-folders",
        "the same answers as before, or one line that names the file and the field, within 2 s",
        run_folders,
        24,
        1500,
    ),
    Attack(
        "signed-run-folders",
        "digests written anew, too: an answer, or one line that names the file and the field, "
        "within 2 s",
        signed_run_folders,
        12,
        1000,
    ),
)
