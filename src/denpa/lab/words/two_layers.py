"""The section on two layers, from scratch."""

from __future__ import annotations

JA = {
    # all three
    "All gradients of the layers are right": "層の勾配はすべて正しい",
    "NumPy's loss and Denpa's are the same in every epoch: largest relative difference":
        "NumPy と Denpa の損失はどのエポックでも同じである（相対的な差の最大値）",
    # regression
    "noise alone": "雑音だけの場合",
    "test data": "テストデータ",
    "best possible": "達成可能な最良値",
    "The training loss of NumPy and that of Denpa lie on each other and come down to the noise; the "
    "network's curve follows the sine through the scattered test points.":
        "NumPy と Denpa の訓練損失は重なり、雑音の水準まで下がる。"
        "ネットワークの曲線は、散らばったテストデータの間を正弦波に沿って通る。",
    "Both networks predict the same on the test data: largest difference":
        "テストデータに対する二つのネットワークの予測は同じである（差の最大値）",
    "On the test data, R² is what the noise leaves":
        "テストデータでの R² は、雑音を除いて説明できる分に等しい",
    # two-classes
    "class #": "クラス #",
    "one layer": "1 層",
    "two layers": "2 層",
    "The training loss of NumPy and that of Denpa lie on each other; the boundary of two layers "
    "winds between the two half-moons, that of one layer cuts through both.":
        "NumPy と Denpa の訓練損失は重なる。2 層の境界は二つの三日月の間を縫うように曲がり、"
        "1 層の境界は両方を横切る。",
    "Both networks have the same scores on the test data: largest difference":
        "テストデータに対する二つのネットワークのスコアは同じである（差の最大値）",
    "Two layers part the moons: test accuracy (%)": "2 層なら三日月を分けられる（テスト正解率、%）",
    "One layer does not: test accuracy (%)": "1 層では分けられない（テスト正解率、%）",
    # many-classes
    "worst: answer (truth)": "最悪の誤り：答え（正解）",
    "The training loss of NumPy and that of Denpa lie on each other; accuracy rises for training "
    "and test data; twelve pictures that the network gets wrong, with its answer and the truth.":
        "NumPy と Denpa の訓練損失は重なる。正解率は訓練データでもテストデータでも上がる。"
        "ネットワークが間違えた 12 枚の画像と、その答えおよび正解。",
    "For each picture, the ten messages sum to zero: largest sum times the number of pictures":
        "どの画像でも、十個のメッセージの和は 0 である（和の最大値と画像数の積）",
    "The accuracy on the test data is the same in every epoch: largest difference (points)":
        "テストデータでの正解率はどのエポックでも同じである（差の最大値、ポイント）",
    "A small share of the digits is enough for a good part of the others: test accuracy (%)":
        "数字のごく一部で学習すれば、残りの大部分を当てられる（テスト正解率、%）",
}  # fmt: skip
