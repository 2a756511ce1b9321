# -*- coding: utf-8 -*-
import numpy as np


class BatchNorm:
    """バッチ正規化。入力は（特徴数, バッチサイズ）の行列"""

    def __init__(self, n, eps=1e-8):
        self.eps = eps
        self.g = np.ones((n, 1))    # スケール
        self.b = np.zeros((n, 1))   # シフト

    def forward(self, X):
        # 平均0、分散1に正規化
        self.m = X.shape[1]
        mu = np.mean(X, axis=1, keepdims=True)
        sigma2 = np.var(X, axis=1, keepdims=True)
        self.inv = 1. / np.sqrt(sigma2 + self.eps)
        self.X_norm = (X - mu) * self.inv
        return self.g * self.X_norm + self.b

    def backward(self, dY):
        # パラメータの勾配
        self.dg = np.sum(dY * self.X_norm, axis=1, keepdims=True)
        self.db = np.sum(dY, axis=1, keepdims=True)
        # 入力の勾配
        dX = self.g * self.inv / self.m * (self.m * dY - self.db - self.X_norm * self.dg)
        return dX
