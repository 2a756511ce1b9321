"""The script for MNIST, run with another library in its import lines, on digits written here."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SCRIPT = Path(__file__).with_name("mnist_script.txt").read_text()


def write_digits(folder: Path, train: int = 96, test: int = 40) -> None:
    """IDX files where torchvision has them: a bar per class, in noise; the labels gzipped."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    rng = np.random.default_rng(3)
    for part, n in (("train", train), ("t10k", test)):
        labels = rng.integers(0, 10, n).astype(np.uint8)
        images = rng.integers(0, 80, (n, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label + 3 : 2 * label + 6, 4:24] = 250
        head = bytes([0, 0, 8, 3]) + b"".join(k.to_bytes(4, "big") for k in images.shape)
        (raw / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        head = bytes([0, 0, 8, 1]) + n.to_bytes(4, "big")
        (raw / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(head + labels.tobytes()))


def namespace(names: Mapping[str, str]) -> dict[str, Any]:
    """What the script defines, with other packages in its import lines."""
    lines = []
    for line in SCRIPT.splitlines():
        if re.match(r"(import|from) ", line):
            for old, new in names.items():
                line = re.sub(rf"^import {old}$", f"import {new} as {old}", line)
                line = re.sub(rf"^(import|from) {old}\b(?! as)(?=[. ])", rf"\1 {new}", line)
        lines.append(line)
    made: dict[str, Any] = {"__name__": "script"}
    exec(compile("\n".join(lines), "mnist_script.py", "exec"), made)
    return made


def main(script: Mapping[str, Any], arguments: Sequence[str], monkeypatch: Any) -> None:
    """Run the script as from the command line."""
    monkeypatch.setattr(sys, "argv", ["mnist_script.py", *arguments])
    script["main"]()


def losses(text: str) -> list[float]:
    """The losses and counts that the script has printed."""
    return [float(x) for x in re.findall(r"(?:[Ll]oss|Accuracy): ([\d.]+)", text)]
