"""Datasets, samplers and the loader of mini-batches, under PyTorch's names.

Read `loader` first: order from `sampler`, rows from `dataset`, mini-batches by `collate`.
"""

from __future__ import annotations

from denpa.utils.data.collate import default_collate, default_convert
from denpa.utils.data.dataset import (
    ConcatDataset,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    random_split,
)
from denpa.utils.data.loader import DataLoader
from denpa.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

__all__ = [
    "BatchSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "IterableDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "default_collate",
    "default_convert",
    "random_split",
]
