# coding: utf-8
import numpy as np


class Embedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]
        self.idx = None

    def forward(self, idx):
        W, = self.params
        self.idx = idx
        out = W[idx]
        return out

    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        # 勾配を対応する行へ
        dW[self.idx] = dout
        return None


if __name__ == '__main__':
    W = np.arange(21, dtype='f').reshape(7, 3)
    layer = Embedding(W)
    print(layer.forward(np.array([1, 0, 3, 0])))
