"""The lab output-layers, of the section on many layers."""

from __future__ import annotations

JA = {
    "output layer": "出力層",
    "identity": "恒等関数",
    "largest message": "メッセージの最大値",
    "farthest from (y − t)/N": "(y − t)/N との差の最大値",
    "matched": "対応する損失",
    "sigmoid, squared error": "シグモイド・二乗誤差",
    "sigmoid, cross-entropy": "シグモイド・交差エントロピー",
    "identity, squared error": "恒等関数・二乗誤差",
    "cross-entropy": "交差エントロピー",
    "squared error": "二乗誤差",
    "output $y$ (target #)": "出力 $y$（目標値 #）",
    r"message $\delta$ for one example": r"データ 1 個のメッセージ $\delta$",
    "input $a$ of the output layer (target #)": "出力層への入力 $a$（目標値 #）",
    "learning rate × steps": "学習係数 × 更新回数",
    "two nodes": "二つのノード",
    "one node": "一つのノード",
    "Left and middle: with a matched loss the message grows with the error up to #; with a "
    "sigmoid and squared error it vanishes for outputs that are sure, right or wrong. Right: from "
    "a wrong start, squared error needs far longer to come back.":
        "左と中央：対応する損失ではメッセージが誤差とともに # まで大きくなる。シグモイドと二乗誤差では、"
        "正誤によらず、確信をもった出力のところでメッセージが消える。右：誤った初期値から出発すると、"
        "二乗誤差では戻るのにはるかに長くかかる。",
    "All three output layers send (y − t)/N: largest difference":
        "三つの出力層はどれも (y − t)/N を送る（差の最大値）",
    "Without the half and with the mean over all # outputs, the message is #/# of that":
        "½ を付けず、# 個の出力全体で平均すると、メッセージはその #/# 倍になる",
    "Sigmoid with squared error: the largest message is #/#":
        "シグモイドと二乗誤差：メッセージの最大値は #/# である",
    "… and it is sent at the output #/#": "…… それは出力が #/# のときである",
    "At the input #, sure and wrong, squared error sends e⁻¹² of the message of cross-entropy":
        "確信をもって誤る入力 # では、二乗誤差のメッセージは交差エントロピーの e⁻¹² 倍である",
    "Cross-entropy comes back from the input # after learning rate × steps = #":
        "交差エントロピーは、入力 # から、学習係数 × 更新回数 = # で戻ってくる",
    "Squared error comes back after e⁶ + #, about # times as long":
        "二乗誤差は e⁶ + # で戻ってくる（約 # 倍の長さ）",
    "In float32 and two nodes, the message at # is # and not #":
        "float32 で二つのノードに分けると、入力 # でのメッセージは # であり、# ではない",
    "In float32 and one node, it is #": "float32 で一つのノードにまとめると # である",
}  # fmt: skip
