"""A private copy of the tree, in which one fault at a time is planted and tests are run."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.record import Fault

ROOT = Path(__file__).parents[2]
_ANYWHERE = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", "_build", "build", "dist", ".*_cache", ".hypothesis"
)
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_PASSED, _FAILED = 0, (1, 2, 3)  # of pytest: assertions, collection, an error of a plugin


class Unusable(Exception):
    """Tests that say nothing about a fault: they fail without one, or are not there."""


@dataclass(frozen=True)
class Outcome:
    """How one call of pytest ended, and the first line that tells why."""

    passed: bool
    seconds: float
    said: str


def mutated(fault: Fault, source: Path) -> str:
    """The text of the file with the fault in it."""
    text = (source / fault.file).read_text("utf-8")
    count = text.count(fault.old)
    if count != 1:
        raise Unusable(
            f"{fault.file}: {fault.old!r} occurs {count} times, expected once; the source has "
            "moved on, so write the fault anew"
        )
    return text.replace(fault.old, fault.new)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """What a copy does without; `runs` is what training writes at the top, and a package below."""
    found = set(_ANYWHERE(folder, names))
    return found | {"runs"} if Path(folder) == ROOT else found


class Tree:
    """A copy of the project in `folder`, with caches of its own."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self.folder, self.timeout = folder, timeout
        self.copy = folder / "tree"
        shutil.copytree(ROOT, self.copy, ignore=_left_out)
        self.source = self.copy / "src" / "denpa"
        self._clock = int(time.time())
        self._process: subprocess.Popen[bytes] | None = None
        found = subprocess.run(
            [sys.executable, "-c", "import denpa; print(denpa.__file__)"],
            cwd=self.copy, env=self._environment(), capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        if not Path(found).is_relative_to(self.copy):
            raise Unusable(f"the tests would run on {found}, not on the copy in {self.copy}")

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join((str(self.copy / "src"), str(self.copy)))
        own = {"PYTHONPATH": path, "DENPA_CACHE": str(self.folder / "programs")}
        return {**os.environ, **own, **dict.fromkeys(_ONE_THREAD, "1")}

    def _write(self, file: Path, text: str) -> None:
        file.write_text(text, "utf-8")
        # Python tells stale bytecode by size and whole seconds, and both may be as before.
        self._clock += 2
        os.utime(file, (self._clock, self._clock))

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        """Inside, the copy has the fault."""
        file = self.source / fault.file
        right = file.read_text("utf-8")
        self._write(file, mutated(fault, self.source))
        try:
            yield
        finally:
            self._write(file, right)

    def run(self, paths: Sequence[str]) -> Outcome:
        """Run tests in a new process, up to the first that fails; a hang is a failure."""
        for name in ("programs", "temporary"):  # nothing mutated is kept
            shutil.rmtree(self.folder / name, ignore_errors=True)
        command = [
            sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=line",
            "--no-header", "--hypothesis-profile=ci", "--basetemp", str(self.folder / "temporary"),
            *paths,
        ]  # fmt: skip
        began = time.perf_counter()
        log = self.folder / "said.txt"
        with log.open("w", encoding="utf-8") as file:
            self._process = process = subprocess.Popen(
                command, cwd=self.copy, env=self._environment(), stdout=file,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                code = process.wait(self.timeout)
            except subprocess.TimeoutExpired:
                self.stop()
                return Outcome(False, time.perf_counter() - began, "it hangs")
        said = log.read_text("utf-8", errors="replace")
        if code not in (_PASSED, *_FAILED) and code > 0:
            raise Unusable(f"pytest {' '.join(paths)} ended with {code}:\n{said[-2000:]}")
        return Outcome(code == _PASSED, time.perf_counter() - began, _reason(said, code))

    def stop(self) -> None:
        """End the tests that run, with all that they have started."""
        if self._process is not None and self._process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()


def _reason(said: str, code: int) -> str:
    for line in said.splitlines():
        if line.startswith(("FAILED ", "ERROR ")):
            return line.split(" ", 1)[1].split(" - ")[0]
    return "" if code == _PASSED else f"ended with {code}"
