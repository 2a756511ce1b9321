"""What checks the scripts of pages: the same packages for everybody, from any registry."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.house.repository import ROOT, files

WEB = ROOT / "tools" / "web"


def read(name: str) -> Any:
    return json.loads((WEB / name).read_text("utf-8"))


def test_versions_are_named_exactly() -> None:
    wanted = read("package.json")["devDependencies"]
    assert {"typescript", "@biomejs/biome", "axe-core"} <= set(wanted)
    assert [v for v in wanted.values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []
    assert read("package-lock.json")["packages"][""]["devDependencies"] == wanted


def test_the_lockfile_holds_every_package_by_its_hash_and_names_no_registry() -> None:
    packages = {n: p for n, p in read("package-lock.json")["packages"].items() if n}
    assert len(packages) > 3
    assert [n for n, p in packages.items() if not p["integrity"].startswith("sha512-")] == []


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("processor", ["x64", "arm64"])
@pytest.mark.parametrize("program", ["@typescript/typescript", "@biomejs/cli"])
def test_the_lockfile_serves_every_system(program: str, system: str, processor: str) -> None:
    name = f"node_modules/{program}-{system}-{processor}"
    package = read("package-lock.json")["packages"][name]
    assert (package["os"], package["cpu"], package["optional"]) == ([system], [processor], True)


def test_nothing_of_node_is_kept_in_the_repository_or_needed_by_users() -> None:
    assert [path for path in files() if "node_modules" in path.parts] == []
    assert [path for path in files() if path.name == "package.json" and path.parent != WEB] == []
