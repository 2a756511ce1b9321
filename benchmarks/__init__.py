"""Measurements. Each prints a table with the peers' figures of the same run; none is a test.

`python -m benchmarks` runs all but the long ones; `python -m benchmarks.NAME` runs one. Peers are
measured where they are installed (`make bench` installs PyTorch).
"""

from __future__ import annotations
