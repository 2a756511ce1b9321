# focal loss (Lin et al. 2017), binary, 논문 구현 연습
import numpy as np


class FocalLossWithLogits:
    """
    FL(p_t) = - alpha_t * (1 - p_t)^gamma * log(p_t)
    logits : 모델 출력 (sigmoid 전)
    target : 0 또는 1
    """
    def __init__(self, alpha=0.25, gamma=2.0, reduction='mean'):
        self.alpha = alpha
        self.gamma = gamma
        self.reduction = reduction

    def __call__(self, logits, target):
        return self.forward(logits, target)

    def forward(self, logits, target):
        p = 1 / (1 + np.exp(-logits))
        self.sign = np.where(target == 1, 1.0, -1.0)
        self.pt = np.clip(np.where(target == 1, p, 1 - p), 1e-12, 1 - 1e-12)
        self.at = np.where(target == 1, self.alpha, 1 - self.alpha)
        loss = -self.at * (1 - self.pt) ** self.gamma * np.log(self.pt)
        self.n = loss.size
        if self.reduction == 'mean':
            return loss.mean()
        return loss.sum()

    def backward(self):
        pt, g = self.pt, self.gamma
        # d pt / d logit = sign * pt * (1 - pt)
        mod = (1 - pt) ** g
        dlogits = self.at * self.sign * mod * (g * np.log(pt) - (1 - pt))
        if self.reduction == 'mean':
            dlogits = dlogits / self.n
        return dlogits


if __name__ == '__main__':
    np.random.seed(1)
    x = np.random.randn(5, 1)
    t = np.array([[1], [0], [0], [1], [0]])
    crit = FocalLossWithLogits()
    for epoch in range(5):
        print(epoch, crit(x, t))
        x -= 10 * crit.backward()
