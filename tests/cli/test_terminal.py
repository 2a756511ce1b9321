"""What the commands say on any terminal, and what becomes of the work where nobody listens."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import denpa as dp
from denpa.cli.main import main
from tests.attack import terminals
from tests.attack.terminals import COMMANDS, fault, incomplete, lacking, raw, told
from tests.cli.conftest import table_of, write_flowers, write_pictures

IMAGES = ("--epochs", "1", "--hidden", "2", "--backend", "eager")
TRAIN = ("--target", "kind", *IMAGES)


@pytest.fixture
def stream(monkeypatch, tmp_path) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process with standard streams of this encoding."""

    def run(argv, encoding: str = "utf-8", errors: str = "strict") -> tuple[int, str, str]:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding, errors, newline="") for _ in range(2))
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                code = main([os.fsdecode(a) for a in argv])
            except SystemExit as ended:  # --help
                code = ended.code
        return code, *(s.buffer.getvalue().decode(encoding) for s in (out, err))

    return run


@pytest.mark.parametrize("encoding", ["ascii", "cp932", "utf-8"])
@pytest.mark.parametrize("name", COMMANDS)
def test_names_that_would_steer_a_terminal(stream, monkeypatch, tmp_path, name, encoding) -> None:
    command = COMMANDS[name]
    argv = list(command.argv)
    if command.trains:
        argv += ["--out", tmp_path / "run\x1b[2Ja\u202eb"]
    if "-o" in argv:
        argv[argv.index("-o") + 1] = tmp_path / "p\x1b[2J.OUT.csv"
    folder = terminals.place()
    before = Path.cwd()
    os.chdir(folder)
    try:
        code, out, err = stream(argv, encoding)
    finally:
        os.chdir(before)
    assert code == command.code, err
    for text in (out, err):
        assert raw(text, False) is None
    assert lacking(out, err, command, "--json" in argv) is None
    if command.trains:
        assert incomplete(tmp_path / "run\x1b[2Ja\u202eb") is None


@pytest.mark.parametrize(
    ("name", "kind", "language"),
    [
        ("train", "pty", "utf-8"),
        ("train", "broken", "unset"),
        ("train", "all closed", "POSIX"),
        ("predict", "full", "cp932"),
    ],
)
def test_a_command_from_a_shell(name: str, kind: str, language: str) -> None:
    assert fault(name, kind, language) is None


def test_what_is_raw_is_found() -> None:
    for text in ("\x1b[2J", "\x9b5m", "a\u202eb", "\x1b]0;x\x07", "\u2028", "Traceback (most"):
        assert raw(text, False) is not None
        assert raw(text, True) is not None
    assert raw("\x1b[?25l\r\x1b[2Kepoch\x1b[1A\x1b[0;32m", True) is None


@pytest.fixture
def table(tmp_path) -> Path:
    return write_flowers(tmp_path / "t.csv", 24)


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


@pytest.mark.parametrize("lost", ["stdout", "stderr"])
@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        (Full, 1, "error: standard output cannot be written to: No space left on device; the work"),
        (Gone, 0, "warning: nobody reads standard output any more; the work goes on"),
        (closed, 1, "error: standard output cannot be written to: it is closed; the work goes on"),
        (lambda: None, 1, "error: standard output cannot be written to: it is closed; the work"),
    ],
)
def test_the_work_goes_on_where_nobody_listens(
    monkeypatch, tmp_path, table, kind, code, said, lost
) -> None:
    kept = io.StringIO()
    streams = {"stdout": kept, "stderr": kept, lost: kind()}
    for name, file in streams.items():
        monkeypatch.setattr(sys, name, file)
    run = tmp_path / "run"
    wanted = code if lost == "stdout" else 0
    assert main(["train", str(table), *TRAIN, "--out", str(run)]) == wanted
    assert incomplete(run) is None
    if lost == "stdout":
        assert kept.getvalue().startswith(f"denpa: {said}")
        assert kept.getvalue().count("\n") == 1
    else:
        assert "report: " in kept.getvalue()
    for argv in (["evaluate", run], ["predict", run, table], ["predict", run, table, "--json"]):
        kept.seek(0)
        kept.truncate()
        assert main([str(a) for a in argv]) == wanted
        if lost == "stdout":
            assert ("standard output" in kept.getvalue()) == bool(code)
            assert "goes on" not in kept.getvalue()
    # A mistake keeps its code.
    assert main(["predict", str(run), "none.csv"]) == 2


