"""What a check says that is no mistake, in English and Japanese."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Remark:
    """A key of `REMARKS` and what is filled in."""

    key: str
    fill: dict[str, str] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        """In words.

        >>> Remark("aliased", {"a": "x", "b": "W"}).text()
        'x and W share memory: a change of one in place changes the other; each was moved alone'
        """
        return REMARKS[self.key][language == "ja"].format(**self.fill)


REMARKS: dict[str, tuple[str, str]] = {
    "seeded": (
        "the code draws random numbers without a seed{where}; each evaluation was given the same "
        "ones",
        "種を固定せずに乱数を使っています{where}。どの評価にも同じ乱数を与えました",
    ),
    "single": (
        "the code computes in float32: gradients are compared to three digits",
        "float32 で計算しているので、勾配は 3 桁まで比べました",
    ),
    "kinks": (
        "d{name}: {k} of {n} numbers lie on a kink, where no derivative exists; they were left out",
        "d{name}: {n} 個のうち {k} 個は微分できない点(折れ目)にあるので、除きました",
    ),
    "budget": (
        "d{name}: the budget ended after {k} of {n} numbers",
        "d{name}: 予算が尽きたので、{n} 個のうち {k} 個を比べました",
    ),
    "unseen": (
        "d{name}: nothing could be compared, the output is not finite around these values",
        "d{name}: この値のまわりで出力が有限でないため、比べられませんでした",
    ),
    "steep": (
        "d{name}: differences are good to {error} only here, so much the numbers bend or cancel",
        "d{name}: 曲がりや桁落ちが大きく、差分の精度は {error} ほどです",
    ),
    "rounding": (
        "d{name}: in float32 rounding alone is an error of {error}; no mistake, but an unstable "
        "formula",
        "d{name}: float32 では丸めだけで {error} の誤差になります。"
        "間違いではなく、数値的に不安定な式です",
    ),
    "step-small": (
        "a step of {step} is too small: rounding alone makes a difference wrong by {error} "
        "(with {best}: {least})",
        "刻み幅 {step} は小さすぎます。丸めだけで差分に {error} の誤差が出ます"
        "({best} なら {least})",
    ),
    "step-large": (
        "a step of {step} is too large: curvature makes a difference wrong by {error} "
        "(with {best}: {least})",
        "刻み幅 {step} は大きすぎます。曲がりのため差分に {error} の誤差が出ます"
        "({best} なら {least})",
    ),
    "step-fine": (
        "a step of {step} serves: a central difference with it is off by {error}",
        "刻み幅 {step} で十分です。中心差分の誤差は {error} です",
    ),
    "carries": (
        "a state is carried from one call of forward to the next; each was given the state of a "
        "fresh object",
        "forward の呼び出しから次の呼び出しへ状態が引き継がれます。どの評価も新しいオブジェクトの"
        "状態から始めました",
    ),
    "aliased": (
        "{a} and {b} share memory: a change of one in place changes the other; each was moved "
        "alone",
        "{a} と {b} は同じメモリを使っています。一方をその場で変えると他方も変わります"
        "(ここでは別々に動かしました)",
    ),
    "taken-over": (
        "backward changes dout in place and returns it: whoever else holds it sees other numbers",
        "backward が dout をその場で書き換えて返しています。"
        "同じ配列を使う他の場所では値が変わります",
    ),
    "small": (
        "{names}: right but for {error} or less; a small constant does this, such as the 1e-7 of "
        "log(y + 1e-7), that the derivative leaves out. Leave it so",
        "{names}: {error} 以下の差はありますが、正しい勾配です。log(y + 1e-7) の 1e-7 のような"
        "小さな定数を微分で省くと、この程度の差が出ます。直す必要はありません",
    ),
    "more": (" (and {n} more like this)", "(同様のものが、ほかに {n} 件あります)"),
    "follows": (
        "wrong in the whole network, too: {names}; check again once {part} is mended",
        "ネットワーク全体では {names} も合いません。{part} を直してから、もう一度調べてください",
    ),
}
