"""What a stranger does with the wheel: `python smoke.py WHEEL COMMAND`, in an empty folder.

Not a pytest file: it runs with the command of another environment, one that has no test tools.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any


def contents(wheel: Path) -> None:
    """The wheel holds the package, typed and with its data, pytest's plugin and nothing else."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    own = {"denpa", "denpa_pytest.py"}
    stray = {top for top in tops - own if not top.endswith(".dist-info")}
    assert not stray, f"the wheel also holds {sorted(stray)}"
    pages = ("page.html.jinja", "page.css", "charts.css")
    templates = [f"denpa/report/templates/{name}" for name in pages]
    texts = (
        "words/ja.po", "words/lab.ja.po", "check/explain/gradients.toml",
        "check/exhibits/dense.py", "check/exhibits/dense.toml",
    )  # fmt: skip
    held = ("denpa/py.typed", "denpa/data/files/digits.npz", *(f"denpa/{t}" for t in texts))
    for want in (*held, *templates):
        assert want in names, f"the wheel lacks {want}"
    for want in ("LICENSE", "NOTICE"):
        assert any(n.endswith(f".dist-info/licenses/{want}") for n in names), f"no {want}"


def denpa(command: str, *args: str, code: int = 0) -> str:
    print("$ denpa", *args, flush=True)
    done = subprocess.run([command, *args], capture_output=True, text=True, timeout=600)
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout if code == 0 else done.stderr


def find(document: Any, key: str) -> Any:
    """The value of the first `key` anywhere in a JSON document."""
    if isinstance(document, dict):
        if key in document:
            return document[key]
        document = list(document.values())
    if isinstance(document, list):
        return next((hit for part in document if (hit := find(part, key)) is not None), None)
    return None


def main(wheel: str, command: str) -> None:
    contents(Path(wheel))
    shown = json.loads(denpa(command, "train", "digits", "--out", "run", "--json"))
    accuracy = find(shown, "test_accuracy")
    assert accuracy is not None, f"no test_accuracy in {shown}"
    assert accuracy >= 0.97, f"test_accuracy {accuracy}"
    for name in ("model.safetensors", "run.json", "history.csv", "report.html"):
        assert (Path("run") / name).stat().st_size > 0, name
    assert find(json.loads(Path("run/run.json").read_text("utf-8")), "test_accuracy") == accuracy
    again = json.loads(denpa(command, "evaluate", "run", "--json"))
    assert find(again, "test_accuracy") == accuracy, f"evaluate says {again}"
    json.loads(denpa(command, "data", "list", "--json"))
    assert len(json.loads(denpa(command, "lab", "list", "--json"))["labs"]) > 50
    missing = denpa(command, "lab", "run", "surface", code=2)  # its figures need an extra
    assert "pip install 'denpa[lab]'" in missing, missing
    mistake = denpa(command, "train", "no-such-file.csv", "--target", "price", code=2)
    assert "no-such-file.csv" in mistake, mistake
    assert len(mistake.strip().splitlines()) == 1, mistake
    print(f"smoke: digits trained to test_accuracy {accuracy:.4f} from {Path(wheel).name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
