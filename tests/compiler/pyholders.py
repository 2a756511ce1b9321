"""Where a Python program keeps a value: roots (a global, a closure, an attribute, …) and holders
(a dict, an object with slots, a partial, …), which may hold one another.

The pieces of source are templates: `$` begins the names of one part of a program, `<V>` stands for
a value, `<C>` for the container.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Holder:
    """A container: how it is made, read and changed in place.

    `puts` are statements that store another value, by the kind of the change; a container without
    any can only be replaced. `extra` changes what no read sees. `only` names the kinds of values
    that fit, all if empty; `alone`: no container fits in it.
    """

    name: str
    make: str
    get: str
    puts: tuple[tuple[str, str], ...] = ()
    extra: str = ""
    setup: str = ""
    only: tuple[str, ...] = ()


_BOX = """\
class $Box:
    def __init__(self, v):
        self.v = v
    def read(self):
        return self.v
"""
_ATTRIBUTES = (
    ("attribute set", "<C>.v = <V>"),
    ("setattr", 'setattr(<C>, "v", <V>)'),
    ("__dict__", '<C>.__dict__["v"] = <V>'),
    ("deleted and set", "del <C>.v\n<C>.v = <V>"),
)
_ITEM = (
    ("item set", '<C>["a"] = <V>'),
    ("update", '<C>.update({"a": <V>})'),
    ("deleted and added", 'del <C>["a"]\n<C>["a"] = <V>'),
    ("emptied and filled", '<C>.clear()\n<C>["a"] = <V>'),
)
_DICT, _MORE = '{"a": <V>, "z": 0}', '<C>["unread"] = 7'
_LIST = (
    ("item set", "<C>[1] = <V>"),
    ("slice set", "<C>[:] = [0, <V>]"),
    ("popped and inserted", "<C>.pop(1)\n<C>.insert(1, <V>)"),
)
_NUMBERS = ("number", "typed", "flag")
_HASHABLE = ("number", "text")

_ALL = [
    # mappings
    Holder("dict", _DICT, '<C>["a"]', _ITEM, _MORE),
    Holder("dict, computed key", _DICT, '<C>["A".lower()]', _ITEM[:1], _MORE),
    Holder("dict.get", _DICT, '<C>.get("a", 1)', _ITEM[:1], _MORE),
    Holder("dict.pop of a copy", _DICT, 'dict(<C>).pop("a")', _ITEM[:1], _MORE),
    Holder("dict, unpacked", _DICT, '{**<C>, "b": 0}["a"]', _ITEM[:2], _MORE),
    Holder("dict, merged", _DICT, '({"b": 0} | <C>)["a"]', _ITEM[:1], _MORE),
    Holder("dict, as keywords", _DICT, "(lambda a, **_: a)(**<C>)", _ITEM[:1], _MORE),
    Holder("dict.items", _DICT, 'next(v for k, v in <C>.items() if k == "a")', _ITEM[:1], _MORE),
    Holder("dict, comprehension", _DICT, '{k + "1": v for k, v in <C>.items()}["a1"]', _ITEM[:1]),
    Holder("dict, itemgetter", _DICT, 'operator.itemgetter("a")(<C>)', _ITEM[:1], _MORE),
    Holder("dict, first value", '{"a": <V>}', "next(iter(<C>.values()))", _ITEM[:1], _MORE),
    Holder(
        "dict, KeyError",
        '{"b": <V>}',
        "$got(<C>)",
        (("entry added", '<C>["a"] = <V>'), ("item set", '<C>["b"] = <V>')),
        _MORE,
        'def $got(c):\n    try:\n        return c["a"]\n    except KeyError:\n'
        '        return c["b"]\n',
    ),
    Holder("dict, in", '{"b": <V>}', '<C>["a" if "a" in <C> else "b"]', _ITEM[:1], _MORE),
    Holder(
        "dict, match",
        _DICT,
        "$matched(<C>)",
        _ITEM[:1],
        _MORE,
        'def $matched(c):\n    match c:\n        case {"a": v}:\n            return v\n',
    ),
    Holder("OrderedDict", "collections.OrderedDict(a=<V>, z=0)", '<C>["a"]', _ITEM, _MORE),
    Holder(
        "OrderedDict, order",
        "collections.OrderedDict(z=<V>, a=<V>)",
        "next(iter(<C>.values()))",
        (("moved", '<C>["a"] = <V>\n<C>.move_to_end("a", last=False)'),),
    ),
    Holder("defaultdict", 'collections.defaultdict(int, {"a": <V>})', '<C>["a"]', _ITEM, _MORE),
    Holder(
        "ChainMap",
        'collections.ChainMap({"b": 0}, {"a": <V>})',
        '<C>["a"]',
        (("shadowed", '<C>["a"] = <V>'), ("item set", '<C>.maps[1]["a"] = <V>')),
        _MORE,
    ),
    Holder(
        "dict, subclass",
        "$Settings(a=<V>)",
        "<C>.a",
        (*_ITEM[:2], ("attribute set", '<C>.__dict__["a"] = <V>')),
        _MORE,
        "class $Settings(dict):\n    def __getattr__(self, name):\n        return self[name]\n",
    ),
    Holder(
        "proxy of a dict",
        "$proxied(<V>)",
        '<C>.m["a"]',
        (("item set", '<C>.d["a"] = <V>'),),
        '<C>.d["z"] = 4',
        'def $proxied(v):\n    d = {"a": v}\n'
        "    return types.SimpleNamespace(d=d, m=types.MappingProxyType(d))\n",
    ),
    # sequences
    Holder("list", "[0, <V>]", "<C>[1]", _LIST, "<C>.append(5)"),
    Holder(
        "list, last", "[0, <V>]", "<C>[-1]", (("append", "<C>.append(<V>)"), *_LIST), "<C>[0] = 4"
    ),
    Holder("list, copied", "[0, <V>]", "list(<C>)[1]", _LIST, "<C>.append(5)"),
    Holder("list, starred", "[0, <V>]", "(lambda a, *b: b[0])(*<C>)", _LIST, "<C>.append(5)"),
    Holder("list, slice", "[0, <V>]", "<C>[1:][0]", _LIST[:1], "<C>.append(5)"),
    Holder("list, comprehension", "[0, <V>]", "[v for v in <C>][1]", _LIST, "<C>.append(5)"),
    Holder("list, enumerate", "[0, <V>]", "dict(enumerate(<C>))[1]", _LIST[:1], "<C>.append(5)"),
    Holder(
        "list, zip",
        "[0, <V>]",
        'dict(zip("ab", <C>, strict=False))["b"]',
        _LIST[:1],
        "<C>.append(5)",
    ),
    Holder("list, reversed", "[<V>, 0]", "list(reversed(<C>))[1]", (("item set", "<C>[0] = <V>"),)),
    Holder(
        "list, islice",
        "[0, <V>]",
        "next(itertools.islice(<C>, 1, None))",
        _LIST[:1],
        "<C>.append(5)",
    ),
    Holder(
        "list, match",
        "[0, <V>]",
        "$second(<C>)",
        _LIST[:2],
        "<C>.append(5)",
        "def $second(c):\n    match c:\n        case [_, v, *_]:\n            return v\n",
    ),
    Holder("tuple", "(<V>, 0)", "<C>[0]"),
    Holder(
        "deque",
        "collections.deque([0, <V>])",
        "<C>[1]",
        (*_LIST[:1], ("pushed", "<C>.appendleft(<V>)\n<C>.appendleft(0)")),
        "<C>.append(5)",
    ),
    Holder(
        "namedtuple",
        "$Pair(<V>, 0)",
        "<C>.v",
        setup='$Pair = collections.namedtuple("$Pair", "v w")\n',
    ),
    Holder(
        "NamedTuple class",
        "$Named(<V>)",
        "<C>.read()",
        setup="class $Named(typing.NamedTuple):\n    v: object\n"
        "    def read(self):\n        return self.v\n",
    ),
    Holder(
        "array of objects",
        "$objects(<V>)",
        "<C>[1]",
        (("item set", "<C>[1] = <V>"),),
        "<C>[0] = 4",
        "def $objects(v):\n    a = np.empty(2, object)\n    a[1] = v\n    return a\n",
        only=("number", "text", "flag", "typed", "function", "container"),
    ),
    Holder(
        "set",
        "{<V>}",
        "max(<C>)",
        (("emptied and filled", "<C>.clear()\n<C>.add(<V>)"),),
        only=_HASHABLE,
    ),
    Holder(
        "set, iterated",
        "{<V>}",
        "next(iter(<C>))",
        (("emptied and filled", "<C>.clear()\n<C>.update([<V>])"),),
        only=_HASHABLE,
    ),
    Holder("frozenset", "frozenset([<V>])", "min(<C>)", only=_HASHABLE),
    Holder(
        "array.array",
        'array.array("d", [0, <V>])',
        "<C>[1]",
        _LIST[:1],
        "<C>[0] = 3",
        only=("number",),
    ),
    Holder(
        "array as a number",
        "np.array([0.0, <V>])",
        "float(<C>[1])",
        _LIST[:1],
        "<C>[0] = 3",
        only=("number",),
    ),
    Holder(
        "array of no dimension",
        "np.array(<V>)",
        "<C>.item()",
        (("filled", "<C>.fill(<V>)"), ("item set", "<C>[()] = <V>")),
        only=("number",),
    ),
    Holder(
        "array, strided",
        "np.array([[0.0, <V>], [0, 0]])[:, 1]",
        "float(<C>[0])",
        (("item set", "<C>[0] = <V>"), ("base edited", "<C>.base[0, 1] = <V>")),
        only=("number",),
    ),
    Holder(
        "memoryview",
        'memoryview(array.array("d", [<V>]))',
        "<C>[0]",
        (("item set", "<C>[0] = <V>"),),
        only=("number",),
    ),
    # objects
    Holder("object", "$Box(<V>)", "<C>.v", _ATTRIBUTES, "<C>.unread = 3", _BOX),
    Holder(
        "object, getattr",
        "$Box(<V>)",
        'getattr(<C>, "v" * 1)',
        _ATTRIBUTES[:2],
        "<C>.unread = 3",
        _BOX,
    ),
    Holder("object, vars", "$Box(<V>)", 'vars(<C>)["v"]', _ATTRIBUTES[:3], "<C>.unread = 3", _BOX),
    Holder(
        "object, attrgetter",
        "$Box(<V>)",
        'operator.attrgetter("v")(<C>)',
        _ATTRIBUTES[:1],
        "<C>.unread = 3",
        _BOX,
    ),
    Holder(
        "object, copied", "$Box(<V>)", "copy.copy(<C>).v", _ATTRIBUTES[:1], "<C>.unread = 3", _BOX
    ),
    Holder(
        "object, hasattr",
        "$Box(<V>)",
        '(<C>.w if hasattr(<C>, "w") else <C>.v)',
        (("attribute added", "<C>.w = <V>"), *_ATTRIBUTES[:1]),
        "<C>.unread = 3",
        _BOX,
    ),
    Holder(
        "method",
        "$Box(<V>)",
        "<C>.read()",
        (
            *_ATTRIBUTES[:2],
            ("method of the class patched", "type(<C>).read = lambda self, v=<V>: v"),
            ("method of the instance patched", "<C>.read = lambda v=<V>: v"),
        ),
        "<C>.unread = 3",
        _BOX,
    ),
    Holder(
        "bound method",
        "$Box(<V>).read",
        "<C>()",
        (("attribute set", "<C>.__self__.v = <V>"),),
        "<C>.__self__.z = 3",
        _BOX,
    ),
    Holder(
        "unbound method",
        "($Box.read, $Box(<V>))",
        "<C>[0](<C>[1])",
        (("attribute set", "<C>[1].v = <V>"),),
        "<C>[1].z = 3",
        _BOX,
    ),
    Holder(
        "methodcaller",
        "$Box(<V>)",
        'operator.methodcaller("read")(<C>)',
        _ATTRIBUTES[:1],
        "<C>.unread = 3",
        _BOX,
    ),
    Holder(
        "callable object",
        "$Called(<V>)",
        "<C>()",
        (*_ATTRIBUTES[:1], ("__call__ patched", "type(<C>).__call__ = lambda self, v=<V>: v")),
        "<C>.unread = 3",
        "class $Called:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __call__(self):\n        return self.v\n",
    ),
    Holder(
        "inherited method",
        "$Heir(<V>)",
        "<C>.read()",
        (
            *_ATTRIBUTES[:1],
            ("method of the base patched", "type(<C>).__mro__[1].read = lambda self, v=<V>: v"),
        ),
        "<C>.unread = 3",
        "class $Base:\n    def __init__(self, v):\n        self.v = v\n"
        "    def read(self):\n        return self.v\n\n\n"
        "class $Heir($Base):\n    def read(self):\n        return super().read()\n",
    ),
    Holder(
        "slots",
        "$Slots(<V>)",
        "<C>.v",
        (_ATTRIBUTES[0], _ATTRIBUTES[1], _ATTRIBUTES[3]),
        "<C>.w = 3",
        'class $Slots:\n    __slots__ = ("v", "w")\n'
        "    def __init__(self, v):\n        self.v = v\n",
    ),
    Holder(
        "property",
        "$Prop(<V>)",
        "<C>.v",
        (
            ("attribute set", "<C>._v = <V>"),
            ("property patched", "type(<C>).v = property(lambda self, v=<V>: v)"),
        ),
        "<C>.unread = 3",
        "class $Prop:\n    def __init__(self, v):\n        self._v = v\n"
        "    @property\n    def v(self):\n        return self._v\n",
    ),
    Holder(
        "descriptor",
        "$Owner(<V>)",
        "<C>.v",
        (("through the descriptor", "<C>.v = <V>"), ("what it reads", "<C>._raw = [<V>]")),
        "<C>.unread = 3",
        "class $Field:\n    def __get__(self, owner, cls=None):\n        return owner._raw[0]\n"
        "    def __set__(self, owner, v):\n        owner._raw = [v]\n\n\n"
        "class $Owner:\n    v = $Field()\n    def __init__(self, v):\n        self.v = v\n",
    ),
    Holder(
        "__getattr__",
        "$Open(<V>)",
        "<C>.v",
        (("what it reads", '<C>._all["v"] = <V>'), ("shadowed", "<C>.v = <V>")),
        '<C>._all["w"] = 3',
        'class $Open:\n    def __init__(self, v):\n        self._all = {"v": v}\n'
        '    def __getattr__(self, name):\n        if name in vars(self)["_all"]:\n'
        "            return self._all[name]\n        raise AttributeError(name)\n",
    ),
    Holder(
        "__getattribute__",
        "$Sly(<V>)",
        "<C>.v",
        (("what it reads", "<C>.hidden = <V>"),),
        "<C>.unread = 3",
        "class $Sly:\n    def __init__(self, v):\n        self.hidden = v\n"
        "    def __getattribute__(self, name):\n"
        '        return super().__getattribute__("hidden" if name == "v" else name)\n',
    ),
    Holder(
        "__getitem__",
        "$Items(<V>)",
        '<C>["any"]',
        _ATTRIBUTES[:1],
        "<C>.unread = 3",
        "class $Items:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __getitem__(self, key):\n        return self.v\n",
    ),
    Holder(
        "__iter__",
        "$Walk(<V>)",
        "[*<C>][0]",
        _ATTRIBUTES[:1],
        "<C>.unread = 3",
        "class $Walk:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __iter__(self):\n        yield self.v\n",
    ),
    Holder(
        "SimpleNamespace", "types.SimpleNamespace(v=<V>)", "<C>.v", _ATTRIBUTES, "<C>.unread = 3"
    ),
    Holder(
        "dataclass",
        "$Data(<V>)",
        "<C>.v",
        _ATTRIBUTES[:3],
        "<C>.w = 3",
        "@dataclasses.dataclass\nclass $Data:\n    v: object\n    w: float = 1.0\n",
    ),
    Holder(
        "dataclass, asdict",
        "$Data(<V>)",
        '{f.name: getattr(<C>, f.name) for f in dataclasses.fields(<C>)}["v"]',
        _ATTRIBUTES[:1],
        "<C>.w = 3",
        "@dataclasses.dataclass\nclass $Data:\n    v: object\n    w: float = 1.0\n",
    ),
    Holder(
        "frozen dataclass",
        "$Frozen(<V>)",
        "<C>.v",
        (("object.__setattr__", 'object.__setattr__(<C>, "v", <V>)'),),
        "",
        "@dataclasses.dataclass(frozen=True)\nclass $Frozen:\n    v: object\n",
    ),
    Holder(
        "module as an object",
        "$M(<V>)",
        "<C>.v",
        _ATTRIBUTES[:2],
        "<C>.unread = 3",
        "class $M(nn.Module):\n    def __init__(self, v):\n"
        "        super().__init__()\n        self.v = v\n",
    ),
    Holder(
        "__slots__ and a list",
        "$Inner(<V>)",
        "<C>.items[0]",
        (("item set", "<C>.items[0] = <V>"), ("attribute set", "<C>.items = [<V>]")),
        "<C>.items.append(1)",
        'class $Inner:\n    __slots__ = ("items",)\n'
        "    def __init__(self, v):\n        self.items = [v]\n",
    ),
    Holder(
        "weakref",
        "$Weak(<V>)",
        "<C>.ref().v",
        (("attribute set", "<C>.kept.v = <V>"),),
        "<C>.unread = 3",
        _BOX + "\n\nclass $Weak:\n    def __init__(self, v):\n        self.kept = $Box(v)\n"
        "        self.ref = weakref.ref(self.kept)\n",
    ),
    Holder(
        "threading.local",
        "$local(<V>)",
        "<C>.v",
        _ATTRIBUTES[:2],
        "<C>.unread = 3",
        "def $local(v):\n    kept = threading.local()\n    kept.v = v\n    return kept\n",
    ),
    Holder(
        "context variable",
        "$variable(<V>)",
        "<C>.get()",
        (("set", "<C>.set(<V>)"),),
        "",
        'def $variable(v):\n    kept = contextvars.ContextVar("kept")\n    kept.set(v)\n'
        "    return kept\n",
    ),
    # classes
    Holder(
        "class attribute",
        '$instance(type("Kind", (), {}), <V>)',
        "<C>.v",
        (("on the class", "type(<C>).v = <V>"), ("shadowed by the instance", "<C>.v = <V>")),
        "<C>.unread = 3",
        "def $instance(kind, v):\n    kind.v = v\n    return kind()\n",
    ),
    Holder(
        "class",
        'type("Kind", (), {"v": <V>})',
        "<C>.v",
        (("on the class", "<C>.v = <V>"),),
        "<C>.unread = 3",
    ),
    Holder(
        "base class",
        'type("Kind", (type("Base", (), {"v": <V>}),), {})',
        "<C>.v",
        (("on the base", "<C>.__mro__[1].v = <V>"), ("shadowed", "<C>.v = <V>")),
        "<C>.unread = 3",
    ),
    Holder(
        "class, vars",
        'type("Kind", (), {"v": <V>})',
        'vars(<C>)["v"]',
        (("on the class", "<C>.v = <V>"),),
    ),
    Holder(
        "metaclass",
        '$Meta("Kind", (), {})',
        "<C>.v",
        (("on the metaclass", "type(<C>).v = <V>"), ("shadowed", "<C>.v = <V>")),
        "<C>.unread = 3",
        "class $Meta(type):\n    v = None\n",
        only=("never",),
    ),
    Holder(
        "classmethod",
        'type("Heir", ($Cls,), {"v": <V>})',
        "<C>.read()",
        (
            ("on the class", "<C>.v = <V>"),
            ("method patched", "<C>.read = staticmethod(lambda v=<V>: v)"),
        ),
        "<C>.unread = 3",
        "class $Cls:\n    @classmethod\n    def read(cls):\n        return cls.v\n",
    ),
    Holder(
        "enum",
        'enum.Enum("Kind", {"a": <V>})',
        "<C>.a.value",
        (("value of the member", "<C>.a._value_ = <V>"),),
        only=("number", "text"),
    ),
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
        _ATTRIBUTES[:3],
        "<C>.unread = 3",
        "def $tagged(v):\n    def f():\n        return None\n    f.v = v\n    return f\n",
    ),
    Holder(
        "function attribute, inside",
        "$tagged(<V>)",
        "<C>()",
        _ATTRIBUTES[:1],
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
        _ATTRIBUTES[:1],
        "<C>.unread = 3",
        _BOX + "\n\n@contextlib.contextmanager\ndef $entered(c):\n    yield c.v\n\n\n"
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
        _ITEM[:1],
        '<C>["z"] = 1',
        'def $opened(c):\n    if isinstance(c, dict):\n        return c["a"]\n'
        "    if isinstance(c, (list, tuple)):\n        return c[0]\n    return c\n",
    ),
    Holder(
        "singledispatch",
        '{"a": <V>}',
        "$opens(<C>)",
        _ITEM[:1],
        '<C>["z"] = 1',
        "@functools.singledispatch\ndef $opens(c):\n    return c\n\n\n"
        '@$opens.register\ndef $opens_dict(c: dict):\n    return c["a"]\n',
    ),
    Holder(
        "module",
        "$made(<V>)",
        "<C>.v",
        _ATTRIBUTES[:3],
        "<C>.unread = 3",
        'def $made(v):\n    made = types.ModuleType("$made")\n    made.v = v\n    return made\n',
    ),
    Holder(
        "function of a module",
        "$made(<V>)",
        "<C>.read()",
        (*_ATTRIBUTES[:2], ("function replaced", "<C>.read = lambda v=<V>: v")),
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

HOLDERS: dict[str, Holder] = {h.name: h for h in _ALL if h.only != ("never",)}


@dataclass(frozen=True)
class Root:
    """Where the outermost container stands: how the step reads it, how the driver does and how the
    driver replaces it. `near`: only the step itself, or only the network, sees it."""

    name: str
    inner: str
    outer: str
    replace: str
    near: str = ""
    only: tuple[str, ...] = ()


_ROOTS = [
    Root("global", "$v", "$v", "$v = <V>"),
    Root("globals()", 'globals()["$v"]', "$v", "$v = <V>"),
    Root("closure of the step", "$v", "$get()", "$set(<V>)"),
    Root("self", "self.$v", "trainer.$v", "trainer.$v = <V>", "method"),
    Root("class of self", "self.$v", "Trainer.$v", "Trainer.$v = <V>", "method"),
    Root("argument", "$v", "$v", "$v = <V>", "step"),
    Root("default of the step", "$v", "raw.__defaults__[0]", "raw.__defaults__ = (<V>,)", "step"),
    Root(
        "keyword default of the step",
        "$v",
        'raw.__kwdefaults__["$v"]',
        'raw.__kwdefaults__["$v"] = <V>',
        "step",
    ),
    Root("function attribute of the step", "raw.$v", "raw.$v", "raw.$v = <V>", "step"),
    Root("imported module", "$mod.v", "$mod.v", "$mod.v = <V>"),
    Root("import inside", '__import__("$mod").v', "$mod.v", "$mod.v = <V>"),
    Root("sys.modules", 'sys.modules["$mod"].v', "$mod.v", "$mod.v = <V>"),
    Root("builtins", "$v", "builtins.$v", "builtins.$v = <V>"),
    Root("class", "$Config.v", "$Config.v", "$Config.v = <V>"),
    Root("object", "$config.v", "$config.v", "$config.v = <V>"),
    Root("network", "net0.$v", "net0.$v", "net0.$v = <V>"),
    Root("network's own", "self.$v", "net0.$v", "net0.$v = <V>", "forward"),
    Root("network's class", "self.$v", "Net.$v", "Net.$v = <V>", "forward"),
    Root("layer", "net0.b.$v", "net0.b.$v", "net0.b.$v = <V>"),
    Root("optimizer", "opt0.$v", "opt0.$v", "opt0.$v = <V>"),
    Root(
        "optimizer's group",
        'opt0.param_groups[0]["$v"]',
        'opt0.param_groups[0]["$v"]',
        'opt0.param_groups[0]["$v"] = <V>',
    ),
    Root(
        "os.environ",
        'float(os.environ["$V"])',
        'os.environ["$V"]',
        'os.environ["$V"] = str(<V>)',
        only=("number",),
    ),
]
ROOTS: dict[str, Root] = {r.name: r for r in _ROOTS}
