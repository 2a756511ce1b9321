# 얼굴 인식 - triplet loss (숙제 2번)
import numpy as np


class TripletLoss:
    """L = mean( max(0, |a-p|^2 - |a-n|^2 + alpha) )"""

    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, anchor, positive, negative):
        self.a, self.p, self.n = anchor, positive, negative
        pos = np.sum((anchor - positive) ** 2, axis=1)
        neg = np.sum((anchor - negative) ** 2, axis=1)
        v = pos - neg + self.alpha
        self.active = v > 0
        return np.mean(np.where(self.active, v, 0.0))

    def backward(self):
        # anchor, positive, negative 순서로 기울기를 돌려준다
        m = self.a.shape[0]
        s = (2.0 / m) * self.active[:, None]
        da = s * (self.a - self.p)
        dp = s * (self.p - self.a)
        dn = s * (self.a - self.n)
        return da, dp, dn
