"""The values that a Python program reads, and what it does with them.

`<E>` stands for the expression that reads the value, `<H>` for the tensor that is computed with
it, of any shape that broadcasts with (3,); `$` begins the names of one part of a program.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of value: `low` and `high` are expressions, and every use tells one from the other.

    `edits` change a value in place, away from `low`. `equals` are pairs that are equal, but of
    another type. `rows`: it takes a `<H>` of rows (rows, 3).
    """

    name: str
    low: tuple[str, ...]
    high: tuple[str, ...]
    uses: tuple[tuple[str, str], ...]
    edits: tuple[tuple[str, str], ...] = ()
    equals: tuple[tuple[str, str], ...] = ()
    rows: bool = False
    setup: str = ""


def _times(*expressions: str) -> tuple[tuple[str, str], ...]:
    return tuple((e, f"<H> = <H> * ({e})") for e in expressions)


def _if(*tests: str) -> tuple[tuple[str, str], ...]:
    return tuple((f"if {t}", f"if {t}:\n    <H> = <H> * 0.5 + 0.1") for t in tests)


_ARRAY = (
    ("item set", "<E>[:] = [1.25, 1.75, 2.5]"),
    ("multiplied in place", "np.multiply(<E>, 2.5, out=<E>)"),
    ("filled", "<E>.fill(2.25)"),
    ("copyto", "np.copyto(<E>, 1.75)"),
    ("flat", "<E>.flat[:] = 2.5"),
    ("put", "np.put(<E>, range(<E>.size), 2.5)"),
    ("through a view", "<E>[...].reshape(-1)[:] = 2.5"),
)

