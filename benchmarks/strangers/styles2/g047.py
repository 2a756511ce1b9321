import numpy as np


class Activation:
    def __call__(self, x):
        raise NotImplementedError
    def gradient(self, x):
        raise NotImplementedError


class SoftPlus(Activation):
    def __call__(self, x):
        return np.log(1 + np.exp(x))

    def gradient(self, x):
        return 1 / (1 + np.exp(-x))


class SELU(Activation):
    # Reference : https://arxiv.org/abs/1706.02515
    alpha = 1.6732632423543772848170429916717
    scale = 1.0507009873554804934193349852946

    def __call__(self, x):
        return self.scale * np.where(x >= 0.0, x, self.alpha * (np.exp(x) - 1))

    def gradient(self, x):
        return self.scale * np.where(x >= 0.0, 1, self.alpha * np.exp(x))
