import numpy as np


def vae_loss_and_grads(mu, logvar, noise, W, b, x, beta=1.0):
    """Loss of a VAE with a linear Gaussian decoder, averaged over the batch.

    mu, logvar, noise : (B, Z)    encoder outputs, and the N(0, 1) noise drawn
    W, b              : (Z, D), (D,)
    x                 : (B, D)
    """
    B = x.shape[0]

    # z = mu + sigma * eps
    std = np.exp(0.5 * logvar)
    z = mu + std * noise
    recon = z @ W + b

    rec_loss = 0.5 * np.sum((recon - x) ** 2) / B
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / B
    loss = rec_loss + beta * kl

    drecon = (recon - x) / B
    dW = z.T @ drecon
    db = drecon.sum(axis=0)
    dz = drecon @ W.T

    dmu = dz + beta * mu / B
    dlogvar = dz * noise * std
    dlogvar += beta * 0.5 * (np.exp(logvar) - 1) / B

    return loss, {"mu": dmu, "logvar": dlogvar, "W": dW, "b": db}
