"""What each mistake is that a change of the code has undone, in English and Japanese."""

from __future__ import annotations

from denpa.check.mistakes.words import Words

REPAIR_WORDS: dict[str, Words] = {
    "overwritten": Words(
        "a part of the gradient is overwritten: = stands where += belongs",
        "Where a value is used more than once, the gradients of all its uses are added.",
        "勾配の一部が上書きされています。+= とすべきところが = になっています",
        "値が二度以上使われるときは、それぞれの使われ方からの勾配を足し合わせます。",
    ),
    "repeats-lost": Words(
        "what occurs twice counts once: an array of indices with = or += keeps the last one only",
        "NumPy adds once for each place, not for each index; np.add.at adds for every index.",
        "重複した添字の分が一度しか足されていません",
        "NumPy の += は、同じ添字が何度あっても一度しか足しません。np.add.at を使います。",
    ),
    "activation-forgotten": Words(
        "the derivative of an activation is missing: the factor {want}",
        "On the way back through an activation the gradient is multiplied by its derivative.",
        "活性化関数の微分 {want} が掛けられていません",
        "活性化関数を逆にたどるとき、勾配にはその微分を掛けます。",
    ),
    "wrong-variable": Words(
        "{got} is used where {want} belongs",
        "The shapes are the same, so nothing complains; the numbers are another thing's.",
        "{want} のところに {got} が使われています",
        "形が同じなのでエラーになりませんが、別の変数の値です。",
    ),
    "wrong-function": Words(
        "{got} is computed where {want} belongs",
        "It is a function of the same family, not the derivative that is needed.",
        "{want} のところで {got} が計算されています",
        "似た関数ですが、必要な微分ではありません。",
    ),
    "factor-missing": Words(
        "a factor is missing: {want}",
        "By the chain rule every function on the way gives its derivative as a factor.",
        "因子 {want} が掛けられていません",
        "連鎖律により、途中の関数はそれぞれ微分を因子として与えます。",
    ),
    "factor-extra": Words(
        "there is a factor too many: {got} should be {want}",
        "Perhaps it has been multiplied in already, by this line or by what comes from above.",
        "余分な因子が掛かっています。{got} は {want} とすべきです",
        "この行か上流で、すでに掛けられているのかもしれません。",
    ),
    "term-missing": Words(
        "a term is missing: {want}",
        "A value that reaches the output by several ways has a term of its gradient for each.",
        "項 {want} が足されていません",
        "出力に至る経路が複数あれば、勾配には経路ごとの項があります。",
    ),
    "term-extra": Words(
        "there is a term too many: {got} should be {want}",
        "Each way from the value to the output gives one term, and no other does.",
        "余分な項があります。{got} は {want} とすべきです",
        "出力に至る経路ひとつにつき、項はひとつだけです。",
    ),
    "sign-inside": Words(
        "a sign is wrong: {got} should be {want}",
        "Differentiate this term once more: minus times minus, or the derivative of 1/x or -x.",
        "符号が違います。{got} は {want} とすべきです",
        "この項をもう一度微分してみてください(1/x や -x の微分では符号が変わります)。",
    ),
    "constant": Words(
        "{got} stands where {want} belongs",
        "A constant of the forward pass stands in its derivative, too.",
        "{want} のところが {got} になっています",
        "順伝播の定数は、その微分にも現れます。",
    ),
    "comparison": Words(
        "the cases are the wrong way round: {got} should be {want}",
        "The derivative of a piecewise function has the cases of the function itself.",
        "場合分けが逆です。{got} は {want} とすべきです",
        "区分的な関数の微分は、もとの関数と同じ場合分けをします。",
    ),
    "axis": Words(
        "it is summed over the wrong dimension: {got} should be {want}",
        "What forward spreads over a dimension, backward sums over this dimension.",
        "和をとる次元が違います。{got} は {want} とすべきです",
        "順伝播で広げた次元について、逆伝播では和をとります。",
    ),
    "order": Words(
        "the operands of a product stand in the wrong order: {got} should be {want}",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY; the shapes say the order.",
        "積の順序が違います。{got} は {want} とすべきです",
        "Y = X W のとき dX = dY Wᵀ、dW = Xᵀ dY です。順序は形からわかります。",
    ),
    "operand-transposed": Words(
        "an operand of a product is transposed wrongly: {got} should be {want}",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY.",
        "積の一方の転置が違います。{got} は {want} とすべきです",
        "Y = X W のとき dX = dY Wᵀ、dW = Xᵀ dY です。",
    ),
    "loop-order": Words(
        "the steps are gone through in the wrong direction",
        "Backward undoes the last step first: through time it runs from the end to the beginning.",
        "時刻をたどる向きが逆です",
        "逆伝播は最後の時刻から始めて、最初の時刻へ戻ります。",
    ),
    "index": Words(
        "the wrong part is taken: {got} should be {want}",
        "Every example and every output adds to the gradient.",
        "取り出す部分が違います。{got} は {want} とすべきです",
        "すべての例とすべての出力が、勾配に寄与します。",
    ),
    "reused": Words(
        "{got} runs {want} times in one forward pass, and keeps the values of the last run only",
        "Each use needs an object of its own, or a stack of what forward has kept.",
        "{got} は一度の順伝播で {want} 回使われますが、最後の値しか保存していません",
        "使うたびに別のオブジェクトにするか、forward の保存値を積み重ねてください。",
    ),
    "skipped": Words(
        "{got} is gone through forward, and never backward",
        "Every function on the way forward has its derivative on the way back.",
        "{got} は順伝播で通るのに、逆伝播では通っていません",
        "順伝播で通った関数は、逆伝播ですべてその微分を通ります。",
    ),
    "layer-order": Words(
        "backward goes through {got} where the turn of {want} is",
        "The way back is the way there from its end to its beginning.",
        "逆伝播で {want} を通るべきところで {got} を通っています",
        "逆伝播は、順伝播の逆の順にたどります。",
    ),
    "softmax-jacobian": Words(
        "this is not softmax's Jacobian times {upstream}: {got} should be {want}",
        "With p the output, ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ): every input moves all outputs, so the products "
        "with dout are summed.",
        "softmax のヤコビ行列と {upstream} の積になっていません。{got} は {want} とすべきです",
        "p を出力とすると ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ) です。どの入力もすべての出力を動かすので、"
        "dout との積を足し合わせます。",
    ),
    "kernel-turned": Words(
        "an array is turned round where it should not be, or is not where it should: {got} should "
        "be {want}",
        "Layers correlate: the gradient of the input is a correlation with the kernel turned by "
        "180°, or a sum over windows with the kernel as it is.",
        "反転が余分か、または抜けています。{got} は {want} とすべきです",
        "畳み込み層が計算するのは相関です。入力の勾配は 180° 回したカーネルとの相関か、"
        "窓ごとにそのままのカーネルを足し込んだものです。",
    ),
    "penalty-of-bias": Words(
        "the penalty's term is there for all of {got}, and the loss leaves the bias out: {want}",
        "What the penalty does not sum over has no term of it in its gradient.",
        "損失の罰則項にバイアスは含まれないのに、勾配では {got} の全体に付いています。"
        "{want} とすべきです",
        "罰則項の和に入っていないものには、その勾配もありません。",
    ),
    "updated-early": Words(
        "{name} is updated before this gradient is computed from it: {line}",
        "The gradient belongs to the parameters that forward has used: first all gradients, then "
        "the update.",
        "{name} は、この勾配の計算に使われる前に更新されています: {line}",
        "勾配は forward で使ったパラメータのものです。勾配をすべて計算してから更新します。",
    ),
    "changed-in-place": Words(
        "an array is changed in place that is still needed: {got} should be {want}",
        "a = b gives one array a second name; += and *= then change it under both names.",
        "まだ使われる配列がその場で書き換えられています。{got} は {want} とすべきです",
        "a = b は同じ配列に別名を付けるだけです。+= や *= は、どちらの名前の値も変えます。",
    ),
    "derivative-wrong": Words(
        "{got} is not the derivative of {of} by {by}, which is {want}",
        "A product has a term for each of its factors, and what is inside brings its own factor.",
        "{got} は {of} の {by} による微分ではありません。正しくは {want} です",
        "積の微分には因子ごとに項があり、合成関数では内側の微分が因子として付きます。",
    ),
    "bias-from-weights": Words(
        "the bias gradient is made of the weights' gradient: {got} stands where {want} belongs",
        "A bias is not multiplied by the layer's input: its gradient is the sum of the message.",
        "バイアスの勾配が重みの勾配から作られています。{got} のところは {want} とすべきです",
        "バイアスには層の入力が掛かりません。その勾配は、伝わってきた勾配の和です。",
    ),
}
