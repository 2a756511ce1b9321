import numpy as np

BETA = 1.0


def smooth_l1(y_hat, y):
    d = y_hat - y
    a = np.abs(d)
    return np.where(a < BETA, 0.5 * d * d / BETA, a - 0.5 * BETA).sum()


def d_smooth_l1(y_hat, y):
    d = y_hat - y
    a = np.abs(d)
    return np.where(a < BETA, d / BETA, d)


if __name__ == "__main__":
    print(smooth_l1(np.array([1., 2., 5.]), np.zeros(3)))
