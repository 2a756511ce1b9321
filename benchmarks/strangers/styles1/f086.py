import numpy as np


class FocalLoss:
    def __init__(self, gamma=2.0, alpha=0.25):
        self.gamma = gamma
        self.alpha = alpha

    def forward(self, logits, targets):
        self.targets = targets
        self.p = 1.0 / (1.0 + np.exp(-logits))
        self.pt = np.where(targets == 1, self.p, 1 - self.p)
        loss = -self.alpha * (1 - self.pt) ** self.gamma * np.log(self.pt)
        return loss.mean()

    def backward(self):
        dpt = -self.alpha * (1 - self.pt) ** self.gamma / self.pt
        sign = np.where(self.targets == 1, 1.0, -1.0)
        dp = dpt * sign
        dlogits = dp * self.p * (1 - self.p)
        return dlogits / self.targets.size
