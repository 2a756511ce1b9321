"""Names of classes: one name for one thing."""

from __future__ import annotations

import ast
from pathlib import Path

import denpa as dp

SOURCE = Path(dp.__file__).parent
OTHERS = ("lab/course", "check/exhibits")  # chapters and exhibits: each is read alone
# Names that stand in two modules on purpose, and why.
TWICE = {
    "Parameter": "nn's, and the one that check.update_rule hands to somebody's optimizer: an error "
    "there is to say 'Parameter' object, as with a class of the user's own",
}


def repeated(root: Path) -> dict[str, list[str]]:
    """The public classes whose name stands in several modules of a tree, and in which."""
    found: dict[str, set[str]] = {}
    for path in root.rglob("*.py"):
        module = path.relative_to(root).as_posix()
        if module.startswith(tuple(f"{folder}/" for folder in OTHERS)):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, set()).add(module)
    return {name: sorted(modules) for name, modules in found.items() if len(modules) > 1}


def test_a_class_name_stands_in_one_module() -> None:
    found = repeated(SOURCE)
    assert {name: modules for name, modules in found.items() if name not in TWICE} == {}
    assert TWICE.keys() <= found.keys()  # no exception that is none


def test_a_name_that_stands_twice_is_found(tmp_path: Path) -> None:
    for file, text in {
        "nn/one.py": "class Rule: ...\nclass _Own: ...\nclass Alone: ...",
        "check/two.py": "def f():\n    class Rule: ...\nclass _Own: ...\nRun = int",
        "check/exhibits/three.py": "class Alone: ...",
        "runs.py": "class Run: ...\nclass Run: ...",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert repeated(tmp_path) == {"Rule": ["check/two.py", "nn/one.py"]}
