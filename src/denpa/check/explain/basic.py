"""Explanations of mistakes in one gradient: sign, size, shape, place, and the chain rule."""

from __future__ import annotations

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken
from denpa.check.explain.entry import Entry, Text

BASIC: dict[str, Entry] = {
    "shape": Entry(
        "dW.shape == W.shape",
        "self.db = dout.sum()",
        "self.db = dout.sum(axis=0)",
        Text(
            "The gradient has another shape than the parameter",
            "W has shape (4, 3): dW needs 12 numbers, each saying what one of W's numbers does to the loss. One number for all 12 cannot.",
            "W -= lr * dW either raises an error or, worse, broadcasts: every number of W is moved by the same amount.",
            "Print W.shape and dW.shape. A sum over the wrong axes, keepdims, or a missing reshape is behind it.",
        ),
        Text(
            "勾配の形がパラメータと違う",
            "W の形が (4, 3) なら、dW にも 12 個の数が要ります。それぞれが、W の 1 要素が損失に及ぼす影響を表します。12 要素を 1 つの数では表せません。",
            "W -= lr * dW がエラーになるか、悪くするとブロードキャストされて、W の全要素が同じだけ動きます。",
            "W.shape と dW.shape を表示してください。和をとる軸の誤り、keepdims、reshape の忘れが原因です。",
        ),
    ),
    "missing": Entry(
        "dW = ∂L/∂W for every W that forward uses",
        "return dout @ self.W.T",
        "self.dW = self.x.T @ dout\nreturn dout @ self.W.T",
        Text(
            "A gradient is not computed at all",
            "y = x·w + b with x = 2 and dout = 3: dw = 6 and db = 3. If backward sets only dw, b has no gradient, though y depends on it.",
            "The parameter keeps its first value. The network often learns, but worse than it could.",
            "Compare the names that __init__ sets with the names that backward sets.",
        ),
        Text(
            "勾配がまったく計算されていない",
            "y = x·w + b で x = 2, dout = 3 なら dw = 6, db = 3 です。backward が dw しか求めないと、y が b に依存しているのに b の勾配がありません。",
            "そのパラメータは初期値のまま動きません。学習は進むことが多く、精度だけが少し悪くなります。",
            "__init__ で作った名前と、backward で代入している名前を見比べてください。",
        ),
    ),
    "nan": Entry(
        "d log(p)/dp = 1/p → ∞ as p → 0",
        "dx = -t / p",
        "dx = p - t  # softmax and logarithm taken together",
        Text(
            "The gradient is NaN or infinite",
            "p = exp(-800) is 0 in float64. The loss may be guarded as log(p + 1e-7), but backward divides by the bare p: 1/0.",
            "After one step all parameters are NaN, and so is every loss from then on.",
            "Ask of each division, log, sqrt and exp in backward: what if this is 0, or 1000? Combine softmax with log, and sigmoid with cross-entropy.",
        ),
        Text(
            "勾配が NaN か無限大になる",
            "p = exp(-800) は float64 では 0 です。損失は log(p + 1e-7) で守られていても、backward が p そのもので割れば 1/0 になります。",
            "一度更新しただけで全パラメータが NaN になり、以後の損失もすべて NaN です。",
            "backward の割り算、log、sqrt、exp のそれぞれについて、中身が 0 や 1000 のときを考えます。softmax と log、sigmoid と交差エントロピーは、まとめて微分します。",
        ),
    ),
    "unknown": Entry(
        "dx = Σ dout · ∂y/∂x",
        "",
        "",
        Text(
            "The numbers are wrong, and no known mistake gives them",
            "The report says where claim and difference differ most, as in: at [1, 2] it is 0.4 in place of 0.7. Only numbers that go through a wrong line are wrong.",
            "Anything may happen: a gradient that points roughly the right way learns slowly, another not at all.",
            "Look at the error map. One wrong row: a batch example is special. One column: an output. A border: padding. Only negative inputs: a branch. Then check the parts alone.",
        ),
        Text(
            "値は違うが、既知の間違いのどれとも一致しない",
            "レポートは、差が最大の要素を示します(例: [1, 2] で 0.7 のところが 0.4)。間違った行を通る値だけが違っています。",
            "何が起きるかは一概に言えません。向きがおおよそ合っていれば遅く学習し、合っていなければ学習しません。",
            "誤差の図を見てください。1 行だけなら特定の例、1 列だけなら特定の出力、縁だけならパディング、負の入力だけなら場合分けの問題です。次に部品を一つずつ確かめます。",
        ),
    ),
    "sign": Entry(
        "L = ½(y − t)²  ⇒  dy = y − t",
        "dy = t - y",
        "dy = y - t",
        Text(
            "The sign is wrong",
            "y = 1, t = 3: dy = -2. A step with lr = 0.1 goes to y = 1.2, where L falls from 2 to 1.62. With dy = +2 it goes to 0.8, and L rises to 2.42.",
            "The loss rises from the first step and diverges. If only one layer has it, the others work against that one.",
            "Gradient descent subtracts: W -= lr * dW. Two signs that cancel (t - y, then +=) work until somebody else's optimizer is used.",
        ),
        Text(
            "符号が逆になっている",
            "y = 1, t = 3 なら dy = -2 です。lr = 0.1 で更新すると y = 1.2 になり、L は 2 から 1.62 に減ります。dy = +2 だと y = 0.8 になり、L は 2.42 に増えます。",
            "最初の更新から損失が増え、発散します。一つの層だけが逆なら、ほかの層がそれに逆らって学習します。",
            "勾配降下法は W -= lr * dW と引きます。(t - y) と += のように二つの逆が打ち消し合うと、別の最適化手法に替えたときに壊れます。",
        ),
    ),
    "scale": Entry(
        "L = (1/N) Σ (yᵢ − tᵢ)²  ⇒  dyᵢ = 2(yᵢ − tᵢ)/N",
        "dy = 2 * (y - t)",
        "dy = 2 * (y - t) / len(y)",
        Text(
            "The gradient is a constant times the right one",
            "N = 2, y = (1, 3), t = (0, 1): L = (1 + 4)/2 = 2.5 and dy = (1, 2). Without 1/N it is (2, 4); without the 2 it is (0.5, 1).",
            "The direction is right, so it learns, as if with another learning rate. With a forgotten 1/N that rate depends on the batch size. Sums with other terms, such as weight decay, come out wrong.",
            "Divide claim by difference: the same number everywhere. Is it 2, ½, the batch size, the number of columns or of all elements?",
        ),
        Text(
            "正しい勾配の定数倍になっている",
            "N = 2, y = (1, 3), t = (0, 1) なら L = (1 + 4)/2 = 2.5, dy = (1, 2) です。1/N を忘れると (2, 4)、係数の 2 を忘れると (0.5, 1) になります。",
            "向きは正しいので、学習率を変えたのと同じように学習します。1/N を忘れると、実質の学習率がバッチサイズで変わります。重み減衰など、ほかの項との和も狂います。",
            "実装の勾配を数値微分で割ると、どこでも同じ数になります。それが 2、½、バッチサイズ、列数、全要素数のどれかを見ます。",
        ),
    ),
    "transposed": Entry(
        "Y = X W  ⇒  dW = Xᵀ dY",
        "self.dW = dout.T @ self.x",
        "self.dW = self.x.T @ dout",
        Text(
            "The matrix is transposed",
            "X = [[1, 2]], dY = [[3, 4, 5]]: XᵀdY = [[3, 4, 5], [6, 8, 10]], of W's shape (2, 3). dYᵀX has the same numbers in shape (3, 2).",
            "An error about shapes, unless W is square: then it runs, and the weights move to the wrong places.",
            "Write the shapes under the formula: (in, N) times (N, out) is (in, out). Test with layers that are not square.",
        ),
        Text(
            "行列が転置されている",
            "X = [[1, 2]], dY = [[3, 4, 5]] なら XᵀdY = [[3, 4, 5], [6, 8, 10]] で、W と同じ (2, 3) です。dYᵀX は同じ数が (3, 2) に並びます。",
            "ふつうは形のエラーになります。W が正方行列だとエラーにならず、重みが別の場所の勾配で動きます。",
            "式の下に形を書きます。(入力, N) と (N, 出力) の積が (入力, 出力) です。正方行列でない層で試してください。",
        ),
    ),
    "places": Entry(
        "y = P x  ⇒  dx = Pᵀ dy  (P permutes)",
        "dx = dout.reshape(self.shape)",
        "dx = dout.reshape(self.shape[::-1]).T",
        Text(
            "The right numbers in the wrong places",
            "x is 2 x 2 and forward computes y = x.T.reshape(-1). dout = (5, 6, 7, 8) belongs to x as [[5, 7], [6, 8]]. A plain reshape gives [[5, 6], [7, 8]].",
            "Each input gets a neighbour's gradient. Convolutional networks then learn only their last layers.",
            "Sorted, claim and difference agree. Undo transpose and reshape in the opposite order; for transpose(0, 3, 1, 2) the way back is transpose(0, 2, 3, 1).",
        ),
        Text(
            "値は正しいが、並び順が違う",
            "x が 2 x 2 で、順伝播が y = x.T.reshape(-1) のとき、dout = (5, 6, 7, 8) は x の [[5, 7], [6, 8]] に対応します。ただの reshape では [[5, 6], [7, 8]] になります。",
            "各要素が隣の勾配を受け取ります。畳み込みネットワークでは、後ろの層だけが学習します。",
            "並べ替えれば数値微分と一致します。transpose と reshape は逆の順で元に戻します。transpose(0, 3, 1, 2) の逆は transpose(0, 2, 3, 1) です。",
        ),
    ),
    "bias-not-summed": Entry(
        "yᵢ = xᵢW + b for i = 1 … N  ⇒  db = Σᵢ dyᵢ",
        "self.db = dout[0]",
        "self.db = dout.sum(axis=0)",
        Text(
            "The bias gradient is not summed over the batch",
            "Three examples, two outputs: dout = [[1, 2], [3, 4], [5, 6]]. b is added to every row, so db = (1 + 3 + 5, 2 + 4 + 6) = (9, 12). dout[0] is (1, 2).",
            "The bias follows one example, or moves too slowly. The weights make up for it: accuracy drops a little, and nobody notices.",
            "b is broadcast in forward. Whatever is broadcast forward is summed backward, over the same axis.",
        ),
        Text(
            "バイアスの勾配をバッチ方向に足していない",
            "例が 3 つ、出力が 2 つで dout = [[1, 2], [3, 4], [5, 6]] とします。b は全行に足されるので db = (1 + 3 + 5, 2 + 4 + 6) = (9, 12) です。dout[0] は (1, 2) です。",
            "バイアスが 1 例だけに従うか、動きが遅くなります。重みが補うので精度は少し下がるだけで、気づきにくい間違いです。",
            "順伝播でブロードキャストした値は、逆伝播では同じ軸で和をとります。",
        ),
    ),
    "upstream-ignored": Entry(
        "dx = dout · ∂y/∂x",
        "return 2 * self.x",
        "return dout * 2 * self.x",
        Text(
            "The gradient from above is not multiplied in",
            "y = x² at x = 3, and the loss is 5y: dout = 5, so dx = 5·6 = 30. The layer's own derivative alone is 6.",
            "It works as long as the layer is the last one and the loss is its plain sum. In a network the layers below learn something else than the loss.",
            "If the argument dout does not occur in backward, this is it.",
        ),
        Text(
            "上流の勾配を掛けていない",
            "y = x², x = 3 で損失が 5y なら、dout = 5 なので dx = 5·6 = 30 です。この層の微分だけだと 6 です。",
            "最後の層で、損失がその出力の和であるうちは動きます。ネットワークの途中では、下の層が損失と関係のない方向に学習します。",
            "backward の中に引数 dout が出てこなければ、この間違いです。",
        ),
    ),
    "passed-on": Entry(
        "dx = dout · ∂y/∂x",
        "return dout",
        "return dout * 2 * self.x",
        Text(
            "The layer's own derivative is forgotten",
            "y = x² at x = 3 with dout = 5: dx = 5·6 = 30. The layer hands on 5, as if it were y = x.",
            "It learns roughly while the derivative is near 1. With sigmoid (at most ¼) the layers below take steps at least four times too large.",
            "backward returns dout unchanged, or only reshaped.",
        ),
        Text(
            "この層自身の微分を忘れている",
            "y = x², x = 3, dout = 5 なら dx = 5·6 = 30 です。y = x の層であるかのように 5 をそのまま渡しています。",
            "微分が 1 に近いうちは何とか学習します。sigmoid(微分は最大 ¼)なら、下の層の更新が少なくとも 4 倍大きすぎます。",
            "backward が dout をそのまま、または形だけ変えて返しています。",
        ),
    ),
    "fed-the-wrong-one": Entry(
        "y = σ(x)  ⇒  dy/dx = y(1 − y)",
        "dx = dout * self.x * (1 - self.x)",
        "dx = dout * self.y * (1 - self.y)",
        Text(
            "The derivative is given the input in place of the output (or the reverse)",
            "x = 2: y = σ(2) = 0.881, so dy/dx = 0.881·0.119 = 0.105. Fed with x it is 2·(1 - 2) = -2: wrong sign, twenty times too large.",
            "Small inputs look almost right for tanh (1 - x² ≈ 1 - y²), so it learns at first and breaks as the weights grow.",
            "A derivative written with y must be fed y. Keep in forward what backward names, and call it by its name.",
        ),
        Text(
            "微分に出力でなく入力を代入している(またはその逆)",
            "x = 2 なら y = σ(2) = 0.881 で、dy/dx = 0.881·0.119 = 0.105 です。x を代入すると 2·(1 - 2) = -2 で、符号が逆、大きさは約 20 倍です。",
            "tanh では入力が小さいうちは 1 - x² ≈ 1 - y² なので学習が始まり、重みが大きくなると壊れます。",
            "y で書いた微分には y を代入します。backward で使う値を、forward でその名前のまま保存してください。",
        ),
    ),
    "upstream-mask": Entry(
        "y = max(x, 0)  ⇒  dx = dout · [x > 0]",
        "dx = dout * (dout > 0)",
        "dx = dout * (self.x > 0)",
        Text(
            "ReLU cuts by the sign of dout, not of its input",
            "x = (-1, 2), dout = (3, -4): the first input was cut off, so dx = (0, -4). Cutting dout gives (3, 0).",
            "Only positive gradients go down: the layers below are pushed one way all the time. The loss stalls early.",
            "The mask must come from forward. (With both masks it is guided backpropagation, a way to draw pictures, not a gradient.)",
        ),
        Text(
            "ReLU が入力でなく dout の符号で切っている",
            "x = (-1, 2), dout = (3, -4) なら、1 番目の入力は切られていたので dx = (0, -4) です。dout で切ると (3, 0) になります。",
            "正の勾配だけが下に流れ、下の層はいつも同じ向きに押されます。損失は早く止まります。",
            "マスクは forward のものを使います。(両方で切るのは guided backpropagation という可視化の手法で、勾配ではありません。)",
        ),
    ),
    "activation-forgotten": Entry(
        "h = σ(a), a = xW₁  ⇒  da = dh · h(1 − h),  dW₁ = xᵀ da",
        "dh = dy @ self.W2.T\nself.dW1 = self.x.T @ dh",
        "da = (dy @ self.W2.T) * self.h * (1 - self.h)\nself.dW1 = self.x.T @ da",
        Text(
            "An activation's derivative is missing inside a network",
            "h = 0.8 and dh = 2: da = 2·0.8·0.2 = 0.32. Forgotten, the 2 goes down unchanged, six times too large.",
            "The upper layer's gradients are right, all below are wrong. It often learns anyway, only worse than it should.",
            "Walk backward through forward line by line: each line needs its counterpart. σ has none here.",
        ),
        Text(
            "ネットワークの途中で活性化関数の微分が抜けている",
            "h = 0.8, dh = 2 なら da = 2·0.8·0.2 = 0.32 です。忘れると 2 がそのまま下に流れ、約 6 倍になります。",
            "上の層の勾配は正しく、それより下がすべて違います。それでも学習することが多く、精度だけが悪くなります。",
            "forward を 1 行ずつ逆にたどると、各行に対応する行が要ります。σ の行だけ対応がありません。",
        ),
    ),
    "activation-twice": Entry(
        "p = σ(z), L = −t log p − (1 − t) log(1 − p)  ⇒  dz = p − t",
        "dz = (p - t) * p * (1 - p)",
        "dz = p - t",
        Text(
            "An activation's derivative is multiplied in once too often",
            "p = 0.8, t = 1: dz = -0.2. The factor p(1 - p) = 0.16 is in it already; again it gives -0.032.",
            "It learns, most slowly where the network is surest and wrong: there p(1 - p) is near 0. That is what cross-entropy was to cure.",
            "Does the loss take scores or probabilities? With scores p - t is the whole derivative, and no layer before it multiplies by σ′ again.",
        ),
        Text(
            "活性化関数の微分を二度掛けている",
            "p = 0.8, t = 1 なら dz = -0.2 です。p(1 - p) = 0.16 はすでに含まれているので、もう一度掛けると -0.032 になります。",
            "学習はしますが、自信をもって間違えているところ(p(1 - p) が 0 に近い)ほど遅くなります。交差エントロピーが避けるはずの問題です。",
            "損失の入力がスコアか確率かを確かめます。スコアなら p - t が微分のすべてで、手前の層で σ′ をもう一度掛けません。",
        ),
    ),
    "axis": Entry(
        "b has one number per output  ⇒  sum over the examples, axis 0",
        "self.db = dout.sum(axis=1)",
        "self.db = dout.sum(axis=0)",
        Text(
            "A sum or mean runs over the wrong axis",
            "dout = [[1, 2], [3, 4]]: over the examples db = (4, 6); over the outputs (3, 7). With as many examples as outputs no shape gives it away.",
            "It runs for one batch size only, and there the bias (or the scores of a softmax) follows the wrong sums.",
            "Test with a batch size that occurs nowhere else in the shapes, such as 5 examples for 3 outputs.",
        ),
        Text(
            "和や平均をとる軸が違う",
            "dout = [[1, 2], [3, 4]] なら、例についての和は db = (4, 6)、出力についての和は (3, 7) です。例の数と出力の数が同じだと、形では気づけません。",
            "あるバッチサイズでだけ動き、バイアス(や softmax のスコア)が別の和に従います。",
            "ほかの形に出てこないバッチサイズ(出力 3 に対して 5 例など)で試してください。",
        ),
    ),
    "order": Entry(
        "Y = X W  ⇒  dW = Xᵀ dY,  dX = dY Wᵀ",
        "self.dW = dout @ self.x.T",
        "self.dW = self.x.T @ dout",
        Text(
            "The operands of a matrix product are in the wrong order",
            "X = [[1, 2], [3, 4]], dY = [[1, 0], [0, 0]]: XᵀdY = [[1, 0], [2, 0]], but dY Xᵀ = [[1, 3], [0, 0]].",
            "An error about shapes, unless all matrices are square.",
            "AB is not BA. The inner sizes must be the ones that are summed over: N for dW, the outputs for dX.",
        ),
        Text(
            "行列積の順序が逆",
            "X = [[1, 2], [3, 4]], dY = [[1, 0], [0, 0]] なら XᵀdY = [[1, 0], [2, 0]] ですが、dY Xᵀ = [[1, 3], [0, 0]] です。",
            "すべてが正方行列でないかぎり、形のエラーになります。",
            "AB と BA は違います。内側の次元が和をとる次元です。dW では N、dX では出力の数になります。",
        ),
    ),
    "operand-transposed": Entry(
        "Y = X W  ⇒  dX = dY Wᵀ",
        "dx = dout @ self.W",
        "dx = dout @ self.W.T",
        Text(
            "A factor of a matrix product lacks its transpose (or has one too many)",
            "W = [[1, 2], [0, 1]], dY = [[1, 1]]: dY Wᵀ = [[3, 1]], but dY W = [[1, 3]].",
            "An error about shapes, unless W is square: recurrent networks (W_hh) are where it hides.",
            "Forward maps inputs to outputs with W, backward maps outputs to inputs: always with Wᵀ.",
        ),
        Text(
            "行列積の片方に転置が抜けている(または余分にある)",
            "W = [[1, 2], [0, 1]], dY = [[1, 1]] なら dY Wᵀ = [[3, 1]] ですが、dY W = [[1, 3]] です。",
            "W が正方行列でなければ形のエラーになります。再帰型ネットワークの W_hh では気づけません。",
            "順伝播は W で入力から出力へ、逆伝播は Wᵀ で出力から入力へ戻ります。",
        ),
    ),
    "wrong-variable": Entry(
        "y = a · b  ⇒  da = dout · b,  db = dout · a",
        "da = dout * self.a",
        "da = dout * self.b",
        Text(
            "The right formula with the wrong variable in it",
            "a = 2, b = 5, dout = 1: y changes by 5 for each unit of a, so da = 5. With a in its place it is 2.",
            "Where the two are alike in size it learns, slowly and to a worse end.",
            "In a product each factor gets the other one. In a chain dW₁ needs da, not dh: the gradient at the place where W₁ stands.",
        ),
        Text(
            "式は正しいが、使っている変数が違う",
            "a = 2, b = 5, dout = 1 なら、a が 1 増えると y は 5 増えるので da = 5 です。a を掛けると 2 になります。",
            "二つの大きさが似ていると、遅く不正確に学習します。",
            "積では、互いに相手を掛けます。連鎖の途中では、dW₁ に要るのは dh でなく、W₁ のある場所の勾配 da です。",
        ),
    ),
}
