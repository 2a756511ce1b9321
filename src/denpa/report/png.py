"""Small pictures as PNG data URIs, so that a page holds its images and asks nobody for them."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray


def as_bytes(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Return an image (H, W), (H, W, 1) or (H, W, 3) of values in [0, 1] as bytes of 0 to 255.

    Values outside [0, 1] are clipped, NaN becomes 0.
    """
    pixels = np.asarray(image)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or not pixels.size:
        raise ValueError(
            f"an image of shape {tuple(np.shape(image))} cannot be drawn: "
            "expected (H, W) in grey or (H, W, 3) in colour, with values from 0 to 1"
        )
    filled = np.nan_to_num(pixels.astype(np.float64), nan=0.0, posinf=1.0, neginf=0.0)
    return np.rint(np.clip(filled, 0.0, 1.0) * 255.0).astype(np.uint8)


def shrink(image: NDArray[Any], largest: int) -> NDArray[Any]:
    """Return the image with blocks averaged until neither side exceeds `largest` pixels."""
    factor = -(-max(image.shape[:2]) // largest)
    if factor <= 1:
        return image
    rows = np.arange(0, image.shape[0], factor)
    columns = np.arange(0, image.shape[1], factor)
    total = np.add.reduceat(np.add.reduceat(image.astype(np.float64), rows, 0), columns, 1)
    heights = np.diff(np.append(rows, image.shape[0]))  # the last block may be smaller
    widths = np.diff(np.append(columns, image.shape[1]))
    area = np.outer(heights, widths).astype(np.float64)
    mean: NDArray[Any] = total / (area[:, :, None] if image.ndim == 3 else area)
    return mean


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bytes(image: NDArray[Any]) -> bytes:
    """Return the PNG file of an image (H, W) or (H, W, 3) with values in [0, 1].

    >>> import numpy as np
    >>> from denpa.report.png import png_bytes
    >>> png_bytes(np.zeros((2, 3)))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    pixels = as_bytes(image)
    height, width = pixels.shape[:2]
    colour_type = 0 if pixels.ndim == 2 else 2
    rows = pixels.reshape(height, -1)  # (H, W) or (H, 3W)
    raw = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)  # filter byte 0 a row
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(raw.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )


def png_data_uri(image: NDArray[Any]) -> str:
    """Return the image as a `data:` address that an <img> or an SVG <image> can show."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(image)).decode("ascii")
