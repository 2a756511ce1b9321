"""What each mistake is, in English: a title for the line of the report, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

from denpa.words import translated


@dataclass(frozen=True)
class Words:
    """The words for one mistake; `{…}` are filled in by the signature."""

    title: str
    why: str

    def told(self, language: str) -> tuple[str, str]:
        """Both in a language."""
        return translated(self.title, language), translated(self.why, language)


WORDS: dict[str, Words] = {
    "shape": Words(
        "the gradient has the shape {got}; {name} has {want}",
        "A gradient has one number for each number of what it is the gradient of.",
    ),
    "missing": Words(
        "no gradient is computed for {name}",
        "backward neither returns it nor leaves it beside the parameter (as dW beside W). Is a "
        "return forgotten?",
    ),
    "nan": Words(
        "the gradient holds NaN or infinity, though the output is finite",
        "Look for a division by zero, a logarithm of zero, or an exponential that overflows.",
    ),
    "sign": Words(
        "the sign is wrong",
        "Every number is the negative of what it should be.",
    ),
    "scale": Words(
        "it is {factor} times what it should be{what}",
        "A constant factor is missing or there twice. Divide by N once only: in the loss, or in "
        "the layer.",
    ),
    "transposed": Words(
        "it is transposed",
        "For Y = X W the gradient is dW = Xᵀ dY; with the operands the other way round it is dWᵀ.",
    ),
    "places": Words(
        "the numbers are right and stand in the wrong places",
        "A reshape or a permutation in backward does not undo that of the forward pass.",
    ),
    "bias-not-summed": Words(
        "the bias gradient is not summed over the batch (it equals {row} of {upstream})",
        "The bias is added to every example, so its gradient is the sum over all examples.",
    ),
    "upstream-ignored": Words(
        "the upstream gradient {upstream} is not multiplied in",
        "By the chain rule the local derivative is multiplied by what comes from above.",
    ),
    "of-a-loss": Words(
        "it is the gradient of a loss of the output, whatever comes from above; the function "
        "returns the output itself",
        "Check the loss together with this gradient, or return the upstream gradient times the "
        "derivative of what the function returns.",
    ),
    "passed-on": Words(
        "the upstream gradient is passed on as it is: the layer's own derivative is forgotten",
        "By the chain rule {upstream} is multiplied by the derivative of what the layer computes.",
    ),
    "fed-the-wrong-one": Words(
        "the derivative is taken at {fed} in place of {right}",
        "A derivative written with the output, such as y(1 - y), must be fed the output.",
    ),
    "upstream-mask": Words(
        "what is cut off is decided by the sign of {upstream}, not of the input",
        "ReLU passes a gradient on where its input was positive.",
    ),
    "activation-twice": Words(
        "the derivative of an activation is multiplied in once too often",
        "A loss that takes scores has it already: of sigmoid or softmax with cross-entropy it is "
        "p - t.",
    ),
    "softmax-elementwise": Words(
        "softmax is differentiated element by element, as p(1 - p)",
        "Every score changes every probability of its row; each row of the gradient sums to 0.",
    ),
    "diagonal-only": Words(
        "each output is taken to depend on the input at its own place alone",
        "Only the diagonal of the Jacobian is used; here one input moves several outputs.",
    ),
    "pooling-spread": Words(
        "max pooling gives the gradient to every place of its window",
        "Only the largest number of a window reaches the output; its place gets all of dout.",
    ),
    "accumulated": Words(
        "the gradient grows from call to call: the old one is not cleared",
        "backward adds to what an earlier call has left (+= where = is meant).",
    ),
    "stale": Words(
        "the gradient belongs to an earlier call of forward, in part or whole",
        "What forward keeps for backward must be kept anew in every call.",
    ),
    "penalty": Words(
        "it is off by {factor} · {name}: the penalty's term is {what}",
        "The gradient of (λ/2)‖W‖² is λW, added once to the gradient of the loss.",
    ),
    "statistics-constant": Words(
        "the {what} is treated as a constant",
        "Mean and variance depend on every number that is normalised, so gradients go back through "
        "them, too.",
    ),
    "statistics-weight": Words(
        "the way through the {what} counts {factor} times what it should",
        "The mean over N numbers gives each of them 1/N: compare the N, and sums with means.",
    ),
    "skip-forgotten": Words(
        "the way around the layer is forgotten: it is off by exactly {upstream}",
        "Where a value is used twice its gradients add: for y = F(x) + x there is + dout.",
    ),
    "softmax-twice": Words(
        "softmax is applied twice: to what softmax has given already",
        "With z the scores and p = softmax(z), the gradient of cross-entropy is (p - t) / N.",
    ),
    "flipped": Words(
        "the kernel's gradient is turned round in space",
        "Convolution layers compute a correlation: dW is correlated too, not convolved.",
    ),
    "mask-drawn-again": Words(
        "backward draws a mask of its own in place of the one that forward has used",
        "Dropout passes gradients on where it let values through: keep the mask of the forward "
        "pass.",
    ),
    "input-changed": Words(
        "forward changes its input in place",
        "Whoever made the input still needs it; compute into a new array (x = x * m, not x *= m).",
    ),
    "upstream-changed": Words(
        "backward changes {upstream} in place",
        "The same array may be the gradient of another branch; compute into a new one.",
    ),
    "random": Words(
        "the output differs from call to call, and no seed of NumPy makes it the same",
        "A derivative by differences needs the same function twice; fix the generator that the "
        "code uses.",
    ),
    "unknown": Words(
        "no known mistake fits; it differs most at {at}: {got} in place of {want}",
        "Compare this line, and what it is computed from, with the derivative on paper.",
    ),
}

PHRASES = (
    "the input",
    "the output",
    "mean and variance",
    "variance",
    "mean",
    "the mean",
    "one row",
    "all rows",
    "a sum over some dimensions",
    "a part of the sum",
    "the sum over all numbers",
    "missing or too small",
    "there twice, or not in the loss",
)
"""What signatures fill in."""
SIZES = (
    " (the batch has {n} examples)",
    " (the output has {n} columns)",
    " (the output has {n} elements)",
)
"""The same, with a size."""


def in_words(phrase: str, language: str) -> str:
    """What a signature fills in, in a language; code stays as it is.

    >>> in_words("one row", "ja"), in_words(" (the batch has 5 examples)", "ja")
    ('1 行', ' (バッチは 5 例)')
    >>> in_words("self.x", "ja")
    'self.x'
    """
    for text in SIZES:
        size = re.fullmatch(re.escape(text).replace(r"\{n\}", r"(\d+)"), phrase)
        if size is not None:
            return translated(text, language, n=size[1])
    return translated(phrase, language) if phrase in PHRASES else phrase
