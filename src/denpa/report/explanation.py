"""The page of a pass: a record of `denpa.explanation`, its script and its style in one file."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from denpa.report import linker
from denpa.report.explanation_words import ENGLISH, texts
from denpa.words import known, translated


@cache
def style() -> str:
    """The style sheet of the picture."""
    return files("denpa.report").joinpath("web/explanation.css").read_text("utf-8")


def _embedded(data: object) -> str:
    """JSON that stands in a page: no text of it can end the element that it stands in."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace(
        "<", "\\u003c"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def page(record: Mapping[str, Any], lang: str | None = None, title: str | None = None) -> str:
    """A whole HTML page that opens offline, in both languages; `lang` is the one it opens in, that
    of the reader's browser without.

    Nothing can be fetched and nothing runs but its own script, whatever a name in the record holds.

    Errors: ArgumentError (a ValueError) for an unknown language.
    """
    if lang is not None:
        known(lang)
    data = _embedded({"record": record, "texts": texts(), "lang": lang, "title": title})
    start = (
        'const given = JSON.parse(document.getElementById("denpa-record").textContent);\n'
        "mount(document.body, given.record, { texts: given.texts, lang: given.lang, "
        "title: given.title, whole: true });"
    )
    code = f'"use strict";\n{linker.script()}\n{start}\n'.replace("</", "<\\/")
    policy = (
        f"default-src 'none'; script-src {_digest(code)}; style-src {_digest(style())}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    shown = title or record.get("title") or translated(ENGLISH["title"], lang or "en")
    return f"""<!doctype html>
<html lang="{lang or "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="denpa">
<link rel="icon" href="data:,">
<title>{html.escape(str(shown))} – Denpa</title>
<style>{style()}</style>
</head>
<body>
<noscript>{html.escape(str(shown))}</noscript>
<script type="application/json" id="denpa-record">{data}</script>
<script type="module">{code}</script>
</body>
</html>
"""


_ROWS = 24


def face(record: Mapping[str, Any]) -> str:
    """A small table without script, for a notebook: each value, its equation, range and δ."""
    nodes = [n for n in record["nodes"] if not n["hidden"]]
    cut = [*nodes[: _ROWS // 2], None, *nodes[-_ROWS // 2 :]] if len(nodes) > _ROWS else nodes
    rows = "".join(_row(record, n, len(nodes) - _ROWS) for n in cut)
    heads = "".join(f'<th style="text-align:left">{w}</th>' for w in ("", "", "", "value", "δ"))
    return (
        '<div style="overflow-x:auto"><table style="font-variant-numeric:tabular-nums">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(record: Mapping[str, Any], n: Mapping[str, Any] | None, left: int) -> str:
    if n is None:
        return f'<tr><td colspan="5" style="text-align:left">… {left} more …</td></tr>'
    formula = n["formula"]["mathml"] if n["formula"] else html.escape(n["role"])
    shape = " × ".join(map(str, n["shape"]))
    cells = (
        f"<code>{html.escape(n['name'])}</code>",
        f"<math>{formula}</math>" if n["formula"] else formula,
        shape,
        _numbers(record, n["value"], n["stats"]),
        _numbers(record, n["delta"], n["dstats"]),
    )
    return f"<tr>{''.join(f'<td style=text-align:left>{c}</td>' for c in cells)}</tr>"


def _numbers(record: Mapping[str, Any], name: str | None, stats: Mapping[str, Any] | None) -> str:
    """A number, few numbers, or a range."""
    if name is None:
        if not stats:
            return "–"
        return f"{stats['min']:.3g} … {stats['max']:.3g}" if stats["min"] is not None else "NaN"
    held = record["arrays"][name]
    kinds = {"f64": "<f8", "f32": "<f4", "i64": "<i8", "i32": "<i4", "u8": "u1"}
    a = np.frombuffer(base64.b64decode(held["data"]), kinds[held["dtype"]])
    if a.size <= 4:
        return "  ".join(f"{x:.4g}" for x in a).replace("-", "−")
    return f"{a.min():.3g} … {a.max():.3g}".replace("-", "−")


def widget_script() -> str:
    """An ES module that draws a record in a notebook's cell, for anywidget: `render({model, el})`.

    The picture stands in a shadow tree: its style touches nothing of the notebook, nor the other
    way round; nor does JupyterLab take the keys for its own that are meant for an element in one,
    and for others they end here. It takes the notebook's theme where there is one to be seen.
    """
    return f"""{linker.script()}
const style = {json.dumps(style())};
function render({{ model, el }}) {{
  const host = document.createElement("div");
  host.addEventListener("keydown", (event) => event.stopPropagation());
  const sheet = document.createElement("style");
  sheet.textContent = style;
  const root = document.createElement("div");
  const {{ jpThemeLight }} = document.body.dataset;
  const dark = jpThemeLight === "false" || document.body.classList.contains("vscode-dark");
  const light = jpThemeLight === "true" || document.body.classList.contains("vscode-light");
  if (dark || light) root.dataset.theme = dark ? "dark" : "light";
  host.attachShadow({{ mode: "open" }}).append(sheet, root);
  el.append(host);
  return mount(root, JSON.parse(model.get("record")), {{
    texts: JSON.parse(model.get("texts")), lang: model.get("lang"), whole: false }});
}}
export default {{ render }};
"""
