"""TD séries temporelles : estimation d'un MA(1) par moindres carrés conditionnels."""
import numpy as np


def css_ma1(param, y):
    """
    param = (mu, theta),  y_t = mu + e_t + theta * e_{t-1},  e_0 = 0
    renvoie (S, dS) avec S = 1/2 * somme des e_t^2
    """
    mu, theta = param
    e_prec = 0.
    de_prec = np.zeros(2)
    S = 0.
    dS = np.zeros(2)
    for yt in y:
        e = yt - mu - theta * e_prec
        de = np.array([-1. - theta * de_prec[0],
                       -e_prec - theta * de_prec[1]])
        S += 0.5 * e ** 2
        dS += e * de
        e_prec, de_prec = e, de
    return S, dS


def estimer(y, pas=0.5, nb_iter=500):
    p = np.array([np.mean(y), 0.])
    n = len(y)
    for _ in range(nb_iter):
        _, g = css_ma1(p, y)
        p = p - pas * g / n
        p[1] = np.clip(p[1], -.99, .99)
    return p


if __name__ == '__main__':
    np.random.seed(3)
    bruit = np.random.randn(401)
    y = 2. + bruit[1:] + 0.6 * bruit[:-1]
    print("mu, theta =", estimer(y))
