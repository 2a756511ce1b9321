"""The methods of Tensor: one table, from names to functions of this package."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.tensor import Tensor
from denpa.functional import (
    arithmetic,
    compare,
    convert,
    exponentials,
    indexing,
    inplace,
    join,
    likeness,
    limits,
    linalg,
    order,
    parts,
    pick,
    pointwise,
    random,
    reduce,
    shape,
)
from denpa.functional.common import op

# Functions whose first argument is the tensor are methods as they are.
SAME: dict[Any, str] = {
    arithmetic: (
        "add sub mul div subtract multiply divide true_divide floor_divide remainder pow neg "
        "negative positive abs absolute sign lerp addcmul addcdiv"
    ),
    compare: (
        "eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_not "
        "logical_and logical_or logical_xor any all count_nonzero isclose allclose equal"
    ),
    convert: (
        "clone contiguous is_contiguous stride to type_as cpu cuda tolist size dim numel "
        "element_size is_floating_point get_device data_ptr"
    ),
    exponentials: "logsumexp softmax log_softmax",
    inplace: "copy_ fill_ zero_",
    join: "fliplr flipud roll repeat repeat_interleave tril triu",
    likeness: "new_tensor new_zeros new_ones new_empty new_full",
    limits: (
        "floor ceil trunc frac round clamp clip clamp_min clamp_max nan_to_num isnan isinf isfinite"
    ),
    linalg: "matmul mm bmm mv dot inner outer ger addmm baddbmm addmv diag diagonal trace",
    order: "amax amin max min argmax argmin argsort sort topk",
    parts: "narrow select unbind split chunk tensor_split",
    pick: (
        "gather scatter scatter_add index_select index_add take_along_dim masked_fill "
        "masked_select nonzero"
    ),
    pointwise: (
        "exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal sin cos tan tanh "
        "sigmoid relu erf maximum minimum"
    ),
    random: "bernoulli uniform_ normal_ bernoulli_ random_ exponential_",
    reduce: "sum nansum mean var std prod norm cumsum",
    shape: (
        "view reshape_as view_as flatten ravel unflatten transpose swapaxes swapdims t "
        "movedim moveaxis squeeze unsqueeze expand expand_as"
    ),
}

IN_PLACE: dict[Any, str] = {
    arithmetic: (
        "add sub mul div true_divide floor_divide remainder pow neg abs sign lerp addcmul addcdiv"
    ),
    compare: "logical_not logical_and logical_or logical_xor",
    join: "tril triu",
    limits: "floor ceil trunc frac round clamp clip clamp_min clamp_max nan_to_num",
    linalg: "addmm",
    pick: "masked_fill scatter scatter_add index_add",
    pointwise: (
        "exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal sin cos tan tanh "
        "sigmoid relu erf"
    ),
    reduce: "cumsum",
}


def _where(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """This tensor where the condition holds, `other` elsewhere."""
    result: Tensor = pointwise.where(condition, self, other)
    return result


def _detach_(self: Tensor) -> Tensor:
    """Cut this tensor from the graph."""
    self._value = self.detach()._value
    return self


def _transposed(self: Tensor) -> Tensor:
    """The dimensions in reverse order: the transposed matrix."""
    return op("permute", self, dims=tuple(reversed(range(len(self.shape)))))


def _matmul(self: Tensor, other: Any) -> Any:
    return linalg.matmul(self, other) if isinstance(other, Tensor) else NotImplemented


OTHERS: dict[str, Any] = {
    "reshape": shape.reshape_method,
    "permute": shape.permute_method,
    "broadcast_to": shape.broadcast_to_method,
    "flip": join.flip_method,
    "tile": join.tile_method,
    "where": _where,
    "detach_": _detach_,
    "nelement": convert.numel,
    "ndimension": convert.dim,
    "float": convert.to_float,
    "double": convert.to_double,
    "half": convert.to_half,
    "int": convert.to_int,
    "long": convert.to_long,
    "bool": convert.to_bool,
    "T": property(_transposed),
    "mT": property(shape.matrices_transposed, doc="The transposed matrices."),
    "device": property(convert.get_device),
    "itemsize": property(convert.element_size),
    "nbytes": property(convert.nbytes),
    "__getitem__": indexing.getitem,
    "__setitem__": indexing.setitem,
    "__iter__": indexing.iterate,
    "__contains__": indexing.contains,
    "__matmul__": _matmul,
    "__iadd__": inplace.operator_in_place(Tensor.__add__),
    "__isub__": inplace.operator_in_place(Tensor.__sub__),
    "__imul__": inplace.operator_in_place(Tensor.__mul__),
    "__itruediv__": inplace.operator_in_place(Tensor.__truediv__),
    "__ifloordiv__": inplace.operator_in_place(Tensor.__floordiv__),
    "__imod__": inplace.operator_in_place(Tensor.__mod__),
    "__ipow__": inplace.operator_in_place(Tensor.__pow__),
}


def attach() -> None:
    """Give Tensor its methods. A name that the engine defines itself is not replaced."""
    table: dict[str, Any] = dict(OTHERS)
    for module, names in SAME.items():
        table |= {name: getattr(module, name) for name in names.split()}
    for module, names in IN_PLACE.items():
        for name in names.split():
            table[f"{name}_"] = inplace.in_place(name, getattr(module, name))
    for name, method in table.items():
        if name in vars(Tensor):
            raise AttributeError(f"Tensor has {name!r} already")
        setattr(Tensor, name, method)


attach()
