"""What the random Python programs are made of."""

from __future__ import annotations
