"""What is said of code that was stopped, or has ended early, and of limits that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from denpa.check.limits import Ended, Limits, failure, reason, size
from denpa.check.limits.ending import LIMITS, lines_of
from denpa.cli.main import main
from denpa.core.errors import ArgumentError


def test_every_ending_has_words_in_both_languages() -> None:
    for how in (*LIMITS, "stopped", "exit", "signal", "unguarded"):
        en, ja = (reason(how, Limits(), 9, language) for language in ("en", "ja"))
        assert en.isascii()
        assert not ja.isascii()
    assert reason("signal", Limits(), 999) == "it died of signal 999 before anything was said"


def test_what_was_printed_last_does_not_steer_the_terminal() -> None:
    told = failure(Ended("exit", Limits(), said="a\nb\n\x1b[2Jc\nd"), "it").text
    assert told.endswith("said (as os._exit does)\n  b\n  [2Jc\n  d")


def test_lines_of_a_dump_are_the_users_in_the_order_of_a_traceback(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("one\ntwo\n")
    here = Path(__file__).parents[2] / "src/denpa/check/limits/ending.py"
    dump = (
        "Fatal Python error: Aborted\n\nCurrent thread 0x1 (most recent call first):\n"
        f'  File "{file}", line 2 in g\n  File "{here}", line 3 in denpas\n'
        f'  File "<string>", line 1 in f\n  File "{file}", line 1 in f\n'
        f'  File "{here.with_name("worker.py")}", line 9 in work\n  File "{file}", line 2 in no'
        "\n\nExtension modules: x\n"
    )
    first, second = (f'  File "{file}", line {n}, in {f}' for n, f in ((1, "f"), (2, "g")))
    assert lines_of(dump) == f"{first}\n    one\n{second}\n    two\n"
    deep = "".join(f'  File "{file}", line 1 in f{n}\n' for n in range(100))
    kept = lines_of(f"Current thread 0x1 (most recent call first):\n{deep}").split("in ")
    assert [line.partition("\n")[0] for line in kept[1:]] == ["f5", "f4", "f3", "f2", "f1", "f0"]


@pytest.mark.parametrize("text", ["4Q", "", "-1G", "G", "0", "0M", "inf"])
def test_a_size_that_is_none(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ArgumentError, match="write it as 500M or 4G"):
        size(text)
    assert main(["check", "a.py:A", f"--memory={text}"]) == 2
    assert "--memory: " in capsys.readouterr().err


def test_a_mistake_on_the_command_line_is_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    for given in (["a.py:A", "--batch", "3"], ["nofile.py:A"], []):
        capsys.readouterr()
        assert main(["check", *given, "--json"]) == 2
        said = capsys.readouterr()
        told = json.loads(said.out)
        assert (told["ok"], told["limit"]) == (None, None)
        assert told["error"] in said.err
