"""All measurements but the long ones."""

from __future__ import annotations

import sys

from benchmarks import accuracy, gradient_cost, import_time, train_step

sys.argv = sys.argv[:1]
import_time.main()
print()
gradient_cost.main()
print()
train_step.main()
print()
accuracy.main()
