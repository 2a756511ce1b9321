"""Einstein's summation: products of tensors by naming their dimensions."""

from __future__ import annotations

from typing import Any

from denpa.autodiff.tensor import Tensor, promote
from denpa.core.errors import ShapeError
from denpa.core.shape import describe, size_of
from denpa.functional.common import located, need, op, reshape_to


def _split(text: str, rank: int, wide: int, what: str) -> list[str]:
    """Labels of the dimensions; those under an ellipsis are called "0", "1", … counted so that the
    last is always the same one."""
    head, dots, tail = text.partition("...")
    named = head + tail
    if not all(c.isascii() and c.isalpha() for c in named):
        raise located(ShapeError(f"einsum: labels must be letters, not {text!r}"))
    hidden = rank - len(named)
    if hidden < 0 or (hidden and not dots):
        raise located(
            ShapeError(f"einsum: {text!r} names {len(named)} dimensions, {what} has {rank}")
        )
    return [*head, *(str(wide - hidden + k) for k in range(hidden)), *tail]


def _diagonals(x: Tensor, labels: list[str]) -> tuple[Tensor, list[str]]:
    """One dimension for each label: a repeated label takes the diagonal."""
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            a = labels.index(label)
            b = labels.index(label, a + 1)
            if x.shape[a] != x.shape[b]:
                raise located(
                    ShapeError(
                        f"einsum: {label!r} stands for {x.shape[a]} and for {x.shape[b]} in "
                        f"{describe(x)}"
                    )
                )
            rest = [d for d in range(len(labels)) if d not in (a, b)]
            x = op("diagonal", op("permute", x, dims=(*rest, a, b)))
            labels = [*(labels[d] for d in rest), label]
    return x, labels


def _sum_out(x: Tensor, labels: list[str], keep: set[str]) -> tuple[Tensor, list[str]]:
    gone = tuple(d for d, c in enumerate(labels) if c not in keep)
    if not gone:
        return x, labels
    return op("sum", x, dim=gone, keepdim=False), [c for c in labels if c in keep]


def _order(x: Tensor, labels: list[str], wanted: list[str]) -> Tensor:
    dims = tuple(labels.index(c) for c in wanted)
    return x if dims == tuple(range(len(dims))) else op("permute", x, dims=dims)


def _pair(
    a: Tensor, la: list[str], b: Tensor, lb: list[str], keep: set[str]
) -> tuple[Tensor, list[str]]:
    """Two operands as one batched product of matrices (batch, rows, inner) @ (batch, inner,
    columns).
    """
    shared = [c for c in la if c in lb]
    # A size of 1 against another repeats, which a matrix product cannot: let it repeat first.
    sizes = dict(zip(la, a.shape, strict=True))
    for c, n in zip(lb, b.shape, strict=True):
        if sizes.get(c, n) != n and 1 not in (sizes[c], n):
            raise located(
                ShapeError(f"einsum: {c!r} is {sizes[c]} in {describe(a)} and {n} in {describe(b)}")
            )
        sizes[c] = max(sizes.get(c, n), n) if n and sizes.get(c, n) else 0
    a, b = _grow(a, la, sizes, shared), _grow(b, lb, sizes, shared)
    batch = [c for c in shared if c in keep]
    inner = [c for c in shared if c not in keep]
    rows = [c for c in la if c not in shared]
    columns = [c for c in lb if c not in shared]
    out = [*batch, *rows, *columns]
    shape = tuple(sizes[c] for c in out)
    if not inner:  # nothing is summed: an outer product with broadcasting
        x = _order(a, la, [*batch, *rows])
        y = _order(b, lb, [*batch, *columns])
        n = len(batch)
        x = reshape_to(x, (*x.shape, *(1,) * len(columns)))
        y = reshape_to(y, (*y.shape[:n], *(1,) * len(rows), *y.shape[n:]))
        return op("mul", x, y), out

    def count(names: list[str]) -> int:
        return size_of([sizes[c] for c in names])

    left = (count(rows), count(inner))
    right = (count(inner), count(columns))
    lead = (count(batch),) if batch else ()
    x = reshape_to(_order(a, la, [*batch, *rows, *inner]), (*lead, *left))
    y = reshape_to(_order(b, lb, [*batch, *inner, *columns]), (*lead, *right))
    return reshape_to(op("matmul", x, y), shape), out


