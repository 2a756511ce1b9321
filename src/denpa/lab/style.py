"""How the figures of the labs look: calm, labelled, and readable in grey.

Series differ in dash and marker as well as in colour, and their colours differ in lightness.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.core.errors import ArgumentError
from denpa.lab.words import key_of, translate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "DASHES", "MARKERS", "figure", "require", "svg"]

COLOURS = ("#12263a", "#d1495b", "#2e86ab", "#e3a008", "#7a7a7a", "#8cc084")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (2, 1)))
MARKERS = ("o", "s", "^", "D", "v", "x")

_FONTS = ["DejaVu Sans", "IPAexGothic"]
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "axes.formatter.limits": (-4, 5),
    "axes.grid": True,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": _FONTS,
    "font.size": 9.5,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "image.cmap": "cividis",
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",  # the same on every machine, whatever fonts it has
    "svg.hashsalt": "denpa",  # the same bytes for the same figure
}


def require() -> None:
    """Raise an ArgumentError that says what to install, unless figures can be drawn."""
    for package in ("matplotlib", "matplotlib_fontja"):
        if find_spec(package) is None:
            raise ArgumentError(
                f"labs draw figures with {package}, which is not installed: "
                "pip install 'denpa[lab]'"
            )


def figure(rows: int, columns: int, width: float, height: float) -> tuple[Figure, Any]:
    """An empty figure in the style of the labs, and its axes as `pyplot.subplots` returns them.

    The style is Matplotlib's from here on, since a legend or a title takes it when it is made.
    """
    require()
    from matplotlib.figure import Figure

    _set_style()
    new = Figure(figsize=(width, height))
    return new, new.subplots(rows, columns)


@cache
def _set_style() -> None:
    import matplotlib
    from cycler import cycler

    _add_japanese_font()
    settings: Any = matplotlib.rcParams
    series = cycler(color=COLOURS) + cycler(linestyle=DASHES)
    settings.update({**_STYLE, "axes.prop_cycle": series})


def _add_japanese_font() -> None:
    """Let Matplotlib know a font with Japanese letters; without one it draws empty boxes."""
    from matplotlib import font_manager

    found = find_spec("matplotlib_fontja")  # found, not imported: that would set its font for all
    assert found is not None
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0])
    font_manager.fontManager.addfont(folder / "fonts" / "ipaexg.ttf")


def svg(drawn: Figure, language: str) -> tuple[str, list[str]]:
    """The figure as SVG with its words in `language`, and the English texts that stand on it."""
    from matplotlib.text import Text

    drawn.canvas.draw()  # so that the labels of the ticks exist
    ticks = _named_ticks(drawn)
    for axis, places, labels in ticks:
        axis.set_ticks(places, labels=[_lines(w, language) for w in labels])
    texts = [(t, t.get_text(), t.get_fontfamily()) for t in drawn.findobj(Text) if t.get_text()]
    for text, words, _ in texts:
        translated = _lines(words, language)
        text.set_text(translated)
        if not translated.isascii() and translated != words:
            text.set_fontfamily(_FONTS[::-1])  # beside mathematics only the first font is tried
    out = io.StringIO()
    drawn.savefig(out, format="svg", metadata={"Date": None, "Creator": "Denpa"})
    for text, words, family in texts:
        text.set_text(words)
        text.set_fontfamily(family)
    for axis, places, labels in ticks:
        axis.set_ticks(places, labels=labels)
    return out.getvalue(), [words for _, words, _ in texts]


def _named_ticks(drawn: Figure) -> list[tuple[Any, Any, list[str]]]:
    """Axes whose ticks are words: their formatter would undo a change of the texts."""
    found = []
    for axes in drawn.axes:
        for axis in (axes.xaxis, axes.yaxis):
            labels = [t.get_text() for t in axis.get_ticklabels()]
            if any(key_of(label) for label in labels):
                found.append((axis, axis.get_ticklocs(), labels))
    return found


def _lines(words: str, language: str) -> str:
    return "\n".join(translate(line, language) for line in words.split("\n"))
