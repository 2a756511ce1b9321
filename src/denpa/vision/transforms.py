"""From a picture to a tensor that a network takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denpa.autodiff.tensor import Tensor, tensor_of
from denpa.core.errors import ArgumentError, ShapeError, not_offered
from denpa.core.shape import describe

__all__ = ["Compose", "Normalize", "ToTensor"]


class Compose:
    """Transforms one after the other, a list of functions; each takes what the one before makes.

    Errors: when called, a TypeError for what is no list of functions; what they raise passes
    through.

    >>> import numpy as np
    >>> from denpa.vision import transforms
    >>> change = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    >>> change(np.array([[0, 255]], np.uint8))
    tensor([[[-1.,  1.]]])
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        """What the last one makes."""
        for change in self.transforms:
            img = change(img)
        return img

    def __repr__(self) -> str:
        lines = "".join(f"\n    {change}" for change in self.transforms)
        return f"Compose({lines}\n)"


class ToTensor:
    """A picture, (H, W) or (H, W, C), as a tensor (C, H, W); bytes become float32 from 0 to 1.

    Takes NumPy arrays and what gives one, as Pillow's images do. Arrays of other dtypes keep
    their numbers.

    Errors: TypeError for what is no array; RuntimeError (ShapeError) for other than two or three
    dimensions.

    >>> import numpy as np
    >>> from denpa.vision import ToTensor
    >>> ToTensor()(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0. , 0.2, 1. ]]])
    """

    def __call__(self, pic: Any) -> Tensor:
        """The tensor (C, H, W)."""
        array_like = hasattr(pic, "__array__") or hasattr(pic, "__array_interface__")
        if isinstance(pic, Tensor) or not array_like:
            raise TypeError(
                f"ToTensor takes a picture as a NumPy array or of Pillow, not {type(pic).__name__}"
            )
        array = np.asarray(pic)
        if array.ndim not in (2, 3):
            raise ShapeError(f"ToTensor takes a picture (H, W) or (H, W, C), not {describe(array)}")
        planes = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
        if array.dtype == np.uint8:
            return tensor_of(np.divide(planes, 255, dtype=np.float32, order="C"))
        return tensor_of(np.array(planes, np.uint8 if array.dtype == bool else None, order="C"))

    def __repr__(self) -> str:
        return "ToTensor()"


class Normalize:
    """(x − mean)/std for each channel of a picture (..., C, H, W), which keeps its shape.

    Errors: ArgumentError (a ValueError) where a deviation is 0; TypeError for what is no
    floating-point tensor; RuntimeError (ShapeError) where the channels are not as many.

    >>> import denpa as dp
    >>> from denpa.vision import Normalize
    >>> Normalize(mean=[1.0], std=[2.0])(dp.tensor([[[1.0, 5.0]]]))
    tensor([[[0., 2.]]])
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        if any(s == 0 for s in std):
            raise ArgumentError(f"Normalize: std={std} has a 0, by which it would be divided")
        self.mean, self.std, self.inplace = mean, std, inplace

    def __call__(self, tensor: Tensor) -> Tensor:
        """A new tensor; the given one, changed, if `inplace`."""
        if not isinstance(tensor, Tensor) or tensor.dtype.kind != "f":
            given = describe(tensor) if isinstance(tensor, Tensor) else type(tensor).__name__
            raise TypeError(
                f"Normalize takes a floating-point tensor, not {given}; put ToTensor before it"
            )
        mean, std = (np.asarray(x, tensor.dtype).reshape(-1, 1, 1) for x in (self.mean, self.std))
        channels = tensor.shape[-3] if tensor.ndim >= 3 else None
        if channels is None or any(len(x) not in (1, channels) for x in (mean, std)):
            raise ShapeError(
                f"Normalize: {len(mean)} means and {len(std)} deviations do not fit "
                f"{describe(tensor)}, which should be (..., C, H, W)"
            )
        result: Tensor = (tensor - mean) / std
        return tensor.copy_(result) if self.inplace else result

    def __repr__(self) -> str:
        return f"Normalize(mean={self.mean}, std={self.std})"


def __getattr__(name: str) -> Any:
    raise not_offered("denpa.vision.transforms", name, globals())
