"""data, train, cli, lab, views: faults written without having read the tests."""

from __future__ import annotations

from tests.mutants.record import Fault, faults

FAULTS: list[Fault] = [
    *faults(
        "data/augment.py",
        (
            "a picture never moves by the full distance to one side",
            "np.floor(rng.random((2, n)) * (2 * m + 1))",
            "np.floor(rng.random((2, n)) * (2 * m))",
        ),
        (
            "pictures turn about a point beside the centre",
            "v = np.arange(height)[:, None] - (height - 1) / 2",
            "v = np.arange(height)[:, None] - height / 2",
        ),
        (
            "a wrong label may be the right one",
            "step = 1 + np.floor(rng.random(len(chosen)) * (classes - 1))",
            "step = 1 + np.floor(rng.random(len(chosen)) * classes)",
        ),
    ),
    *faults(
        "data/encoders/columns.py",
        (
            "a missing category is none of them",
            "out[codes < 0] = np.nan",
            "out[codes < 0] = 0.0",
        ),
        (
            "outer spaces make another category",
            "return str(value).strip()",
            "return str(value)",
        ),
    ),
    *faults(
        "data/readers/idx.py",
        ("bytes after the values are let through", "if have != want:", "if have < want:"),
        (
            "labels are looked for under the name of the pictures",
            '.replace("idx3", "idx1")',
            '.replace("idx3", "idx3")',
        ),
    ),
    *faults(
        "data/readers/images.py",
        (
            "the lightest 16-bit value is more than 255",
            ".astype(np.float32) / 257.0",
            ".astype(np.float32) / 256.0",
        ),
        (
            "one of the orientations that lie on their side does not",
            "if picture.getexif().get(0x0112, 1) >= 5:",
            "if picture.getexif().get(0x0112, 1) > 5:",
        ),
    ),
    *faults(
        "data/encoders/scale.py",
        (
            "the variance is divided by n − 1",
            "np.sqrt(square / count)",
            "np.sqrt(square / max(count - 1, 1))",
        ),
    ),
    *faults(
        "data/encoders/split.py",
        (
            "a class may lose all its rows to validation and test",
            "room = [s - t - 1 for",
            "room = [s - t for",
        ),
        (
            "the split draws from the stream of another purpose",
            "key=np.array([seed, _STREAM], dtype=np.uint64)",
            "key=np.array([seed, 0], dtype=np.uint64)",
        ),
    ),
    *faults(
        "data/encoders/missing.py",
        (
            "rows without a target are kept",
            "keep = ~(bad.any(axis=1) | lost)",
            "keep = ~bad.any(axis=1)",
        ),
    ),
    *faults(
        "data/readers/text.py",
        (
            "a category 01 is read as the number 1 in prediction",
            "return {n: str for n in names if n in wanted}",
            "return {}",
        ),
    ),
    *faults(
        "data/encoders/target.py",
        (
            "a float target with few values is taken for classes",
            'limit = max(2, min(many, n // 3)) if kind == "int" else 2',
            "limit = max(2, min(many, n // 3))",
        ),
    ),
    *faults(
        "data/encoders/arrays.py",
        (
            "dark bytes are divided by 255 all the same",
            "if x.dtype == np.uint8 and high > 127:",
            "if x.dtype == np.uint8:",
        ),
    ),
    *faults(
        "data/readers/door.py",
        (
            "an encoding of another version is read",
            'encoding.get("version") != 1 or encoding.get',
            "encoding.get",
        ),
    ),
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
        "runs/settings.py",
        (
            "a number that must be above 0 may be 0",
            'good = good and meta.get("above", -math.inf) < found',
            'good = good and meta.get("above", -math.inf) <= found',
        ),
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
            'self.path.glob("checkpoint*.safetensors")',
            'self.path.glob("checkpoint.safetensors")',
        ),
    ),
    *faults(
        "runs/training.py",
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
            "return 130 if run.interrupted else 0",
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
            '_CONTROL.sub(" ", command_line(text)).split()',
            "str(text).split()",
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
            "_MISTAKE, _BUG, _INTERRUPTED = 2, 1, 130",
            "_MISTAKE, _BUG, _INTERRUPTED = 1, 1, 130",
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
        "lab/layout.py",
        (
            "the weights of two blocks are exchanged",
            "(a * v + b * w) / (v + w)",
            "(a * w + b * v) / (v + w)",
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
