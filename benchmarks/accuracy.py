"""What the command reaches on real data: test accuracy and time, from a cold start.

`python -m benchmarks.accuracy` trains digits with several seeds; with `--mnist` also the three
MNIST networks (several minutes each; MNIST is looked for in DENPA_DATA).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time

DIGITS = [f"digits --seed {seed}" for seed in range(5)]
MNIST = [
    "mnist --hidden 512,512 --activation relu --batch-norm --dropout 0.2 --optimizer adam "
    "--epochs 10",
    "mnist --hidden 50 --activation sigmoid --optimizer sgd --lr 0.1 --batch-size 100 --epochs 17",
    "mnist --model cnn --epochs 5",
]


def main() -> None:
    """Print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mnist", action="store_true")
    lines = DIGITS + (MNIST if parser.parse_args().mnist else [])
    print("accuracy  seconds  denpa train …")
    for line in lines:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "denpa", "train", *line.split(), "--json"]
            started = time.perf_counter()
            done = subprocess.run(
                [*command, "--out", f"{folder}/run"], check=True, capture_output=True, text=True
            )
            taken = time.perf_counter() - started
            with open(f"{folder}/run/run.json") as file:
                found = json.load(file)
        assert done.returncode == 0
        print(f"{found['metrics']['test_accuracy']:8.4f} {taken:8.1f}  {line}", flush=True)


if __name__ == "__main__":
    main()
