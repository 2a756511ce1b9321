"""What each mistake in an update rule is, in English and Japanese."""

from __future__ import annotations

from denpa.check.mistakes.words import Words

_M = "Without the power t the correction does not fade, as it must: 1 - β^t goes to 1."

RULE_WORDS: dict[str, Words] = {
    "sign": Words(
        "the sign of the step is wrong: it climbs",
        "The gradient points uphill, so the step is subtracted.",
    ),
    "lr-missing": Words(
        "the learning rate is not multiplied in",
        "The step is the learning rate times the direction.",
    ),
    "lr-twice": Words(
        "the learning rate is multiplied in twice",
        "It belongs into the velocity or into the step, not into both.",
    ),
    "scale": Words(
        "the step is {factor} times what it should be",
        "A constant factor is missing or there twice.",
    ),
    "not-squared": Words(
        "the gradient is not squared in {what}",
        "{what} follows the size of the gradient: the mean or sum of its squares, under a root.",
    ),
    "squared-moment": Words(
        "{what} is made of the squares of m, not of the gradient",
        "The second moment is the running mean of g².",
    ),
    "squared-gradient": Words(
        "{what} is made of the squares of the gradient, not of the steps",
        "AdaDelta divides the size of past steps by the size of past gradients.",
    ),
    "root-forgotten": Words(
        "the square root of {what} is forgotten",
        "{what} holds squares; its root has the size of a gradient.",
    ),
    "eps-missing": Words(
        "ε is missing: where the gradient is zero the step is 0/0",
        "A weight that never gets a gradient (a row of an embedding, a dead unit) becomes NaN.",
    ),
    "parentheses": Words(
        "parentheses are missing: ε is added to the whole step, not to the divisor",
        "a / sqrt(v) + eps is (a / sqrt(v)) + eps.",
    ),
    "multiplied": Words(
        "the step is multiplied by the root of {what}, not divided",
        "Where gradients are large the steps become smaller, not larger.",
    ),
    "not-divided": Words(
        "the step is not divided by the root of {what}",
        "The division gives each weight a step size of its own.",
    ),
    "not-corrected": Words(
        "the bias correction of {what} is missing",
        "Averages that start at zero are too small at first; 1 - β^t makes up for it.",
    ),
    "power-forgotten": Words(
        "the power t is missing in 1 - β^t, the bias correction of {what}",
        _M,
    ),
    "correction-multiplied": Words(
        "{what} is multiplied by 1 - β^t, not divided",
        "The average is too small at first, and 1 - β^t is less than 1: divide.",
    ),
    "correction-wrong-beta": Words(
        "the bias correction of {what} has the other β",
        "m is corrected with β1, v with β2: each with the β of its own average.",
    ),
    "correction-exchanged": Words(
        "β1 and β2 are exchanged in the bias corrections",
        "m is corrected with β1, v with β2: each with the β of its own average.",
    ),
    "correction-one-minus": Words(
        "{what} is divided by β^t, not by 1 - β^t",
        "The weights (1 - β)β^k of an average over t steps add up to 1 - β^t.",
    ),
    "corrected-kept": Words(
        "the average itself is overwritten by its corrected value: {what}",
        "Only the step uses the corrected value; kept, it is corrected again in every step.",
    ),
    "t-stuck": Words(
        "t stays at 1: the bias correction is the same in every step",
        "Count the steps in what is kept between calls. " + _M,
    ),
    "t-from-zero": Words(
        "t is counted from 0: in the first step the bias correction divides by 1 - β⁰ = 0",
        "Add 1 to t before it is used; the first step has t = 1.",
    ),
    "t-ahead": Words(
        "t is one too large: the first step uses t = 2",
        "Start at 0 and add 1 before t is used, or start at 1 and add 1 at the end.",
    ),
    "t-each": Words(
        "t is counted up once for each parameter, not once for each step",
        "Put t += 1 before the loop over the parameters.",
    ),
    "betas-exchanged": Words(
        "β1 and β2 are exchanged",
        "β1 = 0.9 belongs to the gradient's mean m, β2 = 0.999 to that of the squares v.",
    ),
    "wrong-beta": Words(
        "{what} is averaged with the other β",
        "β1 belongs to the gradient's mean m, β2 to that of the squares v.",
    ),
    "weights-exchanged": Words(
        "in {what} the weights of the old value and of the new one are exchanged",
        "The old average keeps the large part β, what is new gets 1 - β.",
    ),
    "one-minus-forgotten": Words(
        "in {what} the factor 1 - β of the new value is missing",
        "Only with weights that add up to 1 is it an average; without, it grows 1/(1 - β) times.",
    ),
    "old-not-decayed": Words(
        "in {what} the old value is not multiplied by its decay",
        "Without the factor below 1 the past is never forgotten, and the sum only grows.",
    ),
    "sign-inside": Words(
        "in {what} a sign is wrong",
        "Old and new value are added.",
    ),
    "state-lost": Words(
        "{what} is not kept from step to step: each starts from zero",
        "Keep it where it outlives the call: in the object, or in the state that is passed on.",
    ),
    "state-shared": Words(
        "the parameters share one state",
        "Each parameter needs averages of its own, of its own shape: keep them by its name.",
    ),
    "old-state": Words(
        "the step uses {what} from before it is brought up to date",
        "First the state takes in the new gradient, then the step uses it.",
    ),
    "moment-unused": Words(
        "the step uses the gradient in place of {what}",
        "Adam's step is m̂ / √v̂; with g it is RMSProp with a correction.",
    ),
    "velocity-twice": Words(
        "the step takes the gradient or the momentum twice",
        "The velocity holds the gradient and the momentum already.",
    ),
    "look-ahead-forgotten": Words(
        "the look-ahead is forgotten: this is momentum, not Nesterov's",
        "Nesterov's step goes on by momentum · u from where the gradient has led.",
    ),
    "look-ahead-old": Words(
        "the look-ahead uses the velocity from before it is brought up to date",
        "With u = momentum · u + g the step is lr · (g + momentum · u), with the new u.",
    ),
    "look-ahead-twice": Words(
        "the velocity is brought up to date too early: the formula is meant for the old one",
        "p += momentum² · v - (1 + momentum) · lr · g holds with v from before; some books print "
        "it after the update of v.",
    ),
    "look-ahead-wrong": Words(
        "the look-ahead is wrong",
        "With u = momentum · u + g the step is lr · (g + momentum · u).",
    ),
    "largest-forgotten": Words(
        "the largest v so far is not kept: this is Adam",
        "AMSGrad divides by the root of the largest second moment so far.",
    ),
    "decay-missing": Words(
        "weight decay is not applied",
        "There is a weight decay of {decay}, and no term of the step depends on it.",
    ),
    "decay-sign": Words(
        "the sign of weight decay is wrong: weights grow",
        "Decay draws each weight toward zero: λp joins the gradient, which is subtracted.",
    ),
    "decay-without-p": Words(
        "weight decay is not multiplied by the weight",
        "The derivative of (λ/2)p² is λp.",
    ),
    "decay-coupled": Words(
        "weight decay is added to the gradient (L2, as in Adam), not apart from it",
        "AdamW takes lr · λ · p from the weight itself; in the gradient it is divided by √v̂ too.",
    ),
    "decay-both": Words(
        "weight decay is applied twice: to the gradient and to the weight",
        "AdamW takes lr · λ · p from the weight alone.",
    ),
    "other-rule": Words(
        "this is {other}, not {rule}",
        "It does what {other} does, number for number: check it under that name, or write {rule}.",
    ),
    "gradient-changed": Words(
        "the gradient is changed in place",
        "Others read it too (its norm, a log, the next closure): compute into a new array.",
    ),
    "gradient-kept": Words(
        "the state is the gradient's array itself, not a copy",
        "Where backward writes the next gradient into the same array, the state changes with it.",
    ),
    "not-applied": Words(
        "a step leaves the parameters as they were",
        "p = p - … makes a new array that ends with the call: write p -= … or return it.",
    ),
    "skipped": Words(
        "{name} is never updated",
        "The loop leaves it out: look at its range, and at a return inside it.",
    ),
    "shape": Words(
        "after the step {name} has the shape {got}; it had {want}",
        "Something of another shape was broadcast into it: a state of another parameter, a sum.",
    ),
    "nan": Words(
        "from step {step} on {name} holds NaN or infinity, though every gradient is finite",
        "Look for 0/0, the root of a negative number, and 1 - β^t with t = 0.",
    ),
    "unknown-first": Words(
        "no known mistake fits; step 1 is wrong already: {name}{at} moves by {got} in place of "
        "{want}",
        "The state was zero then: look at the step itself, before what is kept between steps.",
    ),
    "unknown-later": Words(
        "no known mistake fits; it is right up to step {step} and then wrong: {name}{at} moves by "
        "{got} in place of {want}",
        "The first step is right, so look at what is kept between steps: state, decay, t.",
    ),
}

# What the words call the quantities of the definitions, in English and Japanese.
WHAT: dict[str, str] = {
    "m": "the first moment m",
    "v": "the second moment v",
    "m, v": "m and v",
    "v_hat": "the corrected second moment",
    "s": "the accumulated squares s",
    "u": "the velocity",
    "a": "the accumulated steps a",
    "": "the state",
}
