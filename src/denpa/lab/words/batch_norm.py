"""The section on batch normalisation."""

from __future__ import annotations

JA = {
    # standardised-data
    "first feature": "第 1 の特徴",
    "second feature": "第 2 の特徴",
    "second": "第 2 の特徴",
    "on [#, #]": "[#, #] 上",
    "mean #, deviation #": "平均 #、標準偏差 #",
    "first feature, on [#, #]": "第 1 の特徴、[#, #] 上",
    "second feature, on [#, #]": "第 2 の特徴、[#, #] 上",
    "first feature, mean #, deviation #": "第 1 の特徴、平均 #、標準偏差 #",
    "second feature, mean #, deviation #": "第 2 の特徴、平均 #、標準偏差 #",
    "smallest": "最小",
    "largest": "最大",
    "Three clouds of points and their histograms: the same shapes each time, on axes that reach "
    "from # to #, from about # to #, and from about # to #; a cross marks the mean.":
        "三つの点群とそのヒストグラム。形はどれも同じで、軸の範囲だけが # から #、およそ # から #、"
        "およそ # から # と異なる。×印は平均。",
    "The deviation of uniform data on [#, #] is one over the root of #":
        "[#, #] 上の一様なデータの標準偏差は 1/√# である",
    "Standardised data has mean # and deviation #, whatever it was":
        "標準化したデータは、元が何であれ平均 #、標準偏差 # である（後者は 1 との差）",
    "Moved, it has mean # and deviation #": "移した後は平均 #、標準偏差 # である",
    "The layer computes the same: largest difference": "層も同じ値を計算する（差の最大値）",
    "The correlation of the two features is unchanged": "二つの特徴の相関は変わらない",
    "The second feature is skewed before and after, by the same amount":
        "第 2 の特徴の歪度は、前も後も同じである",
    "That skewness is not zero": "その歪度は 0 ではない",
    "With the data's own deviation as γ and mean as β, the layer gives back its input: largest "
    "difference":
        "データ自身の標準偏差を γ、平均を β とすると、層は入力をそのまま返す（差の最大値）",
    "For data a hundred times smaller, ε = # leaves the deviations below #, at σ/√(σ² + ε)":
        "100 分の 1 に縮めたデータでは、ε = # のために標準偏差が # より小さく σ/√(σ² + ε) になる",
    "Data of one constant value becomes zero, not infinite":
        "値がすべて同じデータは、無限大ではなく 0 になる",
    # batch-norm-by-hand
    "example": "データの番号",
    "message to $x_i$": "$x_i$ へのメッセージ",
    "one feature, # examples": "一つの特徴、データ # 個",
    "statistics constant": "統計量を定数とした場合",
    "right: sums to #": "正しい値：和が #",
    "wrong share of squared length": "二乗した長さのうち誤りの割合",
    "messages of a network": "ネットワークのメッセージ",
    "random messages": "ランダムなメッセージ",
    "formula and graph differ by": "公式と計算グラフの差",
    "formula and layer by": "公式と層の差",
    "theory for random messages, #/N": "ランダムなメッセージの理論値 #/N",
    "Bars: right and wrong messages of ten examples; the right ones sum to zero. Curves: the wrong "
    "share falls as #/N for random messages, and lies above it for those of a network.":
        "棒グラフ：10 個のデータの正しいメッセージと誤ったメッセージ。正しいものの和は 0。曲線：誤りの"
        "割合はランダムなメッセージでは #/N で減り、ネットワークのメッセージではそれより大きい。",
    "The formula gives the gradients of the graph": "公式は計算グラフと同じ勾配を与える",
    "It gives those of the layer nn.BatchNorm1d too": "層 nn.BatchNorm1d の勾配とも一致する",
    "A gradient check finds no mistake in it": "勾配確認で誤りは見つからない",
    "The messages of a batch sum to zero": "バッチのメッセージの和は 0 である",
    "For ε = # they are orthogonal to x̂": "ε = # ならメッセージは x̂ と直交する",
    "For ε = # the share ε/(σ² + ε) of that part is left":
        "ε = # なら、その成分のうち ε/(σ² + ε) の割合が残る",
    "The check says that the statistics are treated as constants":
        "勾配確認は「統計量を定数として扱っている」と指摘する",
    "For random messages the wrong share is #/N: measured over theory":
        "ランダムなメッセージでは誤りの割合は #/N である（測定値／理論値）",
    "For a batch of two, all of the message is wrong": "2 個のバッチでは、メッセージの全部が誤りである",
    "In the network the wrong share is larger than #/N, for batches of # to #: measured over #/N":
        "ネットワークでは、バッチサイズ # から # まで誤りの割合は #1/N より大きい（#1/N との比）",
    # training-and-prediction
    "batches seen": "見たバッチの数",
    "running mean": "移動平均",
    "±# deviations": "±# 標準偏差",
    "feature #": "特徴 #",
    "expectation": "期待値",
    "outputs of the two modes apart (rms)": "二つのモードの出力の差（二乗平均平方根）",
    "Running means rise from # to # within about # batches and keep wandering in a band; the "
    "difference between training and prediction falls as one over the root of the batch size.":
        "移動平均は約 #3 バッチで #1 から #2 へ上がり、その後も帯の中を揺れ続ける。学習時と予測時の差は"
        "バッチサイズの平方根に反比例して減る。",
    "After #, #, # batches the running mean has come to # (# − #^k)":
        "#、#、# バッチの後、移動平均は # (# − #^k) に達している",
    "Then it wanders, with the deviation of a mean of # batches: measured over theory":
        "その後は # バッチ分の平均と同じ標準偏差で揺れる（測定値／理論値）",
    "Measured differences of the two modes agree with the theory: measured over theory":
        "二つのモードの差の測定値は理論と一致する（測定値／理論値）",
    "From # examples on, the difference falls with the power #/# of the batch size":
        "# 個以上では、差はバッチサイズの #/# 乗で減る",
    "For batches of #, the running variance tends to the true one, #":
        "# 個のバッチで、移動平均した分散は真の値 # に近づく",
    "The variance by which batches of # are divided is a quarter smaller on average":
        "# 個のバッチの正規化に使う分散は、平均して 4 分の 1 だけ小さい",
    "In training, a batch of one is refused": "学習時には、1 個のバッチは拒否される",
    "In prediction, an example alone gives what it gives among others: largest difference":
        "予測時には、データは単独でも他と一緒でも同じ出力になる（差の最大値）",
    # batch-norm-and-learning-rate
    "hidden layers": "隠れ層の数",
    "without batch norm": "バッチ正規化なし",
    "with batch norm": "バッチ正規化あり",
    "test accuracy (%), without batch norm": "テスト正解率 (%)、バッチ正規化なし",
    "test accuracy (%), with batch norm": "テスト正解率 (%)、バッチ正規化あり",
    "Test accuracy in percent for each depth and learning rate, as two heat maps: with batch norm "
    "the bright area reaches to learning rates about ten times as large, at all depths.":
        "層数と学習係数ごとのテスト正解率 (%) を示す二つのヒートマップ。バッチ正規化があると、どの層数"
        "でも、明るい領域が約 10 倍大きい学習係数まで広がる。",
    "The gradient of each unit's weights is orthogonal to them: largest cosine":
        "各ユニットの重みの勾配は重みと直交する（余弦の最大値）",
    "Weights ten times as large: the outputs are the same, relative difference":
        "重みを 10 倍にしても出力は同じである（相対的な差）",
    "Weights ten times as large: the gradient is divided by ten, relative difference":
        "重みを 10 倍にすると勾配は 10 分の 1 になる（相対的な差）",
    "Learning rate #, up to # layers: with batch norm at least # % are right, at each depth":
        "学習係数 #、# 層まで：バッチ正規化があれば、どの層数でも # % 以上が正解",
    "Learning rate #, up to # layers: without it at most # %, at each depth":
        "学習係数 #、# 層まで：バッチ正規化がなければ、どの層数でも # % 以下",
    "The best accuracy over all learning rates is higher with batch norm, at each depth":
        "最良の学習係数での正解率は、どの層数でもバッチ正規化があるほうが高い（差）",
    "Learning rate #, without batch norm: the weights of the second layer grow to more than a "
    "hundred times their length, or to NaN":
        "学習係数 #、バッチ正規化なし：第 2 層の重みの長さは 100 倍を超えるか NaN になる",
    "With batch norm they grow to at least # times and at most # times":
        "バッチ正規化があれば、# 倍以上 # 倍以下にとどまる",
    "With batch norm and learning rate #, up to # layers: to at most # times":
        "バッチ正規化あり、学習係数 #、# 層まで：# 倍以下である",
    # how-deep
    "recipe": "構成",
    "sigmoid, σ = #, SGD": "シグモイド、σ = #、SGD",
    "ReLU, He, SGD": "ReLU、He、SGD",
    "ReLU, He, Adam": "ReLU、He、Adam",
    "ReLU, He, Adam, batch norm": "ReLU、He、Adam、バッチ正規化",
    "# layers, before training": "# 層、学習前",
    "Left: test accuracy against depth; the plain network is at # % from # layers on, the others "
    "hold out longer, ReLU with Adam longest. Right: with batch norm the messages grow on the way "
    "back, by some hundred times over # layers; with sigmoid they vanish.":
        "左：層数に対するテスト正解率。単純なネットワークは #2 層から #1 % で、ほかはより長く持ちこたえ、"
        "Adam を使う ReLU が最も長い。右：バッチ正規化があると、メッセージは戻るにつれて増え、#3 層で"
        "数百倍になる。シグモイドでは消える。",
    "Plain: # layers learn, at least # % are right": "単純な構成：# 層なら学習し、# % 以上が正解",
    "Plain: with more layers it is guessing, at most # %":
        "単純な構成：それより多い層ではあてずっぽうと同じで、# % 以下",
    "ReLU, He, SGD: # layers learn, at least # % are right":
        "ReLU、He、SGD：# 層でも学習し、# % 以上が正解",
    "Adam is better than SGD at # layers, by at least # points":
        "# 層では Adam が SGD より # ポイント以上良い",
    "At # layers batch norm is as good as Adam alone or better: difference in points":
        "# 層では、バッチ正規化は Adam だけの場合と同等かそれ以上である（ポイント差）",
    "At # layers it is worse: difference in points": "# 層では、バッチ正規化のほうが悪い（ポイント差）",
    "Messages through batch norm grow by π/(π − #) in each layer, in the mean square":
        "バッチ正規化を通るメッセージの二乗平均は、1 層ごとに π/(π − #) 倍になる",
    "Without it they keep their size up to a few percent in each layer":
        "バッチ正規化がなければ、1 層あたり数パーセント以内で大きさが保たれる",
    "The best network of the largest depth is behind the best of # to # layers by some points":
        "最も深い中で最良のネットワークは、# 層から # 層で最良のものに数ポイント及ばない",
}  # fmt: skip
