"""What is wrong with a line that raises, in English and Japanese."""

from __future__ import annotations

from denpa.check.mistakes.words import Words

RAISE_WORDS: dict[str, Words] = {
    "operand-transposed": Words(
        "{fault}; {want} does",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY: the shapes say what is turned.",
        "{fault}。{want} なら合います",
        "Y = X W のとき dX = dY Wᵀ、dW = Xᵀ dY です。どれを転置するかは形からわかります。",
    ),
    "order": Words(
        "{fault}; {want} does",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY: the shapes say the order.",
        "{fault}。{want} なら合います",
        "Y = X W のとき dX = dY Wᵀ、dW = Xᵀ dY です。順序は形からわかります。",
    ),
    "not-a-product": Words(
        "{fault}; {want} does",
        "A function of each element has its derivative as a factor of each element, no matrix.",
        "{fault}。{want} なら合います",
        "要素ごとの関数の微分は、行列の積ではなく要素ごとに掛けます。",
    ),
    "no-product": Words(
        "{fault}; {want} does",
        "What forward computes by a matrix product has one on the way back, too.",
        "{fault}。{want} なら合います",
        "順伝播が行列の積なら、逆伝播も行列の積になります。",
    ),
    "not-summed": Words(
        "{fault}; {want} does",
        "What forward spreads over a dimension, such as a bias, backward sums over this dimension.",
        "{fault}。{want} なら合います",
        "バイアスのように順伝播で広げた次元について、逆伝播では和をとります。",
    ),
    "keepdims": Words(
        "{fault}; {want} does",
        "A sum loses its dimension unless it is kept (keepdims=True), and then spreads along "
        "another one.",
        "{fault}。{want} なら合います",
        "keepdims=True がなければ和をとった次元は消え、別の次元に沿って広げられます。",
    ),
    "axis": Words(
        "{fault}; {want} does",
        "What forward spreads over a dimension, backward sums over this dimension.",
        "{fault}。{want} なら合います",
        "順伝播で広げた次元について、逆伝播では和をとります。",
    ),
    "wrong-variable": Words(
        "{fault}; {want} belongs there",
        "Compare the shape of each variable with that of what it is multiplied with.",
        "{fault}。ここには {want} が入ります",
        "それぞれの変数の形を、掛ける相手の形と比べてください。",
    ),
    "index": Words(
        "{fault}; {want} belongs there",
        "Count the entries of what is indexed: forward has left one for each of its steps.",
        "{fault}。ここには {want} が入ります",
        "添字を付ける相手の要素数を数えてください。",
    ),
    "undefined-name": Words(
        "{fault}; {want} is meant",
        "Python looks a name up only when the line runs: forward alone does not show it.",
        "{fault}。{want} のことでしょう",
        "Python が名前を調べるのは、その行が実行されるときです。forward だけではわかりません。",
    ),
    "none-added": Words(
        "{fault}: += needs a number to add to, = does not",
        "Set the gradient with =, or give it zeros before backward adds to it.",
        "{fault}。+= には足す先の値が要ります。= なら要りません",
        "= で代入するか、足す前に 0 で初期化します。",
    ),
    "does-not-fit": Words(
        "{fault}; {want} does",
        "A gradient has the shape of what it is the gradient of, at every step on the way.",
        "{fault}。{want} なら合います",
        "勾配は、途中のどこでも対象と同じ形をもちます。",
    ),
    "not-a-number": Words(
        "{fault}; {want} does",
        "The opposite of booleans is ~mask; as numbers they are 0 and 1.",
        "{fault}。{want} なら計算できます",
        "真偽値の反対は ~mask です。数としては 0 と 1 になります。",
    ),
    "unpacked": Words(
        "{fault}; {want} does",
        "Take from a cache what forward has put into it, all of it and in the same order.",
        "{fault}。{want} なら受け取れます",
        "キャッシュからは、forward が入れたものを同じ順ですべて受け取ります。",
    ),
    "arguments": Words(
        "{fault}; {want} does",
        "A method gets self by itself, and everything else from the call.",
        "{fault}。{want} なら動きます",
        "self は自動で渡されます。ほかの引数は呼び出しで渡します。",
    ),
    "name-missing": Words(
        "{fault}{hint}",
        "Python looks a name up only when the line runs: forward alone does not show it.",
        "{fault}{hint}",
        "Python が名前を調べるのは、その行が実行されるときです。forward だけではわかりません。",
    ),
    "not-kept": Words(
        "{fault}{hint}",
        "What backward reads of the forward pass, forward must leave in self.",
        "{fault}{hint}",
        "backward が使う順伝播の値は、forward で self に保存します。",
    ),
}
_KEYS = {"not-a-product": "product-kind", "no-product": "product-kind",
         "not-summed": "bias-not-summed", "name-missing": "undefined-name",
         "unpacked": "arguments", "not-a-number": "booleans", "dimension-missing": "does-not-fit",
         "dimension-extra": "does-not-fit", "places": "does-not-fit", "flipped": "does-not-fit",
         }  # fmt: skip


