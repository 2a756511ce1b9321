"""Data sets and transforms of pictures under torchvision's names, for scripts of PyTorch's kind.

`from torchvision import datasets, transforms` becomes `from denpa.vision import datasets,
transforms`. What is not here says so; `denpa.data` reads tables, folders of pictures and arrays.
"""

from __future__ import annotations

from denpa.vision import datasets, transforms
from denpa.vision.datasets import MNIST
from denpa.vision.transforms import Compose, Normalize, ToTensor

__all__ = ["MNIST", "Compose", "Normalize", "ToTensor", "datasets", "transforms"]
