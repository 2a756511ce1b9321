"""core, ops, autodiff, functional: faults written without having read the tests."""

from __future__ import annotations

from tests.mutants.record import Fault, faults

FAULTS: list[Fault] = [
    *faults(
        "core/dtype.py",
        (
            "in a tie of categories a 0-dim tensor decides the dtype",
            "if result is None or _category(candidate.kind) > _category(result.kind):",
            "if result is None or _category(candidate.kind) >= _category(result.kind):",
        ),
        (
            "a 0-dim tensor counts as one with dimensions",
            "rank, dtype = (0 if x.shape else 1), x.dtype",
            "rank, dtype = 0, x.dtype",
        ),
    ),
    *faults(
        "core/graph.py",
        (
            "an output that a later equation reads is freed",
            "if last[id(x)] == k and id(x) not in keep and isinstance(x, Value):",
            "if last[id(x)] == k and isinstance(x, Value):",
        ),
        (
            "names that are gone are kept, living ones forgotten",
            "[r for r in names if r() is not None]",
            "[r for r in names if r() is None]",
        ),
        (
            "where a value has a rule, its own inputs are lost",
            "inputs = (*inputs, *value.rule.inputs)",
            "inputs = value.rule.inputs",
        ),
    ),
    *faults(
        "core/shape.py",
        (
            "dimension `rank` is taken for one that exists",
            "if not -span <= index < span:",
            "if not -span <= index <= span:",
        ),
        ("a 0-dim tensor has no dim 0", "span = max(rank, 1)", "span = rank"),
        (
            "a dim named twice is no error",
            "if len(set(dims)) != len(dims):",
            "if len(set(dims)) > len(dims):",
        ),
    ),
    *faults(
        "core/memory.py",
        (
            "the user's own setting of the allocator is overruled",
            'if "MALLOC_TRIM_THRESHOLD_" in os.environ:',
            'if "MALLOC_TRIM_THRESHOLD" in os.environ:',
        ),
    ),
    *faults(
        "ops/kinds.py",
        (
            "the dims to sum over are not shifted by the new leading ones",
            "k + extra for k, n in enumerate(shape) if n == 1 and g.shape[k + extra] != 1",
            "k for k, n in enumerate(shape) if n == 1 and g.shape[k + extra] != 1",
        ),
        (
            "the tangent of a product lacks a term where both factors move",
            "None if db is None else op(a, db, **params),",
            "None if db is None or da is not None else op(a, db, **params),",
        ),
        (
            "an operand that does not move is its own tangent",
            "np.zeros(x.shape, x.dtype) if t is None else t",
            "x if t is None else t",
        ),
    ),
    *faults(
        "ops/pointwise.py",
        (
            "∂(a/b)/∂b with a in the place of a/b",
            "lambda y, a, b: -y / b]",
            "lambda y, a, b: -a / b]",
        ),
        (
            "a tie gives both operands the whole message",
            "1 - bracket(a < b, y) - 0.5 * bracket(a == b, y)",
            "1 - bracket(a < b, y)",
        ),
        (
            "the slope of a mod b in b has the wrong sign",
            "1.0, y - a) / OPS",
            "1.0, a - y) / OPS",
        ),
        ("∂√x/∂x with x in the place of √x", "[lambda y, x: 0.5 / y]", "[lambda y, x: 0.5 / x]"),
        (
            "an integer to a negative power is no error",
            'kind in "iu" and np.any(np.less(b, 0)):',
            'kind in "u" and np.any(np.less(b, 0)):',
        ),
    ),
    *faults(
        "ops/random.py",
        (
            "each draw begins one block late",
            "start = ((draw << 128) - 1) % 2**256",
            "start = (draw << 128) % 2**256",
        ),
    ),
    *faults(
        "ops/index.py",
        (
            "fold forgets the dilation",
            "np.s_[k * d : k * d + (n - 1) * s + 1 : s]",
            "np.s_[k : k + (n - 1) * s + 1 : s]",
        ),
        (
            "index n of n is let through",
            "if low < -shape[d] or high >= shape[d]:",
            "if low < -shape[d] or high > shape[d]:",
        ),
    ),
    *faults(
        "ops/shape.py",
        ("the parts of cat's message step along dim 0", "at += x.shape[dim]", "at += x.shape[0]"),
        (
            "the length of a stepped slice is rounded down",
            "out.append(max(0, -(-(b - a) // s)))",
            "out.append(max(0, (b - a) // s))",
        ),
        ("flip gives a view", "np.flip(x, dim).copy(),", "np.flip(x, dim),"),
    ),
    *faults(
        "ops/linear.py",
        (
            "the message to a broadcast right factor is not summed",
            "unbroadcast(matmul(mT(a), g), b.shape)",
            "matmul(mT(a), g)",
        ),
        (
            "the bias of linear may have another dtype",
            '_same_dtype("linear", x, b)',
            '_same_dtype("linear", x, w)',
        ),
    ),
    *faults(
        "autodiff/backward.py",
        (
            "of two seeds for one root the second one stays",
            "(seed if first is None else first[0] + seed, True)",
            "(seed, True)",
        ),
        (
            "a gradient shares its array with another's message",
            "if shared or not g.flags.c_contiguous:",
            "if not g.flags.c_contiguous:",
        ),
        (
            "a message that is passed on as it came counts as nobody else's",
            "m.base is None and m is not g",
            "m.base is None",
        ),
        (
            "a gradient of the wrong shape from a hook is taken",
            "if new.shape != v.shape:",
            "if len(new.shape) > len(v.shape):",
        ),
        (
            "allow_unused is ignored",
            "elif allow_unused:",
            "elif allow_unused is None:",
        ),
    ),
    *faults(
        "autodiff/mode.py",
        (
            "leaving a block switches recording on, whatever it was before",
            "setattr(STATE, self._name, self._before.pop())",
            "setattr(STATE, self._name, True)",
        ),
    ),
    *faults(
        "autodiff/func.py",
        (
            "jvp is not differentiable in its tangent",
            "record = STATE.recording and (run.outer or any(t.requires_grad for t in flat))",
            "record = STATE.recording and run.outer",
        ),
        (
            "the Jacobian by reverse mode seeds all outputs with the first row",
            "seeds[k] = row",
            "seeds[0] = row",
        ),
        (
            "aux stays part of the record",
            "if aux and not self.outer:",
            "if aux and self.outer:",
        ),
    ),
    *faults(
        "autodiff/function.py",
        (
            "mark_non_differentiable is ignored",
            "float_ = is_float(o.dtype) and not any(o is c for c in ctx._constant)",
            "float_ = is_float(o.dtype)",
        ),
        (
            "set_materialize_grads(False) is ignored",
            "if part is None and ctx._zeros:",
            "if part is None:",
        ),
    ),
    *faults(
        "autodiff/tensor.py",
        (
            "a deep copy shares its gradient",
            "new._grad = self._grad.__deepcopy__(memo)",
            "new._grad = self._grad",
        ),
        (
            "a tensor held twice is deep-copied into two",
            "memo[id(self)] = new",
            "memo[id(new)] = new",
        ),
        (
            "a gradient of another dtype is taken",
            "if g is not None and (g.shape, g.dtype) != (self.shape, self.dtype):",
            "if g is not None and g.shape != self.shape:",
        ),
    ),
    *faults(
        "autodiff/anomaly.py",
        (
            "one finite input is enough to blame the op",
            "any(_bad(x) is not None for x in inputs)",
            "all(_bad(x) is not None for x in inputs)",
        ),
    ),
    *faults(
        "functional/order.py",
        (
            "the opposite of the least integer overflows",
            'if x.dtype.kind == "u" else -1, x)',
            'if x.dtype.kind == "u" else 0, x)',
        ),
        ("topk of 0 elements is an error", "if not 0 <= k <= n:", "if not 0 < k <= n:"),
        (
            "max along a dim without elements is no error of ours",
            "if not x.shape[d]:",
            "if x.shape[d] < 0:",
        ),
    ),
    *faults(
        "functional/random.py",
        (
            "the largest integer is never drawn",
            "u * float(high - low)",
            "u * float(high - low - 1)",
        ),
        ("λ and 1/λ exchanged", "(-1.0 / lambd)", "-lambd"),
        (
            "normal_ ignores its generator",
            "normal(mean, std, self.shape, generator=generator, dtype=self.dtype)",
            "normal(mean, std, self.shape, dtype=self.dtype)",
        ),
    ),
    *faults(
        "functional/generator.py",
        (
            "a new seed goes on counting draws",
            "self._become(np.array([_signed(seed), 0], dtype=np.int64))",
            "self._become(np.array([_signed(seed), self.state._held()[1]], dtype=np.int64))",
        ),
        (
            "the state that get_state gives changes with the generator",
            "return tensor_of(self.state._held().copy())",
            "return tensor_of(self.state._held())",
        ),
    ),
    *faults(
        "functional/join.py",
        ("roll goes the other way", "cut = n - shift % n", "cut = shift % n"),
        (
            "triu begins one diagonal late",
            "diagonal if lower else diagonal - 1",
            "diagonal",
        ),
        (
            "meshgrid 'xy' turns all vectors round, not the first two",
            "grid[0], grid[1] = grid[1], grid[0]",
            "grid.reverse()",
        ),
        (
            "repeat_interleave repeats the whole",
            "y = unsqueeze(x, d + 1)",
            "y = unsqueeze(x, d)",
        ),
    ),
    *faults(
        "functional/compare.py",
        (
            "rtol is relative to the first operand",
            'op("abs", b) * rtol + atol',
            'op("abs", a) * rtol + atol',
        ),
        (
            "a number is close to infinity",
            "logical_or(same, logical_and(near, isfinite(gap)))",
            "logical_or(same, near)",
        ),
    ),
    *faults(
        "functional/convert.py",
        ("to(copy=True) does not copy", "return clone(y) if copy and y is self else y", "return y"),
    ),
    *faults(
        "functional/creation.py",
        (
            "tensor() shares the array's memory",
            'np.array(array_of(data, dtype), order="C")',
            'np.asarray(array_of(data, dtype), order="C")',
        ),
    ),
    *faults(
        "functional/linalg.py",
        (
            "with beta 0 a NaN of the input still counts",
            "if beta == 0:",
            "if beta == 0 and alpha == 0:",
        ),
        (
            "diagonals above and below exchanged",
            "down, right = -min(offset, 0), max(offset, 0)",
            "right, down = -min(offset, 0), max(offset, 0)",
        ),
    ),
    *faults(
        "functional/indexing.py",
        (
            "index tensors that are no neighbours keep their dimensions in place",
            "if p.apart or front[0] == 0:",
            "if front[0] == 0:",
        ),
        (
            "a mask may be larger than what it is for",
            "if found.shape != shape[d : d + found.ndim]:",
            "if found.ndim > len(shape) - d:",
        ),
    ),
    *faults(
        "functional/einsum.py",
        (
            "the dimensions under ... are aligned at the left",
            "*(str(wide - hidden + k) for k in range(hidden))",
            "*(str(k) for k in range(hidden))",
        ),
    ),
    *faults(
        "functional/parts.py",
        (
            "narrow refuses the last element",
            "if length < 0 or a + length > n:",
            "if length < 0 or a + length >= n:",
        ),
        (
            "unbind and select take index n",
            "if not -n <= k < n:",
            "if not -n <= k <= n:",
        ),
    ),
]
