"""Explanations of what makes a backward raise."""

from __future__ import annotations

# ruff: noqa: E501  -- a Japanese letter counts as two columns, and texts are easier to compare unbroken
from denpa.check.explain.entry import Entry, Text

RAISING: dict[str, Entry] = {
    "does-not-fit": Entry(
        "∂L/∂a has the shape of a, at every step on the way back",
        "return dout * mask",
        "return dout[:, None, :] * mask",
        Text(
            "The shapes of two arrays do not go together",
            "A mean over 4 words makes (5, 4, 3) into (5, 3). On the way back dout has (5, 3) and must reach all 4 words again: dout[:, None, :] has (5, 1, 3).",
            "None takes place: backward raises in the first step.",
            "Write the shape of every variable beside its line. Where forward lost a dimension, backward brings it back; where forward reshaped, backward reshapes to what was there.",
        ),
    ),
    "keepdims": Entry(
        "s = Σⱼ xⱼ keeps its column: (N, K) → (N, 1)",
        "s = np.sum(dout * y, axis=1)",
        "s = np.sum(dout * y, axis=1, keepdims=True)",
        Text(
            "A sum has lost the dimension that the next line needs",
            "Of a (5, 4) array the sum over axis 1 has the shape (5,). Taken from a (5, 4) array it is laid along the 4 columns, and 5 are not 4; as (5, 1) it is one number for each row.",
            "An error about shapes; with as many rows as columns there is none, and the numbers are wrong.",
            "Every sum, mean or max whose result meets the array that it was made of wants keepdims=True.",
        ),
    ),
    "product-kind": Entry(
        "y = f(x) element by element ⇒ dx = dout ⊙ f′(x);  Y = X W ⇒ dX = dY Wᵀ",
        "return np.dot(dout, self.out * (1 - self.out))",
        "return dout * self.out * (1 - self.out)",
        Text(
            "A matrix product stands where elements are multiplied, or the other way round",
            "Sigmoid of (5, 4) numbers: each has its own derivative, so dout and y(1 - y), both (5, 4), are multiplied element by element. A matrix product would want 4 columns against 4 rows.",
            "An error about shapes, unless a batch is as large as the layer is wide.",
            "What was * or a function of each element in forward is * in backward; what was a matrix product is a matrix product.",
        ),
    ),
    "undefined-name": Entry(
        "a name is looked up when its line runs, not before",
        "dx = dut @ self.W.T",
        "dx = dout @ self.W.T",
        Text(
            "A variable, attribute or key does not exist under this name",
            "forward(x) keeps self.x, and backward reads self.X: Python tells large letters from small ones, so there is no such attribute.",
            "None takes place: the first backward raises, though every forward was fine.",
            "Read the last line of the error: it has the name. Compare it letter by letter with where the variable is made; is self. forgotten?",
        ),
    ),
    "not-kept": Entry(
        "backward(dout) sees dout and self, and nothing else of forward",
        "mask = x > 0",
        "self.mask = x > 0",
        Text(
            "Forward does not keep what backward reads",
            "ReLU of [1, -2] lets the first through. Backward needs to know which: the mask [True, False] is a variable of forward alone, and gone when forward returns, unless it is put into self.",
            "None takes place: the first backward raises. An attribute that __init__ sets to None is still None then.",
            "For each self.… in backward find the line of forward that sets it.",
        ),
    ),
    "none-added": Entry(
        "dW ← dW + ∂L/∂W needs a dW to begin with",
        "self.dW += self.x.T @ dout",
        "self.dW = self.x.T @ dout",
        Text(
            "A gradient is added to what has no value yet",
            "__init__ sets self.dW = None. None + [[1.0, 2.0]] is no sum: += reads the old value before it writes the new one.",
            "None takes place: the first backward raises.",
            "Is each += preceded by zeros? Where a layer is used once for each backward, = is enough.",
        ),
    ),
    "arguments": Entry(
        "what is passed on is what is taken: as many, in the same order",
        "x, w = cache",
        "x, w, b = cache",
        Text(
            "Values are passed that are not those that are taken",
            "forward returns the cache (x, w, b), three values. x, w = cache has two names for them, and Python does not drop one.",
            "None takes place: the first backward raises.",
            "Put the line that fills the cache and the line that empties it side by side; the same for a function and its calls.",
        ),
    ),
    "booleans": Entry(
        "1 - m for numbers m of 0 and 1;  ~m for booleans",
        "dx = dout * -mask",
        "dx = dout * ~mask",
        Text(
            "Booleans are subtracted or negated like numbers",
            "mask = [True, False]. NumPy multiplies with it as with 1 and 0, but -mask raises: it cannot say whether -1 or False is meant. ~mask is [False, True].",
            "None takes place: the first backward raises.",
            "Say what the mask means: x > 0 passes on, so dout * (x > 0); or make it numbers with astype(float).",
        ),
    ),
}
