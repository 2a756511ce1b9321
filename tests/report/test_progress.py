from __future__ import annotations

import io
import math
import os
import re
import subprocess
import sys
import textwrap
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denpa.report.progress import TrainingBar, shown


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


class Terminal(io.TextIOWrapper):
    """A terminal of so many columns, in memory."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return self.buffer.getvalue().decode(self.encoding)

    @property
    def line(self) -> str:
        """What stands in the line that is redrawn, without colours and the end of the line."""
        last = self.text.split("\x1b[2K")[-1]
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", last).strip("\r\n")


def columns(width: int):
    return mock.patch.dict(os.environ, {"COLUMNS": str(width), "TERM": "xterm"})


def test_a_plain_file_gets_one_line_for_each_epoch():
    out = io.StringIO()
    with TrainingBar(10, file=out) as show:
        for batch in range(1, 6):
            show.update(epoch=1, batch=batch, batches=5, loss=0.9, accuracy=0.5)
        show.end_epoch(epoch=1, loss=0.75, accuracy=0.8125, val_loss=0.5, val_accuracy=0.975,
                       seconds=1.234)  # fmt: skip
        show.end_epoch(epoch=10, loss=math.nan, accuracy=None)
    assert out.getvalue() == (
        "epoch  1/10 · loss 0.75 · accuracy 81.2% · val loss 0.5 · val accuracy 97.5% · 1.23 s\n"
        "epoch 10/10 · loss NaN\n"
    )


def test_a_bar_that_is_not_enabled_writes_nothing():
    out = io.StringIO()
    for live in (None, True):
        with TrainingBar(1, file=out, enabled=False, live=live) as show:
            show.update(epoch=1, batch=1, batches=1, loss=1.0)
            show.end_epoch(epoch=1, loss=1.0)
    assert out.getvalue() == ""


def test_time_left_is_reckoned_from_the_speed_so_far():
    now, out = Clock(), Terminal()
    with columns(120), TrainingBar(4, file=out, now=now) as show:
        show.update(epoch=1, batch=0, batches=10)
        assert "left" not in out.line
        now.time += 6
        show.update(epoch=1, batch=10, batches=10)  # a quarter in 6 s: three quarters take 18 s
        assert "00:18 left" in out.line


def test_a_resumed_training_does_not_count_what_it_did_not_do():
    now, out = Clock(), Terminal()
    with columns(120), TrainingBar(10, file=out, now=now) as show:
        show.update(epoch=6, batch=0, batches=4)
        now.time += 2
        show.update(epoch=7, batch=0, batches=4)  # one epoch in 2 s: four are left
        assert "00:08 left" in out.line


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_line_holds_all_parts_when_there_is_room(encoding):
    now, out = Clock(), Terminal(encoding)
    with columns(120), TrainingBar(30, file=out, now=now) as show:
        show.update(epoch=1, batch=0, batches=12, loss=0.5, accuracy=0.75)
        now.time += 3700
        show.update(epoch=7, batch=3, batches=12)
        # 6 1/4 epochs in 3700 s: 23 3/4 take 14060 s
        for part in ("epoch  7/30", "batch  3/12", "loss 0.5000", "accuracy 75.0%", "3:54:20 left"):
            assert part in out.line, part
        # 6 1/4 of 30 epochs are 20.8 %, of 32 letters that is between 6.5 and 7
        filled, rest = ("━" * 6, "╸") if encoding == "utf-8" else ("#" * 6, "-" * 26)
        assert f"  {filled}{rest}" in out.line


@settings(deadline=None)
@given(st.integers(1, 200), st.integers(1, 9999), st.integers(1, 9999), st.floats())
def test_the_line_never_passes_the_width(width, epoch, batch, loss):
    now, out = Clock(), Terminal()
    with columns(width), TrainingBar(9999, file=out, now=now) as show:
        show.update(epoch=epoch, batch=batch, batches=9999, loss=loss, accuracy=0.5)
        now.time += 1
        show.end_epoch(epoch=epoch, val_loss=loss)
        line = out.line
    assert len(line) <= width
    assert line[: width - 1].startswith("epoch"[: width - 1])


def test_a_screen_of_80_columns_shows_all_that_was_promised():
    for width in (80, 140):
        now, out = Clock(), Terminal()
        with columns(width), TrainingBar(30, file=out, now=now) as show:
            show.update(epoch=1, batch=0, batches=12, loss=0.5, accuracy=0.75)
            now.time += 5
            show.end_epoch(epoch=7, loss=0.4, accuracy=0.8, val_loss=0.6, val_accuracy=0.7)
            line = out.line
        for part in ("epoch  7/30", "batch", "loss 0.4000", "accuracy 80.0%", "left", "━"):
            assert part in line, part
        assert ("val accuracy 70.0%" in line) == (width == 140)


def test_a_training_that_stopped_early_ends_with_the_time_it_took():
    now, out = Clock(), Terminal()
    with columns(80), TrainingBar(30, file=out, now=now) as show:
        show.update(epoch=1, batch=0, batches=2, loss=0.5)
        now.time += 61
        show.update(epoch=3, batch=2, batches=2, loss=0.25)
        assert "left" in out.line
    assert "left" not in out.line
    assert "01:01" in out.line
    assert "epoch  3/30" in out.line


def test_a_redrawn_line_keeps_its_columns():
    assert len(shown("loss", 0.5, steady=True)) == len(shown("loss", 0.4706, steady=True))
    assert shown("loss", 1234.0, steady=True) == "loss 1234"
    assert shown("loss", 0.0, steady=True) == "loss 0"


def test_drawing_is_throttled():
    now, out = Clock(), io.StringIO()
    show = TrainingBar(2, file=out, live=True, now=now)
    show.update(epoch=1, batch=1, batches=1000, loss=1.0)
    first = len(out.getvalue())
    for batch in range(2, 500):
        now.time += 0.0001
        show.update(epoch=1, batch=batch, batches=1000, loss=1.0)
    assert len(out.getvalue()) == first
    now.time += 0.2
    show.update(epoch=1, batch=500, batches=1000, loss=1.0)
    assert len(out.getvalue()) > first
    show.close()
    show.close()


def test_the_cursor_comes_back_after_an_error():
    out = io.StringIO()

    def interrupted() -> None:
        with TrainingBar(2, file=out, live=True) as show:
            show.update(epoch=1, batch=1, batches=2, loss=1.0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    text = out.getvalue()
    assert text.index("\x1b[?25l") < text.rindex("\x1b[?25h")
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("ending", ["raise KeyboardInterrupt", "sys.exit(3)", "pass"])
def test_the_cursor_comes_back_on_a_real_terminal_even_when_nobody_closes_the_bar(ending):
    import pty

    program = textwrap.dedent(
        f"""
        import sys
        from denpa.report.progress import TrainingBar
        bar = TrainingBar(3)
        for batch in range(1, 4):
            bar.update(epoch=2, batch=batch, batches=4, loss=0.5, accuracy=0.75)
        {ending}
        """
    )
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen([sys.executable, "-c", program], stdout=slave, stdin=slave,
                          stderr=subprocess.DEVNULL, env=environment) as process:  # fmt: skip
        os.close(slave)
        seen = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
        process.wait(timeout=600)
    os.close(master)
    text = seen.decode()
    assert "epoch 2/3" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert text.rindex("\x1b[?25h") >= text.rindex("epoch 2/3")


def test_a_dumb_terminal_gets_plain_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert not TrainingBar(1, file=Terminal()).live
    monkeypatch.setenv("TERM", "xterm")
    assert TrainingBar(1, file=Terminal()).live


def test_fewer_epochs_than_none_are_an_error():
    out = Terminal()
    with columns(80), TrainingBar(0, file=out):
        assert out.text == ""
    with pytest.raises(ValueError, match="epochs is -1: expected 0 or more"):
        TrainingBar(-1)


def test_pieces():
    assert shown("val_accuracy", math.nan) == "val accuracy NaN"
    assert shown("rmse", 1.25) == "rmse 1.25"


def test_rich_is_not_imported_for_plain_lines():
    program = (
        "import io, sys\nfrom denpa.report.progress import TrainingBar\n"
        "TrainingBar(1, file=io.StringIO()).end_epoch(epoch=1, loss=1.0)\n"
        "assert not any(name.split('.')[0] == 'rich' for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=600)
