"""Small pictures as PNG data URIs, so that a page holds its images and asks nobody for them."""

from __future__ import annotations

import base64
import io
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


def png_bytes(image: NDArray[Any], largest: int | None = None) -> bytes:
    """Return the PNG file of an image (H, W) or (H, W, 3) with values in [0, 1].

    Blocks of pixels are averaged until neither side exceeds `largest` pixels.

    >>> import numpy as np
    >>> from denpa.report.png import png_bytes
    >>> png_bytes(np.zeros((2, 3)))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    from PIL import Image

    picture = Image.fromarray(as_bytes(image))
    if largest is not None:
        picture = picture.reduce(-(-max(picture.size) // largest))
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=9)
    return file.getvalue()


def png_data_uri(image: NDArray[Any], largest: int | None = None) -> str:
    """Return the image as a `data:` address that an <img> or an SVG <image> can show."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(image, largest)).decode("ascii")
