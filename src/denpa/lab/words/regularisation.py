"""The section on regularisation."""

from __future__ import annotations

JA = {
    # contours
    "L2 with λ = # has its minimum at (#/#, #/#)":
        "λ = #1 の L2 では最小点が (#2/#3, #4/#5) になる",
    "L1 with λ = # puts the first weight to zero exactly":
        "λ = # の L1 では第 1 の重みがちょうど 0 になる",
    "L1 with λ = # leaves # of the second": "λ = # の L1 では第 2 の重みに # が残る",
    "For each λ, descent finds the minimum of the L2 formula":
        "どの λ でも、降下法は L2 の公式が与える最小点に達する",
    "For each λ, the proximal step finds the soft threshold":
        "どの λ でも、近接勾配法はソフトしきい値の値に達する",
    "No weight is exactly zero under L2": "L2 では、ちょうど 0 になる重みはない",
    "Weights that are exactly zero under L1: one for λ above #, both for λ above #":
        "L1 でちょうど 0 になる重みの数：λ が # を超えると 1 個、# を超えると 2 個",
    "With the subgradient the first weight stays within # learning rates of zero":
        "劣勾配法では、第 1 の重みは 0 から学習係数の # 倍以内にとどまる",
    "In # steps it is never zero": "# 回の更新の間、それが 0 になることは一度もない",
    "Ellipses of the error with the circle of L2 and the square of L1 that touch them at the "
    "minimum: the circle beside the axis, the square at its corner on it. The path of the minimum "
    "runs along the axis under L1. Under the subgradient, the weight jumps about zero.":
        "誤差の楕円と、最小点でそれに接する L2 の円および L1 の正方形。円は軸から離れた所で、"
        "正方形は軸上の角で接する。L1 では最小点の軌跡が軸に沿う。劣勾配法では重みが 0 の"
        "まわりで跳ね続ける。",
    "L2: circles": "L2：円",
    "minimum as λ grows": "λ を増したときの最小点",
    "found by descent": "降下法の結果",
    "L1: squares on a corner": "L1：角で立つ正方形",
    "L1 with λ = #": "L1、λ = #",
    "subgradient": "劣勾配法",
    "proximal": "近接勾配法",
    # sparsity
    "L1: share of weights that are gone (%), each seed": "L1：消えた重みの割合 (%)、乱数の種ごと",
    "They are at least five times as many as under L2, each seed":
        "それは L2 の場合の 5 倍以上である（乱数の種ごと）",
    "L1 costs less than # percentage points of accuracy, in the mean":
        "L1 による正解率の低下は平均で # ポイント未満である",
    "Setting the gone weights to zero changes the accuracy by less than # point, each seed":
        "消えた重みを 0 に置き換えても、正解率の変化は # ポイント未満である（乱数の種ごと）",
    "Dark pixels under L2: every weight is the first one times this factor":
        "L2 での暗い画素：どの重みも初期値にこの係数を掛けたものである",
    "Dark pixels under L1: largest distance to the formula is one step":
        "L1 での暗い画素：公式とのずれは最大で 1 歩分である",
    "Histograms of the sizes of the weights: under L1 most lie below a thousandth, under L2 and "
    "without a penalty nearly all above. As pictures, the weights into a hidden unit are noise "
    "all over under L2, and a few strokes on an even ground under L1.":
        "重みの大きさのヒストグラム。L1 では多くが千分の一より小さく、L2 と罰則なしではほとんどが"
        "それより大きい。隠れユニットへの重みを画像として見ると、L2 では全面が雑音、L1 では一様な"
        "地に数本の線がある。",
    "size of a weight $|w|$": "重みの大きさ $|w|$",
    "no penalty": "罰則なし",
    "L2: weights into nine units": "L2：9 個のユニットへの重み",
    "L1: weights into nine units": "L1：9 個のユニットへの重み",
    "penalty": "罰則",
    "weights that are gone (%)": "消えた重み (%)",
    # dropout-scaling
    "The mean over the masks is the prediction: distance in standard errors, each output":
        "マスクについての平均は予測に等しい：標準誤差で測った差（全出力の最大値）",
    "The variance follows p / (# − p) and p (# − p): measured over theory":
        "分散は p / (# − p) と p (# − p) に従う：測定値と理論値の比",
    "With matched weights and learning rates, both forms predict the same after # steps":
        "重みと学習係数を対応させると、# 回の更新の後も両者の予測は等しい",
    "and have the same weights, up to the factor # − p": "重みも、係数 # − p を除いて等しい",
    "Behind a ReLU at its corner, the mean is not # but $\\sigma / \\sqrt{2 \\pi}$, up to a tenth":
        "ReLU の折れ目では、平均は # ではなく $\\sigma / \\sqrt{2 \\pi}$ である（1 割の範囲で）",
    "Two histograms of an output over the masks, the inverted one wider; a line, the prediction, "
    "stands in the middle of each. The measured variances lie on the curves p / (# − p) and "
    "p (# − p).":
        "マスクについての出力のヒストグラム二つ。逆数型のほうが広い。どちらも予測を示す線が中央に"
        "ある。分散の測定値は曲線 p / (# − p) と p (# − p) の上に並ぶ。",
    "output in training": "訓練時の出力",
    "density": "密度",
    "one output, the same weights, p = #": "一つの出力、同じ重み、p = #",
    "inverted": "逆数型",
    "classic": "古典型",
    "dropout rate $p$": "ドロップアウト率 $p$",
    "variance / $\\Sigma (x W)^2$": "分散 / $\\Sigma (x W)^2$",
    "inverted: measured": "逆数型：測定値",
    "inverted: theory": "逆数型：理論値",
    "classic: measured": "古典型：測定値",
    "classic: theory": "古典型：理論値",
    # dropout-ensemble
    "One layer: the geometric mean over all # masks is the scaled answer, for each p":
        "1 層：全 # 通りのマスクにわたる幾何平均は、縮小した答えに等しい（どの p でも）",
    "One layer: the arithmetic mean is another one, difference for some p":
        "1 層：算術平均はそれとは異なる（ある p での差）",
    "One hidden layer: the distance of the geometric mean falls as #/n, exponent":
        "隠れ層 1 層：幾何平均との隔たりは #/n で減る（指数）",
    "The arithmetic mean of all masks is at least # times as far away, both networks":
        "全マスクの算術平均はその # 倍以上離れている（両方のネットワーク）",
    "Scaled network and mean of all masks: difference in accuracy (points), both networks":
        "縮小したネットワークと全マスクの平均との正解率の差（ポイント、両方のネットワーク）",
    "A single mask has a lower accuracy than the scaled network, by (points), both networks":
        "一つのマスクの正解率は縮小したネットワークより低い（ポイント、両方のネットワーク）",
    "Bars: the geometric mean over all masks has the height of the scaled answer in each class, "
    "the arithmetic mean has not. Curves: the distance of the geometric mean falls as one over "
    "the number of masks, that of the arithmetic mean levels off.":
        "棒：全マスクの幾何平均はどのクラスでも縮小した答えと同じ高さで、算術平均はそうではない。"
        "曲線：幾何平均の隔たりはマスクの数に反比例して減り、算術平均の隔たりは横ばいになる。",
    "class": "クラス",
    "probability": "確率",
    "all # masks of one layer": "1 層の全 # 通りのマスク",
    "scaled": "縮小",
    "geometric mean": "幾何平均",
    "arithmetic mean": "算術平均",
    "masks $n$": "マスクの数 $n$",
    "KL divergence from the scaled answer": "縮小した答えとの KL 情報量",
    "one hidden layer, geometric": "隠れ層 1 層、幾何平均",
    "one hidden layer, arithmetic": "隠れ層 1 層、算術平均",
    "two hidden layers, geometric": "隠れ層 2 層、幾何平均",
    "two hidden layers, arithmetic": "隠れ層 2 層、算術平均",
    "one mask: test accuracy (%)": "マスク 1 個：テスト正解率 (%)",
    "mean of all masks: test accuracy (%)": "全マスクの平均：テスト正解率 (%)",
    "scaled: test accuracy (%)": "縮小：テスト正解率 (%)",
    "one hidden layer": "隠れ層 1 層",
    "two hidden layers": "隠れ層 2 層",
    # early-stopping
    "With # % wrong labels early stopping gains accuracy (points), in the mean":
        "# % のラベルが誤りのとき、早期終了で正解率が上がる（ポイント、平均）",
    "With right labels it changes the accuracy little (points), in the mean":
        "ラベルが正しいとき、正解率はほとんど変わらない（ポイント、平均）",
    "With right labels: test loss when stopped over test loss at the end, in the mean":
        "ラベルが正しいとき：早期終了と最後までとのテスト損失の比（平均）",
    "With wrong labels the best epoch is in the first half, each seed":
        "誤ったラベルでは、最良のエポックは前半にある（乱数の種ごと）",
    "The network has the weights of its best epoch: distance of the validation losses":
        "ネットワークは最良のエポックの重みをもつ：検証損失の差",
    "With wrong labels, the training loss falls to zero while the validation loss turns and rises "
    "after a few epochs. The test accuracy falls from then on. With right labels the test accuracy "
    "rises and stays.":
        "誤ったラベルでは、訓練損失が 0 に向かう一方で、検証損失は数エポックで上昇に転じ、テスト"
        "正解率もそこから下がる。正しいラベルでは、テスト正解率は上がったままである。",
    "# % wrong labels": "# % が誤ったラベル",
    "loss (validation)": "損失（検証）",
    "best epoch": "最良のエポック",
    "right labels": "正しいラベル",
    "weights that early stopping keeps": "早期終了が残す重み",
    "to the end: test accuracy (%)": "最後まで：テスト正解率 (%)",
    "stopped: test accuracy (%)": "早期終了：テスト正解率 (%)",
    "to the end: test loss": "最後まで：テスト損失",
    "stopped: test loss": "早期終了：テスト損失",
    "epochs until stopped": "終了までのエポック数",
    # ensembles
    "Squared error of the ensemble = mean of the members − disagreement, largest difference":
        "アンサンブルの二乗誤差 = 構成員の平均 − 不一致度（差の最大値）",
    "The loss of the ensemble is below the mean of the members', by":
        "アンサンブルの損失は構成員の損失の平均より小さい（その差）",
    "train.Ensemble gives the mean of the probabilities, largest difference":
        "train.Ensemble は確率の平均を与える（差の最大値）",
    "Bagging: members disagree at least twice as much as on the same data, each seed":
        "バギング：構成員の不一致度は、同じデータの場合の 2 倍以上である（乱数の種ごと）",
    "Error rate gained with the same data (points), in the mean":
        "同じデータで得られる誤り率の改善（ポイント、平均）",
    "Error rate gained with bagging (points), in the mean":
        "バギングで得られる誤り率の改善（ポイント、平均）",
    "Bagging's ensemble makes no fewer errors than the other (points more), in the mean":
        "バギングのアンサンブルの誤りは、もう一方より少なくはない（増加ポイント、平均）",
    "Error rate by the number of members: it falls for both ways, steeper for bagging, which "
    "begins higher. The loss of bagging's members is higher, that of its ensemble the same.":
        "構成員の数と誤り率。どちらの方法でも下がり、高い所から始まるバギングのほうが急である。"
        "バギングの構成員の損失は大きいが、アンサンブルの損失は同程度である。",
    "members $M$": "構成員の数 $M$",
    "the same data": "同じデータ",
    "bagging": "バギング",
    "members, mean": "構成員の平均",
    "ensemble": "アンサンブル",
    "members": "構成員",
    "error rate of one (%)": "1 個の誤り率 (%)",
    "error rate of the ensemble (%)": "アンサンブルの誤り率 (%)",
    "disagreement": "不一致度",
    "loss of one": "1 個の損失",
    "loss of the ensemble": "アンサンブルの損失",
    # augmentation
    "# examples, test data as they are: accuracy with augmentation minus without (points)":
        "訓練データ # 個、元のままのテストデータ：データ拡張による正解率の変化（ポイント）",
    "Shifted test data: accuracy gained by augmentation (points), each size":
        "ずらしたテストデータ：データ拡張による正解率の向上（ポイント、データ数ごと）",
    "The gap between training and test accuracy shrinks (points), in the mean":
        "訓練正解率とテスト正解率の差が縮まる（ポイント、平均）",
    "A digit with eight shifted and turned copies; test accuracy by the number of training "
    "examples, with augmentation and without. On shifted test data the network without it fails.":
        "一つの数字と、ずらしたり回したりした 8 個の写し。データ拡張の有無による、訓練データ数と"
        "テスト正解率。ずらしたテストデータでは、データ拡張なしのネットワークは失敗する。",
    "a digit, and eight changes": "一つの数字と 8 通りの変形",
    "test data as they are": "元のままのテストデータ",
    "without": "なし",
    "with augmentation": "データ拡張あり",
    "test data, shifted": "ずらしたテストデータ",
    "augmentation": "データ拡張",
    "test accuracy, shifted (%)": "テスト正解率、ずらしたもの (%)",
    "with": "あり",
    # noisy-labels
    "The mean loss over the noise is the loss with label smoothing, difference":
        "雑音についての損失の平均は、ラベル平滑化の損失に等しい（差）",
    "Fixed noise on # % of the labels costs accuracy (points), in the mean":
        "ラベルの # % への固定された雑音は正解率を下げる（ポイント、平均）",
    "Fresh noise of the same amount costs less than a third as much, in the mean":
        "同じ量でも毎回新しい雑音による低下は、その 3 分の 1 より小さい（平均の比）",
    "Smoothing changes the accuracy little (points), in the mean":
        "平滑化は正解率をほとんど変えない（ポイント、平均）",
    "With smoothing the network is as sure as theory says, each seed":
        "平滑化では、ネットワークの確信度は理論どおりである（乱数の種ごと）",
    "and with fresh noise nearly so": "毎回新しい雑音でも、ほぼそうである",
    "Bars with a dot for each seed. Test accuracy: fixed noise is far below the other three, which "
    "are alike. Largest probability: near the line # − q for fresh noise and smoothing.":
        "棒と、乱数の種ごとの点。テスト正解率は固定された雑音だけがはるかに低く、他の三つは同程度で"
        "ある。最大の確率は、毎回新しい雑音と平滑化で線 # − q の近くにある。",
    "fixed noise": "固定雑音",
    "fresh noise": "新しい雑音",
    "smoothing": "平滑化",
    "largest probability, training data": "最大の確率（訓練データ）",
    "labels in training": "訓練時のラベル",
    # pseudo-labels
    "The labels that the network is sure of are right more often than all of them (points), each "
    "seed and round":
        "ネットワークが確信するラベルの正解率は、ラベル全体より高い（ポイント、乱数の種と回ごと）",
    "Accuracy gained over the control after # rounds (points), in the mean":
        "# 回の後、対照と比べて上がった正解率（ポイント、平均）",
    "It harms in no seed by more than # points":
        "どの乱数の種でも、# ポイントを超えて下がることはない",
    "Test accuracy by round, for each seed and in the mean, with the control as a line; and the "
    "share of pictures that the network is sure of, with how many of these and of all it gets "
    "right.":
        "回ごとのテスト正解率（乱数の種ごとと平均、対照は水平線）と、ネットワークが確信する画像の"
        "割合、そのうちの正解の割合、全体での正解の割合。",
    "round": "回",
    "each seed": "乱数の種ごと",
    "control, mean": "対照の平均",
    "pseudo-labels (%)": "疑似ラベル (%)",
    "sure: share of all (%)": "確信：全体に占める割合 (%)",
    "of these, right (%)": "そのうち正解 (%)",
    "of all, right (%)": "全体のうち正解 (%)",
    "more than control (points)": "対照との差（ポイント）",
    # all-together
    "All together against plain: change of the error rate (points), in the mean":
        "すべて併用と単純なものとの誤り率の差（ポイント、平均）",
    "Augmentation alone (points), in the mean": "データ拡張だけの場合（ポイント、平均）",
    "Batch norm, dropout, L2, each alone: little, to one side or the other (points)":
        "バッチ正規化、ドロップアウト、L2 を単独で：良くも悪くも変化は小さい（ポイント）",
    "All together is the best, or behind the best by no more than (points)":
        "すべて併用が最良か、最良との差はわずかである（ポイント）",
    "Bars of the error rate of seven networks with their standard errors, and the differences to "
    "the plain network of the same seed: below zero in the mean for all together.":
        "七つのネットワークの誤り率の棒と標準誤差、および同じ乱数の種の単純なネットワークとの差。"
        "すべて併用では差の平均が 0 より小さい。",
    "plain": "単純",
    "all": "すべて併用",
    "change against plain (points)": "単純なものとの差（ポイント）",
    "standard error": "標準誤差",
}  # fmt: skip
