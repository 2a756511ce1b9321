"""Rules that exist for numerical stability only, each with the plain composite it must equal."""

from __future__ import annotations

import numpy as np

from denpa.core.op import OPS, Op
from denpa.ops.kinds import pointwise

# ln(1 + eˣ) overflows for large x and loses digits for small; its slope is the sigmoid.
softplus: Op = pointwise(
    "softplus",
    lambda x: np.logaddexp(x, x.dtype.type(0)),
    [lambda y, x: OPS["sigmoid"](x)],
    law=r"\frac{d}{dx}\ln(1 + e^x) = \sigma(x)",
    plain=lambda x: np.log(1 + np.exp(x)),
)
