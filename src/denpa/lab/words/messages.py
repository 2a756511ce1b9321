"""The section on messages."""

from __future__ import annotations

JA = {
    # messages-on-edges
    "edges": "辺の数",
    "paths": "経路の数",
    "nodes, against the engine": "ノード：エンジンとの差",
    "parameters, against the engine": "パラメータ：エンジンとの差",
    "nodes, against matrices": "ノード：行列形式との差",
    "from node": "送り元のノード",
    "local derivative": "局所的な微分",
    "sum at that node": "そのノードでの和",
    "message to node #": "ノード # へのメッセージ",
    "forward: local derivatives": "順伝播：局所的な微分",
    "backward: messages": "逆伝播：メッセージ",
    "The network twice. Left: values in the nodes, local derivatives as the widths of the edges. "
    "Right: messages as the widths of the edges, and in each node the sum of what arrives from "
    "the right. Negative ones are dashed.":
        "同じネットワークを二つ描いた図。左：ノードの中は値、辺の太さは局所的な微分。"
        "右：辺の太さはメッセージ、ノードの中は右から届くものの和。負のものは破線。",
    "At each node, the messages sum to the engine's gradient: largest relative difference":
        "どのノードでも、メッセージの和はエンジンの勾配に等しい（相対的な差の最大値）",
    "The sums give each layer's parameters the engine's gradient: largest relative difference":
        "その和から得られる各層のパラメータの勾配は、エンジンの勾配に等しい（相対的な差の最大値）",
    "The messages sum to the vector of the matrix form: largest relative difference":
        "メッセージの和は、行列形式のベクトルに等しい（相対的な差の最大値）",
    "The small network's parameter gradients are slopes of the loss, by differences":
        "小さなネットワークのパラメータの勾配は、数値微分で測った損失の傾きに等しい",
    "The sum over all paths is the sum of messages: relative difference":
        "すべての経路についての和は、メッセージの和に等しい（相対的な差）",
    "It has # paths, a product": "経路は # 本あり、幅の積である",
    "… on # edges, a sum": "…… 辺は # 本であり、和である",
    # multiplications
    "one pull": "逆方向 1 回",
    "one push": "順方向 1 回",
    "pull / forward": "逆方向 / 順伝播",
    "differences": "差分",
    "forward mode": "順方向",
    "reverse mode": "逆方向",
    "one forward pass": "順伝播 1 回",
    "multiplications": "乗算の回数",
    "outputs": "出力の数",
    "as many outputs as inputs": "出力と入力が同数",
    "Jacobian: cost in forward passes": "ヤコビ行列のコスト（順伝播の回数）",
    "Left: multiplications against parameters for # layers, markers counted and lines by the "
    "formulas; differences and forward mode grow with the square, reverse mode runs beside one "
    "forward pass. Right: the costs of a Jacobian by both modes cross at # outputs.":
        "左：# 層のネットワークの、パラメータ数に対する乗算の回数。印は数えた値、線は公式。"
        "差分と順方向は 2 乗で増え、逆方向は順伝播 1 回と並んで進む。"
        "右：ヤコビ行列を求める二つの方法のコストは、出力の数 # で交わる。",
    "A forward pass has Tn² multiplications": "順伝播の乗算は Tn² 回である",
    "A pull has (3T − #)n² + 2Tn multiplications":
        "逆方向 1 回の乗算は (3T − #)n² + 2Tn 回である",
    "A push has as many, and finds one slope in place of all":
        "順方向 1 回の乗算も同数だが、得られる傾きは全部ではなく一つである",
    "A pull is # forward passes or more, and less than # + #/width":
        "逆方向 1 回は順伝播 # 回分以上、# + #/幅 回分未満である",
    "With # inputs and # outputs, the Jacobian costs the same by both modes":
        "入力 # 個、出力 # 個では、ヤコビ行列のコストは二つの方法で等しい",
    "With fewer outputs reverse mode is cheaper, with more forward mode":
        "出力がそれより少なければ逆方向が安く、多ければ順方向が安い",
    "No other equation multiplies": "ほかに乗算をする式はない",
    "A push finds the pull's inner product with its direction: difference, relative to the lengths":
        "順方向で得る傾きは、逆方向で得る勾配とその方向の内積に等しい（長さに対する相対的な差）",
    "… and so do differences": "…… 差分で得る傾きも同じである",
}  # fmt: skip
