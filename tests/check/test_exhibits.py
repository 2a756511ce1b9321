"""The files of the gallery: code and nothing else, and a table for every class of it."""

from __future__ import annotations

import ast
import tomllib

import numpy as np
import pytest

from denpa.check.gallery import EXHIBITS
from denpa.check.gallery.form import FOLDER, drawn

SUBJECTS = sorted({path.stem for path in FOLDER.iterdir() if path.suffix in (".py", ".toml")})


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_code_is_numpy_and_classes_and_each_has_its_table(subject: str) -> None:
    tree = ast.parse((FOLDER / f"{subject}.py").read_text("utf-8"))
    table = tomllib.loads((FOLDER / f"{subject}.toml").read_text("utf-8"))
    kinds = (ast.Import, ast.ImportFrom, ast.ClassDef)
    assert [node for node in tree.body[1:] if not isinstance(node, kinds)] == []
    modules = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    modules |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert modules <= {"numpy", "collections"}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert [c.name for c in classes if c.decorator_list or c.bases] == []
    assert [c.name for c in classes] == [name for name in table if name != "uses"]
    assert [c.name for c in classes] == [k for k, e in EXHIBITS.items() if e.subject == subject]


def test_the_numbers_are_those_of_the_generator_one_after_the_other() -> None:
    rng, same = (np.random.default_rng(3) for _ in range(2))
    W, labels, slope = drawn("2 * rand(3, 2), rng.integers(0, 5, 4), 0.5", rng)
    assert np.array_equal(W, 2 * same.standard_normal((3, 2)))
    assert np.array_equal(labels, same.integers(0, 5, 4))
    assert slope == 0.5
    (table,) = drawn("[[0, 2], [1, 1]]", rng)
    assert np.array_equal(table, np.array([[0, 2], [1, 1]]))
    (then,) = drawn("rand(4)", rng)
    assert np.array_equal(then, same.standard_normal(4))


@pytest.mark.parametrize("shape", [(3, 9), (2, 2, 4, 6), (4, 5)])
def test_numbers_apart_have_no_kink_between_them(shape: tuple[int, ...]) -> None:
    (x,) = drawn(f"apart{shape}", np.random.default_rng(0))
    assert x.shape == shape
    assert np.diff(np.sort(x, axis=None)).min() > 2 / x.size
    assert np.abs(x).min() > 0.5 / x.size
    assert np.abs(x).max() < 2
