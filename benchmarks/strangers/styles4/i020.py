# 트랜스포머 디코더용 멀티헤드 어텐션 (causal mask 포함)
import numpy as np


class CausalMultiHeadAttention:
    def __init__(self, d_model=8, n_heads=2):
        assert d_model % n_heads == 0
        self.h = n_heads
        self.d = d_model // n_heads
        k = 1 / np.sqrt(d_model)
        self.W_qkv = np.random.randn(d_model, 3 * d_model) * k
        self.b_qkv = np.zeros(3 * d_model)
        self.W_o = np.random.randn(d_model, d_model) * k
        self.b_o = np.zeros(d_model)

    def _split(self, t):      # (B,T,D) -> (B,h,T,d)
        B, T, _ = t.shape
        return t.reshape(B, T, self.h, self.d).transpose(0, 2, 1, 3)

    def _merge(self, t):      # (B,h,T,d) -> (B,T,D)
        B, _, T, _ = t.shape
        return t.transpose(0, 2, 1, 3).reshape(B, T, self.h * self.d)

    def forward(self, x):
        B, T, D = x.shape
        qkv = x @ self.W_qkv + self.b_qkv
        q, k, v = [self._split(a) for a in np.split(qkv, 3, axis=-1)]
        score = q @ k.transpose(0, 1, 3, 2) / np.sqrt(self.d)
        mask = np.triu(np.ones((T, T), dtype=bool), 1)
        score = np.where(mask, -1e9, score)
        score -= score.max(-1, keepdims=True)
        p = np.exp(score)
        p /= p.sum(-1, keepdims=True)
        ctx = self._merge(p @ v)
        self.cache = (x, q, k, v, p, ctx)
        return ctx @ self.W_o + self.b_o

    def backward(self, dy):
        x, q, k, v, p, ctx = self.cache
        B, T, D = x.shape
        self.dW_o = ctx.reshape(-1, D).T @ dy.reshape(-1, D)
        self.db_o = dy.sum((0, 1))
        dctx = self._split(dy @ self.W_o.T)

        dp = dctx @ v.transpose(0, 1, 3, 2)
        dv = p.transpose(0, 1, 3, 2) @ dctx
        dscore = p * (dp - (dp * p).sum(-1, keepdims=True))
        dq = dscore @ k / np.sqrt(self.d)
        dk = dscore.transpose(0, 1, 3, 2) @ q

        dqkv = np.concatenate([self._merge(dq), self._merge(dk), self._merge(dv)], axis=-1)
        self.dW_qkv = x.reshape(-1, D).T @ dqkv.reshape(-1, 3 * D)
        self.db_qkv = dqkv.sum((0, 1))
        return dqkv @ self.W_qkv.T


if __name__ == "__main__":
    np.random.seed(42)
    attn = CausalMultiHeadAttention(8, 2)
    out = attn.forward(np.random.randn(2, 5, 8))
    print("출력:", out.shape)
    print("입력 기울기:", attn.backward(np.ones_like(out)).shape)
