"""Fields of a JSON file: what each may hold and means, and the one line for a file that differs.

A table of `Field` describes an object; `check` compares a value with it. Written by hand: messages
of msgspec, pydantic and jsonschema lack the value, its key or its whole range, and a key that
stands twice passes all three.
"""

from __future__ import annotations

import json
import math
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from denpa.core.errors import ArgumentError

REMEDY = "copy the run folder again, or train again"
MOST_BYTES = 32 << 20  # of JSON: tables of 100,000 columns need 10 MB
_MOST_VALUES = 2_000_000  # so many are read in a second, into 200 MB
_SHOWN = 40  # characters of a value in a message


@dataclass(frozen=True)
class Kind:
    """What a value may be: `expected` in words, and a test. `each` is the kind of what a list or an
    object holds, `fields` are those of an object whose keys are known; with `closed` it has no
    others."""

    expected: str
    holds: Callable[[Any], bool]
    each: Kind | None = None
    fields: tuple[Field, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class Field:
    """One field of an object. `late` ones are there once a run has finished, `needed` ones ever."""

    name: str
    kind: Kind
    meaning: str
    late: bool = False
    needed: bool = True


def whole(low: int = 0, high: int = 10**9) -> Kind:
    """A whole number within these bounds."""

    def holds(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return Kind(f"a whole number from {low} to {_power(high)}", holds)


def _power(value: int) -> str:
    digits = len(str(value)) - 1
    return f"10^{digits}" if digits > 5 and value == 10**digits else str(value)


def number(
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    below: float = math.inf,
) -> Kind:
    """A finite number within these bounds, which belong to the range where they are `low` and
    `high`."""
    first = (
        f" above {above:g}" if above > -math.inf else f" from {low:g}" if low > -math.inf else ""
    )
    last = (
        f" to below {below:g}" if below < math.inf else f" to {high:g}" if high < math.inf else ""
    )

    def holds(value: Any) -> bool:
        return _finite(value) and low <= value <= high and above < value < below

    return Kind(f"a number{first}{last}", holds)


def _finite(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) <= sys.float_info.max if isinstance(value, int) else math.isfinite(value)


def choice(*names: str) -> Kind:
    """One of these texts."""
    shown = [f'"{name}"' for name in names]
    words = f"{', '.join(shown[:-1])} or {shown[-1]}" if len(shown) > 1 else shown[0]
    return Kind(words, lambda value: isinstance(value, str) and value in names)


def many(kind: Kind, what: str, low: int = 0, high: int | None = None) -> Kind:
    """A list of `low` to `high` such values, `what` in words."""

    def holds(value: Any) -> bool:
        return (
            isinstance(value, list) and low <= len(value) and (high is None or len(value) <= high)
        )

    count = "" if high is None and not low else f"{low} or more " if high is None else ""
    count = count or ("" if high is None else f"{low} to {high} " if low < high else f"{low} ")
    return Kind(f"a list of {count}{what}", holds, each=kind)


def by_name(kind: Kind, what: str) -> Kind:
    """An object with any keys and such values, `what` in words."""
    return Kind(f"an object of {what} by name", lambda value: isinstance(value, dict), each=kind)


def record(*fields: Field, closed: bool = False) -> Kind:
    """An object with these fields, and, if not `closed`, with others that nobody reads."""
    return Kind("an object", lambda value: isinstance(value, dict), fields=fields, closed=closed)


def optional(kind: Kind) -> Kind:
    """The same, or null."""
    return Kind(
        f"{kind.expected}, or null",
        lambda value: value is None or kind.holds(value),
        kind.each,
        kind.fields,
        kind.closed,
    )


TEXT = Kind("text", lambda value: isinstance(value, str))
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
SHA256 = Kind(
    "a SHA-256, 64 hexadecimal digits",
    lambda value: (
        isinstance(value, str) and len(value) == 64 and not set(value) - set("0123456789abcdef")
    ),
)


def refuse(file: Path | str, path: str, value: Any, expected: str) -> NoReturn:
    """Raise for a field with another value than was expected."""
    raise ArgumentError(f"{file}: {path} is {shown(value)}; expected {expected}; {REMEDY}")


def shown(value: Any) -> str:
    """A value of JSON in a message: short, on one line, without control characters."""
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, float) and not math.isfinite(value):
        return "a number too large"
    text = value if isinstance(value, str) else json.dumps(value)
    if len(text) > _SHOWN:
        text = text[:_SHOWN] + "…"
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return f'"{text}"' if isinstance(value, str) else text


def check(file: Path | str, value: Any, kind: Kind, path: str = "", *, late: bool = True) -> None:
    """Compare a value with its kind; an ArgumentError names the file and the first field that
    differs. Without `late`, fields that only a finished run has may be missing."""
    if not kind.holds(value):
        refuse(file, path or "the whole", value, kind.expected)
    if value is None:
        return
    for field in kind.fields:
        here = f"{path}.{field.name}" if path else field.name
        if field.name in value:
            check(file, value[field.name], field.kind, here, late=late)
        elif field.needed and (late or not field.late):
            raise ArgumentError(
                f"{file}: {here} is missing; expected {field.kind.expected}; {REMEDY}"
            )
    if kind.closed and (more := set(value) - {field.name for field in kind.fields}):
        here = f"{path}." if path else ""
        names = [field.name for field in kind.fields]
        known = ", ".join(names) if len(names) < 15 else f"one of {len(names)} fields"
        raise ArgumentError(
            f"{file}: {here}{shown(min(more))[1:-1]} is not known; expected {known}; {REMEDY}"
        )
    if kind.each is None:
        return
    plain = not kind.each.each and not kind.each.fields
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        if plain and kind.each.holds(item):
            continue
        here = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{shown(key)[1:-1]}"
        check(file, item, kind.each, here, late=late)


def walk(fields: Sequence[Field], path: str = "") -> Iterator[tuple[str, str, str]]:
    """The name of each field, what it may hold, and what it means: the rows of a table.

    >>> for row in walk([Field("parts", record(Field("train", whole(), "rows")), "how divided")]):
    ...     print(*row, sep=" | ")
    parts | an object | how divided
    parts.train | a whole number from 0 to 10^9 | rows
    """
    for field in fields:
        yield path + field.name, field.kind.expected, field.meaning
        yield from walk(field.kind.fields, f"{path}{field.name}.")
        if field.kind.each is not None:
            yield from walk(field.kind.each.fields, f"{path}{field.name}[].")


def read_regular(file: Path, most: int, what: str) -> bytes:
    """The bytes of a plain file of at most `most` bytes in a run folder, `what` in words. A folder,
    a pipe or a device is refused without waiting, and so is a link that leads out of the folder."""
    with open_regular(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > most:
            raise ArgumentError(
                f"{file} has {size:,} bytes; expected {what} of at most {most:,}; {REMEDY}"
            )
        return stream.read(most + 1)


def open_regular(file: Path) -> BinaryIO:
    """The opened plain file (see `read_regular`).

    Errors: FileNotFoundError where there is none; ArgumentError for what is no plain file or cannot
    be read.
    """
    try:
        if file.is_symlink() and file.resolve().parent != file.parent.resolve():
            raise ArgumentError(
                f"{file} is a link to {shown(os.readlink(file))}, outside of the run folder; copy "
                "the file itself into the folder"
            )
        _check_plain(file, os.stat(file).st_mode)
        # A pipe put in its place since would be waited for.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        stream = os.fdopen(os.open(file, flags), "rb")
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError) as error:  # the second: links in a circle
        reason = getattr(error, "strerror", None) or error
        raise ArgumentError(f"{file}: cannot be read ({reason})") from error
    try:
        _check_plain(file, os.fstat(stream.fileno()).st_mode)
    except BaseException:
        stream.close()
        raise
    return stream


def _check_plain(file: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
        what = next((name for test, name in kinds if test(mode)), "a device")
        raise ArgumentError(f"{file} is {what}; expected a file; {REMEDY}")


def parse(raw: bytes, file: Path, what: str = "") -> Any:
    """The JSON of a file, or of `what` in it. Refused with a line: text that is not UTF-8 or begins
    with a byte order mark, NaN, a key that stands twice, nesting and sizes that no run has."""
    place = f"{file} is damaged ({what} " if what else f"{file} is damaged ("

    def wrong(found: str, expected: str = "JSON as Denpa writes it") -> ArgumentError:
        return ArgumentError(f"{place}{found}); expected {expected}; {REMEDY}")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            for twice, _ in pairs:
                if twice in seen:
                    break
                seen.add(twice)
            raise wrong(f"the key {shown(twice)} stands twice in one object", "each key once")
        return found

    def constant(name: str) -> NoReturn:
        raise wrong(f"holds {name}", "finite numbers, or null")

    if raw.startswith(b"\xef\xbb\xbf"):
        raise wrong("begins with a byte order mark", "UTF-8 without one")
    if len(raw) > MOST_BYTES or raw.count(b",") > _MOST_VALUES:
        raise wrong(
            f"holds {len(raw):,} bytes in {raw.count(b','):,} values",
            f"at most {MOST_BYTES:,} in {_MOST_VALUES:,}",
        )
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=once, parse_constant=constant)
    except UnicodeDecodeError as error:
        raise wrong(f"byte {error.start} is no UTF-8", "text in UTF-8") from None
    except RecursionError:
        raise wrong("is nested too deep", "at most a few levels") from None
    except ArgumentError:
        raise
    except ValueError as error:
        detail = str(error).splitlines()[0]
        raise wrong(f"is no JSON: {detail}") from None
