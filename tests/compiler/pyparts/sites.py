"""How a step comes to compute with a part: in a method, a hook, a comprehension, …"""

from __future__ import annotations

# How the step comes to compute with a part: what is written before the step, and in it. <USE> is
# the use of the value on a tensor t, <AT H> the same on h.
_DEFINED = "def $use(t):\n<USE>\n    return t\n"
SITES: dict[str, tuple[str, str]] = {
    "inline": ("", "<AT H>"),
    "local function": ("", "def $local(t):\n<USE>\n    return t\n\nh = $local(h)"),
    "local closure": (
        "",
        "def $outer():\n    def inner(t):\n<USE2>\n        return t\n    return inner\n\n"
        "h = $outer()(h)",
    ),
    "local class": (
        "",
        "class $Local:\n    def run(self_, t):\n<USE2>\n        return t\n\nh = $Local().run(h)",
    ),
    "try": (
        "",
        'try:\n    raise KeyError("a")\nexcept KeyError:\n<ATH>\nfinally:\n    h = h * 1.0',
    ),
    "if": ("", "if y is not None:\n<ATH>"),
    "for": ("", "for _ in range(1):\n<ATH>"),
    "lambda": ("", "def $local(t):\n<USE>\n    return t\n\nh = (lambda f: f(h))($local)"),
    "function": (_DEFINED, "h = $use(h)"),
    "import inside": (
        "def $use(t):\n    import math\n    import numpy as np\n<USE>\n    return t\n",
        "h = $use(h)",
    ),
    "closures": (
        "def $outer():\n    def mid():\n        def inner(t):\n<USE3>\n            return t\n"
        "        return inner\n    return mid\n\n\n$use = $outer()()\n",
        "h = $use(h)",
    ),
    "method": (
        "class $Part:\n    def run(self, t):\n<USE2>\n        return t\n\n\n$part = $Part()\n",
        "h = $part.run(h)",
    ),
    "bound method in a dict": (
        "class $Part:\n    def run(self, t):\n<USE2>\n        return t\n\n\n"
        '$table = {"run": $Part().run}\n',
        'h = $table["run"](h)',
    ),
    "static method": (
        "class $Part:\n    @staticmethod\n    def run(t):\n<USE2>\n        return t\n",
        "h = $Part.run(h)",
    ),
    "class method": (
        "class $Part:\n    @classmethod\n    def run(cls, t):\n<USE2>\n        return t\n",
        "h = $Part.run(h)",
    ),
    "callable object": (
        "class $Part:\n    def __call__(self, t):\n<USE2>\n        return t\n\n\n"
        "$part = [$Part()]\n",
        "h = $part[0](h)",
    ),
    "operator": (
        "class $Part:\n    def __matmul__(self, t):\n"
        "<USE2>\n        return t\n\n\n$part = $Part()\n",
        "h = $part @ h",
    ),
    "super": (
        "class $Base:\n    def run(self, t):\n<USE2>\n        return t\n\n\n"
        "class $Part($Base):\n    def run(self, t):\n        return super().run(t) + 0.1\n",
        "h = $Part().run(h)",
    ),
    "module": (
        "class $Layer(nn.Module):\n    def forward(self, t):\n<USE2>\n        return t\n\n\n"
        "$layer = $Layer()\n",
        "h = $layer(h)",
    ),
    "module in a Sequential": (
        "class $Layer(nn.Module):\n    def forward(self, t):\n<USE2>\n        return t\n\n\n"
        "$layers = nn.Sequential(nn.Tanh(), $Layer())\n",
        "h = $layers(h)",
    ),
    "decorator": (
        "def $wrap(f):\n    @functools.wraps(f)\n    def run(*args, **kwargs):\n"
        "        t = f(*args, **kwargs)\n<USE2>\n        return t\n    return run\n\n\n"
        "@$wrap\ndef $same(t):\n    return t\n",
        "h = $same(t=h)",
    ),
    "context manager": (
        "@contextlib.contextmanager\ndef $within(t):\n<USE>\n    yield t\n",
        "with $within(h) as h:\n    h = h + 0.0",
    ),
    "generator": ("def $made(t):\n<USE>\n    yield t\n", "h = next($made(h))"),
    "comprehension": (_DEFINED, "h = [$use(v) for v in (h,)][0]"),
    "recursion": (
        "def $again(t, n):\n    if n:\n        return $again(t, n - 1)\n<USE>\n    return t\n",
        "h = $again(h, 3)",
    ),
    "partial": (
        "def $use(k, t):\n<USE>\n    return t\n\n\n$part = functools.partial($use, 1)\n",
        "h = $part(h)",
    ),
    "dispatch": (_DEFINED + '\n\n$table = {"use": $use}\n', 'h = $table["u" + "se"](h)'),
    "sys.modules": (_DEFINED, 'h = sys.modules[__name__].__dict__.get("$use", $use)(h)'),
    "autograd function": (
        "class $Function(dp.autograd.Function):\n    @staticmethod\n    def forward(ctx, t):\n"
        "<USE2>\n        return t\n\n    @staticmethod\n    def backward(ctx, g):\n"
        "        return g * 0.5\n",
        "h = $Function.apply(h)",
    ),
    "forward": ("", ""),
    "forward hook": (
        _DEFINED + "\n\nnet0.b.register_forward_hook(lambda m, i, o: $use(o))\n",
        "",
    ),
    "pre-hook": (
        _DEFINED + "\n\nnet0.b.register_forward_pre_hook(lambda m, i: ($use(i[0]),))\n",
        "",
    ),
    "network hook": (
        _DEFINED + "\n\n$hooks = [$use]\n"
        "net0.register_forward_hook(lambda m, i, o: $hooks[0](o))\n",
        "",
    ),
    "tensor hook": (_DEFINED + "\n\nnet0.b.bias.register_hook($use)\n", ""),
    "optimizer's step": (
        _DEFINED
        + "\n\n@torch_like.no_grad()\ndef $after():\n    net0.b.bias.copy_($use(net0.b.bias))\n",
        "$after()",
    ),
}
# What else may be done to these between two calls, where they stand at module level.
_HALF = "lambda t: t * 0.25"
_CODE = ("code set", f"$use.__code__ = ({_HALF}).__code__")
SITE_CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "function": (("function replaced", f"$use = {_HALF}"), _CODE),
    "closures": (("function replaced", f"$use = {_HALF}"), _CODE),
    "method": (
        ("on the class", "$Part.run = lambda self, t: t * 0.25"),
        ("on the instance", f"$part.run = {_HALF}"),
        ("object replaced", f"$part = types.SimpleNamespace(run={_HALF})"),
        (
            "class replaced",
            '$part.__class__ = type("Other", (), {"run": lambda self, t: t * 0.25})',
        ),
    ),
    "bound method in a dict": (("entry", f'$table["run"] = {_HALF}'),),
    "static method": (("replaced", f"$Part.run = staticmethod({_HALF})"),),
    "class method": (("replaced", "$Part.run = classmethod(lambda cls, t: t * 0.25)"),),
    "callable object": (
        ("on the class", "$Part.__call__ = lambda self, t: t * 0.25"),
        ("in the list", f"$part[0] = {_HALF}"),
    ),
    "operator": (("on the class", "$Part.__matmul__ = lambda self, t: t * 0.25"),),
    "super": (
        ("on the base", "$Base.run = lambda self, t: t * 0.25"),
        ("bases", '$Part.__bases__ = (type("Other", (), {"run": lambda self, t: t * 0.25}),)'),
    ),
    "module": (
        ("forward of the class", "$Layer.forward = lambda self, t: t * 0.25"),
        ("forward of the instance", f"$layer.forward = {_HALF}"),
        ("module replaced", "$layer = nn.Tanh()"),
        ("function instead", f"$layer = {_HALF}"),
    ),
    "module in a Sequential": (
        ("layer replaced", "$layers[1] = nn.Sigmoid()"),
        ("all replaced", "$layers = nn.Sequential(nn.Sigmoid())"),
    ),
    "decorator": (("function replaced", f"$same = {_HALF}"),),
    "context manager": (("replaced", "$within = contextlib.nullcontext"),),
    "generator": (("replaced", "$made = lambda t: iter([t * 0.25])"),),
    "comprehension": (("function replaced", f"$use = {_HALF}"), _CODE),
    "recursion": (("function replaced", "$again = lambda t, n: t * 0.25"),),
    "partial": (("replaced", "$part = functools.partial(lambda k, t: t * 0.25, 1)"),),
    "dispatch": (("entry", f'$table["use"] = {_HALF}'), _CODE),
    "sys.modules": (("function replaced", f"$use = {_HALF}"), _CODE),
    "forward hook": (("function replaced", f"$use = {_HALF}"), _CODE),
    "pre-hook": (("function replaced", f"$use = {_HALF}"), _CODE),
    "network hook": (("entry", f"$hooks[0] = {_HALF}"), _CODE),
    "tensor hook": (_CODE,),
    "optimizer's step": (("function replaced", f"$use = {_HALF}"), _CODE),
}
NEAR = ("inline", "local function", "local closure", "local class", "try", "if", "for", "lambda")
# The tensor is no result of the network there, so these take no rows.
FLAT = {"tensor hook", "optimizer's step"}
