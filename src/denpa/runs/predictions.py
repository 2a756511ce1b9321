"""What a network answers to new data, row by row, and the files that it is written to."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from denpa.core.errors import ArgumentError
from denpa.core.files import write_atomically
from denpa.core.sheet import cell
from denpa.report.outputs import check_output as check_place
from denpa.runs.files import listed, sha256

FORMATS = (".csv", ".npz", ".parquet")


@dataclass(frozen=True)
class Predictions:
    """One prediction a row, in the order of the data. `rows` are numbers from 0, the header not
    counted, or names of pictures; `scores` (N, K) are probabilities of the classes, None for a
    regression; `notes` say which missing cells were filled, and with what.

    `values` are names of classes, or numbers. `Run.predict` returns one, with the folder of the run
    and the files that the predictions come from (`inputs`).

    Errors: `save` an ArgumentError (a ValueError) for another ending than .csv, .npz, .parquet, a
    folder that is not there, a file that is there already (without `overwrite`), that is one of the
    inputs or of a run, or that cannot be written.

    >>> import numpy as np, denpa as dp
    >>> scores = np.array([[0.75, 0.25], [0.125, 0.875]])
    >>> found = dp.runs.Predictions([0, 1], ["cat", "dog"], scores, ("cat", "dog"))
    >>> print(found.to_csv())
    row,prediction,p(cat),p(dog)
    0,cat,0.75,0.25
    1,dog,0.125,0.875
    """

    rows: Sequence[int] | Sequence[str]
    values: list[str] | list[float]
    scores: np.ndarray | None
    classes: tuple[str, ...]
    dropped: bool = False  # rows that lack a value were left out
    notes: tuple[str, ...] = ()
    run: Path | None = None
    model: str = ""  # the digest of its weights
    inputs: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def columns(self) -> dict[str, list[Any]]:
        """Columns by name: row (or file), prediction, and p(class) for each class."""
        named = bool(self.rows) and isinstance(self.rows[0], str)
        found: dict[str, list[Any]] = {"file" if named else "row": list(self.rows)}
        found["prediction"] = list(self.values)
        if self.scores is not None:
            for k, name in enumerate(self.classes):
                found[f"p({name})"] = [float(f"{p:.9g}") for p in self.scores[:, k]]
        return found

    def to_csv(self) -> str:
        """CSV text with one line a row; a text that a spreadsheet would take for a formula has a
        quotation mark (') before it."""
        columns = self.columns()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(map(cell, columns))
        writer.writerows(map(cell, row) for row in zip(*columns.values(), strict=True))
        return out.getvalue()

    def to_npz(self) -> bytes:
        """NPZ bytes: arrays row or file, prediction, and probabilities, classes."""
        columns = self.columns()
        first = next(iter(columns))
        arrays: dict[str, Any] = {
            first: np.array(columns[first]),
            "prediction": np.array(columns["prediction"]),
        }
        if self.scores is not None:
            arrays["probabilities"] = self.scores.astype(np.float32)
            arrays["classes"] = np.array(self.classes)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:  # np.savez has no array of the name "file"
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, array, allow_pickle=False)
        return out.getvalue()

    def save(self, path: str | Path, *, overwrite: bool = False) -> bool:
        """Write .csv, .npz or .parquet, whole or not at all, and list the file with its SHA-256 in
        the run's run.json; False where that cannot be written now, or is another run's by now."""
        path = Path(path)
        kind = check_output(path, self.inputs, overwrite)
        if kind == ".csv":
            # A name that is no UTF-8 keeps its bytes.
            content = self.to_csv().encode("utf-8", "surrogateescape")
        elif kind == ".npz":
            content = self.to_npz()
        else:
            content = self._to_parquet()
        try:
            write_atomically(path, content)
        except OSError as error:
            raise ArgumentError(
                f"{path}: the predictions could not be written ({error.strerror or error})"
            ) from error
        if self.run is None:
            return False
        made = datetime.now().astimezone().isoformat(timespec="seconds")
        facts = {"file": os.path.realpath(path), "sha256": sha256(content), "rows": len(self)}
        return listed(self.run, self.model, {**facts, "inputs": list(self.inputs), "made": made})

    def _to_parquet(self) -> bytes:
        import pandas as pd

        out = io.BytesIO()
        try:
            pd.DataFrame(self.columns()).to_parquet(out, index=False)
        except ImportError:
            raise ArgumentError(
                "Parquet files need pyarrow: pip install 'denpa[parquet]', or write .csv"
            ) from None
        return out.getvalue()


def check_output(path: Path, inputs: Iterable[str], overwrite: bool) -> str:
    """The kind of file to write, by its ending; known before the work is done.

    Errors: ArgumentError for a file that cannot be, or must not be, written.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise ArgumentError(
            f"{path}: predictions can be written to {', '.join(FORMATS)}, not {kind or 'a name '}"
            f"{'' if kind else 'without an ending'}"
        )
    if not path.parent.is_dir():
        raise ArgumentError(f"{path}: there is no folder {str(path.parent)!r}; make it first")
    check_place(path, inputs, overwrite)
    return kind
