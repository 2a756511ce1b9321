"""Explanations of mistakes in certain layers, and of what looks like a mistake and is none."""

from __future__ import annotations

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken
from denpa.check.explain.entry import Entry, Text

LAYERS: dict[str, Entry] = {
    "statistics-constant": Entry(
        "y = (x − μ)/σ  ⇒  dx = (dy − mean(dy) − y·mean(dy·y)) / σ",
        "dx = dout / self.std",
        "dx = (dout - dout.mean(0) - self.y * (dout * self.y).mean(0)) / self.std",
        Text(
            "Mean or variance of the batch is treated as a constant",
            "x = (1, 3): μ = 2, σ = 1, y = (-1, 1). For dy = (1, 0): mean(dy) = 0.5, mean(dy·y) = -0.5, so dx = (1 - 0.5 - 0.5, 0 - 0.5 + 0.5) = (0, 0). Indeed two numbers, normalised, are always (-1, 1). With constants dx = (1, 0).",
            "It trains, with steps that batch normalisation cancels again: slower, and unstable with large learning rates.",
            "In each column Σ dx must be 0, since shifting all examples changes nothing.",
        ),
        Text(
            "バッチの平均や分散を定数として扱っている",
            "x = (1, 3) なら μ = 2, σ = 1, y = (-1, 1) です。dy = (1, 0) とすると mean(dy) = 0.5, mean(dy·y) = -0.5 なので、dx = (1 - 0.5 - 0.5, 0 - 0.5 + 0.5) = (0, 0) です。2 つの数を正規化すれば必ず (-1, 1) になるからです。定数とみなすと dx = (1, 0) になります。",
            "学習はしますが、更新の一部がバッチ正規化で打ち消されて遅くなり、学習率が大きいと不安定です。",
            "全例を同じだけずらしても出力は変わらないので、各列で Σ dx = 0 のはずです。",
        ),
    ),
    "statistics-weight": Entry(
        "y = x − μ, μ = (1/N) Σ xᵢ  ⇒  dx = dy − (1/N) Σ dyᵢ",
        "dx = dout - dout.sum(axis=0)",
        "dx = dout - dout.mean(axis=0)",
        Text(
            "The way through a mean or a variance has the wrong weight",
            "N = 2, dy = (1, 0): dx = (1 - 0.5, 0 - 0.5) = (0.5, -0.5). With the sum in place of the mean it is (0, -1).",
            "For a batch of 2 it may pass; for large batches the extra way outweighs everything, and training diverges.",
            "Each mean in forward brings one 1/N. A variance with N - 1 brings 1/(N - 1). In each column Σ dx must be 0.",
        ),
        Text(
            "平均や分散を通る経路の重みが違う",
            "N = 2, dy = (1, 0) なら dx = (1 - 0.5, 0 - 0.5) = (0.5, -0.5) です。平均でなく和を引くと (0, -1) になります。",
            "バッチサイズが 2 なら目立たなくても、大きいバッチではこの経路が支配的になり、発散します。",
            "forward の平均一つにつき 1/N が一つ付きます。N - 1 で割る分散なら 1/(N - 1) です。各列で Σ dx = 0 になるはずです。",
        ),
    ),
    "diagonal-only": Entry(
        "dxⱼ = Σᵢ dyᵢ · ∂yᵢ/∂xⱼ, over all i",
        "dx = dout * (1 - 1 / len(dout))",
        "dx = dout - dout.mean(axis=0)",
        Text(
            "Each output is taken to depend on the input at its own place alone",
            "y = x - mean(x) for two numbers, dy = (1, 0): x₂ moves y₁ too, so dx = (0.5, -0.5). The diagonal alone gives (0.5, 0).",
            "The gradient points roughly the right way: it learns, more slowly and to a worse end.",
            "Is there a sum, mean, max, norm or softmax in forward? Then one input moves several outputs, and backward needs a sum over them.",
        ),
        Text(
            "各出力が同じ位置の入力だけに依存するとみなしている",
            "2 個の数の y = x - mean(x) で dy = (1, 0) とします。x₂ は y₁ も動かすので dx = (0.5, -0.5) です。対角成分だけだと (0.5, 0) になります。",
            "向きはおおよそ合うので学習しますが、遅く、結果も悪くなります。",
            "forward に和、平均、最大値、ノルム、softmax があれば、一つの入力が複数の出力を動かすので、backward でも和が要ります。",
        ),
    ),
    "softmax-twice": Entry(
        "p = softmax(z), L = −Σ t·log p  ⇒  dz = (p − t)/N",
        "loss.forward(softmax(z), t)  # and softmax again inside",
        "loss.forward(z, t)",
        Text(
            "softmax is applied to what is already a softmax",
            "z = (2, 0), t = (1, 0): p = (0.881, 0.119), dz = (-0.119, 0.119). Softmax again gives (0.682, 0.318) and -0.318: nearly three times as much, and it never gets near 0.",
            "The loss does not fall below a bound (0.31 for two classes, 1.46 for ten), though the accuracy rises.",
            "Does the loss take scores (logits) or probabilities? In PyTorch and Denpa cross_entropy takes scores: no softmax at the end of the network.",
        ),
        Text(
            "softmax の出力に、もう一度 softmax をかけている",
            "z = (2, 0), t = (1, 0) なら p = (0.881, 0.119), dz = (-0.119, 0.119) です。もう一度かけると (0.682, 0.318) で -0.318 になり、約 3 倍です。しかも 0 に近づきません。",
            "正解率は上がるのに、損失がある値(2 クラスで 0.31、10 クラスで 1.46)より下がりません。",
            "損失関数の入力がスコア(ロジット)か確率かを確かめます。PyTorch と Denpa の cross_entropy はスコアを受け取るので、最後に softmax は要りません。",
        ),
    ),
    "softmax-elementwise": Entry(
        "p = softmax(z)  ⇒  dz = p·(dp − Σⱼ dpⱼ pⱼ)",
        "dz = dout * p * (1 - p)",
        "dz = p * (dout - (dout * p).sum(axis=1, keepdims=True))",
        Text(
            "softmax is differentiated element by element, like a sigmoid",
            "p = (0.5, 0.5), dp = (1, 1): the sum of p is always 1, so dz = (0, 0). p(1 - p) gives (0.25, 0.25).",
            "The signs are mostly right, so it learns; attention and classifiers end clearly worse.",
            "Every score changes every probability. Each row of dz must add up to 0.",
        ),
        Text(
            "softmax を sigmoid のように要素ごとに微分している",
            "p = (0.5, 0.5), dp = (1, 1) なら、p の和は常に 1 なので dz = (0, 0) です。p(1 - p) では (0.25, 0.25) になります。",
            "符号はおおむね合うので学習しますが、アテンションでも分類でも結果は明らかに悪くなります。",
            "どのスコアも全部の確率を変えます。dz の各行の和は 0 になるはずです。",
        ),
    ),
    "softmax-jacobian": Entry(
        "p = softmax(z)  ⇒  dzᵢ = Σⱼ doutⱼ · pⱼ(δᵢⱼ − pᵢ) = pᵢ (doutᵢ − Σⱼ doutⱼ pⱼ)",
        "for i in range(n):\n    for j in range(n):\n        dz[i] = p[i] * ((i == j) - z[j])\nreturn dz * dout",
        "return p * (dout - np.sum(dout * p))",
        Text(
            "What comes back is not softmax's Jacobian times dout",
            "p = (0.7, 0.3), dout = (1, 0): Σ dout·p = 0.7, so dz = (0.7·0.3, 0.3·(−0.7)) = (0.21, −0.21). One entry of a row in place of the sum gives other numbers, and dout at the end multiplies by the wrong output.",
            "The scores of a row are pushed all in one direction, which changes no probability: the loss hardly moves.",
            "The numbers of each row of dz sum to 0. If not: is each entry a sum over all outputs, with p the output and not the input?",
        ),
        Text(
            "softmax のヤコビ行列と dout の積になっていない",
            "p = (0.7, 0.3), dout = (1, 0) なら Σ dout·p = 0.7 なので dz = (0.7·0.3, 0.3·(−0.7)) = (0.21, −0.21) です。和の代わりに行列の一要素だけを使ったり、最後に dout を掛けたりすると、別の値になります。",
            "行のスコアがすべて同じ向きに動き、確率は変わりません。損失はほとんど下がりません。",
            "dz の各行の和は 0 になります。ならなければ、全出力についての和か、p が入力でなく出力かを確かめてください。",
        ),
    ),
    "pooling-spread": Entry(
        "y = max(window)  ⇒  dx = dout at the largest, 0 elsewhere",
        "dx = np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3)",
        "dx = np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3) * self.is_max",
        Text(
            "Max pooling gives the gradient to the whole window",
            "Window (1, 4, 2, 3), dout = 8: only the 4 reached the output, so dx = (0, 8, 0, 0). Spread it is (8, 8, 8, 8), or (2, 2, 2, 2).",
            "Filters learn from places that had no say: edges become blurred and the loss falls slowly.",
            "dx of max pooling has one number per window that is not 0. Average pooling is the one that spreads, with 1/4 each.",
        ),
        Text(
            "最大値プーリングで、勾配を窓全体に渡している",
            "窓が (1, 4, 2, 3) で dout = 8 なら、出力になったのは 4 だけなので dx = (0, 8, 0, 0) です。広げると (8, 8, 8, 8) や (2, 2, 2, 2) になります。",
            "出力に関係のない場所からもフィルタが学習し、特徴がぼやけて損失が下がりにくくなります。",
            "最大値プーリングの dx で 0 でないのは、窓ごとに 1 要素です。1/4 ずつ配るのは平均プーリングです。",
        ),
    ),
    "flipped": Entry(
        "yᵢ = Σₖ x(i+k)·w(k)  ⇒  dw(k) = Σᵢ x(i+k)·dy(i)",
        "self.dW = correlate(x, dout)[:, :, ::-1, ::-1]",
        "self.dW = correlate(x, dout)",
        Text(
            "The kernel's gradient is turned round in space",
            "x = (1, 2, 3), two weights, dy = (1, 10): dw = (1·1 + 2·10, 2·1 + 3·10) = (21, 32). Flipped: (32, 21).",
            "Filters become the mirror image of what they should be; symmetric ones still learn.",
            "What deep learning calls convolution is a correlation. Only dx turns the kernel round; dW does not.",
        ),
        Text(
            "カーネルの勾配が空間方向に反転している",
            "x = (1, 2, 3)、重み 2 個、dy = (1, 10) なら dw = (1·1 + 2·10, 2·1 + 3·10) = (21, 32) です。反転すると (32, 21) になります。",
            "フィルタが鏡像の方向に学習します。対称なフィルタだけは学習できます。",
            "深層学習の畳み込みは相関です。カーネルを反転させるのは dx の計算だけで、dW では反転させません。",
        ),
    ),
    "mask-drawn-again": Entry(
        "y = m·x  ⇒  dx = m·dout, with the same m",
        "return dout * (np.random.rand(*dout.shape) > self.p)",
        "return dout * self.mask",
        Text(
            "backward draws a dropout mask of its own",
            "forward has used m = (1, 0, 1), backward draws (0, 1, 1). For dout = (1, 1, 1) dx is (0, 1, 1) in place of (1, 0, 1).",
            "On average the gradients only become noisier and smaller (by the factor 1 - p): it learns slowly, and no seed makes it better.",
            "No random number may be drawn in backward. Keep self.mask in forward.",
        ),
        Text(
            "backward で別のドロップアウトマスクを引いている",
            "forward のマスクが m = (1, 0, 1)、backward のマスクが (0, 1, 1) だとします。dout = (1, 1, 1) なら、dx は (1, 0, 1) のはずが (0, 1, 1) になります。",
            "平均すると、勾配に雑音が乗って (1 - p) 倍に小さくなるだけなので、遅いながら学習します。種を変えても直りません。",
            "backward で乱数を引いてはいけません。forward で self.mask に保存します。",
        ),
    ),
    "index": Entry(
        "dW = Σ over all examples of xᵢᵀ dyᵢ",
        "self.dW = np.outer(self.x[0], dout[0])",
        "self.dW = self.x.T @ dout",
        Text(
            "A part is taken where the whole is needed",
            "x = (1, 2), dout = (3, 4), one weight: dw = 1·3 + 2·4 = 11. With x[0] and dout[0] it is 3.",
            "It learns from one example of each batch: as noisy as a batch of size 1, at the cost of a large one.",
            "Look for [0], [-1] and [i] left over from the version for a single example.",
        ),
        Text(
            "全体が必要なところで一部だけを使っている",
            "x = (1, 2), dout = (3, 4)、重みが 1 個なら dw = 1·3 + 2·4 = 11 です。x[0] と dout[0] だけだと 3 になります。",
            "各バッチの 1 例だけから学習します。計算量はそのままで、バッチサイズ 1 と同じくらい不安定です。",
            "1 例用に書いたときの [0]、[-1]、[i] が残っていないか探してください。",
        ),
    ),
    "reused": Entry(
        "y = f(f(x)): backward needs what both runs of f have kept",
        "y = self.relu.forward(self.b.forward(self.relu.forward(a)))",
        "y = self.relu2.forward(self.b.forward(self.relu1.forward(a)))",
        Text(
            "One layer object is used several times in a forward pass",
            "f(x) = x² at x = 2: 4, then 16. dy/dx = 2·4·2·2 = 32. The object remembers only x = 4: 8·8 = 64.",
            "Wherever the object is used, the last use's values serve. It learns badly, and each layer alone is right.",
            "Count forward and backward calls of each object in one pass: an object that keeps values may run once.",
        ),
        Text(
            "一度の順伝播で、同じ層のオブジェクトを何度も使っている",
            "f(x) = x² を x = 2 から 2 回使うと 4、16 になります。dy/dx = 2·4·2·2 = 32 です。オブジェクトは最後の x = 4 しか覚えていないので 8·8 = 64 になります。",
            "どの箇所でも最後に使ったときの値が使われ、うまく学習しません。層を単独で調べると正しく見えます。",
            "一度の順伝播で各オブジェクトの forward が何回呼ばれるか数えます。値を保存する層は 1 回だけです。",
        ),
    ),
    "wrong-function": Entry(
        "y = tanh(x)  ⇒  y′ = 1 − tanh²(x) = 1/cosh²(x)",
        "dx = dout / np.sinh(self.x) ** 2",
        "dx = dout / np.cosh(self.x) ** 2",
        Text(
            "A function of the same family in place of the right one",
            "x = 1: 1/cosh²(1) = 0.42, but 1/sinh²(1) = 0.72. At x = 0 it is 1 against infinity.",
            "It may learn where the two are alike, and break elsewhere.",
            "Check the table of derivatives: sin → cos, cos → -sin, cosh → sinh, log → 1/x, log1p → 1/(1 + x). Compare at x = 0.",
        ),
        Text(
            "似た別の関数が使われている",
            "x = 1 では 1/cosh²(1) = 0.42 ですが、1/sinh²(1) = 0.72 です。x = 0 では 1 と無限大になります。",
            "二つの値が近い範囲では学習し、それ以外で壊れます。",
            "微分の表を確かめます: sin → cos、cos → -sin、cosh → sinh、log → 1/x、log1p → 1/(1 + x)。x = 0 での値を比べるのが早道です。",
        ),
    ),
    "random": Entry(
        "(L(x + ε) − L(x − ε)) / 2ε needs the same L twice",
        "mask = np.random.default_rng().random(x.shape) > p",
        "mask = self.rng.random(x.shape) > p  # the generator is given",
        Text(
            "The function is another one at every call",
            "Two dropout masks give losses 2.0 and 1.4. With 2ε = 1e-4 the “slope” is 0.6/1e-4 = 6000, whatever the gradient is.",
            "Training may be all right: noise is no mistake there. But nothing can be checked.",
            "Call forward twice and compare. Fix the generator, or switch dropout off for the check.",
        ),
        Text(
            "呼び出すたびに別の関数になる",
            "2 回の評価でドロップアウトのマスクが違い、損失が 2.0 と 1.4 になったとします。2ε = 1e-4 で割ると「傾き」は 0.6/1e-4 = 6000 で、勾配とは無関係です。",
            "学習では雑音は間違いでないので、問題ないこともあります。ただし確かめることができません。",
            "forward を 2 回呼んで比べます。乱数生成器を固定するか、確認の間はドロップアウトを止めてください。",
        ),
    ),
}

