"""Gradient functions that raise: what does not fit, where, and what does.

In:  a backward that raises.
Out: a report as of any other mistake, with the change after which its gradients are right.

Read `told` first. `frames` are the user's own lines on the way, `wreck` what is known of the last
of them, `faults` what it is that fails there, `edits` and `products` what might have been meant,
`search` and `judge` which of these is.
"""

from __future__ import annotations

from denpa.check.exceptions.told import plain_words, told_joint, told_raise

__all__ = ["plain_words", "told_joint", "told_raise"]
