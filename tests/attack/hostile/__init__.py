"""Hostile files, made from a generator of random numbers: the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.attack.hostile import arrays, pictures, tables
from tests.attack.hostile.damage import Case

ROOMS: dict[str, Callable[[np.random.Generator], Case]] = {
    "idx": arrays.idx,
    "npy-and-npz": arrays.numpy,
    "csv": tables.csv,
    "parquet": tables.parquet,
    "images": pictures.images,
}


def honest(room: str) -> list[Case]:
    """Files of the same sort that are as they should be, and a few that are refused."""
    make = {
        "idx": arrays.honest_idx,
        "npy-and-npz": arrays.honest_numpy,
        "csv": tables.honest_csv,
        "parquet": tables.honest_parquet,
        "images": pictures.honest_images,
    }
    return make[room]()
