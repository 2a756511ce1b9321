"""Objects and classes that hold a value."""

from __future__ import annotations

from tests.compiler.pyparts.holder import ATTRIBUTES, BOX, Holder

HOLDERS = [
    # objects
    Holder("object", "$Box(<V>)", "<C>.v", ATTRIBUTES, "<C>.unread = 3", BOX),
    Holder(
        "object, getattr",
        "$Box(<V>)",
        'getattr(<C>, "v" * 1)',
        ATTRIBUTES[:2],
        "<C>.unread = 3",
        BOX,
    ),
    Holder("object, vars", "$Box(<V>)", 'vars(<C>)["v"]', ATTRIBUTES[:3], "<C>.unread = 3", BOX),
    Holder(
        "object, attrgetter",
        "$Box(<V>)",
        'operator.attrgetter("v")(<C>)',
        ATTRIBUTES[:1],
        "<C>.unread = 3",
        BOX,
    ),
    Holder(
        "object, copied", "$Box(<V>)", "copy.copy(<C>).v", ATTRIBUTES[:1], "<C>.unread = 3", BOX
    ),
    Holder(
        "object, hasattr",
        "$Box(<V>)",
        '(<C>.w if hasattr(<C>, "w") else <C>.v)',
        (("attribute added", "<C>.w = <V>"), *ATTRIBUTES[:1]),
        "<C>.unread = 3",
        BOX,
    ),
    Holder(
        "method",
        "$Box(<V>)",
        "<C>.read()",
        (
            *ATTRIBUTES[:2],
            ("method of the class patched", "type(<C>).read = lambda self, v=<V>: v"),
            ("method of the instance patched", "<C>.read = lambda v=<V>: v"),
        ),
        "<C>.unread = 3",
        BOX,
    ),
    Holder(
        "bound method",
        "$Box(<V>).read",
        "<C>()",
        (("attribute set", "<C>.__self__.v = <V>"),),
        "<C>.__self__.z = 3",
        BOX,
    ),
    Holder(
        "unbound method",
        "($Box.read, $Box(<V>))",
        "<C>[0](<C>[1])",
        (("attribute set", "<C>[1].v = <V>"),),
        "<C>[1].z = 3",
        BOX,
    ),
    Holder(
        "methodcaller",
        "$Box(<V>)",
        'operator.methodcaller("read")(<C>)',
        ATTRIBUTES[:1],
        "<C>.unread = 3",
        BOX,
    ),
    Holder(
        "callable object",
        "$Called(<V>)",
        "<C>()",
        (*ATTRIBUTES[:1], ("__call__ patched", "type(<C>).__call__ = lambda self, v=<V>: v")),
        "<C>.unread = 3",
        "class $Called:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __call__(self):\n        return self.v\n",
    ),
    Holder(
        "inherited method",
        "$Heir(<V>)",
        "<C>.read()",
        (
            *ATTRIBUTES[:1],
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
        (ATTRIBUTES[0], ATTRIBUTES[1], ATTRIBUTES[3]),
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
        ATTRIBUTES[:1],
        "<C>.unread = 3",
        "class $Items:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __getitem__(self, key):\n        return self.v\n",
    ),
    Holder(
        "__iter__",
        "$Walk(<V>)",
        "[*<C>][0]",
        ATTRIBUTES[:1],
        "<C>.unread = 3",
        "class $Walk:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __iter__(self):\n        yield self.v\n",
    ),
    Holder(
        "SimpleNamespace", "types.SimpleNamespace(v=<V>)", "<C>.v", ATTRIBUTES, "<C>.unread = 3"
    ),
    Holder(
        "dataclass",
        "$Data(<V>)",
        "<C>.v",
        ATTRIBUTES[:3],
        "<C>.w = 3",
        "@dataclasses.dataclass\nclass $Data:\n    v: object\n    w: float = 1.0\n",
    ),
    Holder(
        "dataclass, asdict",
        "$Data(<V>)",
        '{f.name: getattr(<C>, f.name) for f in dataclasses.fields(<C>)}["v"]',
        ATTRIBUTES[:1],
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
        ATTRIBUTES[:2],
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
        BOX + "\n\nclass $Weak:\n    def __init__(self, v):\n        self.kept = $Box(v)\n"
        "        self.ref = weakref.ref(self.kept)\n",
    ),
    Holder(
        "threading.local",
        "$local(<V>)",
        "<C>.v",
        ATTRIBUTES[:2],
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
        "$metaed(<V>)",
        "<C>.v",
        (("on the metaclass", "type(<C>).v = <V>"), ("shadowed", "<C>.v = <V>")),
        "<C>.unread = 3",
        'def $metaed(v):\n    return type("Meta", (type,), {"v": v})("Kind", (), {})\n',
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
]
