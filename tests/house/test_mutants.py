"""The table of faults fits the source as it is, so that `make mutants` can plant each of them."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.house.repository import ROOT
from tests.mutants.__main__ import KILLED, SURVIVED, UNKNOWN, Sound, judge, main, summary
from tests.mutants.plant import Outcome, Unusable, mutated
from tests.mutants.record import Fault
from tests.mutants.table import BLIND, FAULTS
from tests.mutants.where import TESTS, stages

SOURCE = ROOT / "src" / "denpa"
BY_FILE = {f.file: [g for g in FAULTS if g.file == f.file] for f in FAULTS}


@pytest.mark.parametrize("file", BY_FILE)
def test_each_fault_can_be_planted(file: str) -> None:
    right = ast.dump(ast.parse((SOURCE / file).read_text("utf-8")))
    for fault in BY_FILE[file]:
        wrong = ast.parse(mutated(fault, SOURCE))  # once in the file, and still Python
        assert ast.dump(wrong) != right, f"{fault.what}: nothing changes but words"


def test_no_fault_is_there_twice() -> None:
    assert len({(f.file, f.old, f.new) for f in FAULTS}) == len(FAULTS)
    assert len({(f.file, f.what) for f in FAULTS}) == len(FAULTS)


def test_a_text_that_is_gone_or_not_alone_is_refused(tmp_path: Path) -> None:
    fault = Fault("a.py", "", "x = 1", "x = 2")
    for text in ("y = 1\n", "x = 1\nx = 1\n"):
        (tmp_path / "a.py").write_text(text, "utf-8")
        with pytest.raises(Unusable, match="expected once"):
            mutated(fault, tmp_path)


def test_the_table_is_large_and_reaches_every_package() -> None:
    assert len(FAULTS) >= 150
    assert 2 * len(BLIND) >= len(FAULTS)
    parts = {p.name for p in SOURCE.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert parts <= {f.package for f in FAULTS}


def test_the_tests_that_are_to_notice_are_there() -> None:
    named = {t for f in FAULTS for paths in stages(f) for t in paths if t.startswith("tests/")}
    named |= {f"tests/{t}" for near, wide in TESTS.values() for t in shlex.split(f"{near} {wide}")}
    assert [t for t in sorted(named) if not (ROOT / t.split("::")[0]).exists()] == []


def test_a_rule_of_where_is_for_a_file_that_is_there() -> None:
    files = [p.relative_to(SOURCE).as_posix() for p in SOURCE.rglob("*.py")]
    assert [rule for rule in TESTS if not any(f.startswith(rule) for f in files)] == []


class Paper:
    """A tree on paper: `seen` are the calls of pytest that fail with a fault, `broken` always."""

    def __init__(self, seen: str = "", broken: str = "") -> None:
        self.seen, self.broken = seen, broken
        self.wrong = False
        self.calls: list[tuple[bool, str]] = []

    @contextmanager
    def planted(self, fault: Fault) -> Iterator[None]:
        self.wrong = True
        yield
        self.wrong = False

    def run(self, paths: Sequence[str]) -> Outcome:
        self.calls.append((self.wrong, paths[0]))
        failed = paths[0] == self.broken or (self.wrong and paths[0] == self.seen)
        return Outcome(not failed, 0.0, paths[0])


FAULT = next(f for f in FAULTS if f.file == "optim/sgd.py")
NEAR, WIDE = (paths[0] for paths in stages(FAULT))


@pytest.mark.parametrize(
    ("seen", "broken", "verdict", "calls"),
    [
        (NEAR, "", KILLED, [(True, NEAR), (False, NEAR)]),
        (WIDE, "", KILLED, [(True, NEAR), (True, WIDE), (False, WIDE)]),
        ("", "", SURVIVED, [(True, NEAR), (True, WIDE)]),
        ("", NEAR, UNKNOWN, [(True, NEAR), (False, NEAR)]),
    ],
)
def test_a_fault_is_killed_by_tests_that_pass_without_it(
    seen: str, broken: str, verdict: str, calls: list[tuple[bool, str]]
) -> None:
    tree: Any = Paper(seen, broken)
    assert judge(FAULT, tree, Sound(tree))[0] == verdict
    assert tree.calls == calls


@pytest.mark.parametrize(
    ("killed", "alive", "unknown", "status"),
    [(95, 5, 0, 0), (94, 6, 0, 1), (99, 0, 1, 2), (0, 0, 0, 0)],
)
def test_the_exit_status(
    killed: int, alive: int, unknown: int, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    equal = [Fault("optim/sgd.py", "", "a", "b", equivalent="nobody can tell")]
    verdicts = [(FAULT, KILLED)] * killed + [(FAULT, SURVIVED)] * alive
    assert summary([*verdicts, *[(FAULT, UNKNOWN)] * unknown], equal) == status
    said = capsys.readouterr().out
    assert said.count(FAULT.what) == alive + unknown
    assert "nobody can tell" in said


def test_the_list_plants_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list", "--only", "optim/sgd", "optim/adam"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == sum(f.file in ("optim/sgd.py", "optim/adam.py") for f in FAULTS)
    with pytest.raises(SystemExit, match="2"):
        main(["--only", "no such word"])
    assert "no fault has no such word" in capsys.readouterr().err
