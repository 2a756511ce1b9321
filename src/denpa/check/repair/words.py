"""What each mistake is that a change of the code has undone, in English and Japanese."""

from __future__ import annotations

from denpa.check.mistakes.words import Words

REPAIR_WORDS: dict[str, Words] = {
    "overwritten": Words(
        "a part of the gradient is overwritten: = stands where += belongs",
        "Where a value is used more than once, the gradients of all its uses are added.",
    ),
    "repeats-lost": Words(
        "what occurs twice counts once: an array of indices with = or += keeps the last one only",
        "NumPy adds once for each place, not for each index; np.add.at adds for every index.",
    ),
    "activation-forgotten": Words(
        "the derivative of an activation is missing: the factor {want}",
        "On the way back through an activation the gradient is multiplied by its derivative.",
    ),
    "wrong-variable": Words(
        "{got} is used where {want} belongs",
        "The shapes are the same, so nothing complains; the numbers are another thing's.",
    ),
    "wrong-function": Words(
        "{got} is computed where {want} belongs",
        "It is a function of the same family, not the derivative that is needed.",
    ),
    "factor-missing": Words(
        "a factor is missing: {want}",
        "By the chain rule every function on the way gives its derivative as a factor.",
    ),
    "factor-extra": Words(
        "there is a factor too many: {got} should be {want}",
        "Perhaps it has been multiplied in already, by this line or by what comes from above.",
    ),
    "term-missing": Words(
        "a term is missing: {want}",
        "A value that reaches the output by several ways has a term of its gradient for each.",
    ),
    "term-extra": Words(
        "there is a term too many: {got} should be {want}",
        "Each way from the value to the output gives one term, and no other does.",
    ),
    "sign-inside": Words(
        "a sign is wrong: {got} should be {want}",
        "Differentiate this term once more: minus times minus, or the derivative of 1/x or -x.",
    ),
    "constant": Words(
        "{got} stands where {want} belongs",
        "A constant of the forward pass stands in its derivative, too.",
    ),
    "comparison": Words(
        "the cases are the wrong way round: {got} should be {want}",
        "The derivative of a piecewise function has the cases of the function itself.",
    ),
    "axis": Words(
        "it is summed over the wrong dimension: {got} should be {want}",
        "What forward spreads over a dimension, backward sums over this dimension.",
    ),
    "order": Words(
        "the operands of a product stand in the wrong order: {got} should be {want}",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY; the shapes say the order.",
    ),
    "operand-transposed": Words(
        "an operand of a product is transposed wrongly: {got} should be {want}",
        "Of Y = X W the gradients are dX = dY Wᵀ and dW = Xᵀ dY.",
    ),
    "loop-order": Words(
        "the steps are gone through in the wrong direction",
        "Backward undoes the last step first: through time it runs from the end to the beginning.",
    ),
    "index": Words(
        "the wrong part is taken: {got} should be {want}",
        "Every example and every output adds to the gradient.",
    ),
    "reused": Words(
        "{got} runs {want} times in one forward pass, and keeps the values of the last run only",
        "Each use needs an object of its own, or a stack of what forward has kept.",
    ),
    "skipped": Words(
        "{got} is gone through forward, and never backward",
        "Every function on the way forward has its derivative on the way back.",
    ),
    "layer-order": Words(
        "backward goes through {got} where the turn of {want} is",
        "The way back is the way there from its end to its beginning.",
    ),
    "softmax-jacobian": Words(
        "this is not softmax's Jacobian times {upstream}: {got} should be {want}",
        "With p the output, ∂pᵢ/∂zⱼ = pᵢ(δᵢⱼ − pⱼ): every input moves all outputs, so the products "
        "with dout are summed.",
    ),
    "kernel-turned": Words(
        "an array is turned round where it should not be, or is not where it should: {got} should "
        "be {want}",
        "Layers correlate: the gradient of the input is a correlation with the kernel turned by "
        "180°, or a sum over windows with the kernel as it is.",
    ),
    "penalty-of-bias": Words(
        "the penalty's term is there for all of {got}, and the loss leaves the bias out: {want}",
        "What the penalty does not sum over has no term of it in its gradient.",
    ),
    "updated-early": Words(
        "{name} is updated before this gradient is computed from it: {line}",
        "The gradient belongs to the parameters that forward has used: first all gradients, then "
        "the update.",
    ),
    "changed-in-place": Words(
        "an array is changed in place that is still needed: {got} should be {want}",
        "a = b gives one array a second name; += and *= then change it under both names.",
    ),
    "derivative-wrong": Words(
        "{got} is not the derivative of {of} by {by}, which is {want}",
        "A product has a term for each of its factors, and what is inside brings its own factor.",
    ),
    "bias-from-weights": Words(
        "the bias gradient is made of the weights' gradient: {got} stands where {want} belongs",
        "A bias is not multiplied by the layer's input: its gradient is the sum of the message.",
    ),
}
