"""What all charts share: SVG elements as text, the style sheet, and a frame with two axes."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from dataclasses import dataclass

from denpa.report.scale import log_label, log_ticks, some_ticks, tick_labels

# XML 1.0 has no place for these characters, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SERIES = 4  # styles in the sheet below; more series begin again

SVG_STYLE = """
.dp{font:11px system-ui,-apple-system,"Segoe UI","Noto Sans","Noto Sans CJK JP",\
"Hiragino Sans","Yu Gothic UI",sans-serif;font-variant-numeric:tabular-nums}
.dp-paper{fill:#fff}
.dp text{fill:#1b1d22}.dp .dp-soft{fill:#5b606b}
.dp .dp-head{font-size:13px;font-weight:600}
.dp .dp-name{font-weight:600}
.dp .dp-small{font-size:10.5px}
.dp-axis{stroke:#8a8f99;fill:none}.dp-grid{stroke:#e4e6ea;fill:none}
.dp-line{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
.dp-s0{stroke:#1d5c9e}.dp-s1{stroke:#c4491a;stroke-dasharray:6 4}
.dp-s2{stroke:#22734f;stroke-dasharray:1.5 4}.dp-s3{stroke:#7446a0;stroke-dasharray:9 3 2 3}
.dp-p0{fill:#1d5c9e}.dp-p1{fill:#c4491a}.dp-p2{fill:#22734f}.dp-p3{fill:#7446a0}
.dp-bar{fill:#1d5c9e;fill-opacity:.2;stroke:#1d5c9e;stroke-width:1.25}
.dp-hit{fill:#1d5c9e}.dp-miss{fill:#c4491a}.dp-void{fill:#8a8f99}
.dp text.dp-on{fill:#fff}
.dp-mark{stroke:#1b1d22;stroke-dasharray:2 3;fill:none}
.dp-cut{stroke:#fff;stroke-width:3;fill:none}
.dp-hover{fill:#1b1d22;fill-opacity:0}.dp-hover:hover{fill-opacity:.07}
@media screen and (prefers-color-scheme:dark){
.dp-paper{fill:#14161a}
.dp text{fill:#e9eaee}.dp .dp-soft{fill:#a3a9b5}
.dp-axis{stroke:#6d737f}.dp-grid{stroke:#2a2e35}
.dp-s0{stroke:#7fb6f2}.dp-s1{stroke:#ff9b6a}.dp-s2{stroke:#72d0a2}.dp-s3{stroke:#c4a2ee}
.dp-p0{fill:#7fb6f2}.dp-p1{fill:#ff9b6a}.dp-p2{fill:#72d0a2}.dp-p3{fill:#c4a2ee}
.dp-bar{fill:#7fb6f2;fill-opacity:.25;stroke:#7fb6f2}
.dp-hit{fill:#7fb6f2}.dp-miss{fill:#ff9b6a}.dp-void{fill:#6d737f}
.dp text.dp-on{fill:#101216}
.dp-mark{stroke:#e9eaee}.dp-cut{stroke:#14161a}.dp-hover{fill:#fff}
}
"""


def clean(text: object) -> str:
    """Return the text without characters that XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", str(text))


def esc(text: object) -> str:
    """Return the text safe inside an element or a quoted attribute.

    >>> from denpa.report.frame import esc
    >>> esc("<script>")
    '&lt;script&gt;'
    """
    return html.escape(clean(text), quote=True)


def coordinate(value: float) -> str:
    """Return a position in at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """Return one element; `content` is markup already, attribute values are escaped here.

    `cls` stands for class, an underscore for a hyphen, and None leaves an attribute out.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        shown = coordinate(value) if isinstance(value, float) else esc(value)
        parts.append(f'{"class" if key == "cls" else key.replace("_", "-")}="{shown}"')
    head = " ".join(parts)
    return f"<{head}>{content}</{name}>" if content else f"<{head}/>"


def text(
    x: float, y: float, content: object, cls: str | None = None, anchor: str | None = None,
    transform: str | None = None,
) -> str:  # fmt: skip
    """Return a piece of text at (x, y); `anchor` is None (start), "middle" or "end"."""
    return tag(
        "text", esc(content), x=float(x), y=float(y), cls=cls, text_anchor=anchor,
        transform=transform,
    )  # fmt: skip


def text_width(content: str, size: float = 11.0) -> float:
    """Return about how wide the text stands, in pixels; East Asian letters are square."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in content)
    return size * (wide + 0.56 * (len(content) - wide))


def shorten(content: str, width: float, size: float = 11.0) -> str:
    """Return the text cut with an ellipsis so that it fits into `width` pixels."""
    content = clean(content)
    if text_width(content, size) <= width:
        return content
    while content and text_width(content + "…", size) > width:
        content = content[:-1]
    return content + "…"


def document(width: float, height: float, title: str, body: str, *, standalone: bool) -> str:
    """Return a whole <svg>; a standalone one brings its name space, style sheet and paper."""
    name = tag("title", esc(title) or " ")
    size = f"0 0 {coordinate(width)} {coordinate(height)}"
    if standalone:
        paper = tag("rect", width="100%", height="100%", cls="dp-paper")
        return tag(
            "svg", name + tag("style", SVG_STYLE) + paper + body, cls="dp", role="img",
            xmlns="http://www.w3.org/2000/svg", viewBox=size, width=float(width),
            height=float(height),
        )  # fmt: skip
    return tag(
        "svg", name + body, cls="dp", role="img", viewBox=size,
        style=f"max-width:{coordinate(width * 1.15)}px", aria_label=title,
    )  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """A rectangle on the picture and the values that its edges stand for.

    left, top, width, height are pixels of the picture; x and y are (low, high) in data units.
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    log: bool = False

    @property
    def bottom(self) -> float:
        """The pixel row of the horizontal axis."""
        return self.top + self.height

    def px(self, value: float) -> float:
        """Return the pixel column of a value on the horizontal axis."""
        return self.left + self.width * (value - self.x[0]) / (self.x[1] - self.x[0])

    def py(self, value: float) -> float:
        """Return the pixel row of a value on the vertical axis; zero or less has no logarithm."""
        lo, hi = self.y
        if self.log:
            if value <= 0:
                return math.nan
            lo, hi, value = math.log10(lo), math.log10(hi), math.log10(value)
        return self.bottom - self.height * ((value - lo) / (hi - lo))

    def axes(
        self, xlabel: str, ylabel: str, *, whole_x: bool = False, count: int = 5, xcount: int = 6,
        lift: float = 0.0,
    ) -> str:  # fmt: skip
        """Return grid, axes, tick labels and the two axis names, the upper one `lift` higher."""
        if self.log:
            yticks = log_ticks(*self.y)
            ylabels, yfactor = [log_label(v) for v in yticks], ""
        else:
            yticks = some_ticks(*self.y, count)
            ylabels, yfactor = tick_labels(yticks)
        xticks = some_ticks(*self.x, xcount)
        if whole_x:  # half an epoch does not exist
            xticks = [v for v in xticks if v == int(v)] or [round(self.x[0])]
            xlabels, xfactor = [f"{int(v)}" for v in xticks], ""
        else:
            xlabels, xfactor = tick_labels(xticks)
        right = self.left + self.width
        out = []
        for value, label in zip(yticks, ylabels, strict=True):
            row = self.py(value)
            out.append(tag("path", d=f"M{coordinate(self.left)} {coordinate(row)}"
                                     f"H{coordinate(right)}", cls="dp-grid"))  # fmt: skip
            out.append(text(self.left - 6, row + 3.8, label, "dp-soft", "end"))
        for value, label in zip(xticks, xlabels, strict=True):
            column = self.px(value)
            out.append(tag("path", d=f"M{coordinate(column)} {coordinate(self.bottom)}v4",
                           cls="dp-axis"))  # fmt: skip
            out.append(text(column, self.bottom + 16, label, "dp-soft", "middle"))
        out.append(tag("path", d=f"M{coordinate(self.left)} {coordinate(self.bottom)}"
                                 f"H{coordinate(right)}", cls="dp-axis"))  # fmt: skip
        out.append(text(right, self.bottom + 31, f"{xlabel} {xfactor}".strip(), "dp-soft", "end"))
        name = f"{ylabel} {yfactor}".strip()
        out.append(text(2.0, self.top - 9 - lift, name, "dp-soft"))
        return "".join(out)
