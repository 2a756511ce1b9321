"""The section on initial values."""

from __future__ import annotations

JA = {
    # several labs
    "initial values": "初期値",
    "share (%)": "割合 (%)",
    "sigmoid, σ = #": "シグモイド、σ = #",
    "sigmoid, Glorot": "シグモイド、Glorot",
    "tanh, Glorot": "tanh、Glorot",
    "ReLU, He": "ReLU、He",
    "ReLU, σ = #": "ReLU、σ = #",
    "layer #": "第 # 層",
    "rms of the messages": "メッセージの二乗平均平方根",
    # vanishing-activations
    "standard deviation over the examples": "データにわたる標準偏差",
    "below # or above # (%)": "# 未満または # 超の割合 (%)",
    "Histograms of the outputs of five layers, one row for each choice. Sigmoid with σ = #: at # "
    "and #. With σ = #: all at #. With Glorot's values sigmoid and tanh spread out; with He's ReLU "
    "looks alike in all layers.":
        "5 層の出力のヒストグラム。初期値ごとに 1 行。シグモイド、σ = # では # と # に偏り、σ = # "
        "ではすべて # に集まる。Glorot の初期値ではシグモイドも tanh も広がり、He の初期値では "
        "ReLU の分布がどの層でも似ている。",
    "Sigmoid, σ = #: the share of outputs beyond # and #, in layers # to #":
        "シグモイド、σ = #：第 #4 層から第 #5 層で、#2 未満または #3 超の出力の割合",
    "Sigmoid, σ = #: the deviation over the examples is divided by # in each layer":
        "シグモイド、σ = #：データにわたる標準偏差は 1 層ごとに # 分の 1 になる",
    "In layer # it is below the gap between float32 numbers at #":
        "第 # 層では、# における float32 の数の間隔よりも小さい",
    "tanh, Glorot: the deviation of layers # to # follows the theory: measured over theory":
        "tanh、Glorot：第 # 層から第 # 層の標準偏差は理論に従う（測定値／理論値）",
    "Sigmoid, Glorot: all outputs of layer # together have a deviation near that of the theory":
        "シグモイド、Glorot：第 # 層の全出力をまとめた標準偏差は理論値に近い",
    "But over the examples, each layer divides the variance by # or more":
        "しかしデータにわたる分散は、1 層ごとに # 分の 1 以下になる",
    "ReLU, He: layer # has the mean square of the input, #":
        "ReLU、He：第 # 層の二乗平均は入力の二乗平均 # に等しい",
    "ReLU, He: in each layer half of the outputs are #":
        "ReLU、He：どの層でも出力の半分は # である",
    # variance-of-layers
    "linear": "線形",
    "tanh, many layers": "tanh、多層",
    "factor on the mean square": "二乗平均の倍率",
    "variance of $z$": "$z$ の分散",
    "fixed point": "不動点",
    "layer #, measured": "第 # 層（測定値）",
    "forward, theory": "順伝播、理論値",
    "forward, measured": "順伝播、測定値",
    "backward, theory": "逆伝播、理論値",
    "backward, measured": "逆伝播、測定値",
    "Factors of one layer against n times sigma squared, forward and backward: lines of slope # for "
    "linear and ReLU, half of it for ReLU; tanh bends down. Right: the variance that tanh layers "
    "settle at is # up to #, then grows.":
        "1 層の倍率を nσ² に対して描いた図（順伝播と逆伝播）。線形と ReLU は傾き # の直線で、ReLU は"
        "その半分。tanh は下に曲がる。右：tanh の層が落ち着く分散は # で、nσ² が # を超えると増える。",
    "linear, # units: measured factors over theory, forward and backward":
        "線形、# ユニット：順伝播と逆伝播の倍率（測定値／理論値）",
    "ReLU, # units: measured factors over theory, forward and backward":
        "ReLU、# ユニット：順伝播と逆伝播の倍率（測定値／理論値）",
    "tanh, # units: measured factors over theory, forward and backward":
        "tanh、# ユニット：順伝播と逆伝播の倍率（測定値／理論値）",
    "linear: the integral of the theory gives nσ² divided by #, forward and backward: over nσ²":
        "線形：理論の積分は順伝播でも逆伝播でも nσ² を # で割った値になる（nσ² との比）",
    "ReLU: the integral of the theory gives nσ² divided by #, forward and backward: over nσ²":
        "ReLU：理論の積分は順伝播でも逆伝播でも nσ² を # で割った値になる（nσ² との比）",
    "tanh, nσ² below #: after # layers the variance is gone":
        "tanh、nσ² が # 未満：# 層の後、分散は消えている",
    "tanh, nσ² above #: layer # is at the fixed point: measured over theory":
        "tanh、nσ² が # より大：第 # 層は不動点にある（測定値／理論値）",
    "Behind tanh the mean square is smaller than its input's, for each nσ² up to #":
        "nσ² が # 以下なら、tanh の後の二乗平均は入力の二乗平均より小さい",
    # vanishing-gradients
    "|message| in layer #, over their rms": "第 # 層の |メッセージ| と二乗平均平方根の比",
    "median over rms": "中央値と二乗平均平方根の比",
    "Left: size of the messages from layer # back to layer #; it stays with He's values, grows with "
    "ReLU and σ = #, and falls steeply with sigmoid and small σ. Right: with sigmoid and σ = # most "
    "messages are far below the rms.":
        "左：第 # 層から第 # 層へ戻るメッセージの大きさ。He の初期値では保たれ、ReLU で σ = # "
        "なら増え、シグモイドで σ が小さければ急に減る。右：シグモイドで σ = # なら、大部分のメッセージ"
        "は二乗平均平方根よりはるかに小さい。",
    "sigmoid, σ = #: mean square of the messages in layers # to #, measured over theory":
        "シグモイド、σ = #：第 # 層から第 # 層のメッセージの二乗平均（測定値／理論値）",
    "sigmoid, Glorot: mean square of the messages in layers # to #, measured over theory":
        "シグモイド、Glorot：第 # 層から第 # 層のメッセージの二乗平均（測定値／理論値）",
    "tanh, Glorot: mean square of the messages in layers # to #, measured over theory":
        "tanh、Glorot：第 # 層から第 # 層のメッセージの二乗平均（測定値／理論値）",
    "ReLU, He: mean square of the messages in layers # to #, measured over theory":
        "ReLU、He：第 # 層から第 # 層のメッセージの二乗平均（測定値／理論値）",
    "ReLU, σ = #: mean square of the messages in layers # to #, measured over theory":
        "ReLU、σ = #：第 # 層から第 # 層のメッセージの二乗平均（測定値／理論値）",
    "Sigmoid, σ = #: each layer divides the messages by #":
        "シグモイド、σ = #：メッセージは 1 層ごとに # 分の 1 になる",
    "Sigmoid, Glorot: each layer divides the messages by # or more":
        "シグモイド、Glorot：メッセージは 1 層ごとに # 分の 1 以下になる",
    "ReLU, σ = #: each layer multiplies the messages by the root of #":
        "ReLU、σ = #：メッセージは 1 層ごとに √# 倍になる",
    "ReLU, He: each layer keeps them": "ReLU、He：どの層でもメッセージの大きさは保たれる",
    "Sigmoid, σ = #: layer # has more than half of the rms of layer #":
        "シグモイド、σ = #：第 # 層の二乗平均平方根は第 # 層の半分より大きい",
    "Sigmoid, σ = #: but the median message in layer # is below a fiftieth of the rms":
        "シグモイド、σ = #：しかし第 # 層のメッセージの中央値は二乗平均平方根の 50 分の 1 に満たない",
    "tanh, Glorot: there the median is no less than a third of the rms, in each layer":
        "tanh、Glorot：どの層でも中央値は二乗平均平方根の 3 分の 1 以上である",
    # thirty-layers
    "layer $l$": "層 $l$",
    "mean square of the activations": "活性化の二乗平均",
    "Left: the activations keep their size with He's values and halve their mean square in each "
    "layer with Glorot's. Right: the loss falls with He's values for each seed; with Glorot's it "
    "is a horizontal line at about #.":
        "左：He の初期値では活性化の大きさが保たれ、Glorot では二乗平均が 1 層ごとに半分になる。右：He "
        "の初期値ではどの乱数の種でも損失が下がり、Glorot では約 # の水平な線になる。",
    "Mean squares with He's over those with Glorot's values: doubled in each hidden layer, from the "
    "first to the last":
        "He と Glorot の二乗平均の比は、最初から最後まで隠れ層ごとに 2 倍になる（2 の何乗か）",
    "The gradient of each hidden layer, likewise: powers of #, from the first to the last":
        "隠れ層の勾配の比も同様である（# の何乗か、最初から最後まで）",
    "Glorot: the loss is still ln # at the end, for each seed":
        "Glorot：どの乱数の種でも、損失は最後まで ln # のままである",
    "He: the training loss is below ln # by more than a tenth, for each seed":
        "He：どの乱数の種でも、訓練損失は ln # より 1 割以上小さい",
    "Glorot: test accuracy is that of guessing, for each seed":
        "Glorot：どの乱数の種でも、テスト正解率はあてずっぽうと同じである",
    "He: test accuracy is far above guessing on average over the seeds":
        "He：乱数の種について平均したテスト正解率は、あてずっぽうをはるかに上回る",
}  # fmt: skip
