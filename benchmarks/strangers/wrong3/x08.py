# LSTM 한 스텝의 순전파 / 역전파 (과제 3)
import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """
    입력
      x: (N, D), prev_h: (N, H), prev_c: (N, H)
      Wx: (D, 4H), Wh: (H, 4H), b: (4H,)
    출력
      next_h, next_c, cache
    """
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    i = sigmoid(a[:, :H])           # 입력 게이트
    f = sigmoid(a[:, H:2 * H])      # 망각 게이트
    o = sigmoid(a[:, 2 * H:3 * H])  # 출력 게이트
    g = np.tanh(a[:, 3 * H:])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    cache = (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
    return next_h, next_c, cache


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)

    do = dnext_h * tanh_c
    dc = dnext_c + dnext_h * o * (1 - tanh_c ** 2)
    df = dc * next_c
    di = dc * g
    dg = dc * i
    dprev_c = dc * f

    # 게이트 활성화 함수의 미분
    da = np.hstack([
        di * i * (1 - i),
        df * f * (1 - f),
        do * o * (1 - o),
        dg * (1 - g ** 2),
    ])
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = da.sum(axis=0)
    return dx, dprev_h, dprev_c, dWx, dWh, db
