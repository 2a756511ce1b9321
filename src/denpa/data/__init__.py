"""Data sets: named ones, readers for files and frames, splitting, scaling and augmentation.

In:  a name, a path, a frame or arrays.
Out: `dataset.Data`: arrays ready for a network, and what is known of them.

Read `readers` first: one door for all. `formats`, `idx` and `images` read files, `table`,
`columns`, `dates` and `target` make numbers of columns, and `row_numbers` and `leaks` warn of
columns that tell too much; `split` and `scale` prepare, `augment` enlarges, `sources` are the
named sets. Everything is NumPy arrays; pandas, Pillow and pyarrow are imported when a file needs
them.
"""

from __future__ import annotations

from denpa.data.augment import Augment, label_noise, noise, rotate, shift
from denpa.data.dataset import Data
from denpa.data.errors import DataError
from denpa.data.leaks import possible_leaks
from denpa.data.readers import SUPPORTED, encode, read
from denpa.data.scale import Standardizer
from denpa.data.sources import Info, available, cache_dir, digits, get, mnist
from denpa.data.split import split

__all__ = [
    "SUPPORTED",
    "Augment",
    "Data",
    "DataError",
    "Info",
    "Standardizer",
    "available",
    "cache_dir",
    "digits",
    "encode",
    "get",
    "label_noise",
    "mnist",
    "noise",
    "possible_leaks",
    "read",
    "rotate",
    "shift",
    "split",
]
