# 기계학습 과제 2 : numpy 없이 로지스틱 회귀
from math import exp, log


def sigmoid(z):
    if z >= 0:
        return 1.0 / (1.0 + exp(-z))
    e = exp(z)
    return e / (1.0 + e)


def cost_and_gradient(weights, rows, labels, lam=0.1):
    """
    weights : [w0, w1, ..., wd]   (w0 는 절편)
    rows    : 특성 리스트의 리스트
    labels  : 0/1 리스트
    """
    m = len(rows)
    cost = 0.0
    grad = [0.0 for _ in weights]
    for row, label in zip(rows, labels):
        z = weights[0]
        for w, v in zip(weights[1:], row):
            z += w * v
        p = sigmoid(z)
        cost += -label * log(p) - (1 - label) * log(1 - p)
        diff = p - label
        grad[0] += diff
        for j, v in enumerate(row):
            grad[j + 1] += diff * v
    cost /= m
    grad = [g / m for g in grad]
    # 절편은 규제하지 않는다
    for j in range(1, len(weights)):
        cost += lam / (2 * m) * weights[j] ** 2
        grad[j] += lam / m * weights[j]
    return cost, grad


def fit(rows, labels, lr=0.5, epochs=200):
    w = [0.0] * (len(rows[0]) + 1)
    for _ in range(epochs):
        c, g = cost_and_gradient(w, rows, labels)
        w = [a - lr * b for a, b in zip(w, g)]
    return w, c


data = [[0.2, 1.1], [1.4, -0.3], [-0.7, 0.5], [2.0, 0.1], [-1.2, -0.4]]
target = [0, 1, 0, 1, 0]
print(fit(data, target))
