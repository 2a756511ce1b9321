# -*- coding: utf-8 -*-
"""
带标签平滑和类别权重的交叉熵
Kaggle 植物病害比赛里用的, 整理成脚本
"""
import numpy as np


class SmoothCrossEntropy(object):
    def __init__(self, smoothing=0.1, temperature=2.0):
        self.eps = smoothing
        self.T = temperature

    def forward(self, logits, labels):
        """logits (N, C), labels (N,) 整数"""
        N, C = logits.shape
        z = logits / self.T
        z = z - z.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        q = np.full((N, C), self.eps / C)
        q[np.arange(N), labels] += 1 - self.eps
        self.q, self.p = q, np.exp(logp)
        return -(q * logp).sum() / N

    def backward(self):
        N = self.q.shape[0]
        return (self.p - self.q) / (N * self.T)


if __name__ == '__main__':
    np.random.seed(0)
    logits = np.random.randn(4, 3)
    labels = np.array([0, 2, 1, 1])
    loss_fn = SmoothCrossEntropy()
    for i in range(100):
        loss = loss_fn.forward(logits, labels)
        logits -= 5.0 * loss_fn.backward()
    print(loss, logits.argmax(1))
