"""What readers open: files of the formats promised, in the places given, and nothing else."""

from __future__ import annotations

import gzip
import os
import socket
import struct
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denpa.core.wording import command_line
from denpa.data import DataError, encode, read
from denpa.vision import MNIST
from tests.attack.audit import violations

pd = pytest.importorskip("pandas")
Image = pytest.importorskip("PIL.Image")
pytest.importorskip("pyarrow")

POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"


def message(source: Any, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(source, **options)
    text = str(caught.value)
    assert "\n" not in text
    return text


def picture(path: Path, grey: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 3), grey).save(path)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in ("cat", "dog"):
        for k in range(2):
            picture(tmp_path / "photos" / name / f"{k}.png", 40 * k)
    return tmp_path / "photos"


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.astype(np.uint8).tobytes()


def data_of_every_sort(folder: Path) -> dict[str, dict[str, Any]]:
    """Files of every sort, with the options to read them by."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=40)
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=40),
            "day": days.strftime("%Y-%m-%d"),
            "code": ["01", "02"] * 20,
            "gap": [1.5, None] * 20,
            "y": ["yes", "no"] * 20,
        }
    )
    frame.to_csv(folder / "t.csv", index=False)
    frame.to_csv(folder / "t.csv.gz", index=False)
    frame.to_csv(folder / "t.tsv", index=False, sep="\t")
    frame["moment"] = days.tz_localize("Asia/Tokyo")
    frame["whole"] = pd.array([1, None] * 20, dtype="Int64")
    frame["colour"] = pd.Categorical(["red", "blue"] * 20)
    frame.to_parquet(folder / "t.parquet")
    x, y = rng.integers(0, 256, (40, 5, 5)), np.arange(40) % 2
    np.savez(folder / "t.npz", x=x, y=y)
    np.savez_compressed(folder / "u.npz", x=x, y=y.astype(str))
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    (folder / "t-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(x)))
    (folder / "t-labels-idx1-ubyte").write_bytes(idx(y))
    for name in ("cat", "dog"):
        for ending in ("png", "jpg", "bmp", "gif", "tif", "webp", "ppm"):
            picture(folder / "photos" / name / f"1.{ending}")
    table = {"target": "y", "missing": "mean"}
    return {
        **dict.fromkeys(("t.csv", "t.csv.gz", "t.tsv", "t.parquet"), table),
        **{name: {} for name in ("t.npz", "u.npz", "t-images-idx3-ubyte.gz", "photos")},
        "x.npy": {"target": str(folder / "y.npy")},
    }


READ = "for name, options in sources.items():\n    read(f'{folder}/{name}', **options)\n"


def test_reading_does_nothing_beside_it(tmp_path: Path) -> None:
    before = "from denpa.data import digits, read\ndigits()\n"
    first = data_of_every_sort(tmp_path / "first")
    before += f"folder, sources = {str(tmp_path / 'first')!r}, {first!r}\n{READ}"
    sources = data_of_every_sort(tmp_path / "given")
    code = f"folder, sources = {str(tmp_path / 'given')!r}, {sources!r}\n{READ}"
    assert violations(code, [tmp_path / "given"], before=before) == []
    own = Path(__file__).parents[2] / "src" / "denpa" / "data" / "files"
    assert violations("digits()", [own], before=before) == []


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("import this", "import"),
        ("os.system('true')", "os.system"),
        ("subprocess.run(['true'])", "subprocess.Popen"),
        ("os.posix_spawn('/bin/true', ['true'], {})", "os.posix_spawn"),
        ("socket.socket()", "socket.__new__"),
        ("open('/etc/hostname')", "open '/etc/hostname'"),
        ("os.listdir('/')", "os.listdir '/'"),
        ("open(allowed + '/x', 'w')", "open for writing"),
        ("eval('1')", "compile"),
        ("np.load(io.BytesIO(array))", "compile"),
        ("pickle.loads(b'cos\\nsystem\\n.')", "pickle.find_class"),
        ("marshal.loads(marshal.dumps(1))", "marshal.loads"),
    ],
)
def test_the_watch_sees_what_else_is_done(tmp_path: Path, code: str, event: str) -> None:
    before = "import io, marshal, os, pickle, socket, subprocess\nimport numpy as np\n"
    before += "file = io.BytesIO(); np.save(file, np.eye(2)); array = file.getvalue()\n"
    before += f"np.load(io.BytesIO(array)); allowed = {str(tmp_path)!r}\n"
    assert violations("pass", [tmp_path], before=before) == []
    assert any(line.startswith(event) for line in violations(code, [tmp_path], before=before))


def test_postscript_named_png_starts_no_ghostscript(photos: Path, tmp_path: Path) -> None:
    tools, trace = tmp_path / "tools", tmp_path / "trace"
    tools.mkdir()
    (tools / "gs").write_text(f"#!/bin/sh\ntouch {trace}\nexit 1\n")
    (tools / "gs").chmod(0o755)
    environment = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    path = photos / "dog" / "2.png"
    before = f"from denpa.data import read\nfrom PIL import Image\nread({str(photos)!r})\n"
    path_code = f"Image.open({str(path)!r}).load()\n"
    path.write_bytes(POSTSCRIPT)
    warm = before.replace(f"read({str(photos)!r})", f"read({str(photos / 'cat')!r})")
    for source in (photos, path):
        seen = violations(
            f"read({str(source)!r})", [photos], before=warm, environment=environment,
            expected=f"DataError: {path}: the picture cannot be read",
        )  # fmt: skip
        assert seen == []
    assert not trace.exists()
    # Without the list of formats Pillow does start it.
    started = violations(path_code, ["/"], before=warm, environment=environment)
    assert any("subprocess" in line for line in started)
    assert trace.exists()


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.npz", "t.npy", "t.idx", "t.png"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    start = time.perf_counter()
    path = tmp_path / name
    os.mkfifo(path)
    text = f"{path}: this is a named pipe (fifo), which is not opened; expected a file"
    assert text in message(path)
    path.unlink()
    os.symlink("/dev/zero", path)
    assert f"{path}: this is a device, which is not opened" in message(path)
    path.unlink()
    with socket.socket(socket.AF_UNIX) as server:
        place = os.getcwd()
        os.chdir(tmp_path)  # the name of a socket is short
        try:
            server.bind(name)
        finally:
            os.chdir(place)
        assert f"{path}: this is a socket, which is not opened" in message(path)
    assert time.perf_counter() - start < 20


def test_what_is_no_file_is_refused_where_it_is_found(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DENPA_DATA", raising=False)  # where the real MNIST may be
    os.mkfifo(photos / "cat" / "2.png")
    assert f"{photos / 'cat' / '2.png'}: this is a named pipe" in message(photos)
    np.save(tmp_path / "x.npy", np.eye(4))
    os.mkfifo(tmp_path / "y.npy")
    assert "there is no file" in message(tmp_path / "x.npy", target=str(tmp_path / "y.npy"))
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(np.zeros((2, 2, 2))))
    os.mkfifo(tmp_path / "train-labels-idx1-ubyte")
    assert read(tmp_path / "train-images-idx3-ubyte").y is None
    with pytest.raises(DataError, match="MNIST: the file train-labels-idx1-ubyte"):
        MNIST(tmp_path)


def test_links_out_of_a_folder_are_not_followed(photos: Path, tmp_path: Path) -> None:
    outside = picture(tmp_path / "private" / "7.png").resolve()
    whole = read(photos)
    link = photos / "dog" / "2.png"
    link.symlink_to(outside)
    said = message(photos)
    assert said == (
        f"{link}: this is a link out of the folder {str(photos)!r}, to {str(outside)!r}, which is"
        " not followed. Put a copy in its place, or pass follow_links=True."
    )
    with pytest.raises(DataError) as caught:
        encode(photos, whole.encoding)
    assert "or pass --follow-links." in command_line(caught.value.args[0])
    assert len(read(photos, follow_links=True)) == 5
    assert len(encode(photos, whole.encoding, follow_links=True)) == 5
    link.unlink()
    (photos / "wolf").symlink_to(outside.parent)
    assert f"{photos / 'wolf'}: this is a link out of the folder" in message(photos)
    assert read(photos, follow_links=True).classes == ("cat", "dog", "wolf")


def test_other_links_are_followed(photos: Path, tmp_path: Path) -> None:
    (photos / "dog" / "2.png").symlink_to(photos / "cat" / "0.png")
    (photos / "wolf").symlink_to("dog")
    data = read(photos)
    assert np.bincount(data.require_target()).tolist() == [2, 3, 3]
    # What the user names may be a link itself.
    (tmp_path / "album").symlink_to(photos)
    np.testing.assert_array_equal(read(tmp_path / "album").x, data.x)
    (tmp_path / "one.png").symlink_to(photos / "cat" / "0.png")
    assert len(read(tmp_path / "one.png")) == 1
    (tmp_path / "real.csv").write_text("a,y\n1,2.5\n2,3.5\n")
    (tmp_path / "t.csv").symlink_to("real.csv")
    assert len(read(tmp_path / "t.csv", target="y")) == 2


def test_rings_of_links_end(photos: Path) -> None:
    (photos / "cat" / "2.png").symlink_to("3.png")
    (photos / "cat" / "3.png").symlink_to("2.png")
    (photos / "cat" / "up").symlink_to(photos)
    (photos / "dog" / "gone.png").symlink_to("nothing.png")
    data = read(photos)
    assert len(data) == 4
    assert "left out 3 links to nothing: 'cat/2.png', 'cat/3.png', 'dog/gone.png'" in (data.notes)
    (photos / "t.csv").symlink_to("t.csv")
    assert "no such file" in message(photos / "t.csv")


def test_labels_behind_a_link_are_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "given", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "t-images-idx3-ubyte").write_bytes(idx(np.arange(8).reshape(2, 2, 2)))
    (elsewhere / "labels").write_bytes(idx(np.array([0, 1])))
    (folder / "t-labels-idx1-ubyte").symlink_to(elsewhere / "labels")
    path = folder / "t-images-idx3-ubyte"
    assert "t-labels-idx1-ubyte: this is a link out of the folder" in message(path)
    for data in (read(path, follow_links=True), read(path, target=str(elsewhere / "labels"))):
        np.testing.assert_array_equal(data.y, [0, 1])
    (folder / "train-images-idx3-ubyte").symlink_to(path)
    (folder / "train-labels-idx1-ubyte").symlink_to(elsewhere / "labels")
    with pytest.raises(DataError, match="this is not the MNIST file train-labels-idx1-ubyte"):
        MNIST(folder)


def test_follow_links_goes_with_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,y\n1,2.5\n2,3.5\n")
    text = "follow_links does not go with anything but pictures and IDX files"
    for source in (tmp_path / "t.csv", (np.eye(2), np.arange(2))):
        assert text in message(source, follow_links=True)


def test_pictures_left_out_are_counted_and_named(photos: Path) -> None:
    for name in (".DS_Store", "cat/.hidden.png", "cat/a.txt", "dog/b.heic", "list.csv"):
        (photos / name).write_bytes(b"x")
    (photos / "dog" / "deeper").mkdir()
    (photos / ".git").mkdir()
    notes = (
        "left out 3 hidden entries: '.DS_Store', '.git', 'cat/.hidden.png'",
        "left out 3 files without the ending of a picture: 'cat/a.txt', 'dog/b.heic', 'list.csv'",
        "left out 1 folder inside the folder of a class: 'dog/deeper'",
    )
    data = read(photos)
    assert data.notes == notes
    assert data.fit_to([0, 1, 2]).notes == notes
    assert encode(photos, data.encoding).notes == notes
    for k in range(9):
        (photos / "cat" / f"{k}.txt").write_bytes(b"")
    assert "12 files" in read(photos).notes[1]
    assert read(photos).notes[1].endswith("and 8 more")
