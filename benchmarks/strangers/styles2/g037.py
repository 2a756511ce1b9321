import numpy as np

def softmax(x):
    x = x - x.max(-1, keepdims=True)
    e = np.exp(x)
    return e / e.sum(-1, keepdims=True)

def attn_fwd(Q, K, V):
    """scaled dot product attention. Q (B,Tq,D), K (B,Tk,D), V (B,Tk,Dv)"""
    D = Q.shape[-1]
    S = np.einsum('bqd,bkd->bqk', Q, K) / np.sqrt(D)
    P = softmax(S)
    O = np.einsum('bqk,bkv->bqv', P, V)
    return O, (Q, K, V, P)

def attn_bwd(dO, ctx):
    Q, K, V, P = ctx
    dV = np.einsum('bqk,bqv->bkv', P, dO)
    dP = np.einsum('bqv,bkv->bqk', dO, V)
    dS = P * (dP - (dP * P).sum(-1, keepdims=True))
    dQ = np.einsum('bqk,bkd->bqd', dS, K) / np.sqrt(Q.shape[-1])
    dK = np.einsum('bqk,bqd->bkd', dS, Q)
    return dQ, dK, dV
