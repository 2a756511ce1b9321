"""What each mistake in an update rule is, in English and Japanese."""

from __future__ import annotations

from denpa.check.mistakes.words import Words

_M = "Without the power t the correction does not fade, as it must: 1 - β^t goes to 1."

RULE_WORDS: dict[str, Words] = {
    "sign": Words(
        "the sign of the step is wrong: it climbs",
        "The gradient points uphill, so the step is subtracted.",
        "更新の符号が逆で、損失が増える向きに進みます",
        "勾配は増加の向きを指すので、引き算で更新します。",
    ),
    "lr-missing": Words(
        "the learning rate is not multiplied in",
        "The step is the learning rate times the direction.",
        "学習率が掛けられていません",
        "更新量は、学習率 × 方向です。",
    ),
    "lr-twice": Words(
        "the learning rate is multiplied in twice",
        "It belongs into the velocity or into the step, not into both.",
        "学習率が二重に掛けられています",
        "学習率は、速度か更新のどちらか一方にだけ掛けます。",
    ),
    "scale": Words(
        "the step is {factor} times what it should be",
        "A constant factor is missing or there twice.",
        "更新量が正しい値の {factor} 倍です",
        "定数倍が抜けているか、二重に掛かっています。",
    ),
    "not-squared": Words(
        "the gradient is not squared in {what}",
        "{what} follows the size of the gradient: the mean or sum of its squares, under a root.",
        "{what} の計算で、勾配が二乗されていません",
        "{what} は勾配の大きさ、つまり二乗の平均(または和)で、平方根をとって使います。",
    ),
    "squared-moment": Words(
        "{what} is made of the squares of m, not of the gradient",
        "The second moment is the running mean of g².",
        "{what} が、勾配ではなく m の二乗から作られています",
        "2 次モーメントは g² の移動平均です。",
    ),
    "squared-gradient": Words(
        "{what} is made of the squares of the gradient, not of the steps",
        "AdaDelta divides the size of past steps by the size of past gradients.",
        "{what} が、更新量ではなく勾配の二乗から作られています",
        "AdaDelta は、過去の更新量の大きさを過去の勾配の大きさで割ります。",
    ),
    "root-forgotten": Words(
        "the square root of {what} is forgotten",
        "{what} holds squares; its root has the size of a gradient.",
        "{what} の平方根が抜けています",
        "{what} は二乗の値なので、平方根をとって勾配と同じ大きさにします。",
    ),
    "eps-missing": Words(
        "ε is missing: where the gradient is zero the step is 0/0",
        "A weight that never gets a gradient (a row of an embedding, a dead unit) becomes NaN.",
        "ε がなく、勾配が 0 のところで 0/0 になります",
        "勾配が来ない重み(埋め込みの行や、死んだユニットなど)が NaN になります。",
    ),
    "parentheses": Words(
        "parentheses are missing: ε is added to the whole step, not to the divisor",
        "a / sqrt(v) + eps is (a / sqrt(v)) + eps.",
        "括弧が抜けていて、ε が分母ではなく更新量全体に足されています",
        "a / sqrt(v) + eps は (a / sqrt(v)) + eps と計算されます。",
    ),
    "multiplied": Words(
        "the step is multiplied by the root of {what}, not divided",
        "Where gradients are large the steps become smaller, not larger.",
        "{what} の平方根で割るところを、掛けています",
        "勾配が大きいところほど、更新を小さくします。",
    ),
    "not-divided": Words(
        "the step is not divided by the root of {what}",
        "The division gives each weight a step size of its own.",
        "{what} の平方根で割られていません",
        "この割り算で、重みごとに更新の大きさが調整されます。",
    ),
    "not-corrected": Words(
        "the bias correction of {what} is missing",
        "Averages that start at zero are too small at first; 1 - β^t makes up for it.",
        "{what} のバイアス補正がありません",
        "0 から始まる移動平均は初めのうち小さすぎるので、1 - β^t で割って補正します。",
    ),
    "power-forgotten": Words(
        "the power t is missing in 1 - β^t, the bias correction of {what}",
        _M,
        "{what} のバイアス補正に t 乗がありません(1 - β^t が 1 - β などになっています)",
        "1 - β^t は t とともに 1 に近づきます。t 乗がないと補正が消えません。",
    ),
    "correction-multiplied": Words(
        "{what} is multiplied by 1 - β^t, not divided",
        "The average is too small at first, and 1 - β^t is less than 1: divide.",
        "{what} を 1 - β^t で割るところを、掛けています",
        "移動平均は初め小さすぎ、1 - β^t は 1 より小さいので、割ると補正になります。",
    ),
    "correction-wrong-beta": Words(
        "the bias correction of {what} has the other β",
        "m is corrected with β1, v with β2: each with the β of its own average.",
        "{what} のバイアス補正に、もう一方の β が使われています",
        "m は β1、v は β2 で、それぞれ自分の移動平均の β で補正します。",
    ),
    "correction-exchanged": Words(
        "β1 and β2 are exchanged in the bias corrections",
        "m is corrected with β1, v with β2: each with the β of its own average.",
        "バイアス補正の β1 と β2 が入れ替わっています",
        "m は β1、v は β2 で、それぞれ自分の移動平均の β で補正します。",
    ),
    "correction-one-minus": Words(
        "{what} is divided by β^t, not by 1 - β^t",
        "The weights (1 - β)β^k of an average over t steps add up to 1 - β^t.",
        "{what} が 1 - β^t ではなく β^t で割られています",
        "t 回分の移動平均の重み (1 - β)β^k の和は 1 - β^t です。",
    ),
    "corrected-kept": Words(
        "the average itself is overwritten by its corrected value: {what}",
        "Only the step uses the corrected value; kept, it is corrected again in every step.",
        "{what} が、バイアス補正後の値で上書きされています",
        "補正した値を使うのは更新だけです。保存すると、毎回補正が重なります。",
    ),
    "t-stuck": Words(
        "t stays at 1: the bias correction is the same in every step",
        "Count the steps in what is kept between calls. " + _M,
        "t が 1 のままで、バイアス補正が毎回同じです",
        "呼び出しの間も残る変数でステップを数えてください。1 - β^t は t とともに 1 に近づきます。",
    ),
    "t-from-zero": Words(
        "t is counted from 0: in the first step the bias correction divides by 1 - β⁰ = 0",
        "Add 1 to t before it is used; the first step has t = 1.",
        "t が 0 から数えられ、最初のステップで 1 - β⁰ = 0 で割っています",
        "t は使う前に 1 を足します。最初のステップは t = 1 です。",
    ),
    "t-ahead": Words(
        "t is one too large: the first step uses t = 2",
        "Start at 0 and add 1 before t is used, or start at 1 and add 1 at the end.",
        "t が 1 大きく、最初のステップで t = 2 になっています",
        "0 から始めて使う前に 1 を足すか、1 から始めて最後に 1 を足します。",
    ),
    "t-each": Words(
        "t is counted up once for each parameter, not once for each step",
        "Put t += 1 before the loop over the parameters.",
        "t がステップごとではなく、パラメータごとに増えています",
        "t += 1 は、パラメータのループの前に置きます。",
    ),
    "betas-exchanged": Words(
        "β1 and β2 are exchanged",
        "β1 = 0.9 belongs to the gradient's mean m, β2 = 0.999 to that of the squares v.",
        "β1 と β2 が入れ替わっています",
        "β1 = 0.9 は勾配の平均 m、β2 = 0.999 は二乗の平均 v のものです。",
    ),
    "wrong-beta": Words(
        "{what} is averaged with the other β",
        "β1 belongs to the gradient's mean m, β2 to that of the squares v.",
        "{what} の移動平均に、もう一方の β が使われています",
        "β1 は勾配の平均 m、β2 は二乗の平均 v のものです。",
    ),
    "weights-exchanged": Words(
        "in {what} the weights of the old value and of the new one are exchanged",
        "The old average keeps the large part β, what is new gets 1 - β.",
        "{what} で、古い値と新しい値の重みが入れ替わっています",
        "古い平均に β(大きい方)、新しい値に 1 - β を掛けます。",
    ),
    "one-minus-forgotten": Words(
        "in {what} the factor 1 - β of the new value is missing",
        "Only with weights that add up to 1 is it an average; without, it grows 1/(1 - β) times.",
        "{what} で、新しい値に掛ける 1 - β が抜けています",
        "重みの和が 1 で平均になります。抜けると 1/(1 - β) 倍まで大きくなります。",
    ),
    "old-not-decayed": Words(
        "in {what} the old value is not multiplied by its decay",
        "Without the factor below 1 the past is never forgotten, and the sum only grows.",
        "{what} で、古い値に減衰率が掛けられていません",
        "1 より小さい係数を掛けないと過去の値が残り続け、和が増える一方になります。",
    ),
    "sign-inside": Words(
        "in {what} a sign is wrong",
        "Old and new value are added.",
        "{what} の中の符号が逆です",
        "古い値と新しい値は足し合わせます。",
    ),
    "state-lost": Words(
        "{what} is not kept from step to step: each starts from zero",
        "Keep it where it outlives the call: in the object, or in the state that is passed on.",
        "{what} が次のステップに残らず、毎回 0 から始まっています",
        "呼び出しの後も残る場所(オブジェクトや、受け渡す state)に保存してください。",
    ),
    "state-shared": Words(
        "the parameters share one state",
        "Each parameter needs averages of its own, of its own shape: keep them by its name.",
        "複数のパラメータが一つの状態を共有しています",
        "移動平均などは、パラメータごとに(名前をキーにして)別々に保存します。",
    ),
    "old-state": Words(
        "the step uses {what} from before it is brought up to date",
        "First the state takes in the new gradient, then the step uses it.",
        "更新前の古い {what} が使われています",
        "先に新しい勾配で状態を更新し、その後でパラメータを更新します。",
    ),
    "moment-unused": Words(
        "the step uses the gradient in place of {what}",
        "Adam's step is m̂ / √v̂; with g it is RMSProp with a correction.",
        "更新に、{what} ではなく勾配がそのまま使われています",
        "Adam の更新は m̂ / √v̂ です。g を使うと、補正付きの RMSProp になります。",
    ),
    "velocity-twice": Words(
        "the step takes the gradient or the momentum twice",
        "The velocity holds the gradient and the momentum already.",
        "更新に勾配またはモーメンタムが二重に入っています",
        "速度には、勾配もモーメンタムもすでに含まれています。",
    ),
    "look-ahead-forgotten": Words(
        "the look-ahead is forgotten: this is momentum, not Nesterov's",
        "Nesterov's step goes on by momentum · u from where the gradient has led.",
        "先読みがなく、Nesterov ではなく普通のモーメンタムになっています",
        "Nesterov では、勾配で進んだ先から、さらに momentum · u だけ進みます。",
    ),
    "look-ahead-old": Words(
        "the look-ahead uses the velocity from before it is brought up to date",
        "With u = momentum · u + g the step is lr · (g + momentum · u), with the new u.",
        "先読みに、更新前の速度が使われています",
        "u = momentum · u + g とした新しい u で、lr · (g + momentum · u) だけ進みます。",
    ),
    "look-ahead-twice": Words(
        "the velocity is brought up to date too early: the formula is meant for the old one",
        "p += momentum² · v - (1 + momentum) · lr · g holds with v from before; some books print "
        "it after the update of v.",
        "速度の更新が早すぎます。この式の速度は、更新前のものです",
        "p += momentum² · v - (1 + momentum) · lr · g の v は更新前の値です。"
        "v の更新を先に書いた本もあります。",
    ),
    "look-ahead-wrong": Words(
        "the look-ahead is wrong",
        "With u = momentum · u + g the step is lr · (g + momentum · u).",
        "先読みの式が違います",
        "u = momentum · u + g のとき、lr · (g + momentum · u) だけ進みます。",
    ),
    "largest-forgotten": Words(
        "the largest v so far is not kept: this is Adam",
        "AMSGrad divides by the root of the largest second moment so far.",
        "これまでの v の最大値が使われておらず、Adam と同じです",
        "AMSGrad は、これまでの 2 次モーメントの最大値の平方根で割ります。",
    ),
    "decay-missing": Words(
        "weight decay is not applied",
        "There is a weight decay of {decay}, and no term of the step depends on it.",
        "重み減衰が効いていません",
        "weight_decay は {decay} ですが、更新のどの項にも入っていません。",
    ),
    "decay-sign": Words(
        "the sign of weight decay is wrong: weights grow",
        "Decay draws each weight toward zero: λp joins the gradient, which is subtracted.",
        "重み減衰の符号が逆で、重みが大きくなります",
        "減衰は重みを 0 に近づけます。λp を、引かれる側の勾配に足します。",
    ),
    "decay-without-p": Words(
        "weight decay is not multiplied by the weight",
        "The derivative of (λ/2)p² is λp.",
        "重み減衰に重みが掛けられていません",
        "(λ/2)p² の微分は λp です。",
    ),
    "decay-coupled": Words(
        "weight decay is added to the gradient (L2, as in Adam), not apart from it",
        "AdamW takes lr · λ · p from the weight itself; in the gradient it is divided by √v̂ too.",
        "重み減衰が勾配に足されています(Adam の L2)。AdamW では勾配と切り離します",
        "AdamW は重みから直接 lr · λ · p を引きます。勾配に足すと √v̂ でも割られてしまいます。",
    ),
    "decay-both": Words(
        "weight decay is applied twice: to the gradient and to the weight",
        "AdamW takes lr · λ · p from the weight alone.",
        "重み減衰が、勾配と重みの両方に二重に適用されています",
        "AdamW は重みから lr · λ · p を引くだけです。",
    ),
    "other-rule": Words(
        "this is {other}, not {rule}",
        "It does what {other} does, number for number: check it under that name, or write {rule}.",
        "これは {rule} ではなく {other} です",
        "計算結果が {other} と一致します。その名前で調べるか、{rule} に書き直してください。",
    ),
    "gradient-changed": Words(
        "the gradient is changed in place",
        "Others read it too (its norm, a log, the next closure): compute into a new array.",
        "勾配がその場で書き換えられています",
        "勾配はほかでも使われます(ノルムや記録など)。新しい配列に計算してください。",
    ),
    "gradient-kept": Words(
        "the state is the gradient's array itself, not a copy",
        "Where backward writes the next gradient into the same array, the state changes with it.",
        "状態が勾配の配列そのもので、コピーではありません",
        "backward が同じ配列に次の勾配を書くと、状態も一緒に変わってしまいます。",
    ),
    "not-applied": Words(
        "a step leaves the parameters as they were",
        "p = p - … makes a new array that ends with the call: write p -= … or return it.",
        "1 ステップのあともパラメータが元のままです",
        "p = p - … は新しい配列を作るだけです。p -= … とするか、値を返してください。",
    ),
    "skipped": Words(
        "{name} is never updated",
        "The loop leaves it out: look at its range, and at a return inside it.",
        "{name} が一度も更新されていません",
        "ループから漏れています。範囲や、ループの中の return を確かめてください。",
    ),
    "shape": Words(
        "after the step {name} has the shape {got}; it had {want}",
        "Something of another shape was broadcast into it: a state of another parameter, a sum.",
        "更新後の {name} の形が {got} です(元は {want})",
        "別の形の値がブロードキャストされています。別のパラメータの状態などが考えられます。",
    ),
    "nan": Words(
        "from step {step} on {name} holds NaN or infinity, though every gradient is finite",
        "Look for 0/0, the root of a negative number, and 1 - β^t with t = 0.",
        "勾配は有限なのに、ステップ {step} から {name} に NaN か無限大があります",
        "0/0、負の数の平方根、t = 0 のときの 1 - β^t を探してください。",
    ),
    "unknown-first": Words(
        "no known mistake fits; step 1 is wrong already: {name}{at} moves by {got} in place of "
        "{want}",
        "The state was zero then: look at the step itself, before what is kept between steps.",
        "既知の間違いには当てはまりません。最初のステップから、{name}{at} の変化が {want} ではなく "
        "{got} です",
        "最初の状態は 0 なので、状態よりも先に、更新の式そのものを見てください。",
    ),
    "unknown-later": Words(
        "no known mistake fits; it is right up to step {step} and then wrong: {name}{at} moves by "
        "{got} in place of {want}",
        "The first step is right, so look at what is kept between steps: state, decay, t.",
        "既知の間違いには当てはまりません。ステップ {step} までは正しく、その次に {name}{at} の"
        "変化が {want} ではなく {got} です",
        "最初は正しいので、ステップの間に残るもの(状態、減衰率、t)を見てください。",
    ),
}

# What the words call the quantities of the definitions, in English and Japanese.
WHAT: dict[str, tuple[str, str]] = {
    "m": ("the first moment m", "1 次モーメント m"),
    "v": ("the second moment v", "2 次モーメント v"),
    "m, v": ("m and v", "m と v"),
    "v_hat": ("the corrected second moment", "補正後の 2 次モーメント v̂"),
    "s": ("the accumulated squares s", "勾配の二乗の累積 s"),
    "u": ("the velocity", "速度 u"),
    "a": ("the accumulated steps a", "更新量の二乗の累積 a"),
    "": ("the state", "移動平均などの state"),
}
