"""An entry of the cache that is whole and wrong is never run: the program is compiled anew."""

from __future__ import annotations

import base64
import copy
import hashlib
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denpa as dp
from denpa.compiler.emit import llvm
from denpa.compiler.run import cache as module
from denpa.compiler.run.cache import Cache
from denpa.compiler.run.entry import Misfit, plan_of
from denpa.compiler.run.native import compile_program
from denpa.core.graph import Graph, Value
from tests.compiler.small import do

pytestmark = pytest.mark.skipif(not llvm.available(), reason="needs llvmlite")

F4 = np.dtype("float32")


class Kept(Cache):
    """Remembers the name of the last entry, and counts what is put."""

    name = ""
    puts = 0

    def put(self, key: str, meta: dict[str, Any], objects: bytes) -> None:
        self.name = key
        self.puts += 1
        super().put(key, meta, objects)


def program() -> tuple[Graph, Any, Any]:
    """With a constant, state, a batch and intermediate values in the arena."""
    x, w = Value((8, 4), F4), Value((4, 3), F4)
    table = np.arange(12, dtype=F4).reshape(4, 3)
    c = Value((4, 3), F4, table)
    y = do("matmul", x, w)
    z = do("tanh", y)
    total = do("sum", z, dim=(0,), keepdim=False)
    slope = do("matmul", do("permute", x, dims=(1, 0)), z)
    new = do("add", do("mul", w, c), slope)
    return Graph([x, w], [total, new]), [(1, 1)], [0]


def outcome(cache: Cache) -> list[np.ndarray]:
    graph, state, batch = program()
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(8, 4)).astype(F4), rng.normal(size=(4, 3)).astype(F4)
    run = compile_program(graph, state, batch, lanes=2, cache=cache)
    (total,) = run.run([x, w])
    table = rng.normal(size=(20, 4)).astype(F4)
    order = np.arange(16, dtype=np.int64)
    (totals,) = run.run([table, w], steps=2, order=order)
    return [total, w, totals]


def right() -> list[np.ndarray]:
    graph, _, _ = program()
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(8, 4)).astype(F4), rng.normal(size=(4, 3)).astype(F4)
    total, w = graph(x, w)
    table = rng.normal(size=(20, 4)).astype(F4)
    totals = []
    for rows in (table[:8], table[8:16]):
        t, w = graph(rows, w)
        totals.append(t)
    return [total, w, np.stack(totals)]


def constants(*made: np.ndarray) -> str:
    data = io.BytesIO()
    np.savez(data, *made)
    return base64.b64encode(data.getvalue()).decode()


Spoil = Callable[[dict[str, Any]], Any]


def call(p: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in p["calls"] if c["kernel"] >= 0 and c["arguments"])
    return found


