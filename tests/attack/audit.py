"""What code does beyond its task: runs it in a child and lists the events that Python reports.

The hook of `sys.addaudithook` sees every file opened, process started, socket made, text compiled
and object unpickled by Python code and by C code that says so; what a C library opens by itself it
does not see.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

FORBIDDEN = (
    *("compile", "exec", "code.__new__", "function.__new__", "import"),
    *("marshal.", "pickle.", "ctypes."),
    *("subprocess.", "pty.", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn"),
    *("os.system", "os.startfile", "os.kill"),
    *("socket.", "urllib.", "http.", "ftplib.", "webbrowser."),
    *("os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"),
    *("os.symlink", "os.truncate", "os.utime", "os.putenv", "shutil.", "tempfile."),
)
"""Events, or with a dot at the end kinds of them, that nothing that reads may cause."""

_KINDS = tuple(name for name in FORBIDDEN if name.endswith("."))
_OPENING = ("open", "os.listdir", "os.scandir", "glob.glob")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_ROOT = Path(__file__).parents[2]


class Watch:
    """Notes in `seen` what happens inside of its block and may not. Files are opened only in the
    places `allowed`, and for writing only with `writing`."""

    current: Watch | None = None
    hooked = False

    def __init__(self, allowed: Iterable[Path | str], writing: bool = False) -> None:
        self.allowed = [os.path.realpath(p) for p in allowed]
        self.writing = writing
        self.seen: list[str] = []
        if not Watch.hooked:
            Watch.hooked = True
            sys.addaudithook(_hook)

    def __enter__(self) -> Watch:
        Watch.current = self
        return self

    def __exit__(self, *_: object) -> None:
        Watch.current = None

    def note(self, event: str, args: tuple[Any, ...]) -> None:
        """Judge one event."""
        if event in FORBIDDEN or event.startswith(_KINDS):
            self.seen.append(f"{event} {str(args)[:100]}")
        if event not in _OPENING or isinstance(args[0], int):
            return
        if not self._inside(args[0] or "."):
            self.seen.append(f"{event} {args[0]!r}")
        elif event == "open" and not self.writing and (args[2] or 0) & _WRITING:
            self.seen.append(f"open for writing {args[0]!r}")

    def _inside(self, path: str | bytes) -> bool:
        end = os.path.realpath(os.fsdecode(path))
        return any(end == p or end.startswith(p.rstrip(os.sep) + os.sep) for p in self.allowed)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    watch = Watch.current
    if watch is not None:
        Watch.current = None  # what the judgement itself does is not judged
        watch.note(event, args)
        Watch.current = watch


def violations(
    code: str,
    allowed: Sequence[Path | str],
    *,
    before: str = "",
    expected: str | None = None,
    writing: bool = False,
    environment: dict[str, str] | None = None,
    seconds: float = 120,
) -> list[str]:
    """Run a piece of code in a child and return what it did that it may not, a line for each.

    * `allowed`: the files it may open, and folders with all that is in them.
    * `before`: code that runs unwatched in the same namespace: imports, and a small honest file
      read, so that what a reader imports by itself is there.
    * `expected`: the beginning of the error that the code must end in; None: in no error. Another
      end is a violation, too.
    * `writing`: whether the allowed files may be written.
    * `environment`: variables added to those of this process.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        spec = {
            "before": before,
            "code": code,
            "allowed": [str(p) for p in allowed],
            "writing": writing,
            "answer": str(answer),
        }
        path = os.pathsep.join([str(_ROOT / "src"), str(_ROOT)])
        child = subprocess.run(
            [sys.executable, "-m", "tests.attack.audit"],
            input=json.dumps(spec),
            capture_output=True,
            text=True,
            timeout=seconds,
            env=os.environ | {"PYTHONPATH": path} | (environment or {}),
        )
        if child.returncode or not answer.exists():
            return [f"the child ended with {child.returncode}: {child.stderr[-2000:]}"]
        found = json.loads(answer.read_text(encoding="utf-8"))
    seen: list[str] = found["seen"]
    error: str | None = found["error"]
    if expected is None and error is not None:
        seen.append(f"it ended in {error}")
    if expected is not None and not (error or "").startswith(expected):
        seen.append(f"it ended in {error}, expected {expected}")
    return seen


def _child() -> None:
    spec = json.loads(sys.stdin.read())
    watch = Watch(spec["allowed"], spec["writing"])
    names: dict[str, Any] = {"__name__": "audited", "_watch": watch}
    exec(compile(spec["before"], "before", "exec"), names)
    # The watch begins inside, so that this call of exec is not seen.
    code = compile(f"_watch.__enter__()\n{spec['code']}", "code", "exec")
    error = None
    try:
        exec(code, names)
    except Exception as caught:
        error = caught
    Watch.current = None
    text = None if error is None else f"{type(error).__name__}: {error}"
    with open(spec["answer"], "w", encoding="utf-8", errors="backslashreplace") as file:
        json.dump({"seen": watch.seen, "error": text}, file)


if __name__ == "__main__":
    from tests.attack import audit  # not as __main__, of which there would be two

    audit._child()
