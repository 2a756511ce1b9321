"""All measurements but the long ones, with few peers and few rounds."""

from __future__ import annotations

import sys

from benchmarks import (
    accuracy,
    compile_time,
    gradient_cost,
    import_time,
    inference,
    memory,
    train_step,
)

FEW = ["--peers", "denpa", "denpa-eager", "torch", "--rounds", "1"]

sys.argv = sys.argv[:1]
import_time.main()
print()
gradient_cost.main()
print()
train_step.main([*FEW, "--seconds", "1"])
print()
inference.main(FEW)
print()
compile_time.main(["--rounds", "1"])
print()
memory.main(["--rounds", "1"])
print()
accuracy.main()
