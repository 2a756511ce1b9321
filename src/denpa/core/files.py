"""How a file is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_atomically(f: str | os.PathLike[str], data: bytes, private: bool = False) -> None:
    """Replace a file by `data` in one step: a reader sees the old file or the new one, and a crash
    leaves the old one. With `private` only its owner may read it, and it may be lost in a power
    cut, as what can be made again may.

    Errors: OSError where the folder is not there or cannot be written to; nothing is left then.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "a", b"1")
    ...     (Path(folder) / "a").read_bytes(), len(os.listdir(folder))
    (b'1', 1)
    """
    path = Path(f)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            if not private:
                out.flush()
                os.fsync(out.fileno())
        if not private:  # mkstemp makes it readable by its owner only
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
