from __future__ import annotations

import datetime
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest

from denpa.cli.console import Console, one_line
from denpa.core.jsonable import jsonable


def console(**options):
    out, err = io.StringIO(), io.StringIO()
    return Console(stdout=out, stderr=err, **options), out, err


RESULT = {
    "test_accuracy": 0.975, "test_loss": math.nan, "worst": -math.inf, "epochs": np.int64(30),
    "rate": np.float32(0.5), "hidden": (64, 32), "out": Path("run"), "name": "数字",
    "matrix": np.eye(2), "ok": np.bool_(True), "none": None, "parts": {"train": 1257},
}  # fmt: skip


def test_json_is_one_document_of_plain_numbers():
    say, out, err = console(json=True)
    say.line("a line")
    say.table([[1]], ["n"], "title")
    with say.progress(2) as bar:
        bar.update(epoch=1, batch=1, batches=1, loss=0.5)
        bar.end_epoch(epoch=1, loss=0.5)
    say.result(RESULT)
    assert json.loads(out.getvalue()) == {
        "test_accuracy": 0.975, "test_loss": None, "worst": None, "epochs": 30, "rate": 0.5,
        "hidden": [64, 32], "out": "run", "name": "数字", "matrix": [[1.0, 0.0], [0.0, 1.0]],
        "ok": True, "none": None, "parts": {"train": 1257},
    }  # fmt: skip
    assert "NaN" not in out.getvalue()
    assert err.getvalue() == ""


def test_text_result_is_a_table_of_names_and_values():
    say, out, _ = console()
    say.result(RESULT, "Result")
    lines = [line.split(None, 1) for line in out.getvalue().splitlines() if line.strip()]
    shown = {words[0]: words[1].strip() for words in lines if len(words) == 2}
    assert lines[0] == ["Result"]
    assert shown["test_accuracy"] == "97.50%"
    assert shown["test_loss"] == "–"
    assert shown["hidden"] == "64, 32"
    assert shown["parts"] == "train 1,257"
    assert "\x1b" not in out.getvalue()


def test_quiet_keeps_tables_results_and_errors_only():
    say, out, err = console(quiet=True)
    say.line("a line")
    with say.progress(1) as bar:
        bar.end_epoch(epoch=1, loss=0.5)
    assert out.getvalue() == ""
    say.table([["digits", 1797]], ["name", "examples"])
    assert "1,797" in out.getvalue()
    say.error("no such file")
    assert err.getvalue() == "denpa: error: no such file\n"


def test_line_and_progress_speak_otherwise():
    say, out, _ = console()
    say.line("a [bold]line[/bold]")
    with say.progress(1) as bar:
        bar.end_epoch(epoch=1, loss=0.5)
    assert out.getvalue() == "a [bold]line[/bold]\nepoch 1/1 · loss 0.5\n"


def test_table_puts_numbers_to_the_right_and_cuts_nothing_in_a_file():
    say, out, _ = console()
    long = "x" * 300
    say.table([["a", 1.5, long], ["bb", 1200, None]], ["name", "value", "note"], "Layers")
    lines = out.getvalue().splitlines()
    assert lines[0] == "Layers"
    assert long in out.getvalue()
    (first,) = [line for line in lines if line.startswith("a ")]
    (second,) = [line for line in lines if line.startswith("bb")]
    assert first.index("1.5") + 3 == second.index("1,200") + 5


def test_table_shows_markup_and_control_letters_as_text():
    say, out, _ = console()
    say.table([["[red]cat[/red]", "\x1b[31mdog\n"]], ["a", "b"])
    assert "[red]cat[/red]" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_a_ragged_table_is_an_error_even_when_silent():
    for options in ({}, {"json": True}):
        say, _, _ = console(**options)
        with pytest.raises(ValueError, match="row 1 of the table has 1 values and there are 2"):
            say.table([[1, 2], [3]], ["a", "b"])


def test_an_empty_table_is_its_heads():
    say, out, _ = console()
    say.table([], ["name", "size"])
    assert "name" in out.getvalue()


def test_errors_and_warnings_are_one_line_on_standard_error():
    say, out, err = console(json=True)
    say.error("column 'pric' is not there:\n  did you mean\t'price'?\x1b[2J")
    say.warn("two\nlines")
    assert err.getvalue() == (
        "denpa: error: column 'pric' is not there: did you mean 'price'?\\x1b[2J\n"
        "denpa: warning: two lines\n"
    )
    assert out.getvalue() == ""


def test_letters_that_the_encoding_lacks_are_escaped():
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    say = Console(stdout=out, stderr=out)
    say.error("数")
    Console(json=True, stdout=out).result({"name": "数"})
    out.flush()
    text = raw.getvalue().decode("ascii")
    assert text.startswith("denpa: error: \\u6570\n")
    assert json.loads(text.split("\n", 1)[1]) == {"name": "数"}


def test_streams_are_looked_up_when_used(capsys):
    say = Console()
    say.line("out")
    say.error("err")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("out\n", "denpa: error: err\n")


def test_plain_refuses_what_json_cannot_hold():
    assert jsonable({1: {2.5}}) == {"1": [2.5]}
    assert jsonable(datetime.date(2026, 1, 2)) == "2026-01-02"
    with pytest.raises(TypeError, match="JSON cannot hold object: give numbers, text"):
        jsonable({"x": object()})


def test_one_line():
    assert one_line(" a \n\n\t b\x07 \r\n") == r"a b\x07"
