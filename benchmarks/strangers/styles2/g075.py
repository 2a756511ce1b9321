import numpy as np


class TripletLoss:
    """max(0, |a-p|^2 - |a-n|^2 + margin), batch mean (FaceNet)"""

    def __init__(self, margin=0.2):
        self.margin = margin

    def forward(self, anchor, positive, negative):
        self.a, self.p, self.n = anchor, positive, negative
        d_ap = ((anchor - positive) ** 2).sum(1)
        d_an = ((anchor - negative) ** 2).sum(1)
        v = d_ap - d_an + self.margin
        self.active = (v > 0)[:, None] / len(anchor)
        return np.maximum(v, 0).mean()

    def backward(self):
        da = 2 * (self.n - self.p) * self.active
        dp = 2 * (self.p - self.a) * self.active
        dn = 2 * (self.n - self.a) * self.active
        return da, dp, dn