def words_of(kind: str) -> Words:
    """The words for a kind of change that mends a line which raises."""
    kind = "index" if kind in ("constant", "loop-order") else kind  # where steps are counted
    return RAISE_WORDS.get(kind) or RAISE_WORDS["does-not-fit"]


def key_of(kind: str) -> str:
    """The mistake as reports and explanations name it."""
    return _KEYS.get(kind, kind)


FAULTS: dict[str, tuple[str, str]] = {
    "product": ("{a} {sa} times {b} {sb} does not fit",
                "{a} {sa} と {b} {sb} の積は形が合いません"),
    "sum": ("{a} {sa} {op} {b} {sb} does not fit", "{a} {sa} {op} {b} {sb} は形が合いません"),
    "stored": ("{b} {sb} does not fit into {a} {sa}", "{b} {sb} は {a} {sa} に入りません"),
    "booleans": ("{a} is made of booleans, which are not subtracted",
                 "{a} は真偽値で、引き算できません"),
    "reshape": ("{a} {sa} has not as many numbers as {b} asks for",
                "{a} {sa} の要素数は {b} と合いません"),
    "axes": ("{a} {sa} has no such dimensions as {b} names", "{a} {sa} に {b} の次元はありません"),
    "unpacked": ("{a} holds {n} values, and {m} names take them",
                 "{a} には値が {n} 個ありますが、受け取る変数は {m} 個です"),
    "index": ("{a} {sa} has no {b}", "{a} {sa} に {b} はありません"),
    "key": ("{a} has no key {b}; it has {c}", "{a} にキー {b} はありません(あるのは {c})"),
    "name": ("{a} is not defined", "{a} は定義されていません"),
    "unset": ("{a} is used before it has a value", "{a} は値をもつ前に使われています"),
    "attribute": ("forward does not set {a}", "forward は {a} を設定していません"),
    "instead": ("; it sets {c}", "(設定しているのは {c})"),
    "no-such": ("there is no {a}", "{a} はありません"),
    "None": ("forward does not set {a}, which is None",
             "forward が {a} を設定していないので、None のままです"),
    "method": ("{a} has no attribute {b}", "{a} に属性 {b} はありません"),
    "none": ("{a} is None", "{a} は None です"),
    "raised": ("this line raises {kind}: {text}", "この行で {kind} が起きます: {text}"),
    "meant": ("; did you mean {b}?", "。{b} のことですか"),
    "note": ("backward raises {kind} ({text}); the other gradients are those once this is mended",
             "backward は {kind}({text})で止まります。ほかの勾配は、ここを直したあとの値です"),
    "later": ("line {n}: {fault}", "{n} 行目: {fault}"),
    "square": ("found with all sizes equal, as nothing raises then; with these sizes {fault}",
               "大きさを等しくして調べました(例外は起きません)。この大きさでは {fault}"),
}  # fmt: skip


def said(key: str, language: str, **fill: object) -> str:
    """A fault in words.

    >>> said("name", "en", a="dut"), said("name", "ja", a="dut")
    ('dut is not defined', 'dut は定義されていません')
    """
    return FAULTS[key][language == "ja"].format(**fill)
