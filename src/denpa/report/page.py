"""Pages are made of templates: what they show is computed before, how it looks is theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from denpa.report.svg import clean

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class Table:
    """A ruled table; a column is (heading, is it a number), `strong` a row to stress.

    A folded table is better not numbered: a reader would miss its number in the count.
    """

    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[object]]
    caption: str
    total: Sequence[object] = ()
    strong: int | None = None
    numbered: bool = True


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("denpa.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, lang: str, words: Mapping[str, str], **shown: object) -> str:
    """The whole HTML document of a template, its style sheets inside it.

    Figures and tables are numbered in the order in which they appear.
    """
    number = {"figure": count(1).__next__, "table": count(1).__next__}
    page = _templates().get_template(f"{template}.html.jinja")
    return clean(page.render(lang=lang, words=words, number=number, **shown)) + "\n"
