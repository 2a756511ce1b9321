"""Faults of the checker, the pages and pictures, with the test that was written for each."""

from __future__ import annotations

from tests.mutants.record import Fault

FAULTS: list[Fault] = [
    Fault(
        "backends/mps.py",
        "a script chooses an accelerator that is not there",
        ('"""False: Denpa computes on the processor."""\n    return False'),
        ('"""False: Denpa computes on the processor."""\n    return True'),
        "tests/vision",
    ),
    Fault(
        "check/calls.py",
        "dp.check.gradient uses up random numbers",
        ("@leaves_generators\ndef gradient("),
        "def gradient(",
        "tests/check/test_generators.py",
    ),
    Fault(
        "check/calls.py",
        "dp.check.update_rule uses up random numbers",
        ("@leaves_generators\ndef update_rule("),
        "def update_rule(",
        "tests/check/test_generators.py",
    ),
    Fault(
        "check/examine.py",
        "large matrices are differenced element by element",
        "_FULL = 400",
        "_FULL = 10**6",
        ("tests/check/test_check.py tests/check/test_model.py -k 'projected or few_evaluations'"),
    ),
    Fault(
        "check/determinism.py",
        "a check uses up NumPy's random numbers",
        ("            np.random.set_state(numpys)\n"),
        "",
        "tests/check/test_generators.py",
    ),
    Fault(
        "check/determinism.py",
        "a check uses up Python's random numbers",
        ("            random.setstate(pythons)\n"),
        "",
        "tests/check/test_generators.py",
    ),
    Fault(
        "check/determinism.py",
        "forward passes draw other masks",
        ("        np.random.seed(self.seed)\n"),
        "",
        "tests/check/test_generators.py tests/check/test_examine.py",
    ),
    Fault(
        "check/determinism.py",
        "a check that fails uses up random numbers",
        (
            "            try:\n"
            "                return run(*args, **kwargs)\n"
            "            finally:\n"
            "                np.random.set_state(numpys)\n"
            "                random.setstate(pythons)"
        ),
        (
            "            found = run(*args, **kwargs)\n"
            "            np.random.set_state(numpys)\n"
            "            random.setstate(pythons)\n"
            "            return found"
        ),
        "tests/check/test_generators.py",
    ),
    Fault(
        "report/training.py",
        "an infinite loss raises no alarm on the page",
        "if value is not None and not math.isfinite(value):",
        "if value is not None and math.isnan(value):",
        "tests/report/test_training.py",
    ),
    Fault(
        "vision/transforms.py",
        "white is not 1",
        'np.divide(planes, 255, dtype=np.float32, order="C")',
        'np.divide(planes, 256, dtype=np.float32, order="C")',
        "tests/vision",
    ),
    Fault(
        "vision/transforms.py",
        "pictures are turned over",
        "array.transpose(2, 0, 1)",
        "array.transpose(2, 1, 0)",
        "tests/vision",
    ),
]