def _grow(x: Tensor, labels: list[str], sizes: dict[str, int], shared: list[str]) -> Tensor:
    shape = tuple(sizes[c] if c in shared else n for c, n in zip(labels, x.shape, strict=True))
    return x if shape == x.shape else op("broadcast_to", x, shape=shape)


def einsum(equation: str, *operands: Any) -> Tensor:
    """Sums of products by the names of dimensions: "ij,jk->ik" is the matrix product.

    A name that is not in the output is summed over; without "->" the output has the names that come
    once, in the order of the alphabet; "..." stands for dimensions that are broadcast. Products are
    taken from left to right. The operands are tensors, one for each term, or one list of them;
    their dtypes are promoted.

    Errors: TypeError for an operand that is no tensor; RuntimeError (ShapeError) for a wrong number
    of operands, names that are no letters, or do not fit the operand's dimensions, sizes that
    differ under one name, and an output with a name that is unknown or comes twice;
    NotImplementedError for an equation that is no string.

    >>> import denpa as dp
    >>> dp.einsum("ij,j->i", dp.tensor([[1.0, 2.0], [3.0, 4.0]]), dp.tensor([1.0, 1.0]))
    tensor([3., 7.])
    """
    if not isinstance(equation, str):
        raise NotImplementedError("einsum takes its equation as a string, as in 'ij,jk->ik'")
    given = (
        operands[0] if len(operands) == 1 and isinstance(operands[0], (tuple, list)) else operands
    )
    xs = promote([need("einsum", x, "operand") for x in given])
    left, arrow, right = equation.replace(" ", "").partition("->")
    texts = left.split(",")
    if len(texts) != len(xs):
        raise located(
            ShapeError(f"einsum: {equation!r} names {len(texts)} operands, {len(xs)} given")
        )
    hidden = [
        len(x.shape) - len(t.replace("...", ""))
        for t, x in zip(texts, xs, strict=True)
        if "..." in t
    ]
    wide = max([0, *hidden])
    terms: list[tuple[Tensor, list[str]]] = []
    for text, x in zip(texts, xs, strict=True):
        labels = _split(text, len(x.shape), wide, describe(x))
        terms.append(_diagonals(x, labels))
    every = [c for text in texts for c in text.replace("...", "")]
    dots = [str(k) for k in range(wide)]
    if arrow:
        output = _split(
            right,
            len(right.replace("...", "")) + (wide if "..." in right else 0),
            wide,
            "the output",
        )
    else:
        output = [*dots, *sorted(c for c in set(every) if every.count(c) == 1)]
    if len(set(output)) != len(output):
        raise located(ShapeError(f"einsum: a name comes twice in the output of {equation!r}"))
    known = {c for _, labels in terms for c in labels}
    if not set(output) <= known:
        missing = sorted(set(output) - known)
        raise located(
            ShapeError(f"einsum: {missing} of the output of {equation!r} is in no operand")
        )
    x, labels = _sum_out(*terms[0], {*output, *(c for _, ls in terms[1:] for c in ls)})
    for k in range(1, len(terms)):
        later = {*output, *(c for _, ls in terms[k + 1 :] for c in ls)}
        x, labels = _sum_out(x, labels, later | set(terms[k][1]))
        y, other = _sum_out(*terms[k], later | set(labels))
        x, labels = _pair(x, labels, y, other, later)
    x, labels = _sum_out(x, labels, set(output))
    return _order(x, labels, output)
