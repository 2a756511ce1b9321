"""What a step does besides computing: draws, counts, writes, prints."""

from __future__ import annotations

from tests.compiler.pyparts.kind import Kind


def _reads(statement: str, factor: str) -> tuple[tuple[str, str], ...]:
    """An effect alone, and one whose result the step reads."""
    return (
        (statement, statement),
        (f"{statement}, read", f"{statement}\n<H> = <H> * ({factor})"),
    )


_OBJECT = """\
class $Log:
    total = 0
    def __init__(self):
        self.n = 0
        self.last = None
        self.deep = {"a": {"b": {"c": []}}}
    def add(self, v):
        self.n = self.n + v
    @property
    def next(self):
        self.n += 1
        return self.n
"""
_SLOTS = 'class $Slot:\n    __slots__ = ("n",)\n    def __init__(self):\n        self.n = 0\n'

# Kinds whose use is an effect on the value itself; `high` is what it is replaced with.
_HELD = [
    Kind(
        "log",
        ("[]",),
        ("[0, 0]",),
        (
            *_reads("<E>.append(1)", "1 + 0.1 * len(<E>)"),
            *_reads("<E>.extend([1, 2])", "1 + 0.1 * len(<E>)"),
            *_reads("<E>.insert(0, len(<E>))", "1 + 0.1 * len(<E>)"),
            *_reads("<E>[len(<E>):] = [len(<E>)]", "1 + 0.1 * sum(<E>)"),
            ("append a tensor", "<E>.append(<H>.detach())"),
            ("append a shape", "<E>.append(tuple(<H>.shape))"),
            ("append, sort", "<E>.append(-len(<E>))\n<E>.sort()"),
        ),
        edits=(("emptied", "<E>.clear()"),),
    ),
    Kind(
        "counts",
        ('{"n": 0}',),
        ('{"n": 3}',),
        (
            *_reads('<E>["n"] += 1', '1 + 0.1 * <E>["n"]'),
            *_reads('<E>.update(n=<E>["n"] + 1)', '1 + 0.1 * <E>["n"]'),
            *_reads("<E>[len(<E>)] = 1", "1 + 0.1 * len(<E>)"),
            *_reads('<E>.setdefault("log", []).append(1)', '1 + 0.1 * len(<E>["log"])'),
            ("tensor kept", '<E>["last"] = <H>.detach()'),
            ("popped and set", '<E>["m"] = <E>.pop("m", 0) + 1'),
        ),
        edits=(("item set", '<E>["n"] = 5'),),
    ),
    Kind(
        "seen",
        ("{0}",),
        ("{0, 1, 2}",),
        _reads("<E>.add(len(<E>))", "1 + 0.1 * len(<E>)"),
        edits=(("emptied", "<E>.clear()"),),
    ),
    Kind(
        "queue",
        ("collections.deque([0.5, 1.5, 0.75, 1.25, 1.75])",),
        ("collections.deque([1.25, 0.5])",),
        (
            *_reads("<E>.rotate(1)", "<E>[0]"),
            *_reads("<E>.append(<E>.popleft() + 0.1)", "<E>[-1]"),
            *_reads("<E>.appendleft(1.0 + 0.1 * len(<E>))", "<E>[0]"),
        ),
    ),
    Kind(
        "written array",
        ("np.zeros(3)",),
        ("np.ones(3)",),
        (
            *_reads("<E>[0] += 1", "1 + 0.1 * float(<E>[0])"),
            *_reads("np.add(<E>, 1, out=<E>)", "1 + 0.1 * float(<E>.sum())"),
            *_reads("<E>[:] = <E> + 0.5", "1 + 0.1 * dp.tensor(<E>)"),
            *_reads("<E>.fill(<E>[0] + 1)", "1 + 0.1 * <E>[1]"),
            *_reads("np.copyto(<E>, <E> + 1)", "1 + 0.1 * <E>.max()"),
        ),
        edits=(("filled", "<E>.fill(4)"),),
    ),
    Kind(
        "written object",
        ("$Log()",),
        ("$Log()",),
        (
            *_reads("<E>.n += 1", "1 + 0.1 * <E>.n"),
            *_reads("<E>.add(1)", "1 + 0.1 * <E>.n"),
            *_reads('setattr(<E>, "n", <E>.n + 1)', "1 + 0.1 * <E>.n"),
            *_reads('<E>.__dict__["n"] += 1', "1 + 0.1 * <E>.n"),
            *_reads('<E>.deep["a"]["b"]["c"].append(1)', '1 + 0.1 * len(<E>.deep["a"]["b"]["c"])'),
            *_reads("type(<E>).total += 1", "1 + 0.1 * <E>.total"),
            ("property that counts", "<H> = <H> * (1 + 0.1 * <E>.next)"),
            ("tensor kept", "<E>.last = <H>.detach()"),
            ("tensor kept and read", "<E>.last = <H> * 0.5\n<H> = <H> + <E>.last"),
            (
                "last call's tensor",
                "<H> = <H> if <E>.last is None else <H> + 0.1 * <E>.last\n"
                "<E>.last = dp.ones(3) * (<E>.n + 1)\n<E>.n += 1",
            ),
            (
                "attribute deleted",
                "if <E>.n == 0:\n    del <E>.last\n    <E>.n = 1\n    <E>.last = 1",
            ),
        ),
        edits=(("attribute set", "<E>.n = 7"),),
        setup=_OBJECT,
    ),
    Kind(
        "written slots",
        ("$Slot()",),
        ("$Slot()",),
        _reads("<E>.n += 1", "1 + 0.1 * <E>.n"),
        edits=(("attribute set", "<E>.n = 7"),),
        setup=_SLOTS,
    ),
    Kind(
        "random generator",
        ("np.random.default_rng(0)", "np.random.RandomState(0)", "random.Random(0)"),
        ("np.random.default_rng(1)", "np.random.RandomState(1)", "random.Random(1)"),
        (
            ("random", "<H> = <H> * (0.5 + <E>.random())"),
            ("shuffle", "c = [0.5, 1.0, 1.5]\n<E>.shuffle(c)\n<H> = <H> * c[0]"),
            ("method kept", "draw = <E>.random\n<H> = <H> * (0.5 + float(draw()))"),
            ("unread", "<E>.random()"),
        ),
    ),
    Kind(
        "array generator",
        ("np.random.default_rng(0)",),
        ("np.random.default_rng(1)",),
        (
            ("normal", "<H> = <H> + <E>.normal()"),
            ("array", "<H> = <H> * dp.tensor(<E>.random(3))"),
            ("integers", "<H> = <H> * (1 + int(<E>.integers(3)))"),
            ("choice", "<H> = <H> * float(<E>.choice([0.5, 1.0, 1.5]))"),
            ("permutation", "<H> = <H>[..., <E>.permutation(3)]"),
            ("if", "if <E>.random() < 0.5:\n    <H> = <H> * 0.5"),
        ),
    ),
    Kind(
        "iterator",
        (
            "itertools.count(1, 0.125)",
            "iter([1 + k / 8 for k in range(400)])",
            "itertools.cycle([0.5, 0.75, 1.5])",
            "(1 + k / 8 for k in range(400))",
            "map(float, range(1, 400))",
            "$generated()",
        ),
        ("itertools.count(2, 0.125)", "iter([2.0] * 400)"),
        (
            ("next", "<H> = <H> * (next(<E>) / 2)"),
            ("next, unread", "next(<E>)"),
            ("for, break", "for v in <E>:\n    <H> = <H> * (v / 2)\n    break"),
            ("zip", "for v, _ in zip(<E>, range(1), strict=False):\n    <H> = <H> * (v / 2)"),
            ("if", "if next(<E>) > 1.3:\n    <H> = <H> * 0.5"),
        ),
        setup="def $generated():\n    k = 1.0\n"
        "    while True:\n        yield k\n        k += 0.125\n",
    ),
    Kind(
        "written file",
        ("io.StringIO()",),
        ("io.StringIO()",),
        (
            ("write", '<E>.write("x")'),
            ("print to it", 'print("loss", file=<E>)'),
            ("read", '<E>.write("x")\n<H> = <H> * (1 + 0.1 * len(<E>.getvalue()))'),
        ),
    ),
    Kind(
        "Counter",
        ("collections.Counter()",),
        ('collections.Counter("aab")',),
        _reads('<E>.update(["a"])', '1 + 0.1 * <E>["a"]'),
    ),
    Kind(
        "cached property",
        ("$Cache(0.5)",),
        ("$Cache(1.5)",),
        (("read", "<H> = <H> * <E>.v"),),
        edits=(("hidden by the cache", "<E>.k = 2.5"), ("cache dropped", "<E>.k = 2.5\ndel <E>.v")),
        setup="class $Cache:\n    def __init__(self, k):\n        self.k = k\n"
        "    @functools.cached_property\n    def v(self):\n        return self.k\n",
    ),
    Kind(
        "lru_cache",
        ("$cached([0.5])",),
        ("$cached([1.5])",),
        (("read", "<H> = <H> * <E>()"),),
        edits=(
            ("hidden by the cache", "<E>.__wrapped__.__closure__[0].cell_contents[0] = 2.5"),
            (
                "cache dropped",
                "<E>.__wrapped__.__closure__[0].cell_contents[0] = 2.5\n<E>.cache_clear()",
            ),
        ),
        setup="def $cached(c):\n    @functools.lru_cache\n    def kept():\n        return c[0]\n"
        "    return kept\n",
    ),
    Kind(
        "value of a tensor",
        ("dp.tensor([0.5, 0.75, 0.625])",),
        ("dp.tensor([1.25, 1.75, 2.5])",),
        (
            ("item", "<H> = <H> * <E>[0].item()"),
            ("float", "<H> = <H> * float(<E>.sum())"),
            ("numpy", "<H> = <H> * float(<E>.numpy()[0])"),
            ("tolist", "<H> = <H> * sum(<E>.tolist())"),
            ("if", "if <E>[0] > 1:\n    <H> = <H> * 0.5"),
            ("of the result", "<H> = <H> * (1 + 0.1 * float(<H>.detach().sum() > 0) + 0 * <E>)"),
        ),
        edits=(("in place", "<E>.mul_(3)"), ("by NumPy", "<E>.numpy()[:] = 2.5")),
    ),
]
HELD: dict[str, Kind] = {k.name: k for k in _HELD}

