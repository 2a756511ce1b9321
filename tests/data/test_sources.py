"""The named data sets: the embedded digits, and MNIST found, downloaded or refused."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from denpa.data import DataError, available, digits, get, mnist
from denpa.data.readers import sources

SHARED = Path(__file__).parents[3] / "shared" / "data"


def test_digits() -> None:
    data = digits()
    assert data.x.shape == (1797, 1, 8, 8)
    assert (data.x.min(), data.x.max()) == (0, 1)
    assert data.licence == "CC BY 4.0"
    # The counts of the classes in the UCI test set, from its documentation.
    expected = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(data.require_target()).tolist() == expected
    # The first image of the UCI file, its first and second line of pixels.
    first = (data.x[0, 0, :2] * 16).tolist()
    assert first == [[0, 0, 5, 13, 9, 1, 0, 0], [0, 0, 13, 15, 10, 15, 5, 0]]


def test_changed_digits_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "digits.npz"
    np.savez(path, images=np.zeros((2, 8, 8), np.uint8), labels=np.zeros(2, np.uint8))
    monkeypatch.setattr(sources, "_DIGITS", path)
    with pytest.raises(DataError, match="the embedded digits were changed"):
        digits()
    path.write_bytes(b"")
    with pytest.raises(DataError, match="the embedded digits cannot be read"):
        digits()


def test_names() -> None:
    assert [(i.name, i.embedded) for i in available()] == [("digits", True), ("mnist", False)]
    with pytest.raises(DataError, match=r"'digits', 'mnist', got 'mnits'. Did you mean 'mnist'"):
        get("mnits")
    data, test = get("digits")
    assert (data.name, test) == ("digits", None)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set of four IDX files in MNIST's names, known by its own hashes; nothing else is near."""
    folder = tmp_path / "server"
    folder.mkdir()
    rng = np.random.default_rng(0)
    hashes = {}
    for part, n in (("train", 40), ("t10k", 20)):
        images = rng.integers(0, 256, (n, 6, 5)).astype(np.uint8)
        labels = (np.arange(n) % 10).astype(np.uint8)
        for array in (images, labels):
            name = f"{part}-{'images' if array.ndim == 3 else 'labels'}-idx{array.ndim}-ubyte"
            raw = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
            raw += array.tobytes()
            hashes[name] = hashlib.sha256(raw).hexdigest()
            (folder / f"{name}.gz").write_bytes(gzip.compress(raw))
    monkeypatch.setattr(sources, "MNIST_SHA256", hashes)
    monkeypatch.setattr(sources, "MNIST_MIRRORS", ("http://127.0.0.1:9/",))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("DENPA_DATA", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(small: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(small)))
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{httpd.server_address[1]}/"
    # The first mirror has nothing, so the second is asked.
    monkeypatch.setattr(sources, "MNIST_MIRRORS", (f"{url}nothing/", url))
    yield url
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.mark.parametrize("how", ["folder", "sub-folder", "environment", "plain"])
def test_found_in_a_folder(small: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    folder: Path | None = small
    if how == "sub-folder":
        small.rename(small.with_name("mnist"))
        folder = small.parent
    if how == "environment":
        monkeypatch.setenv("DENPA_DATA", str(small))
        folder = None
    if how == "plain":
        for file in list(small.iterdir()):
            file.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
            file.unlink()
    train, test = mnist(folder, download=False)
    assert (train.x.shape, test.x.shape) == ((40, 1, 6, 5), (20, 1, 6, 5))
    np.testing.assert_array_equal(test.y, np.arange(20) % 10)
    assert available(folder)[1].present


def test_download(server: str, tmp_path: Path) -> None:
    assert not available()[1].present
    train, _ = mnist()
    assert train.x.shape == (40, 1, 6, 5)
    cache = tmp_path / "cache" / "denpa" / "mnist"
    assert sorted(f.name for f in cache.iterdir()) == sorted(
        f"{n}.gz" for n in sources.MNIST_SHA256
    )
    assert available()[1].path == str(cache)
    chosen = tmp_path / "chosen"
    for file in list(cache.iterdir()):
        file.unlink()
    mnist(chosen)
    assert len(list((chosen / "mnist").iterdir())) == 4


def test_a_download_of_other_contents_is_refused(server: str, small: Path, tmp_path: Path) -> None:
    path = small / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(b"something else"))
    with pytest.raises(DataError, match="what it sent has another SHA-256"):
        mnist()
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(DataError, match="what it sent has another SHA-256"):
        mnist()
    names = [f.name for f in (tmp_path / "cache" / "denpa" / "mnist").iterdir()]
    assert sorted(names) == sorted(
        f"{n}.gz" for n in sources.MNIST_SHA256 if n != "t10k-labels-idx1-ubyte"
    )


def test_nothing_found_and_no_network(small: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        mnist(tmp_path / "there")
    text = str(caught.value)
    assert text.startswith(
        "MNIST: the file train-images-idx3-ubyte (or train-images-idx3-ubyte.gz) is in none"
        f" of {tmp_path / 'there'}, {tmp_path / 'there' / 'mnist'}, {tmp_path / 'cache' / 'denpa'},"
        f" {tmp_path / 'cache' / 'denpa' / 'mnist'}, and the download failed (127.0.0.1:9: "
    )
    assert text.endswith(
        "Put the four files in a folder and name it with data_dir or the environment"
        " variable DENPA_DATA."
    )
    with pytest.raises(DataError, match="it was not to be downloaded"):
        mnist(tmp_path / "there", download=False)


def test_a_folder_that_cannot_be_written(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="the download cannot be written"):
        mnist(tmp_path / "file")


def test_wrong_and_truncated_files(small: Path) -> None:
    path = small / "t10k-images-idx3-ubyte.gz"
    raw = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(raw[:-1] + bytes([raw[-1] ^ 1])))
    with pytest.raises(
        DataError, match="this is not the MNIST file t10k-images-idx3-ubyte: its SH"
    ):
        mnist(small)
    path.write_bytes(gzip.compress(raw[:100]))
    with pytest.raises(DataError, match="the IDX file is truncated"):
        mnist(small)
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(DataError, match="the gzip file is truncated or corrupt"):
        mnist(small)


def test_the_real_mnist() -> None:
    folder = SHARED if SHARED.is_dir() else os.environ.get("DENPA_DATA")
    if not folder or not available(folder)[1].present:
        pytest.skip("no MNIST here: name its folder in DENPA_DATA")
    train, test = mnist(folder, download=False)
    assert (train.x.shape, test.x.shape) == ((60000, 1, 28, 28), (10000, 1, 28, 28))
    # As counted in the literature.
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(train.require_target()).tolist() == counts
    assert train.x.mean() == pytest.approx(0.1307, abs=5e-5)
    assert train.x.std() == pytest.approx(0.3081, abs=5e-5)
