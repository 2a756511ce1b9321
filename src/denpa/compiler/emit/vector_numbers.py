"""What float32 and float64 differ in for `vector_math`: the limits and the polynomials.

A polynomial's coefficients begin with the constant. Errors are the greatest on the whole interval,
before the coefficients are rounded to the type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_EXP = (
    0.5000000000000006,
    0.16666666666666685,
    0.0416666666665737,
    0.008333333333314612,
    0.0013888888932354528,
    0.00019841269902982363,
    2.4801504476889887e-05,
    2.755722799971711e-06,
    2.7626313602257296e-07,
    2.5114457892635156e-08,
)
"""(eʳ − 1 − r)/r² in r, |r| ≤ ln 2 / 2; |r| times the error is below 2⁻⁵⁵."""

_LOG = (
    0.6666666666666734,
    0.39999999999414654,
    0.28571428742393884,
    0.22222198572479784,
    0.18183564365846955,
    0.1531404946001772,
    0.14795961349629672,
)
"""(ln((1+s)/(1−s)) − 2s)/s³ in s², |s| ≤ 3 − 2√2; s² times the error is below 2⁻⁵⁸."""

_ERF_NEAR = (
    0.1283791670955126,
    -0.3761263890318375,
    0.11283791670954857,
    -0.026866170645072893,
    0.005223977624780859,
    -0.0008548326978741784,
    0.00012055331036884135,
    -1.4925593506514973e-05,
    1.6460972810982946e-06,
    -1.6350025158784255e-07,
    1.4657879416718964e-08,
    -1.1365664342383398e-09,
    5.945259064873783e-11,
)
"""erf(x)/x − 1 in x², |x| ≤ 1; the error is below 2⁻⁶²."""

_ERF_FAR = (
    -1.1283792020770158,
    -0.6366193550690443,
    -0.10277494307290277,
    0.019136648461874364,
    0.0001890337290875575,
    -0.0016592595491356527,
    0.0005377687971202575,
    3.280747887815675e-05,
    -0.00011720582532581069,
    6.784219263656555e-05,
    -2.5472694046406148e-05,
    7.154893129416936e-06,
    -1.5614974950987646e-06,
    2.659730367250079e-07,
    -3.485179413545112e-08,
    3.4009295225362206e-09,
    -2.3297646076570156e-10,
    9.997766653317897e-12,
    -2.0216424119619133e-13,
)
"""ln(1 − erf(x))/x in x, 1 ≤ x ≤ 6; x·(1 − erf x)/erf x times the error is below 2⁻⁶¹."""


@dataclass(frozen=True)
class Numbers:
    """What `vector_math` has to know of a type."""

    mantissa: int  # bits stored
    bias: int  # of the exponent
    ln2: tuple[float, float]  # a number of the type, and the rest of ln 2
    exp_range: tuple[float, float]  # beyond it exp is 0 and infinity
    flat: float  # from here on tanh x and sigmoid x are 1
    erf_flat: float
    exp: Sequence[float]  # (eʳ − 1 − r)/r² in r, |r| ≤ ln 2 / 2
    log: Sequence[float]  # (ln((1+s)/(1−s)) − 2s)/s³ in s², |s| ≤ 3 − 2√2
    erf_near: Sequence[float]  # erf(x)/x − 1 in x², |x| ≤ 1
    erf_far: Sequence[float]  # ln(1 − erf(x))/x in x, from 1 to erf_flat; weighed by 1 − erf


NUMBERS = {
    "float": Numbers(
        mantissa=23,
        bias=127,
        ln2=(0.6931471824645996, -1.904654299957768e-09),
        exp_range=(-104.0, 89.0),
        flat=20.0,
        erf_flat=4.0,
        exp=(0.5000000061901922, 0.1666654303962837, 0.041666282157940784, 0.008366577552928994,
             0.001394644026457052),
        log=(0.6666677638422784, 0.39977541223868, 0.2987173801941156),
        erf_near=(0.12837916572672595, -0.3761262582431536, 0.11283585149181699,
                  -0.02685381194959262, 0.005188327700493752, -0.0008010193674376069,
                  7.853861310491249e-05),
        erf_far=(-1.1286886265002418, -0.6349916849375187, -0.10649577443334297,
                 0.02398104348879788, -0.0037442634871168224, 0.0003474548409386194,
                 -1.3659083925463444e-05),
    ),
    "double": Numbers(
        mantissa=52,
        bias=1023,
        ln2=(0.6931471805599453, 2.3190468138462996e-17),
        exp_range=(-746.0, 710.0),
        flat=40.0,
        erf_flat=6.0,
        exp=_EXP,
        log=_LOG,
        erf_near=_ERF_NEAR,
        erf_far=_ERF_FAR,
    ),
}  # fmt: skip
"""By the name of the type in LLVM."""

SIN = (
    -0.16666666641620873,
    0.008333329385223048,
    -0.00019839334618558866,
    2.718309394691618e-06,
)
"""(sin(x)/x − 1)/x² in x², |x| ≤ π/4, to the digits that a float of the result needs."""

COS = (
    -0.499999997250411,
    0.04166662331642482,
    -0.0013886763535803737,
    2.4390425747997423e-05,
)
"""(cos x − 1)/x² in x², |x| ≤ π/4, to the digits that a float of the result needs."""

HALF_PI = (1.5707963267948966, 6.123233995736766e-17)
"""π/2 as the sum of two numbers."""
