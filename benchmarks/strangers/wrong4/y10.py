import numpy as np


class AdamOptimizer:
    """Adam, https://arxiv.org/abs/1412.6980 (Algorithm 1)

    Args:
        params: list of arrays, changed in place
        lr: step size
    """

    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.params = params
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.t = 0
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def step(self, grads):
        self.t += 1
        for i, (p, g) in enumerate(zip(self.params, grads)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g ** 2
            m_hat = self.m[i] / (1 - self.beta1 ** self.t)
            v_hat = self.v[i] / (1 - self.beta1 ** self.t)
            p -= self.lr * m_hat / (np.sqrt(v_hat) + self.epsilon)


if __name__ == "__main__":
    # minimise a bowl
    w = np.array([3.0, -2.0])
    opt = AdamOptimizer([w], lr=0.05)
    for _ in range(400):
        opt.step([2 * w])
    print(w)
