"""The public functions on tensors, by PyTorch's names.

Read `common` first: typed calls of the table, checks of arguments. The functions stand by what
they do, `creation` to `shape`; `methods` is the table that makes methods of tensors of them. What
is public of a file stands at its head.
"""

from __future__ import annotations

from denpa.functional import (
    arithmetic,
    compare,
    convert,
    creation,
    exponentials,
    generator,
    join,
    likeness,
    limits,
    linalg,
    methods,  # noqa: F401  # gives Tensor its methods
    order,
    padding,
    parts,
    pick,
    pointwise,
    random,
    reduce,
    shape,
)
from denpa.functional.arithmetic import *  # noqa: F403
from denpa.functional.compare import *  # noqa: F403
from denpa.functional.convert import *  # noqa: F403
from denpa.functional.creation import *  # noqa: F403
from denpa.functional.einsum import einsum
from denpa.functional.exponentials import *  # noqa: F403
from denpa.functional.generator import *  # noqa: F403
from denpa.functional.join import *  # noqa: F403
from denpa.functional.likeness import *  # noqa: F403
from denpa.functional.limits import *  # noqa: F403
from denpa.functional.linalg import *  # noqa: F403
from denpa.functional.order import *  # noqa: F403
from denpa.functional.padding import *  # noqa: F403
from denpa.functional.parts import *  # noqa: F403
from denpa.functional.pick import *  # noqa: F403
from denpa.functional.pointwise import *  # noqa: F403
from denpa.functional.random import *  # noqa: F403
from denpa.functional.reduce import *  # noqa: F403
from denpa.functional.shape import *  # noqa: F403

__all__ = [
    "einsum",
    *arithmetic.__all__,
    *compare.__all__,
    *convert.__all__,
    *creation.__all__,
    *exponentials.__all__,
    *generator.__all__,
    *join.__all__,
    *likeness.__all__,
    *limits.__all__,
    *linalg.__all__,
    *order.__all__,
    *padding.__all__,
    *parts.__all__,
    *pick.__all__,
    *pointwise.__all__,
    *random.__all__,
    *reduce.__all__,
    *shape.__all__,
]
