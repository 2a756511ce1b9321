"""加法型アテンション (Bahdanau et al.)
score(s, h_t) = v^T tanh(W s + U h_t)
"""
import numpy as np


class AdditiveAttention:
    def __init__(self, dec_dim, enc_dim, att_dim):
        self.params = {
            'W': np.random.randn(dec_dim, att_dim) / np.sqrt(dec_dim),
            'U': np.random.randn(enc_dim, att_dim) / np.sqrt(enc_dim),
            'v': np.random.randn(att_dim) / np.sqrt(att_dim),
        }
        self.grads = {}

    def forward(self, s, hs):
        # s: デコーダの状態 (N, dec_dim),  hs: エンコーダの出力 (N, T, enc_dim)
        p = self.params
        e = np.tanh((s @ p['W'])[:, None, :] + hs @ p['U'])
        score = e @ p['v']
        score = score - score.max(axis=1, keepdims=True)
        a = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
        c = np.sum(a[:, :, None] * hs, axis=1)
        self.s, self.hs, self.e, self.a = s, hs, e, a
        return c

    def backward(self, dc):
        p = self.params
        s, hs, e, a = self.s, self.hs, self.e, self.a
        da = np.sum(dc[:, None, :] * hs, axis=2)
        dhs = a[:, :, None] * dc[:, None, :]

        # softmax の逆伝播
        dscore = a * da
        dscore -= a * dscore.sum(axis=1, keepdims=True)

        self.grads['v'] = np.einsum('nt,nta->a', dscore, e)
        dpre = dscore[:, :, None] * p['v'] * (1 - e ** 2)
        self.grads['U'] = np.einsum('nth,nta->ha', hs, dpre)
        dhs += dpre @ p['U'].T
        dpre_s = dpre.sum(axis=1)
        self.grads['W'] = s.T @ dpre_s
        ds = dpre_s @ p['W'].T
        return ds, dhs


if __name__ == '__main__':
    att = AdditiveAttention(3, 4, 5)
    c = att.forward(np.random.randn(2, 3), np.random.randn(2, 6, 4))
    ds, dhs = att.backward(np.ones_like(c))
    print(c.shape, ds.shape, dhs.shape)
