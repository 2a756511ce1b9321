"""Layers, losses and containers."""

from __future__ import annotations
