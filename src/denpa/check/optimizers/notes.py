"""What a report of an update rule says besides: other forms that are right, what was assumed."""

from __future__ import annotations

# What is no mistake: notes, in English and Japanese.
NOTES: dict[str, tuple[str, str]] = {
    "eps-inside": (
        "right, in the form with ε inside the square root (Goodfellow et al. 2016, algorithm 8.5; "
        "optax, eps_root); there ε counts as √ε",
        "ε が平方根の中にある形です(Goodfellow ほか 2016、アルゴリズム 8.5、optax の eps_root)。"
        "間違いではありません",
    ),
    "eps-hat": (
        "right, in Adam's short form, lr·√(1 - β2ᵗ)/(1 - β1ᵗ) · m/(√v + ε̂) (Kingma, Ba 2015, end "
        "of section 2; TensorFlow)",
        "Adam の短い形 lr·√(1 - β2ᵗ)/(1 - β1ᵗ) · m/(√v + ε̂) です(Kingma, Ba 2015、2 節の終わり、"
        "TensorFlow)。間違いではありません",
    ),
    "eps-hat-inside": (
        "right, in Adam's short form, lr·√(1 - β2ᵗ)/(1 - β1ᵗ) · m/√(v + ε), with ε inside the root "
        "(Kingma, Ba 2015, end of section 2)",
        "Adam の短い形 lr·√(1 - β2ᵗ)/(1 - β1ᵗ) · m/√(v + ε) で、ε は平方根の中です(Kingma, Ba "
        "2015、2 節の終わり)。間違いではありません",
    ),
    "amsgrad": (
        "right, in the form AMSGrad, with the largest v so far (Reddi, Kale, Kumar 2018)",
        "これまでの v の最大値を使う AMSGrad の形です(Reddi, Kale, Kumar 2018)",
    ),
    "decay-decoupled": (
        "right, in the form with weight decay taken from the weight itself: AdamW (Loshchilov, "
        "Hutter 2019)",
        "重み減衰を重みから直接引く AdamW の形です(Loshchilov, Hutter 2019)",
    ),
    "centered": (
        "right, in the centered form, √(s - a²) with the mean a of the gradient (Graves 2013)",
        "勾配の平均 a を引いた centered の形 √(s - a²) です(Graves 2013)",
    ),
    "velocity": (
        "right, in the form v ← αv - λg, p ← p + v, with the learning rate inside the velocity "
        "(Sutskever et al. 2013; Goodfellow et al. 2016, algorithm 8.2)",
        "学習率を速度の中に掛ける形 v ← αv - λg、p ← p + v です(Sutskever ほか 2013、Goodfellow "
        "ほか 2016、アルゴリズム 8.2)",
    ),
    "falling": (
        "right, with a learning rate that falls: {falling}",
        "学習率が小さくなっていきます: {falling}",
    ),
    "momentum-average": (
        "right, in the form v ← βv + (1 - β)g, an average (Ng, Deep Learning Specialization); its "
        "steps are 1 - β times as long",
        "移動平均の形 v ← βv + (1 - β)g です(Ng, Deep Learning Specialization)。更新量は 1 - β "
        "倍になります",
    ),
    "momentum-place": (
        "with a learning rate that stays, v ← αv - λg (Sutskever et al. 2013) and v ← αv + g with "
        "p ← p - λv (PyTorch) are the same",
        "学習率が一定なら、速度の中に掛けても外で掛けても同じです",
    ),
    "nesterov-form": (
        "PyTorch's form and that with momentum² · v (Bengio et al. 2013) are the same; "
        "Sutskever's is checked where the gradient is asked for as a function (grad_fn)",
        "PyTorch の形と momentum² · v の形は同じ値になります。Sutskever の形は、勾配を関数 "
        "(grad_fn)で受け取る場合に調べます",
    ),
    "sutskever": (
        "right, in the form with the gradient at the place ahead (Sutskever et al. 2013)",
        "Sutskever の形(先読みした位置で勾配をとる)です",
    ),
    "from-one": (
        "right, in the form whose average of the squares starts at 1 (TensorFlow 1)",
        "二乗の平均が 1 から始まります(TensorFlow の形)",
    ),
    "decay-matrices": (
        "weight decay spares biases (arrays of one dimension), as many do",
        "重み減衰がバイアス(1 次元の配列)には掛かりません。よく使われる形です",
    ),
    "decay-apart": (
        "right, in the form with weight decay apart from the momentum (SGDW: Loshchilov, "
        "Hutter 2019)",
        "重み減衰が重みから直接引かれています(SGDW)",
    ),
    "decay-paper": (
        "right, in the form whose weight decay is not multiplied by the learning rate (Loshchilov, "
        "Hutter 2019); PyTorch multiplies",
        "重み減衰に学習率が掛かっていません。論文の形です(PyTorch は掛けます)",
    ),
    "decay-after": (
        "right, in the form with weight decay after the step (Hugging Face Transformers, AdamW)",
        "重み減衰が更新の後に適用されています。そうするライブラリもあります",
    ),
    "not-corrected-published": (
        "right, in the form without bias correction (Reddi, Kale, Kumar 2018)",
        "バイアス補正なしの、論文の形です",
    ),
    "largest-corrected": (
        "right, in the form with the largest of the corrected moments (Keras)",
        "補正後の 2 次モーメントの最大値をとる形です",
    ),
    "nadam-plain": (
        "right, in the form without the schedule of the momentum (Ruder 2016)",
        "モーメンタムのスケジュールのない形です",
    ),
    "single": (
        "the rule was run with one parameter: whether several would share its state is not known",
        "パラメータ 1 個で調べました。複数のとき状態が共有されるかどうかは分かりません",
    ),
    "float32": (
        "it computes in float32: the steps are compared to three digits",
        "float32 で計算されているので、3 桁で比べました",
    ),
    "used": ("compared with {hyper}", "比べた条件: {hyper}"),
    "guessed": (
        "{names} could not be read, and these values fit; update_rule(…, {first}=…) says what is "
        "meant",
        "{names} は読み取れなかったため、合う値を使いました。"
        "update_rule(…, {first}=…) で指定できます",
    ),
    "assumed": (
        "{names} could not be read, and usual values were assumed; update_rule(…, {first}=…) says "
        "what is meant",
        "{names} は読み取れなかったため、標準の値と仮定しました。"
        "update_rule(…, {first}=…) で指定できます",
    ),
}
