"""check and compiler: faults written without having read the tests."""

from __future__ import annotations

from tests.mutants.record import Fault, faults

FAULTS: list[Fault] = [
    *faults(
        "words/__init__.py",
        (
            "texts with braces and nothing to fill in are filled in",
            "return known.format(**fill) if fill else known",
            "return known.format(**fill)",
        ),
        (
            "a text with two meanings has the first of them",
            'theirs.get((f"{name}.{k}", t)) or theirs.get(("", t), t)',
            'theirs.get(("", t), t)',
        ),
        (
            "another language is spoken for ever after",
            "        _language.reset(token)",
            "        pass",
        ),
        (
            "a text without a translation is empty",
            'catalogue(language).get(("", text), text)',
            'catalogue(language).get(("", text), "")',
        ),
        (
            "what the system says unusually is said in English",
            'return say("the system says: {error}", error=english) if',
            "return english if",
        ),
    ),
    *faults(
        "check/numeric.py",
        (
            "Richardson's extrapolation the wrong way round",
            "value = (4 * narrow - wide) / 3",
            "value = (4 * wide - narrow) / 3",
        ),
        (
            "the larger steps are left out",
            "_OTHER_STEPS = (1e-2, 1e-4, 1e2, 1e3)",
            "_OTHER_STEPS = (1e-2, 1e-4)",
        ),
    ),
    *faults(
        "check/examine.py",
        (
            "what differences are unsure of is called wrong",
            "if found.error > max(case.tolerance, (6 if case.single else 2) * found.uncertain):",
            "if found.error > case.tolerance:",
        ),
        (
            "a kink is compared like any other place",
            "        if bool(s.kink):\n            kinks += 1",
            "        if bool(s.kink) and k < 0:\n            kinks += 1",
        ),
    ),
    *faults(
        "check/determinism.py",
        (
            "the error is relative to the numeric gradient alone",
            "size = max(float(np.linalg.norm(a)), float(np.linalg.norm(n)), least)",
            "size = max(float(np.linalg.norm(n)), least)",
        ),
    ),
    *faults(
        "check/locate.py",
        (
            "the first assignment is shown, not the last",
            "node.lineno > found.lineno else found",
            "node.lineno < found.lineno else found",
        ),
    ),
    *faults(
        "check/mistakes/signatures.py",
        (
            "a penalty that is missing is told as one too many",
            'what = "missing or too small" if c < 0 else',
            'what = "missing or too small" if c > 0 else',
        ),
    ),
    *faults(
        "check/mistakes/factors.py",
        (
            "a factor that is the size of nothing gets its name",
            "if s > 2 and math.isclose(c, s, rel_tol=1e-5):  # 2 is a factor of its own",
            "if s > 2 and math.isclose(c, s, rel_tol=0.5):  # 2 is a factor of its own",
        ),
    ),
    *faults(
        "check/optimizers/runs.py",
        (
            "reused gradients come in fresh arrays",
            "held = buffers",
            "held = {n: b.copy() for n, b in buffers.items()}",
        ),
    ),
    *faults(
        "check/sweep.py",
        (
            "one step that is right by luck is enough",
            "_RUN = 3  #",
            "_RUN = 1  #",
        ),
    ),
    *faults(
        "check/repair/arithmetic.py",
        (
            "the derivative of xᶜ gets the factor c − 1",
            "new = ast.BinOp(parsed(repr(c + 1)), ast.Mult(), x)",
            "new = ast.BinOp(parsed(repr(c)), ast.Mult(), x)",
        ),
    ),
    *faults(
        "check/pages/plot.py",
        (
            "right gradients are drawn beside the wrong ones",
            "if drawn and not (some_wrong and c.ok):",
            "if drawn:",
        ),
    ),
    *faults(
        "compiler/run/cache.py",
        (
            "code for another processor is run",
            "where.triple, where.cpu, where.features)",
            "where.triple, where.cpu)",
        ),
        (
            'the key of ("ab", "c") is that of ("a", "bc")',
            'digest.update(struct.pack("<Q", len(data)))',
            'digest.update(b"")',
        ),
        (
            "a damaged file is run",
            "or data[: _HEAD.size] != _sign(data):",
            "or len(data) < length:",
        ),
    ),
    *faults(
        "core/folders.py",
        (
            "another user's file is run",
            'return not hasattr(os, "getuid") or found.st_uid in (os.getuid(), 0)',
            "return True",
        ),
        (
            "what others may write is run",
            "if _HERE and found.st_mode & _OTHERS:",
            "if _HERE and found.st_mode & stat.S_IWOTH:",
        ),
        (
            "a link in the place of an entry is followed",
            'flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)',
            'flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)',
        ),
        (
            "a link that another user put in the place of the folder is followed",
            "if not ours(os.lstat(path)):",
            "if not ours(os.stat(path)):",
        ),
    ),
    *faults(
        "runs/fields.py",
        (
            "true is taken for the number 1",
            "isinstance(value, int) and not isinstance(value, bool) and low <= value <= high",
            "isinstance(value, int) and low <= value <= high",
        ),
        (
            "of a key that stands twice, the last counts",
            "if len(found) < len(pairs):",
            "if False:",
        ),
    ),
    *faults(
        "runs/schema.py",
        (
            "what the settings say of the network is not compared with it",
            'same(file, f"network.{name}", network[name], settings[name], f"settings.{name}")',
            "continue",
        ),
    ),
    *faults(
        "runs/header.py",
        (
            "a network is built that is larger than its file",
            'if tuple(found["shape"]) != shape:',
            'if len(found["shape"]) != len(shape):',
        ),
    ),
    *faults(
        "compiler/passes/algebra.py",
        (
            "x + 0 is x, also for −0",
            'if _negative_zero(y) or (_is(y, 0) and v.dtype.kind in "iu"):',
            "if _is(y, 0):",
        ),
        (
            "int64 to float64 and back is left out",
            'return a.itemsize * 8 - (a.kind == "i") <= np.finfo(b).nmant + 1',
            'return bool(np.can_cast(a, b, "safe"))',
        ),
        (
            "a division by 3 becomes a product with 1/3",
            "if m == 0.5 and abs(e - 1) <= _EXPONENTS[v.dtype.itemsize]:",
            "if m > 0.0 and abs(e - 1) <= _EXPONENTS[v.dtype.itemsize]:",
        ),
    ),
    *faults(
        "compiler/passes/share.py",
        (
            "max(0, −0) is taken for max(−0, 0)",
            '_COMMUTE = {"add", "mul", "eq",',
            '_COMMUTE = {"add", "mul", "maximum", "eq",',
        ),
    ),
    *faults(
        "compiler/passes/one_hot.py",
        (
            "a negative index hits no column",
            'at = make("where", below, make("add", at, columns, like=v), at, like=v)',
            'at = make("where", below, at, at, like=v)',
        ),
    ),
    *faults(
        "compiler/passes/layout.py",
        (
            "the start of a slice of a slice is not stretched by the first one's step",
            "start = tuple(a + b * s for a, b, s in zip(first, start, pace, strict=True))",
            "start = tuple(a + b for a, b, s in zip(first, start, pace, strict=True))",
        ),
        (
            "a flip of a flip along other dims is lost",
            'dims ^= {d for d in x.params["dim"] if v.shape[d] > 1}',
            'dims -= {d for d in x.params["dim"] if v.shape[d] > 1}',
        ),
    ),
    *faults(
        "compiler/schedule/memory.py",
        (
            "a buffer that is read while another is written shares its place",
            "if start <= last and first <= stop:",
            "if start < last and first < stop:",
        ),
    ),
    *faults(
        "compiler/emit/vector_numbers.py",
        (
            "exp of −90 is 0 in float32",
            "exp_range=(-104.0, 89.0),",
            "exp_range=(-87.0, 89.0),",
        ),
    ),
    *faults(
        "compiler/emit/pointwise.py",
        (
            "relu of NaN is 0",
            '"ugt", "sgt", "ugt", x, zero)  # u: NaN stays',
            '"ogt", "sgt", "ugt", x, zero)  # u: NaN stays',
        ),
    ),
    *faults(
        "compiler/trace/arguments.py",
        (
            "a program made for 0.0 serves for −0.0",
            "return (float, x.hex())  # 0.0 is not -0.0",
            "return (float, (x + 0.0).hex())  # 0.0 is not -0.0",
        ),
        (
            "a program serves for arguments with and without gradients",
            "return (v.shape, v.dtype, v.requires_grad)",
            "return (v.shape, v.dtype, False)",
        ),
    ),
    *faults(
        "compiler/lower/ops.py",
        (
            "the parts of cat lie along the first dimension",
            "Access(out.buffer, at * out.strides[dim], out.strides)",
            "Access(out.buffer, at * out.strides[0], out.strides)",
        ),
    ),
    *faults(
        "compiler/schedule/barriers.py",
        (
            "no barrier between who reads and who overwrites",
            "if (writes or wrote) and (who is None or who != other):",
            "if wrote and (who is None or who != other):",
        ),
        (
            "a kernel may run before the one whose input it overwrites",
            "before[k].update(readers.get(id(x.buffer), ()))",
            "before[k].update(())",
        ),
    ),
    *faults(
        "compiler/emit/codegen.py",
        (
            "state is overwritten although another kernel reads it later",
            "return not reaches(after, writers[0], readers - {writers[0]})",
            "return True",
        ),
    ),
    *faults(
        "compiler/emit/anomaly.py",
        (
            "what a compiled step computes may be infinite",
            "found.append(Check(v, [buffer], True))",
            "found.append(Check(v, [buffer], False))",
        ),
        (
            "a NaN that a compiled step leaves out again is not seen",
            "if v.forward is None:",
            "if v.forward is not None:",
        ),
    ),
    *faults(
        "train/anomaly.py",
        (
            "the place in the batch is told as the row of the data",
            "return int(rows[place[0]])",
            "return int(place[0])",
        ),
        (
            "a parameter as long as a batch is taken for rows",
            "if rows is None or not blame.rows or",
            "if rows is None or",
        ),
    ),
]
