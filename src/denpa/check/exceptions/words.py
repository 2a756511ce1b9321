"""What is wrong with a line that raises, in English and Japanese."""

from __future__ import annotations

from denpa.check.mistakes.words import Words
from denpa.words import translated

RAISE_WORDS: dict[str, Words] = {
    "operand-transposed": Words(
        "{fault}; {want} does",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY: the shapes say what is turned.",
    ),
    "order": Words(
        "{fault}; {want} does",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY: the shapes say the order.",
    ),
    "not-a-product": Words(
        "{fault}; {want} does",
        "A function of each element has its derivative as a factor of each element, no matrix.",
    ),
    "no-product": Words(
        "{fault}; {want} does",
        "What forward computes by a matrix product has one on the way back, too.",
    ),
    "not-summed": Words(
        "{fault}; {want} does",
        "What forward spreads over a dimension, such as a bias, backward sums over this dimension.",
    ),
    "keepdims": Words(
        "{fault}; {want} does",
        "A sum loses its dimension unless it is kept (keepdims=True), and then spreads along "
        "another one.",
    ),
    "axis": Words(
        "{fault}; {want} does",
        "What forward spreads over a dimension, backward sums over this dimension.",
    ),
    "wrong-variable": Words(
        "{fault}; {want} belongs there",
        "Compare the shape of each variable with that of what it is multiplied with.",
    ),
    "index": Words(
        "{fault}; {want} belongs there",
        "Count the entries of what is indexed: forward has left one for each of its steps.",
    ),
    "undefined-name": Words(
        "{fault}; {want} is meant",
        "Python looks a name up only when the line runs: forward alone does not show it.",
    ),
    "none-added": Words(
        "{fault}: += needs a number to add to, = does not",
        "Set the gradient with =, or give it zeros before backward adds to it.",
    ),
    "does-not-fit": Words(
        "{fault}; {want} does",
        "A gradient has the shape of what it is the gradient of, at every step on the way.",
    ),
    "not-a-number": Words(
        "{fault}; {want} works",
        "The opposite of booleans is ~mask; as numbers they are 0 and 1.",
    ),
    "unpacked": Words(
        "{fault}; {want} works",
        "Take from a cache what forward has put into it, all of it and in the same order.",
    ),
    "arguments": Words(
        "{fault}; {want} works",
        "A method gets self by itself, and everything else from the call.",
    ),
    "name-missing": Words(
        "{fault}{hint}",
        "Python looks a name up only when the line runs: forward alone does not show it.",
    ),
    "not-kept": Words(
        "{fault}{hint}",
        "What backward reads of the forward pass, forward must leave in self.",
    ),
}
_KEYS = {
    "not-a-product": "product-kind",
    "no-product": "product-kind",
    "not-summed": "bias-not-summed",
    "name-missing": "undefined-name",
    "unpacked": "arguments",
    "not-a-number": "booleans",
    "dimension-missing": "does-not-fit",
    "dimension-extra": "does-not-fit",
    "places": "does-not-fit",
    "flipped": "does-not-fit",
}


def words_of(kind: str) -> Words:
    """The words for a kind of change that mends a line which raises."""
    kind = "index" if kind in ("constant", "loop-order") else kind  # where steps are counted
    return RAISE_WORDS.get(kind) or RAISE_WORDS["does-not-fit"]


def key_of(kind: str) -> str:
    """The mistake as reports and explanations name it."""
    return _KEYS.get(kind, kind)


FAULTS: dict[str, str] = {
    "product": "{a} {sa} times {b} {sb} does not fit",
    "sum": "{a} {sa} {op} {b} {sb} does not fit",
    "stored": "{b} {sb} does not fit into {a} {sa}",
    "booleans": "{a} is made of booleans, which are not subtracted",
    "reshape": "{a} {sa} has not as many numbers as {b} asks for",
    "axes": "{a} {sa} has no such dimensions as {b} names",
    "unpacked": "{a} holds {n} values, and {m} names take them",
    "index": "{a} {sa} has no {b}",
    "key": "{a} has no key {b}; it has {c}",
    "name": "{a} is not defined",
    "unset": "{a} is used before it has a value",
    "attribute": "forward does not set {a}",
    "instead": "; it sets {c}",
    "no-such": "there is no {a}",
    "None": "forward does not set {a}, which is None",
    "method": "{a} has no attribute {b}",
    "none": "{a} is None",
    "raised": "this line raises {kind}: {text}",
    "meant": "; did you mean {b}?",
    "note": "backward raises {kind} ({text}); the other gradients are those once this is mended",
    "later": "line {n}: {fault}",
    "square": "found with all sizes equal, as nothing raises then; with these sizes {fault}",
}


def said(key: str, language: str, **fill: object) -> str:
    """A fault in words.

    >>> said("name", "en", a="dut"), said("name", "ja", a="dut")
    ('dut is not defined', 'dut は定義されていません')
    """
    return translated(FAULTS[key], language, **fill)
