# -*- coding: utf-8 -*-
# 深度学习课程作业五：手写 LSTM 单元（按列存储，每一列是一个样本）
import numpy as np


class LSTM单步:
    """单个时间步的 LSTM。门的顺序：遗忘门 f、输入门 i、候选 c~、输出门 o"""

    def __init__(self, 输入维度=3, 隐藏维度=4):
        n = 输入维度 + 隐藏维度
        rng = np.random.RandomState(42)
        self.nx, self.nh = 输入维度, 隐藏维度
        self.Wf = rng.randn(隐藏维度, n) * 0.3
        self.Wi = rng.randn(隐藏维度, n) * 0.3
        self.Wc = rng.randn(隐藏维度, n) * 0.3
        self.Wo = rng.randn(隐藏维度, n) * 0.3
        self.bf = np.ones((隐藏维度, 1))       # 遗忘门偏置初始化为 1
        self.bi = np.zeros((隐藏维度, 1))
        self.bc = np.zeros((隐藏维度, 1))
        self.bo = np.zeros((隐藏维度, 1))

    @staticmethod
    def sigma(v):
        return 1.0 / (1.0 + np.exp(-v))

    def forward(self, x, h_prev, c_prev):
        # x: (nx, m)   h_prev, c_prev: (nh, m)
        concat = np.vstack([h_prev, x])
        f = self.sigma(self.Wf @ concat + self.bf)
        i = self.sigma(self.Wi @ concat + self.bi)
        g = np.tanh(self.Wc @ concat + self.bc)
        o = self.sigma(self.Wo @ concat + self.bo)
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        self.cache = (concat, f, i, g, o, c, c_prev)
        return h, c

    def backward(self, dh, dc):
        """dh、dc：损失对 h、c 的梯度。返回 dx, dh_prev, dc_prev，参数梯度放在 self.grads"""
        concat, f, i, g, o, c, c_prev = self.cache
        tc = np.tanh(c)
        dc_total = dc + dh * o * (1 - tc ** 2)
        do = dh * tc * o * (1 - o)
        df = dc_total * c_prev * f * (1 - f)
        di = dc_total * g * i * (1 - i)
        dg = dc_total * i * (1 - g ** 2)

        self.grads = {}
        dconcat = np.zeros_like(concat)
        for 名, d in (("f", df), ("i", di), ("c", dg), ("o", do)):
            self.grads["W" + 名] = d @ concat.T
            self.grads["b" + 名] = d.sum(axis=1, keepdims=True)
            dconcat += getattr(self, "W" + 名).T @ d
        return dconcat[self.nh:], dconcat[:self.nh], dc_total * f
