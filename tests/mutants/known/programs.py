"""Faults of the functions and of the compiler, with the test that was written for each."""

from __future__ import annotations

from tests.mutants.record import Fault

FAULTS: list[Fault] = [
    Fault(
        "compiler/run/blas.py",
        "a library that is wrong in two threads at once passes",
        ("            _check_slices(blas, gemm, numbers.astype(dtype))\n"),
        "",
        "tests/compiler/test_blas.py -k workspace",
    ),
    Fault(
        "compiler/run/blas_files.py",
        "Apple's library is looked for where it is not",
        '"/System/Library/Frameworks/',
        '"/System/Framework/Frameworks/',
        "tests/compiler/test_blas_files.py",
    ),
    Fault(
        "compiler/run/blas_files.py",
        "Windows' MKL is looked for where it is not",
        '"win32": ("Library/bin/mkl_rt*.dll",)',
        '"win32": ("lib/mkl_rt*.dll",)',
        "tests/compiler/test_blas_files.py",
    ),
    Fault(
        "compiler/emit/driver.py",
        "a thread that waits at a barrier keeps its core",
        "%long = icmp sgt i64 %n, {spins}",
        "%long = icmp slt i64 %n, 0",
        "tests/compiler/test_race.py -k gives",
    ),
    Fault(
        "compiler/passes/expand.py",
        "native rows that meet at one place are added in float32",
        "        return precision(v.dtype, v.inputs[1:])",
        "        return v.dtype",
        "tests/functional/test_sums.py",
    ),
    Fault(
        "compiler/emit/sums.py",
        "a block forgets those before it",
        "                x = self._plus(s.node.dtype, outer, inner)",
        "                x = inner",
        "tests/functional/test_sums.py tests/compiler/test_native.py",
    ),
    Fault(
        "compiler/emit/sums.py",
        "a running sum begins anew in each block",
        ("        return self._plus(s.node.dtype, base, x)\n"),
        ("        return x\n"),
        "tests/functional/test_sums.py",
    ),
    Fault(
        "compiler/emit/sums.py",
        "the last block runs over the end",
        "            if whole % span:",
        "            if whole % span > span:",
        "tests/functional/test_sums.py tests/compiler/test_native.py",
    ),
    Fault(
        "compiler/emit/nest.py",
        "native sums are chains",
        "            while steps * terms > FAN:",
        "            while steps * terms > 3000 * FAN:",
        "tests/functional/test_sums.py",
    ),
    Fault(
        "compiler/passes/algebra.py",
        "the compiler makes x·0 into 0, ∞ and NaN too",
        ("if _is(y, 1):\n            return x\n        if _is(y, -1)"),
        (
            "if _is(y, 1):\n"
            "            return x\n"
            "        if _is(y, 0):\n"
            "            return 0.0\n"
            "        if _is(y, -1)"
        ),
        "tests/functional/test_special.py -k product",
    ),
    Fault(
        "compiler/passes/reduce.py",
        "native half-precision means are counted in half precision",
        ("    if v.dtype == float16:\n        return None\n"),
        "",
        "tests/functional/test_sums.py",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled relu(NaN) is 0",
        'keep = compare(code, node.dtype, "ugt", "sgt", "ugt", x, zero)  # u: NaN stays',
        'keep = compare(code, node.dtype, "ogt", "sgt", "ugt", x, zero)',
        "tests/functional/test_special.py -k relu",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled −(0) is +0",
        'return code.op(f"fneg {t} {x}")',
        'return code.op(f"fsub {t} {code.number(0, node.dtype)}, {x}")',
        "tests/functional/test_special.py -k neg",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled round takes halves away from 0",
        '"round": _intrinsic("roundeven")',
        '"round": _intrinsic("round")',
        "tests/functional/test_special.py -k round",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled NaN == NaN",
        '"eq": _compare("oeq", "eq", "eq")',
        '"eq": _compare("ueq", "eq", "eq")',
        "tests/functional/test_special.py -k 'discrete'",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled NaN < 1",
        '"lt": _compare("olt", "slt", "ult")',
        '"lt": _compare("ult", "slt", "ult")',
        "tests/functional/test_special.py -k 'discrete'",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled maximum(NaN, 1) is 1",
        (
            'first = code.op(f"fcmp ogt {code.type(dtype)} {a}, {b}")\n'
            '        nan = code.op(f"fcmp uno {code.type(dtype)} {a}, {a}")\n'
            '        return select(code, code.op(f"or {code.type(bool_)} {first}, '
            '{nan}"), dtype, a, b)\n'
            '    return select(code, compare(code, dtype, "ogt"'
        ),
        (
            'first = code.op(f"fcmp ogt {code.type(dtype)} {a}, {b}")\n'
            "        return select(code, first, dtype, a, b)\n"
            '    return select(code, compare(code, dtype, "ogt"'
        ),
        "tests/functional/test_special.py -k 'maximum or amax or max'",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled % of whole numbers has the dividend's sign",
        (
            'wrong = code.op(f"and {code.type(bool_)} {differ}, {some}")\n'
            '        return select(code, wrong, dtype, code.op(f"add {t} {r}, {b}"), r)'
        ),
        "return r",
        "tests/functional/test_special.py -k remainder",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled remainder has the dividend's sign",
        'moved = select(code, wrong, dtype, code.op(f"fadd {t} {r}, {b}"), r)',
        "moved = r",
        "tests/functional/test_special.py -k remainder",
    ),
    Fault(
        "compiler/emit/pointwise.py",
        "compiled sign(NaN) is −1",
        'below = compare(code, dtype, "olt", "slt", "ult", x, zero)',
        'below = compare(code, dtype, "ult", "slt", "ult", x, zero)',
        "tests/functional/test_special.py -k sign",
    ),
    Fault(
        "compiler/emit/vector_math.py",
        "compiled erf is off in its seventh digit",
        "near = t.fma(t.polynomial(t.mul(a, a), t.numbers.erf_near), a, a)",
        (
            "near = t.mul(a, t.fma(t.polynomial(t.mul(a, a), t.numbers.erf_near), 1.0, "
            "1.0 + 2**-20))"
        ),
        "tests/functional/test_special.py -k erf",
    ),
    Fault(
        "compiler/emit/vector_numbers.py",
        "compiled erf is flat from 5",
        "erf_flat=6.0",
        "erf_flat=5.0",
        "tests/functional/test_special.py -k erf",
    ),
    Fault(
        "functional/compare.py",
        "everything is close to ∞",
        "return logical_or(same, logical_and(near, isfinite(gap)))",
        "return logical_or(same, near)",
        "tests/functional/test_special.py -k isclose",
    ),
    Fault(
        "functional/compare.py",
        "∞ is not close to itself",
        "return logical_or(same, logical_and(near, isfinite(gap)))",
        "return near",
        "tests/functional/test_special.py -k 'isclose or allclose'",
    ),
    Fault(
        "functional/compare.py",
        "equal_nan: one NaN is enough",
        "same = logical_or(same, logical_and(isnan(a), isnan(b)))",
        "same = logical_or(same, logical_or(isnan(a), isnan(b)))",
        "tests/functional/test_special.py -k 'isclose or allclose'",
    ),
    Fault(
        "functional/compare.py",
        "NaN equals NaN",
        "bool(np.array_equal(a._held(), b._held()))",
        "bool(np.array_equal(a._held(), b._held(), equal_nan=True))",
        "tests/functional/test_special.py -k equal_and",
    ),
    Fault(
        "functional/limits.py",
        "trunc(NaN), trunc(−0)",
        (
            'x = _step("trunc", input)\n'
            '    return copy_of(input) if x is None else op("where", x < 0, -op("floor", '
            '-x), op("floor", x))'
        ),
        (
            'x = _step("trunc", input)\n'
            '    return copy_of(input) if x is None else op("floor", op("abs", x)) * '
            'op("sign", x)'
        ),
        "tests/functional/test_special.py -k trunc",
    ),
    Fault(
        "functional/limits.py",
        "clamp's slope multiplies by 0",
        'op("where", inside, x, value)',
        'value + op("cast", inside, dtype=x.dtype) * (x - x.detach())',
        "tests/functional/test_special.py -k clamp",
    ),
    Fault(
        "functional/limits.py",
        "neginf is ignored",
        'return op("where", x == -math.inf, -top if neginf is None else neginf, y)',
        'return op("where", x == -math.inf, -top, y)',
        "tests/functional/test_special.py -k nan_to_num",
    ),
    Fault(
        "functional/limits.py",
        "−∞ is not infinite",
        'return op("eq", op("abs", x), math.inf) if',
        'return op("eq", x, math.inf) if',
        "tests/functional/test_special.py -k isinf",
    ),
    Fault(
        "functional/order.py",
        "min of the least whole number wraps",
        'return op("sub", int(np.iinfo(x.dtype).max) if x.dtype.kind == "u" else -1, x)',
        'return op("neg", x)',
        "tests/functional/test_special.py -k whole",
    ),
    Fault(
        "functional/order.py",
        "gradient of max(x) with NaN",
        'if x.dtype.kind != "f" or (held is not None and held == held):',
        'if x.dtype.kind != "f" or held is not None:',
        (
            "tests/functional/test_reduce.py tests/functional/test_special.py -k 'max or "
            "min or reduce'"
        ),
    ),
    Fault(
        "functional/generator.py",
        "each draw is the same",
        ('            rebind(self.state, op("add", self.state, _NEXT))\n'),
        "",
        "tests/train/test_controls.py -k 'draws or masks'",
    ),
    Fault(
        "functional/random.py",
        "a coin of probability 0 falls on 1 where 0 is drawn",
        'return cast(op("lt", uniforms(shape, kind, generator), p), dtype)',
        'return cast(op("le", uniforms(shape, kind, generator), p), dtype)',
        "tests/utils/test_data.py -k coin",
    ),
    Fault(
        "functional/random.py",
        "a normal number is infinite where 0 is drawn",
        'radius = op("sqrt", op("log", 1.0 - take(u, 0, 0, 1)) * -2.0)',
        'radius = op("sqrt", op("log", take(u, 0, 0, 1)) * -2.0)',
        "tests/utils/test_data.py -k coin",
    ),
]
