"""Explanations of mistakes in what is kept, added and changed, and in single terms of a formula."""

from __future__ import annotations

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken
from denpa.check.explain.entry import Entry, Text

FLOW: dict[str, Entry] = {
    "accumulated": Entry(
        "dW(batch 2) = X₂ᵀ dY₂, without anything of batch 1",
        "self.dW += self.x.T @ dout",
        "self.dW = self.x.T @ dout",
        Text(
            "The gradient of earlier calls is still in it",
            "The first batch gives dW = 3, the second 5. With += the second step uses 8, the third the sum of all three.",
            "It acts like momentum without friction: the loss falls, then swings and diverges.",
            "Either = in backward, or += and zeros before every batch (zero_grad). Call backward twice on the same data: the result must be the same.",
        ),
    ),
    "stale": Entry(
        "dW = xᵀ dout with the x of the last forward",
        "if self.x is None:\n    self.x = x",
        "self.x = x",
        Text(
            "backward uses what an earlier forward has kept",
            "forward(2), then forward(7), then backward(1): dw = 7. A layer that kept only its first x says 2.",
            "The first step is right, all others mix batches. The loss wanders or stalls.",
            "Every line of forward that keeps something for backward must run in every call; no cache, no `if`. A layer used twice needs two caches.",
        ),
    ),
    "overwritten": Entry(
        "x goes to two places  ⇒  dx = dx₁ + dx₂",
        "dx = dout * 3\ndx = dout * 2 * self.x",
        "dx = dout * 3\ndx += dout * 2 * self.x",
        Text(
            "The second use of a value overwrites the gradient of the first",
            "y = 3x + x² at x = 2: dy/dx = 3 + 4 = 7. With = in the second line the 3 is lost and 4 remains.",
            "The part of the network behind the lost path does not learn, as though it were not there.",
            "Draw the graph: where a value has several arrows out, the gradients coming back are added.",
        ),
    ),
    "repeats-lost": Entry(
        "y = W[idx]  ⇒  dW[k] = Σ over all i with idx[i] = k of dout[i]",
        "dW[idx] += dout",
        "np.add.at(dW, idx, dout)",
        Text(
            "An index that occurs twice is counted once",
            "idx = (0, 0, 1), dout = (1, 2, 5): row 0 was used twice, so dW = (3, 5). NumPy's dW[idx] += dout gives (2, 5): the last one wins.",
            "Rare words of an embedding learn well, frequent ones too slowly.",
            "With an index array on the left, += reads, adds and writes once. Use np.add.at (or np.bincount), and test with a repeated index.",
        ),
    ),
    "input-changed": Entry(
        "forward(x) leaves x as it was",
        "x[x < 0] = 0\nreturn x",
        "return np.where(x > 0, x, 0)",
        Text(
            "forward changes its input",
            "y = relu(x) + x with x = (-1, 2): relu(x) = (0, 2), so y = (-1, 4). If relu writes into x, the second x is (0, 2) already and y = (0, 4).",
            "The layer before has kept this array for its own backward, and now finds other numbers in it. The training data itself may change.",
            "Look for x[...] = , x += , x *= , out=x, and for methods that work in place (sort, fill, clip with out).",
        ),
    ),
    "upstream-changed": Entry(
        "backward(dout) leaves dout as it was",
        "dout[self.mask] = 0\nreturn dout",
        "dx = dout.copy()\ndx[self.mask] = 0\nreturn dx",
        Text(
            "backward changes the gradient it is given",
            "A residual block hands dout = (3, 4) to its branch, which keeps only the first number, in place. The way around then adds (3, 0) in place of (3, 4).",
            "In a plain chain nothing happens. It breaks with the first skip connection or shared layer, far from the line that is wrong.",
            "Look for dout[...] = , dout *= and dout += in backward. Copy first.",
        ),
    ),
    "skip-forgotten": Entry(
        "y = F(x) + x  ⇒  dx = F′(x)ᵀ dout + dout",
        "return self.inner.backward(dout)",
        "return self.inner.backward(dout) + dout",
        Text(
            "The gradient of the way around a layer is forgotten",
            "F(x) = 2x, so y = 3x; dout = 4 gives dx = 8 + 4 = 12. Without the way around it is 8.",
            "What residual connections are for is lost: in deep networks the gradient vanishes on its way down.",
            "claim − difference is exactly −dout. Every + x in forward needs its + dout in backward.",
        ),
    ),
    "skipped": Entry(
        "y = relu(a), a = 2x  ⇒  dx = 2 · dout · [a > 0]",
        "return self.affine.backward(dout)",
        "return self.affine.backward(self.relu.backward(dout))",
        Text(
            "A layer that forward goes through is left out on the way back",
            "x = -1: a = -2, so y = 0 whatever x does: dx = 0. With relu left out, dout = 3 gives 6.",
            "The layers below get gradients that do not know of it. With relu the network still learns a little; with a shape-changing layer it fails at once.",
            "List the layers of forward and of backward side by side. A reversed list (reversed(self.layers)) leaves none out.",
        ),
    ),
    "layer-order": Entry(
        "y = f₂(f₁(x))  ⇒  first f₂.backward, then f₁.backward",
        "dout = self.affine.backward(dout)\nreturn self.mask.backward(dout)",
        "dout = self.mask.backward(dout)\nreturn self.affine.backward(dout)",
        Text(
            "backward goes through the layers in the wrong order",
            "a = xA with A = [[1, 1], [0, 1]], then y = m·a with m = (1, 0); dout = (3, 4). Mask first: (3, 0)Aᵀ = (3, 0). Affine first: (3, 4)Aᵀ = (7, 4), masked (7, 0).",
            "An error about shapes, unless all layers have one width; then nothing below the exchange learns properly.",
            "The way back is the way there, reversed: the last layer of forward is the first of backward.",
        ),
    ),
    "loop-order": Entry(
        "hₜ = w·hₜ₋₁ + xₜ  ⇒  dhₜ₋₁ = w·dhₜ, from the last t to the first",
        "for t in range(T):",
        "for t in reversed(range(T)):",
        Text(
            "The steps in time are gone through in the wrong direction",
            "w = 0.5, two steps, dout = 1 at the last: dh₂ = 1, dh₁ = 0.5, so dx = (0.5, 1). Begun at t = 1, nothing has come down yet: dx = (0, 1).",
            "The network learns the last step only: it has no memory, as though sequences had length 1.",
            "What backward carries along (dh) must come from t + 1: so t + 1 has to be done before t.",
        ),
    ),
    "penalty": Entry(
        "L + (λ/2)‖W‖²  ⇒  dW + λW",
        "self.dW = self.x.T @ dout + 2 * lam * self.W",
        "self.dW = self.x.T @ dout + lam * self.W",
        Text(
            "The weight decay's term is missing, doubled, or has the wrong factor",
            "λ = 0.1, W = (2, -3), data gradient (1, 1): dW = (1 + 0.2, 1 - 0.3) = (1.2, 0.7). Forgotten: (1, 1). With 2λ: (1.4, 0.4).",
            "Missing: the weights grow and the network overfits, though the loss that is printed holds the penalty. Doubled: it underfits.",
            "Does the loss hold λ/2 or λ? λ/2·W² gives λW, λ·W² gives 2λW. Add it in one place: loss or optimizer, not both.",
        ),
    ),
    "factor-missing": Entry(
        "y = c·x  ⇒  dx = c·dout",
        "dx = dout * self.mask",
        "dx = dout * self.mask / (1 - self.p)",
        Text(
            "A factor of the formula is missing",
            "Dropout with p = 0.5 doubles what it keeps: y = 2x. For dout = 3, dx = 6; without the factor it is 3.",
            "A constant factor acts like another learning rate for all layers below. A factor that varies bends the direction.",
            "Put forward's formula beside backward's: every factor of forward that does not vanish in the derivative must occur again.",
        ),
    ),
    "factor-extra": Entry(
        "dy = (p − t)/N  ⇒  dW = Xᵀ dy, without another 1/N",
        "self.dW = self.x.T @ dout / len(self.x)",
        "self.dW = self.x.T @ dout",
        Text(
            "A factor is there that does not belong",
            "N = 4: the loss has divided by 4 already, dy = (p - t)/4. Divided again in the layer, dW is a quarter of what it should be.",
            "Weights and biases learn with different effective rates, and both change with the batch size.",
            "The mean belongs to the loss alone. A layer's backward never divides by the batch size, unless forward does.",
        ),
    ),
    "term-missing": Entry(
        "y = u·v  ⇒  y′ = u′v + uv′",
        "dx = dout * s",
        "dx = dout * (s + self.x * s * (1 - s))",
        Text(
            "A term of a sum is missing",
            "Swish y = x·σ(x) at x = 2: σ = 0.881, y′ = 0.881 + 2·0.105 = 1.091. The first term alone gives 0.881.",
            "The direction is roughly right: it learns, more slowly, and stops short of the minimum.",
            "Count in how many places x stands in forward: each gives one term (product rule; a mean and a variance of x give two more).",
        ),
    ),
    "term-extra": Entry(
        "y = w·x + b  ⇒  dx = w·dout  (b does not depend on x)",
        "dx = dout * self.w + self.b",
        "dx = dout * self.w",
        Text(
            "A term is there that does not belong",
            "w = 2, b = 1, dout = 3: dx = 6. With + b it is 7, and it is 1 even where dout is 0.",
            "There is a push in one direction even at the minimum, so training never comes to rest there.",
            "Put dout = 0 in: every gradient must be 0. What remains is the extra term.",
        ),
    ),
    "sign-inside": Entry(
        "y = tanh(x)  ⇒  y′ = 1 − y²",
        "dx = dout * (1 + self.y**2)",
        "dx = dout * (1 - self.y**2)",
        Text(
            "A sign inside the formula is wrong",
            "y = 0.6: 1 - 0.36 = 0.64. With + it is 1.36.",
            "The overall sign is right, so it learns at first. It goes wrong where the term matters: here in saturation, where the gradient grows when it should vanish.",
            "Put in a value where you know the answer: tanh is flat far out, so y = 1 must give 0.",
        ),
    ),
    "constant": Entry(
        "y = a·x for x < 0  ⇒  dx = a·dout, with the same a",
        "dx = np.where(self.x > 0, dout, 0.1 * dout)",
        "dx = np.where(self.x > 0, dout, 0.01 * dout)",
        Text(
            "A constant in backward is not the one in forward",
            "Leaky ReLU with slope 0.01, x = -2, dout = 3: dx = 0.03. With 0.1 in backward it is 0.3.",
            "Hardly visible while few inputs are negative; it then acts like a wrong learning rate for a part of the inputs.",
            "Name constants once (self.slope) and use the name in both methods. Look at exponents and at GELU's 0.044715 too.",
        ),
    ),
    "comparison": Entry(
        "y = max(x, 0)  ⇒  dx = dout · [x > 0]",
        "dx = dout * (self.x < 0)",
        "dx = dout * (self.x > 0)",
        Text(
            "A comparison is the wrong way round, or its bound is wrong",
            "x = (-1, 2), dout = (3, 4): dx = (0, 4). With < it is (3, 0).",
            "Units that are switched on never learn, and those that are off are pushed at random.",
            "The same condition must stand in forward and backward. Keep forward's mask in place of writing it twice. (> or >= at exactly 0 makes no difference: that is a kink.)",
        ),
    ),
}
