"""The section on cost."""

from __future__ import annotations

JA = {
    # differences-or-backpropagation
    "timed": "計測したパラメータ数",
    "differences (s)": "数値微分 (秒)",
    "backpropagation (s)": "誤差逆伝播法 (秒)",
    "ratio": "比",
    "parameters / ratio": "パラメータ数 / 比",
    "# second": "# 秒",
    "# minute": "# 分",
    "# hour": "# 時間",
    "all gradients: time (s)": "全勾配の計算時間 (秒)",
    "published: #": "公表値：#",
    "numerical differences": "数値微分",
    "differences / backpropagation": "数値微分 / 誤差逆伝播法",
    "Left: time for all gradients against parameters, both scales logarithmic; differences rise "
    "to an hour, backpropagation stays below a second. Right: their ratio rises in proportion to "
    "the parameters, and passes # at some thousand.":
        "左：パラメータ数に対する全勾配の計算時間（両対数）。数値微分は 1 時間にまで増え、"
        "誤差逆伝播法は 1 秒未満にとどまる。右：両者の比はパラメータ数に比例して増え、"
        "数千個のところで # を超える。",
    "Differences and backpropagation give the same gradients: largest relative difference":
        "数値微分と誤差逆伝播法は同じ勾配を与える（相対的な差の最大値）",
    "The ratio grows in proportion to the parameters: exponent":
        "比はパラメータ数に比例して増える（指数）",
    "With # parameters the ratio is above #": "パラメータが # 個なら、比は # を超える",
    "A gradient costs at least one forward pass: parameters at a ratio of #":
        "勾配の値段は順伝播 1 回分以上である（比が # になるパラメータ数）",
    "… and at most # forward passes": "…… そして順伝播 # 回分以下である",
    # price-of-a-gradient
    "forward (ms)": "順伝播 (ms)",
    "both (ms)": "順伝播と逆伝播 (ms)",
    "eager": "逐次実行",
    "native": "ネイティブ",
    "forward and backward": "順伝播と逆伝播",
    "gradient: cost in forward passes": "勾配のコスト（順伝播の回数）",
    "Left: the times of a forward pass and of forward and backward rise side by side with the "
    "parameters. Right: the price of a gradient lies between one and four forward passes for each "
    "network, near the theory's mark.":
        "左：順伝播の時間と、順伝播と逆伝播の時間は、パラメータ数とともに並んで増える。"
        "右：どのネットワークでも、勾配の値段は順伝播 1 回から 4 回分の間、理論値の印の近くにある。",
    "Eager: a gradient costs a few forward passes, median of the networks":
        "逐次実行：勾配の値段は順伝播数回分である（ネットワークの中央値）",
    "Native: the same": "ネイティブ：同上",
    "From the smallest network to the largest, the parameters grow more than a hundredfold":
        "最小のネットワークから最大のものへ、パラメータ数は 100 倍以上になる",
    "… and the price of a gradient less than eightfold": "…… 勾配の値段は 8 倍未満にしかならない",
    "The theory is met up to a factor of #, median of the networks":
        "理論値と # 倍以内で一致する（ネットワークの中央値）",
}  # fmt: skip