# Effects that need no value of their own. `edits` happen between calls.
_AMBIENT = [
    Kind(
        "NumPy's random numbers",
        ("",),
        ("",),
        (
            ("rand", "<H> = <H> * (0.5 + float(np.random.rand()))"),
            ("normal", "<H> = <H> + dp.tensor(np.random.normal(size=3))"),
            ("choice", "<H> = <H> * float(np.random.choice([0.5, 1.0, 1.5]))"),
            ("permutation", "<H> = <H>[..., np.random.permutation(3)]"),
            ("if", "if np.random.rand() < 0.5:\n    <H> = <H> * 0.5"),
            ("unread", "np.random.rand()"),
            ("seeded inside", "np.random.seed(3)\n<H> = <H> * np.random.rand()"),
            ("function kept", "<H> = <H> * (0.5 + $draw())"),
        ),
        edits=(("seeded", "np.random.seed(7)"), ("drawn from", "np.random.rand()")),
        setup="$draw = np.random.rand\n",
    ),
    Kind(
        "Python's random numbers",
        ("",),
        ("",),
        (
            ("random", "<H> = <H> * (0.5 + random.random())"),
            ("gauss", "<H> = <H> + random.gauss(0, 1)"),
            ("choice", "<H> = <H> * random.choice([0.5, 1.0, 1.5])"),
            ("shuffle", "c = [0.5, 1.0, 1.5]\nrandom.shuffle(c)\n<H> = <H> * c[0]"),
            ("if", "if random.random() < 0.5:\n    <H> = <H> * 0.5"),
            ("unread", "random.random()"),
        ),
        edits=(("seeded", "random.seed(7)"),),
    ),
    Kind(
        "Denpa's seed",
        ("",),
        ("",),
        (("seeded inside", "dp.manual_seed(3)\n<H> = <H> + dp.rand(3)"),),
    ),
    Kind(
        "clock",
        ("",),
        ("",),
        (
            ("time", "<H> = <H> * $clock.time()"),
            ("elapsed", "t0 = $clock.time()\n<H> = <H> * ($clock.time() - t0 + t0)"),
            ("counter", "<H> = <H> * (0.5 + (time.perf_counter() > $now[0]))"),
        ),
        edits=(("time passes", "$now[0] = 0.75 if $now[0] == 1.5 else 1e12"),),
        setup="$now = [1.5]\n$clock = types.SimpleNamespace(time=lambda: min($now[0], 9.0))\n",
    ),
    Kind(
        "global counter",
        ("",),
        ("",),
        (
            ("global", "$bump()"),
            ("global, read", "<H> = <H> * (1 + 0.1 * $bump())"),
            ("globals()", 'globals()["$n"] = globals()["$n"] + 1'),
            ("nonlocal", "$count()"),
            ("nonlocal, read", "<H> = <H> * (1 + 0.1 * $count())"),
            ("function attribute", "$bump.calls = getattr($bump, 'calls', 0) + 1"),
        ),
        edits=(("set", "$n = 4"),),
        setup="$n = 0\n\n\ndef $bump():\n    global $n\n    $n += 1\n    return $n\n\n\n"
        "def $counter():\n    n = 0\n    def count():\n        nonlocal n\n        n += 1\n"
        "        return n\n    return count\n\n\n$count = $counter()\n",
    ),
    Kind(
        "print",
        ("",),
        ("",),
        (
            ("print", 'print("step")'),
            ("stdout", 'sys.stdout.write("step\\n")'),
            ("with a number", "$said.append(1)\nprint(len($said))"),
        ),
        setup="$said = []\n",
    ),
    Kind(
        "file",
        ("",),
        ("",),
        (
            ("read", "<H> = <H> * float($path.read_text())"),
            ("open", "with open($path) as f:\n    <H> = <H> * float(f.read())"),
            ("written", 'with open($path, "a") as f:\n    f.write("1")'),
        ),
        edits=(("written", '$path.write_text("2.5")'),),
        setup='$path = pathlib.Path(folder) / "$number"\n$path.write_text("0.5")\n',
    ),
    Kind(
        "environment",
        ("",),
        ("",),
        (
            ("written", 'os.environ["$E"] = os.environ["$E"] + "1"'),
            (
                "written and read",
                'os.environ["$E"] += "1"\n<H> = <H> * (len(os.environ["$E"]) / 2)',
            ),
        ),
        setup='os.environ["$E"] = "1"\n',
    ),
    Kind(
        "exception",
        ("",),
        ("",),
        (
            ("raised by a flag", 'if $bad[0]:\n    raise ValueError("bad")'),
            (
                "raised and caught",
                "try:\n    $tried.append(1)\n    raise KeyError\n"
                "except KeyError:\n    <H> = <H> * 0.5",
            ),
        ),
        edits=(("flag set", "$bad[0] = not $bad[0]"),),
        setup="$bad = [False]\n$tried = []\n",
    ),
]
AMBIENT: dict[str, Kind] = {k.name: k for k in _AMBIENT}
