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
    ),
}
