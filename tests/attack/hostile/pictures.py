"""Hostile pictures, each in a folder of honest ones."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

import numpy as np

from tests.attack.hostile.damage import NUMBERS, Case, Rng, damaged, deflated, pick

_ENDINGS = ("png", "jpg", "bmp", "gif", "tif", "webp", "ppm", "pgm")
_SIZES = (0, 1, 2, 255, 20_000, 65_535, 2**31 - 1, 2**31, 2**32 - 1)
_MODES = ("L", "RGB", "RGBA", "P", "1", "LA", "I;16", "I", "F", "CMYK", "YCbCr")


@cache
def _picture(ending: str, mode: str = "RGB") -> bytes:
    """A small honest picture: in a mode that the format lacks, in colour."""
    from PIL import Image

    values = np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    picture = Image.fromarray(values)
    file = io.BytesIO()
    try:
        picture.convert(mode).save(file, "JPEG" if ending == "jpg" else None or _FORMATS[ending])
    except (OSError, ValueError):
        file = io.BytesIO()
        picture.save(file, _FORMATS[ending])
    return file.getvalue()


_FORMATS = {
    **{"png": "PNG", "jpg": "JPEG", "bmp": "BMP", "gif": "GIF", "tif": "TIFF", "webp": "WEBP"},
    **{"ppm": "PPM", "pgm": "PPM"},
}


@cache
def _compressed_tiff(compression: str) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    mode = "1" if compression.startswith("group") else "RGB"
    Image.new(mode, (40, 30)).save(file, "TIFF", compression=compression)
    return file.getvalue()


@cache
def _album(ending: str) -> bytes:
    """Several pictures in one file, and what a camera says of them."""
    from PIL import Image

    frames = [Image.new("RGB", (9, 7), (40 * k, 9, 9)) for k in range(5)]
    exif = frames[0].getexif()
    exif[0x0112], exif[0x010E] = 6, "a picture"
    file = io.BytesIO()
    kind = "MPO" if ending == "jpg" else _FORMATS[ending]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], exif=exif)
    return file.getvalue()


def honest_images() -> list[Case]:
    good = [
        _folder(f"1.{ending}", raw, "honest")
        for ending in _ENDINGS
        for raw in (*(_picture(ending, mode) for mode in _MODES),)
    ]
    more = [_folder("1.tif", _compressed_tiff(c), "honest") for c in _COMPRESSIONS]
    more += [_folder(f"1.{e}", _album(e), "honest") for e in ("jpg", "png", "gif", "tif", "webp")]
    bad = [_folder("1.png", raw, "bad") for raw in (b"", b"text", _picture("png")[:-30])]
    return good + more + bad


_COMPRESSIONS = ("tiff_lzw", "tiff_deflate", "packbits", "jpeg", "group3", "group4", "zstd", "lzma")


def _folder(name: str, raw: bytes, how: str, alone: bool = False) -> Case:
    if alone:
        return Case(name, {name: raw}, how)
    files = {f"p/{c}/0.png": _picture("png") for c in "ab"}
    return Case("p", {**files, f"p/b/{name}": raw}, how)


def images(rng: Rng) -> Case:
    """A folder with a hostile picture, or one alone."""
    ending = str(pick(rng, _ENDINGS))
    choice = rng.integers(12)
    if choice < 5:
        raw, how = damaged(_picture(ending, str(pick(rng, _MODES))), rng)
    elif choice == 5:
        raw, how = damaged(_compressed_tiff(str(pick(rng, _COMPRESSIONS))), rng)
        ending = "tif"
    elif choice == 6:
        ending = str(pick(rng, ("jpg", "png", "gif", "tif", "webp")))
        raw, how = damaged(_album(ending), rng)
    elif choice == 7:
        raw, how = _strange_png(rng)
    elif choice == 8:
        raw, how = _other_format(rng)
    elif choice == 9:
        raw, how = _large(ending, rng)
    elif choice == 10:
        raw = bytearray(_picture(ending, str(pick(rng, _MODES))))
        for _ in range(int(rng.integers(2, 6))):
            number = pick(rng, NUMBERS)
            at = int(rng.integers(2, 60))
            raw[at : at + len(number)] = number
        how = "numbered header"
    else:
        raw, how = rng.bytes(int(pick(rng, (0, 1, 2, 10, 100, 5000)))), "random bytes"
    return _folder(f"1.{ending}", bytes(raw), f"{how} in .{ending}", bool(rng.integers(4) == 0))


def _chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def _png(width: int, height: int, depth: int, colour: int, data: bytes, *more: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [_chunk(b"IHDR", head), *more, _chunk(b"IDAT", data), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _strange_png(rng: Rng) -> tuple[bytes, str]:
    """A PNG whose checksums are right."""
    width, height = (int(pick(rng, (*_SIZES, 9))) for _ in range(2))
    depth, colour = int(pick(rng, (0, 1, 2, 4, 8, 16, 32))), int(pick(rng, (0, 2, 3, 4, 6, 7)))
    data = pick(rng, (b"", deflated(1), deflated(100), zlib.compress(bytes(500)), b"text"))
    kind = bytes(
        pick(rng, (b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"PLTE", b"tRNS", b"acTL", b"fcTL"))
    )
    said = pick(rng, (b"k\0\0" + deflated(100), b"k\0\1\0\0\0" + deflated(100), rng.bytes(60), b""))
    how = f"PNG {width} x {height}, {depth} bits of colour {colour}, {kind.decode()}"
    return _png(width, height, depth, colour, data, _chunk(kind, said)), how


def _other_format(rng: Rng) -> tuple[bytes, str]:
    script = b"(traced) (w) file closefile showpage\n"
    return pick(
        rng,
        (
            (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n" + script, "EPS"),
            (b"\xc5\xd0\xd3\xc6" + struct.pack("<7I", 32, 60, 0, 0, 0, 0, 0) + script, "DOS EPS"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "SVG"),
            (b"%PDF-1.4\n1 0 obj\n", "PDF"),
            (b"\0\0\1\0\1\0" + bytes(40), "ICO"),
            (b"8BPS\0\1" + bytes(60), "PSD"),
            (b"SIMPLE  =                    T" + b" " * 3000, "FITS"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "OLE"),
            (b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(60), "JPEG 2000"),
            (b'/* XPM */\nstatic char *a[] = {\n"9 9 1 1",\n', "XPM"),
            (b"\x80\4cos\nsystem\n(X", "a pickle"),
        ),
    )


def _large(ending: str, rng: Rng) -> tuple[bytes, str]:
    """A small file of a large picture."""
    width = int(pick(rng, (3000, 9000, 20_000)))
    if ending in ("ppm", "pgm"):
        kind = str(pick(rng, ("P5", "P6", "P2", "P4", "P1", "Pf")))
        maximum = pick(rng, (255, 65535, 0, 10**30))
        return f"{kind} {width} {width * 1000} {maximum}\n".encode() + bytes(900), "a large PPM"
    if ending == "png":
        rows = zlib.compressobj(9)
        data = deflated((width * (width + 1)) >> 20) if width < 20_000 else rows.flush()
        return _png(width, width, 8, 0, data), f"a flat PNG of {width} x {width}"
    if ending == "gif":
        size = struct.pack("<HH", 65535, 65535)
        raw = _picture("gif", "P")
        return raw[:6] + size + raw[10:], "a GIF of 65535 x 65535"
    return _flat(ending, min(width, 3000)), f"a flat picture of {min(width, 3000)}"


@cache
def _flat(ending: str, width: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    more = {"compression": "tiff_deflate"} if ending == "tif" else {}
    Image.new("L", (width, width)).save(file, _FORMATS[ending], **more)
    return file.getvalue()
