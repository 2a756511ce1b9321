"""Which pictures a path means: one, those of a folder, or those of a folder for each class."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from denpa.data import bounds
from denpa.data.errors import DataError, counted, listed
from denpa.data.opening import check_sort, inside

__all__ = ["SUFFIXES", "Found", "find"]

SUFFIXES = (
    ".png",
    ".jpg",
    ".jpeg",
    ".bmp",
    ".gif",
    ".tif",
    ".tiff",
    ".webp",
    ".ppm",
    ".pgm",
)


@dataclass
class Found:
    """The picture files, the class of each or None where there are no sub-folders, and the names of
    what was left out, by the reason."""

    files: list[Path] = field(default_factory=list)
    labels: list[str] | None = None
    hidden: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    deeper: list[str] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What is to be said of what was left out."""
        return [
            f"left out {counted(len(names), what)}{why}: {listed(sorted(names), 4)}"
            for names, what, why in (
                (self.hidden, "hidden entry", ""),
                (self.others, "file", " without the ending of a picture"),
                (self.deeper, "folder", " inside the folder of a class"),
                (self.nowhere, "link", " to nothing"),
            )
            if names
        ]


def find(path: Path, follow_links: bool) -> Found:
    """Return the pictures that a path means.

    Errors: a DataError where there are none, and for a link that leads out of the folder.
    """
    found = Found()
    if path.is_file():
        found.files = [path]
        return found
    flat, folders = _entries(path, path, follow_links, found)
    if flat and folders:
        raise DataError(
            f"{path}: holds both pictures ({flat[0].name!r}, {len(flat)} in all) and sub-folders"
            f" ({listed([f.name for f in folders], 4)}). Put every picture in the sub-folder of its"
            " class, or leave no sub-folder."
        )
    if flat:
        found.files = flat
        return found
    if not folders:
        raise DataError(
            f"{path}: no pictures in this folder; expected files {', '.join(SUFFIXES)}, or a"
            " sub-folder of them for each class."
        )
    found.labels = []
    for folder in folders:
        inner, deeper = _entries(path, folder, follow_links, found)
        if not inner:
            hint = ""
            if deeper and _entries(path, deeper[0], follow_links, Found())[0]:
                hint = f" Did you mean {str(folder)!r}?"
            raise DataError(
                f"{path}: the class folder {folder.name!r} holds no pictures"
                f" ({', '.join(SUFFIXES)}).{hint} Fill it or remove it."
            )
        found.files += inner
        found.labels += [folder.name] * len(inner)
        found.deeper += [str(f.relative_to(path)) for f in deeper]
    return found


def _entries(
    root: Path, folder: Path, follow_links: bool, found: Found
) -> tuple[list[Path], list[Path]]:
    """Return the pictures and the folders of a folder that is `root` or in it, sorted."""
    files: list[Path] = []
    folders: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(entries):
                if count >= bounds.FILES:
                    raise bounds.too_much(
                        f"{folder}",
                        f"more than {bounds.FILES:,} entries in this folder",
                        f"a folder of {bounds.FILES:,}",
                        "Give a part of it, or an NPZ file.",
                    )
                place = folder / entry.name
                name = str(place.relative_to(root))
                picture = place.suffix.lower() in SUFFIXES
                if entry.name.startswith("."):
                    found.hidden.append(name)
                elif _is(entry.is_dir):
                    inside(root, place, follow_links)
                    folders.append(place)
                elif not picture:
                    found.others.append(name)
                elif not place.exists():
                    found.nowhere.append(name)
                else:
                    inside(root, place, follow_links)
                    check_sort(place)
                    files.append(place)
    except OSError as error:
        raise DataError(f"{folder}: cannot be read ({error.strerror or error}).") from error
    return sorted(files), sorted(folders)


def _is(test: Callable[[], bool]) -> bool:
    try:
        return test()
    except OSError:  # a ring of links
        return False
