"""The script for MNIST in both libraries: the same weights, the same batches, the same losses."""

from __future__ import annotations

import gzip
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vision.scripts import losses, main, namespace, write_digits

from .harness import subject, torch

DENPA = {"torchvision": subject.__name__ + ".vision", "torch": subject.__name__}


class Digits(torch.utils.data.Dataset):  # type: ignore[misc, name-defined]
    """In the place of torchvision, which is not installed: the files that `write_digits` writes."""

    def __init__(
        self, root: str, train: bool = True, download: bool = False, transform: Any = None
    ):
        part = "train" if train else "t10k"
        raw = Path(root) / "MNIST" / "raw"
        images = (raw / f"{part}-images-idx3-ubyte").read_bytes()[16:]
        labels = gzip.decompress((raw / f"{part}-labels-idx1-ubyte.gz").read_bytes())[8:]
        self.labels, self.transform = list(labels), transform
        self.images = np.frombuffer(images, np.uint8).reshape(-1, 1, 28, 28).copy()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, k: int) -> Any:
        x = torch.from_numpy(self.images[k])
        return self.transform(x), self.labels[k]


def compose(changes: list[Any]) -> Any:
    def change(x: Any) -> Any:
        for one in changes:
            x = one(x)
        return x

    return change


DATASETS = types.SimpleNamespace(MNIST=Digits)
TRANSFORMS = types.SimpleNamespace(
    Compose=compose,
    ToTensor=lambda: lambda x: x.to(torch.float32).div(255),
    Normalize=lambda mean, std: lambda x: (x - torch.tensor(mean)) / torch.tensor(std),
)


def script_of(m: Any, net: str, dropout: bool) -> dict[str, Any]:
    """The script, with weights that do not depend on either library's random numbers."""
    if m is torch:
        stand = types.ModuleType("denpa_stand_in")
        stand.__dict__.update(datasets=DATASETS, transforms=TRANSFORMS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(__import__("sys").modules, "torchvision", stand)
            script = namespace({})
    else:
        script = namespace(DENPA)
    make = script[net]

    def known(made: Any) -> None:
        start(made)
        rng = np.random.default_rng(5)
        for p in made.parameters():
            bound = 1 / np.sqrt(np.prod(p.shape[1:]) if p.ndim > 1 else 10)
            values = rng.uniform(-bound, bound, tuple(p.shape)).astype(np.float32)
            p.data = m.tensor(values)
        for layer in made.modules():
            if isinstance(layer, m.nn.Dropout) and not dropout:
                layer.p = 0.0

    start, make.__init__ = make.__init__, known
    script["Net"] = make
    return script


@pytest.mark.parametrize("net", ["Net", "OlderNet", "NormedNet"])
def test_losses_are_those_of_pytorch(
    net: str, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_digits(tmp_path)
    arguments = ["--epochs", "2", "--batch-size", "16", "--log-interval", "1", "--data",
                 str(tmp_path), "--lr", "0.5"]  # fmt: skip
    printed = []
    for m in (torch, subject):
        main(script_of(m, net, dropout=False), arguments, monkeypatch)
        printed.append(losses(capsys.readouterr().out))
    theirs, ours = printed
    assert len(ours) == len(theirs) == 2 * (96 // 16 + 2)
    assert theirs[-2] != theirs[0]
    # Printed with six decimals, over twelve steps in float32.
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)