def test_an_interruption_where_nobody_listens(tmp_path, table) -> None:
    run = tmp_path / "run"
    argv = ["train", str(table), *TRAIN, "--epochs", "1000000"]
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        [sys.executable, "-m", "denpa", *argv, "--out", str(run)],
        stdout=write, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(write)
    until = time.monotonic() + 60
    while not list(run.glob("checkpoint*")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "denpa: warning: nobody reads standard output any more; the work goes on\n"
    assert incomplete(run) is None


def test_no_file_is_opened_in_place_of_a_closed_stream() -> None:
    code = (
        "import os, sys; from denpa.cli.main import main; main(['--version']);"
        "sys.exit(open(os.devnull).fileno() > 2)"
    )
    shell = 'exec "$@" <&- >&- 2>&-'
    done = subprocess.run(["sh", "-c", shell, "sh", sys.executable, "-c", code], check=False)
    assert done.returncode == 1


@pytest.mark.skipif(sys.platform != "linux", reason="a pipe of a given size")
def test_a_slow_reader_is_waited_for() -> None:
    """Where another program has set the pipe so that writing does not wait."""
    import fcntl

    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(write, False)
    process = subprocess.Popen([sys.executable, "-m", "denpa", "train", "--help"], stdout=write)
    os.close(write)
    time.sleep(2)
    with os.fdopen(read, "rb") as file:
        said = file.read()
    assert process.wait(60) == 0
    assert len(said) > 4096
    assert b"denpa train --resume runs" in said


def test_help_and_version_into_a_full_disk(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help"])
    assert ended.value.code == 1
    assert main(["--version"]) == 1


def test_a_traceback_is_escaped(stream, monkeypatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a\x1b[2Jb \u202ecat\n電")

    monkeypatch.setattr("denpa.cli.data.run_list", fails)
    code, out, err = stream(["data", "list", "--debug"], "ascii")
    assert (code, out) == (1, "")
    assert "Traceback (most recent call last):\n" in err
    assert "RuntimeError: a\\x1b[2Jb \\u202ecat\n\\u96fb\n" in err
    assert err.endswith("this is a bug in Denpa (RuntimeError: a\\x1b[2Jb \\u202ecat \\u96fb)\n")


NAMES = [
    b"\xff.csv", b"\xe9t\xe9.csv", "電波のデータ.csv".encode(), "🐈\u200d⬛.csv".encode(),
    b"a" * 251 + b".csv", ("語" * 83 + ".csv").encode(), b"-dash.csv", b"-o.csv", b" .csv",
    b"new\nline\ttab.csv", b"\x1b[2J\xe2\x80\xae.csv", b"'\"`$(x).csv", b"%s{0}[b].csv",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name(stream, tmp_path, monkeypatch, name: bytes) -> None:
    """As data, as a run folder, as an output; what is said of it can be told on one line."""
    monkeypatch.chdir(tmp_path)
    path = b"./" + name if name.startswith(b"-") else name
    write_flowers(tmp_path / os.fsdecode(name), 24)
    run = path.removesuffix(b".csv") + b".run"
    code, out, err = stream(["train", path, *TRAIN, b"--out", run])
    assert (code, err) == (0, "")
    assert raw(out, False) is None
    assert out.splitlines()[-1].startswith("report: ")
    code, out, err = stream(["evaluate", run, path, "--json"])
    assert code == 0, err
    assert os.fsencode(json.loads(out)["data"]) == path
    assert os.fsencode(json.loads(out)["run"]) == run
    target = path.removesuffix(b".csv")[:200] + b"2.csv"
    assert stream(["predict", run, path, "-o", target])[0] == 0
    assert len(table_of(tmp_path / os.fsdecode(target))) == 24
    code, out, _ = stream(["train", "--resume", run, "--epochs", "2"])
    assert code == 0
    assert json.loads((tmp_path / os.fsdecode(run) / "run.json").read_text("utf-8"))["epochs"] == 2


def test_a_name_in_two_forms_is_two_names(stream, tmp_path) -> None:
    """が as one letter and as two: both files are read, both classes are told apart."""
    forms = [unicodedata.normalize(form, "が") for form in ("NFC", "NFD")]
    for k, form in enumerate(forms):
        rows = [f"{i},{forms[i % 2]}" for i in range(20)]
        (tmp_path / f"{form}.csv").write_text("\n".join([f"x{k},kind", *rows]) + "\n", "utf-8")
        code, out, _ = stream(["train", tmp_path / f"{form}.csv", *TRAIN, "--out", tmp_path / form])
        assert code == 0
        assert f"classes: 2 ({', '.join(sorted(forms))})" in out


def test_a_dash_before_a_file_is_explained(stream, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_flowers(tmp_path / "-t.csv", 24)
    code, _, err = stream(["train", "-t.csv", *TRAIN])
    assert code == 2
    assert "unknown argument '-t.csv'. For the file of that name, write ./-t.csv." in err
    assert stream(["train", *TRAIN, "--out=-run", "--", "-t.csv"])[0] == 0
    assert stream(["predict", "--", "-run", "-t.csv"])[0] == 0


def test_pictures_of_any_name(stream, tmp_path) -> None:
    names = [b"\xff", "猫".encode(), b"e\x1b[2Jsc\xe2\x80\xae"]
    pictures = sorted(write_pictures(tmp_path / "seen").rglob("*.png"))
    root = tmp_path / os.fsdecode(b"pictures\xfe")
    for k, name in enumerate(names):
        (root / os.fsdecode(name)).mkdir(parents=True)
        for i, picture in enumerate(pictures[k * 8 : k * 8 + 8]):
            to = (b"%d\xff.png", b"-%d.png", b"\n%d.png", "%d猫.png".encode())[i % 4] % i
            picture.rename(root / os.fsdecode(name) / os.fsdecode(to))
    run = tmp_path / os.fsdecode(b"run\xfe")
    code, out, err = stream(["train", root, *IMAGES, "--out", run], "ascii")
    assert (code, err) == (0, "")
    assert "e\\x1b[2Jsc\\u202e" in out
    code, out, _ = stream(["predict", run, root, "--json"])
    found = json.loads(out)["predictions"]
    assert {os.fsencode(name).rpartition(b"/")[0] for name in found["file"]} == set(names)
    assert {os.fsencode(name) for name in found["prediction"]} <= set(names)
    target = tmp_path / os.fsdecode(b"p\xff.csv")
    assert stream(["predict", run, root, "-o", target])[0] == 0
    assert b"\xff/0\xff.png," in target.read_bytes()
    code, out, _ = stream(["predict", run, root])
    assert "\\xff/0\\xff.png," in out
    assert raw(out, False) is None


def test_a_tab_in_a_name_is_shown_as_one(stream, tmp_path, table) -> None:
    table.write_text(table.read_text().replace("setosa", "se\ttosa"))
    assert stream(["train", table, *TRAIN, "--out", tmp_path / "run"])[0] == 0
    code, out, _ = stream(["predict", tmp_path / "run", table])
    assert code == 0
    assert out.startswith("row,prediction,p(se\\ttosa),p(virginica)\n")


def test_a_library_prints_in_any_encoding(monkeypatch, tmp_path, table) -> None:
    out = io.TextIOWrapper(io.BytesIO(), "cp932", newline="")
    monkeypatch.setattr(sys, "stdout", out)
    quick = {"target": "kind", "epochs": 2, "hidden": (2,), "backend": "eager"}
    dp.runs.train(str(table), **quick, out=tmp_path / "é\x1b[2J")
    said = out.buffer.getvalue().decode("cp932")
    assert "epoch 2/2 - loss " in said  # there is no · in cp932
    assert raw(said, False) is None
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.warns(RuntimeWarning, match="No space left on device") as warned:
        run = dp.runs.train(str(table), **quick, out=tmp_path / "full")
    assert len([w for w in warned if "standard output" in str(w.message)]) == 1
    assert run.record["epochs"] == 2


def test_what_a_chapter_prints_is_no_part_of_the_document(stream, tmp_path) -> None:
    argv = ["lab", "run", "three-plus-five", "--quick", "--out", tmp_path / "lab", "--overwrite"]
    code, out, _ = stream([*argv, "--json"])
    assert (code, json.loads(out)["holds"]) == (0, True)
    code, out, _ = stream(argv, "ascii")
    assert code == 0
    assert out.startswith("graph(v0: f64[]")
    assert "ok The values of a, b, c, a + b and (a + b) x c: " in out


@pytest.mark.parametrize("kind", ["pty of 1 column", "pty of no column"])
def test_a_table_on_a_narrow_terminal_keeps_its_letters(kind: str) -> None:
    letters = []
    for where in (kind, "pipe"):
        code, out, _ = told(["data", "list"], where, {"PYTHONIOENCODING": "utf-8"})
        assert code == 0
        letters.append(Counter("".join(terminals.DRAWN.sub("", out.decode()).split())))
        letters[-1].pop("─")
    assert letters[0] == letters[1]
