"""
Reverse mode AD with an explicit Wengert list, FORTRAN flavour:
one global tape, variables are just indices into it.
"""
import math

TAPE_VAL = []
TAPE_ARGS = []      # list of (index, local partial)


def reset():
    del TAPE_VAL[:]
    del TAPE_ARGS[:]


def _rec(val, *args):
    TAPE_VAL.append(val)
    TAPE_ARGS.append(args)
    return len(TAPE_VAL) - 1


def var(x):
    return _rec(float(x))


def add(i, j):
    return _rec(TAPE_VAL[i] + TAPE_VAL[j], (i, 1.0), (j, 1.0))


def mul(i, j):
    return _rec(TAPE_VAL[i] * TAPE_VAL[j], (i, TAPE_VAL[j]), (j, TAPE_VAL[i]))


def div(i, j):
    q = TAPE_VAL[i] / TAPE_VAL[j]
    return _rec(q, (i, 1.0 / TAPE_VAL[j]), (j, -q / TAPE_VAL[j]))


def sin_(i):
    return _rec(math.sin(TAPE_VAL[i]), (i, math.cos(TAPE_VAL[i])))


def exp_(i):
    e = math.exp(TAPE_VAL[i])
    return _rec(e, (i, e))


def adjoints(out):
    bar = [0.0] * len(TAPE_VAL)
    bar[out] = 1.0
    for k in range(out, -1, -1):
        for i, partial in TAPE_ARGS[k]:
            bar[i] += partial * bar[k]
    return bar


def value_and_gradient(x, y, z):
    """the test function of the lecture: f = sin(x y) + x exp(z) / (y + z^2 + 3), reset each call"""
    reset()
    ix, iy, iz = var(x), var(y), var(z)
    three = var(3.0)
    den = add(add(iy, mul(iz, iz)), three)
    f = add(sin_(mul(ix, iy)), div(mul(ix, exp_(iz)), den))
    bar = adjoints(f)
    return TAPE_VAL[f], (bar[ix], bar[iy], bar[iz])


if __name__ == "__main__":
    print(value_and_gradient(0.5, 1.5, -0.3))
