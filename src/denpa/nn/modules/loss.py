"""Losses as modules: they hold the options, `functional` computes."""

from __future__ import annotations

from denpa.autodiff.tensor import Tensor
from denpa.nn import functional as F
from denpa.nn.functional._tools import check_legacy, check_reduction
from denpa.nn.module import Module


class _Loss(Module):
    def __init__(
        self, size_average: None = None, reduce: None = None, reduction: str = "mean"
    ) -> None:
        super().__init__()
        check_legacy(size_average, reduce)
        check_reduction(reduction, ("none", "mean", "sum", "batchmean"))
        self.reduction = reduction


class _Weighted(_Loss):
    weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: None = None,
        reduce: None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class MSELoss(_Loss):
    """(y − t)², its mean or its sum; with `half` ½N⁻¹Σ(y − t)². See `functional.mse_loss`.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call);
    NotImplementedError for `size_average` and `reduce`; at the call RuntimeError (ShapeError) for
    shapes that do not broadcast, TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.MSELoss(half=True)(dp.tensor([[3.0, 3.0]]), dp.tensor([[1.0, 2.0]]))
    tensor(2.5)
    """

    def __init__(
        self,
        size_average: None = None,
        reduce: None = None,
        reduction: str = "mean",
        *,
        half: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        # Module has a method half(), so the flag has another name.
        self.halved = half

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.mse_loss(input, target, reduction=self.reduction, half=self.halved)

    def extra_repr(self) -> str:
        """The arguments to show in repr."""
        return "half=True" if self.halved else ""


class L1Loss(_Loss):
    """|y − t|, its mean or its sum.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call);
    NotImplementedError for `size_average` and `reduce`; at the call RuntimeError (ShapeError) for
    shapes that do not broadcast, TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.L1Loss()(dp.tensor([3.0, 1.0]), dp.tensor([1.0, 1.0]))
    tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.l1_loss(input, target, reduction=self.reduction)


class HuberLoss(_Loss):
    """½d² where |d| = |y − t| ≤ delta, delta·(|d| − ½delta) beyond.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call); at the
    call RuntimeError for delta ≤ 0, and (ShapeError) for shapes that do not broadcast, TypeError
    for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.HuberLoss()(dp.tensor([3.0]), dp.zeros(1))
    tensor(2.5)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.huber_loss(input, target, self.reduction, self.delta)


class SmoothL1Loss(_Loss):
    """½d²/beta where |d| = |y − t| < beta, |d| − ½beta beyond.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call);
    NotImplementedError for `size_average` and `reduce`; at the call RuntimeError for beta < 0, and
    (ShapeError) for shapes that do not broadcast, TypeError for what is no tensor.

    >>> import denpa as dp
    >>> dp.nn.SmoothL1Loss()(dp.tensor([3.0]), dp.zeros(1))
    tensor(2.5)
    """

    def __init__(
        self,
        size_average: None = None,
        reduce: None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class BCELoss(_Weighted):
    """Cross-entropy of probabilities against targets in [0, 1]. See
    `functional.binary_cross_entropy`.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call);
    NotImplementedError for `size_average` and `reduce`; TypeError for a weight that is no tensor;
    at the call ValueError (ArgumentError) for a target of another shape, RuntimeError for numbers
    outside 0 to 1, TypeError for what is no tensor or (DTypeError) holds integers.

    >>> import denpa as dp
    >>> dp.nn.BCELoss()(dp.tensor([0.5]), dp.tensor([1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """A sigmoid and its cross-entropy in one: the derivative at the logits is (σ(x) − t)/N.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call);
    NotImplementedError for `size_average` and `reduce`; TypeError for a weight that is no tensor;
    at the call ValueError (ArgumentError) for a target of another shape, TypeError for what is no
    tensor or (DTypeError) integer logits.

    >>> import denpa as dp
    >>> dp.nn.BCEWithLogitsLoss()(dp.tensor([0.0]), dp.tensor([1.0]))
    tensor(0.6931)
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: None = None,
        reduce: None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class CrossEntropyLoss(_Weighted):
    """A softmax and its cross-entropy in one: the derivative at the logits is (softmax(x) − t)/N.

    Targets are class indices, or one-hot or soft labels. See `functional.cross_entropy`.

    Shapes: scores (N, C), (C,) or (N, C, d₁, …), and a target without C or of the same shape. The
    result is a 0-dim tensor; with reduction='none' it has the shape without C.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call);
    NotImplementedError for `size_average` and `reduce`; TypeError for a weight that is no tensor;
    at the call ValueError (ArgumentError) for another batch size, RuntimeError (ShapeError) for
    other shapes that do not fit, RuntimeError for a label_smoothing outside 0 to 1, IndexError
    (DimError) for a class out of range, TypeError for what is no tensor or (DTypeError) has the
    wrong dtype.

    >>> import denpa as dp
    >>> dp.nn.CrossEntropyLoss()(dp.tensor([[2.0, 0.0], [0.0, 0.0]]), dp.tensor([0, 1]))
    tensor(0.41)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: None = None,
        ignore_index: int = -100,
        reduce: None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.cross_entropy(
            input,
            target,
            self.weight,
            None,
            self.ignore_index,
            None,
            self.reduction,
            self.label_smoothing,
        )


class NLLLoss(_Weighted):
    """−x_t for log-probabilities x and class indices t. See `functional.nll_loss`.

    Shapes: scores (N, C), (C,) or (N, C, d₁, …), and a target without C. The result is a 0-dim
    tensor; with reduction='none' it has the shape of the target.
    Errors: ValueError (ArgumentError) for an unknown reduction ('batchmean' at the call);
    NotImplementedError for `size_average` and `reduce`; TypeError for a weight that is no tensor;
    at the call ValueError (ArgumentError) for another batch size, RuntimeError (ShapeError) for
    other shapes that do not fit, IndexError (DimError) for a class out of range, TypeError for what
    is no tensor or (DTypeError) has the wrong dtype.

    >>> import denpa as dp
    >>> dp.nn.NLLLoss()(dp.tensor([[-0.5, -1.0]]), dp.tensor([1]))
    tensor(1.)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: None = None,
        ignore_index: int = -100,
        reduce: None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.nll_loss(input, target, self.weight, None, self.ignore_index, None, self.reduction)


class KLDivLoss(_Loss):
    """t (ln t − x) for log-probabilities x. See `functional.kl_div`.

    Input and target have one shape. The result is a 0-dim tensor; with reduction='none' it has the
    shape of the losses.
    Errors: ValueError (ArgumentError) for an unknown reduction; NotImplementedError for
    `size_average` and `reduce`; at the call RuntimeError (ShapeError) for shapes that do not
    broadcast, TypeError for what is no tensor or (DTypeError) holds an integer target.

    >>> import denpa as dp
    >>> p = dp.tensor([[0.5, 0.5]])
    >>> dp.nn.KLDivLoss(reduction="batchmean")(p.log(), p)
    tensor(0.)
    """

    def __init__(
        self,
        size_average: None = None,
        reduce: None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of an output against its target."""
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)
