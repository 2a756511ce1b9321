"""Faults of what is told about a pass."""

from __future__ import annotations

from tests.mutants.record import faults

FAULTS = [
    *faults(
        "explanation/sparse.py",
        ("what was broadcast reaches one copy only", "return _indices(y, kept)",
         "return _indices(y, kept)[:1]"),
        ("the weight is read transposed", 'w = m.held["other"][:, at[-1]]',
         'w = m.held["other"][at[-1] % len(m.held["other"])]'),
        ("keepdim is forgotten", "if m.held[\"keepdim\"] or d not in dims", "if d not in dims"),
        ("a running sum ends one early", "for j in range(at[d], m.y[d])",
         "for j in range(at[d], m.y[d] - 1)"),
        ("none of a take counts as the last element", "return sums[:-1].reshape(m.x)",
         "sums[-2] += sums[-1]\n        return sums[:-1].reshape(m.x)"),
        ("absolute is not absolute", "return np.abs(a) if absolute else a", "return a"),
    ),
    *faults(
        "explanation/maps.py",
        ("the mean divides by every element", "size_of([x.shape[d] for d in call.params[\"dim\"]])",
         "x.size"),
        ("a take counts from 0",
         "x.size + 1).reshape(x.shape)", "x.size + 1).reshape(x.shape) - 1"),
    ),
    *faults(
        "explanation/tape.py",
        ("a second message replaces the first",
         "x.delta = m if x.delta is None else _sum(x.delta, m)",
         "x.delta = m"),
        ("float32 stays float32",
         'return a.astype(np.float64) if a.dtype.kind == "f" else a.copy()',
         "return a.copy()"),
    ),
    *faults(
        "explanation/below.py",
        ("a freed graph is read", "if v.op is not None and not v.seen:", "if False:"),
        ("what was changed since is read", "x.version != seen", "False"),
    ),
    *faults(
        "explanation/axes.py",
        ("a reduced axis in front does not move the batch",
         "0 if node.params[\"keepdim\"] else sum(d < axis for d in dims)", "0"),
        ("the moments of batch norm are no mixture", "found.append(node)", "pass"),
    ),
    *faults(
        "explanation/blame.py",
        ("a penalty is nobody's", "rest += float(e.message[index])", "rest += 0.0"),
        ("places are not counted to their example", "terms[at[y.axis] // y.per]",
         "terms[at[y.axis] % len(terms)]"),
        ("the largest last", "shares.sort(key=lambda s: -(", "shares.sort(key=lambda s: (0 + "),
    ),
    *faults(
        "explanation/derive.py",
        ("the smallest term is followed", "chosen = max(range(len(terms))",
         "chosen = min(range(len(terms))"),
        ("one example's term is the whole sum", "if j[y.axis] // y.per == row else None",
         "if j[y.axis] // y.per >= 0 else None"),
    ),
    *faults(
        "explanation/laws.py",
        ("a law is believed unseen", "<= 1e-9 * size + 1e-300", ">= 0"),
    ),
    *faults(
        "explanation/groups.py",
        ("a box is not cut", "while len(units) > MOST:", "while False:"),
        ("a parameter of two boxes stands in one",
         "all(h is not None and h.inside(at) for h in homes)",
         "any(h is not None and h.inside(at) for h in homes)"),
    ),
    *faults(
        "explanation/naming.py",
        ("layers count from 0", "str(len(number) + 1)", "str(len(number))"),
        ("two values have one name", "found = f\"{name} ({k})\"", "break"),
    ),
    *faults(
        "explanation/record.py",
        ("the budget is not kept", "fits = max(1, int((BUDGET / 8 - rest)",
         "fits = max(1, int((BUDGET * 8 - rest)"),
        ("NaN begins nowhere", "if n.array.dtype.kind != \"f\" or np.isfinite(n.array).all():",
         "if True:"),
        ("a sum comes before its last message", "if len(got) == waiting[p.source] > 1:",
         "if len(got) == 2:"),
    ),
]  # fmt: skip
