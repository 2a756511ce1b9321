import numpy as np

class CosineEmbeddingLoss:
    '''loss = mean(1 - cos(u, v))'''

    def forward(self, u, v):
        self.nu = np.linalg.norm(u, axis=1, keepdims=True)
        self.nv = np.linalg.norm(v, axis=1, keepdims=True)
        self.uh = u / self.nu
        self.vh = v / self.nv
        self.cos = np.sum(self.uh * self.vh, axis=1, keepdims=True)
        return np.mean(1 - self.cos)

    def backward(self):
        n = len(self.cos)
        du = -(self.vh - self.cos * self.uh) / self.nu / n
        dv = -(self.uh - self.cos * self.vh) / self.nv / n
        return du, dv