NO_MISTAKES: dict[str, Entry] = {
    "kink": Entry(
        "relu(x) at x = 0: slope 0 from the left, 1 from the right",
        "",
        "",
        Text(
            "No mistake: a kink, where there is no derivative",
            "At x = 0, ε = 1e-4: (relu(ε) - relu(-ε))/2ε = 0.5. Code may say 0 or 1: both are subgradients, and neither is 0.5. At x = 3e-5 the step still reaches over the kink and gives 0.65 in place of 1.",
            "None: a point that is hit exactly is rare, and either answer serves.",
            "Slopes from left and right stay apart however small ε is. The check leaves such numbers out and says how many.",
        ),
        Text(
            "間違いではない: 折れ目で微分できない",
            "x = 0, ε = 1e-4 なら (relu(ε) - relu(-ε))/2ε = 0.5 です。コードの答えは 0 でも 1 でもよく(どちらも劣勾配)、0.5 にはなりません。x = 3e-5 では刻みが折れ目をまたぎ、1 のところが 0.65 になります。",
            "影響はありません。ちょうどその点に来ることはまれで、どちらの値でも学習できます。",
            "ε をいくら小さくしても、左右の傾きが一致しません。そのような要素は除外し、個数を示します。",
        ),
    ),
    "rounding": Entry(
        "error of a difference ≈ (precision · |L|) / ε",
        "",
        "",
        Text(
            "No mistake: rounding",
            "float32 has 7 digits. L = 1.234567 and ε = 1e-4: L changes in its 5th digit, three digits of the difference remain. The error is 1e-7/1e-4 = 1e-3, and grows as ε shrinks.",
            "None, unless rounding alone is an error of percents: then the formula is unstable (a small difference of large numbers).",
            "The error falls and rises over ε; that of a mistake stays. Check in float64: a mistake remains, rounding goes.",
        ),
        Text(
            "間違いではない: 丸め誤差",
            "float32 の精度は 7 桁です。L = 1.234567, ε = 1e-4 だと、変わるのは 5 桁目からで、差に残るのは 3 桁です。誤差は 1e-7/1e-4 = 1e-3 で、ε が小さいほど増えます。",
            "ふつうは影響しません。丸めだけで数 % の誤差になるなら、式が数値的に不安定です(大きな数どうしの引き算など)。",
            "ε に対して、誤差が下がってから上がります。間違いの誤差は変わりません。float64 で調べると、間違いは残り、丸めは消えます。",
        ),
    ),
    "step-too-large": Entry(
        "(f(x + ε) − f(x − ε)) / 2ε = f′ + (ε²/6) f‴ + …",
        "eps = 0.1",
        "eps = 1e-5",
        Text(
            "No mistake: the step is too large",
            "f = x³ at 1 with ε = 0.1: (1.331 - 0.729)/0.2 = 3.01 in place of 3: the error is ε² = 0.01. A forward difference gives 3.31.",
            "None: the difference is wrong, not the gradient.",
            "Ten times smaller ε, a hundred times smaller error (ten times for forward differences): that is truncation.",
        ),
        Text(
            "間違いではない: 刻み幅が大きすぎる",
            "f = x³ の x = 1 で ε = 0.1 とすると (1.331 - 0.729)/0.2 = 3.01 で、3 との差は ε² = 0.01 です。前進差分なら 3.31 になります。",
            "影響はありません。誤っているのは勾配でなく差分のほうです。",
            "ε を 10 分の 1 にして誤差が 100 分の 1(前進差分なら 10 分の 1)になれば、打ち切り誤差です。",
        ),
    ),
    "step-too-small": Entry(
        "error ≈ 1e-16 · |f| / ε in float64",
        "eps = 1e-12",
        "eps = 1e-5",
        Text(
            "No mistake: the step is too small",
            "f = x at 1 with ε = 1e-12: 1 + ε is rounded to a multiple of 2.2e-16, so the difference is good to 1e-4 only. With ε = 1e-17 it is 0.",
            "None: the difference is wrong, not the gradient.",
            "The error jumps about and grows as ε shrinks. Best for central differences is about 1e-5, the cube root of the precision.",
        ),
        Text(
            "間違いではない: 刻み幅が小さすぎる",
            "f = x の x = 1 で ε = 1e-12 とすると、1 + ε は 2.2e-16 の倍数に丸められるので、差分の精度は 1e-4 ほどしかありません。ε = 1e-17 なら差分は 0 です。",
            "影響はありません。誤っているのは勾配でなく差分のほうです。",
            "ε を小さくすると誤差が不規則に増えます。中心差分に最適なのは、精度の 3 乗根にあたる 1e-5 前後です。",
        ),
    ),
    "aliasing": Entry(
        "f(a, b) = a·b with a and b the same array: df = 2a, not b",
        "check(f, x, x)",
        "check(f, x, x.copy())",
        Text(
            "No mistake: two arguments share memory",
            "f = a·b at 3, both the same array. Changed in place, the difference sees f = x² and slope 6. Moved alone, a has slope 3, which is what backward says for a.",
            "Harmless until something is changed in place; then both change.",
            "np.shares_memory(a, b). The check gives each argument an array of its own and says so.",
        ),
        Text(
            "間違いではない: 二つの引数がメモリを共有している",
            "f = a·b の 3 での値を、a と b に同じ配列を渡して調べます。その場で動かすと f = x² とみなされて傾きは 6、a だけを動かせば 3 です。backward が a に対して答えるのは 3 です。",
            "その場で書き換えないかぎり無害です。書き換えると両方が変わります。",
            "np.shares_memory(a, b) で確かめられます。この確認では、引数ごとに別の配列を使い、その旨を知らせます。",
        ),
    ),
}
