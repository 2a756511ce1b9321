import numpy as np

def split_heads(t, n_head):
    B, T, C = t.shape
    return t.reshape(B, T, n_head, C // n_head).transpose(0, 2, 1, 3)

def merge_heads(t):
    B, nh, T, hs = t.shape
    return t.transpose(0, 2, 1, 3).reshape(B, T, nh * hs)

def mha(x, w_qkv, w_proj, n_head):
    """causal multi-head attention, picoGPT style (no biases)"""
    q, k, v = (split_heads(t, n_head) for t in np.split(x @ w_qkv, 3, axis=-1))
    T = x.shape[1]
    mask = (1 - np.tri(T)) * -1e10
    att = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]) + mask
    att = np.exp(att - att.max(-1, keepdims=True))
    att /= att.sum(-1, keepdims=True)
    ctx = merge_heads(att @ v)
    return ctx @ w_proj, (x, w_qkv, w_proj, n_head, q, k, v, att, ctx)

def mha_backward(dout, stuff):
    x, w_qkv, w_proj, n_head, q, k, v, att, ctx = stuff
    d_w_proj = np.einsum('btc,btd->cd', ctx, dout)
    dctx = split_heads(dout @ w_proj.T, n_head)
    dv = att.swapaxes(-1, -2) @ dctx
    datt = dctx @ v.swapaxes(-1, -2)
    ds = att * (datt - (datt * att).sum(-1, keepdims=True)) / np.sqrt(q.shape[-1])
    dq = ds @ k
    dk = ds.swapaxes(-1, -2) @ q
    dqkv = np.concatenate([merge_heads(dq), merge_heads(dk), merge_heads(dv)], axis=-1)
    d_w_qkv = np.einsum('btc,btd->cd', x, dqkv)
    return dqkv @ w_qkv.T, d_w_qkv, d_w_proj
