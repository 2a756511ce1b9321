"""Reads the HTML that a notebook would show: tables, text, pictures, and what must not be there."""

from __future__ import annotations

import base64
import io
from html.parser import HTMLParser
from typing import Any

import numpy as np
from PIL import Image


class Reader(HTMLParser):
    """Reads tables as lists of rows, the text beside them, and pictures; notes what must not be."""

    EMPTY = frozenset({"img", "br"})  # of HTML
    DRAWN = frozenset({"rect", "path", "circle", "text", "mspace"})  # of SVG and MathML

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.text: list[str] = []
        self.images: list[str] = []
        self.titles: list[str] = []
        self.bad: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == [], self.open

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        if tag not in self.EMPTY | self.DRAWN:
            self.bad.append(f"<{tag}/>")  # HTML reads it as opened
        self.look(tag, attrs)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.look(tag, attrs)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def look(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self.bad += [k for k in given if k.startswith("on")]
        if tag in ("script", "link", "iframe", "object") or "javascript:" in str(given.values()):
            self.bad.append(tag)
        if (src := given.get("src")) is not None:
            self.images.append(src)
            if not src.startswith("data:image/png;base64,"):
                self.bad.append(src)
        if "title" in given:
            self.titles.append(given["title"])
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            if "url(" in data or "@import" in data:
                self.bad.append(data)
        elif "td" in self.open or "th" in self.open:
            self.tables[-1][-1][-1] += data
        else:
            self.text.append(data)


def read(thing: Any) -> Reader:
    html = thing._repr_html_()
    found = Reader(html)
    assert found.bad == [], found.bad
    return found


def picture(uri: str) -> np.ndarray:
    """The pixels of a data URI with their opacity, (H, W, 4)."""
    raw = base64.b64decode(uri.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(raw)).convert("RGBA")).astype(int)


def numeral(text: str) -> float:
    return float(text.replace(",", ""))
