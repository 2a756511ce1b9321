"""Tensors from files: dtypes that Denpa has not, and files that are none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.nn.serialize import load, save


def tensors_file(path: Path, header: dict[str, Any], rest: bytes) -> Path:
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + rest)
    return path


def one_tensor(path: Path, dtype: str, shape: list[int], rest: bytes) -> Path:
    part = {"dtype": dtype, "shape": shape, "data_offsets": [0, len(rest)]}
    return tensors_file(path, {"layer.weight": part}, rest)


def test_bfloat16_is_read_as_float32_exactly(tmp_path: Path) -> None:
    # Sign, 8 bits of exponent, 7 of mantissa: 1, −2, π cut off, the largest, the smallest, ±inf.
    known = {0x3F80: 1.0, 0xC000: -2.0, 0x4049: 3.140625, 0x7F7F: 2.0**127 * (2 - 2**-7)}
    known |= {0x0001: 2.0**-133, 0x8000: -0.0, 0x7F80: np.inf, 0xFF80: -np.inf}
    rest = b"".join(bits.to_bytes(2, "little") for bits in known)
    found = load(one_tensor(tmp_path / "x", "BF16", [2, 4], rest))["layer.weight"]
    assert found.dtype == dp.float32
    assert found.shape == (2, 4)
    assert found.flatten().tolist() == list(known.values())
    assert np.signbit(found.numpy()[1, 1])
    everything = np.arange(2**16, dtype="<u2").tobytes()
    values = load(one_tensor(tmp_path / "x", "BF16", [2**16], everything))["layer.weight"].numpy()
    assert ((values.view(np.uint32) >> 16) == np.arange(2**16)).all()
    assert not (values.view(np.uint32) & 0xFFFF).any()


@pytest.mark.parametrize(
    ("dtype", "size"), [("U16", 2), ("U32", 4), ("U64", 8), ("C64", 8), ("F8_E4M3", 1), ("F4", 1)]
)
def test_a_dtype_that_denpa_has_not_is_named(tmp_path: Path, dtype: str, size: int) -> None:
    count = [2 if dtype == "F4" else 1]
    path = one_tensor(tmp_path / "x", dtype, count, bytes(size))
    with pytest.raises(ValueError, match="has the dtype") as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: the tensor 'layer.weight' has the dtype {dtype}; Denpa has F64, F32, F16, I64, "
        "I32, I16, I8, U8, BOOL, and reads BF16 as F32. Convert it where it comes from: in "
        "PyTorch, tensor.float() before save_file"
    )


def test_any_byte_but_zero_is_true(tmp_path: Path) -> None:
    found = load(one_tensor(tmp_path / "x", "BOOL", [3], b"\0\1\7"))["layer.weight"]
    assert found.tolist() == [False, True, True]
    assert found.numpy().view(np.uint8).tolist() == [0, 1, 1]


def test_a_key_that_the_format_needs_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="keeps the key '__metadata__' for itself"):
        save({"__metadata__": dp.ones(1)}, tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_a_foreign_file_is_told_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x"
    header = b'{"a":{"dtype":"' + b"\x1b[2J\n" * 300 + b'"}}'
    for raw in (b"", b"\0" * 8, b"\xff" * 99, len(header).to_bytes(8, "little") + header):
        path.write_bytes(raw)
        with pytest.raises(ValueError, match="is not a complete safetensors file") as caught:
            load(path)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 500
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ValueError, match="pipe is a pipe or a device"):
            load(tmp_path / "pipe")
    with pytest.raises(IsADirectoryError):
        load(tmp_path)
