# word2vec CBOW の入力側レイヤ
# コンテキストの単語ベクトルを平均する
import numpy as np


class EmbeddingMean:
    def __init__(self, vocab_size=6, dim=4):
        self.W = np.random.randn(vocab_size, dim).astype('d')
        self.dW = np.zeros_like(self.W)
        self.idx = None

    def forward(self, idx):
        """idx: (バッチ, コンテキスト数) の単語ID"""
        self.idx = np.asarray(idx)
        return self.W[self.idx].mean(axis=1)

    def backward(self, dout):
        n, c = self.idx.shape
        self.dW[...] = 0
        dvec = np.repeat(dout[:, None, :], c, axis=1) / c
        self.dW[self.idx] += dvec
        return None  # IDには勾配がない


if __name__ == '__main__':
    layer = EmbeddingMean(6, 4)
    ctx = np.array([[0, 2, 3], [2, 4, 0], [1, 5, 2]])
    h = layer.forward(ctx)
    layer.backward(np.ones_like(h))
    print(layer.dW)
