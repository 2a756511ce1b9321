"""Layers, losses and containers.

Read `linear` first: parameters made, and a function of `denpa.nn.functional` called with them.
"""

from __future__ import annotations
