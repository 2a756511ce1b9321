"""What each mistake is, in English and Japanese: a title for the line of the report, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The words for one mistake; `{…}` are filled in by the signature."""

    title: str
    why: str
    title_ja: str
    why_ja: str


WORDS: dict[str, Words] = {
    "shape": Words(
        "the gradient has the shape {got}; {name} has {want}",
        "A gradient has one number for each number of what it is the gradient of.",
        "勾配の形が {got} で、{name} の形 {want} と合いません",
        "勾配は、対象と同じ形をもちます。",
    ),
    "missing": Words(
        "no gradient is computed for {name}",
        "backward neither returns it nor leaves it beside the parameter (as dW beside W). Is a "
        "return forgotten?",
        "{name} の勾配が計算されていません",
        "backward の戻り値にも、パラメータの隣(W に対する dW)にもありません。"
        "return を忘れていませんか。",
    ),
    "nan": Words(
        "the gradient holds NaN or infinity, though the output is finite",
        "Look for a division by zero, a logarithm of zero, or an exponential that overflows.",
        "出力は有限なのに、勾配に NaN か無限大があります",
        "0 による割り算、0 の対数、指数関数の桁あふれを探してください。",
    ),
    "sign": Words(
        "the sign is wrong",
        "Every number is the negative of what it should be.",
        "符号が逆です",
        "すべての要素が、正しい値の -1 倍になっています。",
    ),
    "scale": Words(
        "it is {factor} times what it should be{what}",
        "A constant factor is missing or there twice. Divide by N once only: in the loss, or in "
        "the layer.",
        "正しい値の {factor} 倍です{what}",
        "定数倍が抜けているか、二重に掛かっています。"
        "N で割るのは、損失か層のどちらかで一度だけです。",
    ),
    "transposed": Words(
        "it is transposed",
        "For Y = X W the gradient is dW = Xᵀ dY; with the operands the other way round it is dWᵀ.",
        "転置されています",
        "Y = X W のとき dW = Xᵀ dY です。順序を入れ替えると dWᵀ になります。",
    ),
    "places": Words(
        "the numbers are right and stand in the wrong places",
        "A reshape or a permutation in backward does not undo that of the forward pass.",
        "値は正しいのですが、並び順が違います",
        "backward の reshape や transpose が、forward の逆になっていません。",
    ),
    "bias-not-summed": Words(
        "the bias gradient is not summed over the batch (it equals {row} of {upstream})",
        "The bias is added to every example, so its gradient is the sum over all examples.",
        "バイアスの勾配がバッチについて足し合わされていません({upstream} の {row} と同じです)",
        "バイアスはすべての例に足されるので、勾配は全例についての和になります。",
    ),
    "upstream-ignored": Words(
        "the upstream gradient {upstream} is not multiplied in",
        "By the chain rule the local derivative is multiplied by what comes from above.",
        "上流の勾配 {upstream} が掛けられていません",
        "連鎖律により、局所的な微分に上流から来た勾配を掛けます。",
    ),
    "of-a-loss": Words(
        "it is the gradient of a loss of the output, whatever comes from above; the function "
        "returns the output itself",
        "Check the loss together with this gradient, or return the upstream gradient times the "
        "derivative of what the function returns.",
        "上流の勾配によらず、出力から計算した損失の勾配になっています。関数が返すのは出力です",
        "損失とこの勾配を組にして調べるか、関数が返す値の微分に上流の勾配を掛けて返してください。",
    ),
    "passed-on": Words(
        "the upstream gradient is passed on as it is: the layer's own derivative is forgotten",
        "By the chain rule {upstream} is multiplied by the derivative of what the layer computes.",
        "上流の勾配がそのまま渡されています。この層自身の微分が抜けています",
        "連鎖律により、{upstream} に、この層が計算する関数の微分を掛けます。",
    ),
    "fed-the-wrong-one": Words(
        "the derivative is taken at {fed} in place of {right}",
        "A derivative written with the output, such as y(1 - y), must be fed the output.",
        "微分に、{right} ではなく {fed} が代入されています",
        "y(1 - y) のように出力で書いた微分には、出力を代入します。",
    ),
    "upstream-mask": Words(
        "what is cut off is decided by the sign of {upstream}, not of the input",
        "ReLU passes a gradient on where its input was positive.",
        "入力ではなく {upstream} の符号で切っています",
        "ReLU は、入力が正だったところに勾配を通します。",
    ),
    "activation-twice": Words(
        "the derivative of an activation is multiplied in once too often",
        "A loss that takes scores has it already: of sigmoid or softmax with cross-entropy it is "
        "p - t.",
        "活性化関数の微分が一度余分に掛けられています",
        "スコアを受け取る損失では、すでに含まれています。シグモイドや softmax と交差エントロピーを"
        "合わせた勾配は p - t です。",
    ),
    "softmax-elementwise": Words(
        "softmax is differentiated element by element, as p(1 - p)",
        "Every score changes every probability of its row; each row of the gradient sums to 0.",
        "softmax が p(1 - p) のように要素ごとに微分されています",
        "どのスコアも、その行のすべての確率を変えます。勾配の各行の和は 0 になります。",
    ),
    "diagonal-only": Words(
        "each output is taken to depend on the input at its own place alone",
        "Only the diagonal of the Jacobian is used; here one input moves several outputs.",
        "各出力が同じ位置の入力だけに依存するものとして微分されています",
        "ヤコビ行列の対角成分しか使われていません。この層では、一つの入力が複数の出力を動かします。",
    ),
    "pooling-spread": Words(
        "max pooling gives the gradient to every place of its window",
        "Only the largest number of a window reaches the output; its place gets all of dout.",
        "最大値プーリングの勾配が、窓のすべての位置に渡されています",
        "出力になるのは窓の最大値だけなので、その位置だけが dout を受け取ります。",
    ),
    "accumulated": Words(
        "the gradient grows from call to call: the old one is not cleared",
        "backward adds to what an earlier call has left (+= where = is meant).",
        "呼び出すたびに勾配が増えます。前回の値が消されていません",
        "backward が前回の結果に足し込んでいます(= のところが += になっています)。",
    ),
    "stale": Words(
        "the gradient belongs to an earlier call of forward, in part or whole",
        "What forward keeps for backward must be kept anew in every call.",
        "勾配の一部または全部が、前に呼ばれた forward のものです",
        "backward のために forward が保存する値は、呼び出しのたびに新しくします。",
    ),
    "penalty": Words(
        "it is off by {factor} · {name}: the penalty's term is {what}",
        "The gradient of (λ/2)‖W‖² is λW, added once to the gradient of the loss.",
        "{factor} · {name} だけずれています。重み減衰の項が{what}",
        "(λ/2)‖W‖² の勾配は λW で、損失の勾配に一度だけ足します。",
    ),
    "statistics-constant": Words(
        "the {what} is treated as a constant",
        "Mean and variance depend on every number that is normalised, so gradients go back through "
        "them, too.",
        "{what}が定数として扱われています",
        "平均と分散は正規化される値すべてに依存するので、それぞれを通って勾配が流れます。",
    ),
    "statistics-weight": Words(
        "the way through the {what} counts {factor} times what it should",
        "The mean over N numbers gives each of them 1/N: compare the N, and sums with means.",
        "{what} を通る勾配が、正しい値の {factor} 倍で足されています",
        "N 個の平均なら、各要素に 1/N が付きます。N の数え方と、和か平均かを確かめてください。",
    ),
    "skip-forgotten": Words(
        "the way around the layer is forgotten: it is off by exactly {upstream}",
        "Where a value is used twice its gradients add: for y = F(x) + x there is + dout.",
        "層を迂回する経路が抜けています。ちょうど {upstream} だけずれています",
        "値が二度使われると勾配は足されます。y = F(x) + x なら + dout が付きます。",
    ),
    "softmax-twice": Words(
        "softmax is applied twice: to what softmax has given already",
        "With z the scores and p = softmax(z), the gradient of cross-entropy is (p - t) / N.",
        "softmax が二重に適用されています",
        "z をスコア、p = softmax(z) とすると、交差エントロピーの勾配は (p - t) / N です。",
    ),
    "flipped": Words(
        "the kernel's gradient is turned round in space",
        "Convolution layers compute a correlation: dW is correlated too, not convolved.",
        "カーネルの勾配が空間方向に反転しています",
        "畳み込み層が計算するのは相関なので、dW も反転させずに求めます。",
    ),
    "mask-drawn-again": Words(
        "backward draws a mask of its own in place of the one that forward has used",
        "Dropout passes gradients on where it let values through: keep the mask of the forward "
        "pass.",
        "backward が、forward で使ったものとは別のマスクを引いています",
        "ドロップアウトは、値を通したところに勾配を通します。forward のマスクを保存してください。",
    ),
    "input-changed": Words(
        "forward changes its input in place",
        "Whoever made the input still needs it; compute into a new array (x = x * m, not x *= m).",
        "forward が入力をその場で書き換えています",
        "入力は呼び出し側でも使われます。新しい配列に計算してください(x *= m ではなく x = x * m)。",
    ),
    "upstream-changed": Words(
        "backward changes {upstream} in place",
        "The same array may be the gradient of another branch; compute into a new one.",
        "backward が {upstream} をその場で書き換えています",
        "同じ配列が別の枝の勾配かもしれません。新しい配列に計算してください。",
    ),
    "random": Words(
        "the output differs from call to call, and no seed of NumPy makes it the same",
        "A derivative by differences needs the same function twice; fix the generator that the "
        "code uses.",
        "呼び出すたびに出力が変わり、NumPy の種を固定しても同じになりません",
        "差分による微分には同じ関数が二度必要です。使っている乱数生成器を固定してください。",
    ),
    "unknown": Words(
        "no known mistake fits; it differs most at {at}: {got} in place of {want}",
        "Compare this line, and what it is computed from, with the derivative on paper.",
        "既知の間違いには当てはまりません。差が最大なのは {at} で、{want} のところが {got} です",
        "この行と、そのもとになる値を、手計算の微分と比べてください。",
    ),
}