_ALL = [
    Kind(
        "number",
        ("0.5", "0.75"),
        ("1.25", "1.5", "2.0"),
        (
            *_times(
                "<E>",
                "float(<E>)",
                "np.float64(<E>)",
                "dp.tensor(<E>)",
                "dp.full((3,), <E>)",
                "max(<E>, 1.0)",
                "math.sqrt(<E>)",
                'float((lambda v: f"{v:.2f}")(<E>))',
                'float("%.2f" % <E>)',
                "(w := <E>) * w",
                "{True: 0.5, False: 2.0}[<E> > 1]",
                "0.5 if 0 < <E> < 1 else 1.5",
                "0.5 + int(<E>)",
                "divmod(<E>, 1)[0] + 0.5",
                "len(range(int(<E> * 4))) / 3",
                "sum(<E> for _ in range(2))",
                "float(np.linspace(<E>, 1, 3).sum())",
                "hash(<E> > 1) + 0.5",
                "[0.5, 1.5][<E> > 1]",
                '{"False": 0.5}.get(str(<E> > 1), 1.5)',
            ),
            ("add", "<H> = <H> + <E>"),
            ("power", "<H> = (<H> * <H> + 1.5) ** <E>"),
            ("dropout", "<H> = nn.functional.dropout(<H>, 0.3 * <E>)"),
            ("for", "for _ in range(int(<E> * 4)):\n    <H> = <H> * 0.9"),
            ("while", "k = 0\nwhile k < <E>:\n    <H> = <H> * 0.8\n    k += 0.4"),
            (
                "for, break",
                "for k in range(9):\n    if k > 4 * <E>:\n        break\n    <H> = <H> * 0.9",
            ),
            (
                "match",
                "match <E>:\n    case 0.5 | 0.75:\n        <H> = <H> * 0.5\n"
                "    case v if v > 1:\n        <H> = <H> + 0.5\n    case _:\n        <H> = -<H>",
            ),
            *_if("<E> > 1", "not <E> < 1", "<E> in (0.5, 0.75)", "<E> == 0.5 or <E> == 0.75"),
        ),
        equals=(("1", "1.0"), ("1.0", "True"), ("True", "np.float64(1)")),
    ),
    Kind(
        "flag",
        ("False", "0", "None", '""'),
        ("True", "1", '"yes"'),
        (
            *_times(
                "1 + bool(<E>)", "(<E> and 0.5) or 1.5", "0.5 if <E> else 1.5", "1 + any([<E>])"
            ),
            *_if("<E>", "not <E>"),
            ("while not", "k = 0\nwhile not <E> and k < 2:\n    <H> = <H> * 0.8\n    k += 1"),
        ),
        equals=(("True", "1"), ("False", "None")),
    ),
    Kind(
        "typed",
        ("1",),
        ("True", "1.0"),
        (
            *_times(
                "{int: 0.5, bool: 1.5, float: 0.75}[type(<E>)]",
                '0.5 * len((lambda v: f"{v}")(<E>))',
                '{"int": 0.5}.get(type(<E>).__name__, 1.5)',
            ),
            *_if("type(<E>) is int", "isinstance(<E>, int) and not isinstance(<E>, bool)"),
            (
                "match of classes",
                "match <E>:\n    case bool():\n        <H> = <H> * 0.5\n"
                "    case float():\n        <H> = <H> * 1.5\n    case _:\n        <H> = <H> + 0.5",
            ),
        ),
    ),
    Kind(
        "optional",
        ("None",),
        ("0.5", "1.5"),
        (
            *_if("<E> is None", "<E> is not None", "<E> == None"),
            *_times("<E> or 0.75"),
            ("try", "try:\n    <H> = <H> * (<E> + 0)\nexcept TypeError:\n    <H> = <H> - 0.5"),
        ),
    ),
    Kind(
        "text",
        ('"tanh"',),
        ('"sigmoid"',),
        (
            ("getattr of the name", "<H> = getattr(dp, <E>)(<H>)"),
            ("method by name", "<H> = getattr(<H>, <E>)()"),
            ("dispatch", '<H> = {"tanh": dp.tanh, "sigmoid": dp.sigmoid}[<E>](<H>)'),
            ("in", 'if <E> in {"tanh", "other"}:\n    <H> = <H> * 0.5'),
            ("==", 'if <E> == "tanh":\n    <H> = <H> * 0.5'),
            ("f-string", '<H> = <H> * {"use_tanh": 0.5}.get((lambda v: f"use_{v}")(<E>), 1.5)'),
            ("len", "<H> = <H> * (len(<E>) / 5)"),
            (
                "match",
                'match <E>:\n    case "tanh":\n        <H> = dp.tanh(<H>)\n'
                '    case "sigmoid":\n        <H> = dp.sigmoid(<H>)',
            ),
            ("globals", "<H> = {**globals(), **vars(dp)}[<E>](<H>)"),
        ),
    ),
    Kind(
        "array",
        ("np.array([0.5, 0.75, 0.625])", "np.linspace(0.25, 0.5, 3)"),
        ("np.array([1.25, 1.75, 2.5])", "np.array([2.5, 1.5, 1.25], np.float32)"),
        (
            *_times(
                "float(<E>[0])",
                "dp.tensor(<E>)",
                "dp.from_numpy(<E>)",
                "dp.as_tensor(<E>)",
                "<E>",
                "<E>.sum()",
                "float((<E> * 2 + 1).sum()) / 8",
                "float(<E>.mean())",
                "float(<E> @ <E>)",
                "<E>.tolist()[1]",
                "<E>.item(0)",
                "sum(<E>)",
                "max(<E>)",
                "math.fsum(<E>)",
                "sorted(<E>)[0]",
                "float(np.sqrt(<E>).max())",
                "float(np.linalg.norm(<E>))",
                "float(np.where(<E> > 1, 0.5, 1.5)[0])",
                "float(np.add.reduce(<E>))",
                "dp.tensor((<E> > 1) + 0.5)",
                "dp.tensor(<E>.tolist())",
                "dp.tensor(np.stack([<E>, <E>])[1])",
                "dp.tensor(<E>[::-1].copy())",
                "dp.from_numpy(<E>[:1])",
                "float(np.concatenate([<E>, <E>])[4])",
                "float(np.einsum('i,i->', <E>, <E>))",
                "float(<E>.astype(np.float32)[2])",
                "<E>.copy()[0]",
                "<E>[1:][0]",
                "[v for v in <E>][2]",
                "next(iter(<E>))",
                "float(np.interp(1.1, [0, 1, 2], <E>))",
                "memoryview(<E>)[0]",
                "float(str(<E>[1]))",
                "np.frombuffer(<E>.tobytes(), <E>.dtype)[0].item()",
            ),
            *_if(
                "<E>[0] > 1",
                "(<E> > 1).any()",
                "np.array_equal(<E> > 1, [False] * 3)",
                "0.3 < <E>.min() < 1 or <E>[0] == 0.25",
            ),
            ("add", "<H> = <H> + <E>"),
            ("index by a mask", "<H> = <H> + <H>[..., np.flatnonzero(<E> < 1)].sum()"),
            ("loop", "for v in <E>:\n    <H> = <H> * float(v)"),
        ),
        edits=_ARRAY,
        equals=(
            ("np.array([0.5, 0.75, 0.625])", "np.array([0.5, 0.75, 0.625], np.float32)"),
            ("np.array([0.5, 0.75, 0.625])", "np.array([0.5, 0, 0.75, 0, 0.625])[::2]"),
        ),
    ),
    Kind(
        "indices",
        ("np.array([0, 1, 2])",),
        ("np.array([2, 0, 1])", "np.array([1, 2, 0], np.int32)"),
        (
            ("index", "<H> = <H>[..., <E>] + <H> * 0.5"),
            ("as a tensor", "<H> = <H>[..., dp.tensor(<E>)] + <H> * 0.5"),
            ("as a list", "<H> = <H>[..., <E>.tolist()] + <H> * 0.5"),
            ("one of them", "<H> = <H> + <H>[..., int(<E>[0])].sum()"),
            ("argsort", "<H> = <H>[..., np.argsort(<E>)] + <H> * 0.5"),
        ),
        edits=(("item set", "<E>[:] = [1, 2, 0]"), ("reversed", "<E>[:] = <E>[[2, 0, 1]]")),
    ),
    Kind(
        "matrix",
        ("np.linspace(0.5, 1, 9).reshape(3, 3)",),
        ("np.linspace(2, 1, 9).reshape(3, 3)",),
        (
            *_times(
                "dp.tensor(<E>[0])",
                "float(<E>[1, 2])",
                "float(<E>.trace())",
                "dp.from_numpy(<E>).sum(0)",
            ),
            ("matmul", "<H> = <H> @ dp.tensor(<E>)"),
            ("matmul of the transposed", "<H> = <H> @ dp.from_numpy(<E>.T)"),
            ("rows", "for row in <E>:\n    <H> = <H> * float(row[1])"),
        ),
        edits=(
            ("item set", "<E>[:] = 2.5"),
            ("multiplied in place", "np.multiply(<E>, 3, out=<E>)"),
            ("rows set", "for row in <E>:\n    row[:] = 1.75"),
        ),
    ),
    Kind(
        "numbers",
        ("[0.5, 0.75]", "[0.75, 0.5]"),
        ("[1.25, 1.5, 2.0]", "[0.25, 4.0, 1.75]"),
        (
            *_times(
                "sum(<E>)",
                "len(<E>) / 2",
                "max(<E>)",
                "sorted(<E>)[-1]",
                "min(<E>) + len(<E>)",
                "math.prod(<E>)",
                "sum(v * v for v in <E>)",
                "dp.tensor(<E>).sum()",
                "float(np.sum(<E>))",
                "[*<E>, 1][2]",
                "0.5 * len([v for v in <E> if v < 1])",
                "(lambda *a: sum(a))(*<E>)",
                "functools.reduce(lambda a, b: a + b, <E>)",
                "list(itertools.accumulate(<E>))[-1]",
                "sum(map(float, <E>))",
                "sum(k * v for k, v in enumerate(<E>))",
                "sum(a * b for a, b in zip(<E>, [1, 2, 3], strict=False))",
                'len("-".join(map(str, <E>))) / 8',
                "max(<E>, key=lambda v: abs(v - 0.6))",
                "1 + any(v > 1 for v in <E>)",
                "1 + all(v < 1 for v in <E>)",
                "sum(<E>[k] for k in range(len(<E>)))",
            ),
            *_if("0.5 in <E>", "<E> in ([0.5, 0.75], [0.75, 0.5])", "len(<E>) == 2", "<E>[2:]"),
            ("for", "for v in <E>:\n    <H> = <H> * v"),
            ("star", "first, *rest = <E>\n<H> = <H> * (first + sum(rest))"),
            (
                "match",
                "match <E>:\n    case [a, b]:\n        <H> = <H> * a * b\n"
                "    case [a, *rest]:\n        <H> = <H> + len(rest)",
            ),
            ("while", "k = 0\nwhile k < len(<E>):\n    <H> = <H> * 0.8\n    k += 1"),
        ),
        edits=(
            ("slice set", "<E>[:] = [0.25, 4.0, 1.75]"),
            ("emptied and filled", "<E>.clear()\n<E>.extend([1.25, 1.5, 2.0])"),
            ("items set", "<E>[0] = 1.25\n<E>[1] = 3.0\n<E>.append(1.5)"),
            ("popped and appended", "<E>.pop()\n<E>.pop()\n<E>.extend((3.0, 1.5, 1.25))"),
        ),
    ),
    Kind(
        "pairs",
        ('{"a": 0.5, "b": 0.75}',),
        ('{"a": 1.25, "b": 1.5, "c": 2.0}',),
        (
            *_times(
                '<E>["a"]',
                "sum(<E>.values())",
                "len(<E>) / 3",
                '<E>.get("c", 0.5)',
                "sum(v for k, v in <E>.items())",
                "sum(<E>[k] for k in <E>)",
                "(lambda a, b, **more: a + b + len(more))(**<E>)",
                '{**<E>}["b"]',
                "len(list(<E>)[-1] + max(<E>) * (max(<E>) > 'b')) / 2",
                "sorted(<E>.items())[0][1]",
                "<E>[max(<E>)]",
                "<E>[max(<E>, key=<E>.get)]",
                '(<E> | {"z": 1})["a"]',
                "[v for v in <E>.values()][1]",
                '0.5 + len(<E>.keys() & {"c", "d"})',
                "next(reversed(<E>.values()))",
                "(lambda a, **_: a)(**{k: v * 1.5 for k, v in <E>.items()})",
            ),
            *_if('"c" in <E>', '"c" not in <E>', '<E> == {"b": 0.75, "a": 0.5}', "len(<E>) > 2"),
            ("items", "for k, v in <E>.items():\n    <H> = <H> * v + len(k)"),
            (
                "match",
                'match <E>:\n    case {"c": v}:\n        <H> = <H> * v\n'
                '    case {"a": v}:\n        <H> = <H> - v',
            ),
            ("KeyError", 'try:\n    <H> = <H> * <E>["c"]\nexcept KeyError:\n    <H> = <H> - 1'),
        ),
        edits=(
            ("update", '<E>.update({"a": 1.25, "b": 1.5, "c": 2.0})'),
            ("items set", '<E>["a"] = 3.0\n<E>["b"] = 1.25\n<E>["c"] = 1.5'),
            ("emptied and filled", '<E>.clear()\n<E>.update({"a": 1.25, "b": 3.0, "c": 2.0})'),
        ),
    ),
    Kind(
        "members",
        ("{1, 2}",),
        ("{2, 3, 5}",),
        (
            *_times(
                "len(<E>) / 2",
                "max(<E>) / 2",
                "sum(<E>) / 3",
                "sorted(<E>)[-1] / 2",
                "1.5 if <E> & {3, 4} else 0.5",
                "1.5 if <E> <= {1, 2} else 0.5",
                "0.5 * len(<E> - {1})",
                "0.5 * len(<E> ^ {1, 2}) + 0.5",
                "sum(k for k in <E>) / 4",
                "0.75 if frozenset(<E>) == frozenset((1, 2)) else 1.5",
            ),
            *_if("3 in <E>", "1 in <E>", "<E>.isdisjoint({3})", "<E> == {1, 2}"),
            ("for", "for k in sorted(<E>):\n    <H> = <H> * (k / 2)"),
        ),
        edits=(
            ("update", "<E>.update({3, 5})\n<E>.discard(1)"),
            ("emptied and filled", "<E>.clear()\n<E>.update({2, 3, 5})"),
            ("symmetric difference", "<E>.symmetric_difference_update({1, 3, 5})"),
        ),
    ),
    Kind(
        "function",
        ("dp.tanh", "(lambda t: t * 0.5)", "torch_like.tanh", "$half"),
        (
            "dp.sigmoid",
            "(lambda t: t * 1.5 + 0.1)",
            "nn.functional.softplus",
            "functools.partial(dp.mul, 2.0)",
            "nn.Softplus()",
            "$twice",
        ),
        (
            ("call", "<H> = <E>(<H>)"),
            ("in a list", "for f in [<E>]:\n    <H> = f(<H>)"),
            ("reduce", "<H> = functools.reduce(lambda t, f: f(t), [<E>], <H>)"),
            ("map", "<H> = next(map(<E>, [<H>]))"),
            ("keyword", "<H> = (lambda f, t: f(t))(f=<E>, t=<H>)"),
            ("dispatch", '<H> = {"f": <E>}["f"](<H>)'),
            ("decorated", "<H> = (lambda f: lambda t: f(t) + 0.5)(<E>)(<H>)"),
        ),
        setup="def $half(t):\n    return t * 0.75\n\n\ndef $twice(t):\n    return t * 2 - 0.5\n",
    ),
    Kind(
        "local function",
        ("$maker(0.5)",),
        ("$maker(1.5)",),
        (("call", "<H> = <E>(<H>)"), ("map", "[<H>] = map(<E>, [<H>])")),
        edits=(
            ("defaults set", "<E>.__defaults__ = (1.25,)"),
            ("cell set", "<E>.__closure__[0].cell_contents = 1.5"),
            ("code set", "<E>.__code__ = $maker.__globals__['$other'](3.0).__code__"),
            ("attribute set", "<E>.shift = 0.5"),
        ),
        setup="def $maker(k):\n    def made(t, d=0.5):\n        return t * k * d + made.shift\n"
        "    made.shift = 0.25\n    return made\n\n\n"
        "def $other(k):\n    def made(t, d=0.5):\n        return t * k - d + made.shift\n"
        "    made.shift = 0.25\n    return made\n",
    ),
    Kind(
        "layer with numbers",
        ("nn.LeakyReLU(0.3)", "nn.LeakyReLU(0.1)"),
        ("nn.Softplus()", "nn.ELU(0.7)", "nn.Hardtanh(-0.2, 0.2)", "nn.Identity()"),
        (("call", "<H> = <E>(<H> - 0.2)"), ("forward", "<H> = <E>.forward(<H> - 0.2)")),
        edits=(
            ("attribute set", "<E>.negative_slope = 0.9"),
            ("forward patched", "<E>.forward = lambda t: t * 0.75"),
        ),
    ),
    Kind(
        "linear layer",
        ("nn.Linear(3, 3)",),
        ("nn.Linear(3, 3)", "nn.Linear(3, 3, bias=False)"),
        (
            ("call", "<H> = <E>(<H>)"),
            ("its weight", "<H> = <H> * <E>.weight.sum()"),
            ("functional", "<H> = nn.functional.linear(<H>, <E>.weight)"),
        ),
        edits=(
            ("weights in place", "with dp.no_grad():\n    <E>.weight.mul_(0.5)"),
            ("weights by NumPy", "<E>.weight.detach().numpy()[:] += 0.5"),
            ("data set", "<E>.weight.data = <E>.weight.data * 0.5"),
            ("parameter replaced", "<E>.weight = nn.Parameter(dp.ones(3, 3))"),
            ("loaded", "<E>.load_state_dict({**<E>.state_dict(), 'weight': dp.ones(3, 3)})"),
            (
                "hook added",
                "<E>.register_forward_hook(lambda m, i, o: o * 0.5)\n<E>.weight.data *= 2",
            ),
        ),
    ),
    Kind(
        "dropout layer",
        ("nn.Dropout(0.3)",),
        ("nn.Dropout(0.7)", "nn.Identity()"),
        (("call", "<H> = <E>(<H>)"),),
        edits=(
            ("attribute set", "<E>.p = 0.8"),
            ("evaluated", "<E>.eval()"),
            ("never", "<E>.p = 0.0"),
        ),
    ),
    Kind(
        "batch norm",
        ("nn.BatchNorm1d(3)",),
        ("nn.BatchNorm1d(3, eps=0.5)", "nn.LayerNorm(3)"),
        (("call", "<H> = <E>(<H>)"),),
        edits=(
            ("evaluated", "<E>.eval()"),
            ("eps", "<E>.eps = 0.5"),
            ("weights in place", "<E>.weight.data.mul_(0.5)"),
        ),
        rows=True,
    ),
    Kind(
        "sequence of layers",
        ("nn.Sequential(nn.Linear(3, 3), nn.Tanh())", "nn.Sequential(nn.Tanh())"),
        ("nn.Sequential(nn.Sigmoid(), nn.Linear(3, 3))",),
        (
            ("call", "<H> = <E>(<H>)"),
            ("iterated", "for layer in <E>:\n    <H> = layer(<H>)"),
            ("children", "for layer in <E>.children():\n    <H> = layer(<H>)"),
            ("by index", "for k in range(len(<E>)):\n    <H> = <E>[k](<H>)"),
        ),
        edits=(
            ("layer replaced", "<E>[-1] = nn.Sigmoid()"),
            ("layer appended", "<E>.append(nn.Softplus())"),
        ),
    ),
    Kind(
        "list of layers",
        ("nn.ModuleList([nn.Tanh(), nn.Linear(3, 3)])", "[nn.Tanh(), nn.Tanh()]"),
        ("nn.ModuleList([nn.Sigmoid()])", "[nn.Linear(3, 3)]", "(nn.Sigmoid(), nn.Tanh())"),
        (("for", "for layer in <E>:\n    <H> = layer(<H>)"),),
        edits=(
            ("layer replaced", "<E>[0] = nn.Softplus()"),
            ("layer appended", "<E>.append(nn.Sigmoid())"),
            ("layer inserted", "<E>.insert(0, nn.Softplus())"),
        ),
    ),
    Kind(
        "tensor",
        ("dp.tensor([0.5, 0.75, 0.625])",),
        ("dp.tensor([1.25, 1.75, 2.5])", "dp.tensor([1.5, 2.5, 1.25])"),
        (
            *_times("<E>", "<E>.sum()", "<E>[0]", "<E>.detach()", "dp.stack([<E>, <E>])[1]"),
            ("add", "<H> = <H> + <E>"),
            ("iterated", "for v in <E>:\n    <H> = <H> * v"),
            ("where", "<H> = dp.where(<E> > 1, <H>, <H> * 0.5)"),
        ),
        edits=(
            ("copied into", "with dp.no_grad():\n    <E>.copy_(dp.tensor([1.25, 1.75, 2.5]))"),
            ("multiplied in place", "with dp.no_grad():\n    <E>.mul_(3)"),
            ("items set", "with dp.no_grad():\n    <E>[0] = 1.5\n    <E>[1:] = 2.0"),
            ("data set", "<E>.data = dp.tensor([1.25, 1.75, 2.5])"),
            ("by NumPy", "<E>.detach().numpy()[:] = 2.5"),
            ("filled", "with dp.no_grad():\n    <E>.fill_(1.75)"),
        ),
    ),
    Kind(
        "parameter",
        ("nn.Parameter(dp.tensor([0.5, 0.75, 0.625]))",),
        ("nn.Parameter(dp.tensor([1.25, 1.75, 2.5]))",),
        (*_times("<E>", "<E>.sum()"), ("add", "<H> = <H> + <E>")),
        edits=(
            ("data set", "<E>.data = <E>.data * 3"),
            ("in place", "with dp.no_grad():\n    <E>.mul_(3)"),
        ),
    ),
    Kind(
        "list of tensors",
        ("[dp.tensor([0.5, 0.75, 0.625])]",),
        ("[dp.tensor(1.25), dp.tensor(2.0)]",),
        (
            ("for", "for v in <E>:\n    <H> = <H> * v"),
            ("sum", "<H> = <H> + sum(v.sum() for v in <E>)"),
            ("stack", "<H> = <H> * dp.stack([v.sum() for v in <E>]).mean()"),
        ),
        edits=(
            ("appended", "<E>.append(dp.tensor(2.5))"),
            ("item set", "<E>[0] = dp.tensor([1.25, 1.75, 2.5])"),
            ("item in place", "<E>[0].mul_(3)"),
        ),
    ),
    Kind(
        "dtype",
        ("dp.float64",),
        ("dp.float32", "dp.int64"),
        (("to", "<H> = (<H> * 3).to(<E>).double()"),),
    ),
]
KINDS: dict[str, Kind] = {k.name: k for k in _ALL}
