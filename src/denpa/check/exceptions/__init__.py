"""Gradient functions that raise: what does not fit, where, and what does."""

from __future__ import annotations

from denpa.check.exceptions.told import plain_words, told_joint, told_raise

__all__ = ["plain_words", "told_joint", "told_raise"]
