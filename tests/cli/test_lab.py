from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from denpa.core.errors import ArgumentError
from denpa.lab import ClaimError, Lab
from denpa.lab import images as images_of_the_lab
from denpa.lab.course import find
from denpa.lab.session import LabSettings, running

MINE = """
from __future__ import annotations

from denpa.lab import Lab

lab = Lab("mine")
figure, axes = lab.axes(1, 2)
axes[0].plot([1, 2, 3], label="loss")
axes[0].set(xlabel="epoch", ylabel="loss")
axes[0].legend()
axes[1].bar([0, 1], [1, 2])
axes[1].set_xticks([0, 1], labels=["forward", "backward"])
lab.show(figure, "A line that rises.")
lab.table({"method": ["forward", "backward"], "time (ms)": [1.25, float("inf")]})
lab.claim("Two is small", CLAIMED, at_most=2)
lab.claim("seeds", list(lab.seeds(2)), equal=[lab.seed, lab.seed + 1])
lab.claim("sizes", lab.pick("quick", "full"), equal="quick" if lab.quick else "full")
"""


@pytest.fixture
def mine(tmp_path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MINE.replace("CLAIMED", "2"))
    return path


def test_a_lab_writes_figure_table_and_result(denpa, mine) -> None:
    done = denpa("lab", "run", mine, "--out", "out", "--seed", 3)
    assert (done.code, done.err) == (0, "")
    assert "✓ Two is small: 2 (≤ 2)" in done.out
    svg = Path("out/figure.svg").read_text("utf-8")
    assert svg.startswith("<?xml")
    assert "</svg>" in svg
    with open("out/table.csv", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["method", "time (ms)"], ["forward", "1.25"], ["backward", "inf"],
        ]  # fmt: skip
    result = json.loads(Path("out/result.json").read_text("utf-8"))
    assert result["holds"] is True
    assert result["claims"][0] == {
        "claim": "Two is small", "measured": 2, "expected": "≤ 2", "holds": True,
    }  # fmt: skip
    assert (result["quick"], result["seed"], result["language"]) == (False, 3, "en")


def test_the_same_in_japanese(denpa, mine) -> None:
    assert denpa("lab", "run", mine, "--out", "ja", "--lang", "ja", "--quick").code == 0
    assert denpa("lab", "run", mine, "--out", "en", "--quick").code == 0
    assert Path("ja/table.csv").read_text("utf-8").splitlines()[:2] == [
        "手法,時間 (ms)",
        "順伝播,1.25",
    ]
    # Words are drawn as outlines: other words, another picture; the ticks' words too.
    ja, en = (Path(d, "figure.svg").read_text("utf-8") for d in ("ja", "en"))
    assert "IPAexGothic" in ja
    assert "IPAexGothic" not in en


def test_a_claim_that_does_not_hold_fails_the_run_and_leaves_the_figure(denpa, mine) -> None:
    mine.write_text(MINE.replace("CLAIMED", "2.5"))
    done = denpa("lab", "run", mine, "--out", "out")
    assert done.code == 1
    assert "✗ Two is small: 2.5 (≤ 2)" in done.out
    assert json.loads(Path("out/result.json").read_text("utf-8"))["holds"] is False
    assert Path("out/figure.svg").exists()


def test_a_claim_that_does_not_hold_stops_a_notebook(capsys) -> None:
    lab = Lab("surface")
    lab.claim("fine", 1, at_most=2)
    with pytest.raises(ClaimError, match=r"✗ too much: 3 \(≤ 2\)"):
        lab.claim("too much", 3, at_most=2)
    assert capsys.readouterr().out == "✓ fine: 1 (≤ 2)\n✗ too much: 3 (≤ 2)\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "this file makes no Lab"),
        ('from denpa.lab import Lab\nlab = Lab("a")', "the lab claims nothing"),
    ],
)
def test_a_file_that_is_no_lab(denpa, tmp_path, text, said) -> None:
    (tmp_path / "not.py").write_text(text)
    done = denpa("lab", "run", "not.py")
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import numpy as np\n\nnp.float32(3e38) * np.float32(10)",
            "mine.py:3: RuntimeWarning: over",
        ),
        ("def f():\n    1 / 0\n\n\nf()", "mine.py:2: ZeroDivisionError: division by zero"),
        ("x = (", "mine.py:1: SyntaxError"),
    ],
)
def test_an_error_in_a_lab_is_told_with_its_line(denpa, mine, text, said) -> None:
    mine.write_text(text)
    done = denpa("lab", "run", "mine.py")
    assert done.code == 2
    assert said in done.err


