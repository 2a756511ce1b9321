"""The section on optimizers."""

from __future__ import annotations

JA = {
    # valley
    "Gradient descent follows its closed form: largest difference relative to the distance":
        "勾配降下法は閉じた式のとおりに進む（距離に対する差の最大値）",
    "The best momentum follows its closed form: largest difference in # steps":
        "最適なモーメンタムは閉じた式のとおりに進む（# 回の更新での差の最大値）",
    "Gradient descent needs the predicted number of steps to #":
        "勾配降下法は、距離 # に達するまで理論どおりの更新回数を要する",
    "The best momentum needs the predicted number of steps to #":
        "最適なモーメンタムは、距離 # に達するまで理論どおりの更新回数を要する",
    "With β = # the distance shrinks by √# a step, at three learning rates":
        "β = # では、三つの学習係数のいずれでも、距離は更新ごとに √# 倍に縮む",
    "At a learning rate of #, gradient descent's distance grows by # a step":
        "学習係数 # では、勾配降下法の距離は更新ごとに # 倍に広がる",
    "With β = #, # times the limit #(# + β)/# shrinks the distance and # times lets it grow":
        "β = # のとき、限界 #3(#4 + β)/#5 の #2 倍では距離が縮み、#6 倍では広がる",
    "On the contours of the valley, gradient descent jumps from side to side while momentum swings "
    "in a long curve; on a logarithmic scale the distances fall along straight lines, momentum's "
    "most steeply, and above the limit the distance rises.":
        "谷の等高線の上で、勾配降下法は両側の斜面を飛び移り、モーメンタムは大きく波打って進む。"
        "対数目盛では距離は直線に沿って減り、モーメンタムが最も急である。限界を超えると距離は増える。",
    "start": "出発点",
    "the first # steps": "最初の # 回の更新",
    "distance from the lowest point": "最下点からの距離",
    "gradient descent, above the limit": "勾配降下法、限界超え",
    "gradient descent, best η": "勾配降下法、最適な η",
    "momentum, β = #": "モーメンタム、β = #",
    "momentum, best β and η": "モーメンタム、最適な β と η",
    "learning rate η": "学習係数 η",
    "momentum β": "モーメンタム β",
    "factor a step, theory": "更新ごとの倍率（理論値）",
    "factor a step, measured": "更新ごとの倍率（測定値）",
    "steps to #": "# までの更新回数",
    "momentum, small η": "モーメンタム、小さい η",
    "momentum, middle η": "モーメンタム、中くらいの η",
    "momentum, large η": "モーメンタム、大きい η",
    "never": "到達しない",
    # friction
    "The distance from the motion is of first order in the time step, in all four cases":
        "四つの場合のいずれでも、運動との差は時間刻みの 1 次である（次数）",
    "With little friction, momentum swings through the lowest point as often as the motion":
        "摩擦が小さいとき、モーメンタムは運動と同じ回数だけ最下点を横切る",
    "At the critical friction and above, it goes no further than # beyond the lowest point":
        "臨界摩擦以上では、最下点を # より先へは行き過ぎない（最小の位置）",
    "The ball comes to rest (within #) first at the critical friction":
        "臨界摩擦のとき、ボールは最も早く静止する（# 以内）",
    "On a constant slope, each step with β = # becomes # times the gradient times η":
        "一定の斜面では、β = # のときの更新量は、勾配と η の積の # 倍になる",
    "The marks of momentum lie near the lines of the motion: one swings, three creep to rest; on "
    "logarithmic scales the distance between the two falls with the time step along lines of "
    "slope #.":
        "モーメンタムの点は運動の曲線の近くにある。一つは振動し、三つはゆっくり静止に近づく。"
        "両対数目盛では、両者の差は時間刻みとともに傾き # の直線に沿って減る。",
    "place $x$": "位置 $x$",
    "lines: motion, marks: momentum with steps of # s": "線：運動、点：刻み # 秒のモーメンタム",
    "little friction": "小さい摩擦",
    "critical friction": "臨界摩擦",
    "much friction": "大きい摩擦",
    "no mass": "質量なし",
    "slope #": "傾き #",
    "time step $h$ (s)": "時間刻み $h$ (秒)",
    "largest distance from the motion": "運動との差の最大値",
    "case": "場合",
    "friction μ": "摩擦 μ",
    "β at h = #": "h = # での β",
    "η at h = #": "h = # での η",
    "largest distance at h = #": "h = # での差の最大値",
    "order in h": "h についての次数",
    # adaptive-steps
    "Over # steps, each optimizer follows its published recursion: largest difference":
        "# 回の更新にわたり、各手法は発表された漸化式に従う（差の最大値）",
    "The first step, in learning rates, is # for AdaGrad, # for RMSProp and # for Adam, "
    "along x and along y":
        "学習係数を単位とした最初の更新量は、x 方向も y 方向も、AdaGrad が #、RMSProp が #、Adam が # である",
    "On a function # times as steep, AdaGrad, RMSProp and Adam take the same path":
        "# 倍急な関数でも、AdaGrad, RMSProp, Adam は同じ経路をたどる（差の最大値）",
    "There, Nesterov with the same learning rate diverges: distance after # steps":
        "そこでは、同じ学習係数の Nesterov は発散する（# 回の更新後の距離）",
    "The first step of Adam is half as long at the gradient that theory says, in the three forms: "
    "measured over theory":
        "Adam の最初の更新量が半分になる勾配の大きさは、三つの形のいずれも理論どおりである（測定値／理論値）",
    "Down the valley, with an ε of #, long and short form differ by less than #":
        "この谷では、ε が # のとき、長い形と短い形の差は # より小さい",
    "With an ε of #, they differ by more than #": "ε が # のとき、両者の差は # より大きい",
    "In the valley, momentum swings across many times and Nesterov once; AdaGrad, RMSProp and Adam "
    "set out at the same angle; the first step of Adam is the learning rate for large gradients, "
    "and falls for gradients below a size that depends on where ε stands.":
        "谷の中で、モーメンタムは何度も谷底を横切り、Nesterov は一度だけ横切る。AdaGrad, RMSProp, Adam は"
        "同じ角度で出発する。Adam の最初の更新量は、大きな勾配では学習係数に等しく、ε の位置で決まる大きさより"
        "小さな勾配では減っていく。",
    "size of the gradient": "勾配の大きさ",
    "first step of Adam / η": "Adam の最初の更新量 / η",
    "Adam, with ε": "Adam の ε の位置",
    "outside the root": "根号の外",
    "short form": "短い形",
    "inside the root": "根号の中",
    "largest difference from the published rule": "発表された更新則との差の最大値",
    "Adam, large ε": "Adam、大きい ε",
    "Adam, large ε inside the root": "Adam、根号の中の大きい ε",
    "Adam, short form, large ε": "Adam、短い形、大きい ε",
    # optimizers-on-mnist
    "At the usual rates, SGD is behind the best in test accuracy: percentage points":
        "慣例の学習係数では、SGD のテスト正解率は最良の手法に劣る（ポイント）",
    "With each at its own rate, less than half of that distance is left: share":
        "それぞれに合った学習係数では、その差は半分も残らない（残る割合）",
    "The own rate of SGD, over its usual rate": "SGD に合った学習係数と慣例の学習係数の比",
    "Momentum with η = # and β = # ends at the loss of SGD with η = #: ratio":
        "η = #、β = # のモーメンタムの最後の損失は、η = # の SGD に等しい（比）",
    "In the first epoch, RMSProp with η = # has the loss of AdaGrad with η = #: ratio":
        "最初のエポックでは、η = # の RMSProp の損失は η = # の AdaGrad に等しい（比）",
    "On MNIST, SGD at its own rate still has the highest training loss: ratio to the median of the "
    "others":
        "MNIST では、合った学習係数でもなお SGD の訓練損失が最も大きい（他の中央値との比）",
    "The training loss by learning rate is a valley for each method, with its lowest point at "
    "another rate; with each at its own rate, the losses fall side by side.":
        "学習係数に対する訓練損失は、どの手法でも谷形になり、最も低くなる学習係数は手法ごとに違う。"
        "それぞれに合った学習係数では、損失は並んで減っていく。",
    "training loss in the last epoch": "最後のエポックの訓練損失",
    "each at its own rate": "それぞれに合った学習係数で",
    "usual rate": "慣例の学習係数",
    "loss at the usual rate": "慣例の学習係数での損失",
    "test accuracy (%) at the usual rate": "慣例の学習係数でのテスト正解率 (%)",
    "own rate": "合った学習係数",
    "loss at its own rate": "合った学習係数での損失",
    "test accuracy (%) at its own rate": "合った学習係数でのテスト正解率 (%)",
    # lowered-learning-rate
    "The mean square follows the theory at all steps, for three plans: largest relative error":
        "三つの計画のいずれでも、二乗平均は全ての更新で理論に従う（相対誤差の最大値）",
    "The floors are ησ²/(a(# − ηa)): measured over theory, for high, low, and high then low":
        "下限は ησ²/(a(# − ηa)) である（高い、低い、高から低の順に、測定値／理論値）",
    "Lowering the rate brings accuracy, against going on with the high one: percentage points, "
    "mean over the seeds":
        "学習係数を下げると、高いまま続けるより正解率が上がる（ポイント、乱数の種にわたる平均）",
    "More than half of the rise comes in the first epoch: share, mean over the seeds":
        "上昇の半分以上は最初のエポックで起こる（割合、乱数の種にわたる平均）",
    "Raising the rate again takes accuracy away: percentage points, mean over the seeds":
        "学習係数を再び上げると正解率は下がる（下がり幅、ポイント、乱数の種にわたる平均）",
    "From epoch to epoch, accuracy moves less than half as much with the low rate as with the high "
    "one: ratio":
        "低い学習係数では、エポック間の正解率の変動は、高い学習係数の半分より小さい（比）",
    "On MNIST, the low rate from the start ends above the height of the jump: percentage "
    "points, mean over the seeds":
        "MNIST では、最初から低い学習係数のほうが、跳ね上がった後より高い正解率で終わる（ポイント、乱数の種にわたる平均）",
    "The mean square falls fast to a high floor, and to a low one where the rate is lowered "
    "(grey); the network's test accuracy jumps up where the learning rate is lowered and falls "
    "back where it is raised again.":
        "二乗平均は高い下限まで速く減り、学習係数を下げた区間（灰色）で低い下限まで減る。"
        "ネットワークのテスト正解率は、学習係数を下げると跳ね上がり、再び上げると元に戻る。",
    "mean of $x^2$": "$x^2$ の平均",
    "high": "高い",
    "low from the start": "最初から低い",
    "high, then low": "高い → 低い",
    "high, low, high": "高い → 低い → 高い",
}  # fmt: skip
