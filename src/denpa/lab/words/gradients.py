"""The section on gradients."""

from __future__ import annotations

JA = {
    # surface
    "direction θ (degrees)": "方向 θ（度）",
    "gradient · direction": "勾配・方向（内積）",
    "height $z$, and the way of the gradient": "高さ $z$ と勾配の向き",
    "slope of $z$ (rise per unit of way)": "$z$ の傾き（単位距離あたりの上昇）",
    "Contours of the hill, with an arrow from (#, #) towards the top; the slope by direction is a "
    "sine wave that is steepest at # degrees.":
        "丘の等高線と、(#, #) から頂上へ向かう矢印。方向ごとの傾きは正弦波で、# 度で最も急になる。",
    "The gradient at (#, #) is (#, #)": "(#, #) での勾配は (#, #) である",
    "In every direction, the slope is the gradient times the direction: largest difference":
        "どの方向でも、傾きは勾配と方向の内積に等しい（差の最大値）",
    "The steepest way up is the gradient's": "最も急な上り坂は勾配の向きである",
    "The steepest slope is the gradient's length": "最も急な傾きは勾配の長さに等しい",
}  # fmt: skip
