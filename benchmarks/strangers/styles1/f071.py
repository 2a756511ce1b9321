import numpy as np


def attention_forward(q, k, v):
    """
    q: (n_q, d)   k: (n_k, d)   v: (n_k, d_v)
    """
    d = q.shape[-1]
    scores = q @ k.T / np.sqrt(d)
    scores = scores - scores.max(axis=-1, keepdims=True)
    attn = np.exp(scores)
    attn = attn / attn.sum(axis=-1, keepdims=True)
    out = attn @ v
    return out, (q, k, v, attn)


def attention_backward(d_out, cache):
    q, k, v, attn = cache
    d_v = attn.T @ d_out
    d_attn = d_out @ v.T
    # through the softmax
    row_sum = np.sum(d_attn * attn, axis=-1, keepdims=True)
    d_scores = attn * (d_attn - row_sum)
    d_q = d_scores @ k
    d_k = d_scores.T @ q
    return d_q, d_k, d_v
