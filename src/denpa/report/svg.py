"""What all charts are built of: SVG elements, drawings, and a frame with two axes.

Text is escaped where it is put in. Every drawing can be read in grey (dash patterns beside
colours), follows the reader's light or dark setting, names itself, and needs no script.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

from denpa.report.scale import Ticks, drawable, even_ticks, power_ticks

STYLE = (Path(__file__).parent / "templates" / "charts.css").read_text("utf-8")
SERIES = 4  # styles in that sheet; more series begin again
_DETAIL = 600  # points a line keeps; beyond this, lowest and highest of each stretch

# XML 1.0 has no place for these characters, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(markup: str) -> str:
    """The markup without characters that neither XML nor HTML can hold."""
    return _FORBIDDEN.sub("\ufffd", markup)


def coordinate(value: float) -> str:
    """A position in at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def tag(name: str, /, *content: str, **attributes: object) -> Markup:
    """One element. Content that is not markup, and every attribute, is escaped.

    `cls` stands for class, an underscore for a hyphen, and None leaves an attribute out.

    >>> print(tag("text", "<script>", cls="dp-soft", x=1.50))
    <text class="dp-soft" x="1.5">&lt;script&gt;</text>
    """
    parts = [name]
    for key, value in attributes.items():
        if value is not None:
            shown = coordinate(value) if isinstance(value, float) else escape(str(value))
            parts.append(f'{"class" if key == "cls" else key.replace("_", "-")}="{shown}"')
    head, inside = " ".join(parts), join(content)
    return Markup(f"<{head}>{inside}</{name}>" if inside else f"<{head}/>")


def join(parts: Iterable[str]) -> Markup:
    """One piece of markup after the other."""
    return Markup("").join(parts)


def outline(*commands: str | float) -> str:
    """The letters and numbers of a path as it holds them.

    >>> outline("M", 1, 2.50, "h", -3.0, "z")
    'M1 2.5h-3z'
    """
    shown = " ".join(c if isinstance(c, str) else coordinate(c) for c in commands)
    return re.sub(" ?([A-Za-z]) ?", r"\1", shown)


def path(cls: str, *commands: str | float, **attributes: object) -> Markup:
    """A path through the commands."""
    return tag("path", d=outline(*commands), cls=cls, **attributes)


def text(
    x: float,
    y: float,
    content: str,
    cls: str | None = None,
    anchor: str | None = None,
    **attributes: object,
) -> Markup:
    """A piece of text at (x, y); `anchor` is None (start), "middle" or "end"."""
    return tag("text", content, x=float(x), y=float(y), cls=cls, text_anchor=anchor, **attributes)


