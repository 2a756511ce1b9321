"""The first script that a newcomer tries runs with its import lines changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from tests.vision.scripts import losses, main, namespace, write_digits

NAMES = {"torchvision": "denpa.vision", "torch": "denpa"}


def test_the_import_lines_alone_are_changed() -> None:
    script = namespace(NAMES)
    assert script["torch"] is dp
    assert script["nn"] is dp.nn
    assert script["optim"] is dp.optim
    assert script["datasets"].__name__ == "denpa.vision.datasets"


@pytest.mark.parametrize("net", ["Net", "OlderNet", "NormedNet"])
def test_it_trains_and_learns(
    net: str, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_digits(tmp_path, train=320)
    script = namespace(NAMES)
    script["Net"] = script[net]
    arguments = ["--epochs", "4", "--batch-size", "16", "--data", str(tmp_path)]
    main(script, arguments, monkeypatch)
    found = losses(capsys.readouterr().out)
    assert found[-1] > 30  # of 40; guessing gets 4
    assert found[-2] < 0.5 * found[0]


def test_the_state_is_saved_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_digits(tmp_path, train=8, test=4)
    monkeypatch.chdir(tmp_path)
    script = namespace(NAMES)
    arguments = ["--dry-run", "--epochs", "1", "--save-model", "--data", str(tmp_path)]
    with pytest.warns(UserWarning, match=r"mnist_cnn.pt is written in the safetensors format"):
        main(script, arguments, monkeypatch)
    device = dp.device("cpu")
    state = dp.load("mnist_cnn.pt", map_location=device, weights_only=True)
    net = script["Net"]()
    assert net.load_state_dict(state) == ([], [])
    assert set(state) == {f"{a}.{b}" for a in ("conv1", "conv2", "fc1", "fc2")
                          for b in ("weight", "bias")}  # fmt: skip
    np.testing.assert_array_equal(net.fc2.bias.detach().numpy(), state["fc2.bias"].numpy())


@pytest.mark.parametrize("start", [b"PK\3\4archive/data.pkl", b"\x80\x02}q\0."])
def test_a_pickle_of_pytorch_is_refused_with_the_way_out(start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    path.write_bytes(start + bytes(64))
    with pytest.raises(ValueError, match=r"holds a pickle.*safetensors.torch.save_file"):
        dp.load(path)
    with pytest.raises(NotImplementedError, match="there is no accelerator"):
        dp.load(path, map_location="cuda")
