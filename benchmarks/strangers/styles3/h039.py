import numpy as np


def softplus(a):
    return np.logaddexp(0, a)


def elbo_and_grads(params, x, eps):
    """
    Negative ELBO of a small VAE with Bernoulli decoder, mean over the batch.

    params: We (D,H), Wm (H,Z), Ws (H,Z), Wd (Z,H), Wo (H,D)
    x: (N,D) in [0,1]       eps: (N,Z) standard normal noise
    """
    We, Wm, Ws, Wd, Wo = (params[k] for k in ('We', 'Wm', 'Ws', 'Wd', 'Wo'))
    N = x.shape[0]

    # encoder
    h = np.tanh(x @ We)
    mu, logvar = h @ Wm, h @ Ws
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    # decoder
    g = np.tanh(z @ Wd)
    logits = g @ Wo

    rec = np.sum(softplus(logits) - x * logits) / N
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / N
    loss = rec + kl

    dlogits = (1 / (1 + np.exp(-logits)) - x) / N
    dWo = g.T @ dlogits
    dg = (dlogits @ Wo.T) * (1 - g ** 2)
    dWd = z.T @ dg
    dz = dg @ Wd.T

    dmu = dz + mu / N
    dlogvar = dz * eps * 0.5 * std + 0.5 * (np.exp(logvar) - 1) / N
    dWm = h.T @ dmu
    dWs = h.T @ dlogvar
    dh = (dmu @ Wm.T + dlogvar @ Ws.T) * (1 - h ** 2)
    dWe = x.T @ dh
    return loss, dict(We=dWe, Wm=dWm, Ws=dWs, Wd=dWd, Wo=dWo)


def init(D, H, Z, rng):
    shp = dict(We=(D, H), Wm=(H, Z), Ws=(H, Z), Wd=(Z, H), Wo=(H, D))
    return {k: rng.standard_normal(s) / np.sqrt(s[0]) for k, s in shp.items()}
