"""LaTeX as the page draws it. latex2mathml converts, once for each formula."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=20_000)
def mathml(latex: str) -> str:
    """The children of `<math>` for a formula.

    >>> mathml("x")
    '<mrow><mi>x</mi></mrow>'
    """
    from latex2mathml.converter import convert

    made = convert(latex)
    return made[made.index(">") + 1 : -len("</math>")]


def tex(latex: str) -> dict[str, str]:
    """A formula in both forms."""
    return {"latex": latex, "mathml": mathml(latex)}


def equation(left: str, right: str) -> dict[str, str]:
    """left = right, and its right-hand side alone."""
    return {**tex(f"{left} = {right}"), "right": mathml(right)}
