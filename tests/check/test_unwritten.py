"""An exercise that nobody has filled in is told as that, wherever it is, and never as an error."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import denpa as dp
from denpa.check.opening.unwritten import Unwritten, is_unwritten
from denpa.core.errors import ArgumentError
from denpa.words import speaking

BODIES = (
    "raise NotImplementedError",
    "raise NotImplementedError('backward of Affine')",
    "'What it is.'\n# TODO\npass",
    "...",
    "return None",
    "return",
    "dx = None\n# your code\npass\nreturn dx",
    "dx, dw = None, None\nreturn dx, dw",
    "x = self.x\nn = x.shape[0]\ndx = dw = None\nreturn dx",
    "x = self.x\nraise NotImplementedError()",
    "grads = {'W': None, 'b': None}\nreturn grads",
)
WRITTEN = (
    "return d",
    "self.dW = d\nreturn None",
    "self.dW = d",
    "dx = None\ndx = d * 2\nreturn dx",
    "if d is None:\n    raise NotImplementedError\nreturn d",
    "return None if d is None else d",
    "x, w = self.x\nreturn x",
    "self.d[...] = d\nreturn",
    "self.dW = None\nself.fill(d)",
)


def indented(body: str, depth: int) -> str:
    return "".join(" " * depth + line + "\n" for line in body.split("\n"))


def written(tmp_path: Path, text: str) -> str:
    (tmp_path / "a.py").write_text(text)
    return str(tmp_path / "a.py")


def layer(body: str) -> str:
    return (
        "class Relu:\n    def forward(self, x):\n        self.x = x\n        return x * (x > 0)\n"
        f"    def backward(self, d):\n{indented(body, 8)}"
    )


@pytest.mark.parametrize("body", BODIES)
def test_a_layer_that_is_not_filled_in(tmp_path: Path, body: str) -> None:
    path = written(tmp_path, layer(body))
    for spec in (path, f"{path}:Relu"):
        with pytest.raises(Unwritten, match=r"^Relu: backward is not written yet \(line 5\)$"):
            dp.check.file(spec)
    with pytest.raises(Unwritten, match=r"backward はまだ書かれていません \(5 行目\)"):
        dp.check.file(path, language="ja")


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("missing", ["f", "f_grad"])
def test_a_pair_of_which_one_is_not_filled_in(tmp_path: Path, body: str, missing: str) -> None:
    texts = {n: f"def {n}(self):\n{indented('return self ** 2', 4)}" for n in ("f", "f_grad")}
    texts[missing] = f"def {missing}(self):\n{indented(body, 4)}"
    path = written(tmp_path, "".join(texts.values()))
    with pytest.raises(Unwritten, match=f"{missing} is not written yet"):
        dp.check.file(f"{path}:f")


@pytest.mark.parametrize("body", WRITTEN)
def test_what_does_something_is_written(tmp_path: Path, body: str) -> None:
    """It may be wrong, or nothing to compare, which are other errors."""
    path = written(tmp_path, layer(body))
    refused: list[ArgumentError] = []
    try:
        dp.check.file(f"{path}:Relu")
    except ArgumentError as error:
        refused.append(error)
    assert not any(isinstance(error, Unwritten) for error in refused)


def test_a_part_that_a_network_calls(tmp_path: Path) -> None:
    """Where the hole shows only as it runs, it is found by its traceback."""
    for forward, backward in (("scale(x)", "d"), ("x", "scale(d)")):
        text = (
            "def scale(x):\n    raise NotImplementedError\n"
            f"class Net:\n    def forward(self, x):\n        return {forward}\n"
            f"    def backward(self, d):\n        return {backward}\n"
        )
        with pytest.raises(Unwritten, match=r"Net: scale is not written yet \(line 2\)"):
            dp.check.file(f"{written(tmp_path, text)}:Net")


def test_the_cell_of_a_notebook_is_told(tmp_path: Path) -> None:
    import json

    cells = [{"cell_type": "code", "source": s} for s in ("N = 1", "\n" + layer("pass"))]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    for language, said in (("en", "cell 2, line 6"), ("ja", "セル 2 の 6 行目")):
        with speaking(language), pytest.raises(Unwritten, match=said):
            dp.check.file(f"{tmp_path / 'a.ipynb'}:Relu", language=language)


def test_a_base_class_is_no_hole(tmp_path: Path) -> None:
    text = layer("return d * (self.x > 0)").replace("class Relu", "class Relu(Base)")
    base = "class Base:\n    def backward(self, d):\n        raise NotImplementedError\n"
    assert dp.check.file(f"{written(tmp_path, base + text)}:Relu").ok


def test_functions_without_a_source() -> None:
    assert not any(is_unwritten(f) for f in (len, int, None, 3, itertools.chain, "x".join))
