"""What a report of an update rule says besides: other forms that are right, what was assumed."""

from __future__ import annotations

# What is no mistake.
NOTES: dict[str, str] = {
    "eps-inside": (
        "right, in the form with ε inside the square root (Goodfellow et al. 2016, algorithm 8.5; "
        "optax, eps_root); there ε counts as √ε"
    ),
    "eps-hat": (
        "right, in Adam's short form, lr·√(1 - β2ᵗ)/(1 - β1ᵗ) · m/(√v + ε̂) (Kingma, Ba 2015, end "
        "of section 2; TensorFlow)"
    ),
    "eps-hat-inside": (
        "right, in Adam's short form, lr·√(1 - β2ᵗ)/(1 - β1ᵗ) · m/√(v + ε), with ε inside the root "
        "(Kingma, Ba 2015, end of section 2)"
    ),
    "amsgrad": "right, in the form AMSGrad, with the largest v so far (Reddi, Kale, Kumar 2018)",
    "decay-decoupled": (
        "right, in the form with weight decay taken from the weight itself: AdamW (Loshchilov, "
        "Hutter 2019)"
    ),
    "centered": "right, in the centered form, √(s - a²) with the mean a of the gradient (Graves "
    "2013)",
    "velocity": (
        "right, in the form v ← αv - λg, p ← p + v, with the learning rate inside the velocity "
        "(Sutskever et al. 2013; Goodfellow et al. 2016, algorithm 8.2)"
    ),
    "falling": "right, with a learning rate that falls: {falling}",
    "momentum-average": (
        "right, in the form v ← βv + (1 - β)g, an average (Ng, Deep Learning Specialization); its "
        "steps are 1 - β times as long"
    ),
    "momentum-place": (
        "with a learning rate that stays, v ← αv - λg (Sutskever et al. 2013) and v ← αv + g with "
        "p ← p - λv (PyTorch) are the same"
    ),
    "nesterov-form": (
        "PyTorch's form and that with momentum² · v (Bengio et al. 2013) are the same; "
        "Sutskever's is checked where the gradient is asked for as a function (grad_fn)"
    ),
    "sutskever": "right, in the form with the gradient at the place ahead (Sutskever et al. 2013)",
    "from-one": "right, in the form whose average of the squares starts at 1 (TensorFlow 1)",
    "decay-matrices": "weight decay spares biases (arrays of one dimension), as many do",
    "decay-apart": (
        "right, in the form with weight decay apart from the momentum (SGDW: Loshchilov, "
        "Hutter 2019)"
    ),
    "decay-paper": (
        "right, in the form whose weight decay is not multiplied by the learning rate (Loshchilov, "
        "Hutter 2019); PyTorch multiplies"
    ),
    "decay-after": "right, in the form with weight decay after the step (Hugging Face "
    "Transformers, AdamW)",
    "not-corrected-published": "right, in the form without bias correction (Reddi, Kale, Kumar "
    "2018)",
    "largest-corrected": "right, in the form with the largest of the corrected moments (Keras)",
    "nadam-plain": "right, in the form without the schedule of the momentum (Ruder 2016)",
    "single": "the rule was run with one parameter: whether several would share its state is not "
    "known",
    "float32": "it computes in float32: the steps are compared to three digits",
    "used": "compared with {hyper}",
    "guessed": (
        "{names} could not be read, and these values fit; update_rule(…, {first}=…) says what is "
        "meant"
    ),
    "assumed": (
        "{names} could not be read, and usual values were assumed; update_rule(…, {first}=…) says "
        "what is meant"
    ),
}
