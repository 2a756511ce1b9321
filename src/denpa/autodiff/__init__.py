"""Tensors that record, and the derivatives of what was recorded.

In:  ops called with tensors.
Out: tensors whose values know the equations that made them; messages ∂E/∂v for any of these
     values.

Read `backward` first: reverse mode, with the messages δ. `tensor` is a name for a value,
`operators` what + and @ do with it; `forward` is forward mode, `func` derivatives of whole
functions, `function` rules that users write; `rebind` is what `+=` means where values never
change.
"""

from __future__ import annotations

import denpa.autodiff.backward  # noqa: F401  # a tensor's methods for derivatives
from denpa.autodiff.tensor import Tensor
from denpa.core.memory import keep_freed_memory

keep_freed_memory()

__all__ = ["Tensor"]
