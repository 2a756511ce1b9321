"""Where every number of a pass comes from: values, messages, derivations, blame. Typed records, no
pictures.

In:  a loss and the graph below it. Out: an `Explanation`, and the record that pages are drawn from.
It reads `core`, `ops` and `autodiff` only, and changes nothing that it reads.

Read `tape` first: the pass with its messages, edge by edge; then `sparse` and `maps`: a local
derivative as a sparse linear map. `naming` says what things are called, `spoken` what the user
calls them, `axes` which axis is the batch, `groups` what is a box. `derivation` (found by
`derive`), `messages` and `blame` are answers, all asked of `explained`; `record` is their form as
data, with `formulas`, `mathml`, `laws` and `shows`; `overview` is text.
"""

from __future__ import annotations

from denpa.explanation.blame import Blame, Share
from denpa.explanation.derivation import Derivation
from denpa.explanation.entry import explain
from denpa.explanation.explained import Explanation
from denpa.explanation.levels import Level, Term
from denpa.explanation.messages import Message, Messages

__all__ = [
    "Blame", "Derivation", "Explanation", "Level", "Message", "Messages", "Share", "Term",
    "explain",
]  # fmt: skip
