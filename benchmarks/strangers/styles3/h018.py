import numpy as np


def sigm(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_loss_and_gradient(center_vec, outside_idx, outside_vectors, neg_idx):
    """
    Skip-gram with negative sampling, one (center, outside) pair.

    center_vec       (d,)    v_c
    outside_idx      int     o
    outside_vectors  (V, d)  U, one row per word
    neg_idx          list    sampled words w_1 .. w_K (a word may come more than once)

    Returns loss, dJ/dv_c, dJ/dU
    """
    grad_center = np.zeros_like(center_vec)
    grad_out = np.zeros_like(outside_vectors)

    u_o = outside_vectors[outside_idx]
    z = sigm(u_o @ center_vec)
    loss = -np.log(z)
    grad_center += (z - 1) * u_o
    grad_out[outside_idx] += (z - 1) * center_vec

    for k in neg_idx:
        u_k = outside_vectors[k]
        z = sigm(-(u_k @ center_vec))
        loss += -np.log(z)
        grad_center += (1 - z) * u_k
        grad_out[k] += (1 - z) * center_vec

    return loss, grad_center, grad_out


def skipgram_window(center, context, Vc, U, sampler, K=5):
    """Sum over a context window; sampler(K) draws the negatives."""
    total, dV, dU = 0.0, np.zeros_like(Vc), np.zeros_like(U)
    for o in context:
        l, gc, gU = neg_sampling_loss_and_gradient(Vc[center], o, U, sampler(K))
        total += l
        dV[center] += gc
        dU += gU
    return total, dV, dU
