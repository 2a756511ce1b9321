"""What the page of a pass says. Japanese stands in the catalogue, with the key as context."""

from __future__ import annotations

from denpa.words import LANGUAGES, table

ENGLISH = {
    "title": "Forwards and backwards",
    "kind": "Denpa · Forwards and backwards",
    "forward": "forward",
    "backward": "backward",
    "Forward": "Forward",
    "Backward": "Backward",
    "value": "value",
    "message": "message δ = ∂E/∂value",
    "messageShort": "message δ",
    "valueOf": "value of {0}",
    "messageOf": "message δ of {0}",
    "largest": "max",
    "mean": "mean",
    "smallest": "min",
    "gradient": "gradient",
    "negative": "negative",
    "positive": "positive",
    "example": "Example",
    "allExamples": "all",
    "previousExample": "previous example",
    "nextExample": "next example",
    "previous": "one step back",
    "next": "one step on",
    "play": "play",
    "pause": "pause",
    "step": "Step {0} of {1}",
    "steps": "Steps",
    "done": "Every value and every message",
    "doneSay": "Step back with ←, or click any number to see where its gradient comes from.",
    "start": "Before the first step",
    "startSay": (
        "Only what is given is known: the inputs and the parameters. Nothing has been computed yet."
    ),
    "seed": "The first message",
    "seedSay": (
        "Backpropagation begins at the loss. E grows as fast as E itself, so the message there "
        "is 1."
    ),
    "sum": "A sum at a fan-out",
    "sumSay": (
        "This value is used in more than one place. E feels it through each of them, so the "
        "messages add up."
    ),
    "sendSay": (
        "Each input is sent the message from above, times the local derivative of this step."
    ),
    "law": "the rule of this step",
    "groupSay": "All equations of {0}, as one step.",
    "say.linear": "Every unit takes the weighted sum of its inputs, plus its bias.",
    "say.sigmoid": "The sigmoid squeezes every number between 0 and 1.",
    "say.tanh": "The hyperbolic tangent squeezes every number between −1 and 1.",
    "say.relu": "What is negative becomes 0, the rest stays as it is.",
    "say.sum": "Numbers are added up.",
    "say.mean": "The mean of numbers.",
    "say.gather": "Elements are picked by their index.",
    "derivation": "Derivation",
    "derivationSay": (
        "The chain rule, followed from here to the loss. Choose another message to follow that one."
    ),
    "chain": "chain rule",
    "more": "… {0} more terms, together {1}",
    "others": "… {0} other examples, together {1}",
    "throughFar": "… through derivatives that are not stored, together {0}",
    "noExample": "and {0} that belongs to no example",
    "moreLevels": "… {0} more levels of the chain",
    "moreElements": "… and {0} more in the same way",
    "share": "the path followed brings {0} of {1}",
    "fold": "show fewer",
    "agrees": "the backward pass gives {0} ✓ difference {1}",
    "differs": "the backward pass gives {0} ✗ difference {1}",
    "far": "From here on this page does not hold all numbers; the message is the engine's.",
    "close": "Close",
    "open": "open",
    "shut": "close",
    "equations": "{0} equations",
    "keysStep": "← → step · space plays · Tab to a value, Enter opens its derivation",
    "keysDerive": "← ↑ ↓ → another element · Esc closes",
    "perTerm": "One bar for each of the {0} terms. Click one to follow it.",
    "byExample": "By example: which one pushes how much",
    "coupled": (
        "Rows of the batch see each other here (batch norm): the message of one example contains a "
        "share of the others."
    ),
    "matrix": "Every message of the layer by itself",
    "matrixSay": (
        "What unit n′ sends back to unit n, for example {0}; the sum of a row is δ of unit n."
    ),
    "checked": "Checked before this page was written",
    "check.messages": "messages against those of backward()",
    "check.local": "local derivative × message above, against the message sent",
    "checkLine": "{0} numbers, largest relative difference {1}",
    "parameters": "{0} parameters",
    "examples": "{0} examples",
    "theme": "dark or light",
    "graph": "Computation graph",
    "find": "find a value",
    "index": "index of the element",
    "range": "the range is {0}",
    "notStored": "this example is not stored in this page",
    "size": "size of the picture",
    "smaller": "smaller",
    "larger": "larger",
    "fit": "all of it",
    "rowSums": "row sums, the largest:",
    "enlarged": (
        "The picture above may show a number smaller than a pointer. Here each cell is one number: "
        "a click chooses exactly it."
    ),
    "shape": "shape",
    "cut": "not stored",
    "cutSay": "Its numbers are too many for this page; their range is in the picture.",
    "box": "its equations are not stored",
    "began": "NaN or ∞ begins here",
    "beganAt": "NaN or ∞ begins at: {0}",
    "left.samples": "{0} of the {1} examples are not stored in this page; sums name their part.",
    "left.values": "{0} arrays are too large for this page and shown by their range.",
    "left.nodes": "{0} values are shown by their groups only.",
}


def texts() -> dict[str, dict[str, str]]:
    """All of them, by language."""
    return {lang: dict(table(ENGLISH, lang, "explanation")) for lang in LANGUAGES}
