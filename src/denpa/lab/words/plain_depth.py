"""The lab plain-depth, of the section on many layers."""

from __future__ import annotations

JA = {
    "The factor a layer is the theory's, measured over theory: sigmoid with #, ReLU with #, "
    "ReLU with √(#/n)":
        "一層ごとの倍率は理論どおりである（測定値／理論値。# のシグモイド、# の ReLU、√(#/n) の ReLU の順）",
    "The sigmoid with #/√n loses three quarters of the message a layer, or a little more: factor":
        "#/√n のシグモイドでは、メッセージは一層ごとに四分の三か、それより少し多く失われる（倍率）",
    "Two layers learn in all four cases: test accuracy (%)":
        "2 層なら四つの場合の全てで学習する：テスト正解率 (%)",
    "With # layers, all but ReLU with √(#/n) are at chance: test accuracy (%)":
        "# 層では、√(#/n) の ReLU 以外は偶然と変わらない：テスト正解率 (%)",
    "With # layers, ReLU with √(#/n) learns: test accuracy (%)":
        "# 層でも、√(#/n) の ReLU は学習する：テスト正解率 (%)",
    "On MNIST, # plain layers are no better than #: percentage points":
        "MNIST では、ただ重ねただけの # 層は # 層より良くならない（差、ポイント）",
    "With two layers all four networks read digits; with the most layers only ReLU with He's "
    "values does, the others are at chance. The length of the message falls along a straight line "
    "on a logarithmic scale from the last layer to the first, except for ReLU with He's values, "
    "where it stays level.":
        "2 層では四つのネットワークの全てが数字を読めるが、最も深いものでは He の初期値の ReLU だけが読め、"
        "他は偶然と変わらない。メッセージの長さは、最後の層から最初の層へ、対数目盛で直線に沿って減る。"
        "He の初期値の ReLU だけは水平のままである。",
    "hidden layer (#: next to the input)": "隠れ層（# が入力の隣）",
    "length of the message": "メッセージの長さ",
    "before training; thin lines: theory": "学習前。細線は理論値",
    "sigmoid, s = #": "シグモイド、s = #",
    "sigmoid, s = #/√n": "シグモイド、s = #/√n",
    "ReLU, s = #": "ReLU、s = #",
    "ReLU, s = √(#/n)": "ReLU、s = √(#/n)",
    "factor a layer, theory": "一層ごとの倍率（理論値）",
    "factor a layer, measured": "一層ごとの倍率（測定値）",
    "message at the first layer": "最初の層でのメッセージ",
    "test accuracy (%), # layers": "テスト正解率 (%)、# 層",
}  # fmt: skip
