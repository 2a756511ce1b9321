"""Pages that are written whole in both languages: `X.md` and `X.ja.md`, as generated ones are.

In the Japanese build the second stands in the first one's place. Each leaves out its link to the
other, since every page has one at its top.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def _choose(app: Any, docname: str, source: list[str]) -> None:
    twin = Path(app.srcdir) / f"{docname}.ja.md"
    if not twin.exists():
        return
    if app.config.language == "ja":
        source[0] = twin.read_text(encoding="utf-8")
    own = re.escape(docname.rsplit("/")[-1])
    source[0] = re.sub(rf" ?\[[^\]]*\]\({own}(?:\.ja)?\.md\)", "", source[0])


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx."""
    app.connect("source-read", _choose)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
