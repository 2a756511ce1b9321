"""Graph convolution on citation graphs (one layer, mean aggregation)."""
import numpy as np


class GraphConv:
    def __init__(self, in_features, out_features, seed=0):
        g = np.random.default_rng(seed)
        self.weight = g.normal(size=(in_features, out_features)) / np.sqrt(in_features)
        self.bias = np.zeros(out_features)

    @staticmethod
    def normalise(adj):
        # random-walk normalisation with self loops:  D^-1 (A + I)
        a = adj + np.eye(adj.shape[0])
        return a / a.sum(axis=1, keepdims=True)

    def forward(self, adj, feats):
        self.a_hat = self.normalise(adj)
        self.feats = feats
        self.agg = self.a_hat @ feats
        self.out = np.tanh(self.agg @ self.weight + self.bias)
        return self.out

    def backward(self, grad_out):
        g = grad_out * (1 - self.out ** 2)
        self.grad_weight = self.agg.T @ g
        self.grad_bias = g.sum(0)
        return self.a_hat @ (g @ self.weight.T)


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    upper = np.triu(rng.random((6, 6)) < 0.4, 1).astype(float)
    A = upper + upper.T
    X = rng.normal(size=(6, 3))
    layer = GraphConv(3, 2)
    out = layer.forward(A, X)
    print(out.shape, layer.backward(np.ones_like(out)).shape)
