import numpy as np


def kl_divergence(mu, log_var):
    """KL( N(mu, exp(log_var)) || N(0, I) ), summed over latents, averaged over the batch.

    Returns
    -------
    kl : float
    dmu, dlog_var : ndarray, same shape as mu
    """
    batch = mu.shape[0]
    kl = -0.5 * np.sum(1 + log_var - mu ** 2 - np.exp(log_var)) / batch
    dmu = mu / batch
    dlog_var = 0.5 * (np.exp(log_var) - 1) / batch
    return kl, dmu, dlog_var
