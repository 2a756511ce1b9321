"""The section on chain rule and computation graph."""

from __future__ import annotations

JA = {
    # drawings of graphs: what stands in the circles
    "exp": "exp",
    "log": "log",
    "max": "max",
    "min": "min",
    "log Σ exp": "log Σ exp",
    # tables
    "by hand": "手計算",
    "engine": "エンジン",
    "exercise": "演習",
    "formula": "公式",
    "name": "名前",
    "numerical": "数値微分",
    "reverse graph": "逆向きのグラフ",
    # three-plus-five
    "value by hand": "値（手計算）",
    "value by Denpa": "値（Denpa）",
    "message by hand": "メッセージ（手計算）",
    "message by Denpa": "メッセージ（Denpa）",
    "The graph of (a + b) × c: above each edge its value, # and # into the plus, # and # into the "
    "times, # out of it; below each edge its message, # and #, # and #, and #.":
        "(a + b) × c の計算グラフ。辺の上が値で、加算に # と # が入り、乗算に # と # が入り、"
        "そこから # が出る。辺の下がメッセージで、順に # と #、# と #、そして #。",
    "The values of a, b, c, a + b and (a + b) × c": "a, b, c, a + b, (a + b) × c の値",
    "The messages to the #, the # and the #": "#、#、# が受け取るメッセージ",
    "The messages to the sum and to the result": "和と結果が受け取るメッセージ",
    "The differences say the same as the messages": "差分はメッセージと一致する",
    # square-of-a-difference
    "Above, the graph of E with the messages #, # and # to a, x and y; below, the graph of its "
    "derivative with respect to a, in which x splits in two, with the messages #, # and #.":
        "上は E の計算グラフで、a, x, y へのメッセージは #, #, #。下は E の a による微分の計算グラフで、"
        "x は二つに分岐し、メッセージは #, #, #。",
    "At a = #, x = #, y = # the messages are #, # and #":
        "a = #, x = #, y = # でのメッセージは #, #, # である",
    "The differences agree: largest difference": "差分とも一致する（差の最大値）",
    "At random points the reverse graph gives the formula: largest difference":
        "無作為な点で、逆向きのグラフは公式と一致する（差の最大値）",
    "If # comes in, every message is ten times as large":
        "# が入れば、どのメッセージも 10 倍になる",
    "The messages through the graph of ∂E/∂a are the second derivatives #, # and #":
        "∂E/∂a の計算グラフを流れるメッセージは、二階微分 #, #, # である",
    "So says the matrix of second derivatives": "ヘッセ行列も同じ値を与える",
    # sigmoid-cross-entropy
    "The graph of the error: z goes through the sigmoid, splits in two, one branch through a "
    "logarithm, the other through # − and a logarithm, and both join in a sum. The two messages "
    "that come back to the dot have opposite signs; their sum stands before it.":
        "誤差の計算グラフ。z はシグモイドを通って二つに分岐し、一方は対数を、他方は「# −」と対数を通り、"
        "和で合流する。分岐点に戻る二つのメッセージは符号が逆で、その手前に両者の和がある。",
    "absolute error of $E$ in float32": "float32 での $E$ の絶対誤差",
    "composite": "合成した式",
    "composite: infinite": "合成した式：無限大",
    "with logits": "ロジットから計算",
    "# log #": "# log #",
    "Absolute error in float32 against z: that of the composite grows to about one half and ends at "
    "z = #, that of the function with logits stays near one ten-millionth of z.":
        "float32 での絶対誤差。合成した式の誤差は 0.5 程度まで増え、z = # で途切れる。"
        "ロジットから計算する関数の誤差は z の 1000 万分の 1 程度にとどまる。",
    "message from log ŷ": "log ŷ からのメッセージ",
    "message from log(# − ŷ)": "log(# − ŷ) からのメッセージ",
    "their sum": "両者の和",
    "message to z": "z へのメッセージ",
    "The message from log ŷ is −t/ŷ: relative error": "log ŷ からのメッセージは −t/ŷ である（相対誤差）",
    "The message from log(# − ŷ) is (# − t)/(# − ŷ): relative error":
        "log(# − ŷ) からのメッセージは (# − t)/(# − ŷ) である（相対誤差）",
    "ŷ receives their sum": "ŷ は両者の和を受け取る",
    "z receives ŷ − t: largest difference": "z は ŷ − t を受け取る（差の最大値）",
    "In float32 the composite is infinite from z = # log # on":
        "float32 では、合成した式は z = # log # から無限大になる",
    "There its message is not a number": "そこではメッセージが NaN になる",
    "In float64 the composite is infinite from z = # log # on":
        "float64 では、合成した式は z = # log # から無限大になる",
    "Before that, between z = # and #, its error reaches $2^{-24} e^z$: largest ratio":
        "その手前、z = # から # の間で、誤差は $2^{-24} e^z$ に達する（比の最大値）",
    "With logits the error is right to its last digits, everywhere: relative error":
        "ロジットから計算すれば、E はどこでも最後の桁まで正しい（相対誤差）",
    "With logits the message is ŷ − t to its last digits: relative error":
        "ロジットから計算すれば、メッセージは最後の桁まで ŷ − t である（相対誤差）",
    # six-exercises
    "exercise #": "演習 #",
    "Six panels, one for each exercise, with the derivatives between # and #: the engine's points "
    "lie on the curves of the formulas.":
        "演習ごとに一つずつ、# から # までの微分の図。エンジンの点は公式の曲線の上にある。",
    "Exercise #: the engine gives the formula at random points, relative error":
        "演習 #：無作為な点でエンジンは公式と一致する（相対誤差）",
    "The differences give it, too: relative error": "差分とも一致する（相対誤差）",
    "Exercise #: the messages on the two ways, at x = #":
        "演習 #：二つの経路を通るメッセージ（x = #）",
    "… and x receives their sum": "…… x はその和を受け取る",
    "Exercise # with targets that sum to #: the message to a is $2y_1 - 1$: largest difference":
        "演習 # で目標値の和が # なら、a へのメッセージは $2y_1 - 1$ である（差の最大値）",
    # affine-by-hand
    "fit ∂E/∂X": "∂E/∂X に合う積",
    "fit ∂E/∂W": "∂E/∂W に合う積",
    "products that fit": "形状の合う積の数",
    "How many products have the right shape: one for each derivative where N, D and H differ, two "
    "where two of them are equal, eight where all three are.":
        "形状の合う積の数。N, D, H がすべて異なれば各微分に一つ、二つが等しければ二つ、"
        "三つとも等しければ八つある。",
    "δᵀ of the four examples": "四つのデータの δᵀ",
    "∂E/∂X by hand is the engine's": "手計算の ∂E/∂X はエンジンと一致する",
    "∂E/∂W by hand is the engine's": "手計算の ∂E/∂W はエンジンと一致する",
    "∂E/∂b by hand is the engine's": "手計算の ∂E/∂b はエンジンと一致する",
    "… and that of differences: largest difference": "…… 差分とも一致する（差の最大値）",
    "With different sizes one product fits each derivative":
        "サイズがすべて異なれば、各微分に合う積は一つである",
    "… and it is the right one": "…… それは正しい積である",
    "With two sizes equal, two products fit each": "二つのサイズが等しければ、二つずつ合う",
    "With N = D = H, eight fit each": "N = D = H なら、八つずつ合う",
    "… of which one is right": "…… そのうち正しいのは一つだけである",
    "With one example, the reverse graph sends δWᵀ to x":
        "データが一つのとき、逆向きのグラフは x に δWᵀ を送る",
    "… and xᵀδ to W": "…… W には xᵀδ を送る",
    # softmax-with-loss
    "log y": "log y",
    "t · log y": "t · log y",
    "The graph from the logits to the error, each vector written as a column: exp, a dot where e "
    "splits, one branch through the sum, both into the division, then log, times t, sum, and the "
    "sign. The message at the logits is y minus t.":
        "ロジットから誤差までの計算グラフ。ベクトルは縦に書いてある。exp の後で e が分岐し、一方は和を通り、"
        "両方が除算に入る。続いて log、t との積、和、符号。ロジットでのメッセージは y − t である。",
    "The messages to a, e, s, y, log y, t · log y, −E and E are those by hand: largest differences":
        "a, e, s, y, log y, t · log y, −E, E へのメッセージは手計算と一致する（差の最大値）",
    "The messages to the logits sum to #, for random logits of # to # classes":
        "クラス数 #2 から #3 の無作為なロジットで、ロジットへのメッセージの和は #1 である",
    "They are those of cross_entropy: largest difference":
        "cross_entropy のメッセージと一致する（差の最大値）",
    "With logits # larger, the graph above gives no number":
        "ロジットを # だけ大きくすると、上のグラフは NaN になる",
    "… and cross_entropy the same error": "…… cross_entropy は同じ誤差を与える",
    "… and the same message": "…… 同じメッセージを与える",
}  # fmt: skip
