"""The section beyond the texts."""

from __future__ import annotations

JA = {
    # dropout-paper
    "test error (%)": "テスト誤り率 (%)",
    "in the paper (%)": "論文の値 (%)",
    "the paper": "論文の値",
    "lowest": "最小",
    "highest": "最大",
    "one seed": "乱数の種ごと",
    "mean of the seeds": "平均",
    "no dropout": "ドロップアウトなし",
    "dropout, max-norm": "ドロップアウト、max-norm",
    "ReLU, # × #": "ReLU, # × #",
    "logistic, # × #": "シグモイド, # × #",
    "no dropout, logistic, # × #": "ドロップアウトなし、シグモイド、# × #",
    "no dropout, ReLU, # × #": "ドロップアウトなし、ReLU、# × #",
    "dropout, logistic, # × #": "ドロップアウト、シグモイド、# × #",
    "dropout, ReLU, # × #": "ドロップアウト、ReLU、# × #",
    "dropout, max-norm, ReLU, # × #": "ドロップアウト、max-norm、ReLU、# × #",
    "Left: the test errors of the networks, those with dropout below those without. Right: without "
    "dropout the test loss falls and then rises again; with dropout it stays lower.":
        "左：各ネットワークのテスト誤り率。ドロップアウトのあるものは、ないものより低い。右：ドロップアウトなしでは"
        "テスト損失は下がった後に再び上がり、ありではより低いままである。",
    "Dropout lowers the test loss to less than # of that without it (same network, mean of the "
    "seeds)":
        "ドロップアウトはテスト損失を、なしの場合の # 倍未満に下げる（同じネットワーク、乱数の種についての平均）",
    "It lowers the test error (mean of the seeds): with dropout, divided by without":
        "テスト誤り率も下げる（乱数の種についての平均。ありをなしで割った値）",
    "Without dropout, the test loss rises again: its value at the end, divided by its lowest":
        "ドロップアウトなしではテスト損失が再び上がる（最後の値を最小値で割った値）",
    "dropout, max-norm, ReLU, # × #: the longest weights into a unit are as long as allowed":
        "ドロップアウト、max-norm、ReLU、# × #：ユニットに入る重みの長さの最大値は上限に等しい",
    "no dropout, logistic, # × #: the error lies within # points of the paper's":
        "ドロップアウトなし、シグモイド、# × #：誤り率は論文の値から # ポイント以内にある",
    "dropout, logistic, # × #: the error lies within # points of the paper's":
        "ドロップアウト、シグモイド、# × #：誤り率は論文の値から # ポイント以内にある",
    "dropout, ReLU, # × #: the error lies within # points of the paper's":
        "ドロップアウト、ReLU、# × #：誤り率は論文の値から # ポイント以内にある",
    "dropout, max-norm, ReLU, # × #: the error lies within # points of the paper's":
        "ドロップアウト、max-norm、ReLU、# × #：誤り率は論文の値から # ポイント以内にある",
    "Dropout with max-norm makes at most # times the errors of the standard network":
        "max-norm 付きドロップアウトの誤りは、標準的なネットワークの # 倍以下である",
    # channel-code
    "$E_b/N_0$ (dB)": "$E_b/N_0$ (dB)",
    "block error rate": "ブロック誤り率",
    "lines: theory; markers: measured": "線：理論値、記号：測定値",
    "no code": "符号なし",
    "Hamming, hard decision": "ハミング符号、硬判定",
    "Hamming, nearest word": "ハミング符号、最近傍の語",
    "learned code and receiver": "学習した符号と受信器",
    "squared distance": "距離の 2 乗",
    "pairs of words at most so far apart": "距離がその値以下の語の組の数",
    "learned codes": "学習した符号",
    "Hamming's code": "ハミング符号",
    "union bound": "ユニオン限界",
    "learned, mean": "学習した符号、平均",
    "learned, worst": "学習した符号、最悪",
    "Left: block error rates fall with the signal-to-noise ratio; the learned codes lie on the "
    "curve of Hamming's code with the nearest word, below the hard decision and no code. Right: "
    "the distances of the learned codes lie around the three steps of Hamming's code.":
        "左：ブロック誤り率は SN 比とともに下がる。学習した符号は、最近傍の語を選ぶハミング符号の曲線の上にあり、"
        "硬判定や符号なしより低い。右：学習した符号の距離は、ハミング符号の三つの段の周りに分布する。",
    "Without a code, the errors are # − (# − p)⁴: difference in standard deviations of the count":
        "符号なしの誤り率は # − (# − p)⁴ である（差を計数の標準偏差で割った値）",
    "With a hard decision, they are those of the binomial formula: difference in standard "
    "deviations of the count":
        "硬判定の誤り率は二項分布の式のとおりである（差を計数の標準偏差で割った値）",
    "The nearest word of Hamming's code errs no more than the union bound: excess in standard "
    "deviations of the count":
        "ハミング符号で最近傍の語を選ぶときの誤り率は、ユニオン限界を超えない（超過を計数の標準偏差で割った値）",
    "At # dB it meets the bound: measured error rate divided by it":
        "# dB では限界に一致する（誤り率の測定値を限界で割った値）",
    "At the noise of training, no learned code has more than # times the errors of Hamming's code "
    "with the best receiver":
        "訓練時の雑音では、どの学習した符号の誤りも、最良の受信器によるハミング符号の # 倍を超えない",
    "Training makes the errors at # dB at least # times as rare: union bound before, divided by "
    "that after it":
        "学習により # dB での誤りは # 分の 1 以下になる（学習前のユニオン限界を学習後のもので割った値）",
    "For an error rate of # in #, no learned code needs # dB more than Hamming's":
        "誤り率 #2 分の #1 のために、ハミング符号より #3 dB 以上多く要する学習した符号はない",
    "For an error rate of # in #, every learned code saves at least # dB against no code":
        "誤り率 #2 分の #1 のために、どの学習した符号も、符号なしに比べて #3 dB 以上を節約する",
    "The receiver's weights are the sender's points divided by σ²: relative error":
        "受信器の重みは、送信器の点を σ² で割ったものである（相対誤差）",
    # unfolded-detector
    "signal-to-noise ratio (dB)": "SN 比 (dB)",
    "bit error rate": "ビット誤り率",
    "bit error rate at # dB": "# dB でのビット誤り率",
    "bit error rate behind it, at # dB": "その層の後のビット誤り率（# dB）",
    "zero forcing": "ゼロフォーシング",
    "zero forcing, theory": "ゼロフォーシング、理論値",
    "MMSE": "MMSE",
    "MMSE, theory": "MMSE、理論値",
    "one γ, one θ": "γ と θ が一つずつ",
    "unfolded": "深層展開",
    "step size γ": "ステップ幅 γ",
    "limit of plain descent": "ただの勾配降下法の限界",
    "how it was trained": "訓練のしかた",
    "all at once from γ = #": "γ = # から一度に",
    "layer by layer from γ = #": "γ = # から 1 層ずつ",
    "best seed": "最良の種",
    "worst seed": "最悪の種",
    "Left: the bit error rate of the unfolded detector falls far below that of the others as the "
    "signal-to-noise ratio grows. Middle: its step sizes are small in the first layers, very large "
    "in the sixth, small after it. Right: its errors fall most in the last layers.":
        "左：SN 比が上がると、深層展開した検出器のビット誤り率はほかよりずっと低くなる。中：そのステップ幅は初めの"
        "層で小さく、6 層目で非常に大きく、その後は小さい。右：誤りは後ろの層で最も減る。",
    "Zero forcing errs with the probability arctan(σ√n)/π: difference in standard errors":
        "ゼロフォーシングの誤り率は arctan(σ√n)/π である（差を標準誤差で割った値）",
    "With # antennas, MMSE errs as the theory for large n says: error rate divided by it":
        "アンテナ # 本では、MMSE の誤り率は n が大きいときの理論値に一致する（理論値で割った値）",
    "The unfolded detector makes at most # times the errors of the constant one at # dB, for each "
    "seed":
        "#2 dB での深層展開の誤りは、どの乱数の種でも、γ と θ が一定のものの #1 倍以下である",
    "And at most # times those of MMSE": "また、MMSE の # 倍以下である",
    "Each unfolded detector takes a step of at least three times the limit of plain descent":
        "どの深層展開の検出器も、ただの勾配降下法の限界の 3 倍以上のステップを含む（限界で割った値）",
    "And most of its layers stay below twice the limit: their number of #":
        "しかし大半の層は限界の 2 倍未満にとどまる（# 層のうちの層数）",
    "The trust θ at least doubles from the first layer to the last":
        "信頼度 θ は最初の層から最後の層までに 2 倍以上になる",
    "Behind layer #, the unfolded detector still errs more than the constant one: means divided":
        "# 層目の後では、深層展開の検出器の誤りはまだ一定のものより多い（平均の比）",
    "From a sound start, layer by layer is no better than all at once: mean error rates divided":
        "良い初期値からは、1 層ずつは一度に勝らない（平均誤り率の比）",
    "From a bad start, all at once makes at least # times the errors of layer by layer: means "
    "divided":
        "悪い初期値からは、一度に訓練したものの誤りは 1 層ずつの # 倍以上である（平均の比）",
}  # fmt: skip
