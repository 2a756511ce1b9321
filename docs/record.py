"""Keep the full runs of labs for the documentation: `python docs/record.py all|NAME ...`.

Each lab runs in a process of its own, one after the other, and leaves NAME.json, NAME.svgz and
NAME.ja.svgz in docs/full-runs. Commit them. The figures are packed: as text they are 8 MB.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

from denpa.lab.course import entries, find
from denpa.lab.run import run_file

OUT = Path(__file__).parent / "full-runs"


def record(name: str) -> bool:
    """Run one lab in full and write what it found."""
    entry = find(name)
    if entry is None:
        raise SystemExit(f"unknown lab {name!r}; see denpa lab list")
    result = run_file(entry.path)
    OUT.mkdir(parents=True, exist_ok=True)
    for old in (*OUT.glob(f"{name}.*"), *OUT.glob(f"{name}-[0-9].*")):
        old.unlink()
    for language, ending in (("en", ""), ("ja", ".ja")):
        for file, content in result.files(language).items():
            if file.endswith(".svg"):
                stem = file.removesuffix(".svg").replace("figure", name)
                packed = gzip.compress(content.encode(), mtime=0)  # the same each time
                (OUT / f"{stem}{ending}.svgz").write_bytes(packed)
            elif file == "result.json" and language == "en":
                (OUT / f"{name}.json").write_text(content, encoding="utf-8")
    print(f"{name}: {result.seconds:.1f} s, {'holds' if result.holds else 'FAILS'}", flush=True)
    if result.untranslated():
        print(json.dumps(result.untranslated(), ensure_ascii=False, indent=1))
    return result.holds


def main(names: list[str]) -> int:
    """Record the named labs, each in a process of its own."""
    if len(names) == 1 and names != ["all"]:
        return 0 if record(names[0]) else 1
    if names == ["all"]:
        names = [e.name for e in entries() if not e.hours]
    codes = [
        subprocess.run([sys.executable, __file__, name], check=False).returncode for name in names
    ]
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
