"""Functions, modules and other code that hold a value."""

from __future__ import annotations

from tests.compiler.pyparts.holder import ATTRIBUTES, BOX, ITEM, Holder

HOLDERS = [
    # functions
    Holder(
        "partial",
        "functools.partial($same, v=<V>)",
        "<C>()",
        (("keyword", '<C>.keywords["v"] = <V>'),),
        "<C>.unread = 3",
        "def $same(v):\n    return v\n",
    ),
    Holder(
        "partial, positional",
        "functools.partial($same, <V>)",
        "<C>()",
        (),
        "",
        "def $same(v):\n    return v\n",
    ),
    Holder(
        "partial of a container",
        "functools.partial($item, c=[<V>])",
        "<C>()",
        (("item set", '<C>.keywords["c"][0] = <V>'),),
        '<C>.keywords["c"].append(3)',
        "def $item(c):\n    return c[0]\n",
    ),
    Holder(
        "closure",
        "(lambda v: lambda: v)(<V>)",
        "<C>()",
        (("cell set", "<C>.__closure__[0].cell_contents = <V>"),),
    ),
    Holder(
        "closure over a closure",
        "(lambda v: (lambda f: lambda: f())(lambda: v))(<V>)",
        "<C>()",
        (
            (
                "inner cell set",
                "<C>.__closure__[0].cell_contents.__closure__[0].cell_contents = <V>",
            ),
        ),
    ),
    Holder(
        "nonlocal setter",
        "$pair(<V>)",
        "<C>[0]()",
        (("setter called", "<C>[1](<V>)"),),
        "",
        "def $pair(v):\n    def get():\n        return v\n    def put(new):\n        nonlocal v\n"
        "        v = new\n    return get, put\n",
    ),
    Holder(
        "default argument",
        "$keep(<V>)",
        "<C>()",
        (("defaults set", "<C>.__defaults__ = (<V>,)"),),
        "<C>.unread = 3",
        "def $keep(v):\n    def kept(v=v):\n        return v\n    return kept\n",
    ),
    Holder(
        "keyword-only default",
        "$keep(<V>)",
        "<C>()",
        (
            ("default set", '<C>.__kwdefaults__["v"] = <V>'),
            ("defaults replaced", '<C>.__kwdefaults__ = {"v": <V>}'),
        ),
        "<C>.unread = 3",
        "def $keep(v):\n    def kept(*, v=v):\n        return v\n    return kept\n",
    ),
    Holder(
        "function attribute",
        "$tagged(<V>)",
        "<C>.v",
        ATTRIBUTES[:3],
        "<C>.unread = 3",
        "def $tagged(v):\n    def f():\n        return None\n    f.v = v\n    return f\n",
    ),
    Holder(
        "function attribute, inside",
        "$tagged(<V>)",
        "<C>()",
        ATTRIBUTES[:1],
        "<C>.unread = 3",
        "def $tagged(v):\n    def f():\n        return f.v\n    f.v = v\n    return f\n",
    ),
    Holder(
        "lambda of a list",
        "(lambda c: lambda: c[0])([<V>])",
        "<C>()",
        (("item set", "<C>.__closure__[0].cell_contents[0] = <V>"),),
        "<C>.__closure__[0].cell_contents.append(3)",
    ),
    Holder(
        "generator function",
        "$yields([<V>])",
        "next(<C>())",
        (("item set", "<C>.__closure__[0].cell_contents[0] = <V>"),),
        "",
        "def $yields(c):\n    def kept():\n        yield from c\n    return kept\n",
    ),
    Holder(
        "context manager",
        "$Box(<V>)",
        "$within(<C>)",
        ATTRIBUTES[:1],
        "<C>.unread = 3",
        BOX + "\n\n@contextlib.contextmanager\ndef $entered(c):\n    yield c.v\n\n\n"
        "def $within(c):\n    with $entered(c) as v:\n        return v\n",
    ),
    Holder(
        "recursion",
        "[[[<V>]]]",
        "$deep(<C>, 3)",
        (("item set", "<C>[0][0][0] = <V>"), ("middle replaced", "<C>[0][0] = [<V>]")),
        "<C>[0].append(2)",
        "def $deep(c, n):\n    return c if n == 0 else $deep(c[0], n - 1)\n",
    ),
    Holder(
        "isinstance dispatch",
        '{"a": <V>}',
        "$opened(<C>)",
        ITEM[:1],
        '<C>["z"] = 1',
        'def $opened(c):\n    if isinstance(c, dict):\n        return c["a"]\n'
        "    if isinstance(c, (list, tuple)):\n        return c[0]\n    return c\n",
    ),
    Holder(
        "singledispatch",
        '{"a": <V>}',
        "$opens(<C>)",
        ITEM[:1],
        '<C>["z"] = 1',
        "@functools.singledispatch\ndef $opens(c):\n    return c\n\n\n"
        '@$opens.register\ndef $opens_dict(c: dict):\n    return c["a"]\n',
    ),
    Holder(
        "module",
        "$made(<V>)",
        "<C>.v",
        ATTRIBUTES[:3],
        "<C>.unread = 3",
        'def $made(v):\n    made = types.ModuleType("$made")\n    made.v = v\n    return made\n',
    ),
    Holder(
        "function of a module",
        "$made(<V>)",
        "<C>.read()",
        (*ATTRIBUTES[:2], ("function replaced", "<C>.read = lambda v=<V>: v")),
        "<C>.unread = 3",
        'def $made(v):\n    made = types.ModuleType("$made")\n    made.v = v\n'
        '    exec("def read():\\n    return v\\n", made.__dict__)\n    return made\n',
    ),
    Holder(
        "function with globals",
        '$run({"v": <V>})',
        "<C>()",
        (("global set", '<C>.__globals__["v"] = <V>'),),
        '<C>.__globals__["w"] = 1',
        'def $run(names):\n    exec("def read():\\n    return v\\n", names)\n'
        '    return names["read"]\n',
    ),
]
