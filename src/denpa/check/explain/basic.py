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
    ),
    "bias-from-weights": Entry(
        "y = xW + b  ⇒  dW = xᵀ dout,  db = Σ dout",
        "self.db = self.dW.sum(axis=0)",
        "self.db = dout.sum(axis=0)",
        Text(
            "The bias gradient is made of the weights' gradient",
            "x = (1, 3) for two examples and dout = (2, 4): dw = 1·2 + 3·4 = 14, db = 2 + 4 = 6. Made of dw it is 14.",
            "Biases follow the sign and size of the inputs: with inputs far from 0 they run away, with centred ones they hardly move.",
            "x must not occur in db. Sum the message over the batch, before it is multiplied by x.",
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
    ),
    "of-a-loss": Entry(
        "y = f(x), L = ℓ(y)  ⇒  ∂y/∂x is one thing, ∂L/∂x = ℓ'(y) · ∂y/∂x another",
        "return 2 * (self.y - t) @ self.W.T",
        "return dout @ self.W.T",
        Text(
            "The gradient is that of a loss, and the function returns its output",
            "y = 2x at x = 3, with dout = 5: dx = 5·2 = 10. The gradient of (y − 1)² is 2·(6 − 1)·2 = 20, whatever dout is.",
            "Alone with this one loss training works. Behind another layer or another loss the gradient is that of the old one.",
            "Multiply dout by 3: does nothing change? Then either check the loss with it, or begin backward with dout.",
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
    ),
}
