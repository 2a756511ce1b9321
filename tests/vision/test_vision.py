"""Data sets and transforms of pictures; and the questions for an accelerator, all answered no."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import denpa as dp
from denpa.data.errors import DataError
from denpa.vision import datasets, transforms
from tests.vision.scripts import write_digits


def test_to_tensor() -> None:
    gray = np.array([[0, 51], [102, 255]], np.uint8)
    x = transforms.ToTensor()(gray)
    assert (x.shape, x.dtype) == ((1, 2, 2), dp.float32)
    assert x.tolist() == [[[0.0, np.float32(0.2)], [np.float32(0.4), 1.0]]]
    colour = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    y = transforms.ToTensor()(colour)
    assert y.shape == (3, 2, 2)
    assert y.is_contiguous()
    assert y[1, 0, 1].item() == np.float32(4) / np.float32(255)
    assert transforms.ToTensor()(np.ones((2, 2))).tolist() == [[[1.0, 1.0], [1.0, 1.0]]]
    with pytest.raises(TypeError, match="takes a picture as a NumPy array or of Pillow, not Tens"):
        transforms.ToTensor()(x)
    with pytest.raises(RuntimeError, match=r"\(H, W\) or \(H, W, C\), not u8\[1, 2, 2, 3\]"):
        transforms.ToTensor()(colour[None])


def test_to_tensor_takes_pillow() -> None:
    image = pytest.importorskip("PIL.Image").new("RGB", (3, 2), (255, 0, 51))
    x = transforms.ToTensor()(image)
    assert x.shape == (3, 2, 3)
    assert [plane[0, 0].item() for plane in x] == [1.0, 0.0, np.float32(0.2)]


def test_normalize() -> None:
    x = dp.tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
    norm = transforms.Normalize((1.0, 2.0), (2.0, 4.0))
    assert norm(x).tolist() == [[[0.0, 0.5]], [[0.25, 0.5]]]
    assert x[0, 0, 0].item() == 1.0
    inplace = transforms.Normalize((1.0, 2.0), (2.0, 4.0), inplace=True)
    assert inplace(x) is x
    assert x[1, 0, 1].item() == 0.5
    with pytest.raises(ValueError, match="has a 0, by which it would be divided"):
        transforms.Normalize((0.0,), (0.0,))
    with pytest.raises(TypeError, match="put ToTensor before it"):
        norm(np.ones((2, 1, 2)))
    with pytest.raises(RuntimeError, match=r"2 means and 2 deviations do not fit f32\[3, 1, 2\]"):
        norm(dp.ones(3, 1, 2))


def test_mnist_is_read_where_torchvision_has_it(tmp_path: Path) -> None:
    write_digits(tmp_path, train=12, test=5)
    plain = datasets.MNIST(tmp_path, train=False)
    assert len(plain) == 5
    picture, label = plain[0]
    assert (picture.shape, picture.dtype, type(label)) == ((28, 28), np.uint8, int)
    assert picture[2 * label + 4, 10] == 250
    assert (plain.data.shape, plain.targets.dtype) == ((5, 28, 28), dp.int64)
    changed = datasets.MNIST(tmp_path, transform=transforms.ToTensor(), target_transform=str)
    assert len(changed) == 12
    assert changed[3][0].shape == (1, 28, 28)
    assert changed[3][1] == str(changed.targets[3].item())
    with pytest.raises(NotImplementedError, match="does not offer 'CIFAR10'"):
        _ = datasets.CIFAR10


def test_mnist_is_looked_for_where_denpa_looks_and_not_downloaded_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DENPA_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(DataError, match="it was not to be downloaded") as caught:
        datasets.MNIST(tmp_path)
    cache = tmp_path / "cache" / "denpa"
    folders = (tmp_path / "MNIST" / "raw", tmp_path / "mnist", tmp_path, cache, cache / "mnist")
    assert f"is in none of {', '.join(map(str, folders))}, and" in str(caught.value)
    assert "name it with root= or the environment" in str(caught.value)
    write_digits(tmp_path, train=3, test=3)
    raw = tmp_path / "MNIST" / "raw"
    with (raw / "train-images-idx3-ubyte").open("r+b") as file:
        file.write(bytes([0, 0, 8, 3, 0, 0, 0, 2]))
        file.truncate(16 + 2 * 28 * 28)
    with pytest.raises(DataError, match=r"pictures uint8 \(2, 28, 28\) and labels \(3,\)"):
        datasets.MNIST(tmp_path)


def test_there_is_no_accelerator() -> None:
    assert dp.accelerator.is_available() is False
    assert dp.accelerator.current_accelerator() is None
    assert dp.accelerator.device_count() == dp.cuda.device_count() == 0
    assert dp.cuda.is_available() is dp.backends.mps.is_available() is False
    assert dp.backends.mps.is_built() is False
    assert dp.cuda.manual_seed(1) is dp.cuda.manual_seed_all(1) is None
    net, x, cpu = dp.nn.Linear(2, 1), dp.ones(2), dp.device("cpu")
    for same in (net.to(cpu), net.to("cpu", non_blocking=True), net.to(cpu, None, True), net.cpu()):
        assert same is net
    for same in (x.to(cpu), x.to("cpu", non_blocking=True), x.cpu(), x.to(x.device)):
        assert same is x
    for ask in (
        x.cuda, net.cuda, lambda: net.to("cuda"), lambda: x.to("mps"), lambda: dp.device("cuda:0"),
    ):  # fmt: skip
        with pytest.raises(NotImplementedError, match="there is no accelerator"):
            ask()
    for module in (dp.cuda, dp.accelerator):
        with pytest.raises(NotImplementedError, match="does not offer 'synchronize'"):
            module.synchronize()
