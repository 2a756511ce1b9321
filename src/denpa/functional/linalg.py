"""Products of vectors and matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor
from denpa.core.errors import ShapeError
from denpa.core.shape import describe
from denpa.functional.common import both, copy_of, dim_of, located, need, op, reshape_to, take

__all__ = [
    "addmm",
    "addmv",
    "baddbmm",
    "bmm",
    "diag",
    "diagonal",
    "dot",
    "ger",
    "inner",
    "matmul",
    "mm",
    "mv",
    "outer",
    "tensordot",
    "trace",
]


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product; 1-D operands are vectors, further leading dimensions are broadcast.

    (…, n, k) and (…, k, m) to (…, n, m); the dimension n or m goes where the operand is a vector.

    Errors: TypeError for what is no tensor and for dtypes that differ (DTypeError); RuntimeError
    (ShapeError) for a 0-dim tensor, inner sizes that differ, and leading ones that do not
    broadcast.

    >>> import denpa as dp
    >>> dp.matmul(dp.tensor([[1.0, 2.0], [3.0, 4.0]]), dp.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    a, b = need("matmul", input), need("matmul", other, "other")
    m, n = len(a.shape), len(b.shape)
    if m >= 2 and n >= 2:
        return op("matmul", a, b)
    if not m or not n:
        raise located(
            ShapeError(
                f"matmul takes vectors and matrices, not {describe(a)} and {describe(b)}; use *"
            )
        )
    inner = b.shape[-2] if n >= 2 else b.shape[0]
    if a.shape[-1] != inner:
        raise located(
            ShapeError(
                f"matmul: {describe(a)} @ {describe(b)} does not fit: the left ends in "
                f"{a.shape[-1]}, the right takes {inner}; they must be equal"
            )
        )
    left = op("reshape", a, shape=(1, a.shape[0])) if m == 1 else a
    right = op("reshape", b, shape=(b.shape[0], 1)) if n == 1 else b
    y = op("matmul", left, right)
    shape = y.shape[:-1] if n == 1 else y.shape
    if m == 1:
        shape = (*y.shape[:-2], y.shape[-1]) if n >= 2 else ()
    return op("reshape", y, shape=shape)


def _ranks(name: str, a: Any, b: Any, m: int, n: int) -> tuple[Tensor, Tensor]:
    a, b = need(name, a), need(name, b, "second operand")
    if (len(a.shape), len(b.shape)) != (m, n):
        raise located(
            ShapeError(
                f"{name} takes {m}-D and {n}-D tensors, not {describe(a)} and {describe(b)}; "
                "matmul takes any"
            )
        )
    return a, b


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices: (n, k) and (k, m) to (n, m).

    Errors: TypeError for what is no tensor and for dtypes that differ (DTypeError); RuntimeError
    (ShapeError) for what is no matrix and for inner sizes that differ.

    >>> import denpa as dp
    >>> dp.mm(dp.ones(2, 3), dp.ones(3, 1))
    tensor([[3.],
            [3.]])
    """
    return op("matmul", *_ranks("mm", input, mat2, 2, 2))


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Products of matrices, one for each element of the first dimension (no broadcasting): (b, n,
    k) and (b, k, m) to (b, n, m).

    Errors: TypeError for what is no tensor and for dtypes that differ (DTypeError); RuntimeError
    (ShapeError) for what is not 3-D, and for batches or inner sizes that differ.

    >>> import denpa as dp
    >>> dp.bmm(dp.ones(5, 2, 3), dp.ones(5, 3, 4)).shape
    (5, 2, 4)
    """
    a, b = _ranks("bmm", input, mat2, 3, 3)
    if a.shape[0] != b.shape[0]:
        raise located(
            ShapeError(f"bmm: {describe(a)} and {describe(b)} are batches of different sizes")
        )
    return op("matmul", a, b)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector: (n, k) and (k,) to (n,).

    Errors: TypeError for what is no tensor and for dtypes that differ (DTypeError); RuntimeError
    (ShapeError) for other than a matrix and a vector, and for inner sizes that differ.

    >>> import denpa as dp
    >>> dp.mv(dp.tensor([[1, 2], [3, 4]]), dp.tensor([1, 1]))
    tensor([3, 7])
    """
    return matmul(*_ranks("mv", input, vec, 2, 1))


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors: (n,) and (n,) to a 0-dim tensor.

    Errors: TypeError for what is no tensor and for dtypes that differ (DTypeError); RuntimeError
    (ShapeError) for what is no vector and for sizes that differ.

    >>> import denpa as dp
    >>> dp.dot(dp.tensor([2.0, 3.0]), dp.tensor([2.0, 1.0]))
    tensor(7.)
    """
    a, b = _ranks("dot", input, tensor, 1, 1)
    if a.shape != b.shape:
        raise located(ShapeError(f"dot: {describe(a)} and {describe(b)} differ in size"))
    return matmul(a, b)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Sums of products over the last dimension of both: (…, k) and (…, k) to the leading dimensions
    of the first, then those of the second. With a 0-dim operand it is the plain product.

    Errors: TypeError for what is no tensor and for dtypes that differ (DTypeError); RuntimeError
    (ShapeError) for last sizes that differ.

    >>> import denpa as dp
    >>> dp.inner(dp.tensor([[1, 2], [3, 4]]), dp.tensor([1, 1]))
    tensor([3, 7])
    """
    a, b = need("inner", input), need("inner", other, "other")
    if not a.shape or not b.shape:
        return both("mul", a, b)
    return tensordot(a, b, ([-1], [-1]))


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The matrix of all products of two vectors: (n,) and (m,) to (n, m).

    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for what is no vector.

    >>> import denpa as dp
    >>> dp.outer(dp.tensor([1, 2]), dp.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    a, b = _ranks("outer", input, vec2, 1, 1)
    column = op("reshape", a, shape=(a.shape[0], 1))
    return both("mul", column, op("reshape", b, shape=(1, b.shape[0])))


ger = outer


def addmm(
    input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """beta·input + alpha·(mat1 @ mat2): (n, k) and (k, m), with an input that broadcasts to (n, m).

    Errors: TypeError for matrices that are no tensors or differ in dtype (DTypeError), and for an
    input or factor that is no number or tensor; RuntimeError (ShapeError) for what is no matrix,
    and for shapes that do not fit.

    >>> import denpa as dp
    >>> dp.addmm(dp.ones(1), dp.ones(1, 2), dp.ones(2, 1))
    tensor([[3.]])
    """
    return _plus(input, mm(mat1, mat2), beta, alpha)


def baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """beta·input + alpha·bmm(batch1, batch2): (b, n, k) and (b, k, m), with an input that
    broadcasts to (b, n, m).

    Errors: TypeError for batches that are no tensors or differ in dtype (DTypeError), and for an
    input or factor that is no number or tensor; RuntimeError (ShapeError) for batches that are not
    3-D, and for shapes that do not fit.

    >>> import denpa as dp
    >>> dp.baddbmm(dp.ones(1), dp.ones(1, 1, 2), dp.ones(1, 2, 1))
    tensor([[[3.]]])
    """
    return _plus(input, bmm(batch1, batch2), beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta·input + alpha·(mat @ vec): (n, k) and (k,), with an input that broadcasts to (n,).

    Errors: TypeError for mat and vec that are no tensors or differ in dtype (DTypeError), and for
    an input or factor that is no number or tensor; RuntimeError (ShapeError) for other than a
    matrix and a vector, and for shapes that do not fit.

    >>> import denpa as dp
    >>> dp.addmv(dp.ones(2), dp.eye(2), dp.tensor([1.0, 2.0]))
    tensor([2., 3.])
    """
    return _plus(input, mv(mat, vec), beta, alpha)


def _plus(x: Tensor, product: Tensor, beta: float, alpha: float) -> Tensor:
    product = product if alpha == 1 else product * alpha
    if beta == 0:
        return product
    return both("add", x if beta == 1 else x * beta, product)


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of two dimensions, which becomes the last dimension: a view. A positive `offset`
    is above the main one: (n, n) to (n − offset,).

    Errors: TypeError for what is no tensor, and a dim or offset that is no int; IndexError
    (DimError) for a dim out of range; RuntimeError (ShapeError) for one dim given twice.

    >>> import denpa as dp
    >>> dp.diagonal(dp.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    x = need("diagonal", input)
    rank = len(x.shape)
    a, b = dim_of(dim1, rank), dim_of(dim2, rank)
    if rank < 2 or a == b:
        raise located(ShapeError(f"diagonal: dims {dim1} and {dim2} of {describe(x)} are not two"))
    rest = tuple(d for d in range(rank) if d not in (a, b))
    down, right = -min(offset, 0), max(offset, 0)
    n = max(0, min(x.shape[a] - down, x.shape[b] - right))
    x = op("permute", x, dims=(*rest, a, b))
    x = take(x, rank - 2, down, down + n) if n else take(x, rank - 2, 0, 0)
    x = take(x, rank - 1, right, right + n) if n else take(x, rank - 1, 0, 0)
    return op("diagonal", x)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with a vector on its diagonal; of a matrix, its diagonal, as a copy. A positive
    `diagonal` is above the main one: (n,) to (n + |diagonal|, n + |diagonal|).

    Errors: TypeError for what is no tensor and a diagonal that is no int; RuntimeError (ShapeError)
    for what is no vector or matrix.

    >>> import denpa as dp
    >>> dp.diag(dp.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    x = need("diag", input)
    if len(x.shape) == 2:
        return copy_of(_diagonal(x, diagonal))
    if len(x.shape) != 1:
        raise located(ShapeError(f"diag takes a vector or a matrix, not {describe(x)}"))
    n = x.shape[0] + abs(diagonal)
    k = np.arange(x.shape[0])
    return op("scatter_add", x, k - min(diagonal, 0), k + max(diagonal, 0), shape=(n, n))


_diagonal = diagonal


def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix: (n, m) to a 0-dim tensor.

    Errors: TypeError for what is no tensor; RuntimeError (ShapeError) for what is no matrix.

    >>> import denpa as dp
    >>> dp.trace(dp.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    x = need("trace", input)
    if len(x.shape) != 2:
        raise located(ShapeError(f"trace takes a matrix, not {describe(x)}"))
    total: Tensor = diagonal(x).sum()
    return total


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Sums of products over pairs of dimensions: the last of a and the first of b, or two lists.
    The result has the other dimensions of a, then those of b.

    Errors: TypeError for what is no tensor, for dims of another type and for dtypes that differ
    (DTypeError); IndexError for dims out of range or more than there are; RuntimeError (ShapeError)
    for sizes that differ and for a dim named twice.

    >>> import denpa as dp
    >>> dp.tensordot(dp.ones(2, 3), dp.ones(3, 4), 1).shape
    (2, 4)
    """
    a, b = need("tensordot", a), need("tensordot", b, "b")
    m, n = len(a.shape), len(b.shape)
    if isinstance(dims, int):
        left, right = list(range(m - dims, m)), list(range(dims))
    else:
        left = [dim_of(d, m) for d in dims[0]]
        right = [dim_of(d, n) for d in dims[1]]
    if [a.shape[d] for d in left] != [b.shape[d] for d in right]:
        raise located(
            ShapeError(
                f"tensordot: dims {left} of {describe(a)} and {right} of {describe(b)} differ"
            )
        )
    keep_a = [d for d in range(m) if d not in left]
    keep_b = [d for d in range(n) if d not in right]
    shape_a, shape_b = [a.shape[d] for d in keep_a], [b.shape[d] for d in keep_b]
    inner = int(np.prod([a.shape[d] for d in left]))
    rows, columns = int(np.prod(shape_a)), int(np.prod(shape_b))
    x = reshape_to(op("permute", a, dims=(*keep_a, *left)), (rows, inner))
    y = reshape_to(op("permute", b, dims=(*right, *keep_b)), (inner, columns))
    return reshape_to(op("matmul", x, y), (*shape_a, *shape_b))
