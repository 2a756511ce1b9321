# -*- coding: utf-8 -*-
# 逻辑回归：前向传播 + 反向传播（每一列是一个样本）
import numpy as np


def sigmoid(z):
    return 1.0 / (1 + np.exp(-z))


def init_zeros(dim):
    w = np.zeros((dim, 1))
    b = 0.0
    return w, b


def propagate(w, b, X, Y):
    """
    参数:
        w -- 权重, 形状 (n_x, 1)
        b -- 偏置, 标量
        X -- 数据, 形状 (n_x, m)
        Y -- 标签, 0 或 1, 形状 (1, m)
    返回:
        grads -- 字典 dw, db
        cost  -- 负对数似然
    """
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = -(1.0 / m) * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))

    dZ = A - Y
    dw = (1.0 / m) * np.dot(X, dZ.T)
    db = (1.0 / m) * np.sum(dZ)

    assert dw.shape == w.shape
    cost = np.squeeze(cost)
    return {"dw": dw, "db": db}, cost


def optimize(w, b, X, Y, num_iterations, learning_rate, print_cost=False):
    costs = []
    for i in range(num_iterations):
        grads, cost = propagate(w, b, X, Y)
        w = w - learning_rate * grads["dw"]
        b = b - learning_rate * grads["db"]
        if i % 100 == 0:
            costs.append(cost)
            if print_cost:
                print("第 %d 次迭代, 代价: %f" % (i, cost))
    return {"w": w, "b": b}, costs


def predict(w, b, X):
    return (sigmoid(np.dot(w.T, X) + b) > 0.5).astype(int)


X = np.array([[1., 2., -1.], [3., 4., -3.2]])
Y = np.array([[1, 0, 1]])
w, b = init_zeros(2)
params, costs = optimize(w, b, X, Y, 300, 0.01, True)
print(params)
