"""train, runs, cli, lab, views: faults written without having read the tests."""

from __future__ import annotations

from tests.mutants.record import Fault, faults

FAULTS: list[Fault] = [
    *faults(
        "train/training.py",
        (
            "the best weights go on changing",
            "self._best = {k: _copy(v) for k, v in self.net.state_dict().items()}",
            "self._best = dict(self.net.state_dict())",
        ),
        (
            "the state of the random numbers is not loaded",
            'default_generator.set_state(state["random"])',
            "default_generator.set_state(default_generator.get_state())",
        ),
    ),
    *faults(
        "train/loop.py",
        (
            "after Ctrl-C or NaN the last weights stay",
            'if training.keep == "best" or reason in ("interrupted", "diverged"):',
            'if training.keep == "best":',
        ),
        (
            "the plateau is that of the training loss",
            "schedule.step(row[watched])",
            'schedule.step(row["train_loss"])',
        ),
    ),
    *faults(
        "train/evaluation.py",
        (
            "the last, smaller batch counts as a whole one",
            "total.add(min(size, n - k * size), value, counted(hits))",
            "total.add(size, value, counted(hits))",
        ),
    ),
    *faults(
        "train/gradcheck.py",
        (
            "each evaluation draws its own dropout mask",
            "default_generator.set_state(state)  # the same masks each time",
            "pass  # the same masks each time",
        ),
        (
            "the check uses up the user's random numbers",
            "    finally:\n        default_generator.set_state(state)",
            "    finally:\n        pass",
        ),
    ),
    *faults(
        "train/models.py",
        (
            "--dropout-scale is ignored",
            "nn.Dropout(dropout, scale=dropout_scale)",
            "nn.Dropout(dropout)",
        ),
        (
            "He's values before every activation",
            "if activation in _HE:",
            "if activation is not None:",
        ),
    ),
    *faults(
        "train/ensemble.py",
        (
            "an ensemble gives probabilities where scores are meant",
            "return mean.log() if self.probabilities else mean",
            "return mean",
        ),
    ),
    *faults(
        "runs/evaluation.py",
        (
            "the hardest mistakes are the easiest",
            'worst = wrong[np.argsort(truth[wrong], kind="stable")][:HARDEST]',
            'worst = wrong[np.argsort(-truth[wrong], kind="stable")][:HARDEST]',
        ),
        (
            "dates are counted from 1970",
            'minutes = round((value + record["origin"]) * 1440)',
            "minutes = round(value * 1440)",
        ),
    ),
    *faults(
        "train/metrics.py",
        (
            "the confusion matrix lies on its side",
            "target * classes + predicted",
            "predicted * classes + target",
        ),
    ),
    *faults(
        "runs/values.py",
        (
            "a number that must be above 0 may be 0",
            'good = good and meta.get("above", -math.inf) < found',
            'good = good and meta.get("above", -math.inf) <= found',
        ),
    ),
    *faults(
        "runs/settings.py",
        (
            "all epochs may be warm-up",
            "if self.warmup >= epochs:",
            "if self.warmup > epochs:",
        ),
    ),
    *faults(
        "runs/folder.py",
        (
            "checkpoints of an earlier ensemble stay",
            "if p.name == p.name.lower() and own_name(p.name)]",
            'if "-" not in p.name and own_name(p.name)]',
        ),
        (
            "a new run is written where the old one stands",
            "self.place = self.path / _NEXT\n                self.place.mkdir()",
            "pass",
        ),
        (
            "the lock of a folder is not given back",
            '"""Let others write; safe to call twice."""\n        self._lock.release()',
            '"""Let others write; safe to call twice."""',
        ),
        (
            "every error of writing asks for space",
            'return "free some space" if full else ""',
            'return "free some space"',
        ),
    ),
    *faults(
        "runs/saver.py",
        (
            "a damaged checkpoint becomes the previous one",
            "keep = None if self.replace else previous(path)",
            "keep = previous(path)",
        ),
        (
            "a checkpoint after each epoch",
            "self._now() - self._last >= PERIOD",
            "self._now() - self._last >= 0",
        ),
        (
            "a lost checkpoint starts the run anew",
            "and not _trained(folder, member):",
            "or not _trained(folder, member):",
        ),
        (
            "a history that was changed is not told",
            "if not (same if len(raw) >= size",
            "if not (True if len(raw) >= size",
        ),
    ),
    *faults(
        "core/sealed.py",
        (
            "the weights are not in the digest",
            'digest.update(np.ascontiguousarray(array).data if array.size else b"")',
            "pass",
        ),
    ),
    *faults(
        "core/files.py",
        (
            "temporary files of living writers are removed",
            "if try_lock(handle):",
            "if try_lock(handle) or True:",
        ),
        ("what stood behind is not cut off", "os.ftruncate(handle, at)", "pass"),
    ),
    *faults(
        "report/outputs.py",
        (
            "what is read may be written over",
            "if any(_same(path, name) for name in inputs):",
            "if any(path == name for name in inputs):",
        ),
    ),
    *faults(
        "runs/resuming.py",
        (
            "data that changed under their size are trained on",
            'if job.parts.hashes() != record["data"]["sha256_parts"]:',
            'if job.parts.sizes() != record["data"]["parts"]:',
        ),
    ),
    *faults(
        "runs/run.py",
        (
            "predictions are numbered without the rows left out",
            "rows = [int(i) for i in found.kept]",
            "rows = list(range(len(found.kept)))",
        ),
    ),
    *faults(
        "train/steps.py",
        (
            "every epoch changes the pictures in the same way",
            "noise = np.random.Generator(stream(self.seed, _NOISE, epoch))",
            "noise = np.random.Generator(stream(self.seed, _NOISE, 0))",
        ),
    ),
    *faults(
        "train/checkpoint.py",
        (
            "a tuple comes back as a list",
            'return {"__tuple__": parts} if isinstance(tree, tuple) else parts',
            "return parts",
        ),
    ),
    *faults(
        "train/training.py",
        (
            "what a class says binds a subclass with a __call__ of its own",
            'if said is not None or "__call__" in kind.__dict__:',
            "if said is not None:",
        ),
    ),
    *faults(
        "runs/parts.py",
        (
            "the missing values of validation and test are filled with means of all rows",
            "data.fit_to(rows[0])",
            "data.fit_to(np.concatenate(rows))",
        ),
    ),
    *faults(
        "runs/recipe.py",
        (
            "Huber's loss is chosen and another is taken",
            '"huber": nn.HuberLoss,',
            '"huber": nn.SmoothL1Loss,',
        ),
        equivalent="with delta and beta at 1, as they are here, the two are one function",
    ),
    *faults(
        "cli/train.py",
        (
            "Ctrl-C ends with success",
            'return 128 + int(run.record["signal"] or 2) if run.interrupted else 0',
            "return 0",
        ),
        (
            "--resume DIR and another --out are both taken",
            "if arguments.out not in (None, arguments.resume):",
            "if arguments.out == arguments.resume and arguments.out is None:",
        ),
    ),
    *faults(
        "cli/console.py",
        (
            "the bar is drawn into the JSON document",
            "enabled=not (self.json or self.quiet))",
            "enabled=not self.quiet)",
        ),
        (
            "a class name may steer the terminal",
            'visible(_BREAKS.sub(" ", command_line(text))).split()',
            "str(text).split()",
        ),
        (
            "a result that nobody could see is a success",
            "return _UNTOLD if not code",
            "return code if not code",
        ),
    ),
    *faults(
        "cli/evaluate.py",
        (
            "evaluate ignores --missing",
            "missing=arguments.missing,",
            "",
        ),
    ),
    *faults(
        "cli/main.py",
        (
            "a user's mistake ends with the code of a bug",
            "_MISTAKE, _BUG = 2, 1",
            "_MISTAKE, _BUG = 1, 1",
        ),
    ),
    *faults(
        "lab/claims.py",
        (
            "a claim about nothing holds",
            "holds, said = values.size > 0, []",
            "holds, said = True, []",
        ),
        (
            "the bound itself does not fulfil at_least",
            "np.all(values >= at_least)",
            "np.all(values > at_least)",
        ),
    ),
    *faults(
        "lab/session.py",
        (
            "seeds begin with 0 whatever the run's is",
            "return range(self.seed, self.seed + count)",
            "return range(count)",
        ),
    ),
    *faults(
        "lab/images.py",
        (
            "the test pictures are trained on",
            'return "digits", x[500:], y[500:], x[:500], y[:500]',
            'return "digits", x, y, x[:500], y[:500]',
        ),
    ),
    *faults(
        "report/scale.py",
        (
            "rounding loses the ticks at the ends",
            "math.ceil(lo / step - 1e-6), math.floor(hi / step + 1e-6)",
            "math.ceil(lo / step), math.floor(hi / step)",
        ),
        (
            "5,000 is written without a comma",
            'return f"{value:,}"',
            'return f"{value}"',
        ),
    ),
    *faults(
        "report/png.py",
        ("what is not a number is white", "nan=0.0", "nan=1.0"),
        (
            "an image a little too large stays so",
            "-(-max(picture.size) // largest)",
            "max(picture.size) // largest",
        ),
    ),
    *faults(
        "report/charts.py",
        (
            "the share of a cell is that of its column",
            "totals = counts.sum(axis=1)",
            "totals = counts.sum(axis=0)",
        ),
    ),
    *faults(
        "report/printing.py",
        (
            "what steers a terminal is printed as it is",
            "self.put(visible(text.expandtabs()) + end)",
            "self.put(text.expandtabs() + end)",
        ),
        (
            "letters that an encoding lacks end the work",
            "if encoding is None or _has(encoding, text):",
            "if encoding is None or text:",
        ),
        (
            "a full disk is taken for a reader that has gone",
            "_GONE = (errno.EPIPE, errno.EIO)",
            "_GONE = (errno.EPIPE, errno.EIO, errno.ENOSPC)",
        ),
    ),
    *faults(
        "report/progress.py",
        (
            "a resumed run reckons with work that it did not do",
            "progress.update(task, completed=self._done)",
            "progress.advance(task, 0)",
        ),
    ),
    *faults(
        "report/svg.py",
        (
            "a long line loses its spikes",
            "ends = {min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])}",
            "ends = {part[0], part[-1]}",
        ),
    ),
]
