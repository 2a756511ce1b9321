"""Functions whose surroundings change between calls, as stories: see `told`.

A story is given a wrapper, the identity or `dp.compile`, and yields its results, some of them after
a change that eager mode follows. What must be equal are the yielded tensors. The kinds are those in
which a program is most easily out of date.
"""

from __future__ import annotations

from tests.compiler.stories import arguments, attributes, containers, networks, refusals
from tests.compiler.stories.told import COMPILED, EAGER, REFUSED, Case, X

__all__ = ["COMPILED", "EAGER", "REFUSED", "Case", "X"]
assert arguments, attributes
assert containers, networks
assert refusals  # they have put their stories into the tables
