"""Where a gradient comes from: the chain rule from one element to the loss, level by level."""

from __future__ import annotations

from denpa.core.faces import face
from denpa.explanation import spelling_derivation, spelling_forms
from denpa.explanation.levels import Derived


class Derivation(Derived):
    """The derivation of ∂E/∂(one element): `levels` from it to the loss along the largest terms.

    `sample`: it is the term of that example alone, None for the whole batch. `bound` is how far
    rounding in float64 can have moved `result`, the values of the pass taken as exact; `gradient`
    is what backward() gives in the network's own dtype (None for one example's term), and
    `tolerance` how far its rounding may have moved that.

    >>> import denpa as dp
    >>> a, x = dp.tensor(2.0, requires_grad=True), dp.tensor(3.0, requires_grad=True)
    >>> print(dp.explain((a * x - 1) ** 2).derivation("a"))
    a   value 2   message δ = 30
    <BLANKLINE>
    chain rule
    ∂E/∂v · ∂v/∂u · ∂u/∂a
      = 10 · 1 · 3 = 30
    <BLANKLINE>
    ∂E/∂a = ∂E/∂u · ∂u/∂a = ∂E/∂u · x
      = 10 · 3 = 30
      backward() gives 30 ✓ difference 0
    <BLANKLINE>
    ∂E/∂u = ∂E/∂v · ∂v/∂u = ∂E/∂v
      = 10
    <BLANKLINE>
    ∂E/∂v = 2 v
      = 10
    """

    def text(self, lang: str = "en", unfold: bool = False) -> str:
        """As plain text. Sums of more than six terms are folded to the largest, and the equations
        of a loss to its own law; with `unfold` all of them are written.

        Errors: ArgumentError (a ValueError) for another language than "en" and "ja".
        """
        return spelling_forms.text(spelling_derivation.spell(self, lang, unfold))

    def latex(self, lang: str = "en", unfold: bool = False) -> str:
        """As an `align*` for LaTeX or MathJax. Errors: as `text`."""
        return spelling_forms.latex(spelling_derivation.spell(self, lang, unfold))

    def html(self, lang: str = "en", unfold: bool = False) -> str:
        """As a fragment of HTML with MathML, without script or style. Errors: as `text`."""
        made: str = face("spelling")(spelling_derivation.spell(self, lang, unfold))
        return made

    def _repr_html_(self) -> str:
        made: str = face("spelling.styled")(spelling_derivation.spell(self, "en", False))
        return made

    def __str__(self) -> str:
        return self.text()
