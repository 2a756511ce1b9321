import numpy as np


class RNN:
    def __init__(self, input_dim, hidden_dim, output_dim, seed=None):
        rs = np.random.RandomState(seed)
        self.U = rs.uniform(-0.5, 0.5, (hidden_dim, input_dim))
        self.W = rs.uniform(-0.5, 0.5, (hidden_dim, hidden_dim))
        self.V = rs.uniform(-0.5, 0.5, (output_dim, hidden_dim))
        self.b_h = np.zeros(hidden_dim)
        self.b_o = np.zeros(output_dim)

    def forward_propagation(self, xs):
        s = [np.zeros(self.W.shape[0])]      # s[t+1] = state after step t
        o = []
        for x in xs:
            s.append(np.tanh(self.U.dot(x) + self.W.dot(s[-1]) + self.b_h))
            o.append(self.V.dot(s[-1]) + self.b_o)
        return o, s

    def loss(self, xs, ys):
        o, _ = self.forward_propagation(xs)
        return sum(0.5 * np.sum((a - b) ** 2) for a, b in zip(o, ys))

    def bptt(self, xs, ys):
        o, s = self.forward_propagation(xs)
        g = {k: np.zeros_like(getattr(self, k)) for k in ('U', 'W', 'V', 'b_h', 'b_o')}
        carry = np.zeros_like(self.b_h)
        for t in range(len(xs) - 1, -1, -1):
            do = o[t] - ys[t]
            g['V'] += np.outer(do, s[t + 1])
            g['b_o'] += do
            ds = (self.V.T.dot(do) + carry) * (1 - s[t + 1] ** 2)
            g['U'] += np.outer(ds, xs[t])
            g['W'] += np.outer(ds, s[t])
            g['b_h'] += ds
            carry = self.W.T.dot(ds)
        return g
