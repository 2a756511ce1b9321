"""The section on gradients."""

from __future__ import annotations

JA = {
    # surface
    "direction θ (degrees)": "方向 θ（度）",
    "gradient · direction": "勾配・方向（内積）",
    "height $z$, and the way of the gradient": "高さ $z$ と勾配の向き",
    "slope of $z$ (rise per unit of way)": "$z$ の傾き（単位距離あたりの上昇）",
    "Contours of the hill, with an arrow from (#, #) towards the top; the slope by direction is a "
    "sine wave that is steepest at # degrees.":
        "丘の等高線と、(#, #) から頂上へ向かう矢印。方向ごとの傾きは正弦波で、# 度で最も急になる。",
    "The gradient at (#, #) is (#, #)": "(#, #) での勾配は (#, #) である",
    "In every direction, the slope is the gradient times the direction: largest difference":
        "どの方向でも、傾きは勾配と方向の内積に等しい（差の最大値）",
    "The steepest way up is the gradient's": "最も急な上り坂は勾配の向きである",
    "The steepest slope is the gradient's length": "最も急な傾きは勾配の長さに等しい",
    # difference-quotient
    "The error of the forward difference falls as h, from h = # to #: exponent":
        "前進差分の誤差は h に比例して減る（h = # から # まで、指数）",
    "The error of the central difference falls as h², from h = # to #: exponent":
        "中心差分の誤差は h² に比例して減る（h = # から # まで、指数）",
    "The error of the complex step falls as h², from h = # to #: exponent":
        "複素ステップの誤差は h² に比例して減る（h = # から # まで、指数）",
    "At h = #, the first term of Taylor's series left out is the error: ratio, both differences":
        "h = # では、テイラー展開で捨てた最初の項が誤差に等しい（二つの差分についての比）",
    "The error of the forward difference rises as #/h, from h = # to #: exponent":
        "前進差分の誤差は #/h に比例して増える（h = # から # まで、指数）",
    "The error of the central difference rises as #/h, from h = # to #: exponent":
        "中心差分の誤差は #/h に比例して増える（h = # から # まで、指数）",
    "The best step of the forward difference is the square root of ε, up to a factor of #: "
    "ratio":
        "前進差分の最良の刻みは ε の平方根の # 倍以内に収まる（比）",
    "The best error of the forward difference is the square root of ε, up to a factor of #: "
    "ratio":
        "前進差分の最小の誤差は ε の平方根の # 倍以内に収まる（比）",
    "The best step of the central difference is the cube root of ε, up to a factor of #: ratio":
        "中心差分の最良の刻みは ε の立方根の # 倍以内に収まる（比）",
    "The best error of the central difference is ε to the #/#, up to a factor of #: ratio":
        "中心差分の最小の誤差は ε の #/# 乗の # 倍以内に収まる（比）",
    "A complex step of # is exact up to rounding: relative error in units of ε":
        "刻み # の複素ステップは丸め誤差の範囲で正確である（ε を単位とする相対誤差）",
    "Denpa's derivative is exact up to rounding: relative error in units of ε":
        "Denpa の微分は丸め誤差の範囲で正確である（ε を単位とする相対誤差）",
    "Relative error against the step, in float64 and float32: forward and central differences "
    "first get better as the step shrinks, then worse; the complex step gets better until it "
    "stays at rounding, where Denpa's derivative is.":
        "刻みに対する相対誤差（float64 と float32）。前進差分と中心差分は、刻みを"
        "小さくすると始めは良くなり、やがて悪くなる。複素ステップは丸め誤差まで良くなり、そこに留"
        "まる。Denpa の微分もそこにある。",
    "Denpa's derivative": "Denpa の微分",
    "step $h$": "刻み $h$",
    "float64": "float64",
    "float32": "float32",
    "forward difference": "前進差分",
    "central difference": "中心差分",
    "complex step": "複素ステップ",
    "truncation error": "打ち切り誤差",
    "precision": "精度",
    "best step": "最良の刻み",
    "best step, theory": "最良の刻み（理論値）",
    "relative error, theory": "相対誤差（理論値）",
    "any small one": "小さければ何でもよい",
    # gradient-check
    "In float64, the gradients of the right network agree: largest relative error of an array":
        "float64 では、正しいネットワークの勾配は差分と一致する（配列ごとの相対誤差の最大"
        "値）",
    "In float32, even the best of several steps leaves a larger one: largest relative error":
        "float32 では、いくつかの刻みのうち最良のものでも誤差が大きい（相対誤差の最大値）",
    "Backpropagation in float32 itself is near that in float64: largest relative error":
        "float32 の誤差逆伝播法そのものは float64 の結果に近い（相対誤差の最大値"
        "）",
    "The NumPy network without a mistake is found right":
        "間違いのない NumPy のネットワークは正しいと判定される",
    "A bias that is not summed spoils its gradient alone": "和をとり忘れたバイアスは、自分の勾配だけを誤らせる",
    "A forgotten derivative spoils the gradients of layers # and #, and not of layer #":
        "微分の掛け忘れは第 # 層と第 # 層の勾配を誤らせ、第 # 層の勾配は誤らせない",
    "Both wrong gradients still lead downhill: cosine of the angle to the measured one":
        "二つの誤った勾配も下り坂を指す（測った勾配となす角の余弦）",
    "Both mistakes are named, each in the layer where it was planted, and nothing else is":
        "二つの間違いは、仕込んだ層とともに指摘され、ほかは何も指摘されない",
    "Relative error of the gradient of each array of parameters: tiny for the right networks in "
    "float64, larger in float32; near # for the second bias if it is not summed, and for all "
    "arrays of the layers # and # if a derivative is forgotten.":
        "パラメータの配列ごとの勾配の相対誤差。正しいネットワークでは float64 でごく小さ"
        "く、float32 では大きい。和をとり忘れると第 2 層のバイアスで # に近く、微分"
        "を掛け忘れると第 # 層と第 # 層のすべての配列で大きい。",
    "Denpa, no mistake": "Denpa、間違いなし",
    "NumPy, mistakes in layer #": "NumPy、第 # 層に間違い",
    "no mistake": "間違いなし",
    "bias not summed": "バイアスの和をとり忘れ",
    "derivative forgotten": "微分の掛け忘れ",
    "wrong gradients": "誤った勾配",
    "Denpa names": "Denpa の指摘",
    "the code": "コード",
    "what it should be": "正しくは",
    "the bias gradient is not summed over the batch (it equals one row of dout)":
        "バイアスの勾配がバッチについて足し合わされていない（dout の一行に等しい）",
    "the upstream gradient is passed on as it is: the layer's own derivative is forgotten":
        "上流の勾配がそのまま渡されている。この層自身の微分が抜けている",
    "self.db = dout[#]": "self.db = dout[#]",
    "return dout": "return dout",
    "dout.sum(axis=#)": "dout.sum(axis=#)",
    "dout * (# - self.y ** #)": "dout * (# - self.y ** #)",
    # line-fit
    "Gradient descent arrives at the parameters of the normal equation: largest distance after "
    "# steps":
        "勾配降下法は正規方程式と同じパラメータに達する（# 回更新した後の距離の最大値）",
    "The factor per step is the larger of |# − ηλ|: largest difference":
        "1 回の更新あたりの倍率は |# − ηλ| の大きい方である（差の最大値）",
    "At the best learning rate, (κ − #)/(κ + #) tells the steps to a distance of #, up to the "
    "next whole number: excess":
        "最良の学習係数では、距離が # になるまでの更新回数が (κ − #)/(κ + #) "
        "から切り上げの範囲で分かる（超過分）",
    "From this start, half the best learning rate needs about twice the steps":
        "この初期値では、学習係数を最良の値の半分にすると、更新回数は約 2 倍になる",
    "With centred inputs, a tenth of the steps is enough":
        "入力を中心化すると、更新回数は 10 分の 1 で足りる",
    "With centred inputs, the line is the same: largest difference of w or b":
        "入力を中心化しても得られる直線は同じである（w と b の差の最大値）",
    "Left: the points, and a line that turns into the solution as steps go by. Middle: the loss "
    "as a long valley, which the best rate crosses from wall to wall and half of it follows. "
    "Right: the distance from the solution falls as a straight line on a log scale, far faster "
    "with centred inputs.":
        "左：点と、更新とともに解へ近づく直線。中央：細長い谷をなす損失。最良の学習係数では谷の壁"
        "から壁へ渡り、その半分では谷に沿って進む。右：解までの距離は対数目盛りで直線的に減り、入"
        "力を中心化するとはるかに速く減る。",
    "step #": "更新 # 回",
    "normal equation": "正規方程式",
    "best learning rate": "最良の学習係数",
    "half of it": "その半分",
    "distance from the solution": "解までの距離",
    "best, inputs centred": "最良、入力を中心化",
    "run": "条件",
    "condition number": "条件数",
    "factor per step, theory": "更新あたりの倍率（理論値）",
    "factor per step, measured": "更新あたりの倍率（測定値）",
    "steps to a distance of #": "距離が # になるまでの更新回数",
    # learning-rate
    "Each step multiplies the distance from the minimum by # − ηa, for each of # curvatures: "
    "largest difference":
        "どの更新も、最小点からの距離を # − ηa 倍にする（# 通りの曲率、差の最大値）",
    "With ηa = #, one step is enough: distance after it":
        "ηa = # なら 1 回の更新で足りる（更新後の距離）",
    "With # < ηa < #, each of # steps changes the side":
        "# < ηa < # なら、# 回の更新のたびに反対側へ移る",
    "With ηa = #, the distance stays # for # steps":
        "ηa = # なら、距離は # のまま # 回の更新の間変わらない",
    "The largest learning rate without growth, times the curvature, is #, from each of # starts":
        "距離が増えない最大の学習係数と曲率の積は # である（# 通りの初期値のどれでも）",
    "Eight steps on the parabola for four rates: creeping down one side, one step to the "
    "minimum, jumping from side to side and down, jumping from side to side and up.":
        "四つの学習係数による放物線上の 8 回の更新。片側を少しずつ下る。1 回で最小点に達する"
        "。左右に飛び移りながら下る。左右に飛び移りながら上る。",
    "too small, $\\eta = 0.05$": "小さすぎる、$\\eta = 0.05$",
    "right, $\\eta = 0.5$": "適切、$\\eta = 0.5$",
    "large, $\\eta = 0.9$": "大きい、$\\eta = 0.9$",
    "too large, $\\eta = 1.05$": "大きすぎる、$\\eta = 1.05$",
    "The factor per step against learning rate times curvature, for three curvatures: all "
    "points lie on one V, which is # at # and crosses the factor # at #.":
        "学習係数と曲率の積に対する、更新あたりの倍率（三つの曲率）。すべての点が一つの V 字に"
        "載る。V 字は #2 で #1 となり、#4 で倍率 #3 を超える。",
    "above this line it diverges": "この線より上では発散する",
    "$\\eta a$, learning rate times curvature": "$\\eta a$（学習係数×曲率）",
    "factor per step": "更新あたりの倍率",
    "curvature #": "曲率 #",
    "distance after # steps": "# 回更新した後の距離",
    "verdict": "判定",
    "too small": "小さすぎる",
    "right": "適切",
    "large": "大きい",
    "too large": "大きすぎる",
    "curvature": "曲率",
    "largest learning rate without growth": "距離が増えない最大の学習係数",
    # all-combinations
    "The search over n parameters of ten values each makes # to the n passes":
        "値が十通りのパラメータ n 個の探索は、# の n 乗回の順伝播を要する",
    "Its time grows tenfold with each parameter: power of ten for each":
        "探索の時間はパラメータが一つ増えるごとに 10 倍になる（一つあたりの 10 の指数）",
    "The age of the universe is too short for so many parameters":
        "宇宙の年齢でも足りなくなるパラメータ数",
    "For each seed, # steps of gradient descent give a lower loss than # random tries in each "
    "range: largest ratio":
        "どの乱数の種でも、勾配降下法 # 回の損失は、どの範囲での無作為な # 回の試行より小さ"
        "い（比の最大値）",
    "On average it is less than a quarter of what the best range gives":
        "平均では、最良の範囲での試行の損失の 4 分の 1 に満たない",
    "At half the learning rate, no step of gradient descent raises the loss: steps that do":
        "学習係数を半分にすると、勾配降下法のどの更新も損失を増やさない（増やした更新の回数）",
    "Left: the time of the search grows tenfold with each parameter and passes the age of the "
    "universe before # parameters. Right: with # parameters, the best of the random tries ends "
    "far above the loss of gradient descent in every range.":
        "左：探索の時間はパラメータが一つ増えるごとに 10 倍になり、# 個に達する前に宇宙の年"
        "齢を超える。右：パラメータが # 個のとき、無作為な試行の最良の損失は、どの範囲でも勾配"
        "降下法の損失よりはるかに大きい。",
    "a day": "1 日",
    "age of the universe": "宇宙の年齢",
    "ten times for each more": "一つ増えるごとに 10 倍",
    "best straight line": "最良の直線",
    "forward passes": "順伝播の回数",
    "random tries, ±#": "無作為な試行、±#",
    "combinations": "組合せの数",
    "best loss found": "見つかった最小の損失",
    "smallest loss there is": "真の最小の損失",
    "steps that raise the loss": "損失を増やした更新の回数",
    "time (years)": "時間 (年)",
}  # fmt: skip
