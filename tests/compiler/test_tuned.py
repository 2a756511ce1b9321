"""Every number that the compiler is tuned by can be tried with others by `benchmarks.tuned`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import denpa.compiler
from benchmarks.tuned import owner
from benchmarks.tuned_table import TABLE

FOLDER = Path(str(denpa.compiler.__file__)).parent
OTHERS = {  # formats, sizes that processors have, what a user is shown, bounds that say their price
    "compiler.emit.driver": "BARRIER SLOTS",
    "compiler.emit.pool": "MAILBOX",
    "compiler.listing.text": "WIDTH _LINES _ROOMS",
    "compiler.lower.kernels": "LINE",
    "compiler.lower.ops": "_LANES",
    "compiler.run.bound": "_KEPT",
    "compiler.run.cache": "_FORMAT _LEFT_OVER",
    "compiler.run.compiled": "LIMIT _AT_ONCE _REFUSALS _TRACES",
    "compiler.run.native": "_ALIGN",
    "compiler.trace.records": "_MOST",
}


def numbers(file: Path) -> set[str]:
    """The constants of a module and its classes that are numbers, by their full names."""
    place = ".".join(["compiler", *file.relative_to(FOLDER).with_suffix("").parts])
    module = place.removesuffix(".__init__")
    tree = ast.parse(file.read_text("utf-8"))
    bodies = {module: tree.body}
    bodies |= {f"{module}.{x.name}": x.body for x in tree.body if isinstance(x, ast.ClassDef)}
    return {
        f"{where}.{target.id}"
        for where, body in bodies.items()
        for line in body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name) and target.id.isupper()
        if isinstance(getattr(owner(where), target.id), int | float)
    }


def test_each_number_is_in_the_table_or_said_not_to_be_tuned() -> None:
    found = set().union(*(numbers(file) for file in FOLDER.rglob("*.py")))
    others = {f"{place}.{name}" for place, names in OTHERS.items() for name in names.split()}
    assert found == others | {name for name in TABLE if name.startswith("compiler.")}


@pytest.mark.parametrize("name", TABLE)
def test_values_lie_on_both_sides_of_the_one_in_use(name: str) -> None:
    place, _, word = name.rpartition(".")
    value, tuned = getattr(owner(place), word), TABLE[name]
    assert min(tuned.values) < value < max(tuned.values)
    assert value not in tuned.values
    assert tuned.programs
    if tuned.also:
        assert getattr(owner(tuned.also), word) == value
