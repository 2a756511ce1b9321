"""Explanations of derivatives taken wrongly, and of what is computed too early or changed."""

from __future__ import annotations

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken
from denpa.check.explain.entry import Entry, Text

CALCULUS: dict[str, Entry] = {
    "derivative-wrong": Entry(
        "(f·g)' = f'·g + f·g',   f(g(x))' = f'(g(x))·g'(x)",
        "dp = -(1 - p)**2 / p",
        "dp = 2 * (1 - p) * np.log(p) - (1 - p)**2 / p",
        Text(
            "A line is not the derivative of the formula in forward",
            "The focal loss -(1 - p)² log p at p = 0.5: its derivative is 2·0.5·log 0.5 - 0.25/0.5 = -0.693 - 0.5 = -1.193. The first factor held constant gives -0.5.",
            "The gradient points roughly the right way, so it learns, to a worse end; beside the right loss the curve is slower.",
            "Count the factors of forward's formula in which the variable stands: there is a term for each. Count the functions around it: there is a factor for each.",
        ),
    ),
    "updated-early": Entry(
        "y = x W  ⇒  dx = dy Wᵀ, with the W that made y",
        "self.W -= lr * self.x.T @ dout\nreturn dout @ self.W.T",
        "dx = dout @ self.W.T\nself.W -= lr * self.x.T @ dout\nreturn dx",
        Text(
            "Parameters are updated before a gradient is computed from them",
            "y = w·x with w = 2, x = 3, dout = 1, lr = 0.1: dx = 2. After the update w = 2 - 0.1·3 = 1.7, and dx would be 1.7.",
            "Nothing shows while steps are small; with large learning rates lower layers are pushed wrongly and training becomes unstable.",
            "Between forward and the last gradient no parameter may change. Collect all gradients, then update; or compute what goes back before the update.",
        ),
    ),
    "changed-in-place": Entry(
        "a = b: one array with two names",
        "dz = dout\ndz[self.z <= 0] = 0",
        "dz = dout.copy()\ndz[self.z <= 0] = 0",
        Text(
            "An array is changed in place that is still needed",
            "y = max(z, 0) + z with z = -1, dout = 3: dz = 0 + 3 = 3. If dz is dout itself and is set to 0, then dout is 0, too, and so is their sum.",
            "One branch of a network gets no gradient, or one that has been through another branch.",
            "Look for = between two names and for +=, *= and […] = afterwards. A new array (b * mask, b.copy()) leaves the old one as it is.",
        ),
    ),
    "penalty-of-bias": Entry(
        "L = … + (λ/2) Σⱼ₌₁ θⱼ²  ⇒  ∂L/∂θ₀ has no λθ₀",
        "grad = grad + lam * theta",
        "grad[1:] = grad[1:] + lam * theta[1:]",
        Text(
            "The penalty's gradient is there for the bias, which the loss does not penalise",
            "θ = (5, 2), λ = 0.1: the penalty is 0.1/2·2² = 0.2, its gradient (0, 0.2). With all of θ it is (0.5, 0.2).",
            "The bias is pulled towards 0: predictions have an offset that no training removes.",
            "If the sum in the loss begins with theta[1:], so must the term in the gradient.",
        ),
    ),
    "kernel-turned": Entry(
        "y[i] = Σₖ w[k] x[i + k]  ⇒  dx[j] = Σₖ w[k] dy[j − k]",
        "dx = correlate(padded, w)",
        "dx = correlate(padded, w[::-1])",
        Text(
            "The kernel is turned round where it should not be, or is not where it should",
            "w = (1, 2), x of 3 numbers, dy = (1, 0): y[0] = x[0] + 2·x[1], so dx = (1, 2, 0). A correlation of dy with w unturned gives (2, 1, 0).",
            "Kernels that are nearly symmetric hide it; lower layers learn from mirrored gradients.",
            "Layers correlate. The input's gradient is a full correlation with the kernel turned by 180°, or a sum over windows with the kernel as it is; the kernel's own turns nothing.",
        ),
    ),
}
