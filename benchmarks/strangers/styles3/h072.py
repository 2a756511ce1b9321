import numpy as np


def _softmax(s):
    s = s - s.max(-1, keepdims=True)
    e = np.exp(s)
    return e / e.sum(-1, keepdims=True)


class CausalSelfAttention:
    """minimal single head attention, decoder style (position i looks at j <= i)"""

    def __init__(self, d_model=8, d_head=4, seed=3):
        r = np.random.RandomState(seed)
        s = 1.0 / np.sqrt(d_model)
        self.p = {
            'q': r.randn(d_model, d_head) * s,
            'k': r.randn(d_model, d_head) * s,
            'v': r.randn(d_model, d_head) * s,
            'o': r.randn(d_head, d_model) * s,
        }
        self.g = {k: np.zeros_like(v) for k, v in self.p.items()}

    def zero_grad(self):
        for k in self.g:
            self.g[k].fill(0)

    def forward(self, x):
        # x: batch, time, d_model
        p = self.p
        T = x.shape[1]
        q, k, v = x @ p['q'], x @ p['k'], x @ p['v']
        scale = q.shape[-1] ** -0.5
        s = q @ k.transpose(0, 2, 1) * scale
        s = np.where(np.tril(np.ones((T, T), bool)), s, -1e9)
        a = _softmax(s)
        y = a @ v
        self.ctx = x, q, k, v, a, y, scale
        return y @ p['o']

    def backward(self, dout):
        """accumulates into self.g (call zero_grad before) and returns dx"""
        p, g = self.p, self.g
        x, q, k, v, a, y, scale = self.ctx
        g['o'] += np.einsum('bth,btm->hm', y, dout)
        dy = dout @ p['o'].T
        da = dy @ v.transpose(0, 2, 1)
        dv = a.transpose(0, 2, 1) @ dy
        ds = a * (da - (a * da).sum(-1, keepdims=True)) * scale
        dq = ds @ k
        dk = ds.transpose(0, 2, 1) @ q
        for name, d in (('q', dq), ('k', dk), ('v', dv)):
            g[name] += np.einsum('btm,bth->mh', x, d)
        return dq @ p['q'].T + dk @ p['k'].T + dv @ p['v'].T