def test_columns_of_a_table_have_one_length() -> None:
    with running(LabSettings(collect=True)), pytest.raises(ArgumentError, match="'a': 2, 'b': 3"):
        Lab("surface").table({"a": [1, 2], "b": np.arange(3)})


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("run", "surfase"), "unknown lab 'surfase'. Did you mean 'surface'"),
        (("run", "vanishing_activations"), "Did you mean 'vanishing-activations'"),
        (("run", "xyzzy"), "unknown lab 'xyzzy'. See denpa lab list"),
        (("run", "nowhere.py"), "nowhere.py: no such file"),
        (("run", "surface", "--lang", "fr"), "--lang must be one of en, ja, not 'fr'"),
        (("run", "surface", "--seed", "-1"), "--seed must not be negative, not -1"),
        (("run", "all", "--jobs", "0"), "--jobs must be at least 1, not 0"),
        (("list", "--lang", "fr"), "--lang must be one of en, ja, not 'fr'"),
        (("runn",), "Did you mean 'run'?"),
    ],
)
def test_mistakes_on_the_command_line(denpa, argv, said) -> None:
    done = denpa("lab", *argv)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_a_folder_that_holds_something_is_left_alone(denpa, mine) -> None:
    Path("out").mkdir()
    Path("out/thesis.txt").write_text("years of work")
    for lab in (mine, "all"):
        done = denpa("lab", "run", lab, "--out", "out")
        assert done.code == 2
        assert "out exists and is not empty; give another folder, or --overwrite" in done.err
    assert denpa("lab", "run", mine, "--out", "out", "--overwrite").code == 0
    assert Path("out/thesis.txt").read_text() == "years of work"


def test_a_place_that_cannot_be_written(denpa, mine) -> None:
    Path("file").write_text("")
    assert "file is a file; --out names a folder" in denpa("lab", "run", mine, "--out", "file").err
    done = denpa("lab", "run", mine, "--out", "file/inside")
    assert done.code == 2
    assert "Not a directory" in done.err


def test_without_matplotlib_it_says_what_to_install(denpa, mine, monkeypatch) -> None:
    from denpa.lab import style

    monkeypatch.setattr(style, "find_spec", lambda name: None)
    for lab in (mine, "all"):
        done = denpa("lab", "run", lab, "--out", "out")
        assert done.code == 2
        assert "matplotlib, which is not installed: pip install 'denpa[lab]'" in done.err
        assert not Path("out").exists()  # told before anything was made


def test_the_list_shows_every_lab_in_either_language(denpa) -> None:
    english, japanese = denpa("lab", "list"), denpa("lab", "list", "--lang", "ja")
    assert "  surface " in english.out
    assert "Which way is up" in english.out
    assert "上り坂はどちらか" in japanese.out
    listed = denpa("lab", "list", "--json").json["labs"]
    assert listed[0]["name"] == "surface"
    assert Path(listed[0]["file"]).exists()


