"""What derivations, messages, blame and worksheets say. Japanese stands in the catalogue, with the
key as context."""

from __future__ import annotations

ENGLISH = {
    "value": "value {number}",
    "gradient": "gradient {number}",
    "message": "message δ = {number}",
    "term": "term of example {sample}: {number}",
    "below": "0 (below {bound})",
    "chain": "chain rule",
    "share": "chain rule; the path followed brings {part} of {whole}",
    "chain.long": "chain rule; the {count} factors along the path have the product {product}",
    "more": "… {count} more terms, together {total}",
    "agrees": "backward() gives {number} ✓ difference {gap}",
    "differs": (
        "backward() gives {number}, difference {gap}: its dtype has lost digits on the way here"
    ),
    "sample": "this is example {sample}'s term of the sum over the batch",
    "far": (
        "the derivation ends here: this value is read by a user's own function that is too large "
        "to be taken apart; the number is what its rule sent"
    ),
    "unread": "nothing that leads to E reads this element",
    "law": "with {formula}",
    # messages
    "arrive.0": "no message arrives here: nothing of E depends on it",
    "arrive.1": "one message arrives; it is δ",
    "arrive.many": "{count} messages arrive, and δ is their sum",
    "from": "from {name}",
    "range": "{low} … {high}",
    "range.bad": "{low} … {high} ({count} not finite)",
    # blame
    "blame.element": "the terms of the gradient by example, the largest first",
    "blame.whole": "each example's part along the batch's gradient, the largest first",
    "network": "the whole network",
    "example": "example {sample}",
    "others": "… {count} more examples, together",
    "rest": "of no example alone (a penalty, or what the rows make together)",
    "sum": "sum",
    "coupled": (
        "Rows of the batch see each other here (through {names}, as in batch norm): the term of "
        "one example contains a share of the others."
    ),
    # worksheets
    "sheet": "Backpropagation by hand",
    "sheet.kind": "Worksheet",
    "sheet.answers": "Solutions",
    "sheet.wanted": "Wanted: {wanted}, the gradient of {name}",
    "sheet.name": "Your name",
    "sheet.given": "Given: the forward pass",
    "sheet.given.some": "Given: what of the forward pass is needed",
    "sheet.given.deltas": "Given: messages that are not computed here",
    "sheet.example": "The batch has {count} examples; this sheet follows example {sample}.",
    "sheet.indices": "Indices count from 0, as in the code.",
    "sheet.tasks": "Back from E, by the chain rule",
    "sheet.law": "The loss: its error at {value}, with {formula}",
    "sheet.seed": "Backpropagation begins at E with ∂E/∂E = 1.",
    "sheet.local": "The local derivative of the step from {value}",
    "sheet.delta": "The message δ at {value}: the message above times the local derivative",
    "sheet.unread": "The message δ at {value}, which nothing reads",
    "sheet.far": "The message δ at {value}, as the user's own function sent it",
    "sheet.sum": "{value} is used in more than one place: add up the messages that arrive there",
    "sheet.batch": "Add up the terms of all examples",
    "sheet.others": "all other terms of the sum over the batch, together {total}",
    "sheet.footer": "Made by Denpa from one forward and one backward pass.",
}
