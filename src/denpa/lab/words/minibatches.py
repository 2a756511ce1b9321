"""The section on mini-batches."""

from __future__ import annotations

JA = {
    # sample-of-the-loss
    "examples in the sample $n$": "標本のデータ数 $n$",
    "standard deviation of the sample's loss": "標本の損失の標準偏差",
    "standard deviation / loss (%)": "標準偏差／損失 (%)",
    "processor time (ms)": "CPU 時間 (ms)",
    "proportional to $n$": "$n$ に比例",
    "The spread of the sample's loss falls as one over the root of n and drops to zero where the "
    "sample is everything; the time for it grows almost in proportion to n.":
        "標本の損失のばらつきは n の平方根に反比例して小さくなり、標本が全体になると 0 に落ちる。"
        "計算時間は n にほぼ比例して増える。",
    "The mean of the samples' losses is the loss of all: difference, in standard errors":
        "標本の損失の平均は全体の損失に等しい（差を標準誤差で測った値）",
    "The spread over samples is σ/√n times √((N − n)/(N − #)): measured / theory":
        "標本ごとのばらつきは σ/√n と √((N − n)/(N − #)) の積である（測定値／理論値）",
    "# of # samples of # lie within two standard deviations of the loss of all: share":
        "大きさ #3 の標本は #2 個に #1 個の割合で、全体の損失から標準偏差の 2 倍以内に入る（割合）",
    "The loss of # examples takes at least # times as much processor time as that of #":
        "#1 個の損失には #3 個の損失の #2 倍以上の CPU 時間がかかる",
    # batch-size
    "batch size (all: #)": "バッチサイズ（全データ：#）",
    "processor time (s)": "CPU 時間 (秒)",
    "steps × batch size": "更新回数 × バッチサイズ",
    "Steps until the loss is reached: with one learning rate they soon stop falling, with the best "
    "one they fall longer; the time is least for small mini-batches and most for all examples.":
        "損失が目標に達するまでの更新回数。学習係数が一定ならすぐに下げ止まり、最良の学習係数では"
        "さらに下がる。時間は小さなミニバッチで最も短く、全データで最も長い。",
    "With learning rate #, # examples in a mini-batch need less than twice the steps of all: ratio":
        "学習係数 # では、ミニバッチが # 個でも、更新回数は全データの場合の 2 倍に満たない（比）",
    "With the best learning rate, # examples need at least # times the steps of all: ratio":
        "最良の学習係数では、# 個のミニバッチは全データの場合の # 倍以上の更新回数を要する（比）",
    "But steps × batch size grows from each batch size to the next: ratio":
        "しかし更新回数 × バッチサイズは、バッチサイズを大きくするたびに増える（比）",
    "In mini-batches of #, each example takes at least # times as long as in large ones: ratio":
        "大きさ # のミニバッチでは、データ 1 個あたりの時間が大きなミニバッチの # 倍以上になる（比）",
    "All examples at once take longer than the best mini-batch: ratio of the times":
        "全データを一度に使うと、最良のミニバッチよりも時間がかかる（時間の比）",
    # overfitting
    "gap": "差",
    "gap (points)": "差（ポイント）",
    "hidden units": "隠れユニット数",
    "hidden units (# training examples)": "隠れユニット数（訓練データ # 個）",
    "training examples (# hidden units)": "訓練データ数（隠れユニット # 個）",
    "With more examples the accuracy in the test rises towards that in training, which is # %; with "
    "more hidden units both rise, and the widest network is no worse in the test.":
        "データが増えると、テスト正解率は訓練正解率（# %）に近づく。隠れユニットが増えると両方とも"
        "上がり、最も幅の広いネットワークでもテスト正解率は下がらない。",
    "# hidden units learn up to # examples by heart: training accuracy (%)":
        "隠れユニット # 個は # 個までのデータを丸暗記する（訓練正解率、%）",
    "More examples, a better test: rise of the mean accuracy from each number to the next (points)":
        "データが増えるほどテスト正解率は高い（データ数の段階ごとの、平均正解率の上昇、ポイント）",
    "From the fewest examples to the most, the gap shrinks to less than half: ratio":
        "データ数が最少の場合から最多の場合までに、差は半分未満に縮む（比）",
    "# hidden units are too few for # examples: mean training accuracy (%)":
        "隠れユニット # 個では、# 個のデータに対して少なすぎる（訓練正解率の平均、%）",
    "The widest network is not worse in the test than one of # units: difference (points)":
        "最も幅の広いネットワークのテスト正解率は、# ユニットの場合に劣らない（差、ポイント）",
    "Shuffled labels are learned by heart: accuracy (%)":
        "シャッフルしたラベルも丸暗記される（正解率、%）",
    "In the test, that is worth # % of right answers": "それはテストでは # % の正解にしかならない",
    # one-epoch
    "step (dashed: a new epoch)": "更新回数（破線：エポックの境目）",
    "number of the example in the mini-batch": "ミニバッチに入ったデータの番号",
    "mean squared error": "平均二乗誤差",
    "its mini-batch, before": "そのミニバッチ（更新前）",
    "all examples, after": "全データ（更新後）",
    "loss of its mini-batch": "ミニバッチの損失",
    "loss of all examples": "全データの損失",
    "estimate of the whole gradient": "全データの勾配の推定",
    "one mini-batch": "ミニバッチ 1 個",
    "plain mean of an epoch": "1 エポックの単純平均",
    "mean of an epoch, weighted by size": "1 エポックの、大きさを重みとする平均",
    "The examples of each step, scattered over all #, with fewer in the last step of each epoch; "
    "the loss of the mini-batches jumps about, that of all examples falls more evenly.":
        "各更新で使われたデータは # 個全体に散らばり、各エポックの最後の更新では少ない。"
        "ミニバッチの損失は大きく上下し、全データの損失はより滑らかに下がる。",
    "In each of # epochs, each of the # examples comes exactly once":
        "# エポックのどれでも、# 個のデータがちょうど 1 回ずつ現れる",
    "Mini-batches of # make # steps of # examples, and the last has #":
        "#3 個のデータは大きさ #1 のミニバッチで #2 回の更新になり、最後は #4 個である",
    "No two epochs have the same order": "どの二つのエポックも順序が異なる",
    "fit ends with the weights of the loop: largest difference":
        "fit の結果はこのループと同じ重みになる（差の最大値）",
    "The gradients of an epoch's mini-batches, weighted by size, have the whole gradient as their "
    "mean: largest relative error":
        "1 エポックのミニバッチの勾配を大きさを重みとして平均すると、全データの勾配になる（相対誤差の最大値）",
    "Their plain mean misses the whole gradient: mean relative error":
        "単純平均では全データの勾配に一致しない（相対誤差の平均）",
    "With replacement, # draws miss (# − #/N)^N of # examples, about #/e":
        "復元抽出では、#1 回引いても、#4 個のうち割合 (#2 − #3/N)^N、およそ #5/e を取りこぼす",
}  # fmt: skip
