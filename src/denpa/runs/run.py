"""A run: what a training left behind, and what it is used for afterwards."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from denpa.core.errors import ArgumentError
from denpa.core.faces import face
from denpa.core.run_files import HISTORY, MODEL, REPORT, RUN
from denpa.core.wording import either, option
from denpa.data import Data, DataError
from denpa.nn import Module
from denpa.report.record import Worth
from denpa.runs.evaluation import Evaluation, judge, probabilities
from denpa.runs.fields import read_regular
from denpa.runs.files import read_model, read_run, sha256, unfinished
from denpa.runs.folder import RunFolder
from denpa.runs.predictions import Predictions
from denpa.runs.recipe import make_loss, network, unit_of
from denpa.runs.rows import learnt_rows, new_rows, own_part
from denpa.runs.settings import Settings
from denpa.train.evaluation import predict
from denpa.train.history import History
from denpa.train.steps import check_backend

if TYPE_CHECKING:
    from denpa.explanation import Explanation


class Run:
    """A finished run: its folder, its network, its figures.

    `train` and `load` return one. It is also a folder: `path` holds the weights with all that
    prediction needs, `run.json`, the history and a report.

    Attributes:
        path: the folder.
        record: what `run.json` holds: settings, versions, data, figures.
        net: the network, in evaluation mode; for an ensemble, one network of all members.
        encoding: how the training data were read; new data are read in the same way.

    Errors: `history` a FileNotFoundError where the folder has gone; for the others see the methods.

    >>> import tempfile, denpa as dp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = folder + "/digits"
    ...     run = dp.runs.train("digits", epochs=2, seed=1, out=out, progress=False)
    ...     again = dp.runs.load(run.path)
    >>> run
    Run('digits', 2 epochs, test_accuracy 0.9...)
    >>> again.metrics == run.metrics
    True
    """

    def __init__(
        self,
        path: Path,
        record: dict[str, Any],
        net: Module,
        encoding: dict[str, Any],
        worth: Worth | None = None,
    ) -> None:
        self.path, self.record, self.net, self.encoding = path, record, net, encoding
        self._worth = worth

    def __repr__(self) -> str:
        epochs = self.record["epochs"]
        parts = [repr(self.path.name), f"{epochs} epoch{'s' * (epochs != 1)}"]
        name, value = next(iter(self.metrics.items()))
        figure = "unknown" if value is None else f"{value:.4g}"
        return f"Run({', '.join(parts)}, {name} {figure})"

    def _repr_html_(self) -> str:
        return str(face("run")(self))

    @property
    def settings(self) -> Settings:
        """The settings of the run, all of them settled."""
        known = {k: v for k, v in self.record["settings"].items() if v is not None}
        test = known.pop("test", None)
        return replace(Settings.from_values(known), test=test)

    @property
    def metrics(self) -> dict[str, float]:
        """The final figures by part and name, such as `test_accuracy` and `test_loss`."""
        metrics: dict[str, float] = self.record["metrics"]
        return metrics

    @property
    def history(self) -> History:
        """One row an epoch; of an ensemble, one an epoch and member.

        Errors: ArgumentError (a ValueError) for a file that is not as it was written.
        """
        path = RunFolder(self.path).find(HISTORY)
        raw = read_regular(path, 1 << 28, "a history.csv")
        if sha256(raw) != self.record["files"][HISTORY]:
            now = read_run(self.path, finished=False)
            if now.get("files") != self.record["files"] and now.get("before") != self.record:
                raise ArgumentError(
                    f"{self.path} holds another run by now, or this one went on; load it again: "
                    f"denpa.runs.load({str(self.path)!r})"
                )
            raise ArgumentError(
                f"{path} is damaged or was changed: its SHA-256 is not the one in {RUN}; copy the "
                "run folder again"
            )
        return History.from_csv(raw.decode(), self.record["best_epoch"], self.record["reason"])

    @property
    def report(self) -> Path:
        """The page that shows the run."""
        return self.path / REPORT

    @property
    def worth(self) -> Worth:
        """What the result is worth: beside a constant answer, and whether training had ended."""
        if self._worth is None:
            self._worth = Worth.from_dict(self.record["worth"])
        return self._worth

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended it."""
        return bool(self.record["reason"] == "interrupted")

    def evaluate(
        self,
        data: Any = None,
        *,
        target: str | None = None,
        missing: str | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        backend: str = "native",
        follow_links: bool = False,
    ) -> Evaluation:
        """How good the network is on `data`, or, without data, on the run's own test part.

        That part is read again, split again and compared with what it was. Rows of `data` that are
        rows of the training part are counted: by the SHA-256 of the whole, and where the run's own
        data are still there, one by one.

        Args:
            data: a path, a data frame, arrays or the name of a data set, with targets.
            target: the column with the targets, where it is not called as in training.
            missing: what is done with missing values; None for what was done in training.
            data_dir: where the files of named data sets are.
            backend: "native" (compiled, where it pays) or "eager".
            follow_links: follow links that lead out of a folder of pictures.

        Errors: DataError (a ValueError) for data that cannot be read as the training data were or
        have no target; ArgumentError (a ValueError) where the run's own data are not as they were
        or were in memory, for a target without data, and for an unknown backend.
        """
        check_backend(backend)
        folder = None if data_dir is None else str(data_dir)
        if data is None:
            if target is not None:
                goes = f"{option('target')} goes with {either('data', 'DATA')}"
                raise ArgumentError(f"{goes}; the run's own test part has its target")
            part, rows = own_part(self.record, self.settings, self.path, folder)
            learnt: int | None = len(rows) if part == "train" else 0
            return self._judged(rows, backend, part, part, learnt)
        rows = new_rows(
            self.record,
            self.encoding,
            data,
            target=target,
            missing=missing,
            data_dir=folder,
            follow_links=follow_links,
        )
        if rows.y is None:
            name = (self.encoding.get("target") or {}).get("name")
            other = either("run.predict", "denpa predict")
            raise DataError(
                f"{_called(data)}: there is no target {name!r} to compare predictions with; use "
                f"{other} for data without one"
            )
        learnt = learnt_rows(self.record, self.settings, rows, folder)
        # What is said of the worth of a part; one that was learnt is worth nothing.
        like = "train" if learnt and 2 * learnt > len(rows) else "test"
        return self._judged(rows, backend, like, "data", learnt)

    def _judged(
        self, rows: Data, backend: str, like: str, part: str, learnt: int | None
    ) -> Evaluation:
        spec = self.record["network"]
        return judge(
            self.net,
            make_loss(self.settings, spec["rescale"]),
            rows,
            backend,
            part=like,
            baseline=self.record["worth"]["baseline"],
            unit=unit_of(spec),
        ).of(part, learnt)

    def explain(
        self,
        sample: int = 0,
        part: str | None = None,
        batch: int = 32,
        *,
        data_dir: str | os.PathLike[str] | None = None,
    ) -> Explanation:
        """See the network at work on rows of the run's own data: every value, every message back,
        the derivation of any gradient (`dp.explain`).

        The pass is that of training, in evaluation mode: columns and target in standard units, the
        run's loss, without penalties; of an ensemble, that of all members together. `batch` rows
        go through, the first of them or those around row `sample`, which is looked at first.

        Args:
            sample: a row of the part, from 0.
            part: "test", "val" or "train"; None for the one that the run's figures are of.
            batch: how many rows.
            data_dir: where the files of named data sets are.

        Errors: DimError (an IndexError) for a sample out of range; ArgumentError (a ValueError) for
        a part that the run lacks, a batch below 1, and where the run's own data are not as they
        were or were in memory; TypeError for what is no whole number.
        """
        from denpa.runs.explaining import explain_run  # for those who ask

        return explain_run(self, sample, part, batch, None if data_dir is None else str(data_dir))

    def predict(
        self,
        data: Any,
        *,
        missing: str | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        backend: str = "native",
        follow_links: bool = False,
    ) -> Predictions:
        """The network's answers for new data (see `evaluate`); the order of the rows is kept.

        Errors: DataError (a ValueError) for data that cannot be read as the training data were;
        ArgumentError (a ValueError) for an unknown backend.
        """
        check_backend(backend)
        found = new_rows(
            self.record,
            self.encoding,
            data,
            target=False,
            missing=missing,
            data_dir=None if data_dir is None else str(data_dir),
            follow_links=follow_links,
        )
        outputs = predict(self.net, found.x, backend=backend)
        model = self.record["files"][MODEL]
        of: Any = {"run": self.path, "model": model, "inputs": self.inputs(data)}
        rows: Any = found.rows or list(range(len(found)))
        dropped, notes = found.kept is not None, found.fillings
        if found.kept is not None and not found.rows:
            rows = [int(i) for i in found.kept]
        if self.record["data"]["task"] == "regression":
            # As many digits as float32 gives in standard units, and so ever fewer of larger scales.
            scale = self.record["network"]["rescale"][1][0]
            places = 8 - math.floor(math.log10(scale))
            values = [round(float(v), places) for v in outputs[:, 0]]
            return Predictions(rows, values, None, (), dropped, notes, **of)
        classes = tuple(self.record["data"]["classes"])
        names = [classes[int(k)] for k in outputs.argmax(1)]
        return Predictions(rows, names, probabilities(outputs), classes, dropped, notes, **of)

    def inputs(self, data: Any) -> tuple[str, ...]:
        """The files that predictions for `data` come from, which predictions never replace."""
        given = [data] if isinstance(data, (str, Path)) else []
        return tuple(str(p) for p in (*given, self.record["data"]["path"]) if p is not None)


def _called(data: Any) -> str:
    return str(data) if isinstance(data, (str, Path)) else type(data).__name__


def load(path: str | os.PathLike[str]) -> Run:
    """The run in a folder that `train` or the command `denpa train` has written.

    `path`: a text or a Path; returns a Run.

    Errors: ArgumentError (a ValueError) where there is none, it has not finished, or it is damaged:
    the text says which; TypeError for what is no path.

    >>> import denpa as dp
    >>> dp.runs.load("nowhere")
    Traceback (most recent call last):
        ...
    denpa.core.errors.ArgumentError: nowhere: no such folder; give one that denpa.runs.train has ...
    """
    folder = RunFolder(path)
    record = read_run(path)
    while True:
        try:
            net, header = read_model(folder.find(MODEL), network, record)
            break
        except ArgumentError:
            # Another run may have taken its place in between, or be about to.
            now = read_run(path)
            if now == record:
                if read_run(path, finished=False)["status"] != "finished":
                    raise unfinished(folder.path) from None
                raise
            record = now
    net.eval()
    return Run(folder.path, record, net, header["encoding"])