def test_without_mnist_the_digits_are_used_and_it_is_said(denpa, tmp_path, monkeypatch) -> None:
    images_of_the_lab._source.cache_clear()
    monkeypatch.setenv("DENPA_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "nothing"))
    monkeypatch.setenv("HOME", str(tmp_path / "nothing"))
    (tmp_path / "images.py").write_text(
        "from denpa.lab import Lab\n"
        'lab = Lab("images")\n'
        "images = lab.images(train=5000, test=100)\n"
        'lab.claim("shape", images.x.shape, equal=[1297, 64])\n'
        'lab.claim("test", images.x_test.shape, equal=[100, 64])\n'
        'lab.claim("range", [images.x.min(), images.x.max()], equal=[0, 1])\n'
    )
    done = denpa("lab", "run", "images.py", "--out", "out")
    assert done.code == 0, done.out + done.err
    assert "MNIST is not on this machine (denpa data get mnist fetches it)" in done.out
    assert json.loads(Path("out/result.json").read_text("utf-8"))["data"] == "digits"
    images_of_the_lab._source.cache_clear()


def test_the_same_seed_draws_the_same_pictures() -> None:
    with running(LabSettings(seed=4, collect=True)):
        lab = Lab("surface")
        first, again, other = (lab.images(50, 20), lab.images(50, 20), lab.images(50, 20, seed=5))
    assert np.array_equal(first.x, again.x)
    assert not np.array_equal(first.x, other.x)


def test_ctrl_c_ends_a_run_with_130_and_leaves_no_child(tmp_path) -> None:
    # A run of its own, as a terminal would start it: the signal goes to all of its processes.
    code = (
        "import sys, denpa.lab.course as c; from pathlib import Path\n"
        "slow = Path(sys.argv[1]); c.Entry.path = property(lambda self: slow)\n"
        "from denpa.cli.main import main; sys.exit(main(['lab', 'run', 'surface', '--out', 'o']))"
    )
    (tmp_path / "slow.py").write_text(
        "import time\nopen('at work', 'w').close()\ntime.sleep(3600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "slow.py")], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 600
        while not list(tmp_path.rglob("at work")) and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=600)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert "interrupted" in err


def test_several_labs_run_beside_one_another(denpa, monkeypatch) -> None:
    from denpa.lab import course

    few = [find("surface")]
    monkeypatch.setattr(course, "entries", lambda: iter(few))
    done = denpa("lab", "run", "all", "--quick", "--out", "out", "--json")
    assert done.code == 0, done.out + done.err
    assert done.json["holds"] is True
    assert [lab["lab"] for lab in done.json["labs"]] == ["surface"]
    assert sorted(p.name for p in Path("out/surface").iterdir()) == [
        "figure.svg", "result.json", "table.csv",
    ]  # fmt: skip


def test_a_lab_that_breaks_does_not_stop_the_others(denpa, monkeypatch) -> None:
    from denpa.lab import course

    broken = course.Entry("no-such-lab", "No", "無", section="gradients")
    labs = [broken, find("surface")]
    monkeypatch.setattr(course, "entries", lambda: iter(labs))
    done = denpa("lab", "run", "all", "--quick", "--out", "out", "--jobs", 1)
    assert done.code == 1
    assert "[1/2] ✗ no-such-lab" in done.out
    assert "unknown lab 'no-such-lab'" in done.out
    assert "[2/2] ✓ surface" in done.out
    assert "1 of 2 labs hold" in done.out


def test_all_leaves_out_what_takes_hours_and_says_so(denpa, monkeypatch) -> None:
    from denpa.lab import course_run

    asked = []
    monkeypatch.setattr(
        course_run, "run_many", lambda labs, *_: asked.append([e.name for e in labs])
    )
    for more in ([], ["--quick"]):
        done = denpa("lab", "run", "all", "--out", f"out{len(more)}", *more)
        said = (
            "left out: dropout-paper takes hours; denpa lab run dropout-paper runs it" in done.out
        )
        assert said is not bool(more)
    assert "dropout-paper" not in asked[0]
    assert "dropout-paper" in asked[1]


def test_ctrl_c_among_many_says_how_far_it_came(denpa, monkeypatch) -> None:
    from denpa.lab import course, course_run

    def interrupted(labs, folder, options, jobs, told) -> None:
        told(course_run.Outcome(labs[0], {"holds": True, "claims": []}, "", 1.0))
        raise KeyboardInterrupt

    labs = [find("surface"), find("line-fit")]
    monkeypatch.setattr(course, "entries", lambda: iter(labs))
    monkeypatch.setattr(course_run, "run_many", interrupted)
    done = denpa("lab", "run", "all", "--quick", "--out", "out")
    assert done.code == 130
    assert "interrupted after 1 of 2 labs; they are in out" in done.out


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("while True: pass", "--timeout 0.5", "more than 0.5 s of processor time (--timeout)"),
        ("import os; os._exit(0)", "", "left with exit code 0"),
        ("import sys; sys.exit(0)", "", "mine.py: SystemExit: 0"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "", "died of SIGSEGV"),
        ("import numpy as np; x = np.ones(2**30)", "--memory 4G", "--memory"),
        ("open('big', 'w').write('x' * 3_000_000)", "--written 1M", "--written"),
    ],
)
def test_the_limits_hold_for_a_lab_of_ones_own(denpa, mine, text, options, said) -> None:
    """Whatever it does, it ends in 2, is told, and takes nothing of the caller with it."""
    mine.write_text(MINE.replace("CLAIMED", "2") + text)
    done = denpa("lab", "run", mine, "--out", "out", *options.split())
    assert done.code == 2, done.out
    assert said in done.err
    found = denpa("lab", "run", mine, "--out", "out2", "--json", *options.split())
    assert (found.code, found.json["holds"]) == (2, None)
    assert found.json["limit"] == (
        {"--timeout": "time", "--memory": "memory", "--written": "written"}
    ).get(options.split(" ")[0])


def test_a_lab_of_ones_own_runs_in_another_process(denpa, mine) -> None:
    changed = f"print('from', {os.getpid()} != __import__('os').getpid())\nimport sys; sys.mine = 1"
    mine.write_text(MINE.replace("CLAIMED", "2") + changed)
    done = denpa("lab", "run", mine, "--out", "out")
    assert (done.code, done.err) == (0, "")
    assert "from True" in done.out
    assert not hasattr(sys, "mine")
