"""data: faults written without having read the tests."""

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
]
