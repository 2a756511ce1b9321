import numpy as np


def _s(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def gru_cell(x, h, w_ih, w_hh, b_ih, b_hh):
    """same maths as torch.nn.GRUCell (weights stacked r, z, n)"""
    gi = x @ w_ih.T + b_ih
    gh = h @ w_hh.T + b_hh
    i_r, i_z, i_n = np.split(gi, 3, axis=1)
    h_r, h_z, h_n = np.split(gh, 3, axis=1)
    r = _s(i_r + h_r)
    z = _s(i_z + h_z)
    n = np.tanh(i_n + r * h_n)
    return n + z * (h - n), (x, h, w_ih, w_hh, r, z, n, h_n)


def gru_cell_grad(dy, ctx):
    x, h, w_ih, w_hh, r, z, n, h_n = ctx
    dn = dy * (1 - z) * (1 - n * n)
    dz = dy * (h - n) * z * (1 - z)
    dr = dn * h_n * r * (1 - r)
    dgi = np.concatenate([dr, dz, dn], axis=1)
    dgh = np.concatenate([dr, dz, dn * r], axis=1)
    dx = dgi @ w_ih
    dh = dgh @ w_hh + dy * z
    return dx, dh, dgi.T @ x, dgh.T @ h, dgi.sum(0), dgh.sum(0)
