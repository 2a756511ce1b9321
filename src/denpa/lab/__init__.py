"""The laboratory: a lab is a short file that shows one idea and tests what it claims.

`denpa lab list` tells which there are, `denpa lab run NAME` runs one. The files stand in
`denpa/lab/course/`; one of your own needs `Lab`. Where it shows a graph with its numbers, it keeps
the picture of a pass (`dp.explain`).

Read `run` first: one lab, run and judged. `claims` are what it says, `style` how its figures look,
`course` the chapters, `words` their Japanese.
"""

from __future__ import annotations

from denpa.lab.claims import Claim, ClaimError
from denpa.lab.images import Images
from denpa.lab.session import Lab

__all__ = ["Claim", "ClaimError", "Images", "Lab"]
