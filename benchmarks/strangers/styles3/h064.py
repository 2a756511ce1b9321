# 배치 정규화 (2차원 합성곱용)  -- 딥러닝 스터디 4주차
import numpy as np


class 배치정규화2D:
    """입력 x : (N, C, H, W), 채널별로 평균과 분산을 구한다."""

    def __init__(self, 채널수, eps=1e-5, momentum=0.9):
        self.gamma = np.random.uniform(0.5, 1.5, 채널수)
        self.beta = np.zeros(채널수)
        self.eps = eps
        self.momentum = momentum
        self.이동평균 = np.zeros(채널수)
        self.이동분산 = np.ones(채널수)
        self.학습중 = True
        self.dgamma = None
        self.dbeta = None

    def 순전파(self, x):
        if not self.학습중:
            xn = (x - self._b(self.이동평균)) / np.sqrt(self._b(self.이동분산) + self.eps)
            return self._b(self.gamma) * xn + self._b(self.beta)
        mu = x.mean(axis=(0, 2, 3))
        var = x.var(axis=(0, 2, 3))
        self.std = np.sqrt(var + self.eps)
        self.xc = x - self._b(mu)
        self.xn = self.xc / self._b(self.std)
        self.이동평균 = self.momentum * self.이동평균 + (1 - self.momentum) * mu
        self.이동분산 = self.momentum * self.이동분산 + (1 - self.momentum) * var
        return self._b(self.gamma) * self.xn + self._b(self.beta)

    def 역전파(self, dout):
        N, C, H, W = dout.shape
        self.dbeta = dout.sum(axis=(0, 2, 3))
        self.dgamma = (dout * self.xn).sum(axis=(0, 2, 3))
        dxn = dout * self._b(self.gamma)
        dvar = (dxn * self.xc).sum(axis=(0, 2, 3)) * -0.5 / self.std ** 3
        dmu = -(dxn / self._b(self.std)).sum(axis=(0, 2, 3))
        m = N
        dx = dxn / self._b(self.std)
        dx += self._b(dvar) * 2.0 * self.xc / m
        dx += self._b(dmu) / m
        return dx

    @staticmethod
    def _b(v):
        return v.reshape(1, -1, 1, 1)


if __name__ == "__main__":
    층 = 배치정규화2D(3)
    x = np.random.randn(4, 3, 5, 5)
    y = 층.순전파(x)
    print(y.mean(axis=(0, 2, 3)), y.std(axis=(0, 2, 3)))
    print(층.역전파(np.random.randn(*x.shape)).shape)