def text_width(content: str, size: float = 11.0) -> float:
    """About how wide the text stands, in pixels; East Asian letters are square."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in content)
    return size * (wide + 0.56 * (len(content) - wide))


def shorten(content: str, width: float, size: float = 11.0) -> str:
    """The text cut with an ellipsis so that it fits into `width` pixels."""
    if text_width(content, size) <= width:
        return content
    while content and text_width(content + "…", size) > width:
        content = content[:-1]
    return content + "…"


def legend(names: Sequence[str], right: float, top: float, step: float) -> tuple[Markup, float]:
    """The lines of a chart with their names, and the height they take: as many rows as needed."""
    out, x, row = [], 2.0, 0
    for index, name in enumerate(names):
        shown = shorten(name, right - 32)
        wide = 26 + text_width(shown) + 14
        if x + wide > right + 14 and x > 2:
            x, row = 2.0, row + 1
        y = top + step * row
        out += [
            path(f"dp-line dp-s{index % SERIES}", "M", x, y - 4, "h", 20),
            text(x + 26, y, shown),
        ]
        x += wide
    return join(out), step * (row + 1)


@dataclass(frozen=True)
class Drawing:
    """SVG markup of `width` x `height` pixels without its <svg>; a template shows it as it is."""

    width: float
    height: float
    title: str
    body: Markup

    def svg(self, *, standalone: bool = False) -> Markup:
        """The whole <svg>; a standalone one brings its name space, style sheet and paper."""
        size = f"0 0 {coordinate(self.width)} {coordinate(self.height)}"
        parts = [tag("title", self.title or " ")]
        more: dict[str, object] = {
            "style": f"max-width:{coordinate(self.width * 1.15)}px",
            "aria_label": self.title,
        }
        if standalone:
            paper = tag("rect", width="100%", height="100%", cls="dp-paper")
            parts += [tag("style", Markup(STYLE)), paper]
            more = {
                "xmlns": "http://www.w3.org/2000/svg",
                "width": float(self.width),
                "height": float(self.height),
            }
        whole = tag("svg", *parts, self.body, cls="dp", role="img", viewBox=size, **more)
        return Markup(clean(whole))

    def __html__(self) -> Markup:
        return self.svg()


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
    def right(self) -> float:
        """The pixel column at which the horizontal axis ends."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The pixel row of the horizontal axis."""
        return self.top + self.height

    def px(self, value: float) -> float:
        """The pixel column of a value on the horizontal axis."""
        return self.left + self.width * (value - self.x[0]) / (self.x[1] - self.x[0])

    def py(self, value: float) -> float:
        """The pixel row of a value on the vertical axis; on a log axis it is above zero."""
        lo, hi = self.y
        if self.log:
            lo, hi, value = math.log10(lo), math.log10(hi), math.log10(value)
        return self.bottom - self.height * ((value - lo) / (hi - lo))

    def axes(
        self,
        xlabel: str,
        ylabel: str,
        x: Ticks | None = None,
        y: Ticks | None = None,
        lift: float = 0.0,
    ) -> Markup:
        """Grid, axes, ticks and the two axis names, the upper one `lift` higher."""
        y = y or (power_ticks(*self.y) if self.log else even_ticks(*self.y))
        out = []
        for value, label in y.marks:
            row = self.py(value)
            out.append(path("dp-grid", "M", self.left, row, "H", self.right))
            out.append(text(self.left - 6, row + 3.8, label, "dp-soft", "end"))
        out.append(self.base(xlabel, x or even_ticks(*self.x, 6)))
        out.append(text(2, self.top - 9 - lift, y.named(ylabel), "dp-soft"))
        return join(out)

    def base(self, name: str, ticks: Ticks, *, small: bool = False) -> Markup:
        """The horizontal axis alone: of small charts the shape matters, not the height."""
        cls, down, under = ("dp-soft dp-small", 15, 28) if small else ("dp-soft", 16, 31)
        out = []
        for value, label in ticks.marks:
            column = self.px(value)
            out.append(path("dp-axis", "M", column, self.bottom, "v", 4))
            out.append(text(column, self.bottom + down, label, cls, "middle"))
        out.append(path("dp-axis", "M", self.left, self.bottom, "H", self.right))
        out.append(text(self.right, self.bottom + under, ticks.named(name), cls, "end"))
        return join(out)

    def curve(
        self,
        x: Sequence[float],
        y: Sequence[float | None],
        style: int,
        *,
        notes: Sequence[str] = (),
        radius: float = 2.4,
        dots: bool = True,
    ) -> Markup:
        """One series, broken at every value that has no place: None, NaN, inf, <= 0 on a log axis.

        Dots stand at all values, or at lonely ones only; `notes` tell what the pointer is on.
        """
        runs: list[list[tuple[float, float, str]]] = [[]]
        for k, (position, value) in enumerate(zip(x, y, strict=True)):
            if value is not None and drawable(value, log=self.log) and drawable(position):
                note = notes[k] if notes else ""
                runs[-1].append((self.px(float(position)), self.py(float(value)), note))
            elif runs[-1]:
                runs.append([])
        line: list[str | float] = []
        out = []
        for run in map(_thin, runs):
            if len(run) > 1:
                line += [c for k, (a, b, _) in enumerate(run) for c in ("L" if k else "M", a, b)]
            if dots or len(run) == 1:
                out += [
                    tag(
                        "circle",
                        tag("title", note) if note else "",
                        cx=a,
                        cy=b,
                        r=radius,
                        cls=f"dp-p{style}",
                    )
                    for a, b, note in run
                ]
        return join([path(f"dp-line dp-s{style}", *line) if line else "", *out])


def _thin(points: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Keep the lowest and the highest point of every stretch, so no spike is lost."""
    if len(points) <= _DETAIL:
        return points
    stretch = -(-2 * len(points) // _DETAIL)
    kept = []
    for start in range(0, len(points), stretch):
        part = points[start : start + stretch]
        ends = {min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])}
        kept.extend(sorted(ends))
    return kept
