import numpy as np


def policy_gradient(W, log_std, states, actions, advantages, ent_coef=0.01):
    """
    REINFORCE loss of a diagonal Gaussian policy, mean = states @ W.

    loss = -mean(adv * log pi(a|s)) - ent_coef * entropy

    states (N, S), actions (N, A), advantages (N,), W (S, A), log_std (A,)
    Returns loss, (dW, dlog_std)
    """
    N = states.shape[0]
    std = np.exp(log_std)
    mean = states @ W
    z = (actions - mean) / std
    logp = np.sum(-0.5 * z ** 2 - log_std - 0.5 * np.log(2 * np.pi), axis=1)
    entropy = np.sum(log_std + 0.5 * np.log(2 * np.pi * np.e))
    loss = -np.mean(advantages * logp) - ent_coef * entropy

    dlogp = -advantages[:, None] / N
    dW = states.T @ (dlogp * z / std)
    dlog_std = np.sum(dlogp * z ** 2, axis=0) - ent_coef
    return loss, (dW, dlog_std)


def rollout(W, log_std, steps=64):
    # toy task: action should be minus the state
    s = np.random.randn(steps, W.shape[0])
    a = s @ W + np.exp(log_std) * np.random.randn(steps, W.shape[1])
    r = -np.sum((a + s[:, :W.shape[1]]) ** 2, axis=1)
    return s, a, (r - r.mean()) / (r.std() + 1e-8)


if __name__ == "__main__":
    W, ls = np.zeros((3, 2)), np.zeros(2)
    for it in range(100):
        s, a, adv = rollout(W, ls)
        loss, (gW, gs) = policy_gradient(W, ls, s, a, adv)
        W -= 0.05 * gW
        ls -= 0.05 * gs
    print(W, np.exp(ls))