PLANS: dict[str, Spoil] = {
    **{f"without {name}": lambda p, name=name: p.pop(name) for name in (
        "lanes", "arena", "calls", "where", "inputs", "outputs", "staging", "numbers", "bases",
        "constants", "constant_bases", "products")},
    **{f"null {name}": lambda p, name=name: p.update({name: None}) for name in (
        "lanes", "arena", "calls", "where", "inputs", "outputs", "staging", "numbers", "bases",
        "constants", "constant_bases", "products")},
    "another field": lambda p: p.update(more=1),
    "arena as text": lambda p: p.update(arena=str(p["arena"])),
    "arena as float": lambda p: p.update(arena=float(p["arena"])),
    "arena negative": lambda p: p.update(arena=-1),
    "arena empty": lambda p: p.update(arena=0),
    "arena too small": lambda p: p.update(arena=64),
    "lanes": lambda p: p.update(lanes=7),
    "lanes with shares": lambda p: (p.update(lanes=7), [
        c.update(shares=[[0, 0]] * 7) for c in p["calls"] if c["kernel"] >= 0]),
    "arena beyond all measure": lambda p: p.update(arena=1 << 47),
    "more bases": lambda p: p.update(bases=p["bases"] + 5),
    "bases beyond all measure": lambda p: p.update(bases=1 << 40),
    "constants in another order": lambda p: p.update(
        constants=constants(np.asfortranarray(np.ones((4, 3), F4)))),
    "lanes true": lambda p: p.update(lanes=True),
    "no lanes": lambda p: p.update(lanes=0),
    "fewer inputs": lambda p: p["inputs"].pop(),
    "more inputs": lambda p: p["inputs"].append(p["bases"] - 1),
    "inputs alike": lambda p: p.update(inputs=[p["inputs"][0]] * 2),
    "input in the arena": lambda p: p["inputs"].__setitem__(0, 0),
    "input beyond": lambda p: p["inputs"].__setitem__(0, p["bases"]),
    "input negative": lambda p: p["inputs"].__setitem__(0, -1),
    "fewer outputs": lambda p: p["outputs"].pop(),
    "more outputs": lambda p: p["outputs"].append(1),
    "output over an input": lambda p: p["outputs"].__setitem__(0, p["inputs"][0]),
    "output in the arena": lambda p: p["outputs"].__setitem__(0, 0),
    "state elsewhere": lambda p: p["outputs"].__setitem__(1, p["inputs"][0]),
    "few bases": lambda p: p.update(bases=2),
    "no staging": lambda p: p.update(staging={}),
    "staging of another": lambda p: p.update(staging={"1": p["staging"]["0"]}),
    "staging beyond": lambda p: p["staging"]["0"].__setitem__(1, p["arena"] - 4),
    "staging negative": lambda p: p["staging"]["0"].__setitem__(1, -64),
    "staging base": lambda p: p["staging"]["0"].__setitem__(0, 99),
    "no numbers": lambda p: p.update(numbers=-1),
    "numbers of another": lambda p: p.update(numbers=p["inputs"][1]),
    "no constants": lambda p: p.update(constants=constants()),
    "more constants": lambda p: p.update(constants=constants(np.ones(1), np.ones(1), np.ones(1))),
    "constants as objects": lambda p: p.update(constants="AAAA"),
    "constants damaged": lambda p: p.update(constants=p["constants"][:40] + p["constants"][44:]),
    "constant base": lambda p: p["constant_bases"].__setitem__(0, p["inputs"][0]),
    "constant base beyond": lambda p: p["constant_bases"].__setitem__(0, 1000),
    "products as number": lambda p: p.update(products=0),
    "calls as numbers": lambda p: p.update(calls=[1, 2]),
    "kernel beyond": lambda p: call(p).update(kernel=100),
    "kernel below": lambda p: call(p).update(kernel=-2),
    "kernel true": lambda p: call(p).update(kernel=True),
    "barrier with arguments": lambda p: call(p).update(kernel=-1),
    "argument base": lambda p: call(p)["arguments"].__setitem__(0, [99, 0]),
    "argument base negative": lambda p: call(p)["arguments"].__setitem__(0, [-1, 0]),
    "argument beyond the arena": lambda p: call(p)["arguments"].__setitem__(0, [0, p["arena"] + 8]),
    "argument before the arena": lambda p: call(p)["arguments"].__setitem__(0, [0, -8]),
    "argument in an input": lambda p: call(p)["arguments"].__setitem__(0, [p["inputs"][0], 8]),
    "argument of three": lambda p: call(p)["arguments"].__setitem__(0, [0, 0, 0]),
    "share negative": lambda p: call(p)["shares"].__setitem__(0, [-1, 1]),
    "share backwards": lambda p: call(p)["shares"].__setitem__(0, [2, 1]),
    "share as float": lambda p: call(p)["shares"].__setitem__(0, [0.0, 1]),
    "fewer shares": lambda p: call(p)["shares"].pop(),
}  # fmt: skip
METAS: dict[str, Spoil] = {
    "empty": lambda m: m.clear(),
    "of another program": lambda m: m.update(program="0" * 64),
    "of other code": lambda m: m.update(code="0" * 64),
    "without the number of kernels": lambda m: m.pop("kernels"),
    "kernels as text": lambda m: m.update(kernels="2"),
    "no kernels": lambda m: m.update(kernels=0),
    "a plan that is a list": lambda m: m.update(plan=[1, 2]),
    "no plan": lambda m: m.update(plan=None),
    **{f"plan: {k}": lambda m, f=f: f(m["plan"]) for k, f in PLANS.items()},  # type: ignore[misc]
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], bytes]:
    cache = Kept(tmp_path_factory.mktemp("whole"))
    outcome(cache)
    entry = cache.get(cache.name)
    assert entry is not None
    return cache.name, *entry