PHRASES: dict[str, str] = {
    "the input": "入力",
    "the output": "出力",
    "mean and variance": "平均と分散",
    "variance": "分散",
    "mean": "平均",
    "the mean": "平均",
    "one row": "1 行",
    "all rows": "全行",
    "a sum over some dimensions": "一部の次元だけの和",
    "a part of the sum": "和の一部",
    "the sum over all numbers": "全体の和",
    "missing or too small": "抜けているか、小さすぎます",
    "there twice, or not in the loss": "二重に足されているか、損失に含まれていません",
}
"""What signatures fill in, in Japanese."""
_SIZES = (
    (r"\(the batch has (\d+) examples\)", r"(バッチは \1 例)"),
    (r"\(the output has (\d+) columns\)", r"(出力は \1 列)"),
    (r"\(the output has (\d+) elements\)", r"(出力の要素は \1 個)"),
)


def in_japanese(phrase: str) -> str:
    """What a signature fills in, in Japanese; code stays as it is.

    >>> in_japanese("one row"), in_japanese(" (the batch has 5 examples)"), in_japanese("self.x")
    ('1 行', ' (バッチは 5 例)', 'self.x')
    """
    for english, japanese in _SIZES:
        phrase = re.sub(english, japanese, phrase)
    return PHRASES.get(phrase, phrase)
