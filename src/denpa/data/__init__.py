"""Data sets: named ones, readers for files and frames, splitting, scaling and augmentation.

In:  a name, a path, a frame or arrays.
Out: `dataset.Data`: arrays ready for a network, and what is known of them.

Read `dataset` first: what every way leads to. `readers` open files and tell sources apart,
`encoders` make numbers of columns and targets, split and scale them; `augment` enlarges a set of
pictures, `origin` names the line that an error is about, `errors` says it. `opening` opens a file
and nothing else, `bounds` says how much one may hold. Readers call encoders, never the other way.
Everything is NumPy arrays; pandas, Pillow and pyarrow are imported when a file needs them.
"""

from __future__ import annotations

from denpa.data.augment import Augment, label_noise, noise, rotate, shift
from denpa.data.dataset import Data
from denpa.data.encoders.leaks import possible_leaks
from denpa.data.encoders.scale import Standardizer
from denpa.data.encoders.split import split
from denpa.data.errors import DataError
from denpa.data.readers.door import SUPPORTED, encode, read
from denpa.data.readers.sources import Info, available, cache_dir, digits, get, mnist

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