def check_replaced(
    cache: Kept, whole: tuple[str, dict[str, Any], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is right, the entry is whole again, and the next process compiles nothing."""
    name, meta, objects = whole
    before = cache.puts
    for a, b in zip(outcome(cache), right(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert cache.puts == before + 1
    entry = cache.get(name)
    assert entry is not None
    assert entry[0]["program"] == meta["program"]
    assert {**entry[0]["plan"], "constants": 0} == {**meta["plan"], "constants": 0}
    assert entry[1] == objects

    def build(*_: Any) -> Any:
        raise AssertionError("it is compiled though it is kept")

    monkeypatch.setattr(llvm, "build", build)
    outcome(cache)
    assert cache.puts == before + 1


@pytest.mark.parametrize("spoil", METAS)
def test_a_wrong_plan_is_compiled_anew(
    spoil: str, whole: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, meta, objects = whole
    cache = Kept(tmp_path)
    wrong = copy.deepcopy(meta)
    METAS[spoil](wrong)
    assert json.dumps(wrong) != json.dumps(meta)
    cache.put(name, wrong, objects)
    check_replaced(cache, whole, monkeypatch)


def test_a_plan_is_of_this_machine_and_of_these_inputs(tmp_path: Path) -> None:
    cache = Kept(tmp_path)
    x = Value((2,), F4)
    graph = Graph([x], [do("mul", x, 3)])
    compile_program(graph, cache=cache)
    entry = cache.get(cache.name)
    assert entry is not None
    meta, objects = entry

    def read(blas: bool = True, **changes: Any) -> Any:
        wrong = {**meta, "plan": {**meta["plan"], **changes}}
        return plan_of(wrong, objects, cache.name, graph, (), (), 2, blas)

    assert read().bases == meta["plan"]["bases"]
    assert read(products=True).products
    with pytest.raises(Misfit, match="calls a BLAS, and there is none"):
        read(blas=False, products=True)
    with pytest.raises(Misfit, match="row numbers without a batch"):
        read(numbers=1)


def other_code() -> bytes:
    """Object code that can be loaded, with a function of another name."""
    return llvm.build("define void @other() { ret void }", llvm.host())


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("kind", ["empty", "text", "head", "half", "other"])
def test_wrong_code_is_compiled_anew(
    kind: str, signed: bool, whole: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed: the plan says that it belongs to this very code."""
    name, meta, objects = whole
    wrong = {
        "empty": b"", "text": b"no object code", "head": objects[:64],
        "half": objects[: len(objects) // 2], "other": other_code(),
    }[kind]  # fmt: skip
    meta = {**meta, "code": hashlib.sha256(wrong).hexdigest()} if signed else meta
    cache = Kept(tmp_path)
    cache.put(name, meta, wrong)
    check_replaced(cache, whole, monkeypatch)


def test_the_entry_of_another_program(
    whole: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole in itself, with other shapes and numbers of inputs, under the name of this one."""
    cache = Kept(tmp_path)
    x = Value((5,), F4)
    compile_program(Graph([x], [do("mul", x, 3)]), cache=cache)
    other = cache.get(cache.name)
    assert other is not None
    for meta in (other[0], {**other[0], "program": whole[0]}):
        cache.put(whole[0], meta, other[1])
        with monkeypatch.context() as patch:
            check_replaced(cache, whole, patch)


def test_a_signed_header_that_says_nothing(whole: Any, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for header in (b"[]", b"{}", b"{", b"\xff", b'{"key": 1}', b'{"key": "a", "meta": 1}', b"1"):
        plain = module._HEAD.pack(module._MAGIC, module._FORMAT, len(header), b"") + header
        (tmp_path / "a.denpa").write_bytes(module._sign(plain) + plain[module._HEAD.size :])
        assert cache.get("a") is None
        assert not os.listdir(tmp_path)


def test_a_run_with_a_wrong_entry_stays_native(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an error nor eager mode, and no warning."""
    monkeypatch.setenv("DENPA_CACHE", str(tmp_path))
    x = dp.ones(3)
    assert dp.compile(lambda x: x * 7)(x).tolist() == [7, 7, 7]
    (file,) = tmp_path.iterdir()
    Cache(tmp_path).put(file.stem, {"lanes": 1}, b"")
    again = dp.compile(lambda x: x * 7)
    assert again(x).tolist() == [7, 7, 7]
    assert len(again.programs()) == 1
